//! Facts about the process.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;

/// Start time and open connections of the process.
#[derive(Debug, Clone)]
pub struct ProcessInfo {
    /// When the process started to serve.
    pub started: Instant,
    /// Number of open connections; the listener updates it.
    pub open_connections: Arc<AtomicUsize>,
}

impl ProcessInfo {
    /// A process that starts now, without connections.
    #[must_use]
    pub fn start() -> Self {
        Self { started: Instant::now(), open_connections: Arc::default() }
    }
}
