//! Findings: the sources that share passages with a submission, as plain data.

use super::coverage::Coverage;
use crate::matching::Passage;
use crate::model::{CollectionName, SourceRecord};
use crate::text::{OffsetUnit, Span, TokenizedText, convert_spans};

/// A source with the passages that it shares with the submission, at least one. A report is built from findings wherever
/// they were computed: they refer to no text and no index.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The source.
    pub source: FoundSource,
    /// The number of words in the source.
    pub source_words: u64,
    /// The passages, in order of their place in the submission.
    pub passages: Vec<FoundPassage>,
}

/// The source of a finding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
}

/// A passage of a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundPassage {
    /// The passage, as ranges of words.
    pub passage: Passage,
    /// Its span in the source, in the report's unit.
    pub source_span: Span,
    /// Its text in the source, if it is included.
    pub source_excerpt: Option<String>,
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
        (text, tokenized): (&str, &TokenizedText),
        passages: Vec<Passage>,
        unit: OffsetUnit,
        include_excerpts: bool,
    ) -> Option<Self> {
        if passages.is_empty() {
            return None;
        }
        let mut spans: Vec<Span> =
            passages.iter().map(|passage| tokenized.span_of(passage.source.clone())).collect();
        let excerpt = |span: &Span| include_excerpts.then(|| span.of(text).to_owned());
        let excerpts: Vec<Option<String>> = spans.iter().map(excerpt).collect();
        convert_spans(text, unit, &mut spans);
        let found = passages.into_iter().zip(spans).zip(excerpts);
        let passages = found
            .map(|((passage, source_span), source_excerpt)| FoundPassage {
                passage,
                source_span,
                source_excerpt,
            })
            .collect();
        Some(Self { source, source_words: tokenized.tokens().len() as u64, passages })
    }

    /// The words of the submission in its passages.
    #[must_use]
    pub fn covered(&self) -> Coverage {
        Coverage::of(self.passages.iter().map(|found| found.passage.submission.clone()))
    }
}
