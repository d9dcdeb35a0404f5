//! Formats that are not read, by their first bytes.

/// How a format begins.
struct Magic {
    /// Where the bytes are.
    at: usize,
    bytes: &'static [u8],
    looks_like: &'static str,
}

const fn magic(at: usize, bytes: &'static [u8], looks_like: &'static str) -> Magic {
    Magic { at, bytes, looks_like }
}

const KNOWN: [Magic; 42] = [
    magic(0, b"\x89PNG\r\n\x1A\n", "a PNG image"),
    magic(0, b"\xFF\xD8\xFF", "a JPEG image"),
    magic(0, b"GIF87a", "a GIF image"),
    magic(0, b"GIF89a", "a GIF image"),
    magic(0, b"II*\0", "a TIFF image"),
    magic(0, b"MM\0*", "a TIFF image"),
    magic(8, b"WEBP", "a WebP image"),
    magic(4, b"ftypheic", "a HEIC image"),
    magic(4, b"ftypmif1", "a HEIC image"),
    magic(4, b"ftypavif", "an AVIF image"),
    magic(4, b"ftyp", "a video or sound"),
    magic(0, b"8BPS", "a Photoshop image"),
    magic(0, b"\0\0\x01\0", "an icon"),
    magic(0, b"ID3", "a sound (MP3)"),
    magic(0, b"\xFF\xFB", "a sound (MP3)"),
    magic(0, b"\xFF\xF3", "a sound (MP3)"),
    magic(0, b"OggS", "a sound (Ogg)"),
    magic(0, b"fLaC", "a sound (FLAC)"),
    magic(8, b"WAVE", "a sound (WAV)"),
    magic(8, b"AVI ", "a video (AVI)"),
    magic(0, b"\x1A\x45\xDF\xA3", "a video (Matroska)"),
    magic(0, b"\x1F\x8B", "a gzip archive"),
    magic(0, b"BZh", "a bzip2 archive"),
    magic(0, b"\xFD7zXZ\0", "an xz archive"),
    magic(0, b"\x28\xB5\x2F\xFD", "a Zstandard archive"),
    magic(0, b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    magic(0, b"Rar!\x1A\x07", "a RAR archive"),
    magic(257, b"ustar", "a tar archive"),
    magic(0, b"MZ", "a program for Windows"),
    magic(0, b"\x7FELF", "a program"),
    magic(0, b"\xCF\xFA\xED\xFE", "a program"),
    magic(0, b"\xCA\xFE\xBA\xBE", "a program"),
    magic(0, b"\0asm", "a program"),
    magic(0, b"SQLite format 3\0", "a database (SQLite)"),
    magic(0, b"%!PS", "a PostScript file; convert it to PDF"),
    magic(0, b"AT&TFORM", "a DjVu document"),
    magic(60, b"BOOKMOBI", "a Kindle e-book (.mobi)"),
    magic(0, b"\xFFWPC", "a WordPerfect document"),
    magic(0, b"\xDB\xA5\x2D\0", "an old Word document (.doc); save it as .docx"),
    magic(0, b"\x31\xBE\0\0", "an old Word document (.doc); save it as .docx"),
    magic(0, b"wOFF", "a font"),
    magic(0, b"\0\x01\0\0\0", "a font"),
];

/// What a file is that is of none of the formats read; `None` if it is not known, and may be text.
pub(super) fn looks_like(content: &[u8]) -> Option<&'static str> {
    let begins = |magic: &&Magic| content.get(magic.at..).is_some_and(|rest| rest.starts_with(magic.bytes));
    let found = KNOWN.iter().find(begins)?;
    // Letters alone may begin a text as well: a NUL or a control does not follow them there.
    let is_letters = found.bytes.is_ascii() && !found.bytes.iter().any(u8::is_ascii_control);
    let head = content.get(..512).unwrap_or(content);
    let is_binary = head.iter().any(|byte| matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127));
    let is_text_format = found.bytes.starts_with(b"%!");
    (!is_letters || is_text_format || is_binary).then_some(found.looks_like)
}
