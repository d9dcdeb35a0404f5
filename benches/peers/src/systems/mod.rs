//! The systems, behind a common trait.

mod hash_map;
mod min_hash;
mod palimpsest;
mod winnowed;

use std::collections::BTreeSet;
use std::ops::Range;

use ::palimpsest::DetectionMode;
use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use crate::Failure;

/// A system to measure.
pub(crate) trait System {
    /// Adds a source; sources are numbered from 0.
    fn add(&mut self, number: u32, text: &str) -> Result<(), Failure>;

    /// Makes the added sources searchable.
    fn finish(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// The sources that share text with a submission, each once.
    fn check(&self, text: &str) -> Result<Vec<Found>, Failure>;

    /// Whether it has spans in the submission.
    fn gives_spans(&self) -> bool;

    /// Size of the index, if the system reports it.
    fn own_bytes(&self) -> Option<usize> {
        None
    }
}

/// A source that a submission shares text with.
pub(crate) struct Found {
    pub(crate) source: u32,
    /// Byte ranges in the submission; none if the system [has no spans](System::gives_spans).
    pub(crate) spans: Vec<Range<usize>>,
}

impl Found {
    /// Sources without spans, in order.
    fn all(sources: impl IntoIterator<Item = u32>) -> Vec<Self> {
        let sorted: BTreeSet<u32> = sources.into_iter().collect();
        sorted.into_iter().map(|source| Self { source, spans: Vec::new() }).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ValueEnum)]
pub(crate) enum Name {
    Altered,
    Verbatim,
    Index,
    Tantivy,
    Gaoya,
    Hashmap,
}

impl Name {
    pub(crate) const ALL: [Self; 6] =
        [Self::Altered, Self::Verbatim, Self::Index, Self::Tantivy, Self::Gaoya, Self::Hashmap];

    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Self::Altered | Self::Verbatim | Self::Index)
    }

    pub(crate) fn as_argument(self) -> &'static str {
        match self {
            Self::Altered => "altered",
            Self::Verbatim => "verbatim",
            Self::Index => "index",
            Self::Tantivy => "tantivy",
            Self::Gaoya => "gaoya",
            Self::Hashmap => "hashmap",
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Altered => "Palimpsest, altered too",
            Self::Verbatim => "Palimpsest, verbatim only",
            Self::Index => "Palimpsest, index alone",
            Self::Tantivy => "Tantivy, winnowed 8-grams",
            Self::Gaoya => "gaoya, MinHash LSH",
            Self::Hashmap => "HashMap of all 8-grams",
        }
    }

    pub(crate) fn new_system(self) -> Result<Box<dyn System>, Failure> {
        Ok(match self {
            Self::Altered => Box::new(palimpsest::Whole::new(DetectionMode::AlteredToo)),
            Self::Verbatim => Box::new(palimpsest::Whole::new(DetectionMode::VerbatimOnly)),
            Self::Index => Box::new(palimpsest::IndexRoom::new()),
            Self::Tantivy => Box::new(winnowed::Winnowed::new()?),
            Self::Gaoya => Box::new(min_hash::MinHash::new()),
            Self::Hashmap => Box::new(hash_map::AllGrams::default()),
        })
    }
}
