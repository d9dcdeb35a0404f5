//! The sources of a report with their passages.

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::ops::Range;

use super::age::AgeOrder;
use super::attribution::Attributions;
use super::counting::Excluded;
use super::draft::{Draft, spans};
use super::finding::{Finding, FoundPassage, FoundSource};
use super::types::{CoveredSpan, Excerpts, ReportedPassage, Share, SourceOverlap};
use crate::model::PageRange;
use crate::text::{Span, convert_spans};

/// A finding with the words of the submission that it covers.
pub(super) struct Ranked {
    pub(super) finding: Finding,
    pub(super) covered_words: u64,
    /// Words that no other finding covers.
    pub(super) unique_words: u64,
}

impl Ranked {
    /// Sources with covered words first, by their evidence against chance; then the most covered words first; equals by
    /// collection and id.
    pub(super) fn compare(&self, other: &Self) -> std::cmp::Ordering {
        fn name(ranked: &Ranked) -> (&str, &str) {
            (&ranked.finding.source.collection, &ranked.finding.source.source_id)
        }
        (self.covered_words == 0)
            .cmp(&(other.covered_words == 0))
            .then(other.finding.nats().total_cmp(&self.finding.nats()))
            .then(Reverse(self.covered_words).cmp(&Reverse(other.covered_words)))
            .then_with(|| name(self).cmp(&name(other)))
    }
}

/// Makes the entries of a report's list of sources.
pub(super) struct Listing<'a> {
    pub(super) draft: &'a Draft<'a>,
    pub(super) excluded: &'a Excluded<'a>,
    /// Made for the first passage.
    pub(super) attributions: OnceCell<Attributions<'a>>,
}

impl Listing<'_> {
    /// A source with its passages, of so many words considered.
    pub(super) fn overlap(&self, ranked: Ranked, considered_words: u64) -> SourceOverlap {
        let Ranked { finding, covered_words, unique_words } = ranked;
        let used = finding.used();
        let Finding { source, source_words, passages: found, min_words, exact: _ } = finding;
        let found_count = found.len();
        let passages = self.passages(found, min_words);
        let FoundSource { collection, source_id, title, group, labels, uri, submitted_at } = source;
        SourceOverlap {
            collection,
            source_id,
            title,
            group,
            labels,
            covered: Share { words: covered_words, of_words: considered_words },
            unique_words,
            source_used: Share { words: used.tokens(), of_words: source_words },
            passages_cut: (found_count - passages.len()) as u64,
            passages,
            uri,
            submitted_at,
            older: AgeOrder::of(self.draft.submitted_at, submitted_at),
        }
    }

    fn passages(&self, mut found: Vec<FoundPassage>, min_words: u32) -> Vec<ReportedPassage> {
        let draft = self.draft;
        found.truncate(draft.limits.max_passages);
        let ranges = found.iter().map(|found| found.passage.submission.clone());
        let mut passage_spans: Vec<Span> = ranges.map(|range| draft.tokenized.span_of(range)).collect();
        let originals: Vec<Original<'_>> =
            passage_spans.iter().map(|span| Original::new(*span, draft)).collect();
        convert_spans(draft.text, draft.offset_unit, &mut passage_spans);
        let stretches: Vec<Range<u32>> =
            found.iter().flat_map(|found| found.stretches.iter().cloned()).collect();
        let mut stretches = spans(draft, &stretches).into_iter();
        let found = found.into_iter().zip(passage_spans).zip(originals);
        found
            .map(|((found, span), original)| self.passage(found, min_words, span, original, &mut stretches))
            .collect()
    }

    /// A passage with its span in the report's unit. `stretches` gives the spans of its covered stretches.
    fn passage(
        &self,
        found: FoundPassage,
        min_words: u32,
        submission: Span,
        original: Original<'_>,
        stretches: &mut impl Iterator<Item = Span>,
    ) -> ReportedPassage {
        let lengths = self.draft.tokenized.lengths();
        let counted_words = self.excluded.counted(&found, min_words).words(lengths);
        let attributions = self.attributions.get_or_init(|| Attributions::new(self.draft));
        let attribution = attributions.of(&found);
        let FoundPassage {
            passage,
            stretches: covered,
            source_words,
            source_stretches: _,
            source_span,
            source_covered,
            source_excerpt,
            source_pages,
            chance,
        } = found;
        let submission_words = lengths.words(&passage.submission);
        let excerpts = source_excerpt.map(|source| Excerpts { submission: original.text.to_owned(), source });
        ReportedPassage {
            submission,
            source: source_span,
            kind: passage.kind,
            similarity: passage.similarity(),
            // Logarithms differ between processors beyond a tenth.
            evidence_nats: f64::from((passage.evidence * 10.0).round()) / 10.0,
            submission_words,
            source_words: source_words.end - source_words.start,
            matched_words: passage.matched_words(submission_words),
            counted_words,
            covered: CoveredSpan::of(&covered, lengths, stretches),
            source_covered,
            attribution,
            excerpts,
            submission_pages: original.pages,
            source_pages,
            expected_by_chance: chance.map(|chance| chance.expected),
        }
    }
}

/// What a passage is in the submission.
struct Original<'a> {
    text: &'a str,
    pages: Option<PageRange>,
}

impl<'a> Original<'a> {
    /// Of a span in bytes.
    fn new(span: Span, draft: &Draft<'a>) -> Self {
        let pages = draft.pages.and_then(|pages| pages.range(span.start..span.end));
        Self { text: span.of(draft.text), pages }
    }
}
