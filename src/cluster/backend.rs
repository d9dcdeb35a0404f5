//! A node as what the services ask: the whole corpus, whichever node is asked.

use std::io::Write;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use super::member::Member;
use crate::corpus::Done;
use crate::detection::Subject;
use crate::engine::{
    BackedUp, Backend, BackupError, Calibration, Change, CheckedSource, ClusterFigures, CollectionInfo,
    CollectionStats, ComparedText, CorpusInfo, DetectionOptions, Entry, Error, Figures, Operation, Outcome,
    PairOptions, Pairs, PairsProgress, Related, RelatedOptions, RelatedSubject, RequestDigest, RequestKey,
    Scale, ScaleName, SourcePage, SourceText, SourcesDeleted, Verified, of_stored,
};
use crate::model::{CollectionName, Limits, Scope, SourceFilter, SourceId, SourceName, Stop, Visibility};
use crate::report::Report;

impl Backend for Member {
    fn limits(&self) -> &Limits {
        self.holding.meta.engine.limits()
    }

    fn secret(&self, purpose: &str) -> [u8; 32] {
        self.holding.meta.engine.secret(purpose)
    }

    fn submit(&self, operation: Operation, done: Done<Outcome>) {
        let this = self.itself();
        self.runtime.spawn(async move {
            let outcome = match this {
                Some(this) => this.write(operation).await,
                None => Err(Error::Unreachable { what: "this node stops".to_owned() }),
            };
            done(outcome);
        });
    }

    fn request_digest(&self, change: &Change, made_from: &[&[u8]]) -> RequestDigest {
        self.holding.meta.engine.request_digest(change, made_from)
    }

    /// The nodes that apply a request know whether it was made, and answer when it is sent again.
    fn answered(&self, _: &RequestKey, _: RequestDigest) -> Option<Result<Outcome, Error>> {
        None
    }

    fn consistency_token(&self) -> Option<String> {
        self.token()
    }

    fn observe(&self, token: &str) -> bool {
        self.see(token)
    }

    fn corpus(&self) -> CorpusInfo {
        let collections = self.holding.meta.engine.corpus().collections;
        let each = self.holding.held().map(|held| held.engine().corpus().stats);
        CorpusInfo { collections, stats: each.fold(CollectionStats::default(), CollectionStats::plus) }
    }

    fn corpus_of(&self, visible: &Visibility, stop: &Stop) -> Result<CorpusInfo, Error> {
        let meta = self.collections()?;
        if visible.is_all() {
            let collections = meta.corpus().collections;
            return Ok(CorpusInfo { collections, stats: self.totals(stop)? });
        }
        let known = meta.list_collections(visible, None, usize::MAX);
        let counted = self.counted(known, stop)?;
        let collections = counted.len() as u64;
        let each = counted.into_iter().map(|info| info.stats);
        Ok(CorpusInfo { collections, stats: each.fold(CollectionStats::default(), CollectionStats::plus) })
    }

    fn get_collection(&self, name: &CollectionName) -> Result<CollectionInfo, Error> {
        let known = self.collections()?.get_collection(name)?;
        let counted = self.counted(vec![known], &Stop::never())?.pop();
        counted.ok_or(Error::Internal { what: "a collection was counted and is not there" })
    }

    fn list_collections(
        &self,
        visible: &Visibility,
        after: Option<&CollectionName>,
        count: usize,
        stop: &Stop,
    ) -> Result<Vec<CollectionInfo>, Error> {
        let known = self.collections()?.list_collections(visible, after, count);
        if known.is_empty() { Ok(known) } else { self.counted(known, stop) }
    }

    fn find_source(&self, collection: &CollectionName, id: &SourceId) -> Result<Arc<Entry>, Error> {
        let name = SourceName { collection: collection.clone(), id: id.clone() };
        self.source(&name, false, &Stop::never()).map(|(entry, _)| entry)
    }

    fn get_source(&self, collection: &CollectionName, id: &SourceId) -> Result<SourceText, Error> {
        self.source_text(&SourceName { collection: collection.clone(), id: id.clone() }, &Stop::never())
    }

    fn list_sources(
        &self,
        collection: &CollectionName,
        after: Option<&SourceId>,
        count: usize,
    ) -> Result<Vec<Arc<Entry>>, Error> {
        Ok(self.sources(collection, &SourceFilter::default(), after, count, &Stop::never())?.sources)
    }

    fn select_sources(
        &self,
        collection: &CollectionName,
        filter: &SourceFilter,
        after: Option<&SourceId>,
        count: usize,
        stop: &Stop,
    ) -> Result<SourcePage, Error> {
        self.sources(collection, filter, after, count, stop)
    }

    fn preview_deletion(
        &self,
        collection: &CollectionName,
        filter: &SourceFilter,
        stop: &Stop,
    ) -> Result<SourcesDeleted, Error> {
        self.deletion(collection, filter, stop)
    }

    fn check(
        &self,
        submission: &str,
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Report, Error> {
        let began = Instant::now();
        let report = self.check_subject(Subject::of_request(submission), scope, options, stop)?;
        self.holding.meta.engine.note_check(&report, began);
        Ok(report)
    }

    fn check_source(
        &self,
        name: &SourceName,
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<CheckedSource, Error> {
        let began = Instant::now();
        let SourceText { entry: source, text } = self.source_text(name, stop)?;
        let scope = scope.clone().with_exclude_source(name.clone());
        let options = of_stored(options, &source);
        let subject = Subject::stored(&text, source.pages.as_deref());
        let report = self.check_subject(subject, &scope, &options, stop)?;
        self.holding.meta.engine.note_check(&report, began);
        Ok(CheckedSource { report, source, text })
    }

    fn compare_pair(
        &self,
        submission: &SourceName,
        source: &SourceName,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<CheckedSource, Error> {
        self.pair(submission, source, options, stop)
    }

    fn compare(
        &self,
        submission: &str,
        texts: &[ComparedText],
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Report, Error> {
        let subject = Subject::of_request(submission);
        let detector = self.holding.detector();
        if options.exclusions.boilerplate_collections.is_empty() {
            return detector.compare(subject, texts, options, &[], stop);
        }
        self.report(subject, &Scope::of([]), options, stop, |_, nodes| {
            detector.compare(subject, texts, options, nodes, stop)
        })
    }

    fn compare_all(
        &self,
        collection: &CollectionName,
        options: &PairOptions,
        progress: &mut (dyn FnMut(PairsProgress) + Send),
        stop: &Stop,
    ) -> Result<Pairs, Error> {
        self.all_pairs(collection, options, progress, stop)
    }

    fn list_related(
        &self,
        subject: RelatedSubject<'_>,
        scope: &Scope,
        options: &RelatedOptions,
        stop: &Stop,
    ) -> Result<Related, Error> {
        self.related(subject, scope, *options, stop)
    }

    fn admit_scale(&self, collection: &CollectionName, name: &ScaleName, replace: bool) -> Result<(), Error> {
        Backend::admit_scale(self.collections()?, collection, name, replace)
    }

    fn scale(&self, collection: &CollectionName, name: &ScaleName) -> Result<Arc<Scale>, Error> {
        self.collections()?.scale(collection, name)
    }

    fn scales(&self, collection: &CollectionName) -> Result<Vec<Arc<Scale>>, Error> {
        self.collections()?.scales(collection)
    }

    /// None: a cluster does not calibrate yet, and states what chance produces by the default.
    fn due_for_calibration(&self) -> Vec<CollectionName> {
        Vec::new()
    }

    fn calibrate(&self, _: &CollectionName, _: &Stop) -> Result<Option<Calibration>, Error> {
        Ok(None)
    }

    fn verify(&self, stop: &Stop, each: &mut dyn FnMut(Verified) -> ControlFlow<()>) -> Result<(), Error> {
        self.verify_all(stop, each)
    }

    fn backup(&self, _: &mut dyn Write) -> Result<BackedUp, BackupError> {
        Err(BackupError::InCluster)
    }

    fn release_memory(&self) {
        self.holding.meta.engine.release_memory();
        for held in self.holding.held() {
            held.engine().release_memory();
        }
    }

    /// Those of all corpora of this node. Checks are counted at the node that was asked.
    fn figures(&self) -> Figures {
        let partitions = self.holding.held().map(|held| held.engine().figures());
        partitions.fold(self.holding.meta.engine.figures(), |sum, more| sum.plus(&more))
    }

    fn cluster(&self) -> Option<ClusterFigures> {
        Some(self.cluster_figures())
    }

    fn close(&self) {
        self.end();
    }
}
