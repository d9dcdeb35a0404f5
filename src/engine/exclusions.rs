//! What is left out of the count, and why.

use super::corpus::Engine;
use super::error::{Error, TextRole};
use super::options::{DetectionOptions, Exclusions, Scope};
use super::profile::default_min_tokens;
use super::search::union;
use super::subject::Subject;
use crate::fingerprint::FingerprintSettings;
use crate::matching::{Passage, PreparedSubmission, Stop};
use crate::report::{Coverage, ExclusionReason, Finding};
use crate::text::regions::{RegionKind, regions};
use crate::text::{Span, TokenizedText};

/// Words of the submission by the reasons for which they are left out; a word may have several.
pub(super) type Excluded = Vec<(ExclusionReason, Coverage)>;

/// The quotations, bibliographies and citations of the submission.
pub(super) fn in_regions(text: &str, tokenized: &TokenizedText, wanted: &Exclusions) -> Excluded {
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
    reasons.into_iter().filter(|(wanted, ..)| *wanted).map(|(_, kind, reason)| (reason, of(kind))).collect()
}

/// The tokens that begin inside a span of bytes.
fn tokens_in(tokenized: &TokenizedText, span: Span) -> std::ops::Range<u32> {
    let before = |byte: u32| tokenized.spans().partition_point(|token| token.start < byte);
    let narrow = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
    narrow(before(span.start))..narrow(before(span.end))
}

impl Engine {
    /// What stands in boilerplate texts and collections, and the revision at which one of those collections last
    /// changed.
    pub(super) fn in_boilerplate(
        &self,
        subject: &mut Subject<'_>,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<(Excluded, u64), Error> {
        let Exclusions { boilerplate_texts, boilerplate_collections, .. } = &options.exclusions;
        let (mut found, mut revision) = (Vec::new(), 0);
        let tokens = subject.tokenized.tokens();
        let min_tokens = default_min_tokens(tokens, FingerprintSettings::default());
        let prepared = PreparedSubmission::new(tokens, min_tokens);
        for (place, text) in boilerplate_texts.iter().enumerate() {
            stop.check()?;
            let tokenized = self.tokenize(text, TextRole::Boilerplate(place))?;
            found.push(covered(&subject.passages(&prepared, (text, &tokenized), min_tokens, stop)?));
        }
        if !boilerplate_collections.is_empty() {
            let scope = Scope { collections: boilerplate_collections.clone(), ..Scope::default() };
            let plain = DetectionOptions { mode: options.mode, ..DetectionOptions::default() };
            let searched = self.search(subject, &scope, &plain, stop)?;
            revision = searched.scope_revision;
            found.extend(searched.findings.iter().map(|finding| covered(&finding.passages)));
        }
        Ok((vec![(ExclusionReason::Boilerplate, union(found))], revision))
    }
}

/// Takes the submitter's own earlier work out of the findings.
pub(super) fn take_own_work(findings: &mut Vec<Finding>, wanted: &Exclusions) -> Excluded {
    let is_own = |finding: &&Finding| wanted.own_groups.iter().any(|group| group.as_str() == finding.group);
    let own = union(findings.iter().filter(is_own).map(|finding| covered(&finding.passages)));
    findings.retain(|finding| !is_own(&finding));
    vec![(ExclusionReason::OwnWork, own)]
}

/// Takes passages with fewer words than the caller wants out of the findings. A word that a longer passage
/// covers too stays in the count.
pub(super) fn take_short_passages(findings: &mut Vec<Finding>, min_words: u32) -> Excluded {
    let is_short = |passage: &Passage| passage.submission.end - passage.submission.start < min_words;
    let mut short = Vec::new();
    for finding in findings.iter_mut() {
        let (dropped, kept) = std::mem::take(&mut finding.passages).into_iter().partition(is_short);
        finding.passages = kept;
        short.push(covered(&dropped));
    }
    findings.retain(|finding| !finding.passages.is_empty());
    let kept = union(findings.iter().map(|finding| covered(&finding.passages)));
    vec![(ExclusionReason::ShortPassage, union(short).minus(&kept))]
}

fn covered(passages: &[Passage]) -> Coverage {
    Coverage::of(passages.iter().map(|passage| passage.submission.clone()))
}
