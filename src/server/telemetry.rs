//! Structured logs, to standard error, and traces. No word of anyone's text is in them.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::IsTerminal;
use std::panic::PanicHookInfo;

use opentelemetry_otlp::ExporterBuildError;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use super::settings::{LogFormat, TelemetrySettings};
use super::traces::Traces;

/// What runs beside the server so that it can be seen what it does.
#[derive(Debug)]
pub(super) struct Telemetry {
    traces: Option<Traces>,
}

impl Telemetry {
    /// Sends log lines to standard error from now on (where that was done before, leaves it at that), and spans to the
    /// collector of traces, if there is one. To be called within a runtime.
    ///
    /// # Errors
    ///
    /// When the endpoint of the collector is none.
    pub(super) fn start(settings: &TelemetrySettings) -> Result<Self, ExporterBuildError> {
        let traces = settings.otlp_endpoint.as_deref().map(Traces::start).transpose()?;
        let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
        let lines = tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal());
        let lines = match settings.log_format {
            LogFormat::Text => lines.with_target(false).boxed(),
            LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
        };
        let subscriber = tracing_subscriber::registry().with(lines.with_filter(filter));
        drop(subscriber.with(traces.as_ref().map(Traces::layer)).try_init());
        std::panic::set_hook(Box::new(log_panic));
        Ok(Self { traces })
    }

    /// Sends what is still to be sent; takes a moment at most.
    pub(super) fn stop(self) {
        if let Some(traces) = self.traces {
            traces.stop();
        }
    }
}

/// Logs where a thread panicked. What it said is left out: it may quote a text.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let thread = std::thread::current();
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then_some(backtrace);
    tracing::error!(
        location = panic.location().map(tracing::field::display),
        thread = thread.name(),
        backtrace = backtrace.map(tracing::field::display),
        "a defect: a thread panicked; with RUST_BACKTRACE=1 the log tells how it came there"
    );
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(data)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_log_tells_where_a_thread_panicked_but_not_what_it_said() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
        let before = std::panic::take_hook();
        // Other tests may panic meanwhile, and are to say why.
        let this = std::thread::current().id();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().id() == this { log_panic(panic) } else { before(panic) }
        }));
        let panicked = tracing::subscriber::with_default(subscriber, || {
            std::panic::catch_unwind(|| assert_eq!("quicksilver", "essay"))
        });
        assert!(panicked.is_err());
        let told = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(told.contains("ERROR") && told.contains("telemetry.rs"), "{told}");
        assert!(!told.contains("quicksilver") && !told.contains("essay"), "{told}");
    }
}
