//! Palimpsest finds what a text shares with a corpus of known sources: how much of the text, in which passages, at which
//! exact positions on both sides, and with which guarantee that nothing was missed.
//!
//! The entry point is [`Engine`]: add sources, check submissions, read the [`Report`]. With the feature `server`,
//! which is on by default, the crate is also the gRPC service (`server`), its messages and clients (`proto`), and
//! the command line (`cli`). Without it, the crate is the engine alone: synchronous, and independent of any network.
//!
//! ```
//! use palimpsest::{CollectionName, ComparedText, DetectionOptions, Engine, Stop};
//!
//! let engine = Engine::in_memory()?;
//! let source = ComparedText {
//!     id: "a".into(),
//!     title: String::new(),
//!     text: "Every palimpsest was a frugal page before it was a riddle.".into(),
//!     submitted_at: None,
//!     pages: None,
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
    not(all(feature = "server", feature = "internals")),
    allow(
        dead_code,
        unreachable_pub,
        unused_imports,
        reason = "the server, tests and benches use the rest; builds with both features check it"
    )
)]
#![cfg_attr(
    feature = "internals",
    allow(unnameable_types, reason = "checked where the public API is all there is")
)]
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

// The API of the feature `server`.
#[cfg(feature = "server")]
pub mod cli;
#[cfg(feature = "server")]
pub mod proto;
#[cfg(feature = "server")]
pub mod server;

#[cfg(feature = "server")]
mod cluster;
#[cfg(feature = "server")]
mod web;

#[cfg(all(feature = "server", not(feature = "internals")))]
mod contained;
#[cfg(all(feature = "server", feature = "internals"))]
#[doc(hidden)]
pub mod contained;
#[cfg(all(feature = "server", not(feature = "internals")))]
mod documents;
#[cfg(all(feature = "server", feature = "internals"))]
#[doc(hidden)]
pub mod documents;

#[cfg(not(feature = "internals"))]
mod chance;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod chance;

mod corpus;
mod detection;
mod engine;
mod model;
mod private;

// Internal modules. The feature `internals` makes them public for tests, benches and fuzz targets.
#[cfg(not(feature = "internals"))]
mod fingerprint;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod fingerprint;
#[cfg(not(feature = "internals"))]
mod index;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod index;
#[cfg(not(feature = "internals"))]
mod matching;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod matching;
#[cfg(not(feature = "internals"))]
mod related;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod related;
#[cfg(all(feature = "server", not(feature = "internals")))]
mod render;
#[cfg(all(feature = "server", feature = "internals"))]
#[doc(hidden)]
pub mod render;
#[cfg(not(feature = "internals"))]
mod report;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod report;
#[cfg(all(feature = "server", not(feature = "internals")))]
mod service;
#[cfg(all(feature = "server", feature = "internals"))]
#[doc(hidden)]
pub mod service;
#[cfg(not(feature = "internals"))]
mod store;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod store;
#[cfg(not(feature = "internals"))]
mod text;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod text;

#[cfg(not(feature = "internals"))]
mod writing;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod writing;

pub use engine::{
    ALGORITHM_VERSION, Added, Agreement, BackedUp, BackupError, BandLabel, CacheFigures, Calibration, Change,
    CheckedSource, Cluster, CollectionDeleted, CollectionInfo, CollectionName, CollectionStats, ComparedText,
    Contribution, CorpusInfo, CorpusSeed, Defect, DetectionMode, DetectionOptions, Distribution, Engine,
    Entry, Error, Exclusions, Figures, FingerprintSettings, GradedText, GradedWords, Grades, Group, IfExists,
    InvalidPages, InvalidValue, Label, Labels, LastVerified, Limits, Metadata, MetadataEntry, MetadataKey,
    MetadataValue, NewSource, Operation, Outcome, PageKind, PageRange, PageStart, Pages, Pair, PairOptions,
    Pairs, PairsProgress, PairsVoid, Pattern, Progress, Related, RelatedOptions, RelatedSource,
    RelatedSubject, RelatedTerm, RequestDigest, RequestId, RequestKey, Scale, ScaleBand, ScaleDeleted,
    ScaleError, ScaleName, ScalePlan, ScaleWeight, Scope, Score, ScoreRefusal, ScoreWarning, Side,
    SourceDeleted, SourceFilter, SourceId, SourceName, SourcePage, SourceRecord, SourceText, SourceUpdate,
    SourcesDeleted, Stop, StopReason, StoreError, SystemError, TextRole, TimeRange, Timestamp, Title,
    TrainingRefusal, Uri, Verified, Visibility, WarnedField, Warning, WarningKind, Warnings,
};
pub use matching::PassageKind;
pub use model::{KgramLength, OutOfRange, WindowSize};
pub use report::{
    AgeOrder, Attribution, CoveredSpan, Excerpts, Exclusion, ExclusionReason, Guarantee, GuaranteeVoid,
    NotChecked, PartitionRevision, Report, ReportedPassage, Share, SourceOverlap, VoidReason,
};
pub use text::alerts::{Alert, AlertKind, Severity};
pub use text::{Excerpt, OffsetUnit, Span};
