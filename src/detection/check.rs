//! A submission against the sources in scope.

use super::detector::Detector;
use super::digest::{ScopedCollection, settings_digest};
use super::exclusions::{TakenOut, in_regions, take_out};
use super::options::DetectionOptions;
use super::search::{Node, Prepared, search};
use super::submission::Submission;
use crate::corpus::{Error, TextRole};
use crate::model::{FingerprintSettings, Pages, Scope, Stop};
use crate::report::{self, Draft, ExcludedWords, ExclusionReason, Report, ReportLimits};
use crate::text::regions::regions;
use crate::text::{TokenizedText, alerts};

/// The text that takes the part of the submission.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    /// The text.
    pub(crate) text: &'a str,
    /// Whether it is a stored source, which was within the limits when it was added.
    pub(crate) is_stored: bool,
    /// Its pages, if they are known.
    pub(crate) pages: Option<&'a Pages>,
}

impl<'a> Subject<'a> {
    /// A text of a request.
    pub(crate) fn of_request(text: &'a str) -> Self {
        Self { text, is_stored: false, pages: None }
    }

    /// A stored source.
    pub(crate) fn stored(text: &'a str, pages: Option<&'a Pages>) -> Self {
        Self { text, is_stored: true, pages }
    }

    /// Its tokens.
    pub(super) fn tokenize(&self, detector: &Detector) -> Result<TokenizedText, Error> {
        if self.is_stored {
            Ok(detector.tokenize_source(self.text))
        } else {
            detector.tokenize(self.text, TextRole::Submission)
        }
    }
}

impl Detector {
    /// Checks a submission against the sources in scope, which `nodes` hold together; a node of this process comes first.
    /// All partitions have the same collections, with the same settings, under one seed.
    ///
    /// Linear in the submission, in the postings of its fingerprints, and in the texts of the candidates.
    ///
    /// # Errors
    ///
    /// [`Error::NoWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`], [`Error::CollectionNotFound`],
    /// [`Error::Stopped`], [`Error::Store`].
    pub(crate) fn check(
        &self,
        subject: Subject<'_>,
        scope: &Scope,
        options: &DetectionOptions,
        nodes: &[&dyn Node],
        stop: &Stop,
    ) -> Result<Report, Error> {
        let tokenized = subject.tokenize(self)?;
        stop.check()?;
        let text = subject.text;
        let submission = Submission::new(text, &tokenized, options.mode, &self.profilers);
        let settings = settings_of(scope, nodes)?;
        let prepared = Prepared::new(self, &submission, scope, options, settings.clone(), stop)?;
        let mut found = search(self, &prepared, nodes, stop)?;
        let boilerplate = self.in_boilerplate(&submission, options, nodes, stop)?;
        let mut exclusions =
            vec![ExcludedWords { reason: ExclusionReason::Boilerplate, words: boilerplate.words }];
        stop.check()?;
        let regions = regions(text);
        exclusions.extend(in_regions(&regions, &tokenized, &options.exclusions));
        stop.check()?;
        let TakenOut { excluded, covered, commonplace } =
            take_out(&mut found.findings, tokenized.lengths(), options);
        exclusions.extend(excluded);
        exclusions.push(ExcludedWords { reason: ExclusionReason::Common, words: found.common });
        let names = scope.collections.iter().zip(settings);
        let collections: Vec<ScopedCollection<'_>> =
            names.map(|(name, settings)| ScopedCollection { name, settings }).collect();
        Ok(report::build(Draft {
            text,
            tokenized: &tokenized,
            pages: subject.pages,
            regions: &regions,
            considered: found.considered,
            findings: found.findings,
            taken: covered,
            commonplace,
            exclusions,
            submitted_at: options.submitted_at,
            alerts: alerts::alerts(text),
            min_run_words: found.min_run_words,
            voids: found.voids,
            corpus_revision: found.revisions.iter().map(|one| one.revision).sum(),
            scope_revision: last_changes(&found.changed_at, &boilerplate.changed_at),
            partition_revisions: found.revisions,
            settings_digest: settings_digest(&collections, scope, options, &self.limits),
            sources_in_scope: found.sources_in_scope,
            candidates: found.candidates,
            candidates_cut: found.candidates_cut,
            warnings: found.warnings.into_iter().collect(),
            offset_unit: options.offset_unit,
            limits: report_limits(options),
        }))
    }
}

/// The revision at which one of the collections in scope or of boilerplate last changed; of several partitions, the sum
/// of theirs, so that a change of any makes another one.
pub(super) fn last_changes(in_scope: &[u64], of_boilerplate: &[u64]) -> u64 {
    let others = of_boilerplate.iter().copied().chain(std::iter::repeat(0));
    in_scope.iter().zip(others).map(|(changed_at, other)| other.max(*changed_at)).sum()
}

/// The settings of the collections in scope, in order of their names.
pub(super) fn settings_of(scope: &Scope, nodes: &[&dyn Node]) -> Result<Vec<FingerprintSettings>, Error> {
    let first = nodes.first().ok_or(Error::Internal { what: "a check of no partition of the sources" })?;
    scope.collections.iter().map(|name| first.settings(name)).collect()
}

/// The limits of the report's lists.
pub(super) fn report_limits(options: &DetectionOptions) -> ReportLimits {
    ReportLimits { max_sources: options.max_sources, max_passages: options.max_passages }
}
