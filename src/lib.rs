//! Palimpsest finds what a text shares with a corpus of known sources: how much, in which passages,
//! exactly where on both sides, and how sure one can be that nothing was missed.
//!
//! The entry point is [`Engine`]: add sources, check submissions, read the [`report::Report`]. The rooms
//! below it, in the order in which data flows through them, are [`text`], [`fingerprint`], [`index`],
//! [`matching`] and [`report`]; [`store`] keeps texts. What makes a server of it stands above:
//! [`service`], [`server`] and [`cli`].
//!
//! ```
//! use palimpsest::{CollectionName, ComparedText, DetectionOptions, Engine, Stop};
//!
//! let engine = Engine::in_memory()?;
//! let source = ComparedText {
//!     id: "a".into(),
//!     title: String::new(),
//!     text: "Every palimpsest was a frugal page before it was a riddle.".into(),
//! };
//! let submission = "Remember: every palimpsest was a frugal page before it was a riddle!";
//! let report = engine.compare(submission, &[source], &DetectionOptions::default(), &Stop::never())?;
//!
//! assert_eq!(report.coverage.words, 11);
//! let passage = &report.sources[0].passages[0];
//! assert_eq!(passage.submission.of(submission), "every palimpsest was a frugal page before it was a riddle");
//! # Ok::<(), palimpsest::Error>(())
//! ```

#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::float_cmp,
        clippy::format_collect,
        reason = "tests fail loudly where it matters"
    )
)]

pub mod cli;
mod corpus;
mod detection;
mod engine;
pub mod fingerprint;
pub mod index;
pub mod matching;
mod model;
mod private;
pub mod proto;
pub mod report;
pub mod server;
pub mod service;
pub mod store;
pub mod text;

pub use engine::{
    ALGORITHM_VERSION, Added, BackedUp, BackupError, CacheFigures, Change, Cluster, CollectionDeleted,
    CollectionInfo, CollectionName, CollectionStats, ComparedText, CorpusInfo, CorpusSeed, Defect,
    DetectionMode, DetectionOptions, Distribution, Engine, Entry, Error, Exclusions, Figures,
    FingerprintSettings, Group, IfExists, InvalidValue, Label, Labels, LastVerified, Limits, NewSource,
    Operation, Outcome, Pair, PairOptions, Pairs, PairsProgress, PairsVoid, Pattern, Progress, RequestId,
    RequestKey, Scope, Side, SourceDeleted, SourceId, SourceRecord, SourceText, Stop, StopReason, StoreError,
    TextRole, Title, Verified, Visibility,
};
