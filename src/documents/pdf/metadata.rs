//! The title and the author that a PDF states.

use hayro_interpret::hayro_syntax::Pdf;

use super::super::writer::Writer;

/// Sets title and author from the information dictionary.
pub(super) fn read(pdf: &Pdf, writer: &mut Writer) {
    let metadata = pdf.metadata();
    writer.title = metadata.title.as_deref().map(text).unwrap_or_default();
    writer.author = metadata.author.as_deref().map(text).unwrap_or_default();
}

/// A text string of PDF: UTF-16 or UTF-8 with a byte order mark, or else `PDFDocEncoding`.
pub(super) fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(utf8) => utf8.to_owned(),
            Err(_) => bytes.iter().map(|&byte| document_character(byte)).collect(),
        },
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|&pair| unit(pair));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// `PDFDocEncoding`, ISO 32000-1, D.2; accents below 0x20 are left out.
fn document_character(byte: u8) -> char {
    const FROM_80: &str = "•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž";
    match byte {
        0x80..=0x9E => FROM_80.chars().nth(usize::from(byte - 0x80)).unwrap_or(char::REPLACEMENT_CHARACTER),
        0xA0 => '€',
        _ => char::from(byte),
    }
}
