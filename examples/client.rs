//! A gRPC client in Rust: adds sources, checks a text, reads the report, checks many texts.
//!
//! `cargo run --example client`, with a server at `PALIMPSEST_SERVER` (<http://127.0.0.1:50051>). If the server needs
//! them, `PALIMPSEST_KEY` is the key, and `PALIMPSEST_TLS_CA` a file with the authority of its certificate.
//!
//! The example uses the messages and clients of this crate. A program that doesn't depend on the crate generates them
//! with `tonic-prost-build` in its build.rs.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::time::Duration;

use palimpsest::proto;
use palimpsest::proto::check_stream_response::Result::{Error as Failed, Report as Checked};
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use tonic::metadata::AsciiMetadataValue;
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

type Done<T = ()> = Result<T, Box<dyn std::error::Error>>;

// [connect]
async fn connect() -> Done<Channel> {
    let server = std::env::var("PALIMPSEST_SERVER").unwrap_or_else(|_| "http://127.0.0.1:50051".to_owned());
    let mut endpoint = Endpoint::from_shared(server)?
        .connect_timeout(Duration::from_secs(5))
        .http2_keep_alive_interval(Duration::from_mins(1));
    if let Ok(ca) = std::env::var("PALIMPSEST_TLS_CA") {
        let ca = Certificate::from_pem(std::fs::read(ca)?);
        endpoint = endpoint.tls_config(ClientTlsConfig::new().ca_certificate(ca))?;
    }
    // One channel for the whole program; its clones share the connection.
    Ok(endpoint.connect().await?)
}

/// Adds the key, if there is one, to each call.
#[derive(Clone)]
struct AddKey(Option<AsciiMetadataValue>);

impl AddKey {
    fn from_environment() -> Done<Self> {
        let key = std::env::var("PALIMPSEST_KEY").ok();
        Ok(Self(key.map(|key| format!("Bearer {key}").parse()).transpose()?))
    }
}

impl Interceptor for AddKey {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(key) = &self.0 {
            request.metadata_mut().insert("authorization", key.clone());
        }
        Ok(request)
    }
}

type KeyedChannel = InterceptedService<Channel, AddKey>;
// [/connect]

// [call]
/// A request whose time limit the server knows, too.
fn within<T>(time: Duration, message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(time);
    request
}

const SHORT: Duration = Duration::from_secs(10);
// [/call]

// [add]
/// Adds a source. A repetition changes nothing and is not an error, so retries are safe.
async fn add(
    corpus: &mut CorpusServiceClient<KeyedChannel>,
    id: &str,
    text: &str,
) -> Result<proto::AddSourceResponse, Status> {
    let source = proto::Source {
        id: id.to_owned(),
        group: "Ines".to_owned(),
        text: text.to_owned(),
        ..proto::Source::default()
    };
    let if_exists = proto::IfExists::ReplaceDifferent.into();
    let request = proto::AddSourceRequest { source: Some(source), if_exists, ..Default::default() };
    let mut attempt = 1;
    loop {
        match corpus.add_source(within(SHORT, request.clone())).await {
            Err(status) if attempt < 4 && is_retryable(&status) => {
                tokio::time::sleep(pause(&status, attempt)).await;
                attempt += 1;
            }
            answer => return answer.map(tonic::Response::into_inner),
        }
    }
}
// [/add]

// [retry]
fn is_retryable(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::ResourceExhausted)
}

/// The delay that the server asks for, or else one that doubles each time.
fn pause(status: &Status, attempt: u32) -> Duration {
    let asked = status.get_details_retry_info().and_then(|info| info.retry_delay);
    asked.unwrap_or(Duration::from_millis(100) * 2_u32.pow(attempt))
}
// [/retry]

// [check]
/// Checks a text, and returns the passages found in known sources. Rust strings count bytes, as reports do by default.
async fn check<'a>(
    detection: &mut DetectionServiceClient<KeyedChannel>,
    text: &'a str,
) -> Done<Vec<&'a str>> {
    let request = proto::CheckRequest { text: text.to_owned(), ..Default::default() };
    let report = detection.check(within(SHORT, request)).await?.into_inner().report.unwrap_or_default();
    let coverage = report.coverage.unwrap_or_default();
    println!("{:.1} % covered: {} of {} words", coverage.percent, coverage.words, coverage.of_words);
    let passages = report.sources.iter().flat_map(|source| &source.passages);
    let spans = passages.filter_map(|passage| passage.submission);
    let mut found = Vec::new();
    for span in spans {
        found.push(&text[usize::try_from(span.start)?..usize::try_from(span.end)?]);
    }
    Ok(found)
}
// [/check]

// [stream]
/// Checks texts, each with a key, on one stream. The error of one text does not end the stream.
async fn check_many(
    detection: &mut DetectionServiceClient<KeyedChannel>,
    texts: impl IntoIterator<Item = (&'static str, &'static str), IntoIter: Send + 'static>,
) -> Done {
    let requests = texts.into_iter().map(|(key, text)| {
        let check = proto::CheckRequest { text: text.to_owned(), ..Default::default() };
        proto::CheckStreamRequest { key: key.to_owned(), check: Some(check) }
    });
    let requests = within(Duration::from_mins(1), tokio_stream::iter(requests));
    let mut responses = detection.check_stream(requests).await?.into_inner();
    while let Some(proto::CheckStreamResponse { key, result, .. }) = responses.message().await? {
        match result {
            Some(Checked(report)) => println!("{key}: {:.1} %", report.coverage.unwrap_or_default().percent),
            Some(Failed(error)) => println!("{key}: {}", error.message),
            None => {}
        }
    }
    Ok(())
}
// [/stream]

#[tokio::main]
async fn main() -> Done {
    let channel = InterceptedService::new(connect().await?, AddKey::from_environment()?);
    // Responses may be larger than the default limit of a client, 4 MiB.
    let mut corpus = CorpusServiceClient::new(channel.clone()).max_decoding_message_size(64 << 20);
    let mut detection = DetectionServiceClient::new(channel).max_decoding_message_size(64 << 20);

    let bridges = "A bridge is a promise that two banks make to each other over running water.";
    add(&mut corpus, "bridges", bridges).await?;
    assert!(add(&mut corpus, "bridges", bridges).await?.unchanged);

    let essay = "😀 Écrit: a BRIDGE is — a promise that two banks make to each other, n'est-ce pas?";
    let passages = check(&mut detection, essay).await?;
    assert_eq!(passages, ["a BRIDGE is — a promise that two banks make to each other"]);

    let own = "Nobody has written this before, I am sure.";
    check_many(&mut detection, [("essay", essay), ("own", own), ("bad", "")]).await?;

    let empty = detection.check(within(SHORT, proto::CheckRequest::default())).await;
    assert!(empty.is_err_and(|status| status.code() == Code::InvalidArgument));
    Ok(())
}
