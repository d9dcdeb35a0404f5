//! The engine: a corpus, and the detection of what a submission shares with it.
//!
//! This is the library's public API. It is synchronous, knows nothing of networks, and may be called
//! from many threads at once. Work that may take long is handed a [`Stop`](crate::Stop).
//!
//! Every change to the corpus raises its revision by one. A check looks at one revision: it sees each
//! change that was acknowledged before it began, and none that comes later.

mod backup;
mod candidates;
mod catalogue;
mod check;
mod collection;
mod collections;
mod compare;
mod corpus;
mod error;
mod evidence;
mod exclusions;
mod figures;
mod limits;
mod names;
mod options;
mod pairs;
mod pins;
mod profile;
mod readers;
mod recovery;
mod release;
mod search;
mod shared;
mod snapshot;
mod subject;
#[cfg(test)]
mod tests;
mod totals;
mod verify;
mod visibility;
mod writing;

pub use catalogue::Entry;
pub use collection::{CollectionInfo, CollectionStats};
pub use collections::CorpusInfo;
pub use compare::ComparedText;
pub use corpus::{Added, Engine, IfExists, NewSource};
pub use error::{Error, TextRole};
pub use figures::{Distribution, Figures, LastVerified};
pub(crate) use figures::{Histogram, TIME_BOUNDS};
pub use limits::Limits;
pub use names::{CollectionName, Group, InvalidValue, Label, Labels, RequestId, RequestKey, SourceId, Title};
pub use options::{DetectionMode, DetectionOptions, Exclusions, Scope};
pub use pairs::{Cluster, Pair, PairOptions, Pairs, PairsProgress, PairsVoid, Side};
pub use recovery::Progress;
pub use verify::{Finding, Verified};
pub use visibility::{Pattern, Visibility};

pub use crate::store::{BackedUp, BackupError, CacheFigures, StoreError};

/// Changes when the same texts may give another report.
pub const ALGORITHM_VERSION: u32 = 1;
