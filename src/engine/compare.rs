//! A submission against given texts.

use std::sync::Arc;

use super::check::{report_limits, settings_digest};
use super::corpus::Engine;
use super::error::{Error, TextRole};
use super::exclusions::{in_regions, take_short_passages};
use super::options::{DetectionOptions, Scope};
use super::profile::Profile;
use super::subject::Subject;
use crate::fingerprint::FingerprintSettings;
use crate::matching::Stop;
use crate::report::{self, Draft, Finding, Report};
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

impl Engine {
    /// Compares a submission with texts; the corpus is not touched, nor is anything kept.
    ///
    /// All texts are compared in full, so that every run of `min_passage_words` is found: by default as
    /// many as the guaranteed run of the default settings, or the whole of a submission that has fewer.
    /// Linear in all texts together.
    ///
    /// # Errors
    ///
    /// [`Error::NoWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`], [`Error::Stopped`].
    pub fn compare(
        &self,
        submission: &str,
        texts: &[ComparedText],
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Report, Error> {
        let tokenized = self.tokenize(submission, TextRole::Submission)?;
        stop.check()?;
        let mut subject = Subject::new(submission, &tokenized, options.mode, &self.readers);
        let profile = Profile::new(tokenized.tokens(), Vec::new(), FingerprintSettings::default(), options);
        let mut findings = Vec::new();
        for (place, ComparedText { id, title, text }) in texts.iter().enumerate() {
            stop.check()?;
            let source = self.tokenize(text, TextRole::Compared(place))?;
            stop.check()?;
            let passages = subject.passages(&profile.prepared, (text, &source), profile.min_tokens, stop)?;
            if !passages.is_empty() {
                findings.push(Finding {
                    collection: String::new(),
                    source_id: id.clone(),
                    title: title.clone(),
                    group: String::new(),
                    labels: Vec::new(),
                    text: Arc::clone(text),
                    tokenized: source,
                    passages,
                });
            }
        }
        let (mut exclusions, _) = self.in_boilerplate(&mut subject, options, stop)?;
        stop.check()?;
        exclusions.extend(in_regions(submission, &tokenized, &options.exclusions));
        stop.check()?;
        exclusions.extend(take_short_passages(&mut findings, options.min_passage_words.unwrap_or(0)));
        Ok(report::build(Draft {
            text: submission,
            tokenized: &tokenized,
            considered: true,
            findings,
            exclusions,
            alerts: alerts::alerts(submission),
            min_run_words: profile.min_tokens.max(options.min_passage_words.unwrap_or(0)),
            voids: Vec::new(),
            corpus_revision: 0,
            scope_revision: 0,
            settings_digest: settings_digest(&[], &Scope::default(), options, self),
            sources_in_scope: texts.len() as u64,
            candidates: texts.len() as u64,
            candidates_cut: 0,
            offset_unit: options.offset_unit,
            include_excerpts: options.include_excerpts,
            limits: report_limits(options),
        }))
    }
}
