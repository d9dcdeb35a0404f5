//! Entries of the log: what a message holds, and how.
//!
//! A message is `PLOG`, the version of the format, a checksum of the rest (xxh3, 64 bits, little endian), and the entry as
//! MessagePack, compressed by zstd.

use std::io::Read;
use std::ops::RangeInclusive;

use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_64;

use super::position::Position;
use crate::engine::{Change, RequestDigest, Timestamp};
use crate::model::{Limits, RequestKey};

/// The begin of each message.
const MAGIC: &[u8; 4] = b"PLOG";

/// The version of the format that is written.
pub(crate) const FORMAT: u8 = 1;

/// The bytes before the compressed entry.
const HEAD: usize = MAGIC.len() + 1 + size_of::<u64>();

/// The level of compression: the default of zstd.
const LEVEL: i32 = 3;

/// The largest entry, when it is not compressed: a text of the largest size, escaped, with all that is known of it.
const MOST_BYTES: u64 = 3 << 30;

/// An entry of a log.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) enum LogEntry {
    /// The first entry of the meta log: what all nodes have in common. Later ones do not count.
    Genesis(Genesis),
    /// A change, which each node decides in the order of its log.
    Change(Box<LoggedChange>),
    /// The changes of the meta log up to a sequence number are due in this partition.
    Follow {
        /// The sequence number in the meta log.
        meta: u64,
    },
    /// Entries of this log were erased, or will be in a moment. It comes before their erasure.
    Erased {
        /// What is left of them.
        remnants: Vec<Remnant>,
        /// Everything is erased that the entries up to here made obsolete.
        up_to: Position,
    },
}

/// What is left of an erased entry: see [`remnants`](super::remnants).
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Remnant {
    /// The place of its first part.
    pub(crate) first: u64,
    /// The place of its last part, which is that of the entry.
    pub(crate) last: u64,
    /// When the log took it.
    pub(crate) time: Timestamp,
    /// The change, without the text.
    pub(crate) change: Box<LoggedChange>,
}

impl Remnant {
    /// Its places.
    pub(crate) fn places(&self) -> RangeInclusive<u64> {
        self.first..=self.last
    }
}

/// What all nodes of a corpus have in common.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Genesis {
    /// A random number that distinguishes this corpus from all others.
    pub(crate) corpus: u128,
    /// Its secret seed.
    pub(crate) seed: u64,
    /// Its partitions.
    pub(crate) partitions: u16,
    /// The limits that decide which changes are refused.
    pub(crate) limits: Limits,
}

/// A change in the log.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct LoggedChange {
    /// A random number by which the node that published it knows its outcome.
    pub(crate) operation: u128,
    /// The last sequence number of the meta log that the node knew. The changes up to it come first.
    pub(crate) meta: u64,
    /// The node that waits for the outcome.
    pub(crate) publisher: String,
    /// The change.
    pub(crate) change: Change,
    /// The id of its request.
    pub(crate) request: Option<RequestKey>,
    /// The digest of its request, if the change does not hold all of it.
    pub(crate) request_digest: Option<RequestDigest>,
}

/// A message that is not an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EntryError {
    /// A message of another program.
    #[error("it is not an entry of a Palimpsest log")]
    Foreign,
    /// A message of a newer version.
    #[error(
        "it has format {found}, and this version reads formats up to {FORMAT}; install the version that wrote it"
    )]
    Newer {
        /// Its format.
        found: u8,
    },
    /// A message whose bytes changed.
    #[error("its checksum does not fit its bytes")]
    Checksum,
    /// A message that can't be read although its checksum fits.
    #[error("it can't be read: {0}")]
    Malformed(String),
}

impl LogEntry {
    /// The last entry of the meta log that comes before it.
    pub(crate) fn named_meta(&self) -> u64 {
        match self {
            Self::Change(logged) => logged.meta,
            Self::Follow { meta } => *meta,
            Self::Genesis(_) | Self::Erased { .. } => 0,
        }
    }

    /// The bytes of the message.
    ///
    /// # Errors
    ///
    /// [`EntryError::Malformed`] for an entry that can't be written, which is a defect.
    pub(crate) fn encode(&self) -> Result<Bytes, EntryError> {
        let malformed = |error: &dyn std::fmt::Display| EntryError::Malformed(error.to_string());
        let plain = rmp_serde::to_vec_named(self).map_err(|error| malformed(&error))?;
        let packed = zstd::bulk::compress(&plain, LEVEL).map_err(|error| malformed(&error))?;
        let mut message = Vec::with_capacity(HEAD + packed.len());
        message.extend_from_slice(MAGIC);
        message.push(FORMAT);
        message.extend_from_slice(&xxh3_64(&packed).to_le_bytes());
        message.extend_from_slice(&packed);
        Ok(message.into())
    }

    /// The entry of a message.
    ///
    /// # Errors
    ///
    /// [`EntryError`].
    pub(crate) fn decode(message: &[u8]) -> Result<Self, EntryError> {
        let rest = message.strip_prefix(MAGIC).ok_or(EntryError::Foreign)?;
        let (format, rest) = rest.split_first().ok_or(EntryError::Foreign)?;
        if *format != FORMAT {
            return Err(EntryError::Newer { found: *format });
        }
        let (checksum, packed) = rest.split_first_chunk::<8>().ok_or(EntryError::Checksum)?;
        if xxh3_64(packed) != u64::from_le_bytes(*checksum) {
            return Err(EntryError::Checksum);
        }
        let malformed = |error: &dyn std::fmt::Display| EntryError::Malformed(error.to_string());
        let unpacked = zstd::stream::read::Decoder::new(packed).map_err(|error| malformed(&error))?;
        rmp_serde::from_read(unpacked.take(MOST_BYTES)).map_err(|error| malformed(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CollectionName, IfExists, NewSource, RequestId};

    fn entry() -> LogEntry {
        let text = "The keeper wrote every storm into a ledger. ".repeat(50);
        LogEntry::Change(Box::new(LoggedChange {
            operation: 7 << 90,
            meta: 3,
            publisher: "a".to_owned(),
            change: Change::AddSource {
                collection: CollectionName::default(),
                source: NewSource::new(text),
                if_exists: IfExists::Replace,
            },
            request: Some(RequestKey::new("me", RequestId::new("1").unwrap())),
            request_digest: None,
        }))
    }

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let genesis = Genesis { corpus: 1, seed: 5, partitions: 16, limits: Limits::default() };
        for entry in [entry(), LogEntry::Genesis(genesis), LogEntry::Follow { meta: 9 }] {
            assert_eq!(LogEntry::decode(&entry.encode().unwrap()).as_ref(), Ok(&entry));
        }
        assert!(entry().encode().unwrap().len() < 500);
    }

    #[test]
    fn other_messages_are_refused_with_their_reason() {
        let message = entry().encode().unwrap();
        for place in 0..message.len() {
            let mut flipped = message.to_vec();
            flipped[place] ^= 0x10;
            let refused = LogEntry::decode(&flipped).unwrap_err();
            let expected = match place {
                0..4 => matches!(refused, EntryError::Foreign),
                4 => matches!(refused, EntryError::Newer { .. }),
                _ => matches!(refused, EntryError::Checksum),
            };
            assert!(expected, "{place}: {refused}");
        }
        for end in 0..message.len() {
            assert!(LogEntry::decode(&message[..end]).is_err());
        }
    }
}
