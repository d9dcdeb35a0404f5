//! The readers of documents, with counts of what became of documents.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::call::CallContext;
use super::problem::Problem;
use crate::contained::Protections;
use crate::documents::contained::{Config, Counts, ReadError, Readers};
use crate::documents::{Document, Extraction, Failure, Format};
use crate::engine::{Distribution, Histogram, TIME_BOUNDS};
use crate::matching::Stop;

/// Documents that may be arriving or waiting to be read at once, for each reader.
const UPLOADS_PER_READER: usize = 8;

/// Documents that may be arriving or waiting at once, at least.
const MIN_UPLOADS: usize = 32;

/// The readers of documents. Clones share them.
#[derive(Debug, Clone)]
pub struct DocumentReaders {
    readers: Readers,
    uploads: Arc<Semaphore>,
    figures: Arc<Figures>,
}

#[derive(Debug)]
struct Figures {
    read: Mutex<BTreeMap<Outcome, u64>>,
    microseconds: Histogram,
}

/// What became of a document, as labels of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// Its format; `unknown` if reading did not come so far.
    pub format: &'static str,
    /// What became of it: `read`, or why it was not.
    pub outcome: &'static str,
}

/// Figures of documents since the process started.
#[derive(Debug)]
pub struct DocumentFigures {
    /// Documents, by what became of them.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// How long documents took, in microseconds, waiting for a reader included.
    pub microseconds: Distribution,
    /// Counts of the processes.
    pub processes: Counts,
}

impl DocumentReaders {
    /// Readers by `config`.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let uploads = config.readers.saturating_mul(UPLOADS_PER_READER).max(MIN_UPLOADS);
        let uploads = Arc::new(Semaphore::new(uploads.min(Semaphore::MAX_PERMITS)));
        let figures = Figures { read: Mutex::default(), microseconds: Histogram::new(TIME_BOUNDS) };
        Self { readers: Readers::new(config), uploads, figures: Arc::new(figures) }
    }

    /// Maximum bytes of one document.
    #[must_use]
    pub fn max_document_bytes(&self) -> u64 {
        self.readers.config().max_document_bytes
    }

    /// Starts processes ahead of use, and returns what restricts them. Blocks until one is ready.
    ///
    /// # Errors
    ///
    /// [`ReadError::CouldNotStart`].
    pub fn warm_up(&self) -> Result<Protections, ReadError> {
        self.readers.warm_up()
    }

    /// The figures at this moment.
    #[must_use]
    pub fn figures(&self) -> DocumentFigures {
        DocumentFigures {
            outcomes: self.figures.read.lock().clone(),
            microseconds: self.figures.microseconds.so_far(),
            processes: self.readers.counts(),
        }
    }

    /// Reads a document. Blocks.
    pub(super) fn read(&self, document: Document<'_>, stop: &Stop) -> Result<Extraction, ReadError> {
        let began = Instant::now();
        let read = self.readers.read(document, &|| stop.check().is_err());
        self.figures.microseconds.record_since(began);
        let format = match &read {
            Ok(extraction) => Some(extraction.format),
            Err(ReadError::Failure(failure)) => format_of(failure),
            Err(_) => None,
        };
        self.count(format, read.as_ref().err());
        read
    }

    /// Counts a document that is larger than it may be.
    pub(super) fn count_too_large(&self) {
        self.count_as("unknown", "too_large");
    }

    fn count(&self, format: Option<Format>, error: Option<&ReadError>) {
        self.count_as(format.map_or("unknown", label), error.map_or("read", outcome));
    }

    fn count_as(&self, format: &'static str, outcome: &'static str) {
        *self.figures.read.lock().entry(Outcome { format, outcome }).or_default() += 1;
    }

    /// Waits until one more document may arrive in pieces, before the first is read: calls that wait hold nothing of the
    /// connection's budget, which those that receive need. All of a document is in memory while the permit is held.
    pub(super) async fn upload(&self, call: &CallContext) -> Result<Option<OwnedSemaphorePermit>, Problem> {
        // The semaphore is never closed.
        Ok(call.bound(Arc::clone(&self.uploads).acquire_owned()).await?.ok())
    }
}

fn format_of(failure: &Failure) -> Option<Format> {
    match failure {
        Failure::Encrypted { format }
        | Failure::Damaged { format, problem: _ }
        | Failure::NoText { format, is_scan: _ } => Some(*format),
        Failure::Empty | Failure::UnknownFormat { looks_like: _ } | Failure::Limit { .. } => None,
    }
}

fn label(format: Format) -> &'static str {
    match format {
        Format::Text => "text",
        Format::Markdown => "markdown",
        Format::Docx => "docx",
        Format::Odt => "odt",
        Format::Epub => "epub",
        Format::Html => "html",
        Format::Rtf => "rtf",
        Format::Pdf => "pdf",
    }
}

fn outcome(error: &ReadError) -> &'static str {
    match error {
        ReadError::Failure(failure) => match failure {
            Failure::Empty => "empty",
            Failure::UnknownFormat { looks_like: _ } => "unknown_format",
            Failure::Encrypted { format: _ } => "encrypted",
            Failure::Damaged { format: _, problem: _ } => "damaged",
            Failure::NoText { format: _, is_scan: _ } => "no_text",
            Failure::Limit { limit: _, quantity: _ } => "limit",
        },
        ReadError::TooLarge { bytes: _, max_bytes: _ } => "too_large",
        ReadError::TimedOut { timeout: _ } => "timed_out",
        ReadError::OutOfMemory { max_bytes: _ } => "out_of_memory",
        ReadError::Crashed { how: _ } => "crashed",
        ReadError::CouldNotStart { problem: _ } => "could_not_start",
        ReadError::Stopped => "stopped",
    }
}
