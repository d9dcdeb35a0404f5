//! The result of a command.

/// The result of a command that ran to its end, in order of precedence: of several, the last one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// Everything succeeded.
    Done,
    /// Some items failed, and the command printed which.
    PartlyFailed,
    /// A text was not checked, and the command printed why.
    NotChecked,
    /// A cluster serves everything, but one more failure may end that.
    Degraded,
    /// The coverage of a text exceeds `--fail-over`.
    OverLimit,
    /// A cluster does not serve everything.
    NotServed,
    /// The user ended the command with Ctrl-C.
    Interrupted,
}

impl Outcome {
    /// [`Outcome::Done`] if nothing failed.
    pub(super) fn of(all_done: bool) -> Self {
        if all_done { Self::Done } else { Self::PartlyFailed }
    }

    /// The exit code.
    pub(super) fn exit_code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::PartlyFailed => 1,
            Self::NotChecked | Self::Degraded => 3,
            Self::OverLimit | Self::NotServed => 4,
            // The convention of shells for SIGINT.
            Self::Interrupted => 130,
        }
    }
}
