//! Pages over services whose corpus is still being opened.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body as PageBody;
use axum::response::Response;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tokio_util::sync::CancellationToken;
use tonic::body::Body;
use tonic::service::Routes;
use tower::ServiceExt as _;

use super::{Authenticate, Calls, WebOptions, pages};
use crate::documents::contained::Config;
use crate::service::servers::corpus_service_server::CorpusServiceServer;
use crate::service::{
    BackendHandle, Caller, CorpusApi, DocumentReaders, MemoryLimit, Percentiles, ProcessInfo, ServiceContext,
    Workers,
};

/// The services of a server that has just been started.
fn starting() -> Calls {
    let context = ServiceContext {
        backend: BackendHandle::default(),
        workers: Workers::new(1, 1, 1).unwrap(),
        documents: DocumentReaders::new(Config::default()),
        grammar: crate::writing::grammar::Checkers::new(crate::writing::grammar::Config::default()),
        memory: MemoryLimit::new(0),
        max_message_bytes: 1 << 20,
        stream_width: 1,
        import_width: 1,
        percentiles: Percentiles::default(),
        process: ProcessInfo::start(),
        draining: CancellationToken::new(),
    };
    let services = Routes::new(CorpusServiceServer::new(CorpusApi::new(context))).prepare();
    let services = services.map_request(|mut request: Request<Body>| {
        request.extensions_mut().insert(Caller::anyone());
        request
    });
    Calls::new(services.map_err(|never: Infallible| match never {}))
}

fn options(authenticate: Option<Authenticate>) -> WebOptions {
    WebOptions {
        authenticate,
        has_tls: false,
        loopback_only: true,
        port: 8080,
        max_document_bytes: 1000,
        max_body_bytes: 10_000,
        default_deadline: Duration::from_secs(5),
        max_deadline: Duration::from_secs(5),
        draining: CancellationToken::new(),
    }
}

async fn get(options: WebOptions, path: &str, host: &str) -> (Response, String) {
    let request = Request::builder().uri(path).header("host", host).extension(starting());
    let request = request.body(PageBody::empty()).unwrap();
    let (parts, body) = pages(options).unwrap().oneshot(request).await.unwrap().into_parts();
    let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    (Response::from_parts(parts, PageBody::empty()), text)
}

#[tokio::test]
async fn a_server_that_starts_says_so_and_its_page_loads_itself_again() {
    for path in ["/", "/collections", "/collections/default", "/collections/default/add"] {
        let (response, text) = get(options(None), path, "localhost").await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(text.contains("The server is starting: 0 of 0 sources"), "{text}");
        assert_eq!(response.headers()["retry-after"], "1");
        assert_eq!(response.headers()["refresh"], "1");
        assert!(response.headers().contains_key("content-security-policy"), "{:?}", response.headers());
    }
}

#[tokio::test]
async fn the_icon_and_the_page_to_log_in_need_neither_key_nor_corpus() {
    let refuse: Authenticate = Arc::new(|_| Err(crate::service::defect_status()));
    for (path, status) in
        [("/icon.svg", 200), ("/favicon.ico", 200), ("/login", 200), ("/", 303), ("/x", 303)]
    {
        let (response, _) = get(options(Some(Arc::clone(&refuse))), path, "127.0.0.1:8080").await;
        assert_eq!(response.status().as_u16(), status, "{path}");
    }
    let (response, _) = get(options(None), "/login", "localhost").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
}
