//! Reads documents in child processes (`crate::contained`).
//!
//! A child reads one document and ends. [`Readers`] believes nothing that it says before it is checked. So a document can at worst
//! give a wrong text, or none.

mod child;
mod conversation;
mod trust;
mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

pub use self::child::run;

use super::{Document, Extraction, Failure, Limits};
use crate::contained::{
    Child, Conversation, Ended, Interruption, Job, Pool, PoolConfig, PoolError, Protections, START_TIME, Seat,
};

/// How children are started, and what they may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Documents that are read at once; at least 1.
    pub readers: usize,
    /// Children that are started ahead of use.
    pub warm: usize,
    /// Maximum time for one document.
    pub timeout: Duration,
    /// Maximum bytes of memory of one child.
    pub memory_bytes: u64,
    /// Maximum bytes of one document.
    pub max_document_bytes: u64,
    /// Limits on what is read of one document.
    pub limits: Limits,
}

impl Default for Config {
    fn default() -> Self {
        let readers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            readers,
            warm: readers.min(4),
            timeout: Duration::from_secs(10),
            memory_bytes: 512 << 20,
            max_document_bytes: 50 << 20,
            limits: Limits::default(),
        }
    }
}

/// Why a document was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The document can't be read.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// It has too many bytes.
    #[error("the document has {bytes} bytes, but may have {max_bytes} at most (max_document_bytes)")]
    TooLarge {
        /// Its bytes.
        bytes: u64,
        /// The limit.
        max_bytes: u64,
    },
    /// It was not read in time.
    #[error("the document was not read within {} s (document_seconds)", .timeout.as_secs_f64())]
    TimedOut {
        /// The limit.
        timeout: Duration,
    },
    /// Reading it took too much memory.
    #[error("reading the document takes more than {max_bytes} bytes of memory (document_memory_bytes)")]
    OutOfMemory {
        /// The limit.
        max_bytes: u64,
    },
    /// Its reader crashed.
    #[error("the reader of the document crashed: {how}")]
    Crashed {
        /// How it ended.
        how: String,
    },
    /// No reader could be started. The document is not to blame.
    #[error("no process could be started that reads the document: {problem}")]
    CouldNotStart {
        /// The problem.
        problem: String,
    },
    /// The caller asked to stop.
    #[error("stopped")]
    Stopped,
}

/// Counts of what happened to children since their pool was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Children that were started.
    pub started: u64,
    /// Children that were killed, since their time was over or their caller gone.
    pub killed: u64,
    /// Children that crashed or had too little memory.
    pub crashed: u64,
    /// Documents that are being read.
    pub running: u64,
    /// Documents that wait for a reader.
    pub waiting: u64,
}

/// Reads documents in child processes. Clones share them.
#[derive(Debug, Clone)]
pub struct Readers {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: Config,
    pool: Pool,
    killed: AtomicU64,
    crashed: AtomicU64,
}

impl Readers {
    /// Readers by `config`. Nothing is started before it is needed, or [`Self::warm_up`] is called.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let pool = Pool::new(PoolConfig {
            job: Job::ReadDocument,
            running: config.readers,
            warm: config.warm,
            memory_bytes: config.memory_bytes,
            cpu_time: config.timeout,
        });
        let shared = Shared { config, pool, killed: AtomicU64::new(0), crashed: AtomicU64::new(0) };
        Self { shared: Arc::new(shared) }
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// Counts of what happened to children.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let use_now = self.shared.pool.usage();
        Counts {
            started: use_now.started,
            killed: self.shared.killed.load(Ordering::Relaxed),
            crashed: self.shared.crashed.load(Ordering::Relaxed),
            running: use_now.running as u64,
            waiting: use_now.waiting as u64,
        }
    }

    /// Starts children ahead of use, and returns what the system restricts them by. Blocks until one is ready.
    ///
    /// # Errors
    ///
    /// [`ReadError::CouldNotStart`].
    pub fn warm_up(&self) -> Result<Protections, ReadError> {
        let never = || false;
        let seat = self.shared.pool.seat(&never)?;
        let mut child = seat.borrow(&never)?;
        let ready = Conversation::new(&child, START_TIME, &never).ready();
        let Ok(protections) = ready else {
            seat.lose();
            return Err(not_ready(&child.end()));
        };
        child.protections = Some(protections);
        seat.give_back(child);
        Ok(protections)
    }

    /// Reads a document. Blocks while all readers are busy, then until it is read, the time is over or `is_stopped`, which is
    /// called at least every 50 ms, returns true.
    ///
    /// # Errors
    ///
    /// [`ReadError`].
    pub fn read(
        &self,
        document: Document<'_>,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Extraction, ReadError> {
        let (bytes, max_bytes) = (document.content.len() as u64, self.config().max_document_bytes);
        if bytes > max_bytes {
            return Err(ReadError::TooLarge { bytes, max_bytes });
        }
        if document.content.is_empty() {
            return Err(Failure::Empty.into());
        }
        let seat = self.shared.pool.seat(is_stopped)?;
        // A child that somebody else killed says nothing about its document: that gets a second one.
        match self.read_once(document, &seat, is_stopped) {
            Err(Unread::KilledByOthers) => match self.read_once(document, &seat, is_stopped) {
                Err(Unread::KilledByOthers) => Err(self.crashed("it was killed, twice".to_owned())),
                Err(Unread::Because(error)) => Err(error),
                Ok(extraction) => Ok(extraction),
            },
            Err(Unread::Because(error)) => Err(error),
            Ok(extraction) => Ok(extraction),
        }
    }

    fn read_once(
        &self,
        document: Document<'_>,
        seat: &Seat<'_>,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Extraction, Unread> {
        let config = self.config();
        let child = seat.child(is_stopped)?;
        if child.protections.is_none() {
            match Conversation::new(&child, START_TIME, is_stopped).ready() {
                Ok(_) => {}
                Err(Interruption::Stopped) => return Err(self.stopped(child)),
                Err(_) => return Err(not_ready(&child.end()).into()),
            }
        }
        let started = Instant::now();
        let mut conversation = Conversation::new(&child, config.timeout, is_stopped);
        match conversation::read(&mut conversation, document, &config.limits) {
            Ok(read) => {
                seat.dismiss(child);
                Ok(read?)
            }
            Err(Interruption::Stopped) => Err(self.stopped(child)),
            Err(Interruption::TimedOut) => {
                child.end();
                self.shared.killed.fetch_add(1, Ordering::Relaxed);
                tracing::info!(seconds = started.elapsed().as_secs_f64(), "a document took too long to read");
                Err(ReadError::TimedOut { timeout: config.timeout }.into())
            }
            Err(Interruption::Malformed(problem)) => {
                child.end();
                Err(self.crashed(format!("its answer is malformed: {problem}")).into())
            }
            Err(Interruption::Closed) => Err(self.ended(child.end())),
        }
    }

    fn stopped(&self, child: Child) -> Unread {
        child.end();
        self.shared.killed.fetch_add(1, Ordering::Relaxed);
        ReadError::Stopped.into()
    }

    /// The error of a document whose child ended before it answered.
    fn ended(&self, ended: Ended) -> Unread {
        let config = self.config();
        match ended {
            Ended::OutOfMemory => {
                self.shared.crashed.fetch_add(1, Ordering::Relaxed);
                ReadError::OutOfMemory { max_bytes: config.memory_bytes }.into()
            }
            Ended::OutOfTime => {
                self.shared.killed.fetch_add(1, Ordering::Relaxed);
                ReadError::TimedOut { timeout: config.timeout }.into()
            }
            Ended::Killed => Unread::KilledByOthers,
            Ended::Otherwise { how } => self.crashed(how).into(),
        }
    }

    fn crashed(&self, how: String) -> ReadError {
        self.shared.crashed.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(how, "the reader of a document crashed");
        ReadError::Crashed { how }
    }
}

/// Why one child did not read its document.
enum Unread {
    KilledByOthers,
    Because(ReadError),
}

impl<E: Into<ReadError>> From<E> for Unread {
    fn from(error: E) -> Self {
        Self::Because(error.into())
    }
}

impl From<PoolError> for ReadError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Stopped => Self::Stopped,
            PoolError::CouldNotStart(problem) => Self::CouldNotStart { problem },
        }
    }
}

fn not_ready(ended: &Ended) -> ReadError {
    let problem = format!("it ended before it was ready: {ended}");
    ReadError::CouldNotStart { problem }
}
