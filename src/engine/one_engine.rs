//! One engine as what the services ask: each method is the engine's own.

use std::io::Write;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::backend::Backend;
use super::cluster_figures::ClusterFigures;
use super::detection::CheckedSource;
use super::related::{Related, RelatedOptions, RelatedSubject};
use super::{Engine, SourceText};
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

impl Backend for Engine {
    fn limits(&self) -> &Limits {
        self.limits()
    }

    fn secret(&self, purpose: &str) -> [u8; 32] {
        self.secret(purpose)
    }

    fn submit(&self, operation: Operation, done: Done<Outcome>) {
        self.writer.submit(operation, done);
    }

    fn request_digest(&self, change: &Change, made_from: &[&[u8]]) -> RequestDigest {
        self.request_digest(change, made_from)
    }

    fn answered(&self, request: &RequestKey, digest: RequestDigest) -> Option<Result<Outcome, Error>> {
        self.answered(request, digest)
    }

    fn corpus(&self) -> CorpusInfo {
        self.corpus()
    }

    fn corpus_of(&self, visible: &Visibility, stop: &Stop) -> Result<CorpusInfo, Error> {
        if visible.is_all() { Ok(self.corpus()) } else { self.corpus_of(visible, stop) }
    }

    fn get_collection(&self, name: &CollectionName) -> Result<CollectionInfo, Error> {
        self.get_collection(name)
    }

    fn list_collections(
        &self,
        visible: &Visibility,
        after: Option<&CollectionName>,
        count: usize,
        _: &Stop,
    ) -> Result<Vec<CollectionInfo>, Error> {
        Ok(self.list_collections(visible, after, count))
    }

    fn find_source(&self, collection: &CollectionName, id: &SourceId) -> Result<Arc<Entry>, Error> {
        self.find_source(collection, id)
    }

    fn get_source(&self, collection: &CollectionName, id: &SourceId) -> Result<SourceText, Error> {
        self.get_source(collection, id)
    }

    fn list_sources(
        &self,
        collection: &CollectionName,
        after: Option<&SourceId>,
        count: usize,
    ) -> Result<Vec<Arc<Entry>>, Error> {
        self.list_sources(collection, after, count)
    }

    fn select_sources(
        &self,
        collection: &CollectionName,
        filter: &SourceFilter,
        after: Option<&SourceId>,
        count: usize,
        stop: &Stop,
    ) -> Result<SourcePage, Error> {
        self.select_sources(collection, filter, after, count, stop)
    }

    fn preview_deletion(
        &self,
        collection: &CollectionName,
        filter: &SourceFilter,
        stop: &Stop,
    ) -> Result<SourcesDeleted, Error> {
        self.preview_deletion(collection, filter, stop)
    }

    fn check(
        &self,
        submission: &str,
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Report, Error> {
        self.check(submission, scope, options, stop)
    }

    fn check_source(
        &self,
        name: &SourceName,
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<CheckedSource, Error> {
        self.check_source(name, scope, options, stop)
    }

    fn compare_pair(
        &self,
        submission: &SourceName,
        source: &SourceName,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<CheckedSource, Error> {
        self.compare_pair(submission, source, options, stop)
    }

    fn compare(
        &self,
        submission: &str,
        texts: &[ComparedText],
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Report, Error> {
        self.compare(submission, texts, options, stop)
    }

    fn compare_all(
        &self,
        collection: &CollectionName,
        options: &PairOptions,
        progress: &mut (dyn FnMut(PairsProgress) + Send),
        stop: &Stop,
    ) -> Result<Pairs, Error> {
        self.compare_all(collection, options, progress, stop)
    }

    fn list_related(
        &self,
        subject: RelatedSubject<'_>,
        scope: &Scope,
        options: &RelatedOptions,
        stop: &Stop,
    ) -> Result<Related, Error> {
        self.list_related(subject, scope, options, stop)
    }

    fn admit_scale(&self, collection: &CollectionName, name: &ScaleName, replace: bool) -> Result<(), Error> {
        self.corpus.admit_scale(collection, name, replace)
    }

    fn scale(&self, collection: &CollectionName, name: &ScaleName) -> Result<Arc<Scale>, Error> {
        self.scale(collection, name)
    }

    fn scales(&self, collection: &CollectionName) -> Result<Vec<Arc<Scale>>, Error> {
        self.scales(collection)
    }

    fn due_for_calibration(&self) -> Vec<CollectionName> {
        self.due_for_calibration()
    }

    fn calibrate(&self, collection: &CollectionName, stop: &Stop) -> Result<Option<Calibration>, Error> {
        self.calibrate(collection, stop)
    }

    fn verify(&self, stop: &Stop, each: &mut dyn FnMut(Verified) -> ControlFlow<()>) -> Result<(), Error> {
        self.verify(stop, each)
    }

    fn backup(&self, out: &mut dyn Write) -> Result<BackedUp, BackupError> {
        self.backup(out)
    }

    fn release_memory(&self) {
        self.release_memory();
    }

    fn figures(&self) -> Figures {
        self.figures()
    }

    fn cluster(&self) -> Option<ClusterFigures> {
        None
    }

    fn close(&self) {
        self.close();
    }
}
