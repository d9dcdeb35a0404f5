//! Import over gRPC into a real server on loopback, in this process, with a data directory.

use std::path::Path;
use std::time::{Duration, Instant};

use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::import_sources_response::Result as Answer;
use palimpsest::proto::{CreateCollectionRequest, GetCorpusRequest, ImportSourcesRequest, Source};
use palimpsest::server::{Settings, Storage, run as serve};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::transport::{Channel, Endpoint};

use crate::shared::files::Text;
use crate::shared::import::megabytes_per_second;

/// Imports all sources `copies` times, and returns the speed of each import.
///
/// # Errors
///
/// A call that fails.
pub(crate) fn run(data: &Path, sources: &[Text], copies: u32) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| error.to_string())?.block_on(import_all(data, sources, copies))
}

async fn import_all(data: &Path, sources: &[Text], copies: u32) -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let shutdown = CancellationToken::new();
    let (signal, storage) = (shutdown.clone(), Storage::DataDirectory(data.to_owned()));
    let settings = Settings { storage, ..Settings::default() };
    let server = tokio::spawn(async move { serve(listener, &settings, signal).await });
    let endpoint = Endpoint::from_shared(format!("http://{address}")).map_err(|error| error.to_string())?;
    let channel = endpoint.connect().await.map_err(|error| error.to_string())?;
    let mut client = CorpusServiceClient::new(channel);
    while client.get_corpus(GetCorpusRequest {}).await.is_err() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let mut speeds = Vec::new();
    for copy in 0..copies {
        let collection = if copy == 0 { "default".to_owned() } else { format!("copy-{copy}") };
        if copy > 0 {
            let request = CreateCollectionRequest { name: collection.clone(), ..Default::default() };
            client.create_collection(request).await.map_err(|status| status.to_string())?;
        }
        speeds.push(import(&mut client, sources, &collection).await?);
    }
    shutdown.cancel();
    let stopped = server.await.map_err(|error| error.to_string())?;
    stopped.map_err(|error| error.to_string())?;
    let mean = speeds.iter().sum::<f64>() / f64::from(copies);
    let (least, most) = speeds.iter().fold((f64::MAX, 0_f64), |(a, b), speed| (a.min(*speed), b.max(*speed)));
    Ok(format!("{mean:.1} MB/s (from {least:.1} to {most:.1})"))
}

async fn import(
    client: &mut CorpusServiceClient<Channel>,
    sources: &[Text],
    collection: &str,
) -> Result<f64, String> {
    let bytes = sources.iter().map(|source| source.text.len() as u64).sum();
    let request = |Text { id, text }: &Text| ImportSourcesRequest {
        collection: collection.to_owned(),
        source: Some(Source { id: id.clone(), text: text.clone(), ..Source::default() }),
        ..ImportSourcesRequest::default()
    };
    let requests: Vec<ImportSourcesRequest> = sources.iter().map(request).collect();
    let begun = Instant::now();
    let answer = client.import_sources(tokio_stream::iter(requests)).await;
    let mut answers = answer.map_err(|status| status.to_string())?.into_inner();
    while let Some(answer) = answers.message().await.map_err(|status| status.to_string())? {
        if !matches!(answer.result, Some(Answer::Added(_))) {
            return Err(format!("source {} of the stream: {:?}", answer.index, answer.result));
        }
    }
    Ok(megabytes_per_second(bytes, begun.elapsed()))
}
