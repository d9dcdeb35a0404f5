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
    Child, Conversation, Interruption, Job, Pool, PoolConfig, PoolError, START_TIME, Seat,
};
use crate::text::Span;

/// The name of the checker.
pub const CHECKER: &str = "harper";

/// Its version.
pub const CHECKER_VERSION: &str = "3.0.0";

/// Maximum time for one paragraph.
const PARAGRAPH_TIME: Duration = Duration::from_secs(5);

/// Children that may fail at one text before the rest of it is given up.
const MAX_FAILURES: usize = 8;

/// How children are started, and what they may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Texts that are checked at once; at least 1.
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
    /// Paragraphs that no child could check.
    pub failed: u64,
}

/// Checks English in child processes. Clones share them.
#[derive(Debug, Clone)]
pub struct EnglishCheckers {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    pool: Pool,
    failed: AtomicU64,
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
        Self { shared: Arc::new(Shared { pool, failed: AtomicU64::new(0) }) }
    }

    /// Counts of what happened to children.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let started = self.shared.pool.usage().started;
        Counts { started, failed: self.shared.failed.load(Ordering::Relaxed) }
    }

    /// Checks paragraphs of `text` until `deadline`. Blocks while all checkers are busy.
    pub(super) fn check(
        &self,
        text: &str,
        paragraphs: &[Span],
        options: &Options,
        deadline: Instant,
        is_stopped: &dyn Fn() -> bool,
    ) -> Result<Outcome, CheckError> {
        let seat = self.shared.pool.seat(is_stopped)?;
        let mut session = Session { seat: &seat, child: None, options, is_stopped };
        let mut outcome = Outcome { dialect: options.dialect, ..Outcome::default() };
        if outcome.dialect.is_none() {
            outcome.dialect = Some(session.dialect(text)?);
        }
        let mut failures = 0;
        for paragraph in paragraphs {
            if failures >= MAX_FAILURES || Instant::now() >= deadline {
                outcome.failed.push(*paragraph);
                continue;
            }
            match session.check(*paragraph, text, outcome.dialect) {
                Ok(findings) => outcome.findings.extend(findings),
                Err(Unchecked::Because(error)) => return Err(error),
                Err(Unchecked::Failed) => {
                    outcome.failed.push(*paragraph);
                    failures += 1;
                }
                Err(Unchecked::Panicked) => outcome.failed.push(*paragraph),
            }
        }
        self.shared.failed.fetch_add(outcome.failed.len() as u64, Ordering::Relaxed);
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
    seat: &'a Seat<'a>,
    child: Option<Child>,
    options: &'a Options,
    is_stopped: &'a dyn Fn() -> bool,
}

/// Bytes of a text that its dialect is found by.
const DIALECT_BYTES: usize = 100_000;

impl Session<'_> {
    /// The dialect of a text; American if its child fails.
    fn dialect(&mut self, text: &str) -> Result<Dialect, CheckError> {
        let end = (0..=DIALECT_BYTES.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
        let beginning = text.get(..end.unwrap_or(0)).unwrap_or_default();
        match self.ask(&Request::Dialect, beginning) {
            Ok(Answer::Dialect(dialect)) => Ok(dialect),
            Err(Unchecked::Because(error)) => Err(error),
            Ok(_) | Err(_) => Ok(Dialect::American),
        }
    }

    fn check(
        &mut self,
        paragraph: Span,
        text: &str,
        dialect: Option<Dialect>,
    ) -> Result<Vec<Finding>, Unchecked> {
        let request = Request::Check {
            dialect: dialect.unwrap_or(Dialect::American),
            any_dialect: self.options.dialect.is_none(),
            disabled: self.options.disabled_rules.clone(),
            enabled: self.options.enabled_rules.clone(),
        };
        match self.ask(&request, paragraph.of(text))? {
            Answer::Findings(found) => trust::findings(found, paragraph, text).ok_or_else(|| {
                self.end("its findings are not in the paragraph");
                Unchecked::Failed
            }),
            Answer::UnknownRule(rule) => {
                Err(Unchecked::Because(CheckError::UnknownRule { rule: trust::line(&rule) }))
            }
            Answer::Panicked => Err(Unchecked::Panicked),
            Answer::Dialect(_) => Err(Unchecked::Failed),
        }
    }

    fn ask(&mut self, request: &Request, body: &str) -> Result<Answer, Unchecked> {
        let mut child = match self.child.take() {
            Some(child) => child,
            None => self.seat.child(self.is_stopped).map_err(|error| Unchecked::Because(error.into()))?,
        };
        if child.protections.is_none() {
            match Conversation::new(&child, START_TIME, self.is_stopped).ready() {
                Ok(protections) => child.protections = Some(protections),
                Err(Interruption::Stopped) => return Err(Unchecked::Because(CheckError::Stopped)),
                Err(_) => {
                    let problem = format!("it ended before it was ready: {}", child.end());
                    return Err(Unchecked::Because(CheckError::Unavailable { problem }));
                }
            }
        }
        let mut conversation = Conversation::new(&child, PARAGRAPH_TIME, self.is_stopped);
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
                self.end(&format!("{interruption:?}"));
                Err(Unchecked::Failed)
            }
        }
    }

    /// Ends the child, which another one replaces.
    fn end(&mut self, why: &str) {
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
