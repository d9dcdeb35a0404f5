//! The errors of the engine.

use crate::model::{CollectionName, Limits, ScaleName, SourceId, StopReason};
use crate::store::{StoreError, SystemError};

/// The text of a request that an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub enum TextRole {
    /// The submission.
    Submission,
    /// The source to add.
    Source,
    /// One of the texts to compare with, by its place.
    Compared(usize),
    /// One of the texts given as boilerplate, by its place.
    Boilerplate(usize),
    /// One of the graded texts of a scale, by its place.
    Graded(usize),
}

impl std::fmt::Display for TextRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Submission => f.write_str("the submission"),
            Self::Source => f.write_str("the source"),
            Self::Boilerplate(place) => write!(f, "boilerplate text {place}"),
            Self::Graded(place) => write!(f, "graded text {place}"),
            Self::Compared(place) => write!(f, "text {place} of those to compare with"),
        }
    }
}

/// The reason for which the engine refused a request. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Error {
    /// A text without a single word.
    #[error("{role} has no words; send a text with letters or digits in it")]
    NoWords {
        /// The text.
        role: TextRole,
    },
    /// A source that is too short to have a fingerprint.
    #[error(
        "{role} has {words} words, but the collection needs {kgram_tokens} at least (its k-gram length); \
         leave it out, or use a collection with a smaller k"
    )]
    TooFewWords {
        /// The text.
        role: TextRole,
        /// Its words.
        words: usize,
        /// The collection's `k`.
        kgram_tokens: u32,
    },
    /// A text with too many bytes.
    #[error("{role} has {bytes} bytes, but may have {max_text_bytes} at most (max_text_bytes); split it")]
    TooManyBytes {
        /// The text.
        role: TextRole,
        /// Its bytes.
        bytes: usize,
        /// The limit.
        max_text_bytes: usize,
    },
    /// A text whose normalised words are too long.
    #[error(
        "the words of {role} have more than {max_normalised_bytes} bytes in their compared form, as many as they may \
         (max_normalised_bytes): some characters stand for many letters; split it"
    )]
    TooManyNormalisedBytes {
        /// The text.
        role: TextRole,
        /// The limit.
        max_normalised_bytes: usize,
    },
    /// A text with too many words.
    #[error("{role} has {words} words, but may have {max_text_words} at most (max_text_words); split it")]
    TooManyWords {
        /// The text.
        role: TextRole,
        /// Its words.
        words: usize,
        /// The limit.
        max_text_words: usize,
    },
    /// A collection that does not exist.
    #[error("there is no collection {name:?}; create it first, or list the collections", name = .0.as_str())]
    CollectionNotFound(CollectionName),
    /// A collection whose name is taken.
    #[error("there is a collection {name:?} already; choose another name, or delete it first", name = .0.as_str())]
    CollectionExists(CollectionName),
    /// A source that does not exist.
    #[error("there is no source {id:?} in collection {collection:?}", id = .id.as_str(), collection = .collection.as_str())]
    SourceNotFound {
        /// The collection.
        collection: CollectionName,
        /// The id.
        id: SourceId,
    },
    /// A source whose id is taken.
    #[error(
        "there is a source {id:?} in collection {collection:?} already; choose another id, or ask to replace it",
        id = .id.as_str(), collection = .collection.as_str()
    )]
    SourceExists {
        /// The collection.
        collection: CollectionName,
        /// The id.
        id: SourceId,
    },
    /// A scale that does not exist.
    #[error(
        "there is no scale {name:?} in collection {collection:?}; list its scales, or train one",
        name = .name.as_str(), collection = .collection.as_str()
    )]
    ScaleNotFound {
        /// The collection.
        collection: CollectionName,
        /// The name.
        name: ScaleName,
    },
    /// A scale whose name is taken.
    #[error(
        "there is a scale {name:?} in collection {collection:?} already; choose another name, or ask to replace it",
        name = .name.as_str(), collection = .collection.as_str()
    )]
    ScaleExists {
        /// The collection.
        collection: CollectionName,
        /// The name.
        name: ScaleName,
    },
    /// The limit of scales in a collection is met.
    #[error("the collection has {max_scales} scales, as many as it may; delete one first")]
    TooManyScales {
        /// The limit.
        max_scales: usize,
    },
    /// The limit of collections is met.
    #[error(
        "the corpus has {max_collections} collections, as many as it may (max_collections); delete one first"
    )]
    TooManyCollections {
        /// The limit.
        max_collections: usize,
    },
    /// The limit of sources in a collection is met.
    #[error(
        "the collection has {max_sources} sources, as many as it may (max_sources_per_collection); \
         delete some, or use another collection"
    )]
    TooManySources {
        /// The limit.
        max_sources: usize,
    },
    /// The limit of bytes in a collection is met.
    #[error(
        "the collection has {bytes} bytes of texts and would have {text_bytes} more, but may have \
         {max_collection_bytes} at most (max_collection_bytes); delete some sources, or use another collection"
    )]
    TooManyCollectionBytes {
        /// Its bytes, without those of the source that would be replaced.
        bytes: u64,
        /// Of the text to add.
        text_bytes: u64,
        /// The limit.
        max_collection_bytes: u64,
    },
    /// A request id that was used for another request.
    #[error(
        "request_id {id:?} was used for another request; send a request again as it was, or give a new one an id of its own"
    )]
    RequestIdTaken {
        /// The id.
        id: String,
    },
    /// A collection given as boilerplate for its own sources.
    #[error(
        "collection {name:?} can't be boilerplate for its own sources: nothing would be left of them; leave it out",
        name = .collection.as_str()
    )]
    OwnBoilerplate {
        /// The collection.
        collection: CollectionName,
        /// Its place among the collections of boilerplate.
        place: usize,
    },
    /// A change whose log position is not past the last one that was applied.
    #[error(
        "the change at log position {position} was applied before (the last applied position is {applied}); \
         continue after that"
    )]
    AlreadyApplied {
        /// The position of the change.
        position: u64,
        /// The last position that was applied.
        applied: u64,
    },
    /// A change after one in the log that failed.
    #[error(
        "the change at log position {position} can't be applied, because the one at {failed} before it failed; apply \
         the log from {failed} again"
    )]
    LogInterrupted {
        /// The position of the change.
        position: u64,
        /// The position of the change that failed.
        failed: u64,
    },
    /// A scope whose patterns match too many collections.
    #[error(
        "the scope has more than {max_collections} collections, as many as it may; name fewer, by longer prefixes"
    )]
    TooManyCollectionsInScope {
        /// The limit.
        max_collections: usize,
    },
    /// A source that should be compared with itself.
    #[error("the source {id:?} can't be compared with itself; name another one")]
    SamePair {
        /// Its id.
        id: SourceId,
    },
    /// A defect of the program.
    #[error("a defect of the program: {what}; report it")]
    #[cfg_attr(feature = "server", serde(skip_deserializing))]
    Internal {
        /// The defect.
        #[cfg_attr(feature = "server", serde(skip_deserializing))]
        what: &'static str,
    },
    /// [A defect](Self::Internal) of the program that another node met. It is what the error of that node is received as.
    #[cfg_attr(feature = "server", serde(rename = "Internal"))]
    #[error("a defect of the program: {what}; report it")]
    InternalElsewhere {
        /// The defect.
        what: String,
    },
    /// Work that was stopped before its end.
    #[error(transparent)]
    Stopped(#[from] StopReason),
    /// A failure of the store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A thread that could not be started.
    #[error(
        "the system refused to start a thread: {0}; raise the limit of threads or processes, and try again"
    )]
    NoThread(#[source] SystemError),
    /// Another part of a cluster that does not answer.
    #[error("{what}; try again")]
    Unreachable {
        /// The part, and for how long it was asked.
        what: String,
    },
    /// A collection that is too large for a node of a cluster to gather.
    #[error(
        "a node of a cluster gathers up to {max_bytes} bytes of texts and what is known of them to compare all sources of a \
         collection, and there are {bytes}, with boilerplate; compare fewer sources in a collection of their own, or take \
         the corpus to one server by `palimpsest cluster export`"
    )]
    TooMuchToGather {
        /// The bytes.
        bytes: u64,
        /// As many as there may be.
        max_bytes: u64,
    },
    /// Random numbers that the system did not give.
    #[error("the system has no random numbers: {0}; check that the process may read them, and try again")]
    NoRandomness(#[source] SystemError),
}

impl Error {
    /// True if it comes from this machine or process and not from the request: another engine, or the same one later, may
    /// make the same change.
    pub(crate) fn is_of_this_node(&self) -> bool {
        matches!(
            self,
            Self::Store(_)
                | Self::Stopped(_)
                | Self::NoThread(_)
                | Self::NoRandomness(_)
                | Self::LogInterrupted { .. }
                | Self::Unreachable { .. }
                | Self::Internal { .. }
                | Self::InternalElsewhere { .. }
        )
    }
}

impl From<getrandom::Error> for Error {
    fn from(error: getrandom::Error) -> Self {
        Self::NoRandomness((&std::io::Error::from(error)).into())
    }
}

/// The number of words of a text, if it is within the limits.
pub(crate) fn check_words(limits: &Limits, words: usize, role: TextRole) -> Result<usize, Error> {
    let max_text_words = limits.max_text_words;
    match words {
        0 => Err(Error::NoWords { role }),
        words if words > max_text_words => Err(Error::TooManyWords { role, words, max_text_words }),
        _ => Ok(words),
    }
}

/// Checks that the bytes of a text are within the limits.
pub(crate) fn check_bytes(limits: &Limits, text: &str, role: TextRole) -> Result<(), Error> {
    let max_text_bytes = limits.max_text_bytes.min(Limits::MOST_TEXT_BYTES);
    match text.len() {
        bytes if bytes > max_text_bytes => Err(Error::TooManyBytes { role, bytes, max_text_bytes }),
        _ => Ok(()),
    }
}
