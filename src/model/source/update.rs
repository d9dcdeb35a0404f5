//! New values of what is known of a source.

use super::{Metadata, SourceRecord, Timestamp, Uri};
use crate::model::{Group, Labels, Title};

/// New values of some fields of a source; a field that is `None` keeps its value. The text stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct SourceUpdate {
    /// Its title.
    pub title: Option<Title>,
    /// Its group.
    pub group: Option<Group>,
    /// Its labels.
    pub labels: Option<Labels>,
    /// Its address.
    pub uri: Option<Uri>,
    /// When it was submitted; `Some(None)` if that is not known any more.
    #[cfg_attr(feature = "server", serde(default, with = "super::wire::new_time"))]
    pub submitted_at: Option<Option<Timestamp>>,
    /// Its metadata, as a whole.
    pub metadata: Option<Metadata>,
}

impl SourceUpdate {
    /// True if it updates no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The record with the new values. Its digest is the old one still.
    pub(crate) fn of(&self, record: &SourceRecord) -> SourceRecord {
        let Self { title, group, labels, uri, submitted_at, metadata } = self.clone();
        let mut new = record.clone();
        let SourceRecord {
            title: new_title,
            group: new_group,
            labels: new_labels,
            uri: new_uri,
            submitted_at: new_submitted_at,
            metadata: new_metadata,
            ..
        } = &mut new;
        set(new_title, title);
        set(new_group, group);
        set(new_labels, labels);
        set(new_uri, uri);
        set(new_submitted_at, submitted_at);
        set(new_metadata, metadata);
        new
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}
