//! Sources: added, read, deleted; and changes in general.

use std::sync::Arc;

use super::Engine;
use crate::corpus::{
    Added, Change, CollectionDeleted, CollectionInfo, Entry, Error, Operation, Outcome, RequestDigest,
    SourceDeleted, SourcePage, SourcesDeleted, wait,
};
use crate::model::{
    CollectionName, FingerprintSettings, IfExists, NewSource, RequestKey, SourceFilter, SourceId,
    SourceUpdate, Stop,
};

/// A source and its text.
#[derive(Debug, Clone)]
pub struct SourceText {
    /// The source.
    pub entry: Arc<Entry>,
    /// Its text.
    pub text: Arc<str>,
}

impl Engine {
    /// Makes a change without waiting. `done` is called when the change is durable, in this thread or in another; it
    /// should not take long.
    ///
    /// Changes that are submitted before the first of them is durable are committed together, in any order. With a
    /// [request](Operation::request) the change is made once, however often it is sent: a retry gets the first outcome,
    /// or [`Error::RequestIdTaken`] if it asks for something else. The last 250,000 outcomes are remembered, 64 MiB of them
    /// at most, for a day; a request that failed may be sent again.
    pub fn submit(&self, operation: Operation, done: impl FnOnce(Result<Outcome, Error>) + Send + 'static) {
        self.writer.submit(operation, Box::new(done));
    }

    /// The digest of a request from which a change is made, such as a document whose text a source gets. `change` is what the
    /// request itself states, and `made_from` the rest. Two requests with one id are the same if their digests are equal.
    ///
    /// ```
    /// use palimpsest::{Change, CollectionName, Engine, IfExists, NewSource, Operation, RequestId, RequestKey};
    ///
    /// let engine = Engine::in_memory()?;
    /// let change = |text: &str| Change::AddSource {
    ///     collection: CollectionName::default(),
    ///     source: NewSource::new(text),
    ///     if_exists: IfExists::Reject,
    /// };
    /// let key = RequestKey::new("me", RequestId::new("1").unwrap());
    /// let digest = engine.request_digest(&change(""), &[b"<p>Words of a page that are read by a parser</p>"]);
    /// assert!(engine.answered(&key, digest).is_none());
    /// let made = change("Words of a page that are read by a parser");
    /// engine.submit(Operation::new(made).with_request(key.clone()).with_request_digest(digest), drop);
    /// assert!(engine.answered(&key, digest).is_some_and(|outcome| outcome.is_ok()));
    /// # Ok::<(), palimpsest::Error>(())
    /// ```
    #[must_use]
    pub fn request_digest(&self, change: &Change, made_from: &[&[u8]]) -> RequestDigest {
        self.writer.request_digest(change, made_from)
    }

    /// The outcome of a request that was done; `None` if it was not, or if that is forgotten. [`Error::RequestIdTaken`] if its id
    /// was used for another.
    #[must_use]
    pub fn answered(&self, request: &RequestKey, digest: RequestDigest) -> Option<Result<Outcome, Error>> {
        self.writer.answered(request, digest)
    }

    /// Makes changes in their order, and waits until they are durable. Returns the outcome of each.
    ///
    /// This is how a replicated log is applied. Each change carries its [position](Operation::position) in the log, which is
    /// stored in the transaction of the change; after a restart the log is applied from after [`Self::log_position`] on.
    /// A change that is refused, such as a source that exists already, counts as applied. After a failure of the store the
    /// later changes are refused with [`Error::LogInterrupted`] until the failed one is applied again.
    ///
    /// Sources are prepared on all cores. When `stop` says so, the rest of the batch is not made, and has
    /// [`Error::Stopped`].
    #[must_use]
    pub fn apply(&self, operations: Vec<Operation>, stop: &Stop) -> Vec<Result<Outcome, Error>> {
        self.writer.apply(operations, stop)
    }

    /// The position of the last change that was [applied](Self::apply) from a log and is durable.
    #[must_use]
    pub fn log_position(&self) -> Option<u64> {
        self.corpus.log_position()
    }

    /// Adds a source, and waits until it is durable. A check that begins after this returns sees it.
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

    /// Adds a source without waiting, as [`Self::submit`].
    pub fn submit_source(
        &self,
        collection: &CollectionName,
        source: NewSource,
        if_exists: IfExists,
        request: Option<RequestKey>,
        done: impl FnOnce(Result<Added, Error>) + Send + 'static,
    ) {
        let change = Change::AddSource { collection: collection.clone(), source, if_exists };
        self.submit_change(change, request, Outcome::into_added, done);
    }

    /// A source without its text.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::SourceNotFound`].
    pub fn find_source(&self, collection: &CollectionName, id: &SourceId) -> Result<Arc<Entry>, Error> {
        self.corpus.find_source(collection, id)
    }

    /// A source and its text.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::SourceNotFound`], [`Error::Store`].
    pub fn get_source(&self, collection: &CollectionName, id: &SourceId) -> Result<SourceText, Error> {
        let (entry, text) = self.corpus.get_source(collection, id)?;
        Ok(SourceText { entry, text })
    }

    /// Up to `count` sources after `after`, in order of their ids.
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
        self.corpus.list_sources(collection, after, count)
    }

    /// A page of up to `count` sources after `after` that match a filter, in order of their ids. It looks at 65,536 sources
    /// at most, and so may be shorter than `count` and not the last.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::Stopped`].
    pub fn select_sources(
        &self,
        collection: &CollectionName,
        filter: &SourceFilter,
        after: Option<&SourceId>,
        count: usize,
        stop: &Stop,
    ) -> Result<SourcePage, Error> {
        self.corpus.select_sources(collection, filter, after, count, stop)
    }

    /// Updates what is known of a source, and waits until that is durable; gives the source with its new values. Its text is
    /// not fingerprinted again. An update that changes nothing makes no revision.
    ///
    /// Linear in its text, which is read for the digest of its content.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::SourceNotFound`], [`Error::Store`].
    pub fn update_source(
        &self,
        collection: &CollectionName,
        id: &SourceId,
        update: SourceUpdate,
    ) -> Result<Arc<Entry>, Error> {
        wait(|done| self.submit_update(collection, id, update, None, done))
    }

    /// Updates a source without waiting, as [`Self::submit`].
    pub fn submit_update(
        &self,
        collection: &CollectionName,
        id: &SourceId,
        update: SourceUpdate,
        request: Option<RequestKey>,
        done: impl FnOnce(Result<Arc<Entry>, Error>) + Send + 'static,
    ) {
        let change = Change::UpdateSource { collection: collection.clone(), id: id.clone(), update };
        self.submit_change(change, request, Outcome::into_updated, done);
    }

    /// Deletes all sources that match a filter, in one change, and waits until that is durable. A reader sees all of them or
    /// none. Where none matches, nothing is changed.
    ///
    /// Linear in the collection, which is searched without a lock that anybody waits for; the commit is linear in the
    /// sources that match, and later changes wait for it.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::Store`].
    pub fn delete_sources(
        &self,
        collection: &CollectionName,
        filter: SourceFilter,
    ) -> Result<SourcesDeleted, Error> {
        wait(|done| self.submit_filtered_deletion(collection, filter, None, done))
    }

    /// Deletes all sources that match a filter without waiting, as [`Self::submit`].
    pub fn submit_filtered_deletion(
        &self,
        collection: &CollectionName,
        filter: SourceFilter,
        request: Option<RequestKey>,
        done: impl FnOnce(Result<SourcesDeleted, Error>) + Send + 'static,
    ) {
        let change = Change::DeleteSources { collection: collection.clone(), filter };
        self.submit_change(change, request, Outcome::into_sources_deleted, done);
    }

    /// What [`Self::delete_sources`] would delete now, and the revision at which the collection last changed. Linear in the collection.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::Stopped`].
    pub fn preview_deletion(
        &self,
        collection: &CollectionName,
        filter: &SourceFilter,
        stop: &Stop,
    ) -> Result<SourcesDeleted, Error> {
        self.corpus.preview_deletion(collection, filter, stop)
    }

    /// Deletes a source, and waits until that is durable.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::SourceNotFound`], [`Error::Store`].
    pub fn delete_source(&self, collection: &CollectionName, id: &SourceId) -> Result<SourceDeleted, Error> {
        wait(|done| self.submit_deletion(collection, id, None, done))
    }

    /// Deletes a source without waiting, as [`Self::submit`].
    pub fn submit_deletion(
        &self,
        collection: &CollectionName,
        id: &SourceId,
        request: Option<RequestKey>,
        done: impl FnOnce(Result<SourceDeleted, Error>) + Send + 'static,
    ) {
        let change = Change::DeleteSource { collection: collection.clone(), id: id.clone() };
        self.submit_change(change, request, Outcome::into_source_deleted, done);
    }

    /// Creates an empty collection, and waits until that is durable.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionExists`], [`Error::TooManyCollections`], [`Error::Store`].
    pub fn create_collection(
        &self,
        name: &CollectionName,
        settings: FingerprintSettings,
    ) -> Result<CollectionInfo, Error> {
        wait(|done| self.submit_collection(name, settings, None, done))
    }

    /// Creates a collection without waiting, as [`Self::submit`].
    pub fn submit_collection(
        &self,
        name: &CollectionName,
        settings: FingerprintSettings,
        request: Option<RequestKey>,
        done: impl FnOnce(Result<CollectionInfo, Error>) + Send + 'static,
    ) {
        let change = Change::CreateCollection { collection: name.clone(), settings };
        self.submit_change(change, request, Outcome::into_created, done);
    }

    /// Deletes a collection with all its sources, and waits until that is durable. `default` exists again at once, empty,
    /// with the same settings.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::Store`].
    pub fn delete_collection(&self, name: &CollectionName) -> Result<CollectionDeleted, Error> {
        wait(|done| self.submit_collection_deletion(name, None, done))
    }

    /// Deletes a collection without waiting, as [`Self::submit`].
    pub fn submit_collection_deletion(
        &self,
        name: &CollectionName,
        request: Option<RequestKey>,
        done: impl FnOnce(Result<CollectionDeleted, Error>) + Send + 'static,
    ) {
        let change = Change::DeleteCollection { collection: name.clone() };
        self.submit_change(change, request, Outcome::into_collection_deleted, done);
    }

    /// Submits a change whose outcome is of one kind.
    pub(super) fn submit_change<T>(
        &self,
        change: Change,
        request: Option<RequestKey>,
        outcome: impl FnOnce(Outcome) -> Result<T, Error> + Send + 'static,
        done: impl FnOnce(Result<T, Error>) + Send + 'static,
    ) {
        let operation = Operation { request, ..Operation::new(change) };
        self.submit(operation, move |result| done(result.and_then(outcome)));
    }
}
