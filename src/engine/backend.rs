//! What the services ask.

use std::fmt::Debug;
use std::io::Write;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::SourceText;
use super::cluster_figures::ClusterFigures;
use super::detection::CheckedSource;
use super::related::{Related, RelatedOptions, RelatedSubject};
use super::scales::{self, ScaleError};
use crate::corpus::{
    Change, CollectionInfo, CorpusInfo, Done, Entry, Error, Figures, Operation, Outcome, RequestDigest,
    SourcePage, SourcesDeleted, Verified,
};
use crate::detection::{ComparedText, DetectionOptions, PairOptions, Pairs, PairsProgress};
use crate::model::{
    Calibration, CollectionName, Limits, RequestKey, Scale, ScaleName, Scope, SourceFilter, SourceId,
    SourceName, Stop, Visibility,
};
use crate::report::Report;
use crate::store::{BackedUp, BackupError};
use crate::writing::scales::{GradedText, Plan, Score};

/// What the services ask: one engine, or a cluster of nodes. The same contract and the same answers.
///
/// A method has the contract of the method of [`Engine`](super::Engine) with its name, which states bounds, units and complexity.
/// Methods block until they are done, but for [`submit`](Self::submit).
pub(crate) trait Backend: Send + Sync + Debug {
    /// The limits in force.
    fn limits(&self) -> &Limits;

    /// A secret of the corpus for one purpose, the same after every restart.
    fn secret(&self, purpose: &str) -> [u8; 32];

    /// Makes a change without waiting. `done` is called when the change is durable, in any thread; it should not take long.
    fn submit(&self, operation: Operation, done: Done<Outcome>);

    /// The digest of a request from which a change is made. `change` is what the request states, `made_from` the rest.
    fn request_digest(&self, change: &Change, made_from: &[&[u8]]) -> RequestDigest;

    /// The outcome of a request that was done; `None` if it was not, or if that is forgotten.
    fn answered(&self, request: &RequestKey, digest: RequestDigest) -> Option<Result<Outcome, Error>>;

    /// What this node acknowledged by now, for the next call at any node of a cluster; `None` where one engine has all.
    fn consistency_token(&self) -> Option<String> {
        None
    }

    /// Has later calls see what the node that gave a token had acknowledged. False if it is not one of this corpus.
    fn observe(&self, _token: &str) -> bool {
        true
    }

    /// The totals of what this process holds: of the corpus, or of a node's partitions.
    fn corpus(&self) -> CorpusInfo;

    /// The totals of the corpus, or of the visible collections as if there were no others.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`].
    fn corpus_of(&self, visible: &Visibility, stop: &Stop) -> Result<CorpusInfo, Error>;

    /// A collection's settings and counts.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`].
    fn get_collection(&self, name: &CollectionName) -> Result<CollectionInfo, Error>;

    /// Up to `count` visible collections after `after`, in order of their names.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`].
    fn list_collections(
        &self,
        visible: &Visibility,
        after: Option<&CollectionName>,
        count: usize,
        stop: &Stop,
    ) -> Result<Vec<CollectionInfo>, Error>;

    /// A source without its text.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::SourceNotFound`].
    fn find_source(&self, collection: &CollectionName, id: &SourceId) -> Result<Arc<Entry>, Error>;

    /// A source and its text.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::SourceNotFound`], [`Error::Store`].
    fn get_source(&self, collection: &CollectionName, id: &SourceId) -> Result<SourceText, Error>;

    /// Up to `count` sources after `after`, in order of their ids.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`].
    fn list_sources(
        &self,
        collection: &CollectionName,
        after: Option<&SourceId>,
        count: usize,
    ) -> Result<Vec<Arc<Entry>>, Error>;

    /// A page of up to `count` sources after `after` that match a filter, in order of their ids.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::Stopped`].
    fn select_sources(
        &self,
        collection: &CollectionName,
        filter: &SourceFilter,
        after: Option<&SourceId>,
        count: usize,
        stop: &Stop,
    ) -> Result<SourcePage, Error>;

    /// What a deletion by a filter would delete now, and the revision at which the collection last changed.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::Stopped`].
    fn preview_deletion(
        &self,
        collection: &CollectionName,
        filter: &SourceFilter,
        stop: &Stop,
    ) -> Result<SourcesDeleted, Error>;

    /// Checks a submission against a scope of the corpus.
    ///
    /// # Errors
    ///
    /// As [`Engine::check`](super::Engine::check).
    fn check(
        &self,
        submission: &str,
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Report, Error>;

    /// Checks a stored source against a scope of the corpus, as of one revision.
    ///
    /// # Errors
    ///
    /// As [`Engine::check_source`](super::Engine::check_source).
    fn check_source(
        &self,
        name: &SourceName,
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<CheckedSource, Error>;

    /// Compares two stored sources in full, as of one revision.
    ///
    /// # Errors
    ///
    /// As [`Engine::compare_pair`](super::Engine::compare_pair).
    fn compare_pair(
        &self,
        submission: &SourceName,
        source: &SourceName,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<CheckedSource, Error>;

    /// Compares a submission with texts. The corpus is read for boilerplate alone.
    ///
    /// # Errors
    ///
    /// As [`Engine::compare`](super::Engine::compare).
    fn compare(
        &self,
        submission: &str,
        texts: &[ComparedText],
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Report, Error>;

    /// Finds the pairs of a collection's sources that share passages, and the clusters that they form, in the rayon pool that
    /// this is called in. `progress` is called by one thread at a time.
    ///
    /// # Errors
    ///
    /// As [`Engine::compare_all`](super::Engine::compare_all).
    fn compare_all(
        &self,
        collection: &CollectionName,
        options: &PairOptions,
        progress: &mut (dyn FnMut(PairsProgress) + Send),
        stop: &Stop,
    ) -> Result<Pairs, Error>;

    /// Lists the sources of a scope that are on the subject of a text, best first.
    ///
    /// # Errors
    ///
    /// As [`Engine::list_related`](super::Engine::list_related).
    fn list_related(
        &self,
        subject: RelatedSubject<'_>,
        scope: &Scope,
        options: &RelatedOptions,
        stop: &Stop,
    ) -> Result<Related, Error>;

    /// Checks that a scale of this name can be stored.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::ScaleExists`], [`Error::TooManyScales`].
    fn admit_scale(&self, collection: &CollectionName, name: &ScaleName, replace: bool) -> Result<(), Error>;

    /// A scale of a collection.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::ScaleNotFound`].
    fn scale(&self, collection: &CollectionName, name: &ScaleName) -> Result<Arc<Scale>, Error>;

    /// The scales of a collection, in order of their names.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`].
    fn scales(&self, collection: &CollectionName) -> Result<Vec<Arc<Scale>>, Error>;

    /// The collections that are due for a calibration.
    fn due_for_calibration(&self) -> Vec<CollectionName>;

    /// Calibrates a collection and stores the result, durably; `None` if it has too few sources. The work is done in the rayon
    /// pool that this is called in.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::Stopped`], [`Error::Store`].
    fn calibrate(&self, collection: &CollectionName, stop: &Stop) -> Result<Option<Calibration>, Error>;

    /// Verifies every text, all rows, the index and the files. `each` gets the progress and may end the work.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`], [`Error::Store`]. A defect of a source is a finding.
    fn verify(&self, stop: &Stop, each: &mut dyn FnMut(Verified) -> ControlFlow<()>) -> Result<(), Error>;

    /// Writes the whole corpus as of one revision.
    ///
    /// # Errors
    ///
    /// [`BackupError`]; the incomplete file is not a valid backup then.
    fn backup(&self, out: &mut dyn Write) -> Result<BackedUp, BackupError>;

    /// Frees memory that can be filled again or is not needed any more.
    fn release_memory(&self);

    /// Figures of the work since the corpus was opened.
    fn figures(&self) -> Figures;

    /// Figures of a node of a cluster; `None` for one engine.
    fn cluster(&self) -> Option<ClusterFigures>;

    /// Commits what was submitted, and refuses later changes.
    fn close(&self);

    /// Trains a scale without storing it, if the collection has room for it.
    ///
    /// # Errors
    ///
    /// As [`Engine::fit_scale`](super::Engine::fit_scale).
    fn fit_scale(
        &self,
        collection: &CollectionName,
        plan: Plan,
        texts: &[GradedText],
        replace: bool,
        stop: &Stop,
    ) -> Result<Scale, ScaleError> {
        self.admit_scale(collection, &plan.name, replace)?;
        scales::fit(self.limits(), plan, texts, stop)
    }

    /// Places a text on a scale.
    ///
    /// # Errors
    ///
    /// As [`Engine::score_on`](super::Engine::score_on).
    fn score_on(&self, scale: &Scale, text: &str) -> Result<Score, ScaleError> {
        scales::score_on(self.limits(), scale, text)
    }
}
