//! The rows of the ledger's tables; docs/format.md draws them.

use super::codec::{Decoder, Encoder};
use super::segments::Place;
use super::{CollectionNumber, SourceKey};
use crate::index::Slot;

/// The highest revision that a corpus can have come to.
const MOST_REVISION: u64 = u64::MAX >> 1;

/// The most words, bytes and fingerprints of one text: positions are 32 bits wide.
const MOST_IN_TEXT: u64 = u32::MAX as u64;

/// What the whole corpus has in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredCorpus {
    /// The secret seed of all hashes.
    pub seed: u64,
    /// The revision.
    pub revision: u64,
    /// The number that the next collection gets.
    pub next_collection: u32,
}

/// A collection without its sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCollection {
    /// Its number.
    pub number: CollectionNumber,
    /// Its name.
    pub name: String,
    /// Its `k`.
    pub kgram_tokens: u32,
    /// Its `w`.
    pub window_kgrams: u32,
    /// The revision at which it last changed.
    pub revision: u64,
}

/// A source without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSource {
    /// Which one.
    pub key: SourceKey,
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its group.
    pub group: String,
    /// Its labels.
    pub labels: Vec<String>,
    /// The revision at which it was added.
    pub added: u64,
    /// Words in its text.
    pub words: u64,
    /// Bytes of its text.
    pub text_bytes: u64,
    /// Its fingerprints in the index.
    pub fingerprints: u64,
    /// A digest of its words in their order.
    pub words_digest: u128,
    /// A digest of its text, title, group and labels, byte for byte.
    pub content_digest: u128,
}

/// What the ledger knows of a segment beside its texts.
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
        row.bytes
    }

    pub(super) fn decode(row: &[u8]) -> Option<Self> {
        let mut row = Decoder::new(row);
        let corpus = Self { seed: row.u64()?, revision: row.u64()?, next_collection: row.u32()? };
        (row.is_at_end() && corpus.revision <= MOST_REVISION).then_some(corpus)
    }
}

impl StoredCollection {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut row = Encoder::default();
        row.u64(self.revision);
        row.u32(self.kgram_tokens);
        row.u32(self.window_kgrams);
        row.text(&self.name);
        row.bytes
    }

    pub(super) fn decode(number: CollectionNumber, row: &[u8]) -> Option<Self> {
        let mut row = Decoder::new(row);
        let (revision, kgram_tokens, window_kgrams) = (row.u64()?, row.u32()?, row.u32()?);
        let collection = Self { number, name: row.text()?, kgram_tokens, window_kgrams, revision };
        row.is_at_end().then_some(collection)
    }
}

impl StoredSource {
    pub(super) fn encode(&self, place: Place) -> Vec<u8> {
        let mut row = Encoder::default();
        row.bytes.extend_from_slice(&place.encode());
        for number in [self.added, self.words, self.text_bytes, self.fingerprints] {
            row.u64(number);
        }
        row.u128(self.words_digest);
        row.u128(self.content_digest);
        for text in [&self.id, &self.title, &self.group] {
            row.text(text);
        }
        row.u8(u8::try_from(self.labels.len()).unwrap_or(u8::MAX));
        self.labels.iter().take(usize::from(u8::MAX)).for_each(|label| row.text(label));
        row.bytes
    }

    pub(super) fn decode(key: SourceKey, row: &[u8]) -> Option<(Self, Place)> {
        let mut row = Decoder::new(row);
        let place = Place::decode(row.take(Place::BYTES)?)?;
        let (added, words, text_bytes, fingerprints) = (row.u64()?, row.u64()?, row.u64()?, row.u64()?);
        let (words_digest, content_digest) = (row.u128()?, row.u128()?);
        let (id, title, group) = (row.text()?, row.text()?, row.text()?);
        let count = row.u8()?;
        let labels: Option<Vec<String>> = (0..count).map(|_| row.text()).collect();
        let source = Self {
            key,
            id,
            title,
            group,
            labels: labels?,
            added,
            words,
            text_bytes,
            fingerprints,
            words_digest,
            content_digest,
        };
        let is_text = [words, text_bytes, fingerprints].into_iter().all(|count| count <= MOST_IN_TEXT);
        (row.is_at_end() && is_text).then_some((source, place))
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

    proptest! {
        #[test]
        fn rows_come_back_as_they_were(
            collection: u32, slot in 0..Slot::COUNT, id in ".{1,100}", labels in proptest::collection::vec(".{1,30}", 0..64),
            added: u64, digest: u128, segment: u32, offset: u32,
        ) {
            let key = SourceKey { collection: CollectionNumber(collection), slot: Slot::new(slot).unwrap() };
            prop_assert_eq!(SourceKey::from_u64(key.to_u64()), Some(key));
            let source = StoredSource {
                key, id: id.clone(), title: id.clone(), group: id, labels, added, words: u64::from(offset), text_bytes: 7,
                fingerprints: 9, words_digest: digest, content_digest: !digest,
            };
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
        let row = |words: u64, text_bytes: u64, fingerprints: u64| {
            let source = StoredSource {
                key,
                id: "a".to_owned(),
                title: String::new(),
                group: String::new(),
                labels: Vec::new(),
                added: 1,
                words,
                text_bytes,
                fingerprints,
                words_digest: 0,
                content_digest: 0,
            };
            StoredSource::decode(key, &source.encode(place))
        };
        assert!(row(MOST_IN_TEXT, MOST_IN_TEXT, MOST_IN_TEXT).is_some());
        // Two such sources would overflow the corpus's totals.
        for source in [row(MOST_IN_TEXT + 1, 9, 9), row(9, u64::MAX, 9), row(9, 9, 1 << 40)] {
            assert_eq!(source, None);
        }
    }

    #[test]
    fn the_corpus_and_its_collections_come_back_as_they_were() {
        let corpus = StoredCorpus { seed: 1, revision: MOST_REVISION, next_collection: 3 };
        assert_eq!(StoredCorpus::decode(&corpus.encode()), Some(corpus));
        assert_eq!(corpus.encode().len(), 20);
        let corpus = StoredCorpus { revision: MOST_REVISION + 1, ..corpus };
        assert_eq!(
            StoredCorpus::decode(&corpus.encode()),
            None,
            "the next revision could not be told from the first"
        );
        let number = CollectionNumber(4);
        let name = "essays".to_owned();
        let collection = StoredCollection { number, name, kgram_tokens: 5, window_kgrams: 4, revision: 9 };
        assert_eq!(StoredCollection::decode(number, &collection.encode()), Some(collection));
        assert_eq!(StoredCollection::decode(number, b"short"), None);
    }
}
