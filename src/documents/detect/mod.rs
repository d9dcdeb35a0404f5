//! The format of a document, by its content. Names of files say nothing.

mod archive;
mod magic;
mod markup;

#[cfg(test)]
mod tests;

use memchr::memmem;

use super::{Document, Failure, Format};

/// How far from its beginning a PDF may start, in bytes.
const MAX_BEFORE_PDF: usize = 1024;

/// The signature of OLE compound files: old Office documents, and encrypted new ones.
const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Finds the format of a document. What is of no other format is text: its reader decides whether it is. Linear.
///
/// # Errors
///
/// [`Failure`]: it is empty, encrypted, or of a format that is not read.
pub(super) fn format(document: Document<'_>) -> Result<Format, Failure> {
    let content = document.content;
    if content.is_empty() {
        return Err(Failure::Empty);
    }
    let start = after_blank(content);
    if content.starts_with(b"PK")
        && let Some(found) = archive::format(content)
    {
        return found;
    }
    if content.starts_with(OLE) {
        return Err(compound(content));
    }
    if is_pdf(content, start) {
        return Ok(Format::Pdf);
    }
    if start.starts_with(b"{\\rtf") {
        return Ok(Format::Rtf);
    }
    if let Some(looks_like) = magic::looks_like(content) {
        return Err(Failure::UnknownFormat { looks_like: looks_like.to_owned() });
    }
    match markup::kind(content) {
        Some(markup::Kind::Html) => Ok(Format::Html),
        Some(markup::Kind::Odt) => Ok(Format::Odt),
        Some(markup::Kind::Other(looks_like)) => {
            Err(Failure::UnknownFormat { looks_like: looks_like.to_owned() })
        }
        None => Ok(Format::Text),
    }
}

/// What follows a byte order mark and white space.
fn after_blank(content: &[u8]) -> &[u8] {
    content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content).trim_ascii_start()
}

/// Whether it is a PDF. One that does not begin at once, such as after a mail header, must have the objects of a PDF too: a text
/// may mention `%PDF-`.
fn is_pdf(content: &[u8], start: &[u8]) -> bool {
    if start.starts_with(b"%PDF-") {
        return true;
    }
    let head = content.get(..MAX_BEFORE_PDF).unwrap_or(content);
    memmem::find(head, b"%PDF-").is_some()
        && memmem::find(content, b" obj").is_some()
        && memmem::find(content, b"endobj").is_some()
}

/// Why an OLE compound file is not read.
fn compound(content: &[u8]) -> Failure {
    let has = |name: &str| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memmem::find(content, &name).is_some()
    };
    if has("EncryptedPackage") {
        return Failure::Encrypted { format: Format::Docx };
    }
    let kinds = [
        ("WordDocument", "an old Word document (.doc); save it as .docx"),
        ("PowerPoint Document", "an old PowerPoint presentation (.ppt)"),
        ("Workbook", "an old Excel workbook (.xls)"),
        ("__properties_version1.0", "an Outlook message (.msg)"),
    ];
    let looks_like =
        kinds.into_iter().find(|(name, _)| has(name)).map_or("an OLE compound file", |(_, kind)| kind);
    Failure::UnknownFormat { looks_like: looks_like.to_owned() }
}
