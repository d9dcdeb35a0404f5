//! When to give up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Why work was stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StopReason {
    /// The deadline passed.
    #[error("the deadline passed before the work was done")]
    DeadlinePassed,
    /// Whoever asked for the work is gone, or called it off.
    #[error("the caller called the work off")]
    CalledOff,
}

/// Tells long work when nobody waits for it any more. Clones share the call-off.
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
    /// Work that goes on to its end, unless it is called off.
    #[must_use]
    pub fn never() -> Self {
        Self::default()
    }

    /// Work that stops at `deadline`.
    #[must_use]
    pub fn at(deadline: Instant) -> Self {
        Self { deadline: Some(deadline), ..Self::default() }
    }

    /// Stops the work, soon.
    pub fn call_off(&self) {
        self.called_off.store(true, Ordering::Relaxed);
    }

    /// Whether to go on.
    ///
    /// # Errors
    ///
    /// The reason to stop.
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
