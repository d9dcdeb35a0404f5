//! Compressed messages.

use std::io::Read;

use bytes::BytesMut;
use http::HeaderMap;

use crate::service::Problem;

/// Bytes that are inflated at once.
const PART_BYTES: usize = 32 << 10;

/// Windows of zstd, as powers of two, that are taken: 8 MiB, which each decoder should take (RFC 8878, 3.1.1.1.2)
/// and none but its levels 20 to 22 exceeds; a window is memory that a few bytes can ask for.
const ZSTD_WINDOW_LOG: u32 = 23;

/// How the messages of a request are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Gzip,
    Zstd,
}

impl Encoding {
    /// What the headers say, if it is one of these; it is taken out of them, since nobody else will inflate.
    pub(super) fn take(headers: &mut HeaderMap) -> Option<Self> {
        let encoding = match headers.get("grpc-encoding")?.as_bytes() {
            b"gzip" => Self::Gzip,
            b"zstd" => Self::Zstd,
            _ => return None,
        };
        headers.remove("grpc-encoding");
        Some(encoding)
    }

    /// How many bytes `data` inflates to, if they are no more than `most`. Takes no memory for them.
    pub(super) fn inflated_len(self, data: &[u8], most: usize) -> Result<Option<usize>, Problem> {
        let mut len = 0;
        self.inflate(data, |part| {
            len += part.len();
            len <= most
        })?;
        Ok((len <= most).then_some(len))
    }

    /// Appends what `data` inflates to.
    pub(super) fn append_inflated(self, data: &[u8], out: &mut BytesMut) -> Result<(), Problem> {
        self.inflate(data, |part| {
            out.extend_from_slice(part);
            true
        })
    }

    /// Gives what `data` inflates to part by part, until it ends or `goes_on` says no.
    fn inflate(self, data: &[u8], goes_on: impl FnMut(&[u8]) -> bool) -> Result<(), Problem> {
        let inflated = match self {
            Self::Gzip => read_all(flate2::read::GzDecoder::new(data), goes_on),
            Self::Zstd => zstd::stream::read::Decoder::with_buffer(data).and_then(|mut decoder| {
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                read_all(decoder, goes_on)
            }),
        };
        inflated.map_err(|error| malformed(&error))
    }
}

fn read_all(mut from: impl Read, mut goes_on: impl FnMut(&[u8]) -> bool) -> std::io::Result<()> {
    let mut part = vec![0; PART_BYTES];
    loop {
        let count = from.read(&mut part)?;
        if count == 0 || !goes_on(part.get(..count).unwrap_or_default()) {
            return Ok(());
        }
    }
}

fn malformed(error: &std::io::Error) -> Problem {
    Problem::malformed_message(&format!("a message can't be inflated: {error}"))
}
