//! Plain text and Markdown in any encoding. The text is kept as it stands, so that offsets are those of the file.

mod decoding;
mod guess;
mod markdown;
mod wide;

#[cfg(test)]
mod tests;

pub(super) use self::decoding::{Decoded, Stated, decode};
use super::writer::Writer;
use super::{Document, Extraction, Failure, Format, Limits, Page, PageKind};

/// Reads plain text. Near-linear.
///
/// # Errors
///
/// [`Failure`]: it is no text, is empty, or too long.
pub(super) fn read(document: Document<'_>, limits: &Limits) -> Result<Extraction, Failure> {
    let decoded = decode(document.content, Stated { label: document.encoding, encoding: None })?;
    let text = without_nul(&decoded);
    if text.chars().all(|c| c.is_whitespace() || c == '\u{FEFF}') {
        return Err(Failure::Empty);
    }
    if text.len() as u64 > limits.max_text_bytes {
        return Err(limits.too_much_text());
    }
    let is_markdown = markdown::is_name(document.name);
    let title = is_markdown.then(|| markdown::first_heading(&text)).flatten().unwrap_or_default().to_owned();
    let pages = pages(&text);
    Ok(Extraction {
        format: if is_markdown { Format::Markdown } else { Format::Text },
        encoding: decoded.encoding.to_owned(),
        title,
        author: String::new(),
        page_kind: PageKind::Page,
        page_count: pages.last().map_or(0, |page| page.number),
        pages,
        hidden: Vec::new(),
        removed: Vec::new(),
        warnings: decoded.warnings,
        text,
    })
}

/// The text without NUL, which is no text. All else stays.
fn without_nul(decoded: &Decoded<'_>) -> String {
    if decoded.text.contains('\0') {
        decoded.text.replace('\0', "")
    } else {
        decoded.text.clone().into_owned()
    }
}

/// The pages that form feeds divide a text into; none if it has none. Pages without text are not listed.
fn pages(text: &str) -> Vec<Page> {
    let mut pages = Vec::new();
    let (mut start, mut last) = (0, 0);
    for (number, page) in (1_u32..).zip(text.split('\x0C')) {
        if !page.trim().is_empty() {
            pages.push(Page { number, label: String::new(), start });
        }
        start += page.len() + 1;
        last = number;
    }
    if last > 1 { pages } else { Vec::new() }
}
