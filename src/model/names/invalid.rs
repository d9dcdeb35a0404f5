//! The error of values that break the rules of their types, and the rules that several types share.

/// A value that breaks the rules of its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidValue {
    /// An empty value where one is required.
    #[error("must not be empty")]
    Empty,
    /// A value that is too long.
    #[error("has {bytes} bytes, but may have {max_bytes} at most")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The limit.
        max_bytes: usize,
    },
    /// A control character.
    #[error("has the control character U+{:04X} at byte {byte}; remove it", u32::from(*character))]
    ControlCharacter {
        /// The character.
        character: char,
        /// Its byte offset.
        byte: usize,
    },
    /// A character that a collection's name must not have.
    #[error(
        "has {character:?} at byte {byte}; a collection's name has letters a-z and A-Z, digits, '.', '_' and '-', and begins with a letter or a digit"
    )]
    NotAName {
        /// The first character that is not allowed where it stands.
        character: char,
        /// Its byte offset.
        byte: usize,
    },
    /// A character other than visible ASCII.
    #[error("has {character:?} at byte {byte}, but may have visible ASCII characters only")]
    NotVisibleAscii {
        /// The first character that is not allowed.
        character: char,
        /// Its byte offset.
        byte: usize,
    },
    /// A character that a key of metadata must not have.
    #[error("has {character:?} at byte {byte}; a key has letters a-z and A-Z, digits, '.', '_' and '-'")]
    NotAKey {
        /// The first character that is not allowed.
        character: char,
        /// Its byte offset.
        byte: usize,
    },
    /// A time before the year 1 or after the year 9999.
    #[error("is {seconds} s after 1970, but must be a time in the years 1 to 9999")]
    NotATime {
        /// Its seconds since 1970.
        seconds: i64,
    },
    /// Nanoseconds that are no part of a second.
    #[error("has {nanos} nanoseconds, but must have from 0 to 999999999")]
    NotNanoseconds {
        /// Its nanoseconds.
        nanos: i32,
    },
    /// Too many entries.
    #[error("has {count} entries, but may have {max_count} at most")]
    TooMany {
        /// The number of entries.
        count: usize,
        /// The limit.
        max_count: usize,
    },
}

pub(in crate::model) fn bounded(value: &str, max_bytes: usize) -> Result<(), InvalidValue> {
    match value.len() {
        bytes if bytes > max_bytes => Err(InvalidValue::TooLong { bytes, max_bytes }),
        _ => Ok(()),
    }
}

pub(in crate::model) fn without_controls(value: &str) -> Result<(), InvalidValue> {
    match value.char_indices().find(|(_, c)| c.is_control()) {
        Some((byte, character)) => Err(InvalidValue::ControlCharacter { character, byte }),
        None => Ok(()),
    }
}

pub(in crate::model) fn not_empty(value: &str) -> Result<(), InvalidValue> {
    if value.is_empty() { Err(InvalidValue::Empty) } else { Ok(()) }
}
