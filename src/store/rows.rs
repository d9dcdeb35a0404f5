//! The rows of the ledger's tables; docs/format.md draws them.

use super::codec::{Decoder, Encoder};
use super::segments::Place;
use crate::model::{
    CollectionName, CollectionNumber, FingerprintSettings, Group, Label, Labels, Slot, SourceId, SourceKey,
    SourceRecord, Title,
};

/// The highest revision that a corpus can have.
const MOST_REVISION: u64 = u64::MAX >> 1;

/// The most words, bytes and fingerprints of one text: positions are 32 bits wide.
const MOST_IN_TEXT: u64 = u32::MAX as u64;

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

/// The row of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSource {
    /// Its collection and slot.
    pub key: SourceKey,
    /// Everything known of it but its text.
    pub record: SourceRecord,
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

/// The row of a source, with the place of its text.
pub(super) fn encode_source(record: &SourceRecord, place: Place) -> Vec<u8> {
    let SourceRecord {
        id,
        title,
        group,
        labels,
        words,
        text_bytes,
        fingerprints,
        added,
        words_digest,
        content_digest,
    } = record;
    let mut row = Encoder::default();
    row.bytes.extend_from_slice(&place.encode());
    for number in [added, words, text_bytes, fingerprints] {
        row.u64(*number);
    }
    row.u128(*words_digest);
    row.u128(*content_digest);
    for text in [id.as_str(), title.as_str(), group.as_str()] {
        row.text(text);
    }
    let labels = labels.as_slice();
    row.u8(u8::try_from(labels.len()).unwrap_or(u8::MAX));
    labels.iter().take(usize::from(u8::MAX)).for_each(|label| row.text(label.as_str()));
    row.bytes
}

impl StoredSource {
    pub(super) fn encode(&self, place: Place) -> Vec<u8> {
        encode_source(&self.record, place)
    }

    pub(super) fn decode(key: SourceKey, row: &[u8]) -> Option<(Self, Place)> {
        let mut row = Decoder::new(row);
        let place = Place::decode(row.take(Place::BYTES)?)?;
        let (added, words, text_bytes, fingerprints) = (row.u64()?, row.u64()?, row.u64()?, row.u64()?);
        let (words_digest, content_digest) = (row.u128()?, row.u128()?);
        let id = SourceId::new(&row.text()?).ok()?;
        let (title, group) = (Title::new(&row.text()?).ok()?, Group::new(&row.text()?).ok()?);
        let count = row.u8()?;
        let labels: Option<Vec<Label>> = (0..count).map(|_| Label::new(&row.text()?).ok()).collect();
        let record = SourceRecord {
            id,
            title,
            group,
            labels: Labels::new(labels?).ok()?,
            words,
            text_bytes,
            fingerprints,
            added,
            words_digest,
            content_digest,
        };
        let is_text = [words, text_bytes, fingerprints].into_iter().all(|count| count <= MOST_IN_TEXT);
        (row.is_at_end() && is_text).then_some((Self { key, record }, place))
    }

    /// The row of the source with the place of its text in an older row.
    pub(super) fn recounted(&self, row: &[u8]) -> Option<Vec<u8>> {
        Some(self.encode(row.get(..Place::BYTES).and_then(Place::decode)?))
    }

    /// The same row with another place for its text.
    pub(super) fn moved(row: &[u8], place: Place) -> Option<Vec<u8>> {
        let mut moved = row.to_vec();
        moved.get_mut(..Place::BYTES)?.copy_from_slice(&place.encode());
        Some(moved)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn record(id: &str, counts: [u64; 3]) -> SourceRecord {
        let [words, text_bytes, fingerprints] = counts;
        SourceRecord {
            id: SourceId::new(id).unwrap(),
            title: Title::default(),
            group: Group::default(),
            labels: Labels::default(),
            words,
            text_bytes,
            fingerprints,
            added: 1,
            words_digest: 0,
            content_digest: 0,
        }
    }

    proptest! {
        #[test]
        fn rows_come_back_as_they_were(
            collection: u32, slot in 0..Slot::COUNT, id in "[^\\p{Cc}]{1,100}",
            labels in proptest::collection::vec("[^\\p{Cc}]{1,30}", 0..64),
            added: u64, digest: u128, segment: u32, offset: u32,
        ) {
            let key = SourceKey { collection: CollectionNumber(collection), slot: Slot::new(slot).unwrap() };
            prop_assert_eq!(SourceKey::from_u64(key.to_u64()), Some(key));
            let labels = labels.iter().map(|label| Label::new(label).unwrap()).collect();
            let record = SourceRecord {
                title: Title::new(&id).unwrap(), group: Group::new(&id).unwrap(), labels: Labels::new(labels).unwrap(),
                added, words_digest: digest, content_digest: !digest, ..record(&id, [u64::from(offset), 7, 9])
            };
            let source = StoredSource { key, record };
            let place = Place { segment, offset, stored_bytes: 5 };
            let row = source.encode(place);
            prop_assert_eq!(StoredSource::decode(key, &row), Some((source.clone(), place)));
            prop_assert_eq!(StoredSource::decode(key, &row[..row.len() - 1]), None);
            let elsewhere = Place { segment: !segment, offset: 0, stored_bytes: 1 };
            prop_assert_eq!(StoredSource::decode(key, &StoredSource::moved(&row, elsewhere).unwrap()), Some((source, elsewhere)));
        }
    }

    #[test]
    fn counts_that_no_text_has_are_refused() {
        let key = SourceKey { collection: CollectionNumber(1), slot: Slot::FIRST };
        let place = Place { segment: 1, offset: 16, stored_bytes: 5 };
        let row = |counts| {
            let source = StoredSource { key, record: record("a", counts) };
            StoredSource::decode(key, &source.encode(place))
        };
        assert!(row([MOST_IN_TEXT, MOST_IN_TEXT, MOST_IN_TEXT]).is_some());
        // Two such sources would overflow the corpus's totals.
        for source in [row([MOST_IN_TEXT + 1, 9, 9]), row([9, u64::MAX, 9]), row([9, 9, 1 << 40])] {
            assert_eq!(source, None);
        }
    }

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
