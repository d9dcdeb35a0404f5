//! Selecting sources of a collection by what is known of them.

use std::collections::BTreeSet;

use super::{SourceRecord, TimeRange};
use crate::model::{Group, Label};

/// Selects sources. A source matches if it fulfils every condition that is set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct SourceFilter {
    /// The beginning of its id; empty for any.
    pub id_prefix: String,
    /// It is in one of these groups; empty for any.
    pub groups: BTreeSet<Group>,
    /// It has one of these labels; empty for any.
    pub labels: BTreeSet<Label>,
    /// When it was submitted.
    pub submitted: TimeRange,
    /// When it was created.
    pub created: TimeRange,
}

impl SourceFilter {
    /// True if every source matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { id_prefix, groups, labels, submitted, created } = self;
        id_prefix.is_empty()
            && groups.is_empty()
            && labels.is_empty()
            && submitted.is_unbounded()
            && created.is_unbounded()
    }

    /// True if a source matches.
    #[must_use]
    pub fn matches(&self, source: &SourceRecord) -> bool {
        let Self { id_prefix, groups, labels, submitted, created } = self;
        let has_label = || source.labels.as_slice().iter().any(|label| labels.contains(label));
        source.id.as_str().starts_with(id_prefix.as_str())
            && (groups.is_empty() || groups.contains(&source.group))
            && (labels.is_empty() || has_label())
            && submitted.contains(source.submitted_at)
            && created.contains(source.created_at)
    }

    /// The filter as bytes, for digests that are stored: they must never change. Equal filters have equal bytes, different
    /// ones different bytes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let Self { id_prefix, groups, labels, submitted, created } = self;
        let mut bytes = Vec::new();
        let mut text = |text: &str| {
            bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
            bytes.extend_from_slice(text.as_bytes());
        };
        text(id_prefix);
        for group in groups {
            text(group.as_str());
        }
        // No group is empty.
        text("");
        for label in labels {
            text(label.as_str());
        }
        text("");
        for time in [submitted.from, submitted.before, created.from, created.before] {
            bytes.push(u8::from(time.is_some()));
            if let Some(time) = time {
                bytes.extend_from_slice(&time.seconds().to_le_bytes());
                bytes.extend_from_slice(&time.nanos().to_le_bytes());
            }
        }
        bytes
    }
}
