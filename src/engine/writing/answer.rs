//! What was answered to a request, to be given again.

use std::sync::Arc;

use crate::engine::catalogue::Entry;
use crate::engine::collection::{Collection, CollectionInfo, CollectionStats};
use crate::engine::corpus::Added;
use crate::engine::names::{CollectionName, InvalidValue, SourceId};
use crate::fingerprint::{FingerprintSettings, KgramLength, WindowSize};
use crate::store::{CollectionNumber, StoredAnswer};

/// An answer to a request that changes the corpus.
#[derive(Debug, Clone)]
pub(in crate::engine) enum Answer {
    /// A source was added.
    Added(Added),
    /// A source was deleted, as of a revision.
    Deleted(u64),
    /// A collection was created.
    Created(CollectionInfo),
    /// A collection was deleted with so many sources, as of a revision.
    CollectionDeleted(u64, u64),
}

/// What a kind of request is answered with.
pub(in crate::engine) trait Answered: Clone + Send + Sized + 'static {
    /// As any answer.
    fn into_answer(self) -> Answer;

    /// From any answer, if it is one of this kind.
    fn from_answer(answer: Answer) -> Option<Self>;
}

impl Answered for Added {
    fn into_answer(self) -> Answer {
        Answer::Added(self)
    }

    fn from_answer(answer: Answer) -> Option<Self> {
        if let Answer::Added(added) = answer { Some(added) } else { None }
    }
}

impl Answered for u64 {
    fn into_answer(self) -> Answer {
        Answer::Deleted(self)
    }

    fn from_answer(answer: Answer) -> Option<Self> {
        if let Answer::Deleted(revision) = answer { Some(revision) } else { None }
    }
}

impl Answered for CollectionInfo {
    fn into_answer(self) -> Answer {
        Answer::Created(self)
    }

    fn from_answer(answer: Answer) -> Option<Self> {
        if let Answer::Created(info) = answer { Some(info) } else { None }
    }
}

impl Answered for (u64, u64) {
    fn into_answer(self) -> Answer {
        Answer::CollectionDeleted(self.0, self.1)
    }

    fn from_answer(answer: Answer) -> Option<Self> {
        if let Answer::CollectionDeleted(sources, revision) = answer {
            Some((sources, revision))
        } else {
            None
        }
    }
}

impl Answer {
    /// About the bytes of memory that remembering it takes.
    pub(super) fn bytes(&self) -> usize {
        const RECORD: usize = 256;
        match self {
            Self::Added(Added { entry, exact_duplicates, .. }) => {
                let labels = entry.labels.as_slice().iter().map(|label| label.as_str().len());
                let names = [entry.id.as_str(), entry.title.as_str(), entry.group.as_str()];
                let duplicates = exact_duplicates.iter().map(|id| id.as_str().len());
                RECORD + names.map(str::len).iter().sum::<usize>() + labels.chain(duplicates).sum::<usize>()
            }
            Self::Created(info) => RECORD + info.name.as_str().len(),
            Self::Deleted(_) | Self::CollectionDeleted(..) => RECORD,
        }
    }

    /// The answer that was kept. What is not kept of a source is taken from the one that is there now, if it is the
    /// same still; exact duplicates are those there are now.
    pub(in crate::engine) fn restored(
        stored: StoredAnswer,
        collection: impl Fn(CollectionNumber) -> Option<Arc<Collection>>,
    ) -> Result<Self, InvalidValue> {
        Ok(match stored {
            StoredAnswer::Added {
                collection: number,
                id,
                replaced,
                revision,
                words,
                text_bytes,
                fingerprints,
            } => {
                let id = SourceId::new(&id)?;
                let here = collection(number).and_then(|here| still_there(&here, &id, revision));
                let (entry, exact_duplicates) = here.unwrap_or_else(|| {
                    (Arc::new(Entry::gone(id, words, text_bytes, fingerprints, revision)), Vec::new())
                });
                Self::Added(Added { entry, replaced, unchanged: false, exact_duplicates })
            }
            StoredAnswer::Deleted { revision } => Self::Deleted(revision),
            StoredAnswer::Created { name, kgram_tokens, window_kgrams, revision } => {
                let kgram = KgramLength::new(kgram_tokens).unwrap_or_default();
                let window = WindowSize::new(window_kgrams).unwrap_or_default();
                let settings = FingerprintSettings { kgram, window };
                let stats = CollectionStats { revision, ..CollectionStats::default() };
                Self::Created(CollectionInfo { name: CollectionName::new(&name)?, settings, stats })
            }
            StoredAnswer::CollectionDeleted { sources, revision } => {
                Self::CollectionDeleted(sources, revision)
            }
        })
    }
}

/// The source that was added at a revision, and its exact duplicates.
fn still_there(collection: &Collection, id: &SourceId, revision: u64) -> Option<(Arc<Entry>, Vec<SourceId>)> {
    let catalogue = collection.catalogue.read();
    let entry = catalogue.get(id).filter(|entry| entry.added == revision)?;
    Some((Arc::clone(entry), catalogue.duplicates(entry, Added::MAX_DUPLICATES)))
}
