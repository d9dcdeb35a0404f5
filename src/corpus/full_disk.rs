//! A full disk: sources that can't be committed are not prepared either.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::store::StoreError;

/// The time between two sources that are tried while the disk is full, to find out when there is room again.
const TRY_EVERY: Duration = Duration::from_millis(100);

/// The error of the last commit, if it failed because the disk was full, or is in doubt.
#[derive(Debug, Default)]
pub(in crate::corpus) struct FullDisk {
    /// The time at which a source is tried next, and the error for the others.
    state: Mutex<Option<(Instant, StoreError)>>,
}

impl FullDisk {
    /// Checks that a source may be prepared now.
    ///
    /// # Errors
    ///
    /// The error of the last commit, if it failed a moment ago.
    pub(in crate::corpus) fn check(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock();
        let Some((next, error)) = state.as_mut() else { return Ok(()) };
        let now = Instant::now();
        if now < *next {
            return Err(error.clone());
        }
        *next = now + TRY_EVERY;
        Ok(())
    }

    /// Notes the result of a commit.
    pub(in crate::corpus) fn note(&self, outcome: &Result<(), StoreError>) {
        let fails =
            |error: &&StoreError| matches!(error, StoreError::Full { .. } | StoreError::Broken { .. });
        let full = outcome.as_ref().err().filter(fails);
        *self.state.lock() = full.map(|error| (Instant::now() + TRY_EVERY, error.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn while_the_disk_is_full_one_is_tried_now_and_then() {
        let disk = FullDisk::default();
        assert_eq!(disk.check(), Ok(()));
        let full = StoreError::Full { path: "texts".into() };
        let (began, mut tried) = (Instant::now(), 0);
        disk.note(&Err(full.clone()));
        while tried < 3 {
            match disk.check() {
                Ok(()) => tried += 1,
                Err(error) => assert_eq!(error, full),
            }
            assert!(began.elapsed() < Duration::from_mins(1));
        }
        assert!(began.elapsed() >= 3 * TRY_EVERY, "{:?}", began.elapsed());
        disk.note(&Ok(()));
        assert_eq!((disk.check(), disk.check()), (Ok(()), Ok(())));
        disk.note(&Err(StoreError::Closed));
        assert_eq!(disk.check(), Ok(()));
    }
}
