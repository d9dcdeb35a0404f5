//! The rows of requests that were done; docs/format.md draws them.

use super::CollectionNumber;
use super::codec::{Decoder, Encoder};

/// A request that was done, and what was answered: kept in the commit that did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRequest {
    /// Grows from one request to the next.
    pub sequence: u64,
    /// When it was done, in seconds since 1970.
    pub time: u64,
    /// A digest of what was asked for.
    pub digest: u128,
    /// Who asked.
    pub owner: String,
    /// What they called the request by.
    pub id: String,
    /// What was answered.
    pub answer: StoredAnswer,
}

/// What is kept of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredAnswer {
    /// A source was added.
    Added {
        /// Where.
        collection: CollectionNumber,
        /// Its id.
        id: String,
        /// Whether it took the place of another.
        replaced: bool,
        /// The revision at which it was added.
        revision: u64,
        /// Words in its text.
        words: u64,
        /// Bytes of its text.
        text_bytes: u64,
        /// Its fingerprints in the index.
        fingerprints: u64,
    },
    /// A source was deleted, as of a revision.
    Deleted {
        /// The revision.
        revision: u64,
    },
    /// A collection was created.
    Created {
        /// Its name.
        name: String,
        /// Its `k`.
        kgram_tokens: u32,
        /// Its `w`.
        window_kgrams: u32,
        /// The revision.
        revision: u64,
    },
    /// A collection was deleted.
    CollectionDeleted {
        /// The sources that went with it.
        sources: u64,
        /// The revision.
        revision: u64,
    },
}

const ADDED: u8 = 1;
const DELETED: u8 = 2;
const CREATED: u8 = 3;
const COLLECTION_DELETED: u8 = 4;

impl StoredRequest {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut row = Encoder::default();
        row.u64(self.time);
        row.u128(self.digest);
        row.text(&self.owner);
        row.text(&self.id);
        self.answer.encode(&mut row);
        row.bytes
    }

    pub(super) fn decode(sequence: u64, row: &[u8]) -> Option<Self> {
        let mut row = Decoder::new(row);
        let (time, digest, owner, id) = (row.u64()?, row.u128()?, row.text()?, row.text()?);
        let request = Self { sequence, time, digest, owner, id, answer: StoredAnswer::decode(&mut row)? };
        row.is_at_end().then_some(request)
    }
}

impl StoredAnswer {
    fn encode(&self, row: &mut Encoder) {
        match self {
            Self::Added { collection, id, replaced, revision, words, text_bytes, fingerprints } => {
                row.u8(ADDED);
                row.u32(collection.0);
                row.u8(u8::from(*replaced));
                for number in [revision, words, text_bytes, fingerprints] {
                    row.u64(*number);
                }
                row.text(id);
            }
            Self::Deleted { revision } => {
                row.u8(DELETED);
                row.u64(*revision);
            }
            Self::Created { name, kgram_tokens, window_kgrams, revision } => {
                row.u8(CREATED);
                row.u32(*kgram_tokens);
                row.u32(*window_kgrams);
                row.u64(*revision);
                row.text(name);
            }
            Self::CollectionDeleted { sources, revision } => {
                row.u8(COLLECTION_DELETED);
                row.u64(*sources);
                row.u64(*revision);
            }
        }
    }

    fn decode(row: &mut Decoder<'_>) -> Option<Self> {
        Some(match row.u8()? {
            ADDED => {
                let (collection, replaced) = (CollectionNumber(row.u32()?), row.u8()? != 0);
                let (revision, words, text_bytes, fingerprints) =
                    (row.u64()?, row.u64()?, row.u64()?, row.u64()?);
                let id = row.text()?;
                Self::Added { collection, id, replaced, revision, words, text_bytes, fingerprints }
            }
            DELETED => Self::Deleted { revision: row.u64()? },
            CREATED => {
                let (kgram_tokens, window_kgrams, revision) = (row.u32()?, row.u32()?, row.u64()?);
                Self::Created { name: row.text()?, kgram_tokens, window_kgrams, revision }
            }
            COLLECTION_DELETED => Self::CollectionDeleted { sources: row.u64()?, revision: row.u64()? },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were() {
        let answers = [
            StoredAnswer::Added {
                collection: CollectionNumber(3),
                id: "essay".to_owned(),
                replaced: true,
                revision: 7,
                words: 8,
                text_bytes: 9,
                fingerprints: 10,
            },
            StoredAnswer::Deleted { revision: u64::MAX },
            StoredAnswer::Created {
                name: "essays".to_owned(),
                kgram_tokens: 5,
                window_kgrams: 4,
                revision: 2,
            },
            StoredAnswer::CollectionDeleted { sources: 11, revision: 12 },
        ];
        for (answer, sequence) in answers.into_iter().zip(40..) {
            let (owner, id) = ("class".to_owned(), "0c1f7a52".to_owned());
            let request = StoredRequest { sequence, time: 1, digest: u128::MAX - 1, owner, id, answer };
            let row = request.encode();
            assert_eq!(StoredRequest::decode(sequence, &row), Some(request));
            assert_eq!(StoredRequest::decode(sequence, &row[..row.len() - 1]), None);
            let other_kind = [&row[..row.len() - 1], &[0; 40]].concat();
            assert_eq!(StoredRequest::decode(sequence, &other_kind), None);
        }
        assert_eq!(StoredRequest::decode(0, &[0; 45]), None);
    }
}
