//! Cancellation of long work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// The reason for which work was stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub enum StopReason {
    /// The deadline passed.
    #[error("the deadline passed before the work was done")]
    DeadlinePassed,
    /// The caller is gone, or called the work off.
    #[error("the caller called the work off")]
    CalledOff,
}

/// A deadline and a cancellation flag that long work checks. Clones share the flag.
///
/// ```
/// use palimpsest::{Stop, StopReason};
///
/// let stop = Stop::never();
/// assert_eq!(stop.check(), Ok(()));
/// stop.call_off();
/// assert_eq!(stop.check(), Err(StopReason::CalledOff));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stop {
    deadline: Option<Instant>,
    called_off: Arc<AtomicBool>,
}

impl Stop {
    /// Without a deadline.
    #[must_use]
    pub fn never() -> Self {
        Self::default()
    }

    /// With a deadline.
    #[must_use]
    pub fn at(deadline: Instant) -> Self {
        Self { deadline: Some(deadline), ..Self::default() }
    }

    /// Asks the work to stop at its next check.
    pub fn call_off(&self) {
        self.called_off.store(true, Ordering::Relaxed);
    }

    /// Checks the flag and the deadline.
    ///
    /// # Errors
    ///
    /// The [`StopReason`] if the work has to stop.
    pub fn check(&self) -> Result<(), StopReason> {
        if self.called_off.load(Ordering::Relaxed) {
            return Err(StopReason::CalledOff);
        }
        match self.deadline {
            Some(deadline) if Instant::now() >= deadline => Err(StopReason::DeadlinePassed),
            _ => Ok(()),
        }
    }
}
