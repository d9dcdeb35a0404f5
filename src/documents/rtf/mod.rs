//! Rich Text Format to text: the part of version 1.9 that matters to text.

mod charsets;
mod output;
mod reader;
mod state;
mod tokens;
mod words;

#[cfg(test)]
mod tests;

use self::output::Output;
use self::reader::Reader;
use super::writer::Writer;
use super::{Document, Extraction, Failure, Format, Limits};

/// Reads a document of RTF. Linear.
///
/// # Errors
///
/// [`Failure`]: it has no text, too much, or is nested too deeply.
pub(super) fn read(document: Document<'_>, limits: &Limits) -> Result<Extraction, Failure> {
    let content = document.content;
    let content = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content).trim_ascii();
    let mut reader = Reader::new(content, Output::new(Writer::new(*limits), limits.max_text_bytes), limits);
    reader.run()?;
    let (stated_pages, page_breaks, is_scan) = (reader.stated_pages, reader.page_breaks, reader.has_pictures);
    let mut extraction = reader.output.finish()?.finish(Format::Rtf, is_scan)?;
    // Pages that overflow have no mark: the breaks are all there are only if the document states as many.
    if let Some(stated) =
        stated_pages.filter(|stated| *stated > 0 && *stated != page_breaks.saturating_add(1))
    {
        extraction.pages.clear();
        extraction.page_count = stated;
    }
    Ok(extraction)
}
