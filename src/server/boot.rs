//! From settings to a server that runs, and from a signal to its end.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tonic::server::NamedService;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Server;
use tonic::transport::server::{Router, TcpIncoming};
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use super::settings::{ServeArgs, Settings, SettingsError, Storage};
use super::{notify, telemetry};
use crate::engine::{self, Engine, Progress};
use crate::proto;
use crate::proto::admin_service_server::AdminServiceServer;
use crate::proto::corpus_service_server::CorpusServiceServer;
use crate::proto::detection_service_server::DetectionServiceServer;
use crate::service::{AdminApi, Context, CorpusApi, DetectionApi, Opening, Workers, note_deadline};

/// Bytes that a caller may send on one stream before the server takes them: some hundreds of texts, so that an
/// import doesn't wait for leave to go on.
const STREAM_WINDOW_BYTES: u32 = 1 << 20;

/// And on all streams of a connection.
const CONNECTION_WINDOW_BYTES: u32 = 4 << 20;

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
    /// The transport failed.
    #[error("the server failed: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// Loads the settings, and serves until SIGTERM or Ctrl-C.
///
/// # Errors
///
/// [`ServeError`].
pub fn serve(args: ServeArgs) -> Result<(), ServeError> {
    let settings = Settings::load(args)?;
    telemetry::start(&settings.telemetry);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served =
        runtime.block_on(async { run(listen(settings.listen).await?, &settings, signalled()?).await });
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
    if settings.access.keys.is_none() {
        let listen = listener.local_addr()?;
        tracing::warn!(%listen, "no keys are set: whoever reaches the port may do everything");
    }
    let draining = CancellationToken::new();
    let context = Context {
        engine: Opening::default(),
        workers: Workers::new(settings.work.threads, settings.work.max_queued)?,
        max_message_bytes: settings.max_message_bytes,
        stream_width: settings.work.stream_width,
        import_width: settings.work.import_width,
        draining: draining.clone(),
    };
    let (reporter, health_service) = tonic_health::server::health_reporter();
    let health = Health(reporter);
    health.tell(ServingStatus::NotServing).await;
    let opening = context.engine.clone();
    let router = router(context, settings)?.add_service(health_service);
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
    health.tell(ServingStatus::Serving).await;
    notify::ready();
    tokio::select! {
        ended = &mut serving => return Ok(ended?),
        () = shutdown.cancelled() => {}
    }
    tracing::info!(seconds = settings.work.drain.as_secs(), "stopping: running calls may end");
    notify::stopping();
    health.tell(ServingStatus::NotServing).await;
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

/// What the health service says.
struct Health(HealthReporter);

impl Health {
    async fn tell(&self, status: ServingStatus) {
        let corpus = <CorpusServiceServer<CorpusApi> as NamedService>::NAME;
        let detection = <DetectionServiceServer<DetectionApi> as NamedService>::NAME;
        let admin = <AdminServiceServer<AdminApi> as NamedService>::NAME;
        for service in [corpus, detection, admin, ""] {
            self.0.set_service_status(service, status).await;
        }
    }
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

fn router(context: Context, settings: &Settings) -> Result<Router, ServeError> {
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            // So that clients without files can read what is wrong with a request.
            .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
    };
    let most = settings.max_message_bytes;
    let corpus = CorpusServiceServer::new(CorpusApi::new(context.clone())).max_decoding_message_size(most);
    let admin = AdminServiceServer::new(AdminApi::new(context.clone()));
    let detection = DetectionServiceServer::new(DetectionApi::new(context)).max_decoding_message_size(most);
    Ok(Server::builder()
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .add_service(InterceptedService::new(corpus, note_deadline))
        .add_service(admin)
        .add_service(InterceptedService::new(detection, note_deadline))
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?))
}

/// Logs the settings in force as one line of `key = value`.
fn log_settings(settings: &Settings) {
    let told = settings.to_toml().unwrap_or_else(|error| error.to_string());
    let told = told.lines().collect::<Vec<_>>().join(", ");
    tracing::info!(version = env!("CARGO_PKG_VERSION"), told, "settings");
}
