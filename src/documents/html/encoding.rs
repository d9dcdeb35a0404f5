//! The encoding of a document of HTML, by the order of the HTML Standard: its mark, the caller, the document, a guess.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use memchr::memmem;

use super::tokens::{Token, Tokens};

/// How much of a document is searched for its own statement, in bytes. The standard looks at 1024.
const PRESCANNED_BYTES: usize = 16 << 10;

/// The encoding that the document states; `None` if it states none that is known.
pub(super) fn stated(content: &[u8]) -> Option<&'static Encoding> {
    let head = content.get(..PRESCANNED_BYTES).unwrap_or(content);
    // The statement is in ASCII; other bytes don't matter.
    let text: String =
        head.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect();
    let stated = of_xml(&text).or_else(|| of_meta(&text))?;
    let encoding = Encoding::for_label(stated.trim().as_bytes())?;
    // What could be read as ASCII is not UTF-16, and "x-user-defined" is a mistake.
    let is_wide = encoding == UTF_16LE || encoding == UTF_16BE;
    Some(if is_wide {
        UTF_8
    } else if encoding.name() == "x-user-defined" {
        WINDOWS_1252
    } else {
        encoding
    })
}

fn of_xml(text: &str) -> Option<String> {
    let declaration = text.trim_start().strip_prefix("<?xml")?.split_once("?>")?.0;
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split_once(quote).map(|(value, _)| value.to_owned())
}

fn of_meta(text: &str) -> Option<String> {
    let is_meta = |name: &str| name.eq_ignore_ascii_case("meta");
    let tags = Tokens::new(text, false).filter_map(|token| match token {
        Token::Start(tag) if is_meta(tag.name) => Some(tag),
        _ => None,
    });
    let mut tags = tags;
    tags.find_map(|tag| {
        let value = |name: &str| {
            tag.attributes().find(|one| one.name.eq_ignore_ascii_case(name)).map(|one| one.value)
        };
        if let Some(charset) = value("charset") {
            return Some(charset.to_owned());
        }
        let content = value("content").filter(|_| {
            value("http-equiv").is_some_and(|header| header.eq_ignore_ascii_case("content-type"))
        })?;
        let lower = content.to_ascii_lowercase();
        let at = memmem::find(lower.as_bytes(), b"charset")?;
        let value = lower.get(at + 7..)?.trim_start().strip_prefix('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        Some(value.split([';', ' ']).next()?.to_owned())
    })
}
