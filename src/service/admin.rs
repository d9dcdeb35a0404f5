//! `AdminService`.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::sync::Arc;

use prost::Message;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use super::call::Call;
use super::caller::Caller;
use super::ordered::Responses;
use super::problem::Problem;
use super::revisions::Revisions;
use super::servers::admin_service_server::AdminService;
use super::workers::CallOff;
use super::{Context, convert, parse};
use crate::engine::{self, CollectionName, Engine, SourceText};
use crate::matching::{Stop, StopReason};
use crate::proto;

/// Calls that may run at once: each has a thread of its own.
const MAX_RUNNING: usize = 4;

/// Responses that wait for a caller who is slow to read.
const WAITING_RESPONSES: usize = 8;

/// And their bytes, unless one alone has more.
const WAITING_BYTES: u32 = 2 << 20;

/// Bytes of a backup in one response.
const CHUNK_BYTES: usize = 256 << 10;

/// Sources of an export that are looked up at once.
const SOURCES_AT_ONCE: usize = 64;

/// The handlers of `AdminService`.
#[derive(Debug, Clone)]
pub struct AdminApi {
    context: Context,
    running: Arc<Semaphore>,
}

impl AdminApi {
    /// Handlers that work on the context's engine.
    #[must_use]
    pub fn new(context: Context) -> Self {
        Self { context, running: Arc::new(Semaphore::new(MAX_RUNNING)) }
    }

    /// Answers with what `work` puts into its outlet, in a thread of its own. When nobody takes it any more, or the
    /// call's deadline passes, the work is told to stop.
    fn stream<T: Message + 'static>(
        &self,
        call: &Call,
        work: impl FnOnce(&Engine, &Outlet<T>) -> Result<(), Problem> + Send + 'static,
    ) -> Result<Response<Responses<T>>, Status> {
        let engine = self.context.engine.get()?;
        let running = Arc::clone(&self.running).try_acquire_owned();
        let running = running.map_err(|_| Problem::too_many_running(MAX_RUNNING))?;
        let (responses, mut receiver) = mpsc::channel(WAITING_RESPONSES);
        let (draining, stop) = (self.context.draining.clone(), call.stop());
        let call_off = CallOff::new(stop.clone());
        let room = Arc::new(Semaphore::new(WAITING_BYTES as usize));
        tokio::task::spawn_blocking(move || {
            let outlet = Outlet { responses, room, draining, stop };
            if let Err(problem) = work(&engine, &outlet) {
                // Nobody may be listening any more.
                drop(outlet.responses.blocking_send(Err(problem.into())));
            }
            drop(running);
        });
        Ok(Response::new(Box::pin(async_stream::stream! {
            let _call_off = call_off;
            while let Some(response) = receiver.recv().await {
                yield response.map(|Waiting { response, .. }| response);
            }
        })))
    }
}

/// A response on its way, with the room that it takes.
struct Waiting<T> {
    response: T,
    _room: Option<OwnedSemaphorePermit>,
}

/// Where responses go.
struct Outlet<T> {
    responses: mpsc::Sender<Result<Waiting<T>, Status>>,
    room: Arc<Semaphore>,
    draining: CancellationToken,
    stop: Stop,
}

impl<T: Message> Outlet<T> {
    /// Sends a response, when the caller has room for it.
    fn send(&self, response: T) -> Result<(), Problem> {
        self.is_wanted()?;
        let bytes = u32::try_from(response.encoded_len()).unwrap_or(u32::MAX).min(WAITING_BYTES);
        let room = Arc::clone(&self.room).acquire_many_owned(bytes);
        let left = self.responses.closed();
        // Room is given when the caller reads, or never, when it has left.
        let room = Handle::current().block_on(async {
            tokio::select! { room = room => room.ok(), () = left => None }
        });
        let sent = self.responses.blocking_send(Ok(Waiting { response, _room: room }));
        sent.map_err(|_| StopReason::CalledOff.into())
    }

    /// Whether to go on.
    fn is_wanted(&self) -> Result<(), Problem> {
        if self.draining.is_cancelled() {
            return Err(Problem::stopping());
        }
        Ok(self.stop.check()?)
    }
}

/// A file on its way, chunk by chunk.
struct Chunks<'a> {
    outlet: &'a Outlet<proto::BackupResponse>,
    data: Vec<u8>,
    /// Why no more can be sent.
    problem: Option<Problem>,
}

impl Write for Chunks<'_> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.outlet.is_wanted().map_err(|problem| self.end(problem))?;
        self.data.extend_from_slice(data);
        if self.data.len() >= CHUNK_BYTES {
            self.flush()?;
        }
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let data = std::mem::take(&mut self.data);
        self.outlet.send(proto::BackupResponse { data }).map_err(|problem| self.end(problem))
    }
}

impl Chunks<'_> {
    fn end(&mut self, problem: Problem) -> io::Error {
        self.problem = Some(problem);
        io::Error::other("the caller takes no more")
    }
}

fn backup(engine: &Engine, outlet: &Outlet<proto::BackupResponse>) -> Result<(), Problem> {
    let mut chunks = Chunks { outlet, data: Vec::new(), problem: None };
    let written = engine.backup(&mut chunks);
    match (written, chunks.problem) {
        (Ok(_), _) => Ok(()),
        (Err(_), Some(problem)) => Err(problem),
        (Err(error), None) => Err(error.into()),
    }
}

fn verify(engine: &Engine, outlet: &Outlet<proto::VerifyResponse>) -> Result<(), Problem> {
    let mut ended = Ok(());
    engine.verify(&outlet.stop, &mut |verified| {
        ended = outlet.send(convert::verified_to_proto(verified));
        if ended.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    ended
}

fn export(
    engine: &Engine,
    collection: &CollectionName,
    revisions: &Revisions,
    outlet: &Outlet<proto::ExportSourcesResponse>,
) -> Result<(), Problem> {
    let mut after = None;
    loop {
        let some = engine.list_sources(collection, after.as_ref(), SOURCES_AT_ONCE)?;
        let Some(last) = some.last() else { return Ok(()) };
        after = Some(last.id.clone());
        for entry in &some {
            let SourceText { entry, text } = match engine.get_source(collection, &entry.id) {
                // It was deleted meanwhile.
                Err(engine::Error::SourceNotFound { .. }) => continue,
                found => found?,
            };
            let mut source = convert::source(&entry, revisions);
            text.as_ref().clone_into(&mut source.text);
            outlet.send(proto::ExportSourcesResponse { source: Some(source) })?;
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
        self.stream(&Call::of(&request), verify)
    }

    async fn get_server_info(
        &self,
        _: Request<proto::GetServerInfoRequest>,
    ) -> Result<Response<proto::GetServerInfoResponse>, Status> {
        Ok(Response::new(convert::server_info(&self.context)))
    }

    type BackupStream = Responses<proto::BackupResponse>;

    async fn backup(
        &self,
        request: Request<proto::BackupRequest>,
    ) -> Result<Response<Self::BackupStream>, Status> {
        self.stream(&Call::of(&request), backup)
    }

    type ExportSourcesStream = Responses<proto::ExportSourcesResponse>;

    async fn export_sources(
        &self,
        request: Request<proto::ExportSourcesRequest>,
    ) -> Result<Response<Self::ExportSourcesStream>, Status> {
        let collection = parse::collection_or_default("collection", &request.get_ref().collection)?;
        let caller = Caller::of(&request)?;
        caller.sees(&collection)?;
        // A collection that is not there fails the call, not the stream.
        let engine = self.context.engine.get()?;
        engine.get_collection(&collection).map_err(Problem::from)?;
        let revisions = Revisions::for_caller(&caller, &engine);
        self.stream(&Call::of(&request), move |engine, outlet| {
            export(engine, &collection, &revisions, outlet)
        })
    }
}
