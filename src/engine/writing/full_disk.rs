//! A disk that is full: what can't be kept is not prepared either.

use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::store::StoreError;

/// While the disk is full, one source in so much time is tried: it finds out when there is room again.
const TRY_EVERY: Duration = Duration::from_millis(100);

/// Whether the last commit failed because the disk was full, or left in doubt whether it was kept.
#[derive(Debug, Default)]
pub(in crate::engine) struct FullDisk {
    /// When a source is tried next, and what the others are told.
    state: Mutex<Option<(Instant, StoreError)>>,
}

impl FullDisk {
    /// Whether a source may be prepared now.
    ///
    /// # Errors
    ///
    /// What the last commit failed with, if that is not long ago.
    pub(in crate::engine) fn check(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock();
        let Some((next, error)) = state.as_mut() else { return Ok(()) };
        let now = Instant::now();
        if now < *next {
            return Err(error.clone());
        }
        *next = now + TRY_EVERY;
        Ok(())
    }

    /// Notes what became of a commit.
    pub(super) fn note(&self, outcome: &Result<(), StoreError>) {
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
