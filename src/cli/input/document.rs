//! What a file holds: plain text in UTF-8 as it stands, or the text of a document.

use std::num::NonZero;
use std::sync::LazyLock;
use std::thread;

use encoding_rs::{Encoding, UTF_8};

use super::{InputError, MAX_FILE_BYTES};
use crate::documents::contained::{Config, ReadError, Readers};
use crate::documents::{Document, Extraction, Failure, Format, Limits, PageKind};
use crate::engine::Pages;
use crate::proto;
use crate::service::documents as convert;
use crate::text::OffsetUnit;

/// Most documents that are read at a time. Each takes a process.
const MAX_READERS: usize = 16;

/// Bytes at the beginning of a file in which a PDF states that it is one.
const HEAD_BYTES: usize = 1024;

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum Content {
    /// Plain text in UTF-8, as it stands in the file.
    Plain(String),
    /// The text of a document, with what is known of it.
    Document(Box<Extraction>),
}

impl Content {
    /// The text.
    pub(in crate::cli) fn text(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Document(extraction) => &extraction.text,
        }
    }

    /// The text.
    pub(in crate::cli) fn into_text(self) -> String {
        match self {
            Self::Plain(text) => text,
            Self::Document(extraction) => extraction.text,
        }
    }

    /// The content, unless it is a document all of whose text is hidden.
    pub(super) fn with_text(self) -> Result<Self, InputError> {
        match self {
            Self::Document(extraction) if extraction.text.is_empty() => {
                let failure = Failure::NoText { format: extraction.format, is_scan: false };
                Err(ReadError::from(failure).into())
            }
            content => Ok(content),
        }
    }

    /// What is known of the document, with offsets in `unit`; `None` for plain text.
    pub(in crate::cli) fn document(&self, unit: OffsetUnit) -> Option<proto::ExtractedDocument> {
        match self {
            Self::Plain(_) => None,
            Self::Document(extraction) => Some(convert::to_proto(extraction, unit)),
        }
    }

    /// The pages of the document, for the engine; `None` if nothing is known of them.
    pub(in crate::cli) fn pages(&self) -> Option<Pages> {
        match self {
            Self::Plain(_) => None,
            Self::Document(extraction) => {
                Some(convert::pages_of(extraction)).filter(|pages| !pages.is_empty())
            }
        }
    }

    /// The content as that of a document, also if it is plain text.
    pub(in crate::cli) fn into_extraction(self, is_markdown: bool) -> Extraction {
        match self {
            Self::Document(extraction) => *extraction,
            Self::Plain(text) => Extraction {
                format: if is_markdown { Format::Markdown } else { Format::Text },
                encoding: UTF_8.name().to_owned(),
                text,
                title: String::new(),
                author: String::new(),
                page_kind: PageKind::Page,
                page_count: 0,
                pages: Vec::new(),
                hidden: Vec::new(),
                removed: Vec::new(),
                warnings: Vec::new(),
            },
        }
    }

    /// The title that the document states; empty if none.
    pub(super) fn title(&self) -> &str {
        match self {
            Self::Plain(_) => "",
            Self::Document(extraction) => &extraction.title,
        }
    }

    /// The format of the document; `None` for plain text, whose name says whether it is Markdown.
    pub(super) fn format(&self) -> Option<Format> {
        match self {
            Self::Plain(_) => None,
            Self::Document(extraction) => Some(extraction.format),
        }
    }
}

/// Number of documents that are read at a time.
pub(in crate::cli) fn readers() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get).min(MAX_READERS)
}

/// Reads the content of a file of this name. A byte order mark overrides `encoding`; without it, the encoding is found.
pub(super) fn read(
    content: Vec<u8>,
    name: &str,
    encoding: Option<&'static Encoding>,
) -> Result<Content, InputError> {
    let content = match plain(content, encoding) {
        Ok(text) => return Ok(Content::Plain(text)),
        Err(content) => content,
    };
    let document = Document { content: &content, name, encoding: encoding.map_or("", Encoding::name) };
    let extraction = READERS.read(document, &|| false)?;
    Ok(Content::Document(Box::new(extraction)))
}

/// The readers of this process. They start no child before the first document.
static READERS: LazyLock<Readers> = LazyLock::new(|| {
    let readers = readers();
    Readers::new(Config {
        readers,
        warm: readers,
        max_document_bytes: MAX_FILE_BYTES,
        limits: Limits::default(),
        ..Config::default()
    })
});

/// The text, if the content is plain text in UTF-8 without doubt, or else the content. A reader decides what the rest is.
fn plain(content: Vec<u8>, encoding: Option<&'static Encoding>) -> Result<String, Vec<u8>> {
    if !content.is_empty() && encoding.is_some_and(|encoding| encoding != UTF_8) {
        return Err(content);
    }
    let is_control = |byte: &u8| byte.is_ascii_control() && !byte.is_ascii_whitespace();
    if content.iter().any(is_control) {
        return Err(content);
    }
    let text = String::from_utf8(content).map_err(std::string::FromUtf8Error::into_bytes)?;
    let begin = text.trim_start_matches('\u{FEFF}').trim_start();
    let head = text.as_bytes().get(..HEAD_BYTES).unwrap_or(text.as_bytes());
    let may_be_marked_up = begin.starts_with(['<', '{']) || head.windows(5).any(|bytes| bytes == b"%PDF-");
    if may_be_marked_up { Err(text.into_bytes()) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stands_as_it_is() {
        for text in ["", " \r\n", "\u{FEFF}ça va?\tA\u{B5}", "a < b > c {d}"] {
            assert_eq!(plain(text.into(), None).as_deref(), Ok(text));
            assert_eq!(plain(text.into(), Some(UTF_8)).as_deref(), Ok(text));
        }
        for content in [
            &b"caf\xE9"[..],
            b"a\0b\0",
            b"\xEF\xBB\xBF <html>",
            b"{\\rtf1 x}",
            b"x\n%PDF-1.4\n",
            b"PK\x03\x04",
        ] {
            assert_eq!(plain(content.to_vec(), None).unwrap_err(), content);
        }
        assert!(plain(b"abc".to_vec(), Some(encoding_rs::UTF_16LE)).is_err());
    }
}
