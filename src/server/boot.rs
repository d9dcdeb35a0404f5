//! From settings to a server that runs.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio_stream::StreamExt as _;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Server;
use tonic_health::ServingStatus;

use super::access::{Access, AccessLayer};
use super::connections::{CountCalls, Listener, Stops};
use super::health::Health;
use super::settings::{ConnectionSettings, ServeArgs, Settings, SettingsError, Storage};
use super::shutdown::{Running, signalled};
use super::tls::Certificates;
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

/// Streams of one connection that are reset for the peer's faults before the connection is ended. Without a number tonic
/// sets no limit, and a peer can have as many resets remembered as it likes (RUSTSEC-2024-0003).
const MAX_FAULTY_STREAMS: usize = 1024;

/// Why the server did not run, or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Another program listens there.
    #[error("another program listens on {0} already: end it, or choose another address with --listen")]
    InUse(SocketAddr),
    /// The certificates can't be used, for these reasons.
    #[error("these files can't be used:\n  {}", .0.join("\n  "))]
    Certificates(Vec<String>),
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
    let stops = Stops::default();
    // However this ends, nothing stays behind.
    let _ends = (stops.draining.clone().drop_guard(), stops.cut.clone().drop_guard());
    let certificates = certificates(settings, &stops)?;
    let access = if let Some((access, rereading)) = Access::open(&settings.access, stops.draining.clone())? {
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
        max_message_bytes: settings.max_message_bytes,
        stream_width: settings.work.stream_width,
        import_width: settings.work.import_width,
        draining: stops.draining.clone(),
    };
    let (health, health_service) = Health::new();
    health.tell(ServingStatus::NotServing).await;
    let opening = context.engine.clone();
    let access = AccessLayer::new(access);
    let services = services(context, settings)?.add_service(health_service).prepare();
    tracing::info!(address = %listener.local_addr()?, tls = certificates.is_some(), "listening");
    let listener = Listener::new(listener, certificates, &settings.connections);
    let places = listener.places();
    let speaks = settings.connections.clone();
    let mut connections = tokio::spawn(take(listener, services, access, speaks, stops.clone()));
    // Until the corpus is open, calls are told so.
    let engine = tokio::select! {
        biased;
        engine = open(settings, opening) => engine?,
        () = shutdown.cancelled() => return Ok(()),
    };
    health.tell(ServingStatus::Serving).await;
    notify::ready();
    tokio::select! {
        ended = &mut connections => return Ok(ended.map_err(std::io::Error::other)?),
        () = shutdown.cancelled() => {}
    }
    Running { engine, health, connections, places, stops }.stop(&settings.work).await;
    Ok(())
}

/// Takes connections until it is told to stop. Each has a server of its own, so that it can be asked to end by itself.
async fn take(
    listener: Listener,
    services: Routes,
    access: AccessLayer,
    settings: ConnectionSettings,
    stops: Stops,
) {
    let serve = move |stream, ending: CancellationToken| async move {
        // The outermost layer first.
        let server = http2(&settings).layer(CountCalls).layer(access);
        let one = tokio_stream::once(Ok::<_, Infallible>(stream)).chain(tokio_stream::pending());
        // What fails on a connection is its peer's to know.
        drop(server.serve_with_incoming_shutdown(services, one, ending.cancelled_owned()).await);
    };
    listener.run(serve, stops).await;
}

/// The certificates, if calls are to be encrypted.
fn certificates(settings: &Settings, stops: &Stops) -> Result<Option<Arc<Certificates>>, ServeError> {
    let Some(files) = &settings.tls else { return Ok(None) };
    let protocols: &[&str] = if settings.web.grpc_web { &["h2", "http/1.1"] } else { &["h2"] };
    let watched = Certificates::watched(files, protocols, stops.draining.clone());
    watched.map(Some).map_err(ServeError::Certificates)
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

/// How HTTP/2 is spoken.
fn http2(settings: &ConnectionSettings) -> Server {
    Server::builder()
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_concurrent_streams(settings.max_streams)
        .http2_max_header_list_size(settings.max_header_bytes)
        .http2_max_local_error_reset_streams(Some(MAX_FAULTY_STREAMS))
        .http2_keepalive_interval(Some(settings.keepalive))
        .http2_keepalive_timeout(Some(settings.keepalive_timeout))
}

fn services(context: Context, settings: &Settings) -> Result<Routes, ServeError> {
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
    Ok(Routes::new(InterceptedService::new(corpus, note_deadline))
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
