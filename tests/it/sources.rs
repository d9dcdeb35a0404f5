//! What is known of a source: fields, updates, listings and deletions by a filter.

mod commands;
mod deleting;
mod fields;
mod listing;
mod replicas;
mod updating;

use std::collections::BTreeMap;

use palimpsest::proto;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use prost_types::Timestamp;
use tonic::transport::Channel;
use tonic_types::StatusExt as _;

use crate::words::Words;

fn time(seconds: i64) -> Timestamp {
    Timestamp { seconds, nanos: 0 }
}

fn text(number: u64) -> String {
    Words::new(number).text(40)
}

fn metadata(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// A source of which everything is known.
fn full(id: &str, number: u64) -> proto::Source {
    proto::Source {
        id: id.to_owned(),
        title: "A title".to_owned(),
        group: "anna".to_owned(),
        labels: vec!["2026".to_owned(), "essay".to_owned()],
        text: text(number),
        uri: "https://example.org/essays/1?a=b#c".to_owned(),
        submitted_at: Some(Timestamp { seconds: 1_700_000_000, nanos: 123_456_789 }),
        metadata: metadata(&[("course", "History 2"), ("empty", ""), ("lines", "a\nb")]),
        ..proto::Source::default()
    }
}

async fn add(corpus: &mut CorpusServiceClient<Channel>, source: proto::Source) -> proto::AddSourceResponse {
    let request = proto::AddSourceRequest { source: Some(source), ..Default::default() };
    corpus.add_source(request).await.unwrap().into_inner()
}

async fn get(corpus: &mut CorpusServiceClient<Channel>, id: &str) -> proto::Source {
    let request = proto::GetSourceRequest { id: id.to_owned(), ..Default::default() };
    corpus.get_source(request).await.unwrap().into_inner().source.unwrap()
}

/// All ids of a listing, over all pages.
async fn ids(
    corpus: &mut CorpusServiceClient<Channel>,
    filter: proto::SourceFilter,
    page_size: u32,
) -> Vec<String> {
    let (mut found, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = proto::ListSourcesRequest {
            page_size,
            page_token,
            filter: Some(filter.clone()),
            ..Default::default()
        };
        let page = corpus.list_sources(request).await.unwrap().into_inner();
        found.extend(page.sources.into_iter().map(|source| source.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return found;
        }
    }
}

async fn revision(corpus: &mut CorpusServiceClient<Channel>) -> u64 {
    let totals = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner();
    totals.stats.unwrap().revision
}

/// The invalid fields of a status.
fn violations(status: &tonic::Status) -> Vec<String> {
    assert_eq!(status.code(), tonic::Code::InvalidArgument, "{status:?}");
    let details = status.get_details_bad_request().unwrap();
    details.field_violations.into_iter().map(|v| format!("{} {}", v.field, v.description)).collect()
}
