//! Warnings: parts of a request that name nothing.

/// The kind of a warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub enum WarningKind {
    /// No collection in scope has a source with the id.
    UnknownSource,
    /// No source of the collections in scope is in the group.
    UnknownGroup,
    /// No source of the collections in scope has the label.
    UnknownLabel,
    /// No visible collection matches the pattern.
    NoCollection,
    /// No source is in scope; of all pairs, fewer than two.
    NoSources,
}

/// The part of a request that a warning is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub enum WarnedField {
    /// [`Scope::exclude_source_ids`](super::Scope::exclude_source_ids).
    ExcludeSourceIds,
    /// [`Scope::exclude_groups`](super::Scope::exclude_groups).
    ExcludeGroups,
    /// [`Scope::exclude_labels`](super::Scope::exclude_labels).
    ExcludeLabels,
    /// [`Scope::patterns`](super::Scope::patterns).
    Patterns,
    /// [`Scope::include_groups`](super::Scope::include_groups).
    IncludeGroups,
    /// [`Scope::include_labels`](super::Scope::include_labels).
    IncludeLabels,
    /// The groups of the submitter's own work.
    OwnGroups,
    /// The scope as a whole.
    Scope,
    /// The collection whose sources are compared with one another.
    Collection,
}

/// A part of a request that names nothing, and is probably a mistake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Warning {
    /// The part.
    pub field: WarnedField,
    /// The value; empty for the scope or the collection as a whole.
    pub value: String,
}

impl Warning {
    /// The kind.
    #[must_use]
    pub fn kind(&self) -> WarningKind {
        match self.field {
            WarnedField::ExcludeSourceIds => WarningKind::UnknownSource,
            WarnedField::ExcludeGroups | WarnedField::IncludeGroups | WarnedField::OwnGroups => {
                WarningKind::UnknownGroup
            }
            WarnedField::ExcludeLabels | WarnedField::IncludeLabels => WarningKind::UnknownLabel,
            WarnedField::Patterns => WarningKind::NoCollection,
            WarnedField::Scope | WarnedField::Collection => WarningKind::NoSources,
        }
    }
}

/// A sentence for people.
impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let value = &self.value;
        match self.field {
            WarnedField::ExcludeSourceIds => {
                write!(
                    f,
                    "no source in scope has the id {value:?}, so excluding it has no effect; check the id"
                )
            }
            WarnedField::ExcludeGroups => {
                write!(
                    f,
                    "no source in scope is in the group {value:?}, so excluding it has no effect; check the group"
                )
            }
            WarnedField::OwnGroups => {
                write!(
                    f,
                    "no source in scope is in the own group {value:?}, so it excludes nothing; check the group"
                )
            }
            WarnedField::IncludeGroups => {
                write!(
                    f,
                    "no source in scope is in the group {value:?}, so including it adds none; check the group"
                )
            }
            WarnedField::ExcludeLabels => {
                write!(
                    f,
                    "no source in scope has the label {value:?}, so excluding it has no effect; check the label"
                )
            }
            WarnedField::IncludeLabels => {
                write!(
                    f,
                    "no source in scope has the label {value:?}, so including it adds none; check the label"
                )
            }
            WarnedField::Patterns => {
                write!(f, "no collection has a name that begins with {value:?}; check the prefix")
            }
            WarnedField::Scope => {
                f.write_str("no source is in scope, so nothing was compared; add sources, or widen the scope")
            }
            WarnedField::Collection => f.write_str(
                "the collection has fewer than two sources to compare, so there are no pairs; add sources, or exclude fewer groups",
            ),
        }
    }
}

/// Warnings, the first of them listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Warnings {
    /// Those that are listed, sorted.
    pub listed: Vec<Warning>,
    /// The number of others.
    pub cut: u64,
}

impl Warnings {
    /// The most warnings that are listed.
    pub const MAX_LISTED: usize = 100;
}

impl Warnings {
    /// The same with some more.
    #[cfg(feature = "server")]
    pub(crate) fn and(self, more: Vec<Warning>) -> Self {
        let cut = self.cut;
        let all: Self = self.listed.into_iter().chain(more).collect();
        Self { cut: all.cut + cut, ..all }
    }
}

/// In any order.
impl FromIterator<Warning> for Warnings {
    fn from_iter<I: IntoIterator<Item = Warning>>(warnings: I) -> Self {
        let mut listed: Vec<Warning> = warnings.into_iter().collect();
        listed.sort_unstable();
        listed.dedup();
        let cut = listed.len().saturating_sub(Self::MAX_LISTED) as u64;
        listed.truncate(Self::MAX_LISTED);
        Self { listed, cut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_warnings_are_listed_and_the_others_counted() {
        let warning = |number| Warning { field: WarnedField::ExcludeGroups, value: format!("{number:03}") };
        let warnings: Warnings = (0..130).rev().chain(0..7).map(warning).collect();
        assert_eq!((warnings.listed.len(), warnings.cut), (100, 30));
        assert_eq!(warnings.listed.first(), Some(&warning(0)));
        assert!(warning(3).to_string().contains("\"003\"") && warning(3).kind() == WarningKind::UnknownGroup);
    }
}
