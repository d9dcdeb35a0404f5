//! Preparing sources: tokens, fingerprints, compression and postings, in the callers' threads.

mod update;

use std::path::Path;
use std::sync::Arc;

pub(super) use self::update::{PreparedUpdate, UpdateDecision};
use crate::corpus::catalogue::{Entry, Growth};
use crate::corpus::changes::{Added, content_digest};
use crate::corpus::collection::Collection;
use crate::corpus::error::{Error, TextRole, check_bytes, check_words};
use crate::corpus::state::Corpus;
use crate::fingerprint::Outline;
use crate::model::{CollectionName, IfExists, NewSource, Profile, Slot, SourceId, SourceKey, SourceRecord};
use crate::store::{PackedText, StoreError, SystemError};

/// The result of preparing a source.
pub(super) enum Preparation {
    /// It can be committed.
    Ready(Box<Prepared>),
    /// An equal source is there already.
    Unchanged(Added),
}

/// A source whose postings are in the index, in a slot that no reader sees yet.
#[derive(Debug)]
pub(in crate::corpus) struct Prepared {
    pub(super) collection: Arc<Collection>,
    pub(super) slot: Slot,
    /// Its record; the revision and the time of its addition are not known yet.
    pub(super) record: SourceRecord,
    pub(super) profile: Profile,
    pub(super) text: PackedText,
}

/// When the id of a source is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum IdCheck {
    /// Before the work, to save it where the id is taken; and again by the committer.
    Early,
    /// By the committer alone: changes that are applied in order may come before.
    InOrder,
}

impl Corpus {
    /// Prepares a source for the committer, unless it is known that it will not be added.
    pub(super) fn prepare(
        &self,
        collection: &CollectionName,
        source: NewSource,
        if_exists: IfExists,
        check: IdCheck,
    ) -> Result<Preparation, Error> {
        let collection = self.collection(collection)?;
        check_bytes(&self.limits, &source.text, TextRole::Source)?;
        let content_digest = content_digest(&source.text, source.details(), self.seed);
        if let (Some(id), IdCheck::Early) = (&source.id, check) {
            let old = collection.catalogue.read().get(id).cloned();
            if let Some(answer) = old.and_then(|old| verdict(&collection, &old, content_digest, if_exists)) {
                return answer.map(Preparation::Unchanged);
            }
        }
        self.full_disk.check()?;
        self.prepare_for(collection, source, content_digest, check).map(Box::new).map(Preparation::Ready)
    }
}

/// The slot and the number of the postings of a text.
struct Entered {
    slot: Slot,
    fingerprints: u64,
}

impl Corpus {
    /// Prepares a source for a collection.
    pub(super) fn prepare_for(
        &self,
        collection: Arc<Collection>,
        source: NewSource,
        content_digest: u128,
        check: IdCheck,
    ) -> Result<Prepared, Error> {
        let NewSource { id, title, group, labels, uri, submitted_at, metadata, pages, text } = source;
        let outline = self.outline(&collection, &text)?;
        let id = id.map_or_else(assigned_id, Ok)?;
        let text_bytes = text.len() as u64;
        if check == IdCheck::Early {
            // To save the work where there is no room. The committer decides.
            let catalogue = collection.catalogue.read();
            catalogue.admit(&id, text_bytes, Growth::default(), &self.limits)?;
        }
        let text = self.store.pack(text)?;
        let profile = Profile::new(&outline.stems, self.commonness());
        let Entered { slot, fingerprints } = self.enter(&collection, &outline, &profile)?;
        let Outline { words, words_digest, .. } = outline;
        let record = SourceRecord {
            id,
            title,
            group,
            labels,
            uri,
            submitted_at,
            metadata,
            pages,
            created_at: None,
            updated_at: None,
            words,
            text_bytes,
            fingerprints,
            added: 0,
            changed: 0,
            words_digest,
            content_digest,
        };
        Ok(Prepared { collection, slot, record, profile, text })
    }

    fn outline(&self, collection: &Collection, text: &str) -> Result<Outline, Error> {
        let (role, max_normalised_bytes) = (TextRole::Source, self.limits.max_normalised_bytes);
        let outline = self
            .outliner
            .outline_within(&collection.fingerprinter, text, max_normalised_bytes)
            .map_err(|_| Error::TooManyNormalisedBytes { role, max_normalised_bytes })?;
        let words = check_words(&self.limits, outline.tokens, role)?;
        if outline.kgrams.is_empty() {
            let kgram_tokens = collection.settings().kgram.get();
            return Err(Error::TooFewWords { role, words, kgram_tokens });
        }
        Ok(outline)
    }

    /// Puts the postings of a text into the index, in a slot that no reader sees yet.
    fn enter(&self, collection: &Collection, outline: &Outline, profile: &Profile) -> Result<Entered, Error> {
        let slot = collection.catalogue.write().reserve(&self.limits)?;
        let kgrams = collection.kgrams.insert(slot, &outline.kgrams);
        let word_pairs = collection.word_pairs.insert(slot, &outline.word_pairs);
        if let Some((kgrams, word_pairs)) = kgrams.zip(word_pairs) {
            collection.profiles.insert(slot, profile);
            return Ok(Entered { slot, fingerprints: (kgrams + word_pairs) as u64 });
        }
        withdraw(collection, slot, outline, profile);
        Err(Error::TooManySources { max_sources: self.limits.max_sources_per_collection })
    }
}

/// Removes the postings of a text, of which all or some are in the index, and releases the slot.
fn withdraw(collection: &Collection, slot: Slot, outline: &Outline, profile: &Profile) {
    collection.kgrams.remove(slot, &outline.kgrams);
    collection.word_pairs.remove(slot, &outline.word_pairs);
    collection.profiles.remove(slot, profile);
    // Last, because look-ups have to know of the postings until they are removed.
    collection.catalogue.write().abandon(slot);
}

/// The answer to adding a source whose id is taken; `None` if it replaces the old one.
pub(super) fn verdict(
    collection: &Collection,
    old: &Arc<Entry>,
    content_digest: u128,
    if_exists: IfExists,
) -> Option<Result<Added, Error>> {
    if if_exists.keeps_equal() && old.content_digest == content_digest {
        let exact_duplicates = collection.catalogue.read().duplicates(old, Added::MAX_DUPLICATES);
        let entry = Arc::clone(old);
        return Some(Ok(Added { entry, replaced: false, unchanged: true, exact_duplicates }));
    }
    let exists = || Error::SourceExists { collection: collection.name.clone(), id: old.id.clone() };
    (!if_exists.replaces()).then(|| Err(exists()))
}

impl Prepared {
    /// The store's key of the source.
    pub(super) fn key(&self) -> SourceKey {
        self.collection.key(self.slot)
    }

    /// The key of the source that it replaces, if it does.
    pub(super) fn replaced_key(&self) -> Option<SourceKey> {
        let catalogue = self.collection.catalogue.read();
        catalogue.get(&self.record.id).map(|old| self.collection.key(old.slot))
    }

    /// Removes its postings from the index and releases its slot, because it is not kept.
    ///
    /// Linear in its text, which is fingerprinted again: so the common case needs no memory for this. To be called
    /// without a lock.
    pub(super) fn undo(&self, corpus: &Corpus) {
        let Self { collection, slot, profile, text, .. } = self;
        if collection.catalogue.read().is_closed() {
            // Its index goes with it.
            return;
        }
        let outline = corpus.store.unpack(text).and_then(|text| corpus.outline(collection, &text).ok());
        match outline {
            Some(outline) => withdraw(collection, *slot, &outline, profile),
            None => collection.catalogue.write().abandon_to_purge(*slot),
        }
    }

    /// The source prepared for another collection, which has the name of its own by now. Its postings in the old
    /// collection are left there, since that was deleted.
    pub(super) fn moved(
        mut self: Box<Self>,
        corpus: &Corpus,
        to: Arc<Collection>,
    ) -> Result<Box<Self>, Error> {
        let unreadable = || {
            let path = corpus.store.path().unwrap_or(Path::new("")).to_owned();
            let cause = SystemError::other("a text that was compressed can't be read again");
            Error::Store(StoreError::Io { path, cause })
        };
        let text = corpus.store.unpack(&self.text).ok_or_else(unreadable)?;
        let outline = corpus.outline(&to, &text)?;
        let Entered { slot, fingerprints } = corpus.enter(&to, &outline, &self.profile)?;
        (self.collection, self.slot, self.record.fingerprints) = (to, slot, fingerprints);
        Ok(self)
    }
}

/// A new id: 128 random bits.
fn assigned_id() -> Result<SourceId, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    let id = format!("{:032x}", u128::from_le_bytes(bytes));
    SourceId::new(&id).map_err(|_| Error::Internal { what: "an assigned id breaks the rules of ids" })
}
