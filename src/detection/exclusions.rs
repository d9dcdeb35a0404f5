//! Exclusions: words that do not count, and the reasons.

use super::check::settings_of;
use super::detector::Detector;
use super::options::{DetectionOptions, Exclusions};
use super::search::{Partition, Prepared, default_min_tokens, search};
use super::submission::{Compared, Submission};
use crate::corpus::{Error, TextRole};
use crate::matching::PreparedSubmission;
use crate::model::{FingerprintSettings, Scope, Stop};
use crate::report::{Coverage, ExcludedWords, ExclusionReason, Finding, FoundPassage};
use crate::text::regions::{RegionKind, regions};
use crate::text::{Span, TokenizedText};

/// The boilerplate in a submission.
#[derive(Debug, Default)]
pub(super) struct Boilerplate {
    /// The words of the submission.
    pub(super) words: Coverage,
    /// The revision at which one of the collections of boilerplate last changed; 0 without any.
    pub(super) changed_at: u64,
}

/// The quotations, bibliographies and citations of a text, as far as they are excluded.
pub(super) fn in_regions(text: &str, tokenized: &TokenizedText, wanted: &Exclusions) -> Vec<ExcludedWords> {
    let Exclusions { quotations, bibliography, citations, .. } = wanted;
    if !(*quotations || *bibliography || *citations) {
        return Vec::new();
    }
    let found = regions(text);
    let of = |kind: RegionKind| {
        let spans = found.iter().filter(|region| region.kind == kind).map(|region| region.span);
        Coverage::of(spans.map(|span| tokens_in(tokenized, span)))
    };
    let reasons = [
        (*bibliography, RegionKind::Bibliography, ExclusionReason::Bibliography),
        (*quotations, RegionKind::Quotation, ExclusionReason::Quotation),
        (*citations, RegionKind::Citation, ExclusionReason::Citation),
    ];
    let wanted = reasons.into_iter().filter(|(is_wanted, ..)| *is_wanted);
    wanted.map(|(_, kind, reason)| ExcludedWords { reason, words: of(kind) }).collect()
}

/// The tokens that begin inside a span of bytes.
fn tokens_in(tokenized: &TokenizedText, span: Span) -> std::ops::Range<u32> {
    let before = |byte: u32| tokenized.spans().partition_point(|token| token.start < byte);
    let narrow = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    narrow(before(span.start))..narrow(before(span.end))
}

impl Detector {
    /// The boilerplate in a submission: its passages in the texts and collections of boilerplate.
    pub(super) fn in_boilerplate(
        &self,
        submission: &Submission<'_>,
        options: &DetectionOptions,
        partitions: &[&dyn Partition],
        stop: &Stop,
    ) -> Result<Boilerplate, Error> {
        let Exclusions { boilerplate_texts, boilerplate_collections, .. } = &options.exclusions;
        let mut found = Vec::new();
        if !boilerplate_texts.is_empty() {
            let tokens = submission.tokenized.tokens();
            let min_tokens = default_min_tokens(tokens, FingerprintSettings::default());
            let prepared = PreparedSubmission::new(tokens, min_tokens);
            let mut comparer = submission.comparer();
            for (place, text) in boilerplate_texts.iter().enumerate() {
                stop.check()?;
                let tokenized = self.tokenize(text, TextRole::Boilerplate(place))?;
                let source = Compared { text, tokenized: &tokenized };
                let passages = comparer.passages(&prepared, source, min_tokens, stop)?;
                found.push(Coverage::of(passages.into_iter().map(|passage| passage.submission)));
            }
        }
        let mut changed_at = 0;
        if !boilerplate_collections.is_empty() {
            let scope = Scope::of(boilerplate_collections.iter().cloned());
            let plain = DetectionOptions { mode: options.mode, ..DetectionOptions::default() };
            let settings = settings_of(&scope, partitions)?;
            let prepared = Prepared::new(self, submission, &scope, &plain, settings, stop)?;
            let searched = search(self, &prepared, partitions, stop)?;
            changed_at = searched.scope_revision;
            found.extend(searched.findings.iter().map(Finding::covered));
        }
        Ok(Boilerplate { words: Coverage::union(&found), changed_at })
    }
}

/// Removes the submitter's own earlier work from the findings.
pub(super) fn take_own_work(findings: &mut Vec<Finding>, wanted: &Exclusions) -> ExcludedWords {
    let is_own =
        |finding: &Finding| wanted.own_groups.iter().any(|group| group.as_str() == finding.source.group);
    let own: Vec<Coverage> =
        findings.iter().filter(|finding| is_own(finding)).map(Finding::covered).collect();
    findings.retain(|finding| !is_own(finding));
    ExcludedWords { reason: ExclusionReason::OwnWork, words: Coverage::union(&own) }
}

/// Removes passages with fewer words than asked for from the findings. A word that a longer passage covers too is not
/// excluded.
pub(super) fn take_short_passages(findings: &mut Vec<Finding>, min_words: u32) -> ExcludedWords {
    let is_short = |found: &FoundPassage| {
        let words = &found.passage.submission;
        words.end - words.start < min_words
    };
    let mut short = Vec::new();
    for finding in findings.iter_mut() {
        let (dropped, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut finding.passages).into_iter().partition(is_short);
        finding.passages = kept;
        short.push(Coverage::of(dropped.into_iter().map(|found| found.passage.submission)));
    }
    findings.retain(|finding| !finding.passages.is_empty());
    let kept: Vec<Coverage> = findings.iter().map(Finding::covered).collect();
    let words = Coverage::union(&short).minus(&Coverage::union(&kept));
    ExcludedWords { reason: ExclusionReason::ShortPassage, words }
}
