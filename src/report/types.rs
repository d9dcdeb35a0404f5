//! The parts of a report.

use std::ops::Range;

use super::age::AgeOrder;
use crate::matching::PassageKind;
use crate::model::{PageRange, Timestamp, Warnings};
use crate::text::alerts::Alert;
#[cfg(feature = "server")]
use crate::text::convert_spans;
use crate::text::{OffsetUnit, Span, WordLengths};

/// A share of words, by the two counts that it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// The numerator, in words.
    pub words: u64,
    /// The denominator, in words.
    pub of_words: u64,
}

impl Share {
    /// 100 times the one by the other; 0 when there are no words. 100 exactly when the two are equal.
    ///
    /// ```
    /// use palimpsest::report::Share;
    ///
    /// assert_eq!(Share { words: 7, of_words: 7 }.percent(), 100.0);
    /// assert_eq!(Share { words: 0, of_words: 0 }.percent(), 0.0);
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "texts have far fewer than 2^53 words")]
    pub fn percent(self) -> f64 {
        if self.of_words == 0 { 0.0 } else { 100.0 * self.words as f64 / self.of_words as f64 }
    }
}

/// The limit that voids the guarantee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VoidReason {
    /// A fingerprint is in more sources than the caller's cap.
    CommonnessCap,
    /// Fingerprints are in more sources than are read.
    PostingLimit,
    /// There were more candidates than are compared.
    CandidateLimit,
    /// Partitions of the corpus did not answer. The limit is the number of all partitions.
    MissingPartitions,
}

/// One reason for which the guarantee does not hold, and where in the submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuaranteeVoid {
    /// The limit that was met.
    pub reason: VoidReason,
    /// Its value.
    pub limit: u64,
    /// Spans of the submission: sorted, disjoint.
    pub spans: Vec<Span>,
}

/// The reason of an exclusion. A span with several reasons has the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExclusionReason {
    /// It stands in a text or a collection that was given as boilerplate.
    Boilerplate,
    /// It is a bibliography.
    Bibliography,
    /// It is a quotation.
    Quotation,
    /// It is an in-text citation.
    Citation,
    /// It stands in the submitter's own earlier work.
    OwnWork,
    /// It stands in more sources than the caller's cap.
    Common,
    /// It is a passage with fewer words than the caller wants.
    ShortPassage,
    /// It is a passage that chance explains.
    Commonplace,
}

/// A span of the submission that is excluded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exclusion {
    /// The reason.
    pub reason: ExclusionReason,
    /// The span, in the report's unit.
    pub span: Span,
    /// Words inside it.
    pub words: u64,
    /// Of a commonplace passage, the expected number of its like; the least, if several were there.
    pub expected_by_chance: Option<f64>,
}

/// The guarantee of winnowing, as it holds for one report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Guarantee {
    /// Every run of at least this many words copied from a source in scope is found.
    pub min_run_words: u32,
    /// The limits that void it.
    pub voids: Vec<GuaranteeVoid>,
}

impl Guarantee {
    /// True if it holds without exception.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.voids.is_empty()
    }
}

/// Whether a passage is marked as another author's words, whichever exclusions are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribution {
    /// Neither quoted nor cited.
    None,
    /// Quoted, without a citation.
    Quoted,
    /// Cited, without quotation marks.
    Cited,
    /// Both.
    CitedAndQuoted,
}

/// The reason for which a submission was not checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotChecked {
    /// No source is in scope.
    NoSources,
    /// The submission has fewer words than a k-gram.
    TooShort,
    /// The exclusions leave no word.
    AllExcluded,
}

/// The texts inside a passage's two spans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpts {
    /// Of the submission.
    pub submission: String,
    /// Of the source.
    pub source: String,
}

/// A passage, in spans of the original texts.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportedPassage {
    /// Where it stands in the submission, in the report's unit.
    pub submission: Span,
    /// Where it stands in the source, in the report's unit.
    pub source: Span,
    /// Verbatim or altered.
    pub kind: PassageKind,
    /// The share of words in common, 0 to 1; see [`Passage::similarity`](crate::matching::Passage::similarity).
    pub similarity: f64,
    /// The natural logarithm of how much likelier its words are if drawn from one another than by chance, to
    /// a tenth.
    pub evidence_nats: f64,
    /// Words of the submission inside the span.
    pub submission_words: u32,
    /// Words of the source inside the span.
    pub source_words: u32,
    /// Words in common.
    pub matched_words: u32,
    /// Words of the submission inside its covered stretches that count: no exclusion leaves them out, nor are they the
    /// remnants of one.
    pub counted_words: u64,
    /// Its covered stretches in the submission, in the report's unit, with excluded words.
    pub covered: Vec<CoveredSpan>,
    /// Its covered stretches in the source, in the report's unit.
    pub source_covered: Vec<CoveredSpan>,
    /// Whether it is quoted, cited, both or neither.
    pub attribution: Attribution,
    /// The texts, if they were asked for.
    pub excerpts: Option<Excerpts>,
    /// The pages of the submission with it, if they are known.
    pub submission_pages: Option<PageRange>,
    /// The pages of the source with it, if they are known.
    pub source_pages: Option<PageRange>,
    /// The expected number of passages with at least its evidence that an unrelated submission of this length would have in
    /// this scope; `None` where texts are compared without a corpus. It is not the probability that the passage was or was not
    /// copied.
    pub expected_by_chance: Option<f64>,
}

/// The overlap of the submission with one source.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceOverlap {
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
    /// Words of the submission in the covered stretches of its passages, of the words considered.
    pub covered: Share,
    /// Of those, the words that no other source covers.
    pub unique_words: u64,
    /// Words of the source inside the covered stretches of its passages, of all its words.
    pub source_used: Share,
    /// In order of their place in the submission.
    pub passages: Vec<ReportedPassage>,
    /// The number of passages that are not listed.
    pub passages_cut: u64,
    /// Its address; empty if it has none.
    pub uri: String,
    /// When it was submitted, if that is known.
    pub submitted_at: Option<Timestamp>,
    /// Which is older, the submission or the source.
    pub older: AgeOrder,
}

/// A span that a passage covers: matched words and the short gaps between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct CoveredSpan {
    /// The span, in the report's unit.
    pub span: Span,
    /// Words inside it.
    pub words: u64,
}

impl CoveredSpan {
    /// Ranges of tokens with their lengths in words and their spans.
    pub(super) fn of(
        ranges: &[Range<u32>],
        lengths: &WordLengths,
        spans: impl Iterator<Item = Span>,
    ) -> Vec<Self> {
        let words = |range: &Range<u32>| u64::from(lengths.words(range));
        ranges.iter().zip(spans).map(|(range, span)| Self { span, words: words(range) }).collect()
    }
}

/// The revision of a partition of the sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartitionRevision {
    /// The partition; 0 where the sources are not divided.
    pub partition: u16,
    /// Its revision.
    pub revision: u64,
}

/// The report of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The guarantee.
    pub guarantee: Guarantee,
    /// The revision of the corpus; 0 in a comparison.
    pub corpus_revision: u64,
    /// The revision of each partition of the sources, in their order; empty in a comparison.
    pub partition_revisions: Vec<PartitionRevision>,
    /// The partitions that did not answer, in order: their sources were not compared.
    pub missing_partitions: Vec<u16>,
    /// The revision at which one of the collections that were read last changed; 0 in a comparison. With the same one
    /// and the same settings, all else in the report but `corpus_revision` is the same.
    pub scope_revision: u64,
    /// A digest of everything but the text and the corpus that it depends on.
    pub settings_digest: u128,
    /// The unit of all its offsets.
    pub offset_unit: OffsetUnit,
    /// Words in the submission.
    pub words: u64,
    /// Words that were too few to check.
    pub too_few_words: u64,
    /// Words covered, of the words considered.
    pub coverage: Share,
    /// Words covered if nothing were excluded, of all words; 0 of 0 if the submission was too short.
    pub coverage_without_exclusions: Share,
    /// The exclusions: sorted, disjoint.
    pub exclusions: Vec<Exclusion>,
    /// The alerts, with spans in the report's unit.
    pub alerts: Vec<Alert>,
    /// The union of the covered stretches of all passages, less the exclusions and their remnants.
    pub covered_spans: Vec<CoveredSpan>,
    /// The sources, those with the strongest evidence against chance first, then by covered words, collection and id.
    pub sources: Vec<SourceOverlap>,
    /// Sources with passages, in all.
    pub sources_found: u64,
    /// Passages, in all.
    pub passages_found: u64,
    /// Passages that the lists leave out, with their sources or by themselves.
    pub passages_cut: u64,
    /// Sources in scope.
    pub sources_in_scope: u64,
    /// Sources that shared enough fingerprints to be compared.
    pub candidates: u64,
    /// Candidates that were not compared.
    pub candidates_cut: u64,
    /// Parts of the request that name nothing.
    pub warnings: Warnings,
    /// Why the submission was not checked, if it was not: then the coverage says nothing.
    pub not_checked: Option<NotChecked>,
}

impl Report {
    /// Words of all exclusions.
    #[must_use]
    pub fn excluded_words(&self) -> u64 {
        self.exclusions.iter().map(|exclusion| exclusion.words).sum()
    }

    /// Sources that the list leaves out.
    #[must_use]
    pub fn sources_cut(&self) -> u64 {
        self.sources_found.saturating_sub(self.sources.len() as u64)
    }

    /// The report of a submission for which partitions of the corpus, of so many, did not answer: the guarantee does not hold
    /// anywhere.
    #[cfg(feature = "server")]
    #[must_use]
    pub(crate) fn without(mut self, missing: Vec<u16>, partitions: u16, submission: &str) -> Self {
        let mut spans = vec![Span { start: 0, end: u32::try_from(submission.len()).unwrap_or(u32::MAX) }];
        convert_spans(submission, self.offset_unit, &mut spans);
        let (reason, limit) = (VoidReason::MissingPartitions, u64::from(partitions));
        self.guarantee.voids.push(GuaranteeVoid { reason, limit, spans });
        self.missing_partitions = missing;
        self
    }
}

/// The limits of a report's lists. Its counts don't depend on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportLimits {
    /// Sources at most.
    pub max_sources: usize,
    /// Passages of each source at most.
    pub max_passages: usize,
}
