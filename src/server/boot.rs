//! Boot: from settings to a running server.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::OptionFuture;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::access::{Access, AccessLayer};
use super::calibration;
use super::connections::{ConnectionSlots, Listener, StopSignals};
use super::descriptors::DESCRIPTORS;
use super::error::ServeError;
use super::notify;
use super::observe::{MethodTable, Metrics, MetricsListener, ObserveLayer, Telemetry};
use super::pages::{self, PageListener, PageServer};
use super::serving::ConnectionServer;
use super::settings::{ClusterSettings, ConnectionSettings, ServeArgs, Settings, Storage};
use super::shutdown::{RunningServer, signalled};
use super::tls::Certificates;
use crate::cluster::Member;
use crate::engine::{self, Backend, Engine, Progress};
use crate::service::{
    BackendHandle, DocumentReaders, HealthApi, MemoryLimit, Percentiles, ProcessInfo, ServiceContext, Workers,
};
use crate::writing::grammar::Checkers;

/// Loads the settings, and serves until SIGTERM or Ctrl-C. SIGHUP reloads keys and certificates.
///
/// # Errors
///
/// [`ServeError`].
pub fn serve(args: ServeArgs) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // First of all, as SIGHUP ends a process by default.
    let hangups = runtime.block_on(async { signal(SignalKind::hangup()) })?;
    let settings = Settings::load(args)?;
    let telemetry = runtime.block_on(async { Telemetry::start(&settings.telemetry) })?;
    runtime.spawn(log_hangups(hangups, settings.access.keys.is_some() || settings.tls.is_some()));
    let served =
        runtime.block_on(async { run(listen(settings.listen).await?, &settings, signalled()?).await });
    telemetry.stop();
    // Does not wait for work that has been stopped but has not ended.
    runtime.shutdown_background();
    served
}

/// Logs each SIGHUP. The readers of the files log what they reloaded.
async fn log_hangups(mut hangups: Signal, has_files: bool) {
    while hangups.recv().await.is_some() {
        if has_files {
            tracing::info!("SIGHUP: reloading keys and certificates");
        } else {
            tracing::info!("SIGHUP: no keys or certificates to reload");
        }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|cause| match cause.kind() {
        ErrorKind::AddrInUse => ServeError::InUse(address),
        _ => ServeError::Listen { address, cause },
    })
}

/// Serves on `listener` until `shutdown` is cancelled. Running calls then have `settings.work.drain` to end.
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
    let stops = StopSignals::default();
    // Cancelled on every return, so that no task outlives this function.
    let _ends = (stops.draining.clone().drop_guard(), stops.cut.clone().drop_guard());
    let certificates = certificates(settings, &stops)?;
    let access = Access::open(&settings.access, stops.draining.clone())?;
    let web = pages::listen(settings.web.listen).await?;
    warn_of_open_ports([Some(&listener), web.as_ref()], access.is_some(), certificates.is_some())?;
    let context = context(settings, &stops)?;
    let health = HealthApi::new(stops.draining.clone());
    let handle = context.backend.clone();
    let ConnectionSettings { max, max_per_address, .. } = settings.connections;
    let slots = ConnectionSlots::new(max, max_per_address, Arc::clone(&context.process.open_connections));
    let calls = Arc::new(MethodTable::new(&DESCRIPTORS)?);
    tokio::task::spawn_blocking(warm_up(&context.documents));
    let _metrics = serve_metrics(settings, &calls, &context).await?;
    let serving = ConnectionServer::new(
        context,
        health.clone(),
        ObserveLayer::new(calls),
        AccessLayer::new(access.clone()),
        settings,
    )?;
    let web = web.map(|web| {
        let server =
            PageServer::new(serving.clone(), access, web.local_addr()?, settings, stops.draining.clone())?;
        Ok::<_, ServeError>(PageListener::new(
            web,
            server,
            certificates.as_ref(),
            settings,
            Arc::clone(&slots),
        ))
    });
    let web = web.transpose()?;
    tracing::info!(address = %listener.local_addr()?, tls = certificates.is_some(), "listening");
    let listener = Listener::new(listener, certificates, &settings.connections, Arc::clone(&slots));
    let serve = move |stream, ending| serving.serve(stream, ending);
    let (grpc, web) =
        (listener.run(serve, stops.clone()), OptionFuture::from(web.map(|web| web.run(stops.clone()))));
    let mut connections = tokio::spawn(async move {
        tokio::join!(grpc, web);
    });
    // Until the corpus is open, calls fail with `UNAVAILABLE` and the progress.
    let backend = tokio::select! {
        biased;
        backend = open(settings, handle) => backend?,
        () = shutdown.cancelled() => return Ok(()),
    };
    health.set_serving(true);
    notify::ready();
    tokio::spawn(calibration::run(Arc::clone(&backend), stops.draining.clone()));
    tokio::select! {
        ended = &mut connections => return Ok(ended.map_err(std::io::Error::other)?),
        () = shutdown.cancelled() => {}
    }
    RunningServer { backend, health, connections, slots, stops }.stop(&settings.work).await;
    Ok(())
}

/// The context of the handlers, whose corpus is not open yet.
fn context(settings: &Settings, stops: &StopSignals) -> Result<ServiceContext, ServeError> {
    Ok(ServiceContext {
        backend: BackendHandle::default(),
        workers: Workers::new(settings.work.threads, settings.work.max_queued, settings.documents.readers)?,
        documents: DocumentReaders::new(settings.documents.config(settings.limits.max_text_bytes)),
        memory: memory(settings),
        max_message_bytes: settings.max_message_bytes,
        stream_width: settings.work.stream_width,
        import_width: settings.work.import_width,
        grammar: Checkers::new(settings.grammar.clone()),
        percentiles: Percentiles::default(),
        process: ProcessInfo::start(),
        draining: stops.draining.clone(),
    })
}

/// Starts readers of documents ahead of use, and logs what this system does not restrict them by.
fn warm_up(documents: &DocumentReaders) -> impl FnOnce() + Send + 'static {
    let documents = documents.clone();
    move || match documents.warm_up() {
        Ok(protections) if protections.missing().is_empty() => {
            tracing::info!(protections = %protections, "documents are read in processes of their own");
        }
        Ok(protections) if protections.are_closed() => {
            tracing::info!(
                missing = protections.missing(),
                "documents are read in processes of their own, without files and network; this system lacks a second lock"
            );
        }
        Ok(protections) => {
            tracing::warn!(
                missing = protections.missing(),
                "documents are read in processes that this system can't fully restrict: a document that takes its reader \
                 over could reach what this user can; see docs/operations.md"
            );
        }
        Err(error) => tracing::warn!(%error, "documents can't be read"),
    }
}

/// Warns where everybody may do everything, and where the network can listen.
fn warn_of_open_ports(
    listeners: [Option<&TcpListener>; 2],
    has_keys: bool,
    has_tls: bool,
) -> Result<(), ServeError> {
    for listener in listeners.into_iter().flatten() {
        let listen = listener.local_addr()?;
        if !has_keys {
            tracing::warn!(%listen, "no keys are set: every client that reaches the port has all rights; see --keys");
        }
        if !has_tls && !listen.ip().is_loopback() {
            tracing::warn!(%listen, "calls are not encrypted: the network can read texts and keys; see --tls-certificate");
        }
    }
    Ok(())
}

/// Loads the certificates, if TLS is set.
fn certificates(settings: &Settings, stops: &StopSignals) -> Result<Option<Arc<Certificates>>, ServeError> {
    let Some(files) = &settings.tls else { return Ok(None) };
    let protocols: &[&str] = if settings.web.grpc_web { &["h2", "http/1.1"] } else { &["h2"] };
    let watched = Certificates::watched(files, protocols, stops.draining.clone());
    watched.map(Some).map_err(ServeError::Certificates)
}

/// Serves metrics, if an address for them is set, until the returned handle is dropped.
async fn serve_metrics(
    settings: &Settings,
    calls: &Arc<MethodTable>,
    context: &ServiceContext,
) -> Result<Option<AbortOnDropHandle<()>>, ServeError> {
    let Some(address) = settings.telemetry.metrics_listen else { return Ok(None) };
    let (calls, backend) = (Arc::clone(calls), context.backend.clone());
    let (workers, documents) = (context.workers.clone(), context.documents.clone());
    let grammar = context.grammar.clone();
    let metrics = Metrics::new(calls, backend, workers, documents, grammar, context.process.clone());
    let listener = MetricsListener::bind(address, Arc::new(metrics)).await;
    let listener = listener.map_err(|cause| ServeError::MetricsListen { address, cause })?;
    Ok(Some(AbortOnDropHandle::new(tokio::spawn(listener.serve()))))
}

/// Starts a node of a cluster.
async fn join(
    settings: &Settings,
    cluster: &ClusterSettings,
    handle: &BackendHandle,
) -> Result<Arc<dyn Backend>, ServeError> {
    notify::starting();
    let progress = handle.clone();
    let started = Member::start(cluster.member(settings), move |some| progress.set_progress(some)).await;
    let member = started.map_err(|error| ServeError::Cluster(error.to_string()))?;
    // A node that is behind answers nothing. What delays it is in the log.
    member.caught_up().await;
    Ok(member)
}

/// Opens the corpus, and passes it to the handlers.
async fn open(settings: &Settings, handle: BackendHandle) -> Result<Arc<dyn Backend>, ServeError> {
    if let Some(cluster) = &settings.cluster {
        let member = join(settings, cluster, &handle).await?;
        let held = member.corpus().stats;
        handle.set_opened(Arc::clone(&member));
        tracing::info!(
            replica_group = %cluster.group,
            sources = held.sources,
            revision = held.revision,
            "the node has applied the log"
        );
        return Ok(member);
    }
    let limits = settings.limits;
    let (engine, totals) = match settings.storage.clone() {
        Storage::InMemory => {
            let engine = Engine::with_limits(limits)?;
            let totals = engine.corpus();
            (engine, totals)
        }
        Storage::DataDirectory(path) => {
            notify::starting();
            let (opening, cache_bytes) = (handle.clone(), settings.text_cache_bytes);
            let opened = tokio::task::spawn_blocking(move || {
                let mut log = ProgressLog::new();
                let engine = Engine::open(&path, limits, cache_bytes, &mut |progress| {
                    opening.set_progress(progress);
                    log.record(progress);
                })?;
                // On this thread, as it visits all collections.
                engine.warm_up();
                let totals = engine.corpus();
                Ok::<_, engine::Error>((engine, totals))
            });
            // Fails only if the task panicked; the panic hook has logged that.
            opened.await.map_err(std::io::Error::other)??
        }
    };
    let backend: Arc<dyn Backend> = Arc::new(engine);
    handle.set_opened(Arc::clone(&backend));
    tracing::info!(sources = totals.stats.sources, revision = totals.stats.revision, "the corpus is open");
    Ok(backend)
}

/// Reports the progress of opening, once a second, to the log and the service manager.
struct ProgressLog {
    last: Instant,
}

impl ProgressLog {
    fn new() -> Self {
        Self { last: Instant::now() }
    }

    fn record(&mut self, progress: Progress) {
        if self.last.elapsed() >= Duration::from_secs(1) {
            self.last = Instant::now();
            let Progress { sources, of_sources } = progress;
            tracing::info!(sources, of_sources, "opening the corpus");
            notify::opening(progress);
        }
    }
}

/// The limit on memory in use, if memory in use can be measured.
fn memory(settings: &Settings) -> MemoryLimit {
    let max = settings.work.max_memory_bytes;
    if max > 0 && !MemoryLimit::is_known() {
        tracing::warn!("memory in use can't be measured on this system: max_memory_bytes has no effect");
    }
    MemoryLimit::new(max)
}

/// Logs the effective settings as one line.
fn log_settings(settings: &Settings) {
    let toml = settings.to_toml().unwrap_or_else(|error| error.to_string());
    let values = toml.lines().collect::<Vec<_>>().join(", ");
    tracing::info!(version = env!("CARGO_PKG_VERSION"), values, "settings");
}
