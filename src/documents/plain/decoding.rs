//! Bytes to text: byte order marks, what the caller or the document states, and guesses.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::super::{Failure, Warning, WarningKind};
use super::wide::{self, Order};
use super::{Writer, guess};

/// Valid sequences of UTF-8 for each invalid one from which on a text is damaged UTF-8 rather than in another encoding.
const VALID_FOR_EACH_INVALID: usize = 3;

/// What is stated of an encoding.
#[derive(Debug, Clone, Copy, Default)]
pub(in super::super) struct Stated<'a> {
    /// By the caller: a label; empty if nothing. It counts, whatever the document states.
    pub(in super::super) label: &'a str,
    /// By the document.
    pub(in super::super) encoding: Option<&'static Encoding>,
}

/// A text that was decoded.
#[derive(Debug, Clone)]
pub(in super::super) struct Decoded<'a> {
    /// The text, without a byte order mark.
    pub(in super::super) text: Cow<'a, str>,
    /// The name of its encoding.
    pub(in super::super) encoding: &'static str,
    /// What a caller should know.
    pub(in super::super) warnings: Vec<Warning>,
}

impl Decoded<'_> {
    /// Tells a writer the encoding and the warnings.
    pub(in super::super) fn describe(&self, writer: &mut Writer) {
        self.encoding.clone_into(&mut writer.encoding);
        for warning in &self.warnings {
            writer.warn(warning.kind, warning.message.clone());
        }
    }

    fn warn(mut self, kind: WarningKind, message: String) -> Self {
        self.warnings.push(Warning { kind, message });
        self
    }
}

/// Decodes bytes. Linear.
///
/// # Errors
///
/// [`Failure::UnknownFormat`] if they are no text.
pub(in super::super) fn decode<'a>(bytes: &'a [u8], stated: Stated<'_>) -> Result<Decoded<'a>, Failure> {
    let decoded = marked(bytes)
        .map(|decoded| differs(decoded, stated.label))
        .or_else(|| labelled(bytes, stated.label))
        .or_else(|| stated.encoding.and_then(|encoding| by_document(bytes, encoding)))
        .unwrap_or_else(|| unmarked(bytes, stated));
    if guess::is_binary(&decoded.text) {
        return Err(Failure::UnknownFormat { looks_like: String::new() });
    }
    Ok(decoded)
}

/// By the byte order mark.
fn marked(bytes: &[u8]) -> Option<Decoded<'_>> {
    if let Some(order) = wide::marked_utf32(bytes).filter(|_| bytes.len().is_multiple_of(4)) {
        return Some(utf32(bytes, order));
    }
    let (encoding, length) = Encoding::for_bom(bytes)?;
    Some(whole(bytes.get(length..).unwrap_or_default(), encoding))
}

/// Warns if the mark is of another encoding than the caller named.
fn differs<'a>(decoded: Decoded<'a>, label: &str) -> Decoded<'a> {
    let named = Encoding::for_label(label.as_bytes()).map(Encoding::name);
    match named.filter(|named| *named != decoded.encoding && !decoded.encoding.starts_with("UTF-32")) {
        Some(named) => {
            let encoding = decoded.encoding;
            let message =
                format!("The text begins with the mark of {encoding} and was read so, not as {named}.");
            decoded.warn(WarningKind::Encoding, message)
        }
        None => decoded,
    }
}

/// By the label that the caller gave.
fn labelled<'a>(bytes: &'a [u8], label: &str) -> Option<Decoded<'a>> {
    let utf32_order = match label.trim().to_ascii_lowercase().as_str() {
        "utf-32" | "utf-32le" | "utf32" | "ucs-4" => Some(Order::Little),
        "utf-32be" => Some(Order::Big),
        _ => None,
    };
    match utf32_order {
        Some(order) => Some(utf32(bytes, order)),
        None => Encoding::for_label(label.trim().as_bytes()).map(|encoding| whole(bytes, encoding)),
    }
}

/// By what the document states, unless its bytes say otherwise: UTF-8 is recognised by itself.
fn by_document<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Option<Decoded<'a>> {
    let is_utf8 = std::str::from_utf8(bytes).is_ok();
    if encoding == UTF_8 {
        return is_utf8.then(|| whole(bytes, UTF_8));
    }
    if is_utf8 && !bytes.is_ascii() && encoding.is_single_byte() {
        let message =
            format!("The document says {}, but its bytes are UTF-8, and were read so.", encoding.name());
        return Some(whole(bytes, UTF_8).warn(WarningKind::Encoding, message));
    }
    Some(whole(bytes, encoding))
}

/// By the bytes alone.
fn unmarked<'a>(bytes: &'a [u8], stated: Stated<'_>) -> Decoded<'a> {
    let has_nul = memchr::memchr(0, bytes).is_some();
    if let Some(order) = wide::unmarked_utf32(bytes).filter(|_| has_nul) {
        return guessed(utf32(bytes, order), stated);
    }
    let sequences = Sequences::of(bytes);
    if sequences.invalid == 0 && !has_nul {
        return match guess::iso_2022_jp(bytes) {
            Some(encoding) => guessed(whole(bytes, encoding), stated),
            None => whole(bytes, UTF_8),
        };
    }
    if sequences.multibyte < sequences.invalid * VALID_FOR_EACH_INVALID || has_nul {
        if let Some(encoding) = wide::unmarked_utf16(bytes) {
            return guessed(whole(bytes, encoding), stated);
        }
        if sequences.invalid > 0 && sequences.multibyte < sequences.invalid * VALID_FOR_EACH_INVALID {
            return guessed(whole(bytes, guess::legacy(bytes)), stated);
        }
    }
    whole(bytes, UTF_8)
}

/// Warns that the encoding was guessed.
fn guessed<'a>(decoded: Decoded<'a>, stated: Stated<'_>) -> Decoded<'a> {
    let encoding = decoded.encoding;
    let why = match stated.encoding {
        Some(stated) => format!("The document says {}, but is not", stated.name()),
        None => "The text does not say its encoding".to_owned(),
    };
    let message = format!("{why}; it was read as {encoding}. If letters look wrong, name its encoding.");
    decoded.warn(WarningKind::Encoding, message)
}

fn utf32(bytes: &[u8], order: Order) -> Decoded<'_> {
    let decoded = wide::utf32(bytes, order);
    let encoding = if order == Order::Little { "UTF-32LE" } else { "UTF-32BE" };
    replaced(Decoded { text: Cow::Owned(decoded.text), encoding, warnings: Vec::new() }, decoded.bad)
}

/// Decodes all of it in one encoding, and warns of what could not be decoded.
fn whole<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Decoded<'a> {
    let bytes = if encoding == UTF_8 { bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes) } else { bytes };
    let (text, has_errors) = encoding.decode_without_bom_handling(bytes);
    let bad = if has_errors { text.matches(char::REPLACEMENT_CHARACTER).count() } else { 0 };
    let is_wide = encoding == UTF_16LE || encoding == UTF_16BE;
    let text = if is_wide && text.starts_with('\u{FEFF}') {
        Cow::Owned(text.replacen('\u{FEFF}', "", 1))
    } else {
        text
    };
    replaced(Decoded { text, encoding: encoding.name(), warnings: Vec::new() }, bad)
}

fn replaced(decoded: Decoded<'_>, bad: usize) -> Decoded<'_> {
    if bad == 0 {
        return decoded;
    }
    let encoding = decoded.encoding;
    let places = if bad == 1 {
        "1 place has bytes that are".to_owned()
    } else {
        format!("{bad} places have bytes that are")
    };
    let message = format!(
        "{places} no character of {encoding}; U+FFFD stands there. If the text is in another encoding, name it."
    );
    decoded.warn(WarningKind::UndecodableBytes, message)
}

/// How far bytes are UTF-8.
#[derive(Debug, Clone, Copy, Default)]
struct Sequences {
    /// Characters of more than one byte.
    multibyte: usize,
    /// Places that are not UTF-8.
    invalid: usize,
}

impl Sequences {
    fn of(bytes: &[u8]) -> Self {
        let mut found = Self::default();
        for chunk in bytes.utf8_chunks() {
            found.multibyte += chunk.valid().bytes().filter(|byte| *byte >= 0xC0).count();
            found.invalid += usize::from(!chunk.invalid().is_empty());
        }
        found
    }
}
