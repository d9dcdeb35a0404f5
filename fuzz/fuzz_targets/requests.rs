//! Any bytes as a request of any method: a response or a status, from the handlers over a real engine.
//!
//! A panic inside a handler ends the process here, although the server would return INTERNAL.

#![no_main]

use std::sync::OnceLock;

use http_body_util::{BodyExt as _, Full};
use libfuzzer_sys::fuzz_target;
use palimpsest::Engine;
use palimpsest::documents::contained::Config;
use palimpsest::service::servers::admin_service_server::AdminServiceServer;
use palimpsest::service::servers::corpus_service_server::CorpusServiceServer;
use palimpsest::service::servers::detection_service_server::DetectionServiceServer;
use palimpsest::service::servers::related_service_server::RelatedServiceServer;
use palimpsest::service::servers::writing_service_server::WritingServiceServer;
use palimpsest::service::{
    AdminApi, BackendHandle, Caller, CorpusApi, DetectionApi, DocumentReaders, MemoryLimit, Percentiles,
    ProcessInfo, RelatedApi, ServiceContext, Workers, WritingApi,
};
use palimpsest::writing::grammar::Checkers;
use palimpsest_fuzz::requests::{self, body, methods};
use palimpsest_fuzz::{corpus, seeds};
use tokio::runtime::{Builder, Runtime};
use tonic::codegen::{Bytes, Service as _, http};
use tonic::service::Routes;

fuzz_target!(init: seeds::write(requests::seeds()), |bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    static METHODS: OnceLock<Vec<String>> = OnceLock::new();
    let methods = METHODS.get_or_init(methods);
    let method = &methods[usize::from(first & 0x7f) % methods.len()];
    let request = http::Request::post(format!("http://localhost{method}"))
        .header("content-type", "application/grpc")
        .extension(Caller::anyone())
        .body(Full::new(Bytes::from(body(first & 0x80 != 0, rest))))
        .unwrap();
    let status = runtime().block_on(async {
        let response = routes().call(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let trailers = body.collect().await.map(|body| body.trailers().cloned().unwrap_or_default());
        let status = |headers: &http::HeaderMap| headers.get("grpc-status").cloned();
        status(&parts.headers).or_else(|| trailers.ok().as_ref().and_then(status))
    });
    assert!(status.is_some(), "{method} ended without a status");
});

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Builder::new_current_thread().enable_time().build().unwrap())
}

/// The services over a small, unchanged corpus.
fn routes() -> Routes {
    static WORKERS: OnceLock<Workers> = OnceLock::new();
    let engine = Engine::in_memory().unwrap();
    corpus::fill(&engine);
    let context = ServiceContext {
        backend: BackendHandle::from(engine),
        workers: WORKERS.get_or_init(|| Workers::new(1, 64, 1).unwrap()).clone(),
        // No request of this target starts a reader.
        documents: DocumentReaders::new(Config::default()),
        grammar: Checkers::new(palimpsest::writing::grammar::Config::default()),
        percentiles: Percentiles::default(),
        // Without a memory limit, refusals depend only on the request.
        memory: MemoryLimit::new(0),
        max_message_bytes: 1 << 20,
        stream_width: 4,
        import_width: 4,
        process: ProcessInfo::start(),
        draining: Default::default(),
    };
    Routes::new(CorpusServiceServer::new(CorpusApi::new(context.clone())))
        .add_service(AdminServiceServer::new(AdminApi::new(context.clone())))
        .add_service(DetectionServiceServer::new(DetectionApi::new(context.clone())))
        .add_service(RelatedServiceServer::new(RelatedApi::new(context.clone())))
        .add_service(WritingServiceServer::new(WritingApi::new(context)))
}
