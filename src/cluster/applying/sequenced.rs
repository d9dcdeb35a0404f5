//! Entries with their places in a log, and what was decided of them.

use super::entry::{LogEntry, LoggedChange};
use crate::engine::{Error, Outcome, Timestamp};

/// An entry, its sequence number, and the time at which the log took it.
#[derive(Debug, Clone)]
pub(crate) struct Sequenced {
    pub(crate) sequence: u64,
    pub(crate) time: Timestamp,
    pub(crate) entry: LogEntry,
}

/// What was decided of a change.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    /// The operation.
    pub(crate) operation: u128,
    /// The node that waits for it.
    pub(crate) publisher: String,
    /// When the log took it.
    pub(crate) time: Timestamp,
    /// Its outcome, or the reason for which it was refused.
    pub(crate) outcome: Result<Outcome, Error>,
}

impl Decision {
    pub(crate) fn new(logged: &LoggedChange, time: Timestamp, outcome: Result<Outcome, Error>) -> Self {
        Self { operation: logged.operation, publisher: logged.publisher.clone(), time, outcome }
    }
}
