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
    Texts(Vec<Option<(Arc<Entry>, Arc<str>)>>),
    /// To [`Question::Related`], of each partition.
    Related(Vec<RelatedFound>),
    /// To [`Question::Verify`].
    Verified(VerifiedPart),
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
