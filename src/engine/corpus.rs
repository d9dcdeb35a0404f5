//! Keeping the corpus: collections, and the sources in them.

use std::sync::Arc;

use ring::hmac;

use super::catalogue::Entry;
use super::collection::Collection;
use super::error::{Error, TextRole};
use super::limits::Limits;
use super::names::{CollectionName, Group, Labels, RequestKey, SourceId, Title};
use super::readers::Readers;
use super::shared::Shared;
use super::writing::{Answer, Answered, Done, Preparation, Request, Ticket, Writer, content_digest, wait};
use crate::fingerprint::FingerprintSettings;
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
    /// Cuts texts into the tokens that passages are found by, under a secret of this process. That of the
    /// corpus stands in backups: whoever has one could make words that look equal under it.
    pub(super) matcher: Tokenizer,
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
            matcher: Tokenizer::new(CorpusSeed::of_this_process()),
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
        wait(|done| self.submit_source(collection, source, if_exists, None, done))
    }

    /// Adds a source without waiting: `done` is called with what [`Self::add_source`] would give, in this
    /// thread or in another, once the source is kept. It should not take long.
    ///
    /// Sources that are submitted before the first of them is kept are made durable together.
    ///
    /// With a `request` it is added once, however often that is sent: a retry gets the first answer, or
    /// [`Error::RequestIdTaken`] if it asks for something else. The last 250,000 answers are remembered, 64 MiB of
    /// them at most, for a day; a request that failed may be sent again.
    pub fn submit_source(
        &self,
        collection: &CollectionName,
        source: NewSource,
        if_exists: IfExists,
        request: Option<RequestKey>,
        done: impl FnOnce(Result<Added, Error>) + Send + 'static,
    ) {
        let ticket = request.map(|key| self.source_ticket(key, collection, &source, if_exists));
        let Some(done) = self.begin(ticket.as_ref(), Box::new(done)) else { return };
        match self.prepare(collection, source, if_exists) {
            Ok(Preparation::Ready(source)) => {
                self.writer.submit(Request::Add { source, if_exists, ticket, done });
            }
            Ok(Preparation::Unchanged(added)) => {
                if let Some(ticket) = ticket {
                    self.shared.once.remember_only(ticket, Answer::Added(added.clone()));
                }
                done(Ok(added));
            }
            Err(error) => done(Err(error)),
        }
    }

    fn source_ticket(
        &self,
        key: RequestKey,
        collection: &CollectionName,
        source: &NewSource,
        if_exists: IfExists,
    ) -> Arc<Ticket> {
        let NewSource { id, title, group, labels, text } = source;
        let content = content_digest(text, (title, group, labels), self.seed()).to_le_bytes();
        let id = id.as_ref().map_or("", SourceId::as_str);
        let if_exists = format!("{if_exists:?}");
        let parts = [collection.as_str().as_bytes(), id.as_bytes(), if_exists.as_bytes(), content.as_slice()];
        Ticket::new(key, "add a source", &parts, self.seed())
    }

    /// Begins a request; `None` if nothing is to be done for it but to wait.
    pub(super) fn begin<T: Answered>(&self, ticket: Option<&Arc<Ticket>>, done: Done<T>) -> Option<Done<T>> {
        match ticket {
            None => Some(done),
            Some(ticket) => self.shared.once.begin(ticket, done),
        }
    }

    /// What is known of a source, without its text.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::SourceNotFound`].
    pub fn find_source(&self, collection: &CollectionName, id: &SourceId) -> Result<Arc<Entry>, Error> {
        let collection = self.collection(collection)?;
        let entry = collection.catalogue.read().get(id).map(Arc::clone);
        entry.ok_or_else(|| not_found(&collection, id))
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
        let _pin = collection.pins.pin();
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
        wait(|done| self.submit_deletion(collection, id, None, done))
    }

    /// Deletes a source without waiting, as [`Self::submit_source`] adds one.
    pub fn submit_deletion(
        &self,
        collection: &CollectionName,
        id: &SourceId,
        request: Option<RequestKey>,
        done: impl FnOnce(Result<u64, Error>) + Send + 'static,
    ) {
        let parts = [collection.as_str().as_bytes(), id.as_str().as_bytes()];
        let ticket = request.map(|key| Ticket::new(key, "delete a source", &parts, self.seed()));
        let Some(done) = self.begin(ticket.as_ref(), Box::new(done)) else { return };
        match self.collection(collection) {
            Ok(collection) => {
                self.writer.submit(Request::Delete { collection, id: id.clone(), ticket, done });
            }
            Err(error) => done(Err(error)),
        }
    }

    /// The tokens of a text that is within the limits and has any, to find passages by.
    pub(super) fn tokenize(&self, text: &str, role: TextRole) -> Result<TokenizedText, Error> {
        self.check_bytes(text, role)?;
        let max_normalised_bytes = self.limits.max_normalised_bytes;
        let tokenized = self
            .matcher
            .tokenize_within(text, max_normalised_bytes)
            .map_err(|_| Error::TooManyNormalisedBytes { role, max_normalised_bytes })?;
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
        self.limits.check_words(words, role)
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
