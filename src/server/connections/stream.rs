//! The byte stream of one connection, encrypted or not.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

use super::peer::Peer;

/// A TCP or TLS stream.
pub(super) trait Transport: AsyncRead + AsyncWrite + Send {}

impl<W: AsyncRead + AsyncWrite + Send> Transport for W {}

/// The byte stream of one connection, which fails when the connection is cut.
pub(crate) struct ConnectionStream {
    transport: Pin<Box<dyn Transport>>,
    peer: Peer,
    cut: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl ConnectionStream {
    /// A stream that fails once `cut` is cancelled.
    pub(super) fn new(transport: Pin<Box<dyn Transport>>, peer: Peer, cut: CancellationToken) -> Self {
        Self { transport, peer, cut: Box::pin(cut.cancelled_owned()) }
    }

    /// The peer of the connection.
    pub(crate) fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Fails once the connection is cut; the polling task is woken then.
    fn unless_cut(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        match self.cut.as_mut().poll(context) {
            Poll::Ready(()) => Err(io::ErrorKind::ConnectionAborted.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for ConnectionStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.unless_cut(context)?;
        let before = buffer.filled().len();
        let read = self.transport.as_mut().poll_read(context, buffer);
        self.peer.note_received((buffer.filled().len() - before) as u64);
        read
    }
}

impl AsyncWrite for ConnectionStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.unless_cut(context)?;
        self.transport.as_mut().poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.unless_cut(context)?;
        self.transport.as_mut().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.unless_cut(context)?;
        self.transport.as_mut().poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.unless_cut(context)?;
        self.transport.as_mut().poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.transport.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn a_stream_counts_what_it_reads_and_ends_when_it_is_cut() {
        let (mut other, transport) = tokio::io::duplex(8);
        let peer = Peer::new(SocketAddr::from(([127, 0, 0, 1], 1)));
        let cut = CancellationToken::new();
        let mut stream = ConnectionStream::new(Box::pin(transport), peer.clone(), cut.clone());
        other.write_all(b"12345").await.unwrap();
        let mut read = [0; 5];
        stream.read_exact(&mut read).await.unwrap();
        assert_eq!(peer.received_bytes(), 5);
        // The other end is not read, so the write waits until the connection is cut.
        let stuck = tokio::spawn(async move { stream.write_all(&[0; 100]).await });
        tokio::task::yield_now().await;
        cut.cancel();
        assert_eq!(stuck.await.unwrap().unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
    }
}
