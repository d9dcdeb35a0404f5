//! Texts, compressed.

use parking_lot::Mutex;
use zstd::bulk::{Compressor, Decompressor};

/// Of zstd: prose of a few kilobytes gets no smaller with a higher one, only slower.
const LEVEL: i32 = 1;

/// A text, ready to be kept.
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
    pub(super) fn frame(&self) -> Option<(&[u8], u32)> {
        match self {
            Self::Plain(_) => None,
            Self::Frame { frame, text_bytes } => Some((frame, *text_bytes)),
        }
    }
}

/// Compresses and decompresses, from many threads at once: what that takes is kept for the next time.
#[derive(Default)]
pub struct Packer {
    compressors: Mutex<Vec<Compressor<'static>>>,
    decompressors: Mutex<Vec<Decompressor<'static>>>,
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packer").finish_non_exhaustive()
    }
}

impl Packer {
    /// The text as a frame.
    pub(super) fn pack(&self, text: &str) -> std::io::Result<PackedText> {
        let idle = self.compressors.lock().pop();
        let mut compressor = idle.map_or_else(|| Compressor::new(LEVEL), Ok)?;
        let frame = compressor.compress(text.as_bytes())?;
        self.compressors.lock().push(compressor);
        let text_bytes = u32::try_from(text.len()).map_err(std::io::Error::other)?;
        Ok(PackedText::Frame { frame, text_bytes })
    }

    /// The text of `text_bytes` bytes in a frame; `None` if it holds something else.
    pub(super) fn unpack(&self, frame: &[u8], text_bytes: u32) -> Option<String> {
        let idle = self.decompressors.lock().pop();
        let mut decompressor = idle.map_or_else(Decompressor::new, Ok).ok()?;
        let text = decompressor.decompress(frame, text_bytes as usize).ok()?;
        self.decompressors.lock().push(decompressor);
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
