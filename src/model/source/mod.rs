//! The record of a source: everything known of it but its text.

mod filter;
mod metadata;
mod pages;
mod timestamp;
mod update;
#[cfg(feature = "server")]
mod wire;

use std::sync::Arc;

pub use self::filter::SourceFilter;
pub use self::metadata::{Metadata, MetadataEntry, MetadataKey, MetadataValue, Uri};
pub use self::pages::{InvalidPages, PageKind, PageRange, PageStart, Pages};
pub use self::timestamp::{TimeRange, Timestamp};
pub use self::update::SourceUpdate;
use super::names::{Group, Labels, SourceId, Title};

/// A source without its text. The catalogue, the store and reports share this one type.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct SourceRecord {
    /// Its id, unique in its collection.
    pub id: SourceId,
    /// Its title.
    pub title: Title,
    /// Its group.
    pub group: Group,
    /// Its labels.
    pub labels: Labels,
    /// Its address.
    pub uri: Uri,
    /// When it was submitted, if that is known.
    pub submitted_at: Option<Timestamp>,
    /// What its caller keeps with it.
    pub metadata: Metadata,
    /// The pages of the document that its text was extracted from; `None` if they are not known.
    pub pages: Option<Arc<Pages>>,
    /// When its id was added; not known of sources from before format 3 of the data directory.
    pub created_at: Option<Timestamp>,
    /// When it was added, replaced or updated last; not known where that was before format 3.
    pub updated_at: Option<Timestamp>,
    /// Words in its text.
    pub words: u64,
    /// Bytes of its text.
    pub text_bytes: u64,
    /// Its postings in the index.
    pub fingerprints: u64,
    /// The revision from which its text is there.
    pub added: u64,
    /// The revision from which this record is there: [`Self::added`], unless it was updated.
    pub changed: u64,
    /// A digest of its words in their order.
    pub words_digest: u128,
    /// A seeded digest of its text and of all that its caller gave with it but the id, byte for byte.
    pub content_digest: u128,
}

/// What a caller gives with the text of a source but its id, for digests.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Details<'a> {
    pub(crate) title: &'a Title,
    pub(crate) group: &'a Group,
    pub(crate) labels: &'a Labels,
    pub(crate) uri: &'a Uri,
    pub(crate) submitted_at: Option<Timestamp>,
    pub(crate) metadata: &'a Metadata,
    pub(crate) pages: Option<&'a Pages>,
}

impl SourceRecord {
    /// A record of an id and nothing else.
    pub(crate) fn of_id(id: SourceId) -> Self {
        Self {
            id,
            title: Title::default(),
            group: Group::default(),
            labels: Labels::default(),
            uri: Uri::default(),
            submitted_at: None,
            metadata: Metadata::default(),
            pages: None,
            created_at: None,
            updated_at: None,
            words: 0,
            text_bytes: 0,
            fingerprints: 0,
            added: 0,
            changed: 0,
            words_digest: 0,
            content_digest: 0,
        }
    }

    /// What its caller gave with the text.
    pub(crate) fn details(&self) -> Details<'_> {
        let Self { title, group, labels, uri, submitted_at, metadata, pages, .. } = self;
        let (submitted_at, pages) = (*submitted_at, pages.as_deref());
        Details { title, group, labels, uri, submitted_at, metadata, pages }
    }
}

/// A source to add.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct NewSource {
    /// Its id; a random one is assigned if there is none.
    pub id: Option<SourceId>,
    /// Its title.
    pub title: Title,
    /// Its group.
    pub group: Group,
    /// Its labels.
    pub labels: Labels,
    /// Its address.
    pub uri: Uri,
    /// When it was submitted, if that is known.
    pub submitted_at: Option<Timestamp>,
    /// What its caller keeps with it.
    pub metadata: Metadata,
    /// The pages of the document that its text was extracted from; `None` if they are not known.
    pub pages: Option<Arc<Pages>>,
    /// Its text.
    pub text: String,
}

impl NewSource {
    /// A source with a text and nothing else.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// With this id.
    #[must_use]
    pub fn with_id(self, id: SourceId) -> Self {
        Self { id: Some(id), ..self }
    }

    /// With this title.
    #[must_use]
    pub fn with_title(self, title: Title) -> Self {
        Self { title, ..self }
    }

    /// In this group.
    #[must_use]
    pub fn with_group(self, group: Group) -> Self {
        Self { group, ..self }
    }

    /// With these labels.
    #[must_use]
    pub fn with_labels(self, labels: Labels) -> Self {
        Self { labels, ..self }
    }

    /// With this address.
    #[must_use]
    pub fn with_uri(self, uri: Uri) -> Self {
        Self { uri, ..self }
    }

    /// Submitted at this time.
    #[must_use]
    pub fn submitted_at(self, time: Timestamp) -> Self {
        Self { submitted_at: Some(time), ..self }
    }

    /// With this metadata.
    #[must_use]
    pub fn with_metadata(self, metadata: Metadata) -> Self {
        Self { metadata, ..self }
    }

    /// With the pages of its document.
    #[must_use]
    pub fn with_pages(self, pages: Pages) -> Self {
        Self { pages: (!pages.is_empty()).then(|| Arc::new(pages)), ..self }
    }

    /// What its caller gives with the text.
    pub(crate) fn details(&self) -> Details<'_> {
        let Self { id: _, title, group, labels, uri, submitted_at, metadata, pages, text: _ } = self;
        let (submitted_at, pages) = (*submitted_at, pages.as_deref());
        Details { title, group, labels, uri, submitted_at, metadata, pages }
    }
}

/// The handling of a source whose id is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub enum IfExists {
    /// Fail and keep the old source.
    #[default]
    Reject,
    /// Replace the old source.
    Replace,
    /// Keep the old source; fail unless the two are equal in every byte.
    RejectDifferent,
    /// Replace the old source unless the two are equal in every byte.
    ReplaceDifferent,
}

impl IfExists {
    /// True if an equal source is kept instead of replaced.
    pub(crate) fn keeps_equal(self) -> bool {
        matches!(self, Self::RejectDifferent | Self::ReplaceDifferent)
    }

    /// True if a different source is replaced.
    pub(crate) fn replaces(self) -> bool {
        matches!(self, Self::Replace | Self::ReplaceDifferent)
    }

    /// A name for digests that are stored. It must never change.
    pub(crate) const fn stable_name(self) -> &'static str {
        match self {
            Self::Reject => "Reject",
            Self::Replace => "Replace",
            Self::RejectDifferent => "RejectDifferent",
            Self::ReplaceDifferent => "ReplaceDifferent",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_stored_digests_stay_as_they_were() {
        let all =
            [IfExists::Reject, IfExists::Replace, IfExists::RejectDifferent, IfExists::ReplaceDifferent];
        let names = all.map(IfExists::stable_name);
        assert_eq!(names, ["Reject", "Replace", "RejectDifferent", "ReplaceDifferent"]);
    }
}
