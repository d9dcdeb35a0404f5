//! `AdminService`.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::Arc;

use prost::Message;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::engine::{self, Backend, CollectionName, SourceText};
use crate::matching::{Stop, StopReason};
use crate::proto;
use crate::service::backpressure::ordered_stream::Responses;
use crate::service::backpressure::workers::StopOnDrop;
use crate::service::call::CallContext;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;
use crate::service::problem::Problem;
use crate::service::revisions::RevisionMask;
use crate::service::servers::admin_service_server::AdminService;
use crate::service::{convert, parse};

/// Maximum number of streams at once; each has a thread of its own.
const MAX_RUNNING: usize = 4;

/// Maximum number of responses that wait for the caller to read.
const MAX_QUEUED_RESPONSES: usize = 8;

/// Maximum bytes of the responses that wait, unless a single one has more.
const MAX_QUEUED_BYTES: u32 = 2 << 20;

/// Bytes of a backup per response.
const CHUNK_BYTES: usize = 256 << 10;

/// Sources of an export that are listed at once.
const EXPORT_PAGE_SIZE: usize = 64;

/// The handlers of `AdminService`.
#[derive(Debug, Clone)]
pub struct AdminApi {
    context: ServiceContext,
    running: Arc<Semaphore>,
}

impl AdminApi {
    /// Handlers that ask the backend of `context`.
    #[must_use]
    pub fn new(context: ServiceContext) -> Self {
        Self { context, running: Arc::new(Semaphore::new(MAX_RUNNING)) }
    }

    /// Runs `work` on a thread of its own, and streams the responses that it sends. The work is stopped when the caller goes
    /// away or the deadline passes.
    fn stream<T: Message + 'static>(
        &self,
        call: &CallContext,
        work: impl FnOnce(&dyn Backend, &ResponseSender<T>) -> Result<(), Problem> + Send + 'static,
    ) -> Result<Response<Responses<T>>, Status> {
        let backend = self.context.backend.get()?;
        let running = Arc::clone(&self.running).try_acquire_owned();
        let running = running.map_err(|_| Problem::too_many_running(MAX_RUNNING))?;
        let (responses, mut receiver) = mpsc::channel(MAX_QUEUED_RESPONSES);
        let (draining, stop) = (self.context.draining.clone(), call.stop());
        let stop_on_drop = StopOnDrop::new(stop.clone());
        let bytes = Arc::new(Semaphore::new(MAX_QUEUED_BYTES as usize));
        tokio::task::spawn_blocking(move || {
            let sender = ResponseSender { responses, bytes, draining, stop };
            if let Err(problem) = work(&*backend, &sender) {
                // Fails if the caller has gone away.
                drop(sender.responses.blocking_send(Err(problem.into())));
            }
            drop(running);
        });
        Ok(Response::new(Box::pin(async_stream::stream! {
            let _stop_on_drop = stop_on_drop;
            while let Some(response) = receiver.recv().await {
                yield response.map(|QueuedResponse { response, .. }| response);
            }
        })))
    }
}

/// A response that waits for the caller to read, with the bytes reserved for it.
struct QueuedResponse<T> {
    response: T,
    _bytes: Option<OwnedSemaphorePermit>,
}

/// Sends responses, as fast as the caller reads them.
struct ResponseSender<T> {
    responses: mpsc::Sender<Result<QueuedResponse<T>, Status>>,
    bytes: Arc<Semaphore>,
    draining: CancellationToken,
    stop: Stop,
}

impl<T: Message> ResponseSender<T> {
    /// Sends a response; blocks until it fits into the queue.
    fn send(&self, response: T) -> Result<(), Problem> {
        self.check_running()?;
        let bytes = u32::try_from(response.encoded_len()).unwrap_or(u32::MAX).min(MAX_QUEUED_BYTES);
        let reserving = Arc::clone(&self.bytes).acquire_many_owned(bytes);
        let gone = self.responses.closed();
        // Bytes are released as the caller reads; never again once it has gone away.
        let reserved = Handle::current().block_on(async {
            tokio::select! { reserved = reserving => reserved.ok(), () = gone => None }
        });
        let sent = self.responses.blocking_send(Ok(QueuedResponse { response, _bytes: reserved }));
        sent.map_err(|_| StopReason::CalledOff.into())
    }

    /// Checks that the work should go on.
    fn check_running(&self) -> Result<(), Problem> {
        if self.draining.is_cancelled() {
            return Err(Problem::stopping());
        }
        Ok(self.stop.check()?)
    }
}

/// Writes a backup as a stream of chunks.
struct ChunkWriter<'a> {
    sender: &'a ResponseSender<proto::BackupResponse>,
    data: Vec<u8>,
    /// The reason why sending failed.
    problem: Option<Problem>,
}

impl Write for ChunkWriter<'_> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.sender.check_running().map_err(|problem| self.fail(problem))?;
        self.data.extend_from_slice(data);
        if self.data.len() >= CHUNK_BYTES {
            self.flush()?;
        }
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let data = std::mem::take(&mut self.data);
        self.sender.send(proto::BackupResponse { data }).map_err(|problem| self.fail(problem))
    }
}

impl ChunkWriter<'_> {
    fn fail(&mut self, problem: Problem) -> io::Error {
        self.problem = Some(problem);
        io::Error::other("the caller takes no more")
    }
}

fn backup(backend: &dyn Backend, sender: &ResponseSender<proto::BackupResponse>) -> Result<(), Problem> {
    let mut chunks = ChunkWriter { sender, data: Vec::new(), problem: None };
    let written = backend.backup(&mut chunks);
    match (written, chunks.problem) {
        (Ok(_), _) => Ok(()),
        (Err(_), Some(problem)) => Err(problem),
        (Err(error), None) => Err(error.into()),
    }
}

fn verify(backend: &dyn Backend, sender: &ResponseSender<proto::VerifyResponse>) -> Result<(), Problem> {
    let mut ended = Ok(());
    backend.verify(&sender.stop, &mut |verified| {
        ended = sender.send(convert::admin::verified_to_proto(verified));
        if ended.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    ended
}

fn export(
    backend: &dyn Backend,
    collection: &CollectionName,
    revisions: &RevisionMask,
    sender: &ResponseSender<proto::ExportSourcesResponse>,
) -> Result<(), Problem> {
    let mut after = None;
    loop {
        let page = backend.list_sources(collection, after.as_ref(), EXPORT_PAGE_SIZE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id.clone());
        for entry in &page {
            let SourceText { entry, text } = match backend.get_source(collection, &entry.id) {
                // Deleted since it was listed.
                Err(engine::Error::SourceNotFound { .. }) => continue,
                found => found?,
            };
            let mut source = convert::corpus::source_with_pages(&entry, revisions);
            text.as_ref().clone_into(&mut source.text);
            sender.send(proto::ExportSourcesResponse { source: Some(source) })?;
        }
    }
}

#[tonic::async_trait]
impl AdminService for AdminApi {
    type VerifyStream = Responses<proto::VerifyResponse>;

    async fn verify(
        &self,
        request: Request<proto::VerifyRequest>,
    ) -> Result<Response<Self::VerifyStream>, Status> {
        self.stream(&CallContext::of(&request), verify)
    }

    async fn get_server_info(
        &self,
        _: Request<proto::GetServerInfoRequest>,
    ) -> Result<Response<proto::GetServerInfoResponse>, Status> {
        // Off the async threads, as it reads files of the system. Not in the workers' queue, which may be full.
        let context = self.context.clone();
        let info = tokio::task::spawn_blocking(move || convert::admin::server_info(&context)).await;
        Ok(Response::new(info.map_err(|_| Problem::defect())?))
    }

    type BackupStream = Responses<proto::BackupResponse>;

    async fn backup(
        &self,
        request: Request<proto::BackupRequest>,
    ) -> Result<Response<Self::BackupStream>, Status> {
        self.stream(&CallContext::of(&request), backup)
    }

    type ExportSourcesStream = Responses<proto::ExportSourcesResponse>;

    async fn export_sources(
        &self,
        request: Request<proto::ExportSourcesRequest>,
    ) -> Result<Response<Self::ExportSourcesStream>, Status> {
        let collection = parse::corpus::collection_or_default("collection", &request.get_ref().collection)?;
        let caller = Caller::of(&request)?;
        caller.sees(&collection)?;
        let call = CallContext::of(&request);
        let backend = self.context.backend.get()?;
        let revisions = RevisionMask::for_caller(&caller, &*backend);
        // A missing collection must fail the call before the stream begins.
        let name = collection.clone();
        let look_up = move |_: &Stop| Ok(backend.get_collection(&name).map(drop)?);
        self.context.workers.run(&call, 0, look_up).await?;
        self.stream(&call, move |backend, sender| export(backend, &collection, &revisions, sender))
    }
}
