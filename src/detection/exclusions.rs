//! Exclusions: words that do not count, and the reasons.

use std::ops::Range;

use super::check::settings_of;
use super::detector::Detector;
use super::options::{DetectionOptions, Exclusions};
use super::search::{Node, Prepared, default_min_words, search};
use super::submission::{Compared, Submission};
use crate::corpus::{Error, TextRole};
use crate::matching::PreparedSubmission;
use crate::model::{FingerprintSettings, Scope, Stop};
use crate::report::{Coverage, ExcludedWords, ExclusionReason, Finding, FoundPassage};
use crate::text::regions::{Region, RegionKind};
use crate::text::{TokenizedText, WordLengths};

/// The boilerplate in a submission.
#[derive(Debug, Default)]
pub(super) struct Boilerplate {
    /// The words of the submission.
    pub(super) words: Coverage,
    /// The revision at which one of the collections of boilerplate last changed in each partition; empty without any.
    pub(super) changed_at: Vec<u64>,
}

/// The quotations, bibliographies and citations of a text, as far as they are excluded.
pub(super) fn in_regions(
    found: &[Region],
    tokenized: &TokenizedText,
    wanted: &Exclusions,
) -> Vec<ExcludedWords> {
    let Exclusions { quotations, bibliography, citations, .. } = wanted;
    let of = |kind: RegionKind| {
        let spans = found.iter().filter(|region| region.kind == kind).map(|region| region.span);
        Coverage::of(spans.map(|span| tokenized.tokens_in(span)))
    };
    let reasons = [
        (*bibliography, RegionKind::Bibliography, ExclusionReason::Bibliography),
        (*quotations, RegionKind::Quotation, ExclusionReason::Quotation),
        (*citations, RegionKind::Citation, ExclusionReason::Citation),
    ];
    let wanted = reasons.into_iter().filter(|(is_wanted, ..)| *is_wanted);
    wanted.map(|(_, kind, reason)| ExcludedWords { reason, words: of(kind) }).collect()
}

impl Detector {
    /// The boilerplate in a submission: its exact matches with the texts and the sources of collections of boilerplate.
    pub(super) fn in_boilerplate(
        &self,
        submission: &Submission<'_>,
        options: &DetectionOptions,
        nodes: &[&dyn Node],
        stop: &Stop,
    ) -> Result<Boilerplate, Error> {
        let Exclusions { boilerplate_texts, boilerplate_collections, .. } = &options.exclusions;
        let mut found = Vec::new();
        if !boilerplate_texts.is_empty() {
            let tokens = submission.tokenized.tokens();
            let min_words = default_min_words(submission.tokenized, FingerprintSettings::default());
            let lengths = submission.tokenized.lengths();
            let prepared = PreparedSubmission::new(tokens, min_words).with_lengths(lengths);
            let mut comparer = submission.comparer();
            for (place, text) in boilerplate_texts.iter().enumerate() {
                stop.check()?;
                let tokenized = self.tokenize(text, TextRole::Boilerplate(place))?;
                let source = Compared { text, tokenized: &tokenized, altered: None };
                let passages = comparer.passages(&prepared, source, min_words, stop)?;
                found.push(comparer.exact(source, &passages));
            }
        }
        let mut changed_at = Vec::new();
        if !boilerplate_collections.is_empty() {
            let scope = Scope::of(boilerplate_collections.iter().cloned());
            let plain = DetectionOptions { mode: options.mode, ..DetectionOptions::default() };
            let settings = settings_of(&scope, nodes)?;
            let prepared = Prepared::new(self, submission, &scope, &plain, settings, stop)?.of_exclusions();
            let searched = search(self, &prepared, nodes, stop)?;
            changed_at = searched.changed_at;
            found.extend(searched.findings.into_iter().map(|finding| finding.exact));
        }
        Ok(Boilerplate { words: Coverage::union(&found), changed_at })
    }
}

/// Words that an exclusion leaves out, and the words in the passages that it took out of the findings.
struct Taken {
    excluded: ExcludedWords,
    covered: Coverage,
}

/// What own work, short passages and commonplace ones leave out.
pub(super) struct TakenOut {
    pub(super) excluded: [ExcludedWords; 3],
    /// The words in the passages that are no more among the findings.
    pub(super) covered: Coverage,
    /// The places of commonplace passages, with the expected numbers of their like.
    pub(super) commonplace: Vec<(Range<u32>, f64)>,
}

/// Takes own work, short passages and commonplace ones out of the findings.
pub(super) fn take_out(
    findings: &mut Vec<Finding>,
    lengths: &WordLengths,
    options: &DetectionOptions,
) -> TakenOut {
    let own = take_own_work(findings, &options.exclusions);
    let short = take_short_passages(findings, lengths, options.min_passage_words.unwrap_or(0));
    let Commonplace { taken, expected } = take_commonplace(findings, options.max_expected_by_chance);
    TakenOut {
        covered: Coverage::union(&[own.covered, short.covered, taken.covered]),
        excluded: [own.excluded, short.excluded, taken.excluded],
        commonplace: expected,
    }
}

/// Removes the submitter's own earlier work from the findings, and excludes what matches it exactly.
fn take_own_work(findings: &mut Vec<Finding>, wanted: &Exclusions) -> Taken {
    let own: Vec<Finding> = findings.extract_if(.., |finding| wanted.is_own(&finding.source.group)).collect();
    let covered: Vec<Coverage> = own.iter().map(Finding::covered).collect();
    let exact: Vec<Coverage> = own.into_iter().map(|finding| finding.exact).collect();
    let excluded = ExcludedWords { reason: ExclusionReason::OwnWork, words: Coverage::union(&exact) };
    Taken { excluded, covered: Coverage::union(&covered) }
}

/// Commonplace passages: words that an exclusion leaves out, and what chance has to do with each.
struct Commonplace {
    taken: Taken,
    expected: Vec<(Range<u32>, f64)>,
}

/// Removes passages of which chance produces more than so many from the findings. A word that another passage covers too is not
/// excluded.
fn take_commonplace(findings: &mut Vec<Finding>, most: f64) -> Commonplace {
    let is_commonplace = |found: &FoundPassage| found.chance.is_some_and(|chance| chance.expected > most);
    let mut expected = Vec::new();
    for finding in findings.iter_mut() {
        for found in finding.passages.extract_if(.., |found| is_commonplace(found)) {
            let by_chance = found.chance.map_or(0.0, |chance| chance.expected);
            expected.extend(found.stretches.into_iter().map(|stretch| (stretch, by_chance)));
        }
    }
    findings.retain(|finding| !finding.passages.is_empty());
    let kept: Vec<Coverage> = findings.iter().map(Finding::covered).collect();
    let covered = Coverage::of(expected.iter().map(|(stretch, _)| stretch.clone()));
    let words = covered.minus(&Coverage::union(&kept));
    let excluded = ExcludedWords { reason: ExclusionReason::Commonplace, words };
    Commonplace { taken: Taken { excluded, covered }, expected }
}

/// Removes passages with fewer words than asked for from the findings. A word that a longer passage covers too is not
/// excluded.
fn take_short_passages(findings: &mut Vec<Finding>, lengths: &WordLengths, min_words: u32) -> Taken {
    let is_short = |found: &FoundPassage| !lengths.reaches(&found.passage.submission, min_words);
    let (mut short, mut covered) = (Vec::new(), Vec::new());
    for finding in findings.iter_mut() {
        let (dropped, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut finding.passages).into_iter().partition(is_short);
        finding.passages = kept;
        covered.extend(dropped.iter().flat_map(|found| found.stretches.iter().cloned()));
        short.push(Coverage::of(dropped.into_iter().map(|found| found.passage.submission)));
    }
    findings.retain(|finding| !finding.passages.is_empty());
    let kept: Vec<Coverage> = findings.iter().map(Finding::covered).collect();
    let words = Coverage::union(&short).minus(&Coverage::union(&kept));
    let excluded = ExcludedWords { reason: ExclusionReason::ShortPassage, words };
    Taken { excluded, covered: Coverage::of(covered) }
}
