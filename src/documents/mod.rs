//! Documents as they come to text with pages.
//!
//! [`read`] reads one document that is in memory, in this process. It does no I/O, follows no reference, runs nothing, and
//! takes no more than its [`Limits`] say; what it can't bound, time and memory, `contained` bounds from outside.

pub mod archive;
pub mod contained;
mod detect;
mod docx;
mod epub;
mod extraction;
mod failure;
mod flow;
mod format;
mod html;
mod language;
mod limits;
mod look;
mod odt;
mod pdf;
mod plain;
mod removed;
mod rtf;
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
    let mut extraction = match detect::format(document)? {
        Format::Text | Format::Markdown => plain::read(document, limits),
        Format::Html => html::read(document, limits),
        Format::Docx => docx::read(document, limits),
        Format::Odt => odt::read(document, limits),
        Format::Epub => epub::read(document, limits),
        Format::Rtf => rtf::read(document, limits),
        Format::Pdf => pdf::read(document, limits),
    }?;
    language::check(&mut extraction);
    Ok(extraction)
}
