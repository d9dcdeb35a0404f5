//! The rate limit of a key.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::service::problem::Problem;

/// Maximum number of calls and items of streams per second for the holder of one key (the generic cell rate algorithm). A
/// burst may use up one second's share at once.
#[derive(Debug)]
pub struct RateLimit {
    limiter: DefaultDirectRateLimiter,
    per_second: NonZeroU32,
}

impl RateLimit {
    /// A limit of `per_second` calls and items.
    #[must_use]
    pub fn new(per_second: NonZeroU32) -> Self {
        Self { limiter: RateLimiter::direct(Quota::per_second(per_second)), per_second }
    }

    /// Takes one cell, or returns the time until the next is available.
    fn try_take(&self) -> Result<(), Duration> {
        let now = DefaultClock::default().now();
        self.limiter.check().map_err(|exceeded| exceeded.wait_time_from(now))
    }

    /// Takes one cell for a call.
    ///
    /// # Errors
    ///
    /// `RESOURCE_EXHAUSTED` with the time until the next is available.
    pub(in crate::service) fn take(&self) -> Result<(), Problem> {
        self.try_take().map_err(|wait| Problem::rate_limited(self.per_second.get(), wait))
    }

    /// Waits until a cell is available, and takes it, for an item of a stream.
    pub(in crate::service) async fn wait(&self) {
        while let Err(wait) = self.try_take() {
            tokio::time::sleep(wait).await;
        }
    }
}
