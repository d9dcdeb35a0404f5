//! Collections, sources and the corpus to messages.

use super::length::text_length;
use super::times::timestamp;
use crate::engine::{
    ALGORITHM_VERSION, Added, CollectionInfo, CollectionStats, CorpusInfo, Entry, Limits, SourcesDeleted,
};
use crate::proto;
use crate::service::documents::{page_count, pages_to_proto};
use crate::service::parse::detection::MAX_COMPARED_TEXTS;
use crate::service::revisions::RevisionMask;

pub(in crate::service) fn collection(info: &CollectionInfo, revisions: &RevisionMask) -> proto::Collection {
    proto::Collection {
        name: info.name.as_str().to_owned(),
        kgram_tokens: info.settings.kgram.get(),
        window_kgrams: info.settings.window.get(),
        guarantee_words: info.settings.guarantee_tokens(),
        stats: Some(stats(info.stats, revisions)),
    }
}

/// The totals of the corpus, or of the part that a caller sees.
pub(in crate::service) fn corpus(
    info: CorpusInfo,
    limits: &Limits,
    max_message_bytes: usize,
    max_document_bytes: u64,
    revisions: &RevisionMask,
) -> proto::GetCorpusResponse {
    let Limits {
        max_text_bytes,
        max_normalised_bytes,
        max_text_words,
        max_collections,
        max_sources_per_collection,
        max_collection_bytes,
        max_candidates,
        exhaustive_sources,
        max_common_postings,
        max_deleted_text_seconds,
    } = *limits;
    proto::GetCorpusResponse {
        collections: info.collections,
        stats: Some(stats(info.stats, revisions)),
        algorithm_version: ALGORITHM_VERSION,
        server_version: env!("CARGO_PKG_VERSION").to_owned(),
        limits: Some(proto::Limits {
            max_text_bytes: max_text_bytes as u64,
            max_text_words: max_text_words as u64,
            max_message_bytes: max_message_bytes as u64,
            max_collections: max_collections as u64,
            max_sources_per_collection: max_sources_per_collection as u64,
            max_candidates: max_candidates as u64,
            exhaustive_sources: u64::from(exhaustive_sources),
            max_common_postings: u64::from(max_common_postings),
            max_compared_texts: MAX_COMPARED_TEXTS as u64,
            max_normalised_bytes: max_normalised_bytes as u64,
            max_collection_bytes,
            max_deleted_text_seconds,
            max_document_bytes,
        }),
    }
}

/// A source without its text and without the places of its pages.
pub(in crate::service) fn source(entry: &Entry, revisions: &RevisionMask) -> proto::Source {
    let pages = entry.pages.as_ref().map(|pages| page_count(pages));
    proto::Source {
        id: entry.id.as_str().to_owned(),
        title: entry.title.as_str().to_owned(),
        group: entry.group.as_str().to_owned(),
        labels: entry.labels.as_slice().iter().map(|label| label.as_str().to_owned()).collect(),
        text: String::new(),
        stats: Some(proto::SourceStats {
            revision: revisions.mask(entry.changed),
            ..source_stats(entry, revisions)
        }),
        uri: entry.uri.as_str().to_owned(),
        submitted_at: entry.submitted_at.map(timestamp),
        metadata: entry
            .metadata
            .as_slice()
            .iter()
            .map(|entry| (entry.key.as_str().to_owned(), entry.value.as_str().to_owned()))
            .collect(),
        created_at: entry.created_at.map(timestamp),
        updated_at: entry.updated_at.map(timestamp),
        document: None,
        length: Some(text_length(entry.words, pages.as_ref())),
        pages,
    }
}

/// A source without its text, with the places of its pages.
pub(in crate::service) fn source_with_pages(entry: &Entry, revisions: &RevisionMask) -> proto::Source {
    let pages = entry.pages.as_ref().map(|pages| pages_to_proto(pages, entry.text_bytes));
    proto::Source { pages, ..source(entry, revisions) }
}

/// A source as its corpus has it, with its text and the places of its pages.
#[must_use]
pub fn stored_source(entry: &Entry, text: &str) -> proto::Source {
    let source = source_with_pages(entry, &RevisionMask::none());
    proto::Source { text: text.to_owned(), ..source }
}

pub(in crate::service) fn sources_deleted(
    deleted: SourcesDeleted,
    revisions: &RevisionMask,
) -> proto::DeleteSourcesResponse {
    let SourcesDeleted { sources, ids, revision } = deleted;
    proto::DeleteSourcesResponse {
        sources_deleted: sources,
        source_ids: ids.iter().map(|id| id.as_str().to_owned()).collect(),
        revision: revisions.mask(revision),
    }
}

pub(in crate::service) fn added(added: &Added, revisions: &RevisionMask) -> proto::AddSourceResponse {
    const LISTED: usize = 10;
    let Added { entry, replaced, unchanged, exact_duplicates } = added;
    proto::AddSourceResponse {
        id: entry.id.as_str().to_owned(),
        replaced: *replaced,
        unchanged: *unchanged,
        exact_duplicates: exact_duplicates.iter().take(LISTED).map(|id| id.as_str().to_owned()).collect(),
        exact_duplicates_found: exact_duplicates.len() as u64,
        stats: Some(source_stats(entry, revisions)),
        document: None,
    }
}

fn stats(stats: CollectionStats, revisions: &RevisionMask) -> proto::CollectionStats {
    let CollectionStats { sources, words, fingerprints, text_bytes, index_bytes, revision } = stats;
    let revision = revisions.mask(revision);
    proto::CollectionStats { sources, words, fingerprints, text_bytes, index_bytes, revision }
}

/// The counts of a source, and the revision at which its text was added.
fn source_stats(entry: &Entry, revisions: &RevisionMask) -> proto::SourceStats {
    proto::SourceStats {
        words: entry.words,
        text_bytes: entry.text_bytes,
        fingerprints: entry.fingerprints,
        revision: revisions.mask(entry.added),
    }
}
