//! Checks over gRPC: a real server on a free port of loopback, in this process.

use std::sync::Arc;
use std::time::{Duration, Instant};

use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use palimpsest::proto::import_sources_response::Result as ImportResult;
use palimpsest::proto::{CheckRequest, ImportSourcesRequest, Source};
use palimpsest::server::{Settings, Storage, run as serve};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};

use crate::shared::files::Text;
use crate::shared::import::megabytes_per_second;
use crate::shared::latency::Latencies;
use crate::shared::memory::ratio;
use crate::shared::workload::Submission;
use crate::table::{part, row};

/// Number of concurrent callers.
const CALLERS: usize = 8;
/// Number of times that each submission is checked.
const ROUNDS: usize = 3;

/// Share of covered words by which the server's altered passages may differ from the engine's, since the two hash under
/// different secret seeds.
const SEED_DIFFERENCE: f64 = 0.02;

/// A request, and the number of words that its report covers.
type Checked = (CheckRequest, u64);

/// # Errors
///
/// A call that fails, or results that differ from those of the engine or from one another.
pub(crate) fn run(
    sources: Vec<Text>,
    submissions: &[Submission],
    covered_words: &[u64],
) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let request = |text: &String| CheckRequest { text: text.clone(), ..CheckRequest::default() };
    let requests = submissions.iter().map(|submission| request(&submission.text)).collect();
    runtime.block_on(measure(sources, requests, covered_words.iter().sum()))
}

async fn measure(sources: Vec<Text>, requests: Vec<CheckRequest>, in_engine: u64) -> Result<(), String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let shutdown = CancellationToken::new();
    let signal = shutdown.clone();
    // In memory: the durable bench measures the disk.
    let settings = Settings { storage: Storage::InMemory, ..Settings::default() };
    let server = tokio::spawn(async move { serve(listener, &settings, signal).await });
    let endpoint = Endpoint::from_shared(format!("http://{address}")).map_err(|error| error.to_string())?;
    let channel = endpoint.connect().await.map_err(|error| error.to_string())?;
    part("over gRPC on loopback, server and callers on the same cores");
    let import = import(&channel, sources).await?;
    row("import by one stream, in memory", import, "");
    let requests = answered(&channel, requests, in_engine).await?;
    let one = one_caller(&channel, &requests).await?;
    row("a check, one caller, p50 / p90 / p99", one.to_string(), "1 / - / 5 ms");
    let per_second = callers(&endpoint, requests).await?;
    row(&format!("checks a second, {CALLERS} callers"), format!("{per_second:.0}"), "2000");
    shutdown.cancel();
    let stopped = server.await.map_err(|error| error.to_string())?;
    stopped.map_err(|error| error.to_string())
}

async fn import(channel: &Channel, sources: Vec<Text>) -> Result<String, String> {
    let mut client = CorpusServiceClient::new(channel.clone());
    let bytes = sources.iter().map(|source| source.text.len() as u64).sum();
    let requests: Vec<ImportSourcesRequest> = sources
        .into_iter()
        .map(|Text { id, text }| {
            let source = Source { id, text, ..Source::default() };
            ImportSourcesRequest { source: Some(source), ..ImportSourcesRequest::default() }
        })
        .collect();
    let begun = Instant::now();
    let answer = client.import_sources(tokio_stream::iter(requests)).await;
    let mut answers = answer.map_err(|status| status.to_string())?.into_inner();
    while let Some(answer) = answers.message().await.map_err(|status| status.to_string())? {
        if !matches!(answer.result, Some(ImportResult::Added(_))) {
            return Err(format!("source {} of the stream: {:?}", answer.index, answer.result));
        }
    }
    Ok(format!("{:.0} MB/s", megabytes_per_second(bytes, begun.elapsed())))
}

/// Compares the first results with those of the engine.
async fn answered(
    channel: &Channel,
    requests: Vec<CheckRequest>,
    in_engine: u64,
) -> Result<Vec<Checked>, String> {
    let mut client = DetectionServiceClient::new(channel.clone()).max_decoding_message_size(64 << 20);
    let mut answered = Vec::with_capacity(requests.len());
    for request in requests {
        let words = covered_words(&mut client, request.clone()).await?;
        answered.push((request, words));
    }
    let over_grpc: u64 = answered.iter().map(|(_, words)| words).sum();
    if (ratio(over_grpc, in_engine) - 1.0).abs() > SEED_DIFFERENCE {
        return Err(format!("{over_grpc} words covered over gRPC, {in_engine} in the engine"));
    }
    Ok(answered)
}

async fn one_caller(channel: &Channel, requests: &[Checked]) -> Result<Latencies, String> {
    let mut latencies = Latencies::default();
    for _ in 0..ROUNDS {
        check_all(channel.clone(), requests, |took| latencies.push(took)).await?;
    }
    Ok(latencies)
}

/// Each caller has a separate connection and checks all submissions.
#[expect(clippy::cast_precision_loss, reason = "a rate to print")]
async fn callers(endpoint: &Endpoint, requests: Vec<Checked>) -> Result<f64, String> {
    let requests = Arc::new(requests);
    let mut calling = Vec::new();
    for _ in 0..CALLERS {
        let channel = endpoint.connect().await.map_err(|error| error.to_string())?;
        calling.push((channel, Arc::clone(&requests)));
    }
    let begun = Instant::now();
    let calling: Vec<_> = calling
        .into_iter()
        .map(|(channel, requests)| tokio::spawn(async move { check_all(channel, &requests, |_| ()).await }))
        .collect();
    for caller in calling {
        caller.await.map_err(|error| error.to_string())??;
    }
    Ok((CALLERS * requests.len()) as f64 / begun.elapsed().as_secs_f64())
}

async fn check_all(
    channel: Channel,
    requests: &[Checked],
    mut each: impl FnMut(Duration),
) -> Result<(), String> {
    let mut client = DetectionServiceClient::new(channel).max_decoding_message_size(64 << 20);
    for (request, words) in requests {
        let request = request.clone();
        let begun = Instant::now();
        let covered = covered_words(&mut client, request).await?;
        each(begun.elapsed());
        if covered != *words {
            return Err(format!("{covered} words covered, where another check said {words}"));
        }
    }
    Ok(())
}

async fn covered_words(
    client: &mut DetectionServiceClient<Channel>,
    request: CheckRequest,
) -> Result<u64, String> {
    let answer = client.check(request).await.map_err(|status| status.to_string())?;
    let coverage = answer.into_inner().report.and_then(|report| report.coverage);
    coverage.map(|coverage| coverage.words).ok_or_else(|| "a report without coverage".to_owned())
}
