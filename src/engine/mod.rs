//! The engine: the library's public API.
//!
//! It is synchronous, knows nothing of networks, and may be used from many threads at once. Work that may take long takes a
//! [`Stop`].
//!
//! Each change of the corpus raises its revision by one. A check looks at one revision: it sees every change that was
//! acknowledged before it began, and no later one.

mod backend;
mod calibration;
mod changes;
mod cluster_figures;
mod collections;
mod detection;
mod maintenance;
mod one_engine;
#[cfg(feature = "server")]
mod partition;
mod related;
mod scales;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::corpus::{Corpus, Writer, random_seed};
use crate::detection::Detector;

pub(crate) use self::backend::Backend;
pub use self::changes::SourceText;
pub(crate) use self::cluster_figures::ClusterFigures;
#[cfg(feature = "server")]
pub(crate) use self::cluster_figures::LogFigures;
pub use self::detection::CheckedSource;
#[cfg(feature = "server")]
pub(crate) use self::detection::of_stored;
#[cfg(feature = "server")]
pub(crate) use self::partition::as_new;
pub use self::related::{Related, RelatedOptions, RelatedSource, RelatedSubject, RelatedTerm};
#[cfg(feature = "server")]
pub(crate) use self::related::{
    RelatedCandidate, RelatedFound, RelatedPartitions, RelatedQuery, RelatedText, asked_next, scope_without,
};
pub use self::scales::ScaleError;
pub use crate::writing::scales::{
    Contribution, GradedText, Plan as ScalePlan, Score, ScoreRefusal, ScoreWarning, TrainingRefusal,
};

pub use crate::corpus::{
    ALGORITHM_VERSION, Added, Change, CollectionDeleted, CollectionInfo, CollectionStats, CorpusInfo, Defect,
    Distribution, Entry, Error, Figures, LastVerified, Operation, Outcome, Progress, RequestDigest,
    ScaleDeleted, SourceDeleted, SourcePage, SourcesDeleted, TextRole, Verified,
};
pub(crate) use crate::corpus::{Histogram, TIME_BOUNDS};
pub use crate::detection::{
    Cluster, ComparedText, DetectionMode, DetectionOptions, Exclusions, Pair, PairOptions, Pairs,
    PairsProgress, PairsVoid, Side,
};
pub use crate::model::{
    Agreement, BandLabel, Calibration, CollectionName, CorpusSeed, FingerprintSettings, GradedWords, Grades,
    Group, IfExists, InvalidPages, InvalidValue, Label, Labels, Limits, Metadata, MetadataEntry, MetadataKey,
    MetadataValue, NewSource, PageKind, PageRange, PageStart, Pages, Pattern, RequestId, RequestKey, Scale,
    ScaleBand, ScaleName, ScaleWeight, Scope, SourceFilter, SourceId, SourceName, SourceRecord, SourceUpdate,
    Stop, StopReason, TimeRange, Timestamp, Title, Uri, Visibility, WarnedField, Warning, WarningKind,
    Warnings,
};
pub use crate::store::{BackedUp, BackupError, CacheFigures, StoreError, SystemError};

/// A corpus, and everything that can be asked of it.
///
/// ```
/// use palimpsest::{CollectionName, Engine, IfExists, NewSource, Stop};
///
/// let engine = Engine::in_memory()?;
/// let text = "The lighthouse keeper wrote every storm into a ledger that nobody was meant to read.";
/// engine.add_source(&CollectionName::default(), NewSource::new(text), IfExists::Reject)?;
///
/// let submission = "It is said that the lighthouse-keeper wrote every storm into a ledger he burned.";
/// let report = engine.check(submission, &Default::default(), &Default::default(), &Stop::never())?;
/// assert_eq!((report.coverage.words, report.coverage.of_words), (9, 15));
/// # Ok::<(), palimpsest::Error>(())
/// ```
pub struct Engine {
    corpus: Arc<Corpus>,
    writer: Writer,
    detector: Detector,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("limits", self.limits())
            .field("corpus", &self.corpus())
            .finish_non_exhaustive()
    }
}

impl Engine {
    /// An empty corpus in memory, with a random secret seed and the default limits.
    ///
    /// # Errors
    ///
    /// [`Error::NoRandomness`] if the system has no random numbers.
    pub fn in_memory() -> Result<Self, Error> {
        Self::with_limits(Limits::default())
    }

    /// An empty corpus in memory, with a random secret seed.
    ///
    /// # Errors
    ///
    /// [`Error::NoRandomness`] if the system has no random numbers.
    pub fn with_limits(limits: Limits) -> Result<Self, Error> {
        Ok(Self::with_seed(limits, random_seed()?))
    }

    /// An empty corpus in memory with a given seed, for reports that are the same in every run.
    #[must_use]
    pub fn with_seed(limits: Limits, seed: CorpusSeed) -> Self {
        let corpus = Arc::new(Corpus::in_memory(limits, seed));
        let writer = Writer::inline(Arc::clone(&corpus));
        Self::new(corpus, writer)
    }

    fn new(corpus: Arc<Corpus>, writer: Writer) -> Self {
        let detector = Detector::new(corpus.limits, corpus.seed);
        Self { corpus, writer, detector }
    }

    /// The state of the corpus, for tests.
    #[cfg(test)]
    pub(crate) fn state(&self) -> &Arc<Corpus> {
        &self.corpus
    }

    /// The writer, for tests.
    #[cfg(test)]
    pub(crate) fn writer(&self) -> &Writer {
        &self.writer
    }

    /// The limits in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.corpus.limits
    }

    /// A secret of this corpus for one purpose, the same after every restart: HMAC-SHA-256 (RFC 2104) of the purpose
    /// under the seed. It reveals neither the seed nor the secret for another purpose.
    #[must_use]
    pub fn secret(&self, purpose: &str) -> [u8; 32] {
        self.corpus.secret(purpose)
    }
}
