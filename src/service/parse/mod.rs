//! Requests to the engine's types. Every invalid field of a request is named at once.

pub(super) mod corpus;
pub(super) mod detection;
pub(super) mod grammar;
pub(super) mod pairs;
pub(super) mod places;
pub(super) mod related;
pub(super) mod rendering;
pub(super) mod scales;
pub(super) mod sources;
pub(super) mod writing;

use std::collections::BTreeSet;
use std::fmt::Display;
use std::ops::RangeInclusive;

use super::problem::{Problem, Violation};
use crate::engine::{
    CollectionName, Group, InvalidValue, Label, Labels, RequestId, RequestKey, SourceId, Timestamp,
};

/// Collects the violations of one request.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<Violation>);

impl Fields {
    /// Returns the value, or else its default with a violation noted. [`Self::done`] discards the default.
    pub(in crate::service) fn get<T: Default, E: Display>(
        &mut self,
        field: impl Into<String>,
        value: Result<T, E>,
    ) -> T {
        value.unwrap_or_else(|error| {
            self.invalid(field, error.to_string());
            T::default()
        })
    }

    /// Notes a violation.
    pub(in crate::service) fn invalid(&mut self, field: impl Into<String>, description: impl Into<String>) {
        self.0.push(Violation { field: field.into(), description: description.into() });
    }

    /// Checks that an optional number is in `range`.
    fn number(&mut self, field: &str, value: Option<u32>, range: RangeInclusive<u32>) -> Option<u32> {
        if let Some(value) = value.filter(|value| !range.contains(value)) {
            let (min, max) = (range.start(), range.end());
            self.invalid(field, format!("is {value}, but must be from {min} to {max}"));
        }
        value
    }

    /// Returns `parsed`, or the violations if there are any.
    pub(in crate::service) fn done<T>(self, parsed: T) -> Result<T, Problem> {
        if self.0.is_empty() { Ok(parsed) } else { Err(Problem::invalid(self.0)) }
    }

    /// The violations, of which there are some.
    fn refused(self) -> Problem {
        Problem::invalid(self.0)
    }

    /// A collection's name; `default` if empty.
    fn collection(&mut self, field: &str, name: &str) -> CollectionName {
        if name.is_empty() { CollectionName::default() } else { self.get(field, CollectionName::new(name)) }
    }

    /// The key under which a request is done once; `None` if the caller gave no id.
    fn request_key(&mut self, owner: &str, request_id: &str) -> Option<RequestKey> {
        if request_id.is_empty() {
            return None;
        }
        let id = self.get("request_id", RequestId::new(request_id).map(Some));
        id.map(|id| RequestKey::new(owner, id))
    }

    fn source_id(&mut self, field: &str, id: &str) -> Option<SourceId> {
        self.get(field, SourceId::new(id).map(Some))
    }

    fn labels(&mut self, field: &str, labels: &[String]) -> Labels {
        let parsed: Vec<Label> = labels
            .iter()
            .enumerate()
            .filter_map(|(place, label)| self.get(format!("{field}[{place}]"), Label::new(label).map(Some)))
            .collect();
        self.get(field, Labels::new(parsed))
    }

    /// A time; `None` if it is unset.
    fn time(&mut self, field: &str, time: Option<prost_types::Timestamp>) -> Option<Timestamp> {
        let prost_types::Timestamp { seconds, nanos } = time?;
        self.get(field, Timestamp::new(seconds, nanos).map(Some))
    }

    /// A bounded list without repeated entries.
    fn set<T: Ord, E: Display>(
        &mut self,
        field: &str,
        values: &[String],
        max_count: usize,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> BTreeSet<T> {
        if values.len() > max_count {
            self.invalid(field, format!("has {} entries, but may have {max_count} at most", values.len()));
            return BTreeSet::new();
        }
        let mut set = BTreeSet::new();
        for (place, value) in values.iter().enumerate() {
            let entry = format!("{field}[{place}]");
            if let Some(value) = self.get(entry.as_str(), parse(value).map(Some))
                && !set.insert(value)
            {
                self.invalid(entry, "stands in the list already; remove it");
            }
        }
        set
    }
}

/// A group's name, which must not be empty.
fn group(group: &str) -> Result<Group, InvalidValue> {
    if group.is_empty() { Err(InvalidValue::Empty) } else { Group::new(group) }
}
