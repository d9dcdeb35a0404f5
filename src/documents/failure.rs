//! Why a document was not read.

use serde::{Deserialize, Serialize};

use super::Format;

/// Why a document was not read. None of these is a defect of this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Failure {
    /// It has no bytes, or only white space.
    #[error("the document is empty")]
    Empty,
    /// Its content is of no format that is read. The name is that of what it seems to be, or empty.
    #[error("{}", unknown(.looks_like))]
    UnknownFormat {
        /// What it seems to be, such as "a PNG image" or "an old Word document (.doc)".
        looks_like: String,
    },
    /// It can't be read without a password.
    #[error("the {format} document is encrypted; save it without a password")]
    Encrypted {
        /// The format.
        format: Format,
    },
    /// It breaks the rules of its format, or is cut off.
    #[error("the {format} document is damaged: {problem}; open it and save it again, or export it as PDF")]
    Damaged {
        /// The format.
        format: Format,
        /// The problem, and where it is, such as "word/document.xml ends at byte 900 inside an element".
        problem: String,
    },
    /// It was read, and has no text.
    #[error("{}", no_text(*.format, *.is_scan))]
    NoText {
        /// The format.
        format: Format,
        /// Whether it has pictures in place of text.
        is_scan: bool,
    },
    /// It is past a limit.
    #[error("the document has more than {limit} {quantity}")]
    Limit {
        /// The limit.
        limit: u64,
        /// What is limited, with its unit: `bytes of text`, `bytes when inflated`, `entries`, `levels of nesting`.
        quantity: String,
    },
}

fn unknown(looks_like: &str) -> String {
    let formats = "read are txt, md, docx, odt, epub, html, rtf and pdf";
    if looks_like.is_empty() {
        format!("the content is of no known format; {formats}")
    } else {
        format!("it looks like {looks_like}; {formats}")
    }
}

fn no_text(format: Format, is_scan: bool) -> String {
    if is_scan {
        format!("no text: the {format} document was probably scanned; read it by OCR first")
    } else {
        format!("no text: the {format} document has none")
    }
}
