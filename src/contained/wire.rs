//! What a child and its parent send one another: frames of a short head in JSON, and bytes as they are.
//!
//! ```text
//! length of the head, 4 bytes | length of the body, 8 bytes | head | body        (little-endian)
//! ```

use serde::{Deserialize, Serialize};

use super::sandbox::Protections;

/// Bytes before a frame's head.
pub const PREFIX_BYTES: usize = 12;

/// Maximum bytes of the head of a request and of the first message.
pub const MAX_HEAD_BYTES: usize = 64 << 10;

/// The lengths of a frame's parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefix {
    /// Bytes of the head.
    pub head_bytes: u32,
    /// Bytes of the body.
    pub body_bytes: u64,
}

impl Prefix {
    /// The lengths that `bytes` state.
    #[must_use]
    pub fn parse(bytes: [u8; PREFIX_BYTES]) -> Self {
        let [a, b, c, d, body @ ..] = bytes;
        Self { head_bytes: u32::from_le_bytes([a, b, c, d]), body_bytes: u64::from_le_bytes(body) }
    }
}

/// The prefix and the head of a frame whose body has `body_bytes`.
///
/// # Errors
///
/// If the head is too long for a frame.
pub fn opening(head: &impl Serialize, body_bytes: usize) -> Result<Vec<u8>, serde_json::Error> {
    let mut frame = vec![0; PREFIX_BYTES];
    serde_json::to_writer(&mut frame, head)?;
    let head_bytes = u32::try_from(frame.len() - PREFIX_BYTES).unwrap_or(u32::MAX);
    let prefix = head_bytes.to_le_bytes().into_iter().chain((body_bytes as u64).to_le_bytes());
    for (byte, value) in frame.iter_mut().zip(prefix) {
        *byte = value;
    }
    Ok(frame)
}

/// The first message of a child. It has no body.
#[derive(Debug, Serialize, Deserialize)]
pub struct Ready {
    /// What restricts the child.
    pub protections: Protections,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_begins_with_the_lengths_of_its_parts() {
        let frame = opening(&"äö", 70_000).unwrap();
        let (prefix, head) = frame.split_first_chunk::<PREFIX_BYTES>().unwrap();
        assert_eq!(Prefix::parse(*prefix), Prefix { head_bytes: 6, body_bytes: 70_000 });
        assert_eq!(head, "\"äö\"".as_bytes());
    }
}
