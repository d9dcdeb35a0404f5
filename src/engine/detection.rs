//! Detection: checks, comparisons and all pairs.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use super::Engine;
use crate::corpus::{Entry, Error, View, ViewRequest};
use crate::detection::search::Node;
use crate::detection::{
    ComparedText, DetectionOptions, Exclusions, LocalNode, PairOptions, PairedSource, Pairs, PairsProgress,
    Subject,
};
use crate::model::{CollectionName, Scope, SourceName, Stop};
use crate::report::Report;

/// A stored source that took the part of the submission.
#[derive(Debug, Clone)]
pub struct CheckedSource {
    /// The report.
    pub report: Report,
    /// The source.
    pub source: Arc<Entry>,
    /// Its text, as of the revision of the report.
    pub text: Arc<str>,
}

impl Engine {
    /// Checks a submission against a scope of the corpus. The submission is not stored.
    ///
    /// Linear in the submission, in the postings of its fingerprints, and in the texts of the candidates.
    ///
    /// # Errors
    ///
    /// [`Error::NoWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`],
    /// [`Error::CollectionNotFound`], [`Error::TooManyCollectionsInScope`], [`Error::Stopped`], [`Error::Store`].
    pub fn check(
        &self,
        submission: &str,
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Report, Error> {
        let began = Instant::now();
        let view = View::new(&self.corpus, &request(scope, &options.exclusions, &[]))?;
        let subject = Subject::of_request(submission);
        let report = self.detector.check(
            subject,
            &view.resolved(scope),
            options,
            &[&LocalNode::whole(&view)],
            stop,
        )?;
        self.corpus.counters.candidates.record(report.candidates);
        self.corpus.counters.checks.record_since(began);
        Ok(report)
    }

    /// Checks a stored source against a scope of the corpus, as of one revision. The source is not compared with itself; its
    /// collection need not be in scope.
    ///
    /// # Errors
    ///
    /// Those of [`Self::check`] but for the limits of texts, and [`Error::SourceNotFound`].
    pub fn check_source(
        &self,
        name: &SourceName,
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<CheckedSource, Error> {
        let began = Instant::now();
        let scope = scope.clone().with_exclude_source(name.clone());
        let names = std::slice::from_ref(name);
        let view = View::new(&self.corpus, &request(&scope, &options.exclusions, names))?;
        let source = Arc::clone(view.source(name)?);
        let text = view.collection(&name.collection)?.text(&source)?;
        let options = of_stored(options, &source);
        let subject = Subject::stored(&text, source.pages.as_deref());
        let report = self.detector.check(
            subject,
            &view.resolved(&scope),
            &options,
            &[&LocalNode::whole(&view)],
            stop,
        )?;
        self.corpus.counters.candidates.record(report.candidates);
        self.corpus.counters.checks.record_since(began);
        // The text of the submission is of the view too.
        Ok(CheckedSource { report: Report { scope_revision: view.changed_at(), ..report }, source, text })
    }

    /// Compares two stored sources in full, as of one revision: `submission` takes the part of the submission. Runs are
    /// guaranteed by the settings of the other source's collection. Linear in both texts.
    ///
    /// # Errors
    ///
    /// [`Error::SourceNotFound`], [`Error::SamePair`], [`Error::CollectionNotFound`], [`Error::Stopped`], [`Error::Store`]; of
    /// boilerplate [`Error::NoWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`].
    pub fn compare_pair(
        &self,
        submission: &SourceName,
        source: &SourceName,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<CheckedSource, Error> {
        if submission == source {
            return Err(Error::SamePair { id: source.id.clone() });
        }
        let names = [submission.clone(), source.clone()];
        let scope = Scope::of([source.collection.clone()]);
        let view = View::new(&self.corpus, &request(&scope, &options.exclusions, &names))?;
        let entry = Arc::clone(view.source(submission)?);
        let text = view.collection(&submission.collection)?.text(&entry)?;
        let other = view.source(source)?;
        let of_other = view.collection(&source.collection)?.text(other)?;
        let paired = PairedSource { name: source, entry: other, text: &of_other };
        let options = of_stored(options, &entry);
        let subject = Subject::stored(&text, entry.pages.as_deref());
        let nodes: [&dyn Node; 1] = [&LocalNode::whole(&view)];
        let from = &submission.collection;
        let report = self.detector.compare_pair(subject, from, paired, &options, &nodes, stop)?;
        // The text of the submission is of the view too.
        Ok(CheckedSource {
            report: Report { scope_revision: view.changed_at(), ..report },
            source: entry,
            text,
        })
    }

    /// Compares a submission with texts; the corpus is not looked at, but for boilerplate, and nothing is stored.
    ///
    /// All texts are compared in full, so that every run of `min_passage_words` is found: by default as
    /// many as the guaranteed run of the default settings, or the whole of a shorter submission.
    /// Linear in all texts together.
    ///
    /// # Errors
    ///
    /// [`Error::NoWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`], [`Error::CollectionNotFound`],
    /// [`Error::Stopped`], [`Error::Store`].
    pub fn compare(
        &self,
        submission: &str,
        texts: &[ComparedText],
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Report, Error> {
        let view = View::new(&self.corpus, &request(&Scope::of([]), &options.exclusions, &[]))?;
        self.detector.compare(
            Subject::of_request(submission),
            texts,
            options,
            &[&LocalNode::whole(&view)],
            stop,
        )
    }

    /// Finds the pairs of a collection's sources that share passages, and the clusters that they form.
    ///
    /// All is as of one revision. Of two texts the one with fewer words is looked up and takes the part of the
    /// submission, of equals the one whose id is first; so each pair is compared once, and a summary is
    /// found where it is one. A run of `min_run_words` is found from either side; passages that only their stems give
    /// away are found from the side that was looked up. Sources with the same words are compared once,
    /// as the one whose id is first.
    ///
    /// `progress` is called after texts, by one thread at a time, and at the end.
    ///
    /// The work is done in the rayon pool that this is called in. Linear in the texts, in the postings of
    /// their fingerprints, and in the texts of the candidates. The limits of a check bound that:
    /// `max_candidates` texts at most are compared with one, and a fingerprint in more sources
    /// than that makes no pairs. The result states what that may have cost. Memory: about 250 bytes a source, besides the
    /// pairs.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::OwnBoilerplate`], [`Error::Stopped`], [`Error::Store`]; of boilerplate
    /// [`Error::NoWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`].
    pub fn compare_all(
        &self,
        collection: &CollectionName,
        options: &PairOptions,
        progress: &mut (dyn FnMut(PairsProgress) + Send),
        stop: &Stop,
    ) -> Result<Pairs, Error> {
        let scope = options.scope(collection);
        let no_groups = BTreeSet::new();
        let own_groups = &no_groups;
        let request = ViewRequest { own_groups, ..request(&scope, &options.exclusions, &[]) };
        let view = View::new(&self.corpus, &request)?;
        self.detector.compare_all(collection, options, &view, progress, stop)
    }
}

/// The options of a check of a stored source.
pub(crate) fn of_stored<'a>(options: &'a DetectionOptions, source: &Entry) -> Cow<'a, DetectionOptions> {
    if options.submitted_at.is_some() || source.submitted_at.is_none() {
        return Cow::Borrowed(options);
    }
    Cow::Owned(options.clone().with_submitted_at(source.submitted_at))
}

pub(super) fn request<'a>(
    scope: &'a Scope,
    exclusions: &'a Exclusions,
    sources: &'a [SourceName],
) -> ViewRequest<'a> {
    let Exclusions { boilerplate_collections, own_groups, .. } = exclusions;
    ViewRequest { scope, others: boilerplate_collections, own_groups, sources }
}
