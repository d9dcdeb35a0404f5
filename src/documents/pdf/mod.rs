//! Reads PDF.
//!
//! hayro parses the document and interprets its pages. [`device`] takes the glyphs as they are drawn, with their places and whether
//! a reader sees them. `layout` makes words, lines and columns of the glyphs of a page, [`heads`] takes running heads away, and
//! [`flow`] writes the lines as paragraphs that go on over columns and pages.

mod backdrop;
mod device;
mod flow;
mod heads;
mod hyphens;
mod joins;
mod layout;
mod measures;
mod metadata;
mod notes;
#[cfg(test)]
mod tests;

use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, TransformExt, interpret_page};

use self::device::{PageReader, ReadPage};
use self::layout::PageWords;
use super::writer::Writer;
use super::{Document, Extraction, Failure, Format, Limits, WarningKind};

/// Most page numbers that a warning lists.
const MAX_PAGES_NAMED: usize = 20;
/// The share of a page's glyphs without a known character from which on its text is reported as wrong.
const MAX_UNKNOWN_SHARE: f64 = 0.05;

/// Reads a PDF.
pub(super) fn read(document: Document<'_>, limits: &Limits) -> Result<Extraction, Failure> {
    let pdf = Pdf::new(document.content.to_vec()).map_err(failure)?;
    let mut writer = Writer::new(*limits);
    metadata::read(&pdf, &mut writer);
    let mut facts = Facts::default();
    let mut pages = read_pages(&pdf, limits, &mut facts)?;
    writer.page_count = u32::try_from(pages.len()).unwrap_or(u32::MAX);
    for removed in heads::remove(&mut pages) {
        writer.remove(removed.kind, &removed.text)?;
    }
    flow::write(pages, &mut writer)?;
    facts.warn(&mut writer);
    let is_scan = !facts.scanned.is_empty();
    writer.finish(Format::Pdf, is_scan)
}

fn failure(error: LoadPdfError) -> Failure {
    let damaged = |problem: &str| Failure::Damaged { format: Format::Pdf, problem: problem.to_owned() };
    match error {
        LoadPdfError::Decryption(
            DecryptionError::PasswordProtected | DecryptionError::UnsupportedAlgorithm,
        ) => Failure::Encrypted { format: Format::Pdf },
        LoadPdfError::Decryption(_) => damaged("its encryption is invalid"),
        LoadPdfError::Invalid => damaged("it has no page that can be found; it is probably cut off"),
    }
}

/// What is known of the pages, for warnings.
#[derive(Debug, Default)]
struct Facts {
    /// Pages with a large picture and no text.
    scanned: Vec<usize>,
    /// Pages with a large picture and a layer of invisible text.
    recognised: Vec<usize>,
    glyphs: usize,
    unknown_glyphs: usize,
}

impl Facts {
    fn add(&mut self, number: usize, page: &ReadPage) {
        self.glyphs += page.glyphs.len();
        self.unknown_glyphs += page.glyphs.iter().filter(|glyph| glyph.is_unknown).count();
        if page.has_large_image && page.glyphs.is_empty() {
            self.scanned.push(number);
        } else if page.has_text_layer {
            self.recognised.push(number);
        }
    }

    fn warn(&self, writer: &mut Writer) {
        if !self.scanned.is_empty() {
            let pages = list(&self.scanned);
            writer.warn(
                WarningKind::NoTextOnPages,
                format!("{pages} no text and a large picture, and were probably scanned; read the document by OCR to get their text.", pages = has(&pages)),
            );
        }
        if !self.recognised.is_empty() {
            let pages = list(&self.recognised);
            writer.warn(
                WarningKind::NoTextOnPages,
                format!("The text of {pages} comes from OCR of a picture, and may have errors."),
            );
        }
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let share = self.unknown_glyphs as f64 / self.glyphs.max(1) as f64;
        if share > MAX_UNKNOWN_SHARE {
            writer.warn(
                WarningKind::Gibberish,
                format!(
                    "The fonts do not say which characters {:.0} % of the glyphs are; U+FFFD stands for each of them. Export the \
                     document again with embedded fonts, or send its original.",
                    share * 100.0
                ),
            );
        }
    }
}

fn has(pages: &str) -> String {
    let verb = if pages.starts_with("pages") { "have" } else { "has" };
    let mut letters = pages.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase()).into_iter();
    format!("{} {verb}", first.chain(letters).collect::<String>())
}

/// Page numbers as people write them: "page 3", "pages 1-4, 7".
fn list(numbers: &[usize]) -> String {
    let mut runs: Vec<std::ops::RangeInclusive<usize>> = Vec::new();
    for &number in numbers {
        match runs.last_mut().filter(|run| *run.end() + 1 == number) {
            Some(run) => *run = *run.start()..=number,
            None => runs.push(number..=number),
        }
    }
    let shown: Vec<String> = runs
        .iter()
        .take(MAX_PAGES_NAMED)
        .map(|run| {
            if run.start() == run.end() {
                run.start().to_string()
            } else {
                format!("{}-{}", run.start(), run.end())
            }
        })
        .collect();
    let more = if runs.len() > MAX_PAGES_NAMED { " and others" } else { "" };
    let noun = if numbers.len() == 1 { "page" } else { "pages" };
    format!("{noun} {}{more}", shown.join(", "))
}

fn read_pages(pdf: &Pdf, limits: &Limits, facts: &mut Facts) -> Result<Vec<PageWords>, Failure> {
    let cache = InterpreterCache::new();
    let settings = InterpreterSettings::default();
    let max_bytes = usize::try_from(limits.max_text_bytes).unwrap_or(usize::MAX);
    let mut bytes = 0;
    let mut pages = Vec::new();
    for (index, page) in pdf.pages().iter().enumerate() {
        let read = read_page(pdf, page, &cache, &settings, max_bytes.saturating_sub(bytes));
        bytes += read.glyphs.iter().map(|glyph| glyph.text.len()).sum::<usize>();
        if bytes > max_bytes {
            return Err(limits.too_much_text());
        }
        facts.add(index + 1, &read);
        pages.push(layout::words(read));
    }
    Ok(pages)
}

fn read_page<'a>(
    pdf: &'a Pdf,
    page: &Page<'a>,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
    max_bytes: usize,
) -> ReadPage {
    let (width, height) = page.render_dimensions();
    let mut reader = PageReader::new(f64::from(width), f64::from(height), max_bytes);
    let area = hayro_interpret::kurbo::Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let transform = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(transform, area, cache, pdf.xref(), settings.clone());
    interpret_page(page, &mut context, &mut reader);
    reader.finish()
}
