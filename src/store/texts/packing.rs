//! Compression of texts.

use std::io;

use zstd::bulk::{Compressor, Decompressor};

use super::pool::Pool;

/// Compression level of zstd. Texts of a few kilobytes get no smaller at a higher level, only slower to compress.
const LEVEL: i32 = 1;

/// A text in the form in which a store keeps it.
#[derive(Debug, Clone)]
pub enum PackedText {
    /// As it is, for a store in memory.
    Plain(std::sync::Arc<str>),
    /// As a zstd frame, for a store on disk.
    Frame {
        /// The frame.
        frame: Vec<u8>,
        /// Bytes of the text.
        text_bytes: u32,
    },
}

impl PackedText {
    /// The frame and the bytes of the text in it, for a store on disk.
    pub(in crate::store) fn frame(&self) -> Option<(&[u8], u32)> {
        match self {
            Self::Plain(_) => None,
            Self::Frame { frame, text_bytes } => Some((frame, *text_bytes)),
        }
    }
}

/// Compresses and decompresses texts, in any number of threads at once.
///
/// The contexts of zstd, and with them their memory, are used again.
#[derive(Default)]
pub struct Packer {
    compressors: Pool<Compressor<'static>>,
    decompressors: Pool<Decompressor<'static>>,
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packer").finish_non_exhaustive()
    }
}

impl Packer {
    /// Compresses a text into a frame.
    pub(in crate::store) fn pack(&self, text: &str) -> io::Result<PackedText> {
        let compress = |compressor: &mut Compressor<'static>| compressor.compress(text.as_bytes());
        let frame = self.compressors.with(|| Compressor::new(LEVEL), compress)?;
        let text_bytes = u32::try_from(text.len()).map_err(io::Error::other)?;
        Ok(PackedText::Frame { frame, text_bytes })
    }

    /// The text of `text_bytes` bytes in a frame; `None` if the frame holds anything else.
    pub(in crate::store) fn unpack(&self, frame: &[u8], text_bytes: u32) -> Option<String> {
        let decompress =
            |decompressor: &mut Decompressor<'static>| decompressor.decompress(frame, text_bytes as usize);
        let text = self.decompressors.with(Decompressor::new, decompress).ok()?;
        (text.len() == text_bytes as usize).then(|| String::from_utf8(text).ok())?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_as_they_were_and_no_others() {
        let packer = Packer::default();
        for text in ["", "a", &"prose ".repeat(10_000), "é\u{0}💡"] {
            let PackedText::Frame { frame, text_bytes } = packer.pack(text).unwrap() else { panic!("plain") };
            assert_eq!(packer.unpack(&frame, text_bytes).as_deref(), Some(text));
            assert_eq!(packer.unpack(&frame, text_bytes + 1), None);
            assert_eq!(packer.unpack(&frame[1..], text_bytes), None);
        }
    }
}
