//! The formats of documents.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Format {
    /// Plain text.
    Text,
    /// Markdown, which is read as plain text.
    Markdown,
    /// Word: Office Open XML, ISO/IEC 29500.
    Docx,
    /// OpenDocument text, ISO/IEC 26300.
    Odt,
    /// EPUB 2 and 3.
    Epub,
    /// HTML.
    Html,
    /// Rich Text Format 1.9.
    Rtf,
    /// PDF, ISO 32000.
    Pdf,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Markdown => "Markdown",
            Self::Docx => "Word",
            Self::Odt => "OpenDocument",
            Self::Epub => "EPUB",
            Self::Html => "HTML",
            Self::Rtf => "RTF",
            Self::Pdf => "PDF",
        })
    }
}
