//! The sources that a check looks at.

use std::collections::BTreeSet;

use super::names::{CollectionName, Group, Label, SourceId};
use super::setters;

/// The sources that a check looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The collections.
    pub collections: BTreeSet<CollectionName>,
    /// Sources to leave out, in every collection.
    pub exclude_source_ids: BTreeSet<SourceId>,
    /// Groups whose sources are left out.
    pub exclude_groups: BTreeSet<Group>,
    /// Labels whose sources are left out.
    pub exclude_labels: BTreeSet<Label>,
}

impl Scope {
    /// The whole of some collections.
    #[must_use]
    pub fn of(collections: impl IntoIterator<Item = CollectionName>) -> Self {
        Self { collections: collections.into_iter().collect(), ..Self::default() }
    }

    /// True if some sources may be left out.
    pub(crate) fn has_exclusions(&self) -> bool {
        !(self.exclude_source_ids.is_empty()
            && self.exclude_groups.is_empty()
            && self.exclude_labels.is_empty())
    }
}

setters!(Scope {
    with_collections: collections: BTreeSet<CollectionName>,
    with_exclude_source_ids: exclude_source_ids: BTreeSet<SourceId>,
    with_exclude_groups: exclude_groups: BTreeSet<Group>,
    with_exclude_labels: exclude_labels: BTreeSet<Label>,
});

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
