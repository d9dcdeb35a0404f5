//! Detection: checks, comparisons and all pairs.

use std::time::Instant;

use super::Engine;
use crate::corpus::{Error, View};
use crate::detection::{ComparedText, DetectionOptions, PairOptions, Pairs, PairsProgress};
use crate::model::{CollectionName, Scope, Stop};
use crate::report::Report;

impl Engine {
    /// Checks a submission against a scope of the corpus. The submission is not stored.
    ///
    /// Linear in the submission, in the postings of its fingerprints, and in the texts of the candidates.
    ///
    /// # Errors
    ///
    /// [`Error::NoWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`],
    /// [`Error::CollectionNotFound`], [`Error::Stopped`], [`Error::Store`].
    pub fn check(
        &self,
        submission: &str,
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Report, Error> {
        let began = Instant::now();
        let view = View::new(&self.corpus, scope, &options.exclusions.boilerplate_collections)?;
        let report = self.detector.check(submission, scope, options, &[&view], stop)?;
        self.corpus.counters.candidates.record(report.candidates);
        self.corpus.counters.checks.record_since(began);
        Ok(report)
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
        let boilerplate = &options.exclusions.boilerplate_collections;
        let view = View::new(&self.corpus, &Scope::of([]), boilerplate)?;
        self.detector.compare(submission, texts, options, &[&view], stop)
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
        let view = View::new(&self.corpus, &scope, &options.exclusions.boilerplate_collections)?;
        self.detector.compare_all(collection, options, &view, progress, stop)
    }
}
