//! The record of a source: everything known of it but its text.

use super::names::{Group, Labels, SourceId, Title};

/// A source without its text. The catalogue, the store and reports share this one type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRecord {
    /// Its id, unique in its collection.
    pub id: SourceId,
    /// Its title.
    pub title: Title,
    /// Its group.
    pub group: Group,
    /// Its labels.
    pub labels: Labels,
    /// Words in its text.
    pub words: u64,
    /// Bytes of its text.
    pub text_bytes: u64,
    /// Its postings in the index.
    pub fingerprints: u64,
    /// The revision from which it is there.
    pub added: u64,
    /// A digest of its words in their order.
    pub words_digest: u128,
    /// A seeded digest of its text, title, group and labels, byte for byte.
    pub content_digest: u128,
}

/// A source to add.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewSource {
    /// Its id; a random one is assigned if there is none.
    pub id: Option<SourceId>,
    /// Its title.
    pub title: Title,
    /// Its group.
    pub group: Group,
    /// Its labels.
    pub labels: Labels,
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
}

/// The handling of a source whose id is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
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
