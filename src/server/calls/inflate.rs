//! Compressed messages.

use std::io::Read;

use bytes::BytesMut;
use http::HeaderMap;

use crate::service::Problem;

/// Bytes that are inflated before the next look at how many there are.
const STEP_BYTES: usize = 32 << 10;

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

    /// Appends what `data` inflates to. `may_have` is asked as it grows.
    pub(super) fn inflate(
        self,
        data: &[u8],
        out: &mut BytesMut,
        may_have: impl FnMut(usize) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        match self {
            Self::Gzip => read_all(flate2::read::GzDecoder::new(data), out, may_have),
            Self::Zstd => {
                let decoder = zstd::stream::read::Decoder::with_buffer(data).and_then(|mut decoder| {
                    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                    Ok(decoder)
                });
                read_all(decoder.map_err(|error| malformed(&error))?, out, may_have)
            }
        }
    }
}

fn read_all(
    mut from: impl Read,
    out: &mut BytesMut,
    mut may_have: impl FnMut(usize) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut step = vec![0; STEP_BYTES];
    loop {
        let count = from.read(&mut step).map_err(|error| malformed(&error))?;
        if count == 0 {
            return Ok(());
        }
        may_have(out.len() + count)?;
        out.extend_from_slice(step.get(..count).unwrap_or_default());
    }
}

fn malformed(error: &std::io::Error) -> Problem {
    Problem::malformed_message(&format!("a message can't be inflated: {error}"))
}
