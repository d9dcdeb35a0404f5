//! The body of a response, handed over in small pieces.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body, Frame};
use parking_lot::Mutex;
use tokio::task::AbortHandle;
use tonic::Status;

use super::pulse::Pulse;
use crate::service::{Call, Problem, Unread};

/// Bytes that are given to the connection at once: it holds them until they are read, whatever is dropped here.
const PIECE_BYTES: usize = 16 << 10;

/// A response, dropped with all that works on it when its deadline passes or when its caller rests for too long,
/// though nobody may ask for it: a connection asks for no more before the caller has read what it got.
pub(super) struct Answer {
    shared: Arc<Mutex<Shared>>,
    pulse: Pulse,
    guard: Option<AbortHandle>,
}

struct Shared {
    body: Option<tonic::body::Body>,
    /// Data that is handed over piece by piece.
    rest: Bytes,
    /// Why it ends before its end.
    ended: Option<Problem>,
    waker: Option<Waker>,
    held: Option<Held>,
}

/// What counts as under way until the answer was read, or is not to be.
type Held = (Call, Option<Arc<Unread>>);

impl Answer {
    /// An answer to `call` that ends when its deadline passes, or when its caller rests for `longest_rest`.
    pub(super) fn new(
        body: tonic::body::Body,
        call: Call,
        unread: Option<Arc<Unread>>,
        pulse: Pulse,
        longest_rest: Option<Duration>,
    ) -> Self {
        let deadline = call.deadline();
        let held = Some((call, unread));
        let shared = Shared { body: Some(body), rest: Bytes::new(), ended: None, waker: None, held };
        let shared = Arc::new(Mutex::new(shared));
        let guard = (deadline.is_some() || longest_rest.is_some())
            .then(|| tokio::spawn(guard(Arc::clone(&shared), pulse.clone(), deadline, longest_rest)))
            .map(|task| task.abort_handle());
        Self { shared, pulse, guard }
    }
}

/// Ends an answer when it is time.
async fn guard(
    shared: Arc<Mutex<Shared>>,
    pulse: Pulse,
    deadline: Option<Instant>,
    longest_rest: Option<Duration>,
) {
    let why = loop {
        let now = Instant::now();
        if deadline.is_some_and(|deadline| deadline <= now) {
            break Problem::deadline_passed();
        }
        let rest = longest_rest.map(|longest| (longest, pulse.left(longest)));
        if let Some((longest, Duration::ZERO)) = rest {
            break Problem::idle(longest);
        }
        let rest_ends = rest.and_then(|(_, left)| now.checked_add(left));
        match [deadline, rest_ends].into_iter().flatten().min() {
            Some(next) => tokio::time::sleep_until(next.into()).await,
            None => return,
        }
    };
    let (body, rest, held, waker) = shared.lock().end(why);
    drop((body, rest, held));
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Shared {
    /// Takes all that can be dropped.
    fn end(&mut self, why: Problem) -> (Option<tonic::body::Body>, Bytes, Option<Held>, Option<Waker>) {
        self.ended = Some(why);
        (self.body.take(), std::mem::take(&mut self.rest), self.held.take(), self.waker.take())
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if let Some(piece) = self.piece() {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        let Some(body) = &mut self.body else {
            return Poll::Ready(self.ended.take().map(|why| Ok(Frame::trailers(trailers(why)?))));
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

    /// The next piece of the rest. A copy, since a part would keep the whole.
    fn piece(&mut self) -> Option<Bytes> {
        let piece = self.rest.split_to(self.rest.len().min(PIECE_BYTES));
        if self.rest.is_empty() {
            self.rest = Bytes::new();
        }
        (!piece.is_empty()).then(|| Bytes::copy_from_slice(&piece))
    }
}

fn trailers(why: Problem) -> Result<HeaderMap, Status> {
    let mut trailers = HeaderMap::new();
    Status::from(why).add_header(&mut trailers)?;
    Ok(trailers)
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.pulse.caller_read();
        let polled = self.shared.lock().poll_frame(cx);
        if polled.is_ready() {
            self.pulse.answered();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        let shared = self.shared.lock();
        shared.ended.is_none()
            && shared.rest.is_empty()
            && shared.body.as_ref().is_none_or(Body::is_end_stream)
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Some(guard) = &self.guard {
            guard.abort();
        }
    }
}
