//! The body of a response, bounded in time and in the bytes that the connection buffers.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::{Body, Frame};
use parking_lot::Mutex;
use tokio::task::AbortHandle;
use tonic::Status;

use super::activity::ActivityClock;
use crate::server::grpc::status_trailers;
use crate::service::{CallContext, Problem, UnreadBytes};

/// Bytes handed to the connection at once: it buffers them until the peer reads, even after this body is dropped.
const PIECE_BYTES: usize = 16 << 10;

/// The body of a response. It ends, and drops the work behind it, when its deadline passes or its caller is inactive for
/// too long. A task enforces that, since a connection stops polling a body that its peer does not read.
pub(super) struct BoundedResponse {
    state: Arc<Mutex<State>>,
    activity: ActivityClock,
    guard: Option<AbortHandle>,
}

struct State {
    body: Option<tonic::body::Body>,
    /// Data that is handed over piece by piece.
    rest: Bytes,
    /// Why the response ends early.
    ended: Option<Problem>,
    waker: Option<Waker>,
    held: Option<Held>,
}

/// Shares of the connection's budget, held until the response is read or abandoned.
struct Held {
    _call: CallContext,
    _unread: Option<Arc<UnreadBytes>>,
}

/// The contents of a response that ended early, to be dropped without the lock.
struct Remains {
    _body: Option<tonic::body::Body>,
    _rest: Bytes,
    _held: Option<Held>,
    waker: Option<Waker>,
}

impl BoundedResponse {
    /// A response to `call` that ends at the call's deadline, or when the caller is inactive for `idle_timeout`.
    pub(super) fn new(
        body: tonic::body::Body,
        call: CallContext,
        unread: Option<Arc<UnreadBytes>>,
        activity: ActivityClock,
        idle_timeout: Option<Duration>,
    ) -> Self {
        let deadline = call.deadline();
        let held = Some(Held { _call: call, _unread: unread });
        let state = State { body: Some(body), rest: Bytes::new(), ended: None, waker: None, held };
        let state = Arc::new(Mutex::new(state));
        let guard = (deadline.is_some() || idle_timeout.is_some())
            .then(|| tokio::spawn(guard(Arc::clone(&state), activity.clone(), deadline, idle_timeout)))
            .map(|task| task.abort_handle());
        Self { state, activity, guard }
    }
}

/// Ends a response at its deadline, or when its caller is inactive for too long.
async fn guard(
    state: Arc<Mutex<State>>,
    activity: ActivityClock,
    deadline: Option<Instant>,
    idle_timeout: Option<Duration>,
) {
    let reason = loop {
        let now = Instant::now();
        if deadline.is_some_and(|deadline| deadline <= now) {
            break Problem::deadline_passed();
        }
        let idle_left = idle_timeout.map(|timeout| (timeout, activity.left(timeout)));
        if let Some((timeout, Duration::ZERO)) = idle_left {
            break Problem::idle(timeout);
        }
        let idle_at = idle_left.and_then(|(_, left)| now.checked_add(left));
        match [deadline, idle_at].into_iter().flatten().min() {
            Some(next) => tokio::time::sleep_until(next.into()).await,
            None => return,
        }
    };
    let mut remains = state.lock().end(reason);
    let waker = remains.waker.take();
    drop(remains);
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl State {
    fn end(&mut self, reason: Problem) -> Remains {
        self.ended = Some(reason);
        Remains {
            _body: self.body.take(),
            _rest: std::mem::take(&mut self.rest),
            _held: self.held.take(),
            waker: self.waker.take(),
        }
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if let Some(piece) = self.piece() {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        let Some(body) = &mut self.body else {
            let status = self.ended.take().map(Status::from);
            return Poll::Ready(status.map(|status| Ok(Frame::trailers(status_trailers(&status)))));
        };
        match Pin::new(body).poll_frame(cx) {
            Poll::Pending => {
                self.waker = Some(cx.waker().clone());
                Poll::Pending
            }
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(Some(Ok(match frame.into_data() {
                Ok(data) if data.len() > PIECE_BYTES => {
                    self.rest = data;
                    Frame::data(self.piece().unwrap_or_default())
                }
                Ok(data) => Frame::data(data),
                Err(trailers) => trailers,
            }))),
            ended @ Poll::Ready(_) => ended,
        }
    }

    /// Takes the next piece of the rest: a copy, since a slice would keep the whole buffer.
    fn piece(&mut self) -> Option<Bytes> {
        let piece = self.rest.split_to(self.rest.len().min(PIECE_BYTES));
        if self.rest.is_empty() {
            self.rest = Bytes::new();
        }
        (!piece.is_empty()).then(|| Bytes::copy_from_slice(&piece))
    }
}

impl Body for BoundedResponse {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.activity.response_taken();
        let polled = self.state.lock().poll_frame(cx);
        if polled.is_ready() {
            self.activity.response_ready();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        let state = self.state.lock();
        state.ended.is_none() && state.rest.is_empty() && state.body.as_ref().is_none_or(Body::is_end_stream)
    }
}

impl Drop for BoundedResponse {
    fn drop(&mut self) {
        if let Some(guard) = &self.guard {
            guard.abort();
        }
    }
}
