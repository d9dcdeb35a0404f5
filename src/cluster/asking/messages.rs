//! What nodes ask one another, and the answers: MessagePack behind the version of the messages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::peers::WIRE;
use crate::detection::search::{Answered, Step};
use crate::engine::{
    CollectionStats, Defect, Entry, Error, Outcome, RelatedFound, RelatedQuery, SourcePage, SourcesDeleted,
};
use crate::model::{CollectionName, Group, Scope, SourceFilter, SourceId, SourceName};

/// How recent the answer of a node has to be.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Recency {
    /// The sequence number of the meta log up to which all is applied.
    pub(crate) meta: u64,
    /// The least revision of partitions.
    pub(crate) revisions: BTreeMap<u16, u64>,
    /// Whether everything is applied that the log has when the node is asked.
    pub(crate) strict: bool,
}

/// A request to a node about the partitions that it holds.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) enum Request {
    /// A step of a conversation about a submission; `None` ends it.
    Search {
        /// The conversation.
        conversation: u128,
        /// What it is about, in the first step.
        open: Option<Box<Open>>,
        /// The step.
        step: Option<Step>,
    },
    /// Another question, for an answer so recent.
    Ask(Recency, Question),
    /// A request about a copy of a partition.
    Copy(CopyRequest),
}

/// A request about a copy of a partition.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum CopyRequest {
    /// Begins a copy; one of the partition that the same node began before ends.
    Begin {
        /// The partition.
        partition: u16,
        /// The last entry of its log that the copy has to know.
        beyond: u64,
        /// The node that asks.
        node: String,
        /// What the nodes of a corpus know.
        secret: [u8; 32],
    },
    /// The next bytes of a copy.
    Chunk {
        /// The copy.
        copy: u128,
        /// The bytes that the node has.
        offset: u64,
    },
    /// Ends a copy.
    End {
        /// The copy.
        copy: u128,
    },
}

/// The answer to a request about a copy.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum CopyReply {
    /// It is begun.
    Begun {
        /// The copy.
        copy: u128,
    },
    /// The node gives as many copies as it may, or one of the partition.
    Busy,
    /// Bytes of it.
    Chunk(Chunk),
    /// It is ended.
    Ended,
}

/// Bytes of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Chunk {
    /// The bytes; none if they are not written yet.
    #[serde(with = "plain_bytes")]
    pub(crate) bytes: Vec<u8>,
    /// Their checksum: xxh3, 64 bits.
    pub(crate) checksum: u64,
    /// Whether nothing follows.
    pub(crate) is_last: bool,
}

/// Bytes as one value: serde sees numbers in them otherwise.
mod plain_bytes {
    use std::fmt;

    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        deserializer.deserialize_byte_buf(Bytes)
    }

    struct Bytes;

    impl Visitor<'_> for Bytes {
        type Value = Vec<u8>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("bytes")
        }

        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
            Ok(bytes.to_vec())
        }

        fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
            Ok(bytes)
        }
    }
}

/// What a conversation is about.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Open {
    /// How recent the view is.
    pub(crate) recency: Recency,
    /// The submission.
    pub(crate) text: Arc<str>,
    /// Whether it is a stored source.
    pub(crate) is_stored: bool,
    /// The scope, with all its collections by name.
    pub(crate) scope: Scope,
    /// Collections of boilerplate.
    pub(crate) boilerplate: BTreeSet<CollectionName>,
    /// Groups that sources in scope should be in.
    pub(crate) own_groups: BTreeSet<Group>,
}

/// A question about sources.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) enum Question {
    /// A source, with its text or without.
    Source {
        /// The source.
        name: SourceName,
        /// Whether the text is wanted.
        with_text: bool,
    },
    /// Sources of a collection that match a filter, in order of their ids.
    Sources {
        /// The collection.
        collection: CollectionName,
        /// The sources.
        filter: SourceFilter,
        /// The id before the first.
        after: Option<SourceId>,
        /// The largest number.
        count: usize,
    },
    /// What a deletion by a filter would delete.
    Deletion {
        /// The collection.
        collection: CollectionName,
        /// The sources.
        filter: SourceFilter,
    },
    /// The counts of collections, of those that are there.
    Collections(Vec<CollectionName>),
    /// The counts of all sources.
    Totals,
    /// Sources with their texts; `None` for those that are not there.
    Texts(Vec<SourceName>),
    /// The sources on the subject of a text.
    Related(Box<RelatedQuery>),
    /// A part of a verification.
    Verify(VerifyPart),
}

/// A part of the verification of one corpus of a node: as much as takes a few seconds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct VerifyPart {
    /// The partition; `None` for the corpus of the meta log.
    pub(crate) partition: Option<u16>,
    /// Where it begins.
    pub(crate) from: VerifyFrom,
    /// The defects that were found before.
    pub(crate) found: u64,
}

/// Where a part of a verification begins.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum VerifyFrom {
    /// At the first source.
    Begin,
    /// After a source.
    After(SourceName),
    /// After all sources: the rows and the files.
    Rest,
}

/// What a part of a verification found.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct VerifiedPart {
    /// Sources that were verified.
    pub(crate) sources: u64,
    /// Defects.
    pub(crate) findings: Vec<Defect>,
    /// Where the next part begins; `None` at the end.
    pub(crate) next: Option<VerifyFrom>,
}

/// A source with its text; `None` if it is not there.
pub(crate) type FoundText = Option<(Arc<Entry>, Arc<str>)>;

/// The answer to a request.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) enum Reply {
    /// To a step.
    Step(Answered),
    /// To [`Question::Source`].
    Source(Arc<Entry>, Option<Arc<str>>),
    /// To [`Question::Sources`], of each partition.
    Sources(Vec<SourcePage>),
    /// To [`Question::Deletion`], of each partition.
    Deletion(Vec<SourcesDeleted>),
    /// To [`Question::Collections`], in their order, over the partitions of the node.
    Collections(Vec<CollectionStats>),
    /// To [`Question::Totals`], over the partitions of the node.
    Totals(CollectionStats),
    /// To [`Question::Texts`], in their order.
    Texts(Vec<FoundText>),
    /// To [`Question::Related`], of each partition.
    Related(Vec<RelatedFound>),
    /// To [`Question::Verify`].
    Verified(VerifiedPart),
    /// To [`Request::Copy`].
    Copy(CopyReply),
}

/// The outcome of a change, for the node that published it.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct OutcomeMessage {
    /// The operation.
    pub(crate) operation: u128,
    /// The revision of the partition from which the change is seen.
    pub(crate) revision: u64,
    /// The outcome.
    pub(crate) outcome: Result<Outcome, Error>,
}

/// The bytes of a message. Plain data can always be written.
pub(crate) fn encode(message: &impl Serialize) -> Result<Bytes, Error> {
    let mut bytes = WIRE.to_le_bytes().to_vec();
    let written = rmp_serde::encode::write_named(&mut bytes, message);
    written.map_err(|_| Error::Internal { what: "a message to another node that can't be written" })?;
    Ok(bytes.into())
}

/// The message of some bytes.
///
/// # Errors
///
/// [`Error::Unreachable`] for a message of another version.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let unreadable = |detail: String| Error::Unreachable {
        what: format!("a message of another node can't be read ({detail}): are all nodes of one version?"),
    };
    let (wire, rest) = bytes.split_first_chunk::<2>().ok_or_else(|| unreadable("it is empty".to_owned()))?;
    let wire = u16::from_le_bytes(*wire);
    if wire != WIRE {
        return Err(unreadable(format!("it has version {wire}, and this node reads version {WIRE}")));
    }
    rmp_serde::from_slice(rest).map_err(|error| unreadable(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_takes_no_more_than_its_bytes() {
        let bytes: Vec<u8> = (0..100_000_u32).map(|number| u8::try_from(number % 251).unwrap()).collect();
        let chunk = Chunk { bytes, checksum: u64::MAX, is_last: true };
        let sent = encode(&Ok::<_, Error>(Reply::Copy(CopyReply::Chunk(chunk.clone())))).unwrap();
        assert!(sent.len() < 100_100, "{}", sent.len());
        let received = decode::<Result<Reply, Error>>(&sent).unwrap().unwrap();
        assert!(matches!(received, Reply::Copy(CopyReply::Chunk(same)) if same == chunk));
    }
}
