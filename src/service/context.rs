//! The context that all handlers share.

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::backend_handle::BackendHandle;
use super::backpressure::memory_limit::MemoryLimit;
use super::backpressure::workers::{Completion, Workers};
use super::call::CallContext;
use super::document_readers::DocumentReaders;
use super::problem::Problem;
use super::process::ProcessInfo;
use super::writing::percentiles::Percentiles;
use crate::engine::{Change, Operation, Outcome, RequestKey};
use crate::writing::grammar::Checkers;

/// The backend, the limits and the signals that all handlers share.
#[derive(Debug, Clone)]
pub struct ServiceContext {
    /// The backend, once its corpus is open.
    pub backend: BackendHandle,
    /// The threads for the backend's work.
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
    /// The checkers of grammar.
    pub grammar: Checkers,
    /// The measures of sources that percentiles are among.
    pub percentiles: Percentiles,
    /// Facts about the process.
    pub process: ProcessInfo,
    /// Cancelled when the server stops: streams end after the items that they have read by then.
    pub draining: CancellationToken,
}

impl ServiceContext {
    /// Makes a change, once for its request, and waits until it is durable.
    pub(super) async fn change(
        &self,
        call: &CallContext,
        change: Change,
        request: Option<RequestKey>,
    ) -> Result<Outcome, Problem> {
        self.submit(call, 0, None, Operation { request, ..Operation::new(change) }).await
    }

    /// Makes the change of an operation with a text of `text_bytes`, and waits until it is durable. Takes one of `permits`
    /// while the text is prepared, if given.
    pub(super) async fn submit(
        &self,
        call: &CallContext,
        text_bytes: usize,
        permits: Option<&Semaphore>,
        operation: Operation,
    ) -> Result<Outcome, Problem> {
        let backend = self.backend.get()?;
        let submit = move |done: Completion<_>| {
            backend.submit(operation, Box::new(move |outcome| done.complete(outcome)));
        };
        Ok(self.workers.submit(call, text_bytes, permits, submit).await??)
    }
}
