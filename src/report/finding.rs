//! Findings: the sources that share passages with a submission, as plain data.

use std::ops::Range;

use super::coverage::Coverage;
use super::types::CoveredSpan;
use crate::matching::{CoveredPassage, Passage};
use crate::model::{CollectionName, PageRange, Pages, SourceRecord, Timestamp};
use crate::text::{OffsetUnit, Span, TokenizedText, convert_spans};

/// A source with the passages that it shares with the submission, at least one. A report is built from findings wherever
/// they were computed: they refer to no text and no index.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Finding {
    /// The source.
    pub source: FoundSource,
    /// The number of words in the source.
    pub source_words: u64,
    /// The passages, in order of their place in the submission.
    pub passages: Vec<FoundPassage>,
    /// The fewest words of a passage of this source.
    pub min_words: u32,
    /// The words of the submission that match the source exactly, in its order: what the source excludes if it is
    /// boilerplate or own work. Empty if it is neither.
    pub exact: Coverage,
}

/// The source of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct FoundSource {
    /// The collection's name; empty in a comparison.
    pub collection: String,
    /// The source's id.
    pub source_id: String,
    /// Its title.
    pub title: String,
    /// Its group.
    pub group: String,
    /// Its labels, sorted.
    pub labels: Vec<String>,
    /// Its address; empty if it has none.
    pub uri: String,
    /// When it was submitted, if that is known.
    pub submitted_at: Option<Timestamp>,
}

/// A passage of a finding.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct FoundPassage {
    /// The passage, as ranges of tokens.
    pub passage: Passage,
    /// Its covered stretches, as ranges of tokens of the submission.
    pub stretches: Vec<Range<u32>>,
    /// Its place in the source, as a range of words.
    pub source_words: Range<u32>,
    /// Its span in the source, in the report's unit.
    pub source_span: Span,
    /// Its covered stretches in the source, as ranges of words.
    pub source_stretches: Vec<Range<u32>>,
    /// The same, in the report's unit.
    pub source_covered: Vec<CoveredSpan>,
    /// Its text in the source, if it is included.
    pub source_excerpt: Option<String>,
    /// The pages of the source with it, if they are known.
    pub source_pages: Option<PageRange>,
    /// What chance has to do with it; `None` where texts are compared without a corpus.
    pub chance: Option<ByChance>,
}

/// How a passage compares with what chance produces.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct ByChance {
    /// The score of its strongest run, in nats.
    pub run_score: f64,
    /// The expected number of passages with at least its evidence that an unrelated submission of this length would have in
    /// this scope, to two digits.
    pub expected: f64,
}

impl ByChance {
    /// The improbability of so many passages by chance, in nats; 0 if one is likely.
    #[must_use]
    pub fn nats(self) -> f64 {
        (-self.expected.max(f64::MIN_POSITIVE).ln()).max(0.0)
    }
}

/// A source as text.
#[derive(Debug, Clone, Copy)]
pub struct SourceSide<'a> {
    /// The text.
    pub text: &'a str,
    /// Its tokens.
    pub tokenized: &'a TokenizedText,
    /// Its pages, if they are known.
    pub pages: Option<&'a Pages>,
}

impl FoundSource {
    /// A source of a collection.
    #[must_use]
    pub fn of(collection: &CollectionName, record: &SourceRecord) -> Self {
        Self {
            collection: collection.as_str().to_owned(),
            source_id: record.id.as_str().to_owned(),
            title: record.title.as_str().to_owned(),
            group: record.group.as_str().to_owned(),
            labels: record.labels.as_slice().iter().map(|label| label.as_str().to_owned()).collect(),
            uri: record.uri.as_str().to_owned(),
            submitted_at: record.submitted_at,
        }
    }
}

impl Finding {
    /// The finding of some passages in a source with this text and these tokens; `None` without any.
    ///
    /// Linear in the passages; in the text too if the unit is not bytes.
    #[must_use]
    pub fn new(
        source: FoundSource,
        SourceSide { text, tokenized, pages }: SourceSide<'_>,
        passages: Vec<CoveredPassage>,
        unit: OffsetUnit,
        include_excerpts: bool,
    ) -> Option<Self> {
        if passages.is_empty() {
            return None;
        }
        let ranges = passages.iter().map(|found| std::slice::from_ref(&found.passage.source));
        let mut spans: Vec<Span> = spans_of(tokenized, ranges);
        let excerpt = |span: &Span| include_excerpts.then(|| span.of(text).to_owned());
        let excerpts: Vec<Option<String>> = spans.iter().map(excerpt).collect();
        let page_ranges: Vec<Option<PageRange>> =
            spans.iter().map(|span| pages.and_then(|pages| pages.range(span.start..span.end))).collect();
        convert_spans(text, unit, &mut spans);
        let ranges = passages.iter().map(|found| found.stretches.source.as_slice());
        let mut stretches = spans_of(tokenized, ranges);
        convert_spans(text, unit, &mut stretches);
        let mut stretches = stretches.into_iter();
        let lengths = tokenized.lengths();
        let in_words = |range: &Range<u32>| lengths.before(range.start)..lengths.before(range.end);
        let found = passages.into_iter().zip(spans).zip(excerpts).zip(page_ranges);
        let passages = found
            .map(|(((found, source_span), source_excerpt), source_pages)| {
                let CoveredPassage { passage, stretches: covered } = found;
                let source_covered = CoveredSpan::of(&covered.source, lengths, stretches.by_ref());
                FoundPassage {
                    source_words: in_words(&passage.source),
                    source_stretches: covered.source.iter().map(in_words).collect(),
                    passage,
                    stretches: covered.submission,
                    source_span,
                    source_covered,
                    source_excerpt,
                    source_pages,
                    chance: None,
                }
            })
            .collect();
        let source_words = u64::from(lengths.total());
        Some(Self { source, source_words, passages, min_words: 1, exact: Coverage::default() })
    }

    /// The same, with the significance of each passage.
    #[must_use]
    pub fn judged(mut self, chances: Vec<ByChance>) -> Self {
        for (found, chance) in self.passages.iter_mut().zip(chances) {
            found.chance = Some(chance);
        }
        self
    }

    /// The tokens of the submission in the covered stretches of its passages.
    #[must_use]
    pub fn covered(&self) -> Coverage {
        Coverage::of(self.passages.iter().flat_map(|found| found.stretches.iter().cloned()))
    }

    /// The improbability of its passages by chance, in nats; 0 where that is not known.
    #[must_use]
    pub fn nats(&self) -> f64 {
        self.passages.iter().filter_map(|found| found.chance).map(ByChance::nats).sum()
    }

    /// The words of the source in the covered stretches of its passages, by their numbers.
    #[must_use]
    pub fn used(&self) -> Coverage {
        Coverage::of(self.passages.iter().flat_map(|found| found.source_stretches.iter().cloned()))
    }
}

/// The spans of lists of ranges, in bytes.
fn spans_of<'r>(tokenized: &TokenizedText, ranges: impl Iterator<Item = &'r [Range<u32>]>) -> Vec<Span> {
    ranges.flatten().map(|range| tokenized.span_of(range.clone())).collect()
}
