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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DetectionMode {
    /// Runs of the same words only.
    VerbatimOnly,
    /// Such runs, merged where up to this many words were replaced, inserted or left out between them.
    AlteredToo {
        /// The most words, on either side, that are bridged.
        max_gap_words: u32,
    },
}

impl DetectionMode {
    /// What `max_gap_words` is by default.
    pub const DEFAULT_GAP_WORDS: u32 = 8;

    pub(super) fn max_gap_tokens(self) -> u32 {
        match self {
            Self::VerbatimOnly => 0,
            Self::AlteredToo { max_gap_words } => max_gap_words,
        }
    }
}

impl Default for DetectionMode {
    fn default() -> Self {
        Self::AlteredToo { max_gap_words: Self::DEFAULT_GAP_WORDS }
    }
}

/// How a check is done, and what its report holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DetectionOptions {
    /// The fewest words of the submission in a passage; when not given, the guaranteed run, or the whole
    /// of a submission that has fewer.
    pub min_passage_words: Option<u32>,
    /// Which passages are looked for.
    pub mode: DetectionMode,
    /// Fingerprints that stand in more sources of a collection than this are left out.
    pub commonness_cap: Option<u32>,
    /// The unit of the report's offsets.
    pub offset_unit: OffsetUnit,
    /// Whether passages carry the texts inside their spans.
    pub include_excerpts: bool,
    /// The most sources in the report.
    pub max_sources: usize,
    /// The most passages of each source in the report.
    pub max_passages: usize,
}

impl Default for DetectionOptions {
    fn default() -> Self {
        Self {
            min_passage_words: None,
            mode: DetectionMode::default(),
            commonness_cap: None,
            offset_unit: OffsetUnit::default(),
            include_excerpts: false,
            max_sources: 100,
            max_passages: 1000,
        }
    }
}
