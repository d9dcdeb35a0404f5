//! A submission against given texts.

use std::sync::Arc;

use super::check::report_limits;
use super::detector::Detector;
use super::digest::settings_digest;
use super::exclusions::{in_regions, take_short_passages};
use super::options::DetectionOptions;
use super::search::{Partition, Query};
use super::submission::{Compared, Submission};
use crate::corpus::{Error, TextRole};
use crate::model::{FingerprintSettings, Scope, Stop};
use crate::report::{self, Draft, ExcludedWords, ExclusionReason, Finding, FoundSource, Report};
use crate::text::alerts;

/// A text to compare a submission with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedText {
    /// Its id in the report.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The text.
    pub text: Arc<str>,
}

impl Detector {
    /// Compares a submission with texts. `partitions` hold the collections of boilerplate.
    ///
    /// All texts are compared in full, so that every run of `min_passage_words` is found: by default as
    /// many as the guaranteed run of the default settings, or the whole of a shorter submission. Linear in all texts.
    ///
    /// # Errors
    ///
    /// [`Error::NoWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`], [`Error::Stopped`], and of boilerplate those
    /// of [`Self::check`].
    pub(crate) fn compare(
        &self,
        submission: &str,
        texts: &[ComparedText],
        options: &DetectionOptions,
        partitions: &[&dyn Partition],
        stop: &Stop,
    ) -> Result<Report, Error> {
        let tokenized = self.tokenize(submission, TextRole::Submission)?;
        stop.check()?;
        let text = submission;
        let submission = Submission::new(text, &tokenized, options.mode, &self.profilers);
        submission.prepare();
        let query = Query::new(&tokenized, Vec::new(), FingerprintSettings::default(), options);
        let mut comparer = submission.comparer();
        let mut findings = Vec::new();
        for (place, ComparedText { id, title, text }) in texts.iter().enumerate() {
            stop.check()?;
            let tokenized = self.tokenize(text, TextRole::Compared(place))?;
            stop.check()?;
            let source = Compared { text, tokenized: &tokenized };
            let passages = comparer.passages(&query.prepared, source, query.min_words, stop)?;
            let found = FoundSource { source_id: id.clone(), title: title.clone(), ..FoundSource::default() };
            let texts = (&**text, &tokenized);
            let finding = Finding::new(found, texts, passages, options.offset_unit, options.include_excerpts);
            findings.extend(finding.map(|finding| Finding { min_words: query.min_words, ..finding }));
        }
        let boilerplate = self.in_boilerplate(&submission, options, partitions, stop)?;
        let mut exclusions =
            vec![ExcludedWords { reason: ExclusionReason::Boilerplate, words: boilerplate.words }];
        stop.check()?;
        exclusions.extend(in_regions(text, &tokenized, &options.exclusions));
        stop.check()?;
        let short =
            take_short_passages(&mut findings, tokenized.lengths(), options.min_passage_words.unwrap_or(0));
        exclusions.push(short.excluded);
        Ok(report::build(Draft {
            text,
            tokenized: &tokenized,
            considered: true,
            findings,
            taken: short.covered,
            exclusions,
            alerts: alerts::alerts(text),
            min_run_words: query.min_words.max(options.min_passage_words.unwrap_or(0)),
            voids: Vec::new(),
            corpus_revision: 0,
            scope_revision: 0,
            settings_digest: settings_digest(&[], &Scope::default(), options, &self.limits),
            sources_in_scope: texts.len() as u64,
            candidates: texts.len() as u64,
            candidates_cut: 0,
            offset_unit: options.offset_unit,
            limits: report_limits(options),
        }))
    }
}
