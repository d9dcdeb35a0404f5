//! The texts of the sources in a report, for the lines of its passages.

use futures_util::future::join_all;

use crate::cli::connection::Client;
use crate::cli::render::SourceLines;
use crate::proto;

/// The lines of the sources in `report`. Sources that the key may not read, or that were replaced since, have none.
pub(super) async fn lines(client: &Client, report: &proto::Report) -> SourceLines {
    let texts = join_all(report.sources.iter().map(|source| text(client, source))).await;
    let mut lines = SourceLines::default();
    for (source, text) in report.sources.iter().zip(texts) {
        if let Some(text) = text {
            lines.add(&source.collection, &source.source_id, &text);
        }
    }
    lines
}

/// The text of a stored source, if the key may read it.
pub(super) async fn stored_text(client: &Client, name: proto::SourceName) -> Option<String> {
    let proto::SourceName { collection, id } = name;
    let request = proto::GetSourceRequest { collection, id, include_text: true, ..Default::default() };
    let response = client.corpus().get_source(client.request(request)).await.ok()?;
    Some(response.into_inner().source?.text)
}

async fn text(client: &Client, source: &proto::SourceOverlap) -> Option<String> {
    let name = proto::SourceName { collection: source.collection.clone(), id: source.source_id.clone() };
    let text = stored_text(client, name).await?;
    let is_same = source.passages.iter().all(|passage| is_excerpt(passage, &text));
    is_same.then_some(text)
}

/// Whether the source's side of a passage is part of `text`, at its place.
fn is_excerpt(passage: &proto::Passage, text: &str) -> bool {
    let span = passage.source.unwrap_or_default();
    let range = usize::try_from(span.start).ok().zip(usize::try_from(span.end).ok());
    range.and_then(|(start, end)| text.get(start..end)) == Some(&passage.source_excerpt)
}
