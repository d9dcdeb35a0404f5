//! From settings to a server that runs.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry_otlp::ExporterBuildError;
use prost_reflect::DescriptorError;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::access::{Access, AccessLayer};
use super::connections::{Listener, Stops};
use super::notify;
use super::observe::{Calls, Metrics, MetricsListener, Observe};
use super::serving::{DESCRIPTORS, Serving};
use super::settings::{ServeArgs, Settings, SettingsError, Storage};
use super::shutdown::{Running, signalled};
use super::telemetry::Telemetry;
use super::tls::Certificates;
use crate::engine::{self, Engine, Progress};
use crate::service::{Context, HealthApi, Memory, Opening, ProcessInfo, Workers};

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
}

/// Loads the settings, and serves until SIGTERM or Ctrl-C. SIGHUP has keys and certificates read again.
///
/// # Errors
///
/// [`ServeError`].
pub fn serve(args: ServeArgs) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // Before anything that takes time: by default SIGHUP ends a process.
    let hangups = runtime.block_on(async { signal(SignalKind::hangup()) })?;
    let settings = Settings::load(args)?;
    let telemetry = runtime.block_on(async { Telemetry::start(&settings.telemetry) })?;
    runtime.spawn(log_hangups(hangups, settings.access.keys.is_some() || settings.tls.is_some()));
    let served =
        runtime.block_on(async { run(listen(settings.listen).await?, &settings, signalled()?).await });
    telemetry.stop();
    // Work that was told to stop, and has not yet, is not waited for.
    runtime.shutdown_background();
    served
}

/// Logs each SIGHUP. What was read again, whoever reads it logs.
async fn log_hangups(mut hangups: Signal, has_files: bool) {
    while hangups.recv().await.is_some() {
        if has_files {
            tracing::info!("SIGHUP: keys and certificates are read again");
        } else {
            tracing::info!("SIGHUP: there are no keys and no certificates to read again");
        }
    }
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
    if certificates.is_none() && !listener.local_addr()?.ip().is_loopback() {
        tracing::warn!(
            "calls are not encrypted: who is on their way may read texts and keys; see tls_certificate"
        );
    }
    let context = Context {
        engine: Opening::default(),
        workers: Workers::new(settings.work.threads, settings.work.max_queued)?,
        memory: memory(settings),
        max_message_bytes: settings.max_message_bytes,
        stream_width: settings.work.stream_width,
        import_width: settings.work.import_width,
        process: ProcessInfo::begins(),
        draining: stops.draining.clone(),
    };
    let health = HealthApi::new(stops.draining.clone());
    let (opening, connected) = (context.engine.clone(), Arc::clone(&context.process.open_connections));
    let calls = Arc::new(Calls::of(&DESCRIPTORS)?);
    let _metrics = serve_metrics(settings, &calls, &context).await?;
    let serving =
        Serving::new(context, health.clone(), Observe::new(calls), AccessLayer::new(access), settings)?;
    tracing::info!(address = %listener.local_addr()?, tls = certificates.is_some(), "listening");
    let listener = Listener::new(listener, certificates, &settings.connections, connected);
    let places = listener.places();
    let serve = move |stream, ending| serving.serve(stream, ending);
    let mut connections = tokio::spawn(listener.run(serve, stops.clone()));
    // Until the corpus is open, calls are told so.
    let engine = tokio::select! {
        biased;
        engine = open(settings, opening) => engine?,
        () = shutdown.cancelled() => return Ok(()),
    };
    health.tell(true);
    notify::ready();
    tokio::select! {
        ended = &mut connections => return Ok(ended.map_err(std::io::Error::other)?),
        () = shutdown.cancelled() => {}
    }
    Running { engine, health, connections, places, stops }.stop(&settings.work).await;
    Ok(())
}

/// The certificates, if calls are to be encrypted.
fn certificates(settings: &Settings, stops: &Stops) -> Result<Option<Arc<Certificates>>, ServeError> {
    let Some(files) = &settings.tls else { return Ok(None) };
    let protocols: &[&str] = if settings.web.grpc_web { &["h2", "http/1.1"] } else { &["h2"] };
    let watched = Certificates::watched(files, protocols, stops.draining.clone());
    watched.map(Some).map_err(ServeError::Certificates)
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
    let (engine, totals) = match settings.storage.clone() {
        Storage::InMemory => {
            let engine = Engine::with_limits(limits)?;
            let totals = engine.corpus();
            (engine, totals)
        }
        Storage::DataDirectory(path) => {
            notify::starting();
            let (note, cache_bytes) = (opening.clone(), settings.text_cache_bytes);
            let opened = tokio::task::spawn_blocking(move || {
                let mut log = ProgressLog::new();
                let engine = Engine::open(&path, limits, cache_bytes, &mut |progress| {
                    note.note(progress);
                    log.tell(progress);
                })?;
                // Here, since it goes through all collections.
                let totals = engine.corpus();
                Ok::<_, engine::Error>((engine, totals))
            });
            // It ends without a result only when it panics, which is a defect that the log has told.
            opened.await.map_err(std::io::Error::other)??
        }
    };
    let engine = Arc::new(engine);
    opening.done(Arc::clone(&engine));
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

/// The ceiling of memory, if the system can hold the server to one.
fn memory(settings: &Settings) -> Memory {
    let max = settings.work.max_memory_bytes;
    if max > 0 && !Memory::is_known() {
        tracing::warn!(
            "nobody tells how much memory is in use on this system: max_memory_bytes has no effect"
        );
    }
    Memory::new(max)
}

/// Logs the settings in force as one line of `key = value`.
fn log_settings(settings: &Settings) {
    let told = settings.to_toml().unwrap_or_else(|error| error.to_string());
    let told = told.lines().collect::<Vec<_>>().join(", ");
    tracing::info!(version = env!("CARGO_PKG_VERSION"), told, "settings");
}
