//! The wire format of gRPC over HTTP/2: the prefix of each message, and the trailers that carry a status.

use bytes::{Buf, Bytes};
use http::HeaderMap;
use tonic::Status;

/// Bytes of a message's prefix: the compressed flag (1), and the message's length (4, big-endian).
pub(super) const PREFIX_BYTES: usize = 5;

/// The prefix of one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix {
    /// 0 for a plain message, 1 for a compressed one; anything else is malformed.
    pub(super) compressed_flag: u8,
    /// Bytes of the message that follows.
    pub(super) len: usize,
}

impl Prefix {
    pub(super) fn parse(bytes: [u8; PREFIX_BYTES]) -> Self {
        let [compressed_flag, a, b, c, d] = bytes;
        Self { compressed_flag, len: u32::from_be_bytes([a, b, c, d]) as usize }
    }

    /// The bytes of a prefix for an uncompressed message of `len` bytes.
    pub(super) fn encode_plain(len: usize) -> Bytes {
        let [a, b, c, d] = u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes();
        Bytes::copy_from_slice(&[0, a, b, c, d])
    }
}

/// Reads one prefix from a body that arrives in pieces of any size.
#[derive(Debug, Default)]
pub(super) struct PrefixReader {
    /// The bytes read so far, big-endian.
    value: u64,
    count: usize,
}

impl PrefixReader {
    /// Takes bytes of the prefix from `data`. Returns the prefix once it is complete; the reader then starts over.
    pub(super) fn read(&mut self, data: &mut impl Buf) -> Option<Prefix> {
        while self.count < PREFIX_BYTES && data.has_remaining() {
            self.value = self.value << 8 | u64::from(data.get_u8());
            self.count += 1;
        }
        if self.count < PREFIX_BYTES {
            return None;
        }
        let [_, _, _, prefix @ ..] = std::mem::take(self).value.to_be_bytes();
        Some(Prefix::parse(prefix))
    }

    /// True if no byte of a prefix has been read.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// Counts the messages of a body that arrives in pieces of any size.
#[derive(Debug, Default)]
pub(super) struct MessageCounter {
    prefix: PrefixReader,
    /// Bytes of the current message that are still to come.
    left: usize,
}

impl MessageCounter {
    /// Number of messages that end in `data`, the next piece of the body.
    pub(super) fn count(&mut self, mut data: &[u8]) -> u64 {
        let mut ended = 0;
        while data.has_remaining() {
            if self.left == 0 {
                let Some(prefix) = self.prefix.read(&mut data) else { break };
                self.left = prefix.len;
            }
            let taken = self.left.min(data.remaining());
            data.advance(taken);
            self.left -= taken;
            ended += u64::from(self.left == 0);
        }
        ended
    }
}

/// Trailers that carry `status`.
pub(super) fn status_trailers(status: &Status) -> HeaderMap {
    let mut trailers = HeaderMap::new();
    // Fails only for a message that is no valid header value; tonic percent-encodes messages.
    let _added = status.add_header(&mut trailers);
    trailers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(length: usize) -> Vec<u8> {
        [Prefix::encode_plain(length).as_ref(), &vec![7; length]].concat()
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

    #[test]
    fn a_prefix_is_read_across_pieces() {
        let bytes = Prefix::encode_plain(70_000);
        let mut reader = PrefixReader::default();
        assert_eq!(reader.read(&mut bytes.slice(..2)), None);
        assert!(!reader.is_empty());
        let mut rest = bytes.slice(2..);
        assert_eq!(reader.read(&mut rest), Some(Prefix { compressed_flag: 0, len: 70_000 }));
        assert!(reader.is_empty() && rest.is_empty());
    }
}
