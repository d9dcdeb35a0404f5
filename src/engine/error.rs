//! What can go wrong, and what to do about it.

use super::names::{CollectionName, SourceId};
use crate::matching::StopReason;
use crate::store::StoreError;

/// Which text of a request an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextRole {
    /// The submission.
    Submission,
    /// The source to add.
    Source,
    /// One of the texts to compare with, by its place.
    Compared(usize),
    /// One of the texts given as boilerplate, by its place.
    Boilerplate(usize),
}

impl std::fmt::Display for TextRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Submission => f.write_str("the submission"),
            Self::Source => f.write_str("the source"),
            Self::Boilerplate(place) => write!(f, "boilerplate text {place}"),
            Self::Compared(place) => write!(f, "text {place} of those to compare with"),
        }
    }
}

/// Why the engine did not do what it was asked for. Nothing was changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A text without a single word.
    #[error("{role} has no words; send a text with letters or digits in it")]
    NoWords {
        /// Which text.
        role: TextRole,
    },
    /// A source too short to have a fingerprint.
    #[error(
        "{role} has {words} words, but the collection needs {kgram_tokens} at least (its k-gram length); \
         leave it out, or use a collection with a smaller k"
    )]
    TooFewWords {
        /// Which text.
        role: TextRole,
        /// Its words.
        words: usize,
        /// The collection's `k`.
        kgram_tokens: u32,
    },
    /// A text with too many bytes.
    #[error("{role} has {bytes} bytes, but may have {max_text_bytes} at most (max_text_bytes); split it")]
    TooManyBytes {
        /// Which text.
        role: TextRole,
        /// Its bytes.
        bytes: usize,
        /// The limit.
        max_text_bytes: usize,
    },
    /// A text that grows too long when its words are normalised.
    #[error(
        "the words of {role} have more than {max_normalised_bytes} bytes in their compared form, as many as they may \
         (max_normalised_bytes): some characters stand for many letters; split it"
    )]
    TooManyNormalisedBytes {
        /// Which text.
        role: TextRole,
        /// The limit.
        max_normalised_bytes: usize,
    },
    /// A text with too many words.
    #[error("{role} has {words} words, but may have {max_text_words} at most (max_text_words); split it")]
    TooManyWords {
        /// Which text.
        role: TextRole,
        /// Its words.
        words: usize,
        /// The limit.
        max_text_words: usize,
    },
    /// There is no such collection.
    #[error("there is no collection {name:?}; create it first, or list the collections", name = .0.as_str())]
    CollectionNotFound(CollectionName),
    /// There is a collection with that name already.
    #[error("there is a collection {name:?} already; choose another name, or delete it first", name = .0.as_str())]
    CollectionExists(CollectionName),
    /// There is no such source.
    #[error("there is no source {id:?} in collection {collection:?}", id = .id.as_str(), collection = .collection.as_str())]
    SourceNotFound {
        /// Where it was looked for.
        collection: CollectionName,
        /// What was looked for.
        id: SourceId,
    },
    /// There is a source with that id already.
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
    /// The corpus has all the collections that it may have.
    #[error(
        "the corpus has {max_collections} collections, as many as it may (max_collections); delete one first"
    )]
    TooManyCollections {
        /// The limit.
        max_collections: usize,
    },
    /// A collection has all the sources that it may have.
    #[error(
        "the collection has {max_sources} sources, as many as it may (max_sources_per_collection); \
         delete some, or use another collection"
    )]
    TooManySources {
        /// The limit.
        max_sources: usize,
    },
    /// A collection has no room for a text.
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
    /// A collection that is to be its own boilerplate.
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
    /// The work was stopped before its end.
    #[error(transparent)]
    Stopped(#[from] StopReason),
    /// Something could not be kept, or read back.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system gave no thread.
    #[error("the system gave no thread: {0}")]
    NoThread(String),
    /// The system has no random numbers to give.
    #[error("the system gave no random numbers: {0}")]
    NoRandomness(String),
}
