//! The collections that a caller may see.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use super::names::{CollectionName, InvalidValue};

/// A collection's name, `essays`, or the beginning of many, `team-a-*`; `*` alone stands for all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "server", serde(try_from = "String", into = "String"))]
pub struct Pattern {
    /// The name, or what names begin with.
    text: Arc<str>,
    is_prefix: bool,
}

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if no collection's name could match.
    pub fn new(pattern: &str) -> Result<Self, InvalidValue> {
        let (text, is_prefix) = pattern.strip_suffix('*').map_or((pattern, false), |text| (text, true));
        if !(is_prefix && text.is_empty()) {
            CollectionName::new(text)?;
        }
        Ok(Self { text: text.into(), is_prefix })
    }

    /// All collections.
    #[must_use]
    pub fn all() -> Self {
        Self { text: "".into(), is_prefix: true }
    }

    /// The collections whose names begin with `prefix`.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if no collection's name could begin with it, or if it is empty.
    pub fn prefix(prefix: &str) -> Result<Self, InvalidValue> {
        CollectionName::new(prefix)?;
        Ok(Self { text: prefix.into(), is_prefix: true })
    }

    /// The name, or the beginning of names.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// True if it matches every name.
    pub(crate) fn is_all(&self) -> bool {
        self.is_prefix && self.text.is_empty()
    }

    /// The pattern of the names that both match, if there can be any.
    fn common<'a>(&'a self, other: &'a Self) -> Option<&'a Self> {
        if self.covers(other) { Some(other) } else { other.covers(self).then_some(self) }
    }

    /// The matching ones of `names` from `after` on, in order. Names before and after are skipped by range.
    fn select<'a>(
        &'a self,
        names: &'a BTreeSet<CollectionName>,
        after: Option<&'a CollectionName>,
    ) -> impl Iterator<Item = &'a CollectionName> {
        let start = match after {
            Some(after) if *after.as_str() >= *self.text => Bound::Excluded(after.as_str()),
            _ => Bound::Included(&*self.text),
        };
        let from_there = names.range::<str, _>((start, Bound::Unbounded));
        from_there.take_while(|name| self.matches(name.as_str()))
    }

    fn matches(&self, name: &str) -> bool {
        if self.is_prefix { name.starts_with(&*self.text) } else { name == &*self.text }
    }

    /// True if it matches every name that the other one matches.
    fn covers(&self, other: &Self) -> bool {
        if self.is_prefix { other.text.starts_with(&*self.text) } else { self == other }
    }
}

impl std::str::FromStr for Pattern {
    type Err = InvalidValue;

    fn from_str(pattern: &str) -> Result<Self, InvalidValue> {
        Self::new(pattern)
    }
}

impl TryFrom<String> for Pattern {
    type Error = InvalidValue;

    fn try_from(pattern: String) -> Result<Self, InvalidValue> {
        Self::new(&pattern)
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.to_string()
    }
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.text, if self.is_prefix { "*" } else { "" })
    }
}

/// The collections that a caller may see. All others must look as if they did not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "server", serde(from = "Vec<Pattern>", into = "Vec<Pattern>"))]
pub struct Visibility {
    /// In order; none covers another, so that no name matches two.
    patterns: Arc<[Pattern]>,
}

impl Visibility {
    /// All collections.
    #[must_use]
    pub fn all() -> Self {
        Self { patterns: Arc::new([Pattern::all()]) }
    }

    /// The collections that one of the patterns matches.
    #[must_use]
    pub fn of(mut patterns: Vec<Pattern>) -> Self {
        patterns.sort();
        patterns.dedup();
        let is_needed =
            |pattern: &&Pattern| patterns.iter().all(|other| other == *pattern || !other.covers(pattern));
        Self { patterns: patterns.iter().filter(is_needed).cloned().collect() }
    }

    /// True if every collection is visible, present and future.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.patterns.iter().any(Pattern::is_all)
    }

    /// True if the collection is visible.
    #[must_use]
    pub fn shows(&self, name: &CollectionName) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(name.as_str()))
    }

    /// The visible ones of `names` after `after`, in order. Invisible names are skipped by range, so that they cost no
    /// time.
    pub(crate) fn select<'a>(
        &'a self,
        names: &'a BTreeSet<CollectionName>,
        after: Option<&'a CollectionName>,
    ) -> impl Iterator<Item = &'a CollectionName> {
        self.patterns.iter().flat_map(move |pattern| pattern.select(names, after))
    }

    /// The visible ones of `names` that match a pattern, in order. Others are skipped by range.
    pub(crate) fn select_matching<'a>(
        &'a self,
        names: &'a BTreeSet<CollectionName>,
        wanted: &'a Pattern,
    ) -> impl Iterator<Item = &'a CollectionName> {
        let common = self.patterns.iter().filter_map(|pattern| pattern.common(wanted));
        common.flat_map(|pattern| pattern.select(names, None))
    }
}

impl From<Vec<Pattern>> for Visibility {
    fn from(patterns: Vec<Pattern>) -> Self {
        Self::of(patterns)
    }
}

impl From<Visibility> for Vec<Pattern> {
    fn from(visibility: Visibility) -> Self {
        visibility.patterns.to_vec()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn visibility(patterns: &[&str]) -> Visibility {
        Visibility::of(patterns.iter().map(|pattern| Pattern::new(pattern).unwrap()).collect())
    }

    #[test]
    fn a_pattern_is_a_name_or_a_beginning() {
        for bad in ["", "a b", "**", "*a", "-*", "a*b", &"x".repeat(129)] {
            assert!(Pattern::new(bad).is_err(), "{bad:?}");
        }
        let name = |name: &str| CollectionName::new(name).unwrap();
        let some = visibility(&["essays", "team-a-*", "team-a-x"]);
        for (shown, wanted) in [("essays", true), ("essays2", false), ("team-a-", true), ("team-b-1", false)]
        {
            assert_eq!(some.shows(&name(shown)), wanted, "{shown}");
        }
        assert_eq!(some.patterns.len(), 2);
        assert!(!some.is_all() && visibility(&["x", "*"]).is_all() && Visibility::all().is_all());
        assert!(!visibility(&[]).shows(&name("default")));
        assert_eq!(Pattern::new("team-*").unwrap().to_string(), "team-*");
    }

    proptest! {
        /// Against looking at each name.
        #[test]
        fn selecting_gives_what_is_shown_in_order(
            patterns in prop::collection::vec("[ab]{1,3}\\*?", 0..4),
            names in prop::collection::btree_set("[ab]{1,4}", 0..20),
            after in prop::option::of("[ab]{1,4}"),
            wanted in "[ab]{1,3}\\*?|\\*",
        ) {
            let patterns = patterns.iter().map(|pattern| Pattern::new(pattern).unwrap()).collect();
            let visibility = Visibility::of(patterns);
            let names: BTreeSet<CollectionName> =
                names.iter().map(|name| CollectionName::new(name).unwrap()).collect();
            let after = after.map(|after| CollectionName::new(&after).unwrap());
            let is_after = |name: &&CollectionName| after.as_ref().is_none_or(|after| *name > after);
            let expected: Vec<_> =
                names.iter().filter(|name| visibility.shows(name)).filter(is_after).collect();
            let selected: Vec<_> = visibility.select(&names, after.as_ref()).collect();
            prop_assert_eq!(selected, expected);
            let wanted = Pattern::new(&wanted).unwrap();
            let matching: Vec<_> = visibility.select_matching(&names, &wanted).collect();
            let expected: Vec<_> = names
                .iter()
                .filter(|name| visibility.shows(name) && wanted.matches(name.as_str()))
                .collect();
            prop_assert_eq!(matching, expected);
        }
    }
}
