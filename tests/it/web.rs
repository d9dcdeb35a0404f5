//! gRPC-Web as a browser speaks it, written by hand over HTTP/1.1.

use std::time::Duration;

use palimpsest::proto::{AddSourceRequest, CheckResponse};
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{self, TestServer};

const PAGE: &str = "https://essays.example";

/// An HTTP response.
struct Answer {
    status: u16,
    /// The status line and the headers, in lower case.
    head: String,
    body: Vec<u8>,
}

/// A frame of gRPC-Web: 0 for a message, 128 for the trailers.
fn frame(kind: u8, bytes: &[u8]) -> Vec<u8> {
    [&[kind][..], &u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

impl Answer {
    /// The frames of the body.
    fn frames(&self) -> Vec<(u8, Vec<u8>)> {
        let (mut rest, mut frames) = (self.body.as_slice(), Vec::new());
        while let Some((head, after)) = rest.split_first_chunk::<5>() {
            let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
            frames.push((head[0], after[..length].to_vec()));
            rest = &after[length..];
        }
        frames
    }

    fn trailers(&self) -> String {
        let frames = self.frames();
        let (kind, trailers) = frames.last().unwrap_or_else(|| panic!("no frames: {}", self.head));
        assert_eq!(*kind, 0x80);
        String::from_utf8(trailers.clone()).unwrap()
    }
}

async fn ask(server: &TestServer, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let (host, length) = (server.address.to_string(), body.len().to_string());
    let always = [("host", host.as_str()), ("connection", "close"), ("content-length", &length)];
    let lines = always.iter().chain(headers).map(|(name, value)| format!("{name}: {value}\r\n"));
    let request = format!("{method} {path} HTTP/1.1\r\n{}\r\n", lines.collect::<String>());
    stream.write_all(&[request.as_bytes(), body].concat()).await.unwrap();
    let mut answer = Vec::new();
    // A server that speaks only HTTP/2 resets the connection, or waits for more.
    let _read = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Answer { status: 0, head: String::new(), body: answer };
    };
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let body = &answer[end + 4..];
    let body = if head.contains("transfer-encoding: chunked") { dechunked(body) } else { body.to_vec() };
    Answer { status, head, body }
}

fn dechunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        body.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 2 + length + 2..];
    }
    body
}

async fn call(server: &TestServer, method: &str, message: &impl Message) -> Answer {
    let headers = [("content-type", "application/grpc-web+proto"), ("x-grpc-web", "1"), ("origin", PAGE)];
    let path = format!("/palimpsest.v1.{method}");
    ask(server, "POST", &path, &headers, &frame(0, &message.encode_to_vec())).await
}

async fn for_pages(origins: &[&str]) -> TestServer {
    let server = TestServer::start_with(|settings| {
        settings.web.grpc_web = true;
        settings.web.origins = origins.iter().copied().map(String::from).collect();
    })
    .await;
    // The corpus is open.
    server.corpus().await;
    server
}

const SOURCE: &str = "The quarry gave the city its stone and kept the echo for itself, the masons say.";

#[tokio::test]
async fn a_browser_adds_and_checks() {
    let server = for_pages(&[PAGE]).await;
    let added = call(&server, "CorpusService/AddSource", &harness::add("quarry", SOURCE)).await;
    assert_eq!(added.status, 200, "{}", added.head);
    assert!(added.trailers().contains("grpc-status:0"), "{}", added.trailers());
    assert!(added.head.contains(&format!("access-control-allow-origin: {PAGE}")), "{}", added.head);

    let checked = call(&server, "DetectionService/Check", &harness::check(SOURCE)).await;
    assert!(checked.head.contains("content-type: application/grpc-web+proto"), "{}", checked.head);
    let (kind, message) = checked.frames().swap_remove(0);
    let report = CheckResponse::decode(message.as_slice()).unwrap().report.unwrap();
    assert_eq!(
        (kind, report.coverage.unwrap().percent, report.sources[0].source_id.as_str()),
        (0, 100.0, "quarry")
    );
    // The same server also speaks gRPC.
    let report = harness::report(&mut server.detection().await, harness::check(SOURCE)).await;
    assert_eq!(report.coverage.unwrap().percent, 100.0);
}

#[tokio::test]
async fn errors_come_with_their_codes() {
    let server = for_pages(&[PAGE]).await;
    let refused = call(&server, "CorpusService/AddSource", &AddSourceRequest::default()).await;
    let said = refused.head.clone() + &refused.frames().last().map_or(String::new(), |_| refused.trailers());
    assert!(said.contains("grpc-status:3") || said.contains("grpc-status: 3"), "{said}");
    assert!(refused.head.contains("access-control-expose-headers: grpc-status"), "{}", refused.head);
    // A request that is not gRPC-Web is refused.
    let page = ask(&server, "GET", "/", &[], b"").await;
    assert_eq!(page.status, 400);
}

async fn preflight(server: &TestServer, origin: &str) -> Answer {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type,grpc-timeout,x-grpc-web"),
    ];
    ask(server, "OPTIONS", "/palimpsest.v1.DetectionService/Check", &headers, b"").await
}

#[tokio::test]
async fn only_pages_of_the_origins_that_were_named_may_call() {
    let allows = "access-control-allow-origin";
    let server = for_pages(&[PAGE]).await;
    let own = preflight(&server, PAGE).await;
    assert_eq!(own.status, 200);
    for part in [&format!("{allows}: {PAGE}"), "access-control-allow-methods: post", "authorization"] {
        assert!(own.head.contains(part), "{part:?} is not in {}", own.head);
    }
    let strange = preflight(&server, "https://elsewhere.example").await;
    assert!(!strange.head.contains(allows), "{}", strange.head);
    let none = preflight(&for_pages(&[]).await, PAGE).await;
    assert!(!none.head.contains(allows), "{}", none.head);
    let all = preflight(&for_pages(&["*"]).await, "https://elsewhere.example").await;
    assert!(all.head.contains(&format!("{allows}: *")), "{}", all.head);
}

#[tokio::test]
async fn without_the_setting_nobody_is_served_over_http_1() {
    let server = TestServer::start().await;
    let answer = call(&server, "DetectionService/Check", &harness::check(SOURCE)).await;
    assert_eq!(answer.status, 0, "{}", answer.head);
}
