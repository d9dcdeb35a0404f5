//! The sources that a check looks at.

use std::collections::BTreeSet;

use super::names::{CollectionName, Group, Label, SourceId};
use super::setters;
use super::visibility::{Pattern, Visibility};

/// The name of a source: its collection and its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct SourceName {
    /// The collection.
    pub collection: CollectionName,
    /// The id.
    pub id: SourceId,
}

/// The sources that a check looks at: those of the collections that are named or match a pattern, as far as an inclusion of
/// each given kind and no exclusion names them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Scope {
    /// The collections, by name.
    pub collections: BTreeSet<CollectionName>,
    /// Patterns of more collections: those that match when the check begins.
    pub patterns: BTreeSet<Pattern>,
    /// The collections that patterns may match.
    pub visible: Visibility,
    /// Sources to leave out, in every collection.
    pub exclude_source_ids: BTreeSet<SourceId>,
    /// Groups whose sources are left out.
    pub exclude_groups: BTreeSet<Group>,
    /// Labels whose sources are left out.
    pub exclude_labels: BTreeSet<Label>,
    /// Groups whose sources are looked at; all sources if empty.
    pub include_groups: BTreeSet<Group>,
    /// Labels whose sources are looked at; all sources if empty.
    pub include_labels: BTreeSet<Label>,
    /// One source to leave out, in its own collection only.
    pub exclude_source: Option<SourceName>,
}

impl Scope {
    /// The most collections of a scope that has patterns.
    pub const MAX_COLLECTIONS: usize = 1000;

    /// The whole of some collections.
    #[must_use]
    pub fn of(collections: impl IntoIterator<Item = CollectionName>) -> Self {
        Self { collections: collections.into_iter().collect(), ..Self::default() }
    }

    /// True if sources may be left out by their ids, groups or labels.
    pub(crate) fn has_exclusions(&self) -> bool {
        !(self.exclude_source_ids.is_empty()
            && self.exclude_groups.is_empty()
            && self.exclude_labels.is_empty())
    }

    /// True if only sources of some groups or with some labels are looked at.
    pub(crate) fn has_inclusions(&self) -> bool {
        !(self.include_groups.is_empty() && self.include_labels.is_empty())
    }
}

setters!(Scope {
    with_collections: collections: BTreeSet<CollectionName>,
    with_patterns: patterns: BTreeSet<Pattern>,
    with_visible: visible: Visibility,
    with_exclude_source_ids: exclude_source_ids: BTreeSet<SourceId>,
    with_exclude_groups: exclude_groups: BTreeSet<Group>,
    with_exclude_labels: exclude_labels: BTreeSet<Label>,
    with_include_groups: include_groups: BTreeSet<Group>,
    with_include_labels: include_labels: BTreeSet<Label>,
    with_exclude_source: exclude_source: Option<SourceName>,
});

/// The collection `default`, whole.
impl Default for Scope {
    fn default() -> Self {
        Self {
            collections: BTreeSet::from([CollectionName::default()]),
            patterns: BTreeSet::new(),
            visible: Visibility::all(),
            exclude_source_ids: BTreeSet::new(),
            exclude_groups: BTreeSet::new(),
            exclude_labels: BTreeSet::new(),
            include_groups: BTreeSet::new(),
            include_labels: BTreeSet::new(),
            exclude_source: None,
        }
    }
}
