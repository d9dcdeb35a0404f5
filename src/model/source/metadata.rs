//! Where a source came from, in the caller's terms: an address, and entries of a map.

use std::collections::BTreeMap;

use crate::model::InvalidValue;
use crate::model::names::{bounded, checked_string, not_empty, without_controls};

/// The address of a source, such as a link to the original: up to 2048 bytes without control characters; empty for none.
/// It is not interpreted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Uri(Box<str>);

checked_string!(Uri);

impl Uri {
    /// The longest address, in bytes.
    pub const MAX_BYTES: usize = 2048;

    /// Checks an address.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the address breaks the rules.
    pub fn new(uri: &str) -> Result<Self, InvalidValue> {
        bounded(uri, Self::MAX_BYTES)?;
        without_controls(uri)?;
        Ok(Self(uri.into()))
    }
}

/// The key of an entry of [`Metadata`]: 1 to 64 of `a-z`, `A-Z`, `0-9`, `.`, `_` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetadataKey(Box<str>);

checked_string!(MetadataKey);

impl MetadataKey {
    /// The longest key, in bytes.
    pub const MAX_BYTES: usize = 64;

    /// Checks a key.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the key breaks the rules.
    pub fn new(key: &str) -> Result<Self, InvalidValue> {
        not_empty(key)?;
        bounded(key, Self::MAX_BYTES)?;
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        match key.char_indices().find(|(_, c)| !is_allowed(*c)) {
            Some((byte, character)) => Err(InvalidValue::NotAKey { character, byte }),
            None => Ok(Self(key.into())),
        }
    }
}

/// The value of an entry of [`Metadata`]: up to 1024 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MetadataValue(Box<str>);

checked_string!(MetadataValue);

impl MetadataValue {
    /// The longest value, in bytes.
    pub const MAX_BYTES: usize = 1024;

    /// Checks a value.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if the value breaks the rules.
    pub fn new(value: &str) -> Result<Self, InvalidValue> {
        bounded(value, Self::MAX_BYTES)?;
        Ok(Self(value.into()))
    }
}

/// An entry of [`Metadata`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct MetadataEntry {
    /// Its key.
    pub key: MetadataKey,
    /// Its value.
    pub value: MetadataValue,
}

/// What a caller keeps with a source: up to 64 entries, sorted by their keys, of 16 KiB in all. It has no effect on
/// checks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "server", serde(try_from = "Vec<MetadataEntry>"))]
pub struct Metadata(Box<[MetadataEntry]>);

impl Metadata {
    /// The largest number of entries.
    pub const MAX_COUNT: usize = 64;

    /// The largest size of all keys and values, in bytes.
    pub const MAX_BYTES: usize = 16 << 10;

    /// Checks the entries of a map together.
    ///
    /// # Errors
    ///
    /// [`InvalidValue::TooMany`], [`InvalidValue::TooLong`].
    pub fn new(entries: BTreeMap<MetadataKey, MetadataValue>) -> Result<Self, InvalidValue> {
        let (count, max_count) = (entries.len(), Self::MAX_COUNT);
        if count > max_count {
            return Err(InvalidValue::TooMany { count, max_count });
        }
        let bytes: usize = entries.iter().map(|(key, value)| key.as_str().len() + value.as_str().len()).sum();
        if bytes > Self::MAX_BYTES {
            return Err(InvalidValue::TooLong { bytes, max_bytes: Self::MAX_BYTES });
        }
        Ok(Self(entries.into_iter().map(|(key, value)| MetadataEntry { key, value }).collect()))
    }

    /// The entries, sorted by their keys.
    #[must_use]
    pub fn as_slice(&self) -> &[MetadataEntry] {
        &self.0
    }

    /// The bytes of all keys and values.
    pub(crate) fn bytes(&self) -> usize {
        self.0.iter().map(|entry| entry.key.as_str().len() + entry.value.as_str().len()).sum()
    }
}

impl TryFrom<Vec<MetadataEntry>> for Metadata {
    type Error = InvalidValue;

    fn try_from(entries: Vec<MetadataEntry>) -> Result<Self, InvalidValue> {
        Self::new(entries.into_iter().map(|entry| (entry.key, entry.value)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_have_limits() {
        let long = "k".repeat(65);
        for (key, ok) in [
            ("course", true),
            ("a.b_c-D9", true),
            (&long[1..], true),
            (&long, false),
            ("", false),
            ("a b", false),
        ] {
            assert_eq!(MetadataKey::new(key).is_ok(), ok, "{key:?}");
        }
        let message = MetadataKey::new("année").unwrap_err().to_string();
        assert_eq!(message, "has 'é' at byte 3; a key has letters a-z and A-Z, digits, '.', '_' and '-'");
        assert!(MetadataValue::new(&"é".repeat(512)).is_ok());
        assert!(MetadataValue::new(&"é".repeat(513)).is_err());
        assert!(Uri::new(&"u".repeat(2048)).is_ok() && Uri::new(&"u".repeat(2049)).is_err());
        assert!(Uri::new("https://example.org/\n").is_err());
    }

    #[test]
    fn a_map_is_bounded_as_a_whole() {
        let map = |count: usize, bytes: usize| {
            let entry = |number: usize| {
                let value = MetadataValue::new(&"v".repeat(bytes)).unwrap();
                (MetadataKey::new(&format!("{number:04}")).unwrap(), value)
            };
            Metadata::new((0..count).map(entry).collect())
        };
        assert_eq!(map(64, 252).unwrap().bytes(), Metadata::MAX_BYTES);
        assert_eq!(map(64, 253), Err(InvalidValue::TooLong { bytes: 16_448, max_bytes: 16_384 }));
        assert_eq!(map(65, 1), Err(InvalidValue::TooMany { count: 65, max_count: 64 }));
        let keys: Vec<String> =
            map(3, 0).unwrap().as_slice().iter().map(|entry| entry.key.to_string()).collect();
        assert_eq!(keys, ["0000", "0001", "0002"]);
    }
}
