//! Digests of sources.

use xxhash_rust::xxh3::Xxh3;

use crate::model::{CorpusSeed, Group, Label, Labels, Title};

/// A digest of everything that a caller gives for a source but its id. Seeded, so that nobody can make two sources with
/// one digest.
pub(in crate::corpus) fn content_digest(
    text: &str,
    (title, group, labels): (&Title, &Group, &Labels),
    seed: CorpusSeed,
) -> u128 {
    let mut hasher = Xxh3::with_seed(seed.derive("content of a source"));
    let parts = [text, title.as_str(), group.as_str()];
    for part in parts.into_iter().chain(labels.as_slice().iter().map(Label::as_str)) {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.digest128()
}
