//! Structured logs, to standard error. No word of anyone's text is ever logged.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use super::settings::{LogFormat, TelemetrySettings};

/// Sends log lines to standard error from now on; where that was done before, leaves it at that.
pub(super) fn start(settings: &TelemetrySettings) {
    let filter = EnvFilter::try_new(&settings.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let started = match settings.log_format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    drop(started);
}
