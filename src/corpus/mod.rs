//! The corpus: collections of sources, with views to read them and a writer to change them.
//!
//! A [`View`] is one consistent state of some collections. It pins what it reads, so that neither a reader nor a writer
//! waits for the other. All changes go through one [`Writer`], which makes them durable and publishes them in order, each
//! under a revision of its own.

mod catalogue;
mod changes;
mod collection;
mod error;
mod figures;
mod full_disk;
mod gone;
mod info;
mod opening;
mod pins;
mod scales;
mod selecting;
mod state;
mod totals;
mod verify;
mod view;
mod writing;

pub use catalogue::Entry;
pub use changes::{
    Added, Change, CollectionDeleted, Operation, Outcome, RequestDigest, ScaleDeleted, SourceDeleted,
    SourcesDeleted,
};
pub(crate) use changes::{Done, wait};
pub use error::{Error, TextRole};
pub(crate) use error::{check_bytes, check_words};
pub use figures::{Distribution, Figures, LastVerified};
pub(crate) use figures::{Histogram, TIME_BOUNDS};
pub use info::{CollectionInfo, CollectionStats, CorpusInfo};
pub use opening::Progress;
pub(crate) use opening::{Opened, open, open_read_only};
pub use selecting::SourcePage;
pub(crate) use state::{Corpus, random_seed};
#[cfg(feature = "server")]
pub(crate) use verify::VerifiedSources;
pub use verify::{Defect, Verified};
pub(crate) use view::{IndexKind, View, ViewRequest, ViewedCollection};
pub(crate) use writing::Writer;

/// The version of the algorithm. It changes when the same texts may give another report.
pub const ALGORITHM_VERSION: u32 = 3;

/// The version of the algorithm that last changed what is stored of a source: its words, digests and fingerprints.
const COUNTS_VERSION: u32 = 2;
