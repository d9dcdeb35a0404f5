//! Digests of sources.

use xxhash_rust::xxh3::Xxh3;

use crate::model::{CorpusSeed, Details, Label, MetadataEntry, PageStart, Pages, Timestamp};

/// Separates the labels from what follows them: no label has a control character.
const AFTER_LABELS: &[u8] = &[0];

/// Precedes the pages: no label and no key has a control character.
const BEFORE_PAGES: &[u8] = &[1];

/// A digest of everything that a caller gives for a source but its id. Seeded, so that nobody can make two sources with
/// one digest. It is stored: sources without an address, a time of submission, metadata and pages have the digest that they
/// had before there were any.
pub(in crate::corpus) fn content_digest(text: &str, details: Details<'_>, seed: CorpusSeed) -> u128 {
    let Details { title, group, labels, uri, submitted_at, metadata, pages } = details;
    let mut hasher = Xxh3::with_seed(seed.derive("content of a source"));
    let mut part = |part: &[u8]| {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    };
    for text in [text, title.as_str(), group.as_str()] {
        part(text.as_bytes());
    }
    for label in labels.as_slice().iter().map(Label::as_str) {
        part(label.as_bytes());
    }
    if !uri.as_str().is_empty() || submitted_at.is_some() || !metadata.as_slice().is_empty() {
        part(AFTER_LABELS);
        part(uri.as_str().as_bytes());
        part(&submitted_at.map_or_else(Vec::new, bytes_of));
        for MetadataEntry { key, value } in metadata.as_slice() {
            part(key.as_str().as_bytes());
            part(value.as_str().as_bytes());
        }
    }
    if let Some(pages) = pages {
        part(BEFORE_PAGES);
        part(&page_bytes(pages));
    }
    hasher.digest128()
}

/// Pages as bytes: equal pages have equal bytes, different ones different bytes.
fn page_bytes(pages: &Pages) -> Vec<u8> {
    let mut bytes = format!("{} {}\n", pages.kind().stable_name(), pages.count()).into_bytes();
    for PageStart { offset, number, label } in pages.starts() {
        for value in [offset, number, u32::try_from(label.len()).unwrap_or(u32::MAX)] {
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        bytes.extend_from_slice(label.as_bytes());
    }
    bytes
}

/// A time as bytes, for digests.
pub(in crate::corpus) fn bytes_of(time: Timestamp) -> Vec<u8> {
    [time.seconds().to_le_bytes().as_slice(), time.nanos().to_le_bytes().as_slice()].concat()
}
