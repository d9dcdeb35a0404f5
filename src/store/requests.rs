//! The rows of requests that were done; docs/format.md draws them.

use super::codec::{Decoder, Encoder};
use super::rows::{StoredCalibration, StoredScale, decode_record, encode_record};
use crate::model::{
    CollectionName, CollectionNumber, FingerprintSettings, RequestId, RequestKey, SourceId, SourceRecord,
};

/// The row of a request that was done, with its outcome: committed together with the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRequest {
    /// Its place in the order of all requests.
    pub sequence: u64,
    /// When it was done, in seconds since 1970.
    pub time: u64,
    /// A digest of everything that it asked for.
    pub digest: u128,
    /// Its caller and the caller's id for it.
    pub key: RequestKey,
    /// Its outcome.
    pub outcome: StoredOutcome,
}

/// The row of an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredOutcome {
    /// A source was added.
    SourceAdded {
        /// Its collection.
        collection: CollectionNumber,
        /// Its id.
        id: SourceId,
        /// True if it replaced another.
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
    /// A source was updated.
    SourceUpdated {
        /// Its collection.
        collection: CollectionNumber,
        /// Its record since then.
        record: Box<SourceRecord>,
    },
    /// Sources were deleted together.
    SourcesDeleted {
        /// Their number.
        sources: u64,
        /// The first of their ids.
        ids: Vec<SourceId>,
        /// The revision.
        revision: u64,
    },
    /// A source was deleted.
    SourceDeleted {
        /// The revision.
        revision: u64,
    },
    /// A scale was stored.
    ScalePut(Box<StoredScale>),
    /// A scale was deleted.
    ScaleDeleted {
        /// The revision.
        revision: u64,
    },
    /// A collection was calibrated.
    Calibrated(StoredCalibration),
    /// A collection was created.
    CollectionCreated {
        /// Its name.
        name: CollectionName,
        /// Its `k` and `w`.
        settings: FingerprintSettings,
        /// The revision.
        revision: u64,
    },
    /// A collection was deleted.
    CollectionDeleted {
        /// The number of its sources.
        sources: u64,
        /// The revision.
        revision: u64,
    },
}

const ADDED: u8 = 1;
const DELETED: u8 = 2;
const CREATED: u8 = 3;
const COLLECTION_DELETED: u8 = 4;
const UPDATED: u8 = 5;
const SOURCES_DELETED: u8 = 6;
const SCALE_PUT: u8 = 7;
const SCALE_DELETED: u8 = 8;
const CALIBRATED: u8 = 9;

impl StoredRequest {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut row = Encoder::default();
        row.u64(self.time);
        row.u128(self.digest);
        row.text(self.key.owner());
        row.text(self.key.id().as_str());
        self.outcome.encode(&mut row);
        row.bytes
    }

    pub(super) fn decode(sequence: u64, row: &[u8]) -> Option<Self> {
        let mut row = Decoder::new(row);
        let (time, digest, owner, id) = (row.u64()?, row.u128()?, row.text()?, row.text()?);
        let key = RequestKey::new(&owner, RequestId::new(&id).ok()?);
        let request = Self { sequence, time, digest, key, outcome: StoredOutcome::decode(&mut row)? };
        row.is_at_end().then_some(request)
    }
}

impl StoredOutcome {
    fn encode(&self, row: &mut Encoder) {
        match self {
            Self::SourceAdded { collection, id, replaced, revision, words, text_bytes, fingerprints } => {
                row.u8(ADDED);
                row.u32(collection.0);
                row.u8(u8::from(*replaced));
                for number in [revision, words, text_bytes, fingerprints] {
                    row.u64(*number);
                }
                row.text(id.as_str());
            }
            Self::SourceDeleted { revision } => {
                row.u8(DELETED);
                row.u64(*revision);
            }
            Self::CollectionCreated { name, settings, revision } => {
                row.u8(CREATED);
                row.u32(settings.kgram.get());
                row.u32(settings.window.get());
                row.u64(*revision);
                row.text(name.as_str());
            }
            Self::CollectionDeleted { sources, revision } => {
                row.u8(COLLECTION_DELETED);
                row.u64(*sources);
                row.u64(*revision);
            }
            Self::SourceUpdated { collection, record } => {
                row.u8(UPDATED);
                row.u32(collection.0);
                encode_record(record, row);
            }
            Self::ScalePut(stored) => {
                row.u8(SCALE_PUT);
                row.u32(stored.collection.0);
                row.text(stored.scale.name.as_str());
                row.bytes.extend_from_slice(&stored.encode());
            }
            Self::Calibrated(stored) => {
                row.u8(CALIBRATED);
                row.u32(stored.collection.0);
                row.bytes.extend_from_slice(&stored.encode());
            }
            Self::ScaleDeleted { revision } => {
                row.u8(SCALE_DELETED);
                row.u64(*revision);
            }
            Self::SourcesDeleted { sources, ids, revision } => {
                row.u8(SOURCES_DELETED);
                row.u64(*sources);
                row.u64(*revision);
                row.u32(u32::try_from(ids.len()).unwrap_or(u32::MAX));
                for id in ids {
                    row.text(id.as_str());
                }
            }
        }
    }

    fn decode(row: &mut Decoder<'_>) -> Option<Self> {
        Some(match row.u8()? {
            ADDED => {
                let (collection, replaced) = (CollectionNumber(row.u32()?), row.u8()? != 0);
                let (revision, words, text_bytes, fingerprints) =
                    (row.u64()?, row.u64()?, row.u64()?, row.u64()?);
                let id = SourceId::new(&row.text()?).ok()?;
                Self::SourceAdded { collection, id, replaced, revision, words, text_bytes, fingerprints }
            }
            DELETED => Self::SourceDeleted { revision: row.u64()? },
            CREATED => {
                let (kgram_tokens, window_kgrams, revision) = (row.u32()?, row.u32()?, row.u64()?);
                let settings = FingerprintSettings::new(kgram_tokens, window_kgrams).ok()?;
                let name = CollectionName::new(&row.text()?).ok()?;
                Self::CollectionCreated { name, settings, revision }
            }
            COLLECTION_DELETED => Self::CollectionDeleted { sources: row.u64()?, revision: row.u64()? },
            UPDATED => {
                let collection = CollectionNumber(row.u32()?);
                Self::SourceUpdated { collection, record: Box::new(decode_record(row)?) }
            }
            SCALE_PUT => {
                let (collection, name) = (CollectionNumber(row.u32()?), row.text()?);
                Self::ScalePut(Box::new(StoredScale::decode(collection, &name, row.rest())?))
            }
            CALIBRATED => {
                let collection = CollectionNumber(row.u32()?);
                Self::Calibrated(StoredCalibration::decode(collection, row.rest())?)
            }
            SCALE_DELETED => Self::ScaleDeleted { revision: row.u64()? },
            SOURCES_DELETED => {
                let (sources, revision, count) = (row.u64()?, row.u64()?, row.u32()?);
                let ids: Option<Vec<SourceId>> =
                    (0..count).map(|_| SourceId::new(&row.text()?).ok()).collect();
                Self::SourcesDeleted { sources, ids: ids?, revision }
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Calibration;
    use crate::store::rows::{record, scale};

    #[test]
    fn rows_come_back_as_they_were() {
        let outcomes = [
            StoredOutcome::SourceAdded {
                collection: CollectionNumber(3),
                id: "essay".parse().unwrap(),
                replaced: true,
                revision: 7,
                words: 8,
                text_bytes: 9,
                fingerprints: 10,
            },
            StoredOutcome::SourceDeleted { revision: u64::MAX },
            StoredOutcome::CollectionCreated {
                name: "essays".parse().unwrap(),
                settings: FingerprintSettings::default(),
                revision: 2,
            },
            StoredOutcome::CollectionDeleted { sources: 11, revision: 12 },
            StoredOutcome::ScalePut(Box::new(StoredScale {
                collection: CollectionNumber(3),
                scale: scale("essays"),
            })),
            StoredOutcome::ScaleDeleted { revision: 15 },
            StoredOutcome::Calibrated(StoredCalibration {
                collection: CollectionNumber(3),
                calibration: Calibration::default(),
            }),
            StoredOutcome::SourceUpdated {
                collection: CollectionNumber(3),
                record: Box::new(record("essay", [8, 9, 10])),
            },
            StoredOutcome::SourcesDeleted {
                sources: 13,
                ids: ["a", "b"].map(|id| id.parse().unwrap()).to_vec(),
                revision: 14,
            },
        ];
        for (outcome, sequence) in outcomes.into_iter().zip(40..) {
            let key = RequestKey::new("class", RequestId::new("0c1f7a52").unwrap());
            let request = StoredRequest { sequence, time: 1, digest: u128::MAX - 1, key, outcome };
            let row = request.encode();
            assert_eq!(StoredRequest::decode(sequence, &row), Some(request));
            assert_eq!(StoredRequest::decode(sequence, &row[..row.len() - 1]), None);
            let other_kind = [&row[..row.len() - 1], &[0; 40]].concat();
            assert_eq!(StoredRequest::decode(sequence, &other_kind), None);
        }
        assert_eq!(StoredRequest::decode(0, &[0; 45]), None);
    }
}
