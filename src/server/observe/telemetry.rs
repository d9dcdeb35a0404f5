//! Logs to standard error, and traces. They never contain text of a caller.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::IsTerminal;
use std::panic::PanicHookInfo;

use opentelemetry_otlp::ExporterBuildError;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use super::traces::Traces;
use crate::server::settings::{LogFormat, TelemetrySettings};

/// The exporters of logs and traces.
#[derive(Debug)]
pub(in crate::server) struct Telemetry {
    traces: Option<Traces>,
}

impl Telemetry {
    /// Starts to send log lines to standard error, unless the process has a subscriber already, and spans to the collector of
    /// traces, if one is set. Must be called within a runtime.
    ///
    /// # Errors
    ///
    /// [`ExporterBuildError`] if the endpoint of the collector is invalid.
    pub(in crate::server) fn start(settings: &TelemetrySettings) -> Result<Self, ExporterBuildError> {
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

    /// Sends the remaining spans; takes two seconds at most.
    pub(in crate::server) fn stop(self) {
        if let Some(traces) = self.traces {
            traces.stop();
        }
    }
}

/// Logs the location of a panic, without its message, which may quote a text.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let thread = std::thread::current();
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then_some(backtrace);
    tracing::error!(
        location = panic.location().map(tracing::field::display),
        thread = thread.name(),
        backtrace = backtrace.map(tracing::field::display),
        "a defect: a thread panicked; report it, with the backtrace that RUST_BACKTRACE=1 adds"
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
    fn the_log_names_where_a_thread_panicked_but_not_its_message() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
        let before = std::panic::take_hook();
        // Panics of other tests must still be reported.
        let this = std::thread::current().id();
        std::panic::set_hook(Box::new(move |panic| {
            if std::thread::current().id() == this { log_panic(panic) } else { before(panic) }
        }));
        let panicked = tracing::subscriber::with_default(subscriber, || {
            std::panic::catch_unwind(|| assert_eq!("quicksilver", "essay"))
        });
        assert!(panicked.is_err());
        let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains("ERROR") && log.contains("telemetry.rs"), "{log}");
        assert!(!log.contains("quicksilver") && !log.contains("essay"), "{log}");
    }
}
