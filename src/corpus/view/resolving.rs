//! What a view is made for: names are resolved, and those that name nothing are found.

use std::collections::BTreeSet;

use super::super::catalogue::Catalogue;
use super::super::error::Error;
use super::super::state::Corpus;
use crate::model::{CollectionName, Group, Label, Scope, SourceId, SourceName, WarnedField, Warning};

/// What a view is made for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ViewRequest<'a> {
    /// The scope.
    pub(crate) scope: &'a Scope,
    /// Other collections, such as boilerplate.
    pub(crate) others: &'a BTreeSet<CollectionName>,
    /// Groups that sources in scope should be in.
    pub(crate) own_groups: &'a BTreeSet<Group>,
    /// Sources to find, in scope or not.
    pub(crate) sources: &'a [SourceName],
}

impl Corpus {
    /// The collections of a scope, and the patterns without any. The caller holds the revision.
    pub(in crate::corpus) fn resolve(
        &self,
        scope: &Scope,
    ) -> Result<(BTreeSet<CollectionName>, Vec<Warning>), Error> {
        let (mut collections, mut empty) = (scope.collections.clone(), Vec::new());
        if scope.patterns.is_empty() {
            return Ok((collections, empty));
        }
        let names = self.names.read();
        for pattern in &scope.patterns {
            let mut any = false;
            for name in scope.visible.select_matching(&names, pattern) {
                any = true;
                collections.insert(name.clone());
                if collections.len() > Scope::MAX_COLLECTIONS {
                    return Err(Error::TooManyCollectionsInScope { max_collections: Scope::MAX_COLLECTIONS });
                }
            }
            if !any && !pattern.is_all() {
                empty.push(Warning { field: WarnedField::Patterns, value: pattern.text().to_owned() });
            }
        }
        Ok((collections, empty))
    }
}

/// The names of a request that no collection in scope knows so far.
pub(super) struct Unknown<'a> {
    exclude_source_ids: Vec<&'a SourceId>,
    exclude_groups: Vec<&'a Group>,
    exclude_labels: Vec<&'a Label>,
    include_groups: Vec<&'a Group>,
    include_labels: Vec<&'a Label>,
    own_groups: Vec<&'a Group>,
}

impl<'a> Unknown<'a> {
    /// All names of a request.
    pub(super) fn all_of(request: &ViewRequest<'a>) -> Self {
        let ViewRequest { scope, own_groups, .. } = *request;
        Self {
            exclude_source_ids: scope.exclude_source_ids.iter().collect(),
            exclude_groups: scope.exclude_groups.iter().collect(),
            exclude_labels: scope.exclude_labels.iter().collect(),
            include_groups: scope.include_groups.iter().collect(),
            include_labels: scope.include_labels.iter().collect(),
            own_groups: own_groups.iter().collect(),
        }
    }

    /// Drops the names that a collection knows now. Linear in the names that are left.
    pub(super) fn drop_known(&mut self, catalogue: &Catalogue) {
        self.exclude_source_ids.retain(|id| catalogue.get(id).is_none());
        for groups in [&mut self.exclude_groups, &mut self.include_groups, &mut self.own_groups] {
            groups.retain(|group| !catalogue.has_group(group));
        }
        for labels in [&mut self.exclude_labels, &mut self.include_labels] {
            labels.retain(|label| !catalogue.has_label(label));
        }
    }

    /// The warnings about those that are left.
    pub(super) fn into_warnings(self) -> impl Iterator<Item = Warning> + use<'a> {
        let warning = |field| move |value: &str| Warning { field, value: value.to_owned() };
        let ids = self.exclude_source_ids.into_iter().map(SourceId::as_str);
        let groups = |groups: Vec<&'a Group>| groups.into_iter().map(Group::as_str);
        let labels = |labels: Vec<&'a Label>| labels.into_iter().map(Label::as_str);
        ids.map(warning(WarnedField::ExcludeSourceIds))
            .chain(groups(self.exclude_groups).map(warning(WarnedField::ExcludeGroups)))
            .chain(labels(self.exclude_labels).map(warning(WarnedField::ExcludeLabels)))
            .chain(groups(self.include_groups).map(warning(WarnedField::IncludeGroups)))
            .chain(labels(self.include_labels).map(warning(WarnedField::IncludeLabels)))
            .chain(groups(self.own_groups).map(warning(WarnedField::OwnGroups)))
    }
}
