//! What can be done for a source before anybody has to wait for anybody.

use std::path::Path;
use std::sync::Arc;

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::engine::catalogue::{Entry, NewEntry};
use crate::engine::collection::Collection;
use crate::engine::corpus::{Added, Engine, IfExists, NewSource};
use crate::engine::error::{Error, TextRole};
use crate::engine::names::{CollectionName, Group, Label, Labels, SourceId, Title};
use crate::engine::shared::Shared;
use crate::fingerprint::Fingerprint;
use crate::index::Slot;
use crate::store::{PackedText, StoreError, StoredSource};
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
        self.shared.full_disk.check()?;
        self.shared.prepare(collection, source, content_digest).map(Box::new).map(Preparation::Ready)
    }
}

/// What the index holds of a text, and what is counted of it.
struct Outline {
    words: u64,
    digest: u128,
    kgrams: Vec<Fingerprint>,
    pairs: Vec<Fingerprint>,
}

/// Where the postings of a text are, and how many.
struct Entered {
    slot: Slot,
    fingerprints: u64,
}

impl Shared {
    pub(super) fn prepare(
        &self,
        collection: Arc<Collection>,
        source: NewSource,
        content_digest: u128,
    ) -> Result<Prepared, Error> {
        let NewSource { id, title, group, labels, text } = source;
        let outline = self.outline(&collection, &text)?;
        let id = id.map_or_else(assigned_id, Ok)?;
        let text_bytes = text.len() as u64;
        let text = self.store.pack(text)?;
        let Entered { slot, fingerprints } = self.enter(&collection, (&id, text_bytes), &outline)?;
        let Outline { words, digest, .. } = outline;
        Ok(Prepared {
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
            text,
        })
    }

    fn outline(&self, collection: &Collection, text: &str) -> Result<Outline, Error> {
        let (mut tokens, mut stems) = (Vec::new(), Vec::new());
        let (role, max_normalised_bytes) = (TextRole::Source, self.limits.max_normalised_bytes);
        self.tokenizer
            .tokenize_with_stems_within(text, max_normalised_bytes, &mut tokens, &mut stems)
            .map_err(|_| Error::TooManyNormalisedBytes { role, max_normalised_bytes })?;
        let words = self.limits.check_words(tokens.len(), role)?;
        let kgrams = collection.fingerprinter.fingerprints(&tokens);
        if kgrams.is_empty() {
            let kgram_tokens = collection.settings().kgram.get();
            return Err(Error::TooFewWords { role, words, kgram_tokens });
        }
        let pairs = self.order_free.of_source(&stems);
        Ok(Outline { words: words as u64, digest: digest(&tokens), kgrams, pairs })
    }

    /// Puts the postings of a text into the index, under a slot in which nobody sees it yet.
    fn enter(
        &self,
        collection: &Collection,
        (id, text_bytes): (&SourceId, u64),
        outline: &Outline,
    ) -> Result<Entered, Error> {
        let slot = collection.catalogue.write().reserve(id, text_bytes, &self.limits)?;
        let kgrams = collection.kgrams.insert(slot, &outline.kgrams);
        let pairs = collection.pairs.insert(slot, &outline.pairs);
        if let Some((kgrams, pairs)) = kgrams.zip(pairs) {
            return Ok(Entered { slot, fingerprints: (kgrams + pairs) as u64 });
        }
        take_out(collection, slot, outline);
        Err(Error::TooManySources { max_sources: self.limits.max_sources_per_collection })
    }
}

/// Takes the postings of a text, all or some of which are in the index, out again, and frees the slot.
fn take_out(collection: &Collection, slot: Slot, outline: &Outline) {
    collection.kgrams.remove(slot, &outline.kgrams);
    collection.pairs.remove(slot, &outline.pairs);
    // Only then: until the postings are gone look-ups have to know of them.
    collection.catalogue.write().abandon(slot);
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

    /// It is not to be kept after all: takes its postings out of the index, and gives back its slot.
    ///
    /// Linear in its text, which is cut into tokens anew: only what is kept costs no memory for this. To be called
    /// without a lock.
    pub(super) fn undo(&self, shared: &Shared) {
        let Self { collection, slot, text, .. } = self;
        if collection.catalogue.read().is_closed() {
            // Its index goes with it.
            return;
        }
        let outline = shared.store.unpack(text).and_then(|text| shared.outline(collection, &text).ok());
        match outline {
            Some(outline) => take_out(collection, *slot, &outline),
            None => collection.catalogue.write().abandon_to_purge(*slot),
        }
    }

    /// Makes it ready for another collection, the one that has the name of its own by now. What it was for its own is
    /// left there: nobody finds that any more.
    pub(super) fn moved(
        mut self: Box<Self>,
        shared: &Shared,
        to: Arc<Collection>,
    ) -> Result<Box<Self>, Error> {
        let unreadable = || {
            Error::Store(StoreError::Io {
                path: shared.store.path().unwrap_or(Path::new("")).to_owned(),
                cause: "a text that was compressed can't be read again".to_owned(),
            })
        };
        let text = shared.store.unpack(&self.text).ok_or_else(unreadable)?;
        let outline = shared.outline(&to, &text)?;
        let Entered { slot, fingerprints } = shared.enter(&to, (&self.id, self.text_bytes), &outline)?;
        (self.collection, self.slot, self.fingerprints) = (to, slot, fingerprints);
        Ok(self)
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
