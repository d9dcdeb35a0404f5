//! The body of a request, message by message.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use http_body::{Body, Frame};
use tonic::Status;

use super::inflate::Encoding;
use super::pulse::Pulse;
use crate::service::{Call, Pending, Problem};

/// Bytes of what stands before each message: whether it is compressed, and its length.
const HEADER_BYTES: usize = 5;

/// How many times its size a compressed message is taken to have until it is inflated; of text it is three or four.
const INFLATION: usize = 8;

/// Reads a request's messages no sooner than their connection has room for them: what is not read stays with the
/// peer, whom HTTP/2's flow control holds back. Compressed messages come out inflated.
pub(super) struct Messages {
    inner: tonic::body::Body,
    /// What came, and was not looked at.
    came: Bytes,
    state: State,
    call: Call,
    encoding: Option<Encoding>,
    max_message_bytes: usize,
    /// Whether a message must come, and none has.
    is_missing: bool,
    pulse: Pulse,
}

enum State {
    /// Before a message, or in its header.
    Header(BytesMut),
    /// Waiting for room.
    Reserving(Header, Pin<Box<dyn Future<Output = Pending> + Send>>),
    /// In a message, so many bytes before its end.
    Plain(usize),
    /// In a compressed message.
    Compressed { len: usize, data: BytesMut, pending: Pending },
}

/// What stands before a message.
#[derive(Clone, Copy)]
struct Header {
    is_compressed: bool,
    len: usize,
}

impl Messages {
    pub(super) fn new(
        inner: tonic::body::Body,
        call: Call,
        encoding: Option<Encoding>,
        max_message_bytes: usize,
        takes_one: bool,
        pulse: Pulse,
    ) -> Self {
        let (came, state) = (Bytes::new(), State::Header(BytesMut::new()));
        Self { inner, came, state, call, encoding, max_message_bytes, is_missing: takes_one, pulse }
    }

    /// The next piece of what came, if it makes one.
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Problem>> {
        loop {
            match &mut self.state {
                State::Header(data) => {
                    let missing = (HEADER_BYTES - data.len()).min(self.came.len());
                    data.extend_from_slice(&self.came.split_to(missing));
                    if data.len() < HEADER_BYTES {
                        return Poll::Ready(Ok(None));
                    }
                    let header = self.header()?;
                    let bytes = if header.is_compressed {
                        header.len.saturating_mul(INFLATION).min(self.max_message_bytes)
                    } else {
                        header.len
                    };
                    let room = self.call.connection().clone().reserve(bytes);
                    self.state = State::Reserving(header, Box::pin(room));
                }
                State::Reserving(header, room) => {
                    let (header, pending) = (*header, ready!(room.as_mut().poll(cx)));
                    if header.is_compressed {
                        let data = BytesMut::new();
                        self.state = State::Compressed { len: header.len, data, pending };
                    } else {
                        self.state = State::plain(header.len);
                        self.call.messages().came(pending);
                        return Poll::Ready(Ok(Some(header.of_plain())));
                    }
                }
                State::Plain(left) => {
                    if self.came.is_empty() {
                        return Poll::Ready(Ok(None));
                    }
                    let piece = self.came.split_to(self.came.len().min(*left));
                    self.state = State::plain(*left - piece.len());
                    return Poll::Ready(Ok(Some(piece)));
                }
                State::Compressed { len, data, .. } => {
                    let missing = (*len - data.len()).min(self.came.len());
                    data.extend_from_slice(&self.came.split_to(missing));
                    if data.len() < *len {
                        return Poll::Ready(Ok(None));
                    }
                    return Poll::Ready(self.inflated().map(Some));
                }
            }
        }
    }

    /// The header that has come whole.
    fn header(&mut self) -> Result<Header, Problem> {
        let State::Header(data) = &mut self.state else {
            return Err(Problem::malformed_message("no header"));
        };
        let (flag, len) = (data.get_u8(), data.get_u32() as usize);
        self.is_missing = false;
        if len > self.max_message_bytes {
            return Err(Problem::message_too_large(Some(len), self.max_message_bytes));
        }
        match (flag, self.encoding) {
            (0, _) => Ok(Header { is_compressed: false, len }),
            (1, Some(_)) => Ok(Header { is_compressed: true, len }),
            (1, None) => Err(Problem::malformed_message(
                "a message is marked as compressed, but grpc-encoding is not set",
            )),
            _ => Err(Problem::malformed_message("what should be a message begins with neither 0 nor 1")),
        }
    }

    /// The compressed message that has come whole, inflated, with a header of its own.
    fn inflated(&mut self) -> Result<Bytes, Problem> {
        let state = std::mem::replace(&mut self.state, State::plain(0));
        let (State::Compressed { data, mut pending, .. }, Some(encoding)) = (state, self.encoding) else {
            return Err(Problem::malformed_message("no compressed message"));
        };
        // Inflated twice, so that one that is too large takes no memory at all.
        let most = self.max_message_bytes;
        let len =
            encoding.inflated_len(&data, most)?.ok_or_else(|| Problem::message_too_large(None, most))?;
        let more = len.saturating_sub(data.len().saturating_mul(INFLATION));
        if more > 0 {
            let room = self.call.connection().reserve_now(more);
            pending.merge(room.ok_or_else(Problem::inflated_too_much)?);
        }
        let header = Header { is_compressed: false, len };
        let mut message = BytesMut::with_capacity(HEADER_BYTES + len);
        message.extend_from_slice(&header.of_plain());
        encoding.append_inflated(&data, &mut message)?;
        pending.shrink_to(header.len);
        self.call.messages().came(pending);
        Ok(message.freeze())
    }

    fn is_between_messages(&self) -> bool {
        matches!(&self.state, State::Header(data) if data.is_empty())
    }
}

impl State {
    fn plain(left: usize) -> Self {
        if left == 0 { Self::Header(BytesMut::new()) } else { Self::Plain(left) }
    }
}

impl Header {
    /// The header of a message of this length that is not compressed.
    fn of_plain(self) -> Bytes {
        let mut header = BytesMut::zeroed(HEADER_BYTES);
        let len = u32::try_from(self.len).unwrap_or(u32::MAX);
        header.as_mut().split_at_mut(1).1.copy_from_slice(&len.to_be_bytes());
        header.freeze()
    }
}

impl Body for Messages {
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
                self.pulse.waits_for_caller();
                return Poll::Pending;
            };
            self.pulse.caller_sent();
            match frame.transpose().map_err(unreadable)?.map(Frame::into_data) {
                Some(Ok(data)) => self.came = data,
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

/// What tonic-web can't read of a request is the caller's fault; it takes it for the server's.
fn unreadable(status: Status) -> Status {
    match status.message().strip_prefix("tonic-web: ") {
        Some(what) => Problem::malformed_message(what).into(),
        None => status,
    }
}
