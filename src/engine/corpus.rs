//! Keeping the corpus: collections, and the sources in them.

use std::sync::Arc;

use ring::hmac;

use super::catalogue::Entry;
use super::collection::Collection;
use super::error::{Error, TextRole};
use super::limits::Limits;
use super::names::{CollectionName, Group, Labels, SourceId, Title};
use super::readers::Readers;
use super::shared::Shared;
use super::writing::{Preparation, Request, Writer, wait};
use crate::fingerprint::{FingerprintSettings, OrderFree};
use crate::store::Store;
use crate::text::{CorpusSeed, TokenizedText, Tokenizer};

/// A corpus, and everything that can be asked of it.
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
    pub(super) tokenizer: Tokenizer,
    pub(super) order_free: OrderFree,
    pub(super) shared: Arc<Shared>,
    pub(super) writer: Writer,
    pub(super) readers: Readers,
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
    /// Leave the old source as it is; fail, unless the two are the same in every byte.
    RejectDifferent,
    /// Put the new source in its place, unless the two are the same in every byte.
    ReplaceDifferent,
}

impl IfExists {
    /// Whether a source in whose place another is to be put is left there because they are the same.
    pub(super) fn keeps_same(self) -> bool {
        matches!(self, Self::RejectDifferent | Self::ReplaceDifferent)
    }

    /// Whether another source is put in its place.
    pub(super) fn replaces(self) -> bool {
        matches!(self, Self::Replace | Self::ReplaceDifferent)
    }
}

/// A source that was added.
#[derive(Debug, Clone)]
pub struct Added {
    /// What is known of it now.
    pub entry: Arc<Entry>,
    /// Whether it took the place of another.
    pub replaced: bool,
    /// Whether the very same source was there already, and was left as it was.
    pub unchanged: bool,
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
        Ok(Self::with_seed(limits, random_seed()?))
    }

    /// An empty corpus in memory with a given seed, for reports that are the same in every run.
    #[must_use]
    pub fn with_seed(limits: Limits, seed: CorpusSeed) -> Self {
        let shared = Arc::new(Shared::new(limits, seed, Store::in_memory()));
        shared.install(shared.new_collection(&CollectionName::default(), FingerprintSettings::default()));
        let writer = Writer::inline(Arc::clone(&shared));
        Self::of(shared, writer)
    }

    pub(super) fn of(shared: Arc<Shared>, writer: Writer) -> Self {
        Self {
            limits: shared.limits,
            tokenizer: Tokenizer::new(shared.seed),
            order_free: OrderFree::new(shared.seed),
            shared,
            writer,
            readers: Readers::default(),
        }
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A secret of this corpus for one purpose, the same after every restart: HMAC-SHA-256 (RFC 2104) of the purpose
    /// under the seed. Neither the seed nor the secret for another purpose can be told from it.
    #[must_use]
    pub fn secret(&self, purpose: &str) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.seed().value().to_le_bytes());
        let mut secret = [0; 32];
        secret.copy_from_slice(hmac::sign(&key, purpose.as_bytes()).as_ref());
        secret
    }

    pub(super) fn seed(&self) -> CorpusSeed {
        self.shared.seed
    }

    pub(super) fn collection(&self, name: &CollectionName) -> Result<Arc<Collection>, Error> {
        self.shared.collection(name)
    }

    /// Adds a source, and waits until it is kept. A check that begins after this returns sees it.
    ///
    /// Linear in its text.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::SourceExists`], [`Error::NoWords`],
    /// [`Error::TooFewWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`],
    /// [`Error::TooManySources`], [`Error::NoRandomness`], [`Error::Store`].
    pub fn add_source(
        &self,
        collection: &CollectionName,
        source: NewSource,
        if_exists: IfExists,
    ) -> Result<Added, Error> {
        wait(|done| self.submit_source(collection, source, if_exists, done))
    }

    /// Adds a source without waiting: `done` is called with what [`Self::add_source`] would give, in this
    /// thread or in another, once the source is kept. It should not take long.
    ///
    /// Sources that are submitted before the first of them is kept are made durable together.
    pub fn submit_source(
        &self,
        collection: &CollectionName,
        source: NewSource,
        if_exists: IfExists,
        done: impl FnOnce(Result<Added, Error>) + Send + 'static,
    ) {
        match self.prepare(collection, source, if_exists) {
            Ok(Preparation::Ready(source)) => {
                self.writer.submit(Request::Add { source, if_exists, done: Box::new(done) });
            }
            Ok(Preparation::Unchanged(added)) => done(Ok(added)),
            Err(error) => done(Err(error)),
        }
    }

    /// A source, and its text.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::SourceNotFound`], [`Error::Store`].
    pub fn get_source(
        &self,
        collection: &CollectionName,
        id: &SourceId,
    ) -> Result<(Arc<Entry>, Arc<str>), Error> {
        let collection = self.collection(collection)?;
        let _in_use = collection.in_use.read();
        let entry = collection.catalogue.read().get(id).map(Arc::clone);
        let Some(entry) = entry else { return Err(not_found(&collection, id)) };
        let text = self.shared.store.text(collection.key(entry.slot))?;
        text.map(|text| (entry, text)).ok_or_else(|| not_found(&collection, id))
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

    /// Deletes a source, and waits until that is kept. Gives the revision from which a check no longer
    /// sees it.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::SourceNotFound`], [`Error::Store`].
    pub fn delete_source(&self, collection: &CollectionName, id: &SourceId) -> Result<u64, Error> {
        wait(|done| self.submit_deletion(collection, id, done))
    }

    /// Deletes a source without waiting, as [`Self::submit_source`] adds one.
    pub fn submit_deletion(
        &self,
        collection: &CollectionName,
        id: &SourceId,
        done: impl FnOnce(Result<u64, Error>) + Send + 'static,
    ) {
        match self.collection(collection) {
            Ok(collection) => {
                self.writer.submit(Request::Delete { collection, id: id.clone(), done: Box::new(done) });
            }
            Err(error) => done(Err(error)),
        }
    }

    /// The tokens of a text that is within the limits and has any.
    pub(super) fn tokenize(&self, text: &str, role: TextRole) -> Result<TokenizedText, Error> {
        self.check_bytes(text, role)?;
        let tokenized = self.tokenizer.tokenize(text);
        self.check_words(tokenized.tokens().len(), role)?;
        Ok(tokenized)
    }

    pub(super) fn check_bytes(&self, text: &str, role: TextRole) -> Result<(), Error> {
        let max_text_bytes = self.limits.max_text_bytes.min(Limits::MOST_TEXT_BYTES);
        match text.len() {
            bytes if bytes > max_text_bytes => Err(Error::TooManyBytes { role, bytes, max_text_bytes }),
            _ => Ok(()),
        }
    }

    pub(super) fn check_words(&self, words: usize, role: TextRole) -> Result<usize, Error> {
        let max_text_words = self.limits.max_text_words;
        match words {
            0 => Err(Error::NoWords { role }),
            words if words > max_text_words => Err(Error::TooManyWords { role, words, max_text_words }),
            _ => Ok(words),
        }
    }
}

pub(super) fn not_found(collection: &Collection, id: &SourceId) -> Error {
    Error::SourceNotFound { collection: collection.name.clone(), id: id.clone() }
}

/// The secret seed of a new corpus.
pub(super) fn random_seed() -> Result<CorpusSeed, Error> {
    let seed = getrandom::u64().map_err(|error| Error::NoRandomness(error.to_string()))?;
    Ok(CorpusSeed::new(seed))
}
