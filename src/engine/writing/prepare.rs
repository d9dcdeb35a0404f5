//! What can be done for a source before anybody has to wait for anybody.

use std::sync::Arc;

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::engine::catalogue::{Entry, NewEntry};
use crate::engine::collection::Collection;
use crate::engine::corpus::{Added, Engine, IfExists, NewSource};
use crate::engine::error::{Error, TextRole};
use crate::engine::names::{CollectionName, Group, Label, Labels, SourceId, Title};
use crate::index::Slot;
use crate::store::{PackedText, StoredSource};
use crate::text::{CorpusSeed, Token};

/// What preparing a source came to.
pub(in crate::engine) enum Preparation {
    /// It can be kept.
    Ready(Box<Prepared>),
    /// It is there already, the same in every byte.
    Unchanged(Added),
}

/// A source whose postings are in the index, under a slot in which nobody sees it yet.
pub(in crate::engine) struct Prepared {
    pub(super) collection: Arc<Collection>,
    pub(super) id: SourceId,
    pub(super) title: Title,
    pub(super) group: Group,
    pub(super) labels: Labels,
    pub(super) words: u64,
    pub(super) text_bytes: u64,
    pub(super) fingerprints: u64,
    pub(super) digest: u128,
    pub(super) content_digest: u128,
    pub(super) slot: Slot,
    pub(super) text: PackedText,
}

impl Engine {
    /// Makes a source ready to be kept, unless there is no need or no way to keep it.
    pub(in crate::engine) fn prepare(
        &self,
        collection: &CollectionName,
        source: NewSource,
        if_exists: IfExists,
    ) -> Result<Preparation, Error> {
        let collection = self.collection(collection)?;
        self.check_bytes(&source.text, TextRole::Source)?;
        let NewSource { title, group, labels, text, .. } = &source;
        let content_digest = content_digest(text, (title, group, labels), self.seed());
        if let Some(id) = &source.id {
            // Whether it is there still is looked at again when its turn comes; but most who want to add
            // what is there are spared the work.
            let old = collection.catalogue.read().get(id).cloned();
            if let Some(old) = old.and_then(|old| verdict(&collection, &old, content_digest, if_exists)) {
                return old.map(Preparation::Unchanged);
            }
        }
        self.prepare_text(collection, source, content_digest).map(Box::new).map(Preparation::Ready)
    }

    fn prepare_text(
        &self,
        collection: Arc<Collection>,
        source: NewSource,
        content_digest: u128,
    ) -> Result<Prepared, Error> {
        let NewSource { id, title, group, labels, text } = source;
        let (mut tokens, mut stems) = (Vec::new(), Vec::new());
        let (role, max_normalised_bytes) = (TextRole::Source, self.limits.max_normalised_bytes);
        self.tokenizer
            .tokenize_with_stems_within(&text, max_normalised_bytes, &mut tokens, &mut stems)
            .map_err(|_| Error::TooManyNormalisedBytes { role, max_normalised_bytes })?;
        let words = self.check_words(tokens.len(), TextRole::Source)?;
        let kgrams = collection.fingerprinter.fingerprints(&tokens);
        if kgrams.is_empty() {
            let kgram_tokens = collection.settings().kgram.get();
            return Err(Error::TooFewWords { role: TextRole::Source, words, kgram_tokens });
        }
        let pairs = self.order_free.of_source(&stems);
        let id = id.map_or_else(assigned_id, Ok)?;
        let text_bytes = text.len() as u64;
        let text = self.shared.store.pack(text)?;
        let slot = collection.catalogue.write().reserve(&id, text_bytes, &self.limits)?;
        let added = collection.kgrams.insert(slot, &kgrams).zip(collection.pairs.insert(slot, &pairs));
        let Some((kgrams, pairs)) = added else {
            collection.catalogue.write().abandon(slot, text_bytes);
            return Err(Error::TooManySources { max_sources: self.limits.max_sources_per_collection });
        };
        Ok(Prepared {
            collection,
            id,
            title,
            group,
            labels,
            words: words as u64,
            text_bytes,
            fingerprints: (kgrams + pairs) as u64,
            digest: digest(&tokens),
            content_digest,
            slot,
            text,
        })
    }
}

/// What is to be said where there is a source with the id already; `None` if it is to be replaced.
pub(super) fn verdict(
    collection: &Collection,
    old: &Arc<Entry>,
    content_digest: u128,
    if_exists: IfExists,
) -> Option<Result<Added, Error>> {
    if if_exists.keeps_same() && old.content_digest == content_digest {
        let exact_duplicates = collection.catalogue.read().duplicates(old, Added::MAX_DUPLICATES);
        return Some(Ok(Added {
            entry: Arc::clone(old),
            replaced: false,
            unchanged: true,
            exact_duplicates,
        }));
    }
    let exists = || Error::SourceExists { collection: collection.name.clone(), id: old.id.clone() };
    (!if_exists.replaces()).then(|| Err(exists()))
}

impl Prepared {
    /// The slot of the source that it takes the place of.
    pub(super) fn old_slot(&self) -> Option<Slot> {
        self.collection.catalogue.read().get(&self.id).map(|old| old.slot)
    }

    /// It is not to be kept after all.
    pub(super) fn abandon(&self) {
        self.collection.catalogue.write().abandon(self.slot, self.text_bytes);
    }

    /// What the store keeps of it.
    pub(super) fn stored(&self, added: u64) -> StoredSource {
        StoredSource {
            key: self.collection.key(self.slot),
            id: self.id.as_str().to_owned(),
            title: self.title.as_str().to_owned(),
            group: self.group.as_str().to_owned(),
            labels: self.labels.as_slice().iter().map(|label| label.as_str().to_owned()).collect(),
            added,
            words: self.words,
            text_bytes: self.text_bytes,
            fingerprints: self.fingerprints,
            words_digest: self.digest,
            content_digest: self.content_digest,
        }
    }

    /// What the catalogue is to know of it, and its collection.
    pub(super) fn into_entry(self) -> (Arc<Collection>, NewEntry) {
        let Self {
            collection,
            id,
            title,
            group,
            labels,
            words,
            text_bytes,
            fingerprints,
            digest,
            content_digest,
            slot,
            text: _,
        } = self;
        let entry = NewEntry {
            id,
            title,
            group,
            labels,
            words,
            text_bytes,
            fingerprints,
            digest,
            content_digest,
            slot,
        };
        (collection, entry)
    }
}

/// An id that nobody else will be given: 128 random bits.
fn assigned_id() -> Result<SourceId, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Error::NoRandomness(error.to_string()))?;
    let id = format!("{:032x}", u128::from_le_bytes(bytes));
    SourceId::new(&id).map_err(|error| Error::NoRandomness(error.to_string()))
}

/// A digest of the words of a text in their order.
fn digest(tokens: &[Token]) -> u128 {
    let mut bytes = Vec::with_capacity(size_of_val(tokens));
    for token in tokens {
        bytes.extend_from_slice(&token.value().to_le_bytes());
    }
    xxh3_128(&bytes)
}

/// A digest of all that a caller says of a source, but for its id. Seeded, so that nobody can make two
/// that have the same.
pub(in crate::engine) fn content_digest(
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
