//! Keeping the corpus: collections, and the sources in them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use dashmap::DashMap;
use parking_lot::RwLock;
use xxhash_rust::xxh3::xxh3_128;

use super::catalogue::{Entry, NewEntry};
use super::collection::Collection;
use super::error::{Error, TextRole};
use super::limits::Limits;
use super::names::{CollectionName, Group, Labels, SourceId, Title};
use super::readers::Readers;
use crate::fingerprint::{FingerprintSettings, OrderFree};
use crate::store::{CollectionNumber, TextStore};
use crate::text::{CorpusSeed, Token, TokenizedText, Tokenizer};

/// A corpus in memory, and everything that can be asked of it.
///
/// ```
/// use palimpsest::{CollectionName, Engine, IfExists, NewSource, Stop};
///
/// let engine = Engine::in_memory()?;
/// let text = "The lighthouse keeper wrote every storm into a ledger that nobody was meant to read.";
/// engine.add_source(&CollectionName::default(), NewSource::new(text), IfExists::Reject)?;
///
/// let submission = "It is said that the lighthouse-keeper wrote every storm into a ledger he burned.";
/// let report = engine.check(submission, &Default::default(), &Default::default(), &Stop::never())?;
/// assert_eq!((report.coverage.words, report.coverage.of_words), (9, 15));
/// # Ok::<(), palimpsest::Error>(())
/// ```
pub struct Engine {
    pub(super) limits: Limits,
    seed: CorpusSeed,
    pub(super) tokenizer: Tokenizer,
    pub(super) order_free: OrderFree,
    pub(super) collections: DashMap<CollectionName, Arc<Collection>>,
    pub(super) texts: TextStore,
    next_number: AtomicU32,
    pub(super) readers: Readers,
    /// The corpus's revision. Held for writing while a change is published, which takes microseconds.
    pub(super) revision: RwLock<u64>,
}

/// A source to add.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewSource {
    /// Its id; assigned when there is none.
    pub id: Option<SourceId>,
    /// Its title.
    pub title: Title,
    /// Its group.
    pub group: Group,
    /// Its labels.
    pub labels: Labels,
    /// Its text.
    pub text: String,
}

impl NewSource {
    /// A source of which there is nothing to say but its text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("limits", &self.limits)
            .field("corpus", &self.corpus())
            .finish_non_exhaustive()
    }
}

/// What to do when a source's id is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum IfExists {
    /// Leave the old source as it is, and fail.
    #[default]
    Reject,
    /// Put the new source in its place.
    Replace,
}

/// A source that was added.
#[derive(Debug, Clone)]
pub struct Added {
    /// What is known of it now.
    pub entry: Arc<Entry>,
    /// Whether it took the place of another.
    pub replaced: bool,
    /// Other sources of the collection with the very same words in the same order,
    /// [`Self::MAX_DUPLICATES`] at most; sorted.
    pub exact_duplicates: Vec<SourceId>,
}

impl Added {
    /// Exact duplicates that are looked for; so adding the same text time and again stays linear.
    pub const MAX_DUPLICATES: usize = 100;
}

impl Engine {
    /// An empty corpus in memory, with a secret seed of its own and the default limits.
    ///
    /// # Errors
    ///
    /// [`Error::NoRandomness`] if the system has no random numbers to give.
    pub fn in_memory() -> Result<Self, Error> {
        Self::with_limits(Limits::default())
    }

    /// An empty corpus in memory, with a secret seed of its own.
    ///
    /// # Errors
    ///
    /// [`Error::NoRandomness`] if the system has no random numbers to give.
    pub fn with_limits(limits: Limits) -> Result<Self, Error> {
        let seed = getrandom::u64().map_err(|error| Error::NoRandomness(error.to_string()))?;
        Ok(Self::with_seed(limits, CorpusSeed::new(seed)))
    }

    /// An empty corpus in memory with a given seed, for reports that are the same in every run.
    #[must_use]
    pub fn with_seed(limits: Limits, seed: CorpusSeed) -> Self {
        let engine = Self {
            limits,
            seed,
            tokenizer: Tokenizer::new(seed),
            order_free: OrderFree::new(seed),
            collections: DashMap::new(),
            texts: TextStore::default(),
            next_number: AtomicU32::new(0),
            readers: Readers::default(),
            revision: RwLock::new(0),
        };
        let default = engine.new_collection(&CollectionName::default(), FingerprintSettings::default());
        engine.collections.insert(CollectionName::default(), default);
        engine
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn seed(&self) -> CorpusSeed {
        self.seed
    }

    pub(super) fn new_collection(
        &self,
        name: &CollectionName,
        settings: FingerprintSettings,
    ) -> Arc<Collection> {
        let number = CollectionNumber(self.next_number.fetch_add(1, Ordering::Relaxed));
        Arc::new(Collection::new(name.clone(), number, self.seed, settings))
    }

    pub(super) fn collection(&self, name: &CollectionName) -> Result<Arc<Collection>, Error> {
        let found = self.collections.get(name).map(|collection| Arc::clone(&collection));
        found.ok_or_else(|| Error::CollectionNotFound(name.clone()))
    }

    /// Adds a source. A check that begins after this returns sees it.
    ///
    /// Linear in its text.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::SourceExists`], [`Error::NoWords`],
    /// [`Error::TooFewWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`],
    /// [`Error::TooManySources`], [`Error::NoRandomness`].
    pub fn add_source(
        &self,
        collection: &CollectionName,
        source: NewSource,
        if_exists: IfExists,
    ) -> Result<Added, Error> {
        let collection = self.collection(collection)?;
        self.check_bytes(&source.text, TextRole::Source)?;
        let (mut tokens, mut stems) = (Vec::new(), Vec::new());
        self.tokenizer.tokenize_with_stems_into(&source.text, &mut tokens, &mut stems);
        let words = self.check_words(tokens.len(), TextRole::Source)?;
        let kgrams = collection.fingerprinter.fingerprints(&tokens);
        if kgrams.is_empty() {
            let kgram_tokens = collection.settings().kgram.get();
            return Err(Error::TooFewWords { role: TextRole::Source, words, kgram_tokens });
        }
        let pairs = self.order_free.of_source(&stems);
        let id = match source.id {
            Some(id) => id,
            None => assigned_id()?,
        };
        let turn = collection.turn(&id).map(|turn| turn.lock());
        let replaces = collection.catalogue.read().get(&id).is_some();
        if replaces && if_exists == IfExists::Reject {
            return Err(Error::SourceExists { collection: collection.name.clone(), id });
        }
        let max_sources = self.limits.max_sources_per_collection;
        let too_many = || Error::TooManySources { max_sources };
        let slot =
            collection.catalogue.write().reserve(max_sources + usize::from(replaces)).ok_or_else(too_many)?;
        let added = collection.kgrams.insert(slot, &kgrams).zip(collection.pairs.insert(slot, &pairs));
        let text_bytes = source.text.len() as u64;
        self.texts.put(collection.number, slot, source.text.into());
        let Some((kgrams, pairs)) = added else {
            collection.catalogue.write().abandon(slot);
            return Err(too_many());
        };
        let NewSource { title, group, labels, .. } = source;
        let (words, digest) = (words as u64, digest(&tokens));
        let fingerprints = (kgrams + pairs) as u64;
        let new = NewEntry { id, title, group, labels, words, text_bytes, fingerprints, digest, slot };
        let added = self.publish(&collection, new)?;
        drop(turn);
        collection.purge_if_due(&self.texts);
        Ok(added)
    }

    fn publish(&self, collection: &Collection, new: NewEntry) -> Result<Added, Error> {
        let mut revision = self.revision.write();
        let mut catalogue = collection.catalogue.write();
        if catalogue.is_closed() {
            self.texts.remove(collection.number, new.slot);
            return Err(Error::CollectionNotFound(collection.name.clone()));
        }
        *revision += 1;
        let (entry, replaced) = catalogue.publish(new, *revision);
        let exact_duplicates = catalogue.duplicates(&entry, Added::MAX_DUPLICATES);
        Ok(Added { entry, replaced, exact_duplicates })
    }

    /// A source, and its text.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::SourceNotFound`].
    pub fn get_source(
        &self,
        collection: &CollectionName,
        id: &SourceId,
    ) -> Result<(Arc<Entry>, Arc<str>), Error> {
        let collection = self.collection(collection)?;
        let _in_use = collection.in_use.read();
        let entry = collection.catalogue.read().get(id).map(Arc::clone);
        let found = entry.and_then(|entry| {
            let text = self.texts.get(collection.number, entry.slot)?;
            Some((entry, text))
        });
        found.ok_or_else(|| not_found(&collection, id))
    }

    /// Up to `count` sources in order of their ids, from just after `after` on.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`].
    pub fn list_sources(
        &self,
        collection: &CollectionName,
        after: Option<&SourceId>,
        count: usize,
    ) -> Result<Vec<Arc<Entry>>, Error> {
        let collection = self.collection(collection)?;
        let catalogue = collection.catalogue.read();
        Ok(catalogue.list(after).take(count).cloned().collect())
    }

    /// Deletes a source. Gives the revision from which a check no longer sees it.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::SourceNotFound`].
    pub fn delete_source(&self, collection: &CollectionName, id: &SourceId) -> Result<u64, Error> {
        let collection = self.collection(collection)?;
        let turn = collection.turn(id).map(|turn| turn.lock());
        let deleted_at = {
            let mut revision = self.revision.write();
            let mut catalogue = collection.catalogue.write();
            if catalogue.remove(id, *revision + 1).is_none() {
                return Err(not_found(&collection, id));
            }
            *revision += 1;
            *revision
        };
        drop(turn);
        collection.purge_if_due(&self.texts);
        Ok(deleted_at)
    }

    /// The tokens of a text that is within the limits and has any.
    pub(super) fn tokenize(&self, text: &str, role: TextRole) -> Result<TokenizedText, Error> {
        self.check_bytes(text, role)?;
        let tokenized = self.tokenizer.tokenize(text);
        self.check_words(tokenized.tokens().len(), role)?;
        Ok(tokenized)
    }

    fn check_bytes(&self, text: &str, role: TextRole) -> Result<(), Error> {
        let max_text_bytes = self.limits.max_text_bytes.min(Limits::MOST_TEXT_BYTES);
        match text.len() {
            bytes if bytes > max_text_bytes => Err(Error::TooManyBytes { role, bytes, max_text_bytes }),
            _ => Ok(()),
        }
    }

    fn check_words(&self, words: usize, role: TextRole) -> Result<usize, Error> {
        let max_text_words = self.limits.max_text_words;
        match words {
            0 => Err(Error::NoWords { role }),
            words if words > max_text_words => Err(Error::TooManyWords { role, words, max_text_words }),
            _ => Ok(words),
        }
    }
}

fn not_found(collection: &Collection, id: &SourceId) -> Error {
    Error::SourceNotFound { collection: collection.name.clone(), id: id.clone() }
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
