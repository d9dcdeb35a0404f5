//! The options of a check.

use std::collections::BTreeSet;

use crate::model::{CollectionName, Group, Timestamp, setters};
use crate::text::OffsetUnit;

/// The passages that a check looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub enum DetectionMode {
    /// Exact runs of words only.
    VerbatimOnly,
    /// Also passages whose words came from the source with some replaced, moved, left out or condensed.
    #[default]
    AlteredToo,
}

/// Exclusions: words that count neither as covered nor as considered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Exclusions {
    /// Quotations, the proper use of another's words.
    pub quotations: bool,
    /// Bibliographies, whose entries are the same in every text.
    pub bibliography: bool,
    /// In-text citations.
    pub citations: bool,
    /// Texts of boilerplate; what matches them exactly and in their order is excluded.
    pub boilerplate_texts: Vec<String>,
    /// Collections of such texts.
    pub boilerplate_collections: BTreeSet<CollectionName>,
    /// Groups whose sources are the submitter's own earlier work.
    pub own_groups: BTreeSet<Group>,
}

impl Exclusions {
    /// No exclusions.
    #[must_use]
    pub fn none() -> Self {
        Self { quotations: false, bibliography: false, citations: false, ..Self::default() }
    }

    /// Whether quotations, bibliographies or citations are excluded.
    pub(super) fn have_regions(&self) -> bool {
        self.quotations || self.bibliography || self.citations
    }

    /// Whether a group is one of the submitter's own.
    pub(super) fn is_own(&self, group: &str) -> bool {
        self.own_groups.iter().any(|own| own.as_str() == group)
    }
}

setters!(Exclusions {
    with_quotations: quotations: bool,
    with_bibliography: bibliography: bool,
    with_citations: citations: bool,
    with_boilerplate_texts: boilerplate_texts: Vec<String>,
    with_boilerplate_collections: boilerplate_collections: BTreeSet<CollectionName>,
    with_own_groups: own_groups: BTreeSet<Group>,
});

/// Quotations, bibliographies and citations are excluded.
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

/// The options of a check and of its report.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct DetectionOptions {
    /// The smallest number of words of the submission in a passage; by default the guaranteed run, or the whole of a
    /// shorter submission. Shorter passages of at least the guaranteed run become exclusions.
    pub min_passage_words: Option<u32>,
    /// The passages that are looked for.
    pub mode: DetectionMode,
    /// Fingerprints in more sources of a collection than this are excluded.
    pub commonness_cap: Option<u32>,
    /// The same, in percent of the collection's sources. If both are given, the lower one is used.
    pub commonness_percent: Option<f64>,
    /// Passages of which chance produces more than this are [commonplace](crate::report::ExclusionReason::Commonplace).
    pub max_expected_by_chance: f64,
    /// The exclusions.
    pub exclusions: Exclusions,
    /// The unit of the report's offsets.
    pub offset_unit: OffsetUnit,
    /// True if passages include the texts inside their spans.
    pub include_excerpts: bool,
    /// The largest number of sources in the report.
    pub max_sources: usize,
    /// The largest number of passages of each source in the report.
    pub max_passages: usize,
    /// When the submission was handed in, if that is known; of a stored source its own time unless this is set.
    pub submitted_at: Option<Timestamp>,
    /// Whether a cluster may leave out partitions of the corpus that no node answers for. The report says so.
    pub allow_partial: bool,
}

impl DetectionOptions {
    /// The default of [`Self::max_expected_by_chance`]: one such passage in twenty checks of texts that copied nothing.
    pub const MAX_EXPECTED_BY_CHANCE: f64 = 0.05;

    /// The largest number of sources that a fingerprint may be in, in a collection of so many.
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

setters!(DetectionOptions {
    with_min_passage_words: min_passage_words: Option<u32>,
    with_mode: mode: DetectionMode,
    with_commonness_cap: commonness_cap: Option<u32>,
    with_commonness_percent: commonness_percent: Option<f64>,
    with_max_expected_by_chance: max_expected_by_chance: f64,
    with_exclusions: exclusions: Exclusions,
    with_offset_unit: offset_unit: OffsetUnit,
    with_include_excerpts: include_excerpts: bool,
    with_max_sources: max_sources: usize,
    with_max_passages: max_passages: usize,
    with_submitted_at: submitted_at: Option<Timestamp>,
    with_allow_partial: allow_partial: bool,
});

impl Default for DetectionOptions {
    fn default() -> Self {
        Self {
            min_passage_words: None,
            mode: DetectionMode::default(),
            commonness_cap: None,
            commonness_percent: None,
            max_expected_by_chance: Self::MAX_EXPECTED_BY_CHANCE,
            exclusions: Exclusions::default(),
            offset_unit: OffsetUnit::default(),
            include_excerpts: false,
            max_sources: 100,
            max_passages: 1000,
            submitted_at: None,
            allow_partial: false,
        }
    }
}
