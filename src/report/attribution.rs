//! Attribution of passages: quoted, cited, both or neither.

use super::coverage::Coverage;
use super::draft::Draft;
use super::finding::FoundPassage;
use super::types::Attribution;
use crate::text::regions::{Citations, RegionKind};

/// The share of its covered words that makes a passage a quotation, as a fraction of these two numbers. A passage that begins or
/// ends a few words beyond the marks is one.
const QUOTED: (u64, u64) = (4, 5);

/// What passages of a submission are attributed by.
pub(super) struct Attributions<'a> {
    /// The words in quotations.
    quoted: Coverage,
    /// The words in bibliographies, which are references themselves.
    references: Coverage,
    citations: Citations<'a>,
    draft: &'a Draft<'a>,
}

impl<'a> Attributions<'a> {
    /// Linear in the submission.
    pub(super) fn new(draft: &'a Draft<'a>) -> Self {
        let words_in = |kind| {
            let regions = draft.regions.iter().filter(|region| region.kind == kind);
            Coverage::of(regions.map(|region| draft.tokenized.tokens_in(region.span)))
        };
        Self {
            quoted: words_in(RegionKind::Quotation),
            references: words_in(RegionKind::Bibliography),
            citations: Citations::new(draft.text, draft.regions),
            draft,
        }
    }

    /// The attribution of a passage. Linear in its stretches and the regions in it.
    pub(super) fn of(&self, found: &FoundPassage) -> Attribution {
        let covered = Coverage::of(found.stretches.iter().cloned());
        let span = &found.passage.submission;
        let most_in = |words: &Coverage| {
            let (inside, all) = (covered.common(&words.within(span)).tokens(), covered.tokens());
            all > 0 && inside * QUOTED.1 >= all * QUOTED.0
        };
        let is_quoted = most_in(&self.quoted);
        let bytes = self.draft.tokenized.span_of(span.clone());
        let is_cited = most_in(&self.references) || self.citations.cite(bytes, is_quoted);
        match (is_quoted, is_cited) {
            (false, false) => Attribution::None,
            (true, false) => Attribution::Quoted,
            (false, true) => Attribution::Cited,
            (true, true) => Attribution::CitedAndQuoted,
        }
    }
}
