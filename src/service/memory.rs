//! How much memory the server has in use, held against a ceiling.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::opening::Opening;
use super::problem::Problem;
use super::resident::{resident_memory_bytes, used_memory_bytes};
use crate::engine::Engine;

/// How long what was read from the system is taken to be so.
const FRESH: Duration = Duration::from_millis(100);

/// How long after memory was given back it is not tried again.
const REST: Duration = Duration::from_secs(1);

/// How long a call waits for memory to be given back.
const MOST_WAIT: Duration = Duration::from_secs(1);

/// A ceiling past which nothing more is added. Clones share what was read.
#[derive(Debug, Clone)]
pub struct Memory {
    max_bytes: u64,
    read: Arc<Mutex<Option<(Instant, u64)>>>,
    release: Arc<Release>,
}

/// Giving memory back: one at a time, and not all the time.
#[derive(Debug, Default)]
struct Release {
    is_running: AtomicBool,
    ended: Mutex<Option<Instant>>,
}

impl Memory {
    /// A ceiling of `max_bytes`; 0 for none.
    #[must_use]
    pub fn new(max_bytes: u64) -> Self {
        Self { max_bytes, read: Arc::default(), release: Arc::default() }
    }

    /// Whether somebody tells what is in use: the program's allocator, or the system, as Linux does. Else there is no
    /// ceiling.
    #[must_use]
    pub fn is_known() -> bool {
        used_memory_bytes().or_else(resident_memory_bytes).is_some()
    }

    /// Nothing, while there is room for more. Where there is none, what can be given back is, before that is said.
    pub(super) async fn has_room(&self, engine: &Opening) -> Result<(), Problem> {
        if self.room().is_ok() {
            return Ok(());
        }
        if let Some(engine) = engine.engine()
            && let Some(turn) = self.release.turn()
        {
            let release = tokio::task::spawn_blocking(move || turn.release(&engine));
            // It goes on if it takes longer; a panic was logged.
            drop(tokio::time::timeout(MOST_WAIT, release).await);
            *self.read.lock() = None;
        }
        self.room()
    }

    fn room(&self) -> Result<(), Problem> {
        if self.max_bytes == 0 {
            return Ok(());
        }
        let used = self.used_bytes();
        if used > self.max_bytes {
            return Err(Problem::too_little_memory(used, self.max_bytes));
        }
        Ok(())
    }

    /// What the allocator counts, or what the system does.
    fn used_bytes(&self) -> u64 {
        used_memory_bytes().unwrap_or_else(|| self.resident_bytes())
    }

    fn resident_bytes(&self) -> u64 {
        let mut read = self.read.lock();
        match *read {
            Some((at, bytes)) if at.elapsed() < FRESH => bytes,
            _ => {
                let bytes = resident_memory_bytes().unwrap_or(0);
                *read = Some((Instant::now(), bytes));
                bytes
            }
        }
    }
}

impl Release {
    /// A turn at giving memory back, if nobody is at it and nobody was just now.
    fn turn(self: &Arc<Self>) -> Option<Turn> {
        if self.is_running.swap(true, Ordering::Acquire) {
            return None;
        }
        let turn = Turn(Arc::clone(self));
        let has_rested = self.ended.lock().is_none_or(|ended| ended.elapsed() >= REST);
        has_rested.then_some(turn)
    }
}

/// Ends when it is dropped.
struct Turn(Arc<Release>);

impl Turn {
    fn release(self, engine: &Engine) {
        engine.release_memory();
        *self.0.ended.lock() = Some(Instant::now());
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.is_running.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn refuses_past_the_ceiling_and_says_both_figures() {
        let opening = Opening::default();
        assert!(Memory::new(0).has_room(&opening).await.is_ok());
        assert!(Memory::new(u64::MAX).has_room(&opening).await.is_ok());
        if Memory::is_known() {
            let refused = tonic::Status::from(Memory::new(1).has_room(&opening).await.unwrap_err());
            assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
            assert!(refused.message().contains("no more than 1 (max_memory_bytes)"), "{refused:?}");
        }
    }

    #[test]
    fn one_gives_memory_back_at_a_time_and_not_at_once_again() {
        let (release, engine) = (Arc::new(Release::default()), Engine::in_memory().unwrap());
        let turn = release.turn().unwrap();
        assert!(release.turn().is_none());
        turn.release(&engine);
        assert!(release.turn().is_none());
        *release.ended.lock() = Instant::now().checked_sub(REST);
        drop(release.turn().unwrap());
        assert!(release.turn().is_some());
    }
}
