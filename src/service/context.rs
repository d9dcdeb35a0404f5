//! The context that all handlers share.

use tokio_util::sync::CancellationToken;

use super::backpressure::memory_limit::MemoryLimit;
use super::backpressure::workers::Workers;
use super::document_readers::DocumentReaders;
use super::engine_handle::EngineHandle;
use super::process::ProcessInfo;
use super::writing::percentiles::Percentiles;

/// The engine, the limits and the signals that all handlers share.
#[derive(Debug, Clone)]
pub struct ServiceContext {
    /// The engine, once its corpus is open.
    pub engine: EngineHandle,
    /// The threads for the engine's work.
    pub workers: Workers,
    /// The readers of documents.
    pub documents: DocumentReaders,
    /// The limit on memory in use, past which adding is rejected.
    pub memory: MemoryLimit,
    /// Maximum bytes of one message; the transport enforces it, and `GetCorpus` reports it.
    pub max_message_bytes: usize,
    /// Maximum number of items of one stream in flight.
    pub stream_width: usize,
    /// Maximum number of sources of one import that wait to be made durable together.
    pub import_width: usize,
    /// The measures of sources that percentiles are among.
    pub percentiles: Percentiles,
    /// Facts about the process.
    pub process: ProcessInfo,
    /// Cancelled when the server stops: streams end after the items that they have read by then.
    pub draining: CancellationToken,
}
