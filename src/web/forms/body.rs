//! The body of a request, within bounds of size and time.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout_at};

use crate::web::failure::Failure;

/// Bytes that are read and dropped after the limit, as a multiple of it. A browser shows the response only after it has sent its request.
const DISCARDED: u64 = 16;

/// Maximum time for the body of a request that is refused.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads a body of at most `max_bytes` within `timeout`.
pub(super) async fn read(
    headers: &HeaderMap,
    mut body: Body,
    max_bytes: usize,
    timeout: Duration,
) -> Result<Bytes, Failure> {
    let deadline = Instant::now() + timeout;
    let stated =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let is_too_large = stated.is_some_and(|bytes| bytes > max_bytes as u64);
    if is_too_large && headers.contains_key(header::EXPECT) {
        // The client waits for permission to send.
        return Err(too_large(max_bytes));
    }
    let (mut kept, mut received) = (BytesMut::new(), 0_u64);
    loop {
        let frame = timeout_at(deadline, body.frame()).await.map_err(|_| too_slow(timeout))?;
        let Some(frame) = frame else { break };
        let frame = frame
            .map_err(|_| Failure::bad_form("The request ended before it was complete: send it again"))?;
        let Ok(data) = frame.into_data() else { continue };
        received = received.saturating_add(data.len() as u64);
        if received <= max_bytes as u64 && !is_too_large {
            kept.extend_from_slice(&data);
        } else {
            kept = BytesMut::new();
            if received > (max_bytes as u64).saturating_mul(DISCARDED) {
                break;
            }
        }
    }
    if is_too_large || received > max_bytes as u64 { Err(too_large(max_bytes)) } else { Ok(kept.freeze()) }
}

/// Reads and drops the body of a request that is refused, so that the browser shows the response.
pub(in crate::web) async fn discard(mut body: Body, max_bytes: usize) {
    let mut left = max_bytes;
    let read_all = async {
        while let Some(Ok(frame)) = body.frame().await {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            match left.checked_sub(bytes) {
                Some(fewer) => left = fewer,
                None => break,
            }
        }
    };
    drop(tokio::time::timeout(DISCARD_TIMEOUT, read_all).await);
}

fn too_large(max_bytes: usize) -> Failure {
    Failure::too_large(format!(
        "One form may have {max_bytes} bytes at most, files included: send fewer or smaller files (the operator's limit is max_pending_bytes)"
    ))
}

fn too_slow(timeout: Duration) -> Failure {
    let seconds = timeout.as_secs_f64();
    let message = format!(
        "The form did not arrive within {seconds} s (default_deadline_seconds): send less at once, or use a faster connection"
    );
    Failure::new(StatusCode::REQUEST_TIMEOUT, "It took too long", message)
}
