//! Streams in which each request has one response, in order.

use std::collections::BTreeSet;
use std::pin::Pin;

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use tokio_stream::Stream;
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

use super::call::Call;
use super::problem::Problem;

/// Bytes of a stream's requests from which on no more are read until some are answered: half of what a connection
/// may have under way, by default, so that its other calls have room.
const BYTES_IN_FLIGHT: usize = 16 << 20;

/// A stream of responses.
pub(super) type Responses<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// How a stream's items are worked on.
pub(super) struct Order {
    /// Items worked on at once. No more are read until one is answered: that is the flow control.
    pub(super) width: usize,
    /// The call that the stream is.
    pub(super) call: Call,
    /// When cancelled, no more items are read; those that were are answered, then the stream ends.
    pub(super) draining: CancellationToken,
}

/// Answers each request with what `work` makes of it and of its place in the stream, in order, several
/// at a time.
///
/// Requests with the same `key` are worked on one after the other; those without a key, whenever. A key is what the engine
/// tells things apart by, never a caller's spelling of it.
pub(super) fn in_order<Request, Key, Response, Work>(
    mut requests: Streaming<Request>,
    order: Order,
    key: impl Fn(&Request) -> Option<Key> + Send + 'static,
    work: impl Fn(u64, Request) -> Work + Send + 'static,
) -> Responses<Response>
where
    Request: prost::Message + 'static,
    Key: Ord + Clone + Send + 'static,
    Response: prost::Message + 'static,
    Work: Future<Output = Response> + Send + 'static,
{
    Box::pin(async_stream::stream! {
        let mut in_flight = FuturesOrdered::new();
        let mut keys = BTreeSet::new();
        // A request that waits for another with the same key.
        let mut held: Option<Request> = None;
        let mut end = None;
        let (mut index, mut bytes) = (0, 0);
        loop {
            if let Some(request) = held.take() {
                let key = key(&request);
                if key.as_ref().is_none_or(|key| !keys.contains(key)) {
                    keys.extend(key.clone());
                    let size = request.encoded_len();
                    bytes += size;
                    let done = work(index, request);
                    let call = order.call.clone();
                    in_flight.push_back(async move {
                        let response = done.await;
                        let unread = call.unread(&response);
                        (key, size, response, unread)
                    });
                    index += 1;
                } else {
                    held = Some(request);
                }
            }
            let has_room = in_flight.len() < order.width && bytes < BYTES_IN_FLIGHT;
            let may_read = end.is_none() && held.is_none() && has_room;
            tokio::select! {
                biased;
                Some((key, size, response, unread)) = in_flight.next(), if !in_flight.is_empty() => {
                    bytes -= size;
                    order.call.messages().first_answered();
                    if let Some(key) = key {
                        keys.remove(&key);
                    }
                    yield Ok(response);
                    // Whoever takes the stream comes back when the response was sent.
                    drop(unread);
                }
                () = order.draining.cancelled(), if end.is_none() => {
                    end = Some(Err(Problem::stopping().into()));
                    held = None;
                }
                request = requests.message(), if may_read => match request {
                    Ok(Some(request)) => held = Some(request),
                    Ok(None) => end = Some(Ok(())),
                    Err(status) => end = Some(Err(status)),
                },
                else => break,
            }
        }
        if let Some(Err(status)) = end {
            yield Err(status);
        }
    })
}
