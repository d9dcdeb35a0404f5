//! The characters of a part of XML.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How far into a part its declaration is looked for.
const DECLARATION_BYTES: usize = 256;

/// The characters of a part, and whether some bytes stood for none.
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) has_undecodable: bool,
}

/// Decodes a part by its byte order mark, its first bytes, or its declaration (XML 1.0, appendix F); otherwise it is UTF-8.
pub(super) fn decode(content: &[u8]) -> Decoded<'_> {
    let encoding = match content {
        [0xEF, 0xBB, 0xBF, ..] => UTF_8,
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => UTF_16LE,
        [0xFE, 0xFF, ..] | [0, b'<', ..] => UTF_16BE,
        _ => declared(content).unwrap_or(UTF_8),
    };
    let (text, _, has_undecodable) = encoding.decode(content);
    Decoded { text, has_undecodable }
}

/// The encoding that the declaration names. One of 16 bits is not meant: the declaration could not be read.
fn declared(content: &[u8]) -> Option<&'static Encoding> {
    let start = content.get(..DECLARATION_BYTES).unwrap_or(content);
    let text = String::from_utf8_lossy(start);
    let declaration = text.trim_start().strip_prefix("<?xml")?.split("?>").next()?;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value.get(1..)?.split(quote).next()?;
    Encoding::for_label(label.as_bytes()).filter(|encoding| encoding.is_ascii_compatible())
}
