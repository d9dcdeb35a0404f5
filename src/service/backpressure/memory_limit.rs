//! The limit on memory in use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::memory_usage::{resident_memory_bytes, used_memory_bytes};
use crate::engine::Backend;
use crate::service::backend_handle::BackendHandle;
use crate::service::problem::Problem;

/// Time for which a figure read from the system stays valid.
const READ_INTERVAL: Duration = Duration::from_millis(100);

/// Minimum time between two releases of memory.
const RELEASE_INTERVAL: Duration = Duration::from_secs(1);

/// Maximum time that a call waits for a release of memory.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(1);

/// The limit past which adding is rejected. Clones share the last figure read.
#[derive(Debug, Clone)]
pub struct MemoryLimit {
    max_bytes: u64,
    reading: Arc<Mutex<Option<Reading>>>,
    release: Arc<MemoryRelease>,
}

/// Resident bytes as read from the system.
#[derive(Debug, Clone, Copy)]
struct Reading {
    at: Instant,
    bytes: u64,
}

/// Releases of memory: one at a time, with an interval between them.
#[derive(Debug, Default)]
struct MemoryRelease {
    is_running: AtomicBool,
    ended: Mutex<Option<Instant>>,
}

impl MemoryLimit {
    /// A limit of `max_bytes`; 0 for no limit.
    #[must_use]
    pub fn new(max_bytes: u64) -> Self {
        Self { max_bytes, reading: Arc::default(), release: Arc::default() }
    }

    /// True if memory in use can be measured, by the program's allocator or by the system (Linux). Otherwise there is no
    /// limit.
    #[must_use]
    pub fn is_known() -> bool {
        used_memory_bytes().or_else(resident_memory_bytes).is_some()
    }

    /// Checks that memory in use is within the limit. If not, releases what the backend can spare, and checks again.
    ///
    /// # Errors
    ///
    /// `RESOURCE_EXHAUSTED` if the limit is still exceeded.
    pub(in crate::service) async fn check_room(&self, backend: &BackendHandle) -> Result<(), Problem> {
        if self.room().is_ok() {
            return Ok(());
        }
        if let Some(backend) = backend.opened()
            && let Some(guard) = self.release.start()
        {
            let release = tokio::task::spawn_blocking(move || guard.release(&*backend));
            // A release that takes longer goes on; the panic hook logs a panic.
            drop(tokio::time::timeout(RELEASE_TIMEOUT, release).await);
            *self.reading.lock() = None;
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

    /// Bytes that the allocator counts, or else the resident bytes.
    fn used_bytes(&self) -> u64 {
        used_memory_bytes().unwrap_or_else(|| self.resident_bytes())
    }

    fn resident_bytes(&self) -> u64 {
        let mut reading = self.reading.lock();
        match *reading {
            Some(Reading { at, bytes }) if at.elapsed() < READ_INTERVAL => bytes,
            _ => {
                let bytes = resident_memory_bytes().unwrap_or(0);
                *reading = Some(Reading { at: Instant::now(), bytes });
                bytes
            }
        }
    }
}

impl MemoryRelease {
    /// Starts a release, unless one is running or ended just now.
    fn start(self: &Arc<Self>) -> Option<ReleaseGuard> {
        if self.is_running.swap(true, Ordering::Acquire) {
            return None;
        }
        let guard = ReleaseGuard(Arc::clone(self));
        let may_release = self.ended.lock().is_none_or(|ended| ended.elapsed() >= RELEASE_INTERVAL);
        may_release.then_some(guard)
    }
}

/// A release that is running; it ends when this is dropped.
struct ReleaseGuard(Arc<MemoryRelease>);

impl ReleaseGuard {
    fn release(self, backend: &dyn Backend) {
        backend.release_memory();
        *self.0.ended.lock() = Some(Instant::now());
    }
}

impl Drop for ReleaseGuard {
    fn drop(&mut self) {
        self.0.is_running.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Engine;

    #[tokio::test]
    async fn refuses_past_the_ceiling_and_says_both_figures() {
        let opening = BackendHandle::default();
        assert!(MemoryLimit::new(0).check_room(&opening).await.is_ok());
        assert!(MemoryLimit::new(u64::MAX).check_room(&opening).await.is_ok());
        if MemoryLimit::is_known() {
            let refused = tonic::Status::from(MemoryLimit::new(1).check_room(&opening).await.unwrap_err());
            assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
            assert!(refused.message().contains("no more than 1 (max_memory_bytes)"), "{refused:?}");
        }
    }

    #[test]
    fn one_gives_memory_back_at_a_time_and_not_at_once_again() {
        let (release, engine) = (Arc::new(MemoryRelease::default()), Engine::in_memory().unwrap());
        let guard = release.start().unwrap();
        assert!(release.start().is_none());
        guard.release(&engine);
        assert!(release.start().is_none());
        *release.ended.lock() = Instant::now().checked_sub(RELEASE_INTERVAL);
        drop(release.start().unwrap());
        assert!(release.start().is_some());
    }
}
