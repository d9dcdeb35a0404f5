//! How much memory the server has in use, held against a ceiling.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::problem::Problem;
use super::resident::resident_memory_bytes;

/// How long what was read is taken to be so.
const FRESH: Duration = Duration::from_millis(100);

/// A ceiling past which nothing more is added. Clones share what was read.
#[derive(Debug, Clone)]
pub struct Memory {
    max_bytes: u64,
    read: Arc<Mutex<Option<(Instant, u64)>>>,
}

impl Memory {
    /// A ceiling of `max_bytes`; 0 for none.
    #[must_use]
    pub fn new(max_bytes: u64) -> Self {
        Self { max_bytes, read: Arc::default() }
    }

    /// Whether the system tells what is in use: Linux does. Elsewhere there is no ceiling.
    #[must_use]
    pub fn is_known() -> bool {
        resident_memory_bytes().is_some()
    }

    /// Nothing, while there is room for more.
    pub(super) fn has_room(&self) -> Result<(), Problem> {
        if self.max_bytes == 0 {
            return Ok(());
        }
        let resident = self.resident_bytes();
        if resident > self.max_bytes {
            return Err(Problem::too_little_memory(resident, self.max_bytes));
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_past_the_ceiling_and_says_both_figures() {
        assert!(Memory::new(0).has_room().is_ok());
        assert!(Memory::new(u64::MAX).has_room().is_ok());
        if Memory::is_known() {
            let refused = tonic::Status::from(Memory::new(1).has_room().unwrap_err());
            assert_eq!(refused.code(), tonic::Code::ResourceExhausted);
            assert!(refused.message().contains("no more than 1 (max_memory_bytes)"), "{refused:?}");
        }
    }
}
