//! Changes: the verbs of writing.

use std::sync::Arc;

use super::digest::{bytes_of, content_digest};
use super::once::Ticket;
use crate::model::{
    Calibration, CollectionName, CollectionNumber, CorpusSeed, FingerprintSettings, IfExists, Label,
    MetadataEntry, NewSource, RequestKey, Scale, ScaleName, SourceFilter, SourceId, SourceUpdate, Timestamp,
};
use crate::store::StoredScale;

/// A change to the corpus.
///
/// `S`, `C`, `U` and `F` are the forms of its source, collection, update and filter: as a caller gives them, or prepared
/// and resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Change<S = NewSource, C = CollectionName, U = SourceUpdate, F = SourceFilter> {
    /// Adds a source.
    AddSource {
        /// The collection.
        collection: C,
        /// The source.
        source: S,
        /// The handling of a taken id.
        if_exists: IfExists,
    },
    /// Updates what is known of a source. Its text stays as it is, and so does what a check finds in it.
    UpdateSource {
        /// The collection.
        collection: C,
        /// The id of the source.
        id: SourceId,
        /// The new values.
        update: U,
    },
    /// Deletes all sources that match a filter, together.
    DeleteSources {
        /// The collection.
        collection: C,
        /// The sources.
        filter: F,
    },
    /// Deletes a source.
    DeleteSource {
        /// The collection.
        collection: C,
        /// The id of the source.
        id: SourceId,
    },
    /// Stores a scale in a collection.
    PutScale {
        /// The collection.
        collection: C,
        /// The scale. Its revision, and its time where it has none, are those of the change.
        scale: Box<Scale>,
        /// Whether it replaces a scale of its name.
        replace: bool,
    },
    /// Deletes a scale of a collection.
    DeleteScale {
        /// The collection.
        collection: C,
        /// The name of the scale.
        name: ScaleName,
    },
    /// Stores what a collection's own sources say of chance. Its revision is that of the change.
    Calibrate {
        /// The collection.
        collection: C,
        /// The calibration.
        calibration: Calibration,
    },
    /// Creates an empty collection.
    CreateCollection {
        /// The collection.
        collection: C,
        /// Its `k` and `w`.
        settings: FingerprintSettings,
    },
    /// Deletes a collection with all its sources and scales.
    DeleteCollection {
        /// The collection.
        collection: C,
    },
}

/// A change with the id of its request, its time, and its position in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Operation {
    /// The change.
    pub change: Change,
    /// The id under which the change is done once, however often it is sent.
    pub request: Option<RequestKey>,
    /// A [digest](Self::request_digest) of what was asked for under the id, if the change does not hold all of it.
    pub request_digest: Option<RequestDigest>,
    /// The time of the change, which its sources are created or updated at; the present time of the engine if it is `None`.
    /// A log that is applied by several engines gives each change its time, so that all have the same sources.
    pub time: Option<Timestamp>,
    /// The position of the change in a log that is applied in order. It is stored in the transaction of the change.
    pub position: Option<u64>,
}

impl Operation {
    /// A change without an id, a time or a position.
    #[must_use]
    pub fn new(change: Change) -> Self {
        Self { change, request: None, request_digest: None, time: None, position: None }
    }

    /// With the id of its request.
    #[must_use]
    pub fn with_request(self, request: RequestKey) -> Self {
        Self { request: Some(request), ..self }
    }

    /// With the digest of a request that the change was made from.
    #[must_use]
    pub fn with_request_digest(self, digest: RequestDigest) -> Self {
        Self { request_digest: Some(digest), ..self }
    }

    /// With a time.
    #[must_use]
    pub fn at_time(self, time: Timestamp) -> Self {
        Self { time: Some(time), ..self }
    }

    /// With a position in a log.
    #[must_use]
    pub fn at_position(self, position: u64) -> Self {
        Self { position: Some(position), ..self }
    }
}

impl Operation {
    /// The ticket of its request, if it has an id.
    pub(in crate::corpus) fn ticket(&self, seed: CorpusSeed) -> Option<Arc<Ticket>> {
        let key = self.request.clone()?;
        Some(match self.request_digest {
            Some(digest) => digest.ticket(key),
            None => self.change.ticket(key, seed),
        })
    }
}

/// A digest of all that a request asks for, such as to add a document whose text is extracted before. It is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct RequestDigest(u128);

impl RequestDigest {
    /// Of a change as far as the request states it, and of what it is made from besides.
    pub(in crate::corpus) fn new(change: &Change, made_from: &[&[u8]], seed: CorpusSeed) -> Self {
        let stated = change.digest(seed).to_le_bytes();
        let parts = [&[stated.as_slice()], made_from].concat();
        Self(Ticket::digest_of("a change made from", &parts, seed))
    }

    /// Of a change that holds all that its request asks for.
    pub(crate) fn of_change(change: &Change, seed: CorpusSeed) -> Self {
        Self(change.digest(seed))
    }

    /// The digest as a number.
    pub(crate) fn number(self) -> u128 {
        self.0
    }

    pub(in crate::corpus) fn ticket(self, key: RequestKey) -> Arc<Ticket> {
        Ticket::of_digest(key, self.0)
    }
}

impl Change {
    /// True if it concerns one source, not a collection as a whole.
    pub(in crate::corpus) fn is_about_a_source(&self) -> bool {
        matches!(self, Self::AddSource { .. } | Self::UpdateSource { .. } | Self::DeleteSource { .. })
    }

    /// The ticket of a request for this change.
    pub(in crate::corpus) fn ticket(&self, key: RequestKey, seed: CorpusSeed) -> Arc<Ticket> {
        Ticket::of_digest(key, self.digest(seed))
    }

    /// A digest of everything that the change asks for. It is stored: the names of kinds must never change.
    fn digest(&self, seed: CorpusSeed) -> u128 {
        match self {
            Self::AddSource { collection, source, if_exists } => {
                let content = content_digest(&source.text, source.details(), seed).to_le_bytes();
                let id = source.id.as_ref().map_or("", SourceId::as_str);
                let parts = [collection.as_str(), id, if_exists.stable_name()].map(str::as_bytes);
                let parts = [parts.as_slice(), &[content.as_slice()]].concat();
                Ticket::digest_of("add a source", &parts, seed)
            }
            Self::UpdateSource { collection, id, update } => {
                let parts = [collection.as_str().as_bytes(), id.as_str().as_bytes(), &update_bytes(update)];
                Ticket::digest_of("update a source", &parts, seed)
            }
            Self::DeleteSources { collection, filter } => {
                let parts = [collection.as_str().as_bytes(), &filter.to_bytes()];
                Ticket::digest_of("delete sources", &parts, seed)
            }
            Self::DeleteSource { collection, id } => {
                let parts = [collection.as_str().as_bytes(), id.as_str().as_bytes()];
                Ticket::digest_of("delete a source", &parts, seed)
            }
            Self::PutScale { collection, scale, replace } => {
                let content = scale_bytes(scale);
                let parts = [collection.as_str().as_bytes(), &[u8::from(*replace)], &content];
                Ticket::digest_of("put a scale", &parts, seed)
            }
            Self::DeleteScale { collection, name } => {
                let parts = [collection.as_str().as_bytes(), name.as_str().as_bytes()];
                Ticket::digest_of("delete a scale", &parts, seed)
            }
            Self::Calibrate { collection, calibration: Calibration { rate, decay, sources, .. } } => {
                let numbers = [rate.to_bits(), decay.to_bits(), *sources].map(u64::to_le_bytes);
                let parts = [collection.as_str().as_bytes(), numbers.as_flattened()];
                Ticket::digest_of("calibrate a collection", &parts, seed)
            }
            Self::CreateCollection { collection, settings: FingerprintSettings { kgram, window } } => {
                let numbers = [kgram.get().to_le_bytes(), window.get().to_le_bytes()];
                let parts = [collection.as_str().as_bytes(), numbers.as_flattened()];
                Ticket::digest_of("create a collection", &parts, seed)
            }
            Self::DeleteCollection { collection } => {
                Ticket::digest_of("delete a collection", &[collection.as_str().as_bytes()], seed)
            }
        }
    }
}

/// An update as bytes: for each field whether it is set, and its value. Equal updates have equal bytes, different ones
/// different bytes.
fn update_bytes(update: &SourceUpdate) -> Vec<u8> {
    let SourceUpdate { title, group, labels, uri, submitted_at, metadata } = update;
    let mut bytes = Vec::new();
    let mut field = |values: Option<Vec<&[u8]>>| {
        let count = values.as_ref().map_or(u64::MAX, |values| values.len() as u64);
        bytes.extend_from_slice(&count.to_le_bytes());
        for value in values.unwrap_or_default() {
            bytes.extend_from_slice(&(value.len() as u64).to_le_bytes());
            bytes.extend_from_slice(value);
        }
    };
    let time = submitted_at.map(|time| time.map_or_else(Vec::new, bytes_of));
    field(title.as_ref().map(|title| vec![title.as_str().as_bytes()]));
    field(group.as_ref().map(|group| vec![group.as_str().as_bytes()]));
    field(
        labels
            .as_ref()
            .map(|labels| labels.as_slice().iter().map(Label::as_str).map(str::as_bytes).collect()),
    );
    field(uri.as_ref().map(|uri| vec![uri.as_str().as_bytes()]));
    field(time.as_ref().map(|time| vec![time.as_slice()]));
    field(metadata.as_ref().map(|metadata| metadata.as_slice().iter().flat_map(entry_bytes).collect()));
    bytes
}

/// A scale as bytes. Equal scales have equal bytes, different ones different bytes.
fn scale_bytes(scale: &Scale) -> Vec<u8> {
    StoredScale { collection: CollectionNumber(0), scale: scale.clone() }.to_bytes()
}

fn entry_bytes(entry: &MetadataEntry) -> [&[u8]; 2] {
    [entry.key.as_str().as_bytes(), entry.value.as_str().as_bytes()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RequestId;

    /// Digests are stored with requests: after an upgrade a retry must have the digest that it had before.
    #[test]
    fn digests_of_requests_stay_as_they_were() {
        let key = || RequestKey::new("owner", RequestId::new("id").unwrap());
        let collection = || CollectionName::new("essays").unwrap();
        let id = || SourceId::new("one").unwrap();
        let source = NewSource::new("A text of some words.").with_id(id());
        let add =
            |if_exists| Change::AddSource { collection: collection(), source: source.clone(), if_exists };
        let changes = [
            add(IfExists::Reject),
            add(IfExists::Replace),
            add(IfExists::RejectDifferent),
            add(IfExists::ReplaceDifferent),
            Change::DeleteSource { collection: collection(), id: id() },
            Change::CreateCollection { collection: collection(), settings: FingerprintSettings::default() },
            Change::DeleteCollection { collection: collection() },
        ];
        let digests =
            changes.map(|change| format!("{:032x}", change.ticket(key(), CorpusSeed::new(7)).digest()));
        assert_eq!(digests, DIGESTS);
    }

    const DIGESTS: [&str; 7] = [
        "240dc73853877e74429b9e9461ac538d",
        "ed69adb3bfde7cb225a1ac7c53d7a601",
        "89a77d8a9d502dcbe7dbbbe5bceb8419",
        "627fbbeac2b0188acf5a2a64cd1152d2",
        "4db1f0e11de217c6dd3c056b4c5f8556",
        "35a7a95ed23c170c9b50f7bbfdbaa692",
        "edefea597c5943bc92f4179bd39b314e",
    ];
}
