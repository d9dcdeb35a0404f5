//! Grammar of English in a child process (`crate::contained`), paragraph by paragraph.
//!
//! Harper has rules that panic on some strings, and any of them may take long. A child that panics answers that it failed, and goes
//! on; one that ends or takes too long is replaced. Either costs a paragraph, never a text. Children serve one text after the other,
//! since it takes one half a second to start; nothing of a text has an effect on what is found in the next.

#[cfg(feature = "grammar")]
mod child;
mod trust;
mod wire;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use self::wire::{Answer, Request};
use super::{CheckError, Dialect, Finding, Options};
use crate::contained::{
    Child, Conversation, Interruption, Job, Pool, PoolConfig, PoolError, START_TIME, Seat, Usage,
};
use crate::text::Span;

/// The name of the checker.
pub const CHECKER: &str = "harper";

/// Its version.
pub const CHECKER_VERSION: &str = "3.0.0";

/// Maximum time for one paragraph, of which a machine without other work needs a few hundredths of a second.
const PARAGRAPH_TIME: Duration = Duration::from_secs(10);

/// Children that may fail at one text before the rest of it is given up.
const MAX_FAILURES: usize = 8;

/// How children are started, and what they may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Texts that are checked at once.
    pub checkers: usize,
    /// Maximum bytes of memory of one child.
    pub memory_bytes: u64,
}

impl Default for Config {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { checkers: cores.min(4), memory_bytes: 1 << 30 }
    }
}

/// Counts of what happened to children.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Children that were started.
    pub started: u64,
    /// Those that were killed as a paragraph took too long.
    pub timed_out: u64,
    /// Those that ended by themselves, or said what can't be.
    pub crashed: u64,
    /// Paragraphs at which a child failed, and went on.
    pub panicked: u64,
    /// Paragraphs that were not checked, for any reason.
    pub not_checked: u64,
    /// Texts that are being checked.
    pub running: u64,
    /// Texts that wait for a child.
    pub waiting: u64,
}

/// Checks English in child processes. Clones share them.
#[derive(Debug, Clone)]
pub struct EnglishCheckers {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    pool: Pool,
    timed_out: AtomicU64,
    crashed: AtomicU64,
    panicked: AtomicU64,
    not_checked: AtomicU64,
}

/// What became of paragraphs.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The findings, in the order of the text.
    pub(super) findings: Vec<Finding>,
    /// Paragraphs that were not checked.
    pub(super) failed: Vec<Span>,
    /// The dialect that was checked.
    pub(super) dialect: Option<Dialect>,
}

/// Whether this build has a checker of English.
#[must_use]
pub fn is_built_in() -> bool {
    cfg!(feature = "grammar")
}

/// Checks the paragraphs that the parent sends, and returns the exit code of this process.
#[must_use]
pub fn run() -> ExitCode {
    #[cfg(feature = "grammar")]
    return child::run();
    #[cfg(not(feature = "grammar"))]
    ExitCode::from(2)
}

impl EnglishCheckers {
    /// Checkers by `config`. Nothing is started before it is needed.
    #[must_use]
    pub fn new(config: Config) -> Self {
        let pool = Pool::new(PoolConfig {
            job: Job::CheckGrammar,
            running: config.checkers,
            warm: 0,
            memory_bytes: config.memory_bytes,
            // A child serves many texts; each paragraph has its own limit.
            cpu_time: Duration::from_hours(24),
        });
        let shared = Shared {
            pool,
            timed_out: AtomicU64::new(0),
            crashed: AtomicU64::new(0),
            panicked: AtomicU64::new(0),
            not_checked: AtomicU64::new(0),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Counts of what happened to children.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let Usage { running, waiting, started } = self.shared.pool.usage();
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let Shared { pool: _, timed_out, crashed, panicked, not_checked } = &*self.shared;
        Counts {
            started,
            timed_out: of(timed_out),
            crashed: of(crashed),
            panicked: of(panicked),
            not_checked: of(not_checked),
            running: running as u64,
            waiting: waiting as u64,
        }
    }

    /// Checks paragraphs of `text` until `deadline`. Blocks while all checkers are busy. Once a child is ready, the text has the time
    /// of a paragraph at least: otherwise a slow or busy machine would check nothing at all.
    pub(super) fn check(
        &self,
        text: &str,
        paragraphs: &[Span],
        options: &Options,
        deadline: Instant,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Outcome, CheckError> {
        let began = Instant::now();
        let seat = self.shared.pool.seat(is_stopped)?;
        let shared = &self.shared;
        let dialect = options.dialect;
        let mut session = Session {
            shared,
            seat: &seat,
            child: None,
            dialect,
            is_ready: false,
            options,
            deadline,
            is_stopped,
        };
        session.start()?;
        let least = deadline.saturating_duration_since(began).min(PARAGRAPH_TIME);
        session.deadline = deadline.max(Instant::now() + least);
        let mut outcome = Outcome::default();
        let mut failures = 0;
        for paragraph in paragraphs {
            if failures >= MAX_FAILURES || Instant::now() >= session.deadline {
                outcome.failed.push(*paragraph);
                continue;
            }
            match session.check(*paragraph, text) {
                Ok(findings) => outcome.findings.extend(findings),
                Err(Unchecked::Because(error)) => {
                    session.keep();
                    return Err(error);
                }
                Err(Unchecked::Failed) => {
                    outcome.failed.push(*paragraph);
                    failures += 1;
                }
                Err(Unchecked::Panicked) => {
                    self.shared.panicked.fetch_add(1, Ordering::Relaxed);
                    outcome.failed.push(*paragraph);
                }
            }
        }
        self.shared.not_checked.fetch_add(outcome.failed.len() as u64, Ordering::Relaxed);
        outcome.dialect = session.dialect;
        session.keep();
        Ok(outcome)
    }
}

/// Why a paragraph was not checked.
enum Unchecked {
    /// Its child ended, or took too long.
    Failed,
    /// Its child said that it failed, and goes on.
    Panicked,
    /// The text is not checked at all.
    Because(CheckError),
}

/// A text that is being checked.
struct Session<'a> {
    shared: &'a Shared,
    seat: &'a Seat<'a>,
    child: Option<Child>,
    /// The dialect, once it is known.
    dialect: Option<Dialect>,
    /// Whether the child has the rules of the dialect.
    is_ready: bool,
    options: &'a Options,
    deadline: Instant,
    is_stopped: &'a dyn Fn() -> bool,
}

/// Bytes of a text that its dialect is found by.
const DIALECT_BYTES: usize = 100_000;

impl Session<'_> {
    /// Has a child make the rules of the dialect, which takes longer than a paragraph. The dialect is that of the text if none is
    /// stated; American if a child fails to find it.
    fn prepare(&mut self, text: &str) -> Result<(), Unchecked> {
        let end = if self.dialect.is_some() { 0 } else { text.floor_char_boundary(DIALECT_BYTES) };
        let beginning = text.get(..end).unwrap_or_default();
        match self.ask(&Request::Dialect(self.dialect), beginning, START_TIME) {
            Ok(Answer::Dialect(dialect)) => {
                self.dialect = Some(dialect);
                self.is_ready = true;
                Ok(())
            }
            Err(Unchecked::Because(error)) => Err(Unchecked::Because(error)),
            Ok(_) | Err(_) => Err(Unchecked::Failed),
        }
    }

    fn check(&mut self, paragraph: Span, text: &str) -> Result<Vec<Finding>, Unchecked> {
        if !self.is_ready {
            let prepared = match self.prepare(text) {
                // A child that was killed while it waited costs no paragraph.
                Err(Unchecked::Failed) if Instant::now() < self.deadline => self.prepare(text),
                prepared => prepared,
            };
            if prepared.is_err() {
                self.dialect = self.dialect.or(Some(Dialect::American));
            }
            prepared?;
        }
        let request = Request::Check {
            dialect: self.dialect.unwrap_or(Dialect::American),
            any_dialect: self.options.dialect.is_none(),
            disabled: self.options.disabled_rules.clone(),
            enabled: self.options.enabled_rules.clone(),
        };
        match self.ask(&request, paragraph.of(text), PARAGRAPH_TIME)? {
            Answer::Findings(found) => trust::findings(found, paragraph, text).ok_or_else(|| {
                self.shared.crashed.fetch_add(1, Ordering::Relaxed);
                self.end("its findings are not in the paragraph");
                Unchecked::Failed
            }),
            Answer::UnknownRule(rule) => {
                Err(Unchecked::Because(CheckError::UnknownRule { rule: trust::line(&rule) }))
            }
            Answer::Panicked => {
                self.is_ready = false;
                Err(Unchecked::Panicked)
            }
            Answer::Dialect(_) => Err(Unchecked::Failed),
        }
    }

    /// Takes a child, unless there is one, and waits until it is ready.
    fn start(&mut self) -> Result<(), CheckError> {
        let mut child = match self.child.take() {
            Some(child) => child,
            None => self.seat.child(self.is_stopped)?,
        };
        if child.protections.is_none() {
            match Conversation::new(&child, START_TIME, self.is_stopped).ready() {
                Ok(protections) => child.protections = Some(protections),
                Err(Interruption::Stopped) => return Err(CheckError::Stopped),
                Err(_) => {
                    self.shared.crashed.fetch_add(1, Ordering::Relaxed);
                    let problem = format!("it ended before it was ready: {}", child.end());
                    return Err(CheckError::Unavailable { problem });
                }
            }
        }
        self.child = Some(child);
        Ok(())
    }

    fn ask(&mut self, request: &Request, body: &str, time: Duration) -> Result<Answer, Unchecked> {
        self.start().map_err(Unchecked::Because)?;
        let Some(child) = self.child.take() else { return Err(Unchecked::Failed) };
        let time = self.deadline.saturating_duration_since(Instant::now()).min(time);
        let mut conversation = Conversation::new(&child, time, self.is_stopped);
        let answer = conversation.request(request, body.as_bytes()).and_then(|()| {
            let prefix = conversation.prefix(wire::MAX_ANSWER_BYTES, 0)?;
            conversation.head(prefix)
        });
        self.child = Some(child);
        match answer {
            Ok(answer) => Ok(answer),
            Err(Interruption::Stopped) => {
                self.end("the caller has gone");
                Err(Unchecked::Because(CheckError::Stopped))
            }
            Err(interruption) => {
                let count = match interruption {
                    Interruption::TimedOut => &self.shared.timed_out,
                    _ => &self.shared.crashed,
                };
                count.fetch_add(1, Ordering::Relaxed);
                self.end(&format!("{interruption:?}"));
                Err(Unchecked::Failed)
            }
        }
    }

    /// Ends the child, which another one replaces.
    fn end(&mut self, why: &str) {
        self.is_ready = false;
        if let Some(child) = self.child.take() {
            let how = child.end();
            tracing::info!(why, %how, "a checker of grammar ended");
        }
    }

    /// Keeps the child for the next text.
    fn keep(&mut self) {
        if let Some(child) = self.child.take() {
            self.seat.keep(child);
        }
    }
}

impl From<PoolError> for CheckError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Stopped => Self::Stopped,
            PoolError::CouldNotStart(problem) => Self::Unavailable { problem },
        }
    }
}
