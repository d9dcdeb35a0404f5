//! The places of a request's entries, for warnings about them.

use std::collections::HashMap;

use crate::engine::WarnedField;
use crate::proto;

/// The paths of the fields of a request that warnings may be about, and the places of their entries.
#[derive(Debug, Default)]
pub(in crate::service) struct Places {
    lists: Vec<List>,
    /// The path of what stands for the scope as a whole.
    scope: &'static str,
}

#[derive(Debug)]
struct List {
    field: WarnedField,
    path: &'static str,
    values: Vec<String>,
}

/// The place of an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::service) struct Place {
    /// The place of its list in the order of the contract.
    list: usize,
    /// Its place in the list.
    entry: usize,
    /// The path of the entry.
    pub(in crate::service) path: String,
}

impl Places {
    /// The places of a check.
    pub(super) fn of_check(scope: proto::Scope, options: proto::DetectionOptions) -> Self {
        let own_groups = options.exclusions.unwrap_or_default().own_groups;
        let lists = [
            (WarnedField::ExcludeSourceIds, "scope.exclude_source_ids", scope.exclude_source_ids),
            (WarnedField::ExcludeGroups, "scope.exclude_groups", scope.exclude_groups),
            (WarnedField::ExcludeLabels, "scope.exclude_labels", scope.exclude_labels),
            (WarnedField::Patterns, "scope.collection_prefixes", scope.collection_prefixes),
            (WarnedField::IncludeGroups, "scope.include_groups", scope.include_groups),
            (WarnedField::IncludeLabels, "scope.include_labels", scope.include_labels),
            (WarnedField::OwnGroups, "options.exclusions.own_groups", own_groups),
        ];
        let lists = lists.into_iter().map(|(field, path, values)| List { field, path, values });
        Self { lists: lists.collect(), scope: "scope" }
    }

    /// The places of a comparison of all pairs.
    pub(super) fn of_pairs(options: &proto::PairOptions) -> Self {
        let values = options.exclude_groups.clone();
        let list = List { field: WarnedField::ExcludeGroups, path: "options.exclude_groups", values };
        Self { lists: vec![list], scope: "collection" }
    }

    /// Finds the places of entries. Linear in the request.
    pub(in crate::service) fn index(&self) -> Index<'_> {
        let mut entries = HashMap::new();
        for (number, list) in self.lists.iter().enumerate() {
            for (place, value) in list.values.iter().enumerate() {
                entries.entry((list.field, value.as_str())).or_insert((number, place));
            }
        }
        Index { places: self, entries }
    }
}

/// Finds the place of an entry by its value.
pub(in crate::service) struct Index<'a> {
    places: &'a Places,
    entries: HashMap<(WarnedField, &'a str), (usize, usize)>,
}

impl Index<'_> {
    /// The place of a value of a field.
    pub(in crate::service) fn place(&self, field: WarnedField, value: &str) -> Place {
        let found = self.entries.get(&(field, value)).copied();
        let path = found.and_then(|(list, entry)| {
            let path = self.places.lists.get(list)?.path;
            Some(Place { list, entry, path: format!("{path}[{entry}]") })
        });
        let whole = || Place { list: usize::MAX, entry: 0, path: self.places.scope.to_owned() };
        path.unwrap_or_else(whole)
    }
}
