//! The progress of applying a log of changes in order.

use crate::corpus::error::Error;

/// The positions up to which a log of changes was decided, committed and failed. Positions ascend and may have gaps.
#[derive(Debug, Clone, Copy)]
pub(super) struct LogProgress {
    /// The position of the last change that was decided.
    decided: Option<u64>,
    /// The first position that was decided and is not committed.
    first_uncommitted: Option<u64>,
    /// The first position that was refused by a failure: the log has to be applied from there again.
    failed: Option<u64>,
}

impl LogProgress {
    /// The progress of a corpus with a committed position.
    pub(super) fn new(committed: Option<u64>) -> Self {
        Self { decided: committed, first_uncommitted: None, failed: None }
    }

    /// The position of the last change that was decided.
    pub(super) fn decided(&self) -> Option<u64> {
        self.decided
    }

    /// Checks that the change at a position may be decided now.
    ///
    /// # Errors
    ///
    /// [`Error::AlreadyApplied`]; [`Error::LogInterrupted`] if one before it failed.
    pub(super) fn admit(&self, position: u64) -> Result<(), Error> {
        if let Some(applied) = self.decided.filter(|applied| position <= *applied) {
            return Err(Error::AlreadyApplied { position, applied });
        }
        match self.failed {
            Some(failed) if position > failed => Err(Error::LogInterrupted { position, failed }),
            _ => Ok(()),
        }
    }

    /// Notes that the change at an admitted position is decided.
    pub(super) fn decide(&mut self, position: u64) {
        self.decided = Some(position);
        self.first_uncommitted.get_or_insert(position);
        self.failed = None;
    }

    /// Notes that a change was refused before it was decided.
    pub(super) fn refuse(&mut self, position: Option<u64>) {
        if let Some(position) = position.filter(|position| self.admit(*position).is_ok()) {
            self.failed = Some(position);
        }
    }

    /// Notes that everything that was decided is committed, up to a position.
    pub(super) fn commit(&mut self, position: Option<u64>) {
        *self = Self::new(position);
    }

    /// Notes that what was decided was not committed. `committed` is the last position that was.
    pub(super) fn fail(&mut self, committed: Option<u64>) {
        self.decided = committed;
        self.failed = self.first_uncommitted.take().or(self.failed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_failure_the_log_goes_on_where_it_failed() {
        let mut log = LogProgress::new(Some(4));
        assert_eq!(log.admit(4), Err(Error::AlreadyApplied { position: 4, applied: 4 }));
        for position in [6, 9] {
            assert_eq!(log.admit(position), Ok(()));
            log.decide(position);
        }
        log.fail(Some(4));
        assert_eq!(log.decided(), Some(4));
        assert_eq!(log.admit(9), Err(Error::LogInterrupted { position: 9, failed: 6 }));
        log.refuse(Some(9));
        assert_eq!(log.admit(6), Ok(()));
        log.decide(6);
        assert_eq!(log.admit(9), Ok(()));
        log.commit(log.decided());
        log.refuse(Some(9));
        assert_eq!(log.admit(12), Err(Error::LogInterrupted { position: 12, failed: 9 }));
        assert_eq!(log.admit(9), Ok(()));
    }
}
