//! Signals that end a command while it writes a file.

use std::fs;
use std::future::Future;
use std::io;
use std::path::Path;

use tokio::signal::unix::{SignalKind, signal};

use crate::cli::error::CliError;

/// Runs `work`, which writes the file at `path`. A signal that ends the command drops `work`, and its file with it.
pub(in crate::cli) async fn unless_interrupted<T>(
    path: &Path,
    work: impl Future<Output = Result<T, CliError>>,
) -> Result<T, CliError> {
    let mut signals = Signals::new()?;
    tokio::select! {
        biased;
        Signal { name, number } = signals.next() => {
            Err(CliError::Interrupted { path: path.to_owned(), signal: name, number })
        }
        done = work => done,
    }
}

/// A signal that was received.
struct Signal {
    name: &'static str,
    number: u8,
}

/// The signals that end a command, except those that the process was started to ignore, as by `nohup`.
struct Signals {
    hangups: Option<tokio::signal::unix::Signal>,
    interrupts: Option<tokio::signal::unix::Signal>,
    terminations: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    fn new() -> io::Result<Self> {
        let ignored = ignored_signals();
        let listen = |kind: SignalKind| {
            let is_ignored = ignored >> (kind.as_raw_value() - 1) & 1 == 1;
            if is_ignored { Ok(None) } else { signal(kind).map(Some) }
        };
        Ok(Self {
            hangups: listen(SignalKind::hangup())?,
            interrupts: listen(SignalKind::interrupt())?,
            terminations: listen(SignalKind::terminate())?,
        })
    }

    /// Waits for the next signal.
    async fn next(&mut self) -> Signal {
        tokio::select! {
            () = next_of(&mut self.hangups) => Signal { name: "SIGHUP", number: 1 },
            () = next_of(&mut self.interrupts) => Signal { name: "SIGINT", number: 2 },
            () = next_of(&mut self.terminations) => Signal { name: "SIGTERM", number: 15 },
        }
    }
}

async fn next_of(signals: &mut Option<tokio::signal::unix::Signal>) {
    match signals {
        Some(signals) => _ = signals.recv().await,
        None => std::future::pending().await,
    }
}

/// Bit mask of the signals that this process ignores, signal 1 in the lowest bit. It is 0 on systems without
/// `/proc/self/status`.
fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
