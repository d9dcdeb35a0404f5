//! HTML and XHTML to text: what a browser would show, without running or fetching anything.

mod attributes;
mod colours;
mod elements;
mod encoding;
mod flow;
mod notes;
mod reader;
mod references;
mod sheet;
mod style;
mod tokens;

#[cfg(test)]
mod tests;

use self::flow::Flow;
use self::reader::Reader;
use super::plain::{self, Stated};
use super::writer::Writer;
use super::{Document, Extraction, Failure, Format, Limits};

/// Reads a document of HTML. Near-linear.
///
/// # Errors
///
/// [`Failure`]: it has no text, or too much.
pub(super) fn read(document: Document<'_>, limits: &Limits) -> Result<Extraction, Failure> {
    let mut writer = Writer::new(*limits);
    let stated = Stated { label: document.encoding, encoding: encoding::stated(document.content) };
    let decoded = plain::decode(document.content, stated)?;
    decoded.describe(&mut writer);
    let text = decoded.text.as_ref();
    let is_xml = text.trim_start_matches('\u{FEFF}').trim_start().starts_with("<?xml");
    let about =
        if is_xml { read_into(&mut writer, text, limits)? } else { read_html(&mut writer, text, limits)? };
    writer.title = about.title;
    writer.author = about.author;
    writer.finish(Format::Html, false)
}

/// What a document says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct About {
    /// Its title; empty if it has none.
    pub(super) title: String,
    /// Its author; empty if none is stated.
    pub(super) author: String,
    /// The text of its first heading; empty if it has none.
    pub(super) heading: String,
}

/// Writes the text of XHTML, such as a chapter of an EPUB. Near-linear.
///
/// # Errors
///
/// [`Failure`]: it has too much text.
pub(super) fn read_into(writer: &mut Writer, text: &str, limits: &Limits) -> Result<About, Failure> {
    run(writer, text, true, limits)
}

fn read_html(writer: &mut Writer, text: &str, limits: &Limits) -> Result<About, Failure> {
    run(writer, text, false, limits)
}

fn run(writer: &mut Writer, text: &str, is_xml: bool, limits: &Limits) -> Result<About, Failure> {
    let mut reader = Reader::new(text.trim_start_matches('\u{FEFF}'), is_xml, Flow::new(writer), limits);
    reader.run()?;
    Ok(About {
        title: reader.title.take().unwrap_or_default(),
        author: std::mem::take(&mut reader.author),
        heading: reader.heading(),
    })
}
