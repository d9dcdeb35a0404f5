//! What a caller may ask of a check.

use std::collections::BTreeSet;

use super::names::{CollectionName, Group, Label, SourceId};
use crate::text::OffsetUnit;

/// The sources that a check looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The collections.
    pub collections: BTreeSet<CollectionName>,
    /// Sources to leave out, in every collection.
    pub exclude_source_ids: BTreeSet<SourceId>,
    /// Groups whose sources to leave out.
    pub exclude_groups: BTreeSet<Group>,
    /// Labels whose sources to leave out.
    pub exclude_labels: BTreeSet<Label>,
}

impl Scope {
    /// Whether any source may be left out.
    pub(super) fn has_exclusions(&self) -> bool {
        !(self.exclude_source_ids.is_empty()
            && self.exclude_groups.is_empty()
            && self.exclude_labels.is_empty())
    }
}

/// The collection `default`, whole.
impl Default for Scope {
    fn default() -> Self {
        Self {
            collections: BTreeSet::from([CollectionName::default()]),
            exclude_source_ids: BTreeSet::new(),
            exclude_groups: BTreeSet::new(),
            exclude_labels: BTreeSet::new(),
        }
    }
}

/// Which passages are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DetectionMode {
    /// Runs of the same words only.
    VerbatimOnly,
    /// Besides, passages whose words came from the source with some replaced, moved, left out or condensed.
    #[default]
    AlteredToo,
}

/// What is left out of the count, of covered words and of considered words alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusions {
    /// Quotations: quoting is how one ought to use another's words.
    pub quotations: bool,
    /// Bibliographies: their entries are meant to be the same in every text.
    pub bibliography: bool,
    /// In-text citations.
    pub citations: bool,
    /// Texts of which what stands in the submission too is boilerplate.
    pub boilerplate_texts: Vec<String>,
    /// Collections of such texts.
    pub boilerplate_collections: BTreeSet<CollectionName>,
    /// Groups whose sources are the submitter's own earlier work.
    pub own_groups: BTreeSet<Group>,
}

impl Exclusions {
    /// Nothing is left out.
    #[must_use]
    pub fn none() -> Self {
        Self { quotations: false, bibliography: false, citations: false, ..Self::default() }
    }
}

/// Quotations, bibliographies and citations are left out.
impl Default for Exclusions {
    fn default() -> Self {
        Self {
            quotations: true,
            bibliography: true,
            citations: true,
            boilerplate_texts: Vec::new(),
            boilerplate_collections: BTreeSet::new(),
            own_groups: BTreeSet::new(),
        }
    }
}

/// How a check is done, and what its report holds.
#[derive(Debug, Clone, PartialEq)]
pub struct DetectionOptions {
    /// The fewest words of the submission in a passage; when not given, the guaranteed run, or the whole
    /// of a submission that has fewer. Shorter passages of at least the guaranteed run become exclusions.
    pub min_passage_words: Option<u32>,
    /// Which passages are looked for.
    pub mode: DetectionMode,
    /// Fingerprints that stand in more sources of a collection than this are left out.
    pub commonness_cap: Option<u32>,
    /// The same, in percent of the collection's sources. Where both are given, the lower one holds.
    pub commonness_percent: Option<f64>,
    /// What is left out of the count.
    pub exclusions: Exclusions,
    /// The unit of the report's offsets.
    pub offset_unit: OffsetUnit,
    /// Whether passages carry the texts inside their spans.
    pub include_excerpts: bool,
    /// The most sources in the report.
    pub max_sources: usize,
    /// The most passages of each source in the report.
    pub max_passages: usize,
}

impl DetectionOptions {
    /// The most sources that a fingerprint may stand in, in a collection of so many.
    pub(super) fn commonness_cap_of(&self, sources: u64) -> Option<u32> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share of at most 2^24 sources"
        )]
        let share = self.commonness_percent.map(|percent| ((sources as f64 * percent / 100.0) as u32).max(1));
        match (self.commonness_cap, share) {
            (Some(cap), Some(share)) => Some(cap.min(share)),
            (cap, share) => cap.or(share),
        }
    }
}

impl Default for DetectionOptions {
    fn default() -> Self {
        Self {
            min_passage_words: None,
            mode: DetectionMode::default(),
            commonness_cap: None,
            commonness_percent: None,
            exclusions: Exclusions::default(),
            offset_unit: OffsetUnit::default(),
            include_excerpts: false,
            max_sources: 100,
            max_passages: 1000,
        }
    }
}
