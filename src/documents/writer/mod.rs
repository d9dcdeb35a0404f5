//! Builds an extraction as a reader goes through a document.

use std::collections::HashMap;

use crate::documents::extraction::{
    Extraction, HiddenReason, HiddenText, Page, PageKind, RemovedKind, RemovedText, Warning, WarningKind,
};
use crate::documents::{Failure, Format, Limits};

/// Most entries of a list of what was hidden, removed or warned of. More are dropped, and the last one says so.
const MAX_LISTED: usize = 1000;

/// Builds an extraction. White space inside a paragraph is written as one space; the separators between paragraphs, lines
/// and cells are written only between text, so that a document of empty paragraphs has no text.
#[derive(Debug)]
pub(in crate::documents) struct Writer {
    limits: Limits,
    text: String,
    /// What separates the next text from the last.
    gap: Gap,
    /// Text that is hidden or removed, which counts as text.
    apart_bytes: usize,
    page_kind: PageKind,
    /// The page that began after the last text: it begins where the next text does. Pages without text are not listed.
    open_page: Option<(u32, String)>,
    next_page: u32,
    pages: Vec<Page>,
    hidden: Vec<HiddenText>,
    /// The last of them, as many as came after the last line: they stand where the next text does.
    hidden_after_line: usize,
    removed: Vec<RemovedText>,
    /// Where texts are in `removed`.
    removed_places: HashMap<RemovedKey, usize>,
    warnings: Vec<Warning>,
    /// Set by readers at any time.
    pub(in crate::documents) title: String,
    /// Set by readers at any time.
    pub(in crate::documents) author: String,
    /// Set by readers at any time, if the document states it.
    pub(in crate::documents) page_count: u32,
    /// Set by readers of formats that are text.
    pub(in crate::documents) encoding: String,
}

/// Texts with the same key are counted as one.
#[derive(Debug, PartialEq, Eq, Hash)]
struct RemovedKey {
    kind: RemovedKind,
    text: String,
}

/// What separates two texts, the weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Cell,
    Line,
    Paragraph,
}

impl Writer {
    pub(in crate::documents) fn new(limits: Limits) -> Self {
        Self {
            limits,
            text: String::new(),
            gap: Gap::None,
            apart_bytes: 0,
            page_kind: PageKind::Page,
            open_page: None,
            next_page: 1,
            pages: Vec::new(),
            hidden: Vec::new(),
            hidden_after_line: 0,
            removed: Vec::new(),
            removed_places: HashMap::new(),
            warnings: Vec::new(),
            title: String::new(),
            author: String::new(),
            page_count: 0,
            encoding: String::new(),
        }
    }

    /// Bytes of visible text so far.
    pub(in crate::documents) fn len(&self) -> usize {
        self.text.len()
    }

    /// Adds visible text of a paragraph. White space is collapsed; control characters are left out.
    pub(in crate::documents) fn text(&mut self, text: &str) -> Result<(), Failure> {
        for c in text.chars() {
            if is_space(c) {
                self.separate(Gap::Space);
            } else if !c.is_control() {
                self.fill_gap();
                self.text.push(c);
            }
        }
        self.check()
    }

    /// Adds visible text as it stands, with its line breaks and spaces, such as preformatted text. Control characters other
    /// than tabs and line breaks are left out.
    pub(in crate::documents) fn verbatim(&mut self, text: &str) -> Result<(), Failure> {
        let mut is_first = true;
        for c in text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()) {
            if std::mem::take(&mut is_first) {
                self.fill_gap();
            }
            self.text.push(c);
        }
        self.check()
    }

    /// Ends a cell of a table.
    pub(in crate::documents) fn end_cell(&mut self) {
        self.separate(Gap::Cell);
    }

    /// Ends a line: a row of a table, an item of a list, a line break.
    pub(in crate::documents) fn end_line(&mut self) {
        self.separate(Gap::Line);
    }

    /// Ends a paragraph.
    pub(in crate::documents) fn end_paragraph(&mut self) {
        self.separate(Gap::Paragraph);
    }

    /// Says what pages are.
    pub(in crate::documents) fn pages_are(&mut self, kind: PageKind) {
        self.page_kind = kind;
    }

    /// Begins a page, with a name if it has one. The first page begins by itself if none was begun before the first text,
    /// as soon as a second one begins.
    pub(in crate::documents) fn begin_page(&mut self, label: &str) {
        if self.pages.is_empty() && self.open_page.is_none() && !self.text.is_empty() {
            self.pages.push(Page { number: 1, label: String::new(), start: 0 });
            self.next_page = 2;
        }
        self.open_page = Some((self.next_page, label.to_owned()));
        self.next_page = self.next_page.saturating_add(1);
    }

    /// Takes back the page that was begun last, if it has no text.
    pub(in crate::documents) fn drop_empty_page(&mut self) {
        if self.open_page.take().is_some() {
            self.next_page = self.next_page.saturating_sub(1);
        }
    }

    /// Names the page that was begun last, if it has no name.
    pub(in crate::documents) fn name_page(&mut self, label: &str) {
        let open = self.open_page.as_mut().map(|(_, label)| label);
        if let Some(last) = open.or_else(|| self.pages.last_mut().map(|page| &mut page.label))
            && last.is_empty()
        {
            *last = one_line(label);
        }
    }

    /// Keeps text apart that is hidden at this place. Neighbouring pieces that are hidden alike become one.
    pub(in crate::documents) fn hide(&mut self, reason: HiddenReason, text: &str) -> Result<(), Failure> {
        let at = self.text.len();
        let has_room = self.hidden.len() < MAX_LISTED;
        match self.hidden.last_mut().filter(|last| last.reason == reason && last.at == at) {
            Some(last) => last.text.push_str(text),
            None if has_room => {
                self.hidden.push(HiddenText { reason, text: text.to_owned(), at });
                self.hidden_after_line += usize::from(self.gap >= Gap::Line);
            }
            None => {}
        }
        self.apart_bytes += text.len();
        self.check()
    }

    /// Keeps text apart that is not part of the work. Texts that differ in their numbers alone are counted as one.
    pub(in crate::documents) fn remove(&mut self, kind: RemovedKind, text: &str) -> Result<(), Failure> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return Ok(());
        }
        self.apart_bytes += text.len();
        let key = RemovedKey { kind, text: without_numbers(&text) };
        let has_room = self.removed.len() < MAX_LISTED;
        match self.removed_places.get(&key).and_then(|place| self.removed.get_mut(*place)) {
            Some(other) => other.count += 1,
            None if has_room => {
                self.removed_places.insert(key, self.removed.len());
                self.removed.push(RemovedText { kind, text, count: 1 });
            }
            None => {}
        }
        self.check()
    }

    /// Adds a warning, unless the same one is there.
    pub(in crate::documents) fn warn(&mut self, kind: WarningKind, message: impl Into<String>) {
        let warning = Warning { kind, message: message.into() };
        if self.warnings.len() < MAX_LISTED && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// The extraction. Fails if there is no visible text.
    pub(in crate::documents) fn finish(
        mut self,
        format: Format,
        is_scan: bool,
    ) -> Result<Extraction, Failure> {
        if self.text.is_empty() && self.hidden.is_empty() {
            return Err(Failure::NoText { format, is_scan });
        }
        if !self.hidden.is_empty() {
            self.warn(
                WarningKind::HiddenText,
                "The document has text that its reader does not see: see `hidden`.",
            );
        }
        let read = self.next_page.saturating_sub(1);
        let known = if self.pages.is_empty() && self.open_page.is_none() { 0 } else { read };
        Ok(Extraction {
            format,
            encoding: self.encoding,
            text: self.text,
            title: one_line(&self.title),
            author: one_line(&self.author),
            page_kind: self.page_kind,
            page_count: self.page_count.max(known),
            pages: self.pages,
            hidden: self.hidden,
            removed: self.removed,
            warnings: self.warnings,
        })
    }

    fn separate(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    fn fill_gap(&mut self) {
        let gap = std::mem::replace(&mut self.gap, Gap::None);
        if !self.text.is_empty() {
            self.text.push_str(match gap {
                Gap::None => "",
                Gap::Space => " ",
                Gap::Cell => "\t",
                Gap::Line => "\n",
                Gap::Paragraph => "\n\n",
            });
        }
        let start = self.text.len();
        let after_line = std::mem::take(&mut self.hidden_after_line);
        self.hidden.iter_mut().rev().take(after_line).for_each(|hidden| hidden.at = start);
        let begun = self.open_page.take();
        self.pages.extend(begun.map(|(number, label)| Page { number, label, start }));
    }

    fn check(&self) -> Result<(), Failure> {
        let bytes = self.text.len() as u64 + self.apart_bytes as u64;
        if bytes > self.limits.max_text_bytes { Err(self.limits.too_much_text()) } else { Ok(()) }
    }
}

/// Whether a character separates words as a space does. No-break spaces are kept: they are text.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// A text with each number as one mark.
fn without_numbers(text: &str) -> String {
    let parts: Vec<&str> = text.split(char::is_numeric).filter(|part| !part.is_empty()).collect();
    parts.join("\u{0}")
}

fn one_line(text: &str) -> String {
    let kept = text.split_whitespace().collect::<Vec<_>>().join(" ");
    kept.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests;
