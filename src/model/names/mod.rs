//! Names that callers give. Each type checks its rules when it is built, so that a value is always valid.

mod invalid;

use std::sync::Arc;

pub use self::invalid::InvalidValue;
pub(super) use self::invalid::{bounded, not_empty, without_controls};

/// Conversions and views that all checked strings have.
macro_rules! checked_string {
    ($name:ident) => {
        impl $name {
            /// The value as a string slice.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidValue;

            fn from_str(value: &str) -> Result<Self, InvalidValue> {
                Self::new(value)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = InvalidValue;

            fn try_from(value: &str) -> Result<Self, InvalidValue> {
                Self::new(value)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidValue;

            fn try_from(value: String) -> Result<Self, InvalidValue> {
                Self::new(&value)
            }
        }

        #[cfg(feature = "server")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        #[cfg(feature = "server")]
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let value = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::new(&value).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(super) use checked_string;

/// The name of a collection: 1 to 128 of `a-z`, `A-Z`, `0-9`, `.`, `_` and `-`, the first a letter or a
/// digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CollectionName(Arc<str>);

checked_string!(CollectionName);

impl CollectionName {
    /// The longest name, in bytes.
    pub const MAX_BYTES: usize = 128;

    /// Checks a name.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the name breaks the rules.
    pub fn new(name: &str) -> Result<Self, InvalidValue> {
        not_empty(name)?;
        bounded(name, Self::MAX_BYTES)?;
        let allowed =
            |byte: usize, c: char| c.is_ascii_alphanumeric() || byte > 0 && matches!(c, '.' | '_' | '-');
        match name.char_indices().find(|(byte, c)| !allowed(*byte, *c)) {
            Some((byte, character)) => Err(InvalidValue::NotAName { character, byte }),
            None => Ok(Self(name.into())),
        }
    }
}

/// A name orders and hashes as its string does, so that maps can be searched with a string slice.
impl std::borrow::Borrow<str> for CollectionName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// `default`, the collection that exists from the start.
impl Default for CollectionName {
    fn default() -> Self {
        Self("default".into())
    }
}

/// The id of a source, unique in its collection: 1 to 512 bytes without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(Arc<str>);

checked_string!(SourceId);

impl SourceId {
    /// The longest id, in bytes.
    pub const MAX_BYTES: usize = 512;

    /// Checks an id.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the id breaks the rules.
    pub fn new(id: &str) -> Result<Self, InvalidValue> {
        not_empty(id)?;
        bounded(id, Self::MAX_BYTES)?;
        without_controls(id)?;
        Ok(Self(id.into()))
    }
}

/// An id orders and hashes as its string does, so that maps can be searched with a string slice.
impl std::borrow::Borrow<str> for SourceId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A title for people: up to 1024 bytes without control characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Title(Box<str>);

checked_string!(Title);

impl Title {
    /// The longest title, in bytes.
    pub const MAX_BYTES: usize = 1024;

    /// Checks a title.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the title breaks the rules.
    pub fn new(title: &str) -> Result<Self, InvalidValue> {
        bounded(title, Self::MAX_BYTES)?;
        without_controls(title)?;
        Ok(Self(title.into()))
    }
}

/// The group of a source, such as its author: up to 512 bytes without control characters; empty for none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Group(Box<str>);

checked_string!(Group);

impl Group {
    /// The longest group, in bytes.
    pub const MAX_BYTES: usize = 512;

    /// Checks a group.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the group breaks the rules.
    pub fn new(group: &str) -> Result<Self, InvalidValue> {
        bounded(group, Self::MAX_BYTES)?;
        without_controls(group)?;
        Ok(Self(group.into()))
    }
}

/// A label of a source: 1 to 128 bytes without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(Box<str>);

checked_string!(Label);

impl Label {
    /// The longest label, in bytes.
    pub const MAX_BYTES: usize = 128;

    /// Checks a label.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the label breaks the rules.
    pub fn new(label: &str) -> Result<Self, InvalidValue> {
        not_empty(label)?;
        bounded(label, Self::MAX_BYTES)?;
        without_controls(label)?;
        Ok(Self(label.into()))
    }
}

/// The labels of a source: up to 64, sorted, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "server", serde(try_from = "Vec<Label>"))]
pub struct Labels(Box<[Label]>);

impl Labels {
    /// The largest number of labels.
    pub const MAX_COUNT: usize = 64;

    /// Sorts labels and removes repetitions.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::TooMany`] if there are more than [`Self::MAX_COUNT`].
    pub fn new(mut labels: Vec<Label>) -> Result<Self, InvalidValue> {
        if labels.len() > Self::MAX_COUNT {
            return Err(InvalidValue::TooMany { count: labels.len(), max_count: Self::MAX_COUNT });
        }
        labels.sort_unstable();
        labels.dedup();
        Ok(Self(labels.into()))
    }

    /// The labels, sorted.
    #[must_use]
    pub fn as_slice(&self) -> &[Label] {
        &self.0
    }
}

impl TryFrom<Vec<Label>> for Labels {
    type Error = InvalidValue;

    fn try_from(labels: Vec<Label>) -> Result<Self, InvalidValue> {
        Self::new(labels)
    }
}

/// The id that a caller gives a request, so that it is done once however often it is sent: 1 to 64 visible ASCII
/// characters. A random UUID is best.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(Box<str>);

checked_string!(RequestId);

impl RequestId {
    /// The longest id, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// Checks an id.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the id breaks the rules.
    pub fn new(id: &str) -> Result<Self, InvalidValue> {
        not_empty(id)?;
        if let Some((byte, character)) = id.char_indices().find(|(_, c)| !c.is_ascii_graphic()) {
            return Err(InvalidValue::NotVisibleAscii { character, byte });
        }
        bounded(id, Self::MAX_BYTES)?;
        Ok(Self(id.into()))
    }
}

/// A request id of one caller. Equal ids of two callers are different keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct RequestKey {
    owner: Box<str>,
    id: RequestId,
}

impl RequestKey {
    /// The id that `owner` gave. The owner is a name that distinguishes callers, nothing more.
    #[must_use]
    pub fn new(owner: &str, id: RequestId) -> Self {
        Self { owner: owner.into(), id }
    }

    /// The caller that gave the id.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> &RequestId {
        &self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collection_names() {
        let long = "a".repeat(129);
        for (name, ok) in [
            ("default", true),
            ("2026-a.b_c", true),
            (&long[..128], true),
            (&long, false),
            ("", false),
            (".hidden", false),
            ("a b", false),
            ("a/b", false),
            ("ä", false),
            ("a\n", false),
        ] {
            assert_eq!(CollectionName::new(name).is_ok(), ok, "{name:?}");
        }
    }

    #[test]
    fn request_ids() {
        let long = "a".repeat(65);
        for (id, ok) in [
            ("0c1f7a52-6f4e-4a64-9a0d-5f8f4a6c2b11", true),
            (&long[1..], true),
            (&long, false),
            ("", false),
            ("a b", false),
            ("a\n", false),
            ("é", false),
        ] {
            assert_eq!(RequestId::new(id).is_ok(), ok, "{id:?}");
        }
    }

    #[test]
    fn messages_name_the_place_and_the_limit() {
        let message = |id: &str| SourceId::new(id).unwrap_err().to_string();
        assert_eq!(message("ab\u{7}c"), "has the control character U+0007 at byte 2; remove it");
        assert_eq!(message(&"é".repeat(300)), "has 600 bytes, but may have 512 at most");
        assert_eq!(message(""), "must not be empty");
        assert!(Labels::new(vec![Label::new("x").unwrap(); 65]).is_err());
        assert_eq!(Labels::new(vec![Label::new("x").unwrap(); 64]).unwrap().as_slice().len(), 1);
    }

    #[test]
    fn strings_are_parsed_and_viewed() {
        let name: CollectionName = "essays".parse().unwrap();
        assert_eq!((name.as_ref(), name.to_string().as_str()), ("essays", "essays"));
        assert_eq!(SourceId::try_from("a".to_owned()).unwrap(), SourceId::new("a").unwrap());
        assert_eq!(Label::try_from(""), Err(InvalidValue::Empty));
    }
}
