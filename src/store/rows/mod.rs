//! The rows of the ledger's tables; docs/format.md draws them.

mod calibration;
mod scale;
mod source;

pub use self::calibration::StoredCalibration;
pub use self::scale::StoredScale;
#[cfg(test)]
pub(super) use self::scale::tests::scale;
pub use self::source::StoredSource;
#[cfg(test)]
pub(super) use self::source::tests::record;
pub(super) use self::source::{decode_record, encode_record, encode_source};
use super::codec::{Decoder, Encoder};
use crate::model::{CollectionName, CollectionNumber, FingerprintSettings, Slot, SourceKey};

/// The highest revision that a corpus can have.
const MOST_REVISION: u64 = u64::MAX >> 1;

/// The position in the log of a corpus that applies none.
const NO_POSITION: u64 = u64::MAX;

/// The version of the algorithm before rows named one.
const FIRST_ALGORITHM_VERSION: u32 = 1;

/// The row of the corpus as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredCorpus {
    /// The secret seed of all hashes.
    pub seed: u64,
    /// The revision.
    pub revision: u64,
    /// The number that the next collection gets.
    pub next_collection: u32,
    /// The position of the last change that was applied from a log, if one was.
    pub log_position: Option<u64>,
    /// The version of the algorithm that counted the words and fingerprints of the sources.
    pub algorithm_version: u32,
}

/// The row of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCollection {
    /// Its number.
    pub number: CollectionNumber,
    /// Its name.
    pub name: CollectionName,
    /// Its `k` and `w`.
    pub settings: FingerprintSettings,
    /// The revision at which it last changed.
    pub revision: u64,
}

/// The row of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct StoredSegment {
    /// Its bytes after the last commit that appended to it: each text up to there is or was named by a row.
    pub(super) bytes: u64,
    /// When the first of the texts in it died that are still there, in seconds since 1970.
    pub(super) dead_since: Option<u64>,
}

impl StoredSegment {
    pub(super) fn encode(self) -> Vec<u8> {
        let mut row = Encoder::default();
        row.u64(self.bytes);
        row.u64(self.dead_since.unwrap_or(u64::MAX));
        row.bytes
    }

    pub(super) fn decode(row: &[u8]) -> Option<Self> {
        let mut row = Decoder::new(row);
        let (bytes, dead_since) = (row.u64()?, row.u64()?);
        row.is_at_end().then_some(Self { bytes, dead_since: (dead_since != u64::MAX).then_some(dead_since) })
    }
}

impl SourceKey {
    /// As the ledger has it: the collection in the upper half, the slot in the lower.
    pub(super) fn to_u64(self) -> u64 {
        u64::from(self.collection.0) << 32 | u64::from(self.slot.number())
    }

    pub(super) fn from_u64(key: u64) -> Option<Self> {
        #[expect(clippy::cast_possible_truncation, reason = "the two halves")]
        let (collection, slot) = ((key >> 32) as u32, key as u32);
        Some(Self { collection: CollectionNumber(collection), slot: Slot::new(slot)? })
    }

    /// All keys of a collection.
    pub(super) fn of_collection(collection: CollectionNumber) -> std::ops::RangeInclusive<u64> {
        let first = u64::from(collection.0) << 32;
        first..=first | u64::from(u32::MAX)
    }
}

impl StoredCorpus {
    pub(super) fn encode(self) -> Vec<u8> {
        let mut row = Encoder::default();
        row.u64(self.seed);
        row.u64(self.revision);
        row.u32(self.next_collection);
        row.u64(self.log_position.unwrap_or(NO_POSITION));
        row.u32(self.algorithm_version);
        row.bytes
    }

    pub(super) fn decode(row: &[u8]) -> Option<Self> {
        let mut row = Decoder::new(row);
        let (seed, revision, next_collection) = (row.u64()?, row.u64()?, row.u32()?);
        // Format 1 ends here, or after the position.
        let log_position = if row.is_at_end() { NO_POSITION } else { row.u64()? };
        let algorithm_version = if row.is_at_end() { FIRST_ALGORITHM_VERSION } else { row.u32()? };
        let log_position = Some(log_position).filter(|position| *position != NO_POSITION);
        let corpus = Self { seed, revision, next_collection, log_position, algorithm_version };
        (row.is_at_end() && corpus.revision <= MOST_REVISION).then_some(corpus)
    }
}

impl StoredCollection {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut row = Encoder::default();
        row.u64(self.revision);
        row.u32(self.settings.kgram.get());
        row.u32(self.settings.window.get());
        row.text(self.name.as_str());
        row.bytes
    }

    pub(super) fn decode(number: CollectionNumber, row: &[u8]) -> Option<Self> {
        let mut row = Decoder::new(row);
        let (revision, kgram_tokens, window_kgrams) = (row.u64()?, row.u32()?, row.u32()?);
        let settings = FingerprintSettings::new(kgram_tokens, window_kgrams).ok()?;
        let collection = Self { number, name: row.text()?.parse().ok()?, settings, revision };
        row.is_at_end().then_some(collection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corpus_and_its_collections_come_back_as_they_were() {
        let corpus = StoredCorpus {
            seed: 1,
            revision: MOST_REVISION,
            next_collection: 3,
            log_position: None,
            algorithm_version: 2,
        };
        assert_eq!(StoredCorpus::decode(&corpus.encode()), Some(corpus));
        assert_eq!(corpus.encode().len(), 32);
        let applied = StoredCorpus { log_position: Some(u64::MAX - 1), ..corpus };
        assert_eq!(StoredCorpus::decode(&applied.encode()), Some(applied));
        assert_eq!(StoredCorpus::decode(&applied.encode()[..31]), None);
        let first = StoredCorpus { algorithm_version: 1, ..corpus };
        assert_eq!(StoredCorpus::decode(&first.encode()[..20]), Some(first), "format 1");
        let first = StoredCorpus { algorithm_version: 1, ..applied };
        assert_eq!(
            StoredCorpus::decode(&first.encode()[..28]),
            Some(first),
            "format 1 of a corpus with a log"
        );
        let corpus = StoredCorpus { revision: MOST_REVISION + 1, ..corpus };
        assert_eq!(StoredCorpus::decode(&corpus.encode()), None, "the next revision would overflow");
        let number = CollectionNumber(4);
        let (name, settings) = ("essays".parse().unwrap(), FingerprintSettings::new(7, 3).unwrap());
        let collection = StoredCollection { number, name, settings, revision: 9 };
        let row = collection.encode();
        assert_eq!(StoredCollection::decode(number, &row), Some(collection));
        assert_eq!(StoredCollection::decode(number, b"short"), None);
        let mut malformed = row;
        malformed[8] = 99;
        assert_eq!(StoredCollection::decode(number, &malformed), None, "k is out of its range");
    }
}
