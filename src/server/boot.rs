//! From settings to a server that runs, and from a signal to its end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Server;
use tonic::transport::server::{Router, TcpIncoming};

use super::settings::{ServeArgs, Settings, SettingsError};
use super::telemetry;
use crate::engine::{self, Engine};
use crate::proto;
use crate::proto::corpus_service_server::CorpusServiceServer;
use crate::proto::detection_service_server::DetectionServiceServer;
use crate::service::{Context, CorpusApi, DetectionApi, Workers, note_deadline};

/// Why the server did not run, or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
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
    telemetry::start(&settings);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let address = settings.listen;
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|cause| ServeError::Listen { address, cause })?;
        run(listener, &settings, signalled()?).await
    });
    // Work that was told to stop, and has not yet, is not waited for.
    runtime.shutdown_background();
    served
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

/// Serves on `listener` until `shutdown` is cancelled; then running calls have `settings.drain` to end.
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
    let context = Context {
        engine: Arc::new(Engine::with_limits(settings.limits)?),
        workers: Workers::new(settings.worker_threads, settings.max_queued)?,
        max_message_bytes: settings.max_message_bytes,
        stream_width: settings.stream_width,
        draining: draining.clone(),
    };
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_serving::<CorpusServiceServer<CorpusApi>>().await;
    health.set_serving::<DetectionServiceServer<DetectionApi>>().await;
    let router = router(context, settings)?.add_service(health_service);
    tracing::info!(address = %listener.local_addr()?, "listening");
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let serving = router.serve_with_incoming_shutdown(incoming, draining.clone().cancelled_owned());
    tokio::pin!(serving);
    tokio::select! {
        ended = &mut serving => return Ok(ended?),
        () = shutdown.cancelled() => {}
    }
    tracing::info!(seconds = settings.drain.as_secs(), "stopping: running calls may end");
    health.set_not_serving::<CorpusServiceServer<CorpusApi>>().await;
    health.set_not_serving::<DetectionServiceServer<DetectionApi>>().await;
    health.set_service_status("", tonic_health::ServingStatus::NotServing).await;
    // Whoever watches the health hears of it before connections are closed.
    tokio::time::sleep(Duration::from_millis(50).min(settings.drain)).await;
    draining.cancel();
    if let Ok(ended) = tokio::time::timeout(settings.drain, serving).await {
        ended?;
        tracing::info!("stopped: all calls ended");
    } else {
        tracing::warn!("stopped: some calls had not ended in time and were cut off");
    }
    Ok(())
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
    let detection = DetectionServiceServer::new(DetectionApi::new(context)).max_decoding_message_size(most);
    Ok(Server::builder()
        .add_service(InterceptedService::new(corpus, note_deadline))
        .add_service(InterceptedService::new(detection, note_deadline))
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?))
}

fn log_settings(settings: &Settings) {
    let Settings {
        listen,
        log_format,
        log,
        worker_threads,
        max_queued,
        stream_width,
        drain,
        max_message_bytes,
        limits,
    } = settings;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        %listen,
        ?log_format,
        log,
        worker_threads,
        max_queued,
        stream_width,
        drain_seconds = drain.as_secs(),
        max_message_bytes,
        max_text_bytes = limits.max_text_bytes,
        max_text_words = limits.max_text_words,
        max_collections = limits.max_collections,
        max_sources_per_collection = limits.max_sources_per_collection,
        max_candidates = limits.max_candidates,
        max_common_postings = limits.max_common_postings,
        "settings"
    );
}
