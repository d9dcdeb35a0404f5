//! A limit on the time for which a peer may leave a response unread. HTTP/1.1 has no other.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::stream::ConnectionStream;

/// The limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StalledWrites {
    timeout: Duration,
}

impl StalledWrites {
    /// A limit of `timeout`.
    pub(crate) fn after(timeout: Duration) -> Self {
        Self { timeout }
    }

    /// A stream that fails when a write makes no progress for the time-out.
    pub(crate) fn bound(self, stream: ConnectionStream) -> BoundedWrites {
        let timer = Box::pin(sleep_until(Instant::now()));
        BoundedWrites { stream, timeout: self.timeout, timer, is_waiting: false }
    }
}

/// A stream with a limit on the time of its writes.
pub(crate) struct BoundedWrites {
    stream: ConnectionStream,
    timeout: Duration,
    timer: Pin<Box<Sleep>>,
    /// Whether a write waits, since the timer was set.
    is_waiting: bool,
}

impl BoundedWrites {
    /// Passes on the result of a write, or fails if it has waited for too long.
    fn bounded<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.is_waiting = false;
            return written;
        }
        if !self.is_waiting {
            self.is_waiting = true;
            self.timer.as_mut().reset(Instant::now() + self.timeout);
        }
        ready!(self.timer.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for BoundedWrites {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for BoundedWrites {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bounded(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.bounded(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(context);
        self.bounded(context, shut)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.bounded(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
