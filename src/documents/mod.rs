//! Documents as they come to text with pages.
//!
//! [`read`] reads one document that is in memory, in this process. It does no I/O, follows no reference, runs nothing, and
//! takes no more than its [`Limits`] say; what it can't bound, time and memory, `contained` bounds from outside.

pub mod archive;
pub mod contained;
mod docx;
mod extraction;
mod failure;
mod flow;
mod format;
mod limits;
mod look;
mod odt;
mod removed;
mod writer;
mod xml;

pub use self::extraction::{
    Extraction, HiddenReason, HiddenText, Page, PageKind, RemovedKind, RemovedText, Warning, WarningKind,
};
pub use self::failure::Failure;
pub use self::format::Format;
pub use self::limits::Limits;

/// A document to read.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Its bytes.
    pub content: &'a [u8],
    /// The name of its file; empty if not known. It decides nothing but whether text is Markdown.
    pub name: &'a str,
    /// The label of its encoding in the WHATWG Encoding Standard, of text; empty to find out.
    pub encoding: &'a str,
}

/// Reads a document. Near-linear in what it inflates to.
///
/// # Errors
///
/// [`Failure`].
pub fn read(document: Document<'_>, limits: &Limits) -> Result<Extraction, Failure> {
    if document.content.is_empty() {
        return Err(Failure::Empty);
    }
    if document.content.starts_with(b"PK") {
        if document.name.ends_with("odt") {
            return odt::read(document, limits);
        }
        return docx::read(document, limits);
    }
    if document.content.starts_with(b"<?xml") {
        return odt::read(document, limits);
    }
    Err(Failure::UnknownFormat { looks_like: String::new() })
}
