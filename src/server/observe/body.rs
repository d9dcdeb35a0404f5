//! Bodies that are watched as they pass: how many messages are in them, and how the call ended.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as _, Frame, SizeHint};
use tonic::body::Body;
use tonic::{Code, Status};

use super::call::{Call, with_request_id};
use super::calls::Method;
use crate::service::defect_status;

type Polled = Poll<Option<Result<Frame<Bytes>, Status>>>;

/// What a caller sends.
pub(super) struct RequestBody {
    inner: Body,
    messages: MessageCounter,
    method: Arc<Method>,
}

impl RequestBody {
    pub(super) fn new(inner: Body, method: Arc<Method>) -> Self {
        Self { inner, messages: MessageCounter::default(), method }
    }
}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
        {
            let messages = self.messages.count(data);
            self.method.received.fetch_add(messages, Ordering::Relaxed);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// What a caller is sent. The call ends with its trailers; or by cancellation, when it is dropped before.
pub(super) struct ResponseBody {
    inner: Body,
    messages: MessageCounter,
    call: Call,
}

impl ResponseBody {
    pub(super) fn new(inner: Body, call: Call) -> Self {
        Self { inner, messages: MessageCounter::default(), call }
    }

    /// Streams do their work while they are polled.
    fn poll_inner(&mut self, context: &mut Context<'_>) -> Polled {
        let _in_span = self.call.span().clone().entered();
        let inner = Pin::new(&mut self.inner);
        catch_unwind(AssertUnwindSafe(|| inner.poll_frame(context))).unwrap_or_else(|_| {
            self.inner = Body::empty();
            Poll::Ready(Some(Ok(Frame::trailers(trailers(&defect_status())))))
        })
    }
}

impl http_body::Body for ResponseBody {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled {
        let polled = self.poll_inner(context);
        match polled {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(Some(Ok(self.passed(frame)))),
            Poll::Ready(Some(Err(status))) => {
                self.call.end(status.code());
                Poll::Ready(Some(Err(status)))
            }
            Poll::Ready(None) => {
                // Without trailers callers take it for this, too.
                self.call.end(Code::Unknown);
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl ResponseBody {
    fn passed(&mut self, frame: Frame<Bytes>) -> Frame<Bytes> {
        if let Some(data) = frame.data_ref() {
            let messages = self.messages.count(data);
            self.call.method().sent.fetch_add(messages, Ordering::Relaxed);
        }
        let mut trailers = match frame.into_trailers() {
            Ok(trailers) => trailers,
            Err(frame) => return frame,
        };
        let code = with_request_id(&mut trailers, self.call.id());
        self.call.end(code.unwrap_or(Code::Unknown));
        Frame::trailers(trailers)
    }
}

fn trailers(status: &Status) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    // It fails only for messages that are no header, which ours are when they are encoded.
    let _added = status.add_header(&mut trailers);
    trailers
}

/// Counts messages by their prefixes: a byte that says whether it is compressed, and four of its length.
#[derive(Debug, Default)]
struct MessageCounter {
    prefix: Vec<u8>,
    /// Bytes of the message that are still to come.
    left: usize,
}

impl MessageCounter {
    /// How many messages end in `data`, which follows what was counted before.
    fn count(&mut self, mut data: &[u8]) -> u64 {
        let mut ended = 0;
        while !data.is_empty() {
            if self.left > 0 {
                data = data.get(self.left.min(data.len())..).map_or(data, |rest| {
                    self.left -= data.len() - rest.len();
                    rest
                });
                ended += u64::from(self.left == 0);
                continue;
            }
            let (taken, rest) = data.split_at(data.len().min(5 - self.prefix.len()));
            self.prefix.extend_from_slice(taken);
            data = rest;
            if let [_, a, b, c, d] = self.prefix[..] {
                self.left = u32::from_be_bytes([a, b, c, d]) as usize;
                self.prefix.clear();
                ended += u64::from(self.left == 0);
            }
        }
        ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(length: usize) -> Vec<u8> {
        let length_bytes = u32::try_from(length).unwrap().to_be_bytes();
        [&[0_u8][..], &length_bytes, &vec![7; length]].concat()
    }

    #[test]
    fn messages_are_counted_however_they_are_cut() {
        let all = [message(3), message(0), message(300), message(1), message(0)].concat();
        for piece in 1..all.len() {
            let mut counter = MessageCounter::default();
            let messages: u64 = all.chunks(piece).map(|data| counter.count(data)).sum();
            assert_eq!(messages, 5, "in pieces of {piece}");
        }
        let mut counter = MessageCounter::default();
        assert_eq!(counter.count(&all[..all.len() - 1]), 4);
    }
}
