//! From settings to a server that runs, and from a signal to its end.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry_otlp::ExporterBuildError;
use prost_reflect::DescriptorError;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tonic::codec::CompressionEncoding::{Gzip, Zstd};
use tonic::transport::Server;
use tonic::transport::server::{Router, TcpIncoming};
use tower::layer::util::Stack;

use super::access::{Access, AccessLayer};
use super::calls::{CallLayer, CallRules, Windows};
use super::notify;
use super::observe::{Calls, Metrics, MetricsListener, Observe};
use super::settings::{ServeArgs, Settings, SettingsError, Storage};
use super::telemetry::Telemetry;
use super::web::{self, WebLayer};
use crate::engine::{self, Engine, Progress};
use crate::proto;
use crate::proto::admin_service_server::AdminServiceServer;
use crate::proto::corpus_service_server::CorpusServiceServer;
use crate::proto::detection_service_server::DetectionServiceServer;
use crate::proto::health::health_server::HealthServer;
use crate::service::{
    AdminApi, Context, CorpusApi, DetectionApi, HealthApi, Memory, Opening, ProcessInfo, Workers,
};

/// Why the server did not run, or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Another program listens there.
    #[error("another program listens on {0} already: end it, or choose another address with --listen")]
    InUse(SocketAddr),
    /// The address can't be listened on.
    #[error("can't listen on {address}: {cause}; choose another address with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The engine could not be made.
    #[error(transparent)]
    Engine(#[from] engine::Error),
    /// The threads for the engine's work could not be started.
    #[error("can't start the worker threads: {0}")]
    Workers(#[from] rayon::ThreadPoolBuildError),
    /// The system refused something else that a server needs.
    #[error("can't start the server: {0}")]
    System(#[from] std::io::Error),
    /// Server reflection could not be set up.
    #[error("can't set up server reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The protos' descriptors can't be read.
    #[error("can't read the descriptors of the services: {0}")]
    Descriptors(#[from] DescriptorError),
    /// Metrics can't be had where they are to be.
    #[error("can't listen on {address} for metrics: {cause}; choose another address with --metrics-listen")]
    MetricsListen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Traces can't be sent where they are to be.
    #[error("can't send traces: {0}; choose another --otlp-endpoint, such as http://127.0.0.1:4317")]
    Traces(#[from] ExporterBuildError),
    /// The transport failed.
    #[error("the server failed: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// Holds the files that the settings name against what they should be, as a start would.
///
/// # Errors
///
/// [`ServeError::Settings`].
pub fn check(settings: &Settings) -> Result<(), ServeError> {
    Access::open(&settings.access, CancellationToken::new())?;
    Ok(())
}

/// Loads the settings, and serves until SIGTERM or Ctrl-C.
///
/// # Errors
///
/// [`ServeError`].
pub fn serve(args: ServeArgs) -> Result<(), ServeError> {
    let settings = Settings::load(args)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let telemetry = runtime.block_on(async { Telemetry::start(&settings.telemetry) })?;
    let served =
        runtime.block_on(async { run(listen(settings.listen).await?, &settings, signalled()?).await });
    telemetry.stop();
    // Work that was told to stop, and has not yet, is not waited for.
    runtime.shutdown_background();
    served
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|cause| match cause.kind() {
        ErrorKind::AddrInUse => ServeError::InUse(address),
        _ => ServeError::Listen { address, cause },
    })
}

/// Cancelled at the first SIGTERM or Ctrl-C. At the second, the process ends at once.
fn signalled() -> Result<CancellationToken, std::io::Error> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let token = CancellationToken::new();
    let shutdown = token.clone();
    tokio::spawn(async move {
        let mut next = async || tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () };
        next().await;
        shutdown.cancel();
        next().await;
        tracing::warn!("signalled a second time: ending at once");
        std::process::exit(1);
    });
    Ok(token)
}

/// Serves on `listener` until `shutdown` is cancelled; then running calls have `settings.work.drain` to end.
///
/// # Errors
///
/// [`ServeError`].
pub async fn run(
    listener: TcpListener,
    settings: &Settings,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    log_settings(settings);
    let draining = CancellationToken::new();
    let access = if let Some((access, rereading)) = Access::open(&settings.access, draining.clone())? {
        tokio::spawn(rereading);
        Some(access)
    } else {
        let listen = listener.local_addr()?;
        tracing::warn!(%listen, "no keys are set: whoever reaches the port may do everything");
        None
    };
    let context = Context {
        engine: Opening::default(),
        workers: Workers::new(settings.work.threads, settings.work.max_queued)?,
        memory: memory(settings),
        max_message_bytes: settings.max_message_bytes,
        stream_width: settings.work.stream_width,
        import_width: settings.work.import_width,
        process: ProcessInfo::begins(),
        draining: draining.clone(),
    };
    let health = HealthApi::new(draining.clone());
    let opening = context.engine.clone();
    let calls = Arc::new(Calls::of(&DESCRIPTORS)?);
    let _metrics = serve_metrics(settings, &calls, &context).await?;
    let router = router(context, Observe::new(calls), AccessLayer::new(access), settings)?
        .add_service(HealthServer::new(health.clone()));
    tracing::info!(address = %listener.local_addr()?, "listening");
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let serving = router.serve_with_incoming_shutdown(incoming, draining.clone().cancelled_owned());
    tokio::pin!(serving);
    // Until the corpus is open, calls are told so.
    let engine = tokio::select! {
        biased;
        engine = open(settings, opening) => engine?,
        ended = &mut serving => return Ok(ended?),
        () = shutdown.cancelled() => return Ok(()),
    };
    health.tell(true);
    notify::ready();
    tokio::select! {
        ended = &mut serving => return Ok(ended?),
        () = shutdown.cancelled() => {}
    }
    tracing::info!(seconds = settings.work.drain.as_secs(), "stopping: running calls may end");
    notify::stopping();
    health.tell(false);
    // Whoever watches the health hears of it before connections are closed.
    tokio::time::sleep(settings.work.drain_pause).await;
    draining.cancel();
    if let Ok(ended) = tokio::time::timeout(settings.work.drain, serving).await {
        ended?;
        tracing::info!("stopped: all calls ended");
    } else {
        tracing::warn!("stopped: some calls had not ended in time and were cut off");
    }
    close(engine).await;
    Ok(())
}

/// Answers with metrics where the settings say so, until what is given is dropped.
async fn serve_metrics(
    settings: &Settings,
    calls: &Arc<Calls>,
    context: &Context,
) -> Result<Option<AbortOnDropHandle<()>>, ServeError> {
    let Some(address) = settings.telemetry.metrics_listen else { return Ok(None) };
    let (calls, engine) = (Arc::clone(calls), context.engine.clone());
    let metrics = Metrics::of(calls, engine, context.workers.clone(), context.process.clone());
    let listener = MetricsListener::bind(address, Arc::new(metrics)).await;
    let listener = listener.map_err(|cause| ServeError::MetricsListen { address, cause })?;
    Ok(Some(AbortOnDropHandle::new(tokio::spawn(listener.serve()))))
}

/// Opens the corpus, and lets the handlers have it.
async fn open(settings: &Settings, opening: Opening) -> Result<Arc<Engine>, ServeError> {
    let limits = settings.limits;
    let engine = match settings.storage.clone() {
        Storage::InMemory => Arc::new(Engine::with_limits(limits)?),
        Storage::DataDirectory(path) => {
            notify::starting();
            let (note, cache_bytes) = (opening.clone(), settings.text_cache_bytes);
            let opened = tokio::task::spawn_blocking(move || {
                let mut log = ProgressLog::new();
                Engine::open(&path, limits, cache_bytes, &mut |progress| {
                    note.note(progress);
                    log.tell(progress);
                })
            });
            // It ends without a result only when it panics, which is a defect that the log has told.
            Arc::new(opened.await.map_err(std::io::Error::other)??)
        }
    };
    opening.done(Arc::clone(&engine));
    let totals = engine.corpus();
    tracing::info!(sources = totals.stats.sources, revision = totals.stats.revision, "the corpus is open");
    Ok(engine)
}

/// Keeps what was acknowledged, and lets the data directory go.
async fn close(engine: Arc<Engine>) {
    if tokio::task::spawn_blocking(move || engine.close()).await.is_err() {
        tracing::error!("a defect ended the closing of the corpus");
    }
}

/// Tells the log and the service manager every second how far opening the corpus has come.
struct ProgressLog {
    last: Instant,
}

impl ProgressLog {
    fn new() -> Self {
        Self { last: Instant::now() }
    }

    fn tell(&mut self, progress: Progress) {
        if self.last.elapsed() >= Duration::from_secs(1) {
            self.last = Instant::now();
            let Progress { sources, of_sources } = progress;
            tracing::info!(sources, of_sources, "opening the corpus");
            notify::opening(progress);
        }
    }
}

/// The descriptors of all services that are served.
const DESCRIPTORS: [&[u8]; 3] = [
    proto::FILE_DESCRIPTOR_SET,
    tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
    tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
];

/// The layers around the services, the innermost first.
type Layers = Stack<CallLayer, Stack<AccessLayer, Stack<Observe, WebLayer>>>;

fn router(
    context: Context,
    observe: Observe,
    access: AccessLayer,
    settings: &Settings,
) -> Result<Router<Layers>, ServeError> {
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
            // So that clients without files can read what is wrong with a request.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
    };
    let most = settings.max_message_bytes;
    // One macro for three types that have no trait in common.
    macro_rules! service {
        ($server:ident, $api:expr) => {
            $server::new($api)
                .max_decoding_message_size(most)
                .accept_compressed(Gzip)
                .accept_compressed(Zstd)
                .send_compressed(Gzip)
                .send_compressed(Zstd)
        };
    }
    let windows = Windows::of(settings);
    Ok(Server::builder()
        .initial_stream_window_size(windows.stream_bytes)
        .initial_connection_window_size(windows.connection_bytes)
        .max_concurrent_streams(settings.connections.max_streams)
        .accept_http1(settings.web.grpc_web)
        // The outermost first: what follows sees plain gRPC.
        .layer(web::layer(&settings.web))
        .layer(observe)
        .layer(access)
        .layer(CallRules::new(settings)?.for_connection())
        .add_service(service!(CorpusServiceServer, CorpusApi::new(context.clone())))
        .add_service(service!(AdminServiceServer, AdminApi::new(context.clone())))
        .add_service(service!(DetectionServiceServer, DetectionApi::new(context)))
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?))
}

/// The ceiling of memory, if the system can hold the server to one.
fn memory(settings: &Settings) -> Memory {
    let max = settings.work.max_memory_bytes;
    if max > 0 && !Memory::is_known() {
        tracing::warn!("this system doesn't tell how much memory is in use: max_memory_bytes has no effect");
    }
    Memory::new(max)
}

/// Logs the settings in force as one line of `key = value`.
fn log_settings(settings: &Settings) {
    let told = settings.to_toml().unwrap_or_else(|error| error.to_string());
    let told = told.lines().collect::<Vec<_>>().join(", ");
    tracing::info!(version = env!("CARGO_PKG_VERSION"), told, "settings");
}
