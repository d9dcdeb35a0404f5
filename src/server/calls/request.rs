//! The body of a request, message by message.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame};
use tonic::Status;

use super::activity::ActivityClock;
use super::inflate::Encoding;
use crate::server::grpc::{PREFIX_BYTES, Prefix, PrefixReader};
use crate::service::{CallContext, PendingBytes, Problem};

/// Assumed ratio of a compressed message's inflated size to its own, until it is inflated. For text it is 3 or 4.
const INFLATION: usize = 8;

/// The body of a request, read only as fast as the connection's budget allows: bytes that are not read stay with the
/// peer, which HTTP/2's flow control holds back. Compressed messages come out inflated.
pub(super) struct RequestMessages {
    inner: tonic::body::Body,
    /// Bytes received and not processed yet.
    received: Bytes,
    state: State,
    call: CallContext,
    encoding: Option<Encoding>,
    max_message_bytes: usize,
    /// True while a message is required and none has begun.
    is_missing: bool,
    activity: ActivityClock,
}

enum State {
    /// Between messages, or in a prefix.
    Prefix(PrefixReader),
    /// Waiting for the budget.
    Reserving(Header, Pin<Box<dyn Future<Output = PendingBytes> + Send>>),
    /// In an uncompressed message, with this many bytes left.
    Plain(usize),
    /// In a compressed message.
    Compressed { len: usize, data: BytesMut, pending: PendingBytes },
}

/// A prefix that has been validated.
#[derive(Clone, Copy)]
struct Header {
    is_compressed: bool,
    len: usize,
}

impl RequestMessages {
    pub(super) fn new(
        inner: tonic::body::Body,
        call: CallContext,
        encoding: Option<Encoding>,
        max_message_bytes: usize,
        takes_one: bool,
        activity: ActivityClock,
    ) -> Self {
        let (received, state) = (Bytes::new(), State::between_messages());
        Self { inner, received, state, call, encoding, max_message_bytes, is_missing: takes_one, activity }
    }

    /// Returns the next piece to pass on, or `None` if more bytes must be received first.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Problem>> {
        loop {
            match &mut self.state {
                State::Prefix(reader) => {
                    let Some(prefix) = reader.read(&mut self.received) else { return Poll::Ready(Ok(None)) };
                    let header = self.header(prefix)?;
                    let bytes = if header.is_compressed {
                        header.len.saturating_mul(INFLATION).min(self.max_message_bytes)
                    } else {
                        header.len
                    };
                    let reserving = self.call.connection().clone().reserve(bytes);
                    self.state = State::Reserving(header, Box::pin(reserving));
                }
                State::Reserving(header, reserving) => {
                    let (header, pending) = (*header, ready!(reserving.as_mut().poll(cx)));
                    if header.is_compressed {
                        let data = BytesMut::new();
                        self.state = State::Compressed { len: header.len, data, pending };
                    } else {
                        self.state = State::plain(header.len);
                        self.call.messages().received(pending);
                        return Poll::Ready(Ok(Some(Prefix::encode_plain(header.len))));
                    }
                }
                State::Plain(left) => {
                    if self.received.is_empty() {
                        return Poll::Ready(Ok(None));
                    }
                    let piece = self.received.split_to(self.received.len().min(*left));
                    self.state = State::plain(*left - piece.len());
                    return Poll::Ready(Ok(Some(piece)));
                }
                State::Compressed { len, data, .. } => {
                    let missing = (*len - data.len()).min(self.received.len());
                    data.extend_from_slice(&self.received.split_to(missing));
                    if data.len() < *len {
                        return Poll::Ready(Ok(None));
                    }
                    return Poll::Ready(self.inflated().map(Some));
                }
            }
        }
    }

    fn header(&mut self, prefix: Prefix) -> Result<Header, Problem> {
        let Prefix { compressed_flag, len } = prefix;
        self.is_missing = false;
        if len > self.max_message_bytes {
            return Err(Problem::message_too_large(Some(len), self.max_message_bytes));
        }
        match (compressed_flag, self.encoding) {
            (0, _) => Ok(Header { is_compressed: false, len }),
            (1, Some(_)) => Ok(Header { is_compressed: true, len }),
            (1, None) => Err(Problem::malformed_message(
                "a message is marked as compressed, but grpc-encoding is not set",
            )),
            _ => Err(Problem::malformed_message("what should be a message begins with neither 0 nor 1")),
        }
    }

    /// Inflates the compressed message, which is complete, and gives it a prefix of its own.
    fn inflated(&mut self) -> Result<Bytes, Problem> {
        let state = std::mem::replace(&mut self.state, State::between_messages());
        let (State::Compressed { data, mut pending, .. }, Some(encoding)) = (state, self.encoding) else {
            return Err(Problem::malformed_message("no compressed message"));
        };
        // Inflated twice: a message that is too large must not take memory at all.
        let max_bytes = self.max_message_bytes;
        let len = encoding
            .inflated_len(&data, max_bytes)?
            .ok_or_else(|| Problem::message_too_large(None, max_bytes))?;
        let more = len.saturating_sub(data.len().saturating_mul(INFLATION));
        if more > 0 {
            let reserved = self.call.connection().reserve_now(more);
            pending.merge(reserved.ok_or_else(Problem::inflated_too_much)?);
        }
        let mut message = BytesMut::with_capacity(PREFIX_BYTES + len);
        message.extend_from_slice(&Prefix::encode_plain(len));
        encoding.append_inflated(&data, &mut message)?;
        pending.shrink_to(len);
        self.call.messages().received(pending);
        Ok(message.freeze())
    }

    fn is_between_messages(&self) -> bool {
        matches!(&self.state, State::Prefix(reader) if reader.is_empty())
    }
}

impl State {
    fn between_messages() -> Self {
        Self::Prefix(PrefixReader::default())
    }

    fn plain(left: usize) -> Self {
        if left == 0 { Self::between_messages() } else { Self::Plain(left) }
    }
}

impl Body for RequestMessages {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        loop {
            if let Some(piece) = ready!(self.poll_piece(cx))? {
                return Poll::Ready(Some(Ok(Frame::data(piece))));
            }
            let Poll::Ready(frame) = Pin::new(&mut self.inner).poll_frame(cx) else {
                self.activity.awaiting_request();
                return Poll::Pending;
            };
            self.activity.request_received();
            match frame.transpose().map_err(unreadable)?.map(Frame::into_data) {
                Some(Ok(data)) => self.received = data,
                Some(Err(trailers)) => return Poll::Ready(Some(Ok(trailers))),
                None if self.is_missing => {
                    return Poll::Ready(Some(Err(Problem::malformed_message("it has no message").into())));
                }
                None if self.is_between_messages() => return Poll::Ready(None),
                None => {
                    return Poll::Ready(Some(Err(
                        Problem::malformed_message("it ends within a message").into()
                    )));
                }
            }
        }
    }
}

/// Turns tonic-web's error about a malformed request into the caller's fault; tonic-web reports it as the server's.
fn unreadable(status: Status) -> Status {
    match status.message().strip_prefix("tonic-web: ") {
        Some(problem) => Problem::malformed_message(problem).into(),
        None => status,
    }
}
