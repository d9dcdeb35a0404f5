//! The result of a command.

/// The result of a command that ran to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Everything succeeded.
    Done,
    /// Some items failed, and the command printed which.
    PartlyFailed,
}

impl Outcome {
    /// [`Outcome::Done`] if nothing failed.
    pub(super) fn of(all_done: bool) -> Self {
        if all_done { Self::Done } else { Self::PartlyFailed }
    }
}
