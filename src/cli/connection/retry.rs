//! Retries of requests that the server executes once.

use std::time::Duration;

/// Number of times that a retryable request is sent at most.
pub(in crate::cli) const ATTEMPTS: u32 = 5;

/// Pause before the first retry; it doubles before each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Waits before the retry that follows attempt number `attempt`, counted from 1.
pub(in crate::cli) async fn wait_before_retry(attempt: u32) {
    tokio::time::sleep(FIRST_PAUSE * 2_u32.saturating_pow(attempt - 1)).await;
}

/// Returns a request id, with which a request can be sent again: a random UUID (RFC 9562, version 4). It is empty, which
/// stands for no id, if the system has no random numbers.
pub(in crate::cli) fn request_id() -> String {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        return String::new();
    }
    let random = u128::from_be_bytes(bytes);
    let uuid = random & !(0xF << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let hex = format!("{uuid:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}
