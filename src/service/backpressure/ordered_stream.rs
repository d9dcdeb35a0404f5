//! Bidirectional streams with one response for each request, in options.

use std::collections::BTreeSet;
use std::pin::Pin;

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use tokio_stream::Stream;
use tokio_util::sync::CancellationToken;
use tonic::{Status, Streaming};

use crate::service::call::CallContext;
use crate::service::problem::Problem;

/// Bytes of a stream's requests in flight at which no more are read: half the default budget of a connection, so that its other
/// calls can proceed.
const BYTES_IN_FLIGHT: usize = 16 << 20;

/// A stream of responses.
pub(in crate::service) type Responses<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Options of an ordered stream.
pub(in crate::service) struct StreamOptions {
    /// Maximum number of requests in flight. No more are read until one is answered.
    pub(in crate::service) width: usize,
    /// The call that this stream belongs to.
    pub(in crate::service) call: CallContext,
    /// When cancelled, no more requests are read; those in flight are answered, then the stream ends.
    pub(in crate::service) draining: CancellationToken,
}

/// Runs `work` on each request and its index in the stream, several at a time, and yields the responses in options.
///
/// Requests with the same `key` run one after the other; requests without a key run in any options. A key must be the parsed
/// identity of what the request changes, not the caller's spelling of it.
pub(in crate::service) fn in_order<Request, Key, Response, Work>(
    mut requests: Streaming<Request>,
    options: StreamOptions,
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
        // A request that waits for one in flight with the same key.
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
                    let call = options.call.clone();
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
            let has_room = in_flight.len() < options.width && bytes < BYTES_IN_FLIGHT;
            let may_read = end.is_none() && held.is_none() && has_room;
            tokio::select! {
                biased;
                Some((key, size, response, unread)) = in_flight.next(), if !in_flight.is_empty() => {
                    bytes -= size;
                    options.call.messages().first_answered();
                    if let Some(key) = key {
                        keys.remove(&key);
                    }
                    yield Ok(response);
                    // The stream is polled again once the response was sent.
                    drop(unread);
                }
                () = options.draining.cancelled(), if end.is_none() => {
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
