//! Inflation of compressed messages.

use std::io::Read;

use bytes::BytesMut;
use http::HeaderMap;

use crate::service::Problem;

/// Bytes inflated at once.
const PART_BYTES: usize = 32 << 10;

/// Maximum zstd window, as a power of two: 8 MiB, which every decoder should support (RFC 8878, 3.1.1.1.2) and only levels 20
/// to 22 exceed. A larger window would let a few bytes allocate much memory.
const ZSTD_WINDOW_LOG: u32 = 23;

/// The compression of a request's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Gzip,
    Zstd,
}

impl Encoding {
    /// Takes the encoding from the headers if it is supported here, so that no later layer inflates again.
    pub(super) fn take(headers: &mut HeaderMap) -> Option<Self> {
        let encoding = match headers.get("grpc-encoding")?.as_bytes() {
            b"gzip" => Self::Gzip,
            b"zstd" => Self::Zstd,
            _ => return None,
        };
        headers.remove("grpc-encoding");
        Some(encoding)
    }

    /// Number of bytes that `data` inflates to, or `None` if more than `max_bytes`. Does not keep the inflated bytes.
    pub(super) fn inflated_len(self, data: &[u8], max_bytes: usize) -> Result<Option<usize>, Problem> {
        let mut len = 0;
        self.inflate(data, |part| {
            len += part.len();
            len <= max_bytes
        })?;
        Ok((len <= max_bytes).then_some(len))
    }

    /// Appends the inflated `data` to `out`.
    pub(super) fn append_inflated(self, data: &[u8], out: &mut BytesMut) -> Result<(), Problem> {
        self.inflate(data, |part| {
            out.extend_from_slice(part);
            true
        })
    }

    /// Passes the inflated `data` to `continues` in parts, until the end or until `continues` returns false.
    fn inflate(self, data: &[u8], continues: impl FnMut(&[u8]) -> bool) -> Result<(), Problem> {
        let inflated = match self {
            Self::Gzip => read_all(flate2::read::GzDecoder::new(data), continues),
            Self::Zstd => zstd::stream::read::Decoder::with_buffer(data).and_then(|mut decoder| {
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                read_all(decoder, continues)
            }),
        };
        inflated.map_err(|error| malformed(&error))
    }
}

fn read_all(mut from: impl Read, mut continues: impl FnMut(&[u8]) -> bool) -> std::io::Result<()> {
    let mut part = vec![0; PART_BYTES];
    loop {
        let count = from.read(&mut part)?;
        if count == 0 || !continues(part.get(..count).unwrap_or_default()) {
            return Ok(());
        }
    }
}

fn malformed(error: &std::io::Error) -> Problem {
    Problem::malformed_message(&format!("a message can't be inflated: {error}"))
}
