//! Bodies that count their messages and report how their call ended.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use tonic::body::Body;
use tonic::{Code, Status};

use super::call::{ObservedCall, complete_status};
use super::methods::Method;
use crate::server::grpc::{MessageCounter, status_trailers};
use crate::service::defect_status;

type Polled = Poll<Option<Result<Frame<Bytes>, Status>>>;

/// The body of a request; counts the messages received.
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

/// The body of a response; counts the messages sent. The call ends with the trailers, or as cancelled if the body is
/// dropped before them.
pub(super) struct ResponseBody {
    inner: Body,
    messages: MessageCounter,
    call: ObservedCall,
}

impl ResponseBody {
    pub(super) fn new(inner: Body, call: ObservedCall) -> Self {
        Self { inner, messages: MessageCounter::default(), call }
    }

    /// Polls the body within the call's span. A panic in a stream becomes the status of a defect.
    fn poll_inner(&mut self, context: &mut Context<'_>) -> Polled {
        let _in_span = self.call.span().clone().entered();
        let inner = Pin::new(&mut self.inner);
        catch_unwind(AssertUnwindSafe(|| inner.poll_frame(context))).unwrap_or_else(|_| {
            self.inner = Body::empty();
            Poll::Ready(Some(Ok(Frame::trailers(status_trailers(&defect_status())))))
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
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(Some(Ok(self.record(frame)))),
            Poll::Ready(Some(Err(status))) => {
                self.call.end(status.code());
                Poll::Ready(Some(Err(status)))
            }
            Poll::Ready(None) => {
                // Clients report a missing status as UNKNOWN, too.
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
    /// Counts the messages in a frame; records the status in trailers.
    fn record(&mut self, frame: Frame<Bytes>) -> Frame<Bytes> {
        if let Some(data) = frame.data_ref() {
            let messages = self.messages.count(data);
            self.call.method().sent.fetch_add(messages, Ordering::Relaxed);
        }
        let mut trailers = match frame.into_trailers() {
            Ok(trailers) => trailers,
            Err(frame) => return frame,
        };
        let code = complete_status(&mut trailers, self.call.id());
        self.call.end(code.unwrap_or(Code::Unknown));
        Frame::trailers(trailers)
    }
}
