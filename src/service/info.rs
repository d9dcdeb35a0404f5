//! What there is to say of the process as a whole.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;

/// When the process began to serve, and who is connected.
#[derive(Debug, Clone)]
pub struct ProcessInfo {
    /// When it began.
    pub started: Instant,
    /// Connections that are open; whoever accepts them counts.
    pub open_connections: Arc<AtomicUsize>,
}

impl ProcessInfo {
    /// It begins now, and nobody is connected.
    #[must_use]
    pub fn begins() -> Self {
        Self { started: Instant::now(), open_connections: Arc::default() }
    }
}
