//! Where the text of a document of RTF goes.

use super::super::writer::Writer;
use super::super::{Failure, HiddenReason, RemovedKind};
use super::state::Target;

/// The text of a document with its notes and text boxes, which come after what they belong to.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is on or off by itself")]
pub(super) struct Output {
    pub(super) writer: Writer,
    notes: Vec<String>,
    boxes: Vec<String>,
    running_head: String,
    comment: String,
    deleted: String,
    /// Whether a paragraph ended after the last text.
    is_paragraph_over: bool,
    /// Whether a row ended after the last text.
    is_row_over: bool,
    /// Whether the cell that is open has text.
    has_cell_text: bool,
    /// Whether the paragraph of the last text is an item of a list.
    was_item: bool,
    apart_bytes: usize,
    max_bytes: u64,
}

impl Output {
    pub(super) fn new(writer: Writer, max_bytes: u64) -> Self {
        Self {
            writer,
            notes: Vec::new(),
            boxes: Vec::new(),
            running_head: String::new(),
            comment: String::new(),
            deleted: String::new(),
            is_paragraph_over: false,
            is_row_over: false,
            has_cell_text: false,
            was_item: false,
            apart_bytes: 0,
            max_bytes,
        }
    }

    /// Begins a note, and refers to it in the text.
    pub(super) fn begin_note(&mut self) -> Result<(), Failure> {
        self.end_deletion()?;
        self.notes.push(String::new());
        let number = self.notes.len();
        self.writer.text(&format!(" [{number}]"))
    }

    /// Begins a text box.
    pub(super) fn begin_box(&mut self) {
        self.boxes.push(String::new());
    }

    /// Adds text.
    pub(super) fn text(&mut self, target: Target, text: &str, place: Place) -> Result<(), Failure> {
        let buffer = match target {
            Target::Main => return self.main(text, place),
            Target::Note => self.notes.last_mut(),
            Target::TextBox => self.boxes.last_mut(),
            Target::RunningHead => Some(&mut self.running_head),
            Target::Comment => Some(&mut self.comment),
            Target::Title => Some(&mut self.writer.title),
            Target::Author => Some(&mut self.writer.author),
            Target::Fonts | Target::Colours | Target::Info | Target::Nowhere => None,
        };
        if let Some(buffer) = buffer {
            buffer.push_str(text);
            self.apart_bytes += text.len();
        }
        self.check()
    }

    fn main(&mut self, text: &str, place: Place) -> Result<(), Failure> {
        self.end_deletion()?;
        if self.is_paragraph_over && !text.trim().is_empty() {
            if self.was_item && place.is_item {
                self.writer.end_line();
            } else {
                self.writer.end_paragraph();
            }
            self.is_paragraph_over = false;
        }
        if self.is_row_over && !text.trim().is_empty() {
            if !place.is_in_table {
                self.writer.end_paragraph();
            }
            self.is_row_over = false;
        }
        if !text.trim().is_empty() {
            self.was_item = place.is_item;
            self.has_cell_text |= place.is_in_table;
        }
        self.writer.text(text)
    }

    /// Adds text that a reader does not see.
    pub(super) fn hide(&mut self, reason: HiddenReason, text: &str) -> Result<(), Failure> {
        self.writer.hide(reason, text)
    }

    /// Adds text that was deleted.
    pub(super) fn delete(&mut self, text: &str) -> Result<(), Failure> {
        self.deleted.push_str(text);
        self.apart_bytes += text.len();
        self.check()
    }

    fn end_deletion(&mut self) -> Result<(), Failure> {
        if self.deleted.is_empty() {
            return Ok(());
        }
        let deleted = std::mem::take(&mut self.deleted);
        self.writer.remove(RemovedKind::Deletion, &deleted)
    }

    /// Ends a paragraph, a line, a cell or a row.
    pub(super) fn end(&mut self, target: Target, what: End) -> Result<(), Failure> {
        if target != Target::Main {
            let sign = if what == End::Paragraph { "\n" } else { " " };
            return self.text(target, sign, Place::default());
        }
        match what {
            End::Paragraph => {
                self.is_paragraph_over = true;
                return self.write_boxes();
            }
            End::Line => self.writer.end_line(),
            End::Cell => {
                self.end_cell_text();
                self.writer.end_cell();
            }
            End::Row => {
                self.end_cell_text();
                self.writer.end_line();
                self.is_row_over = true;
            }
        }
        Ok(())
    }

    /// The end of a paragraph at the end of a cell is that of the cell.
    fn end_cell_text(&mut self) {
        if std::mem::take(&mut self.has_cell_text) {
            self.is_paragraph_over = false;
        }
    }

    /// Whether the next text begins a paragraph.
    pub(super) fn is_at_beginning(&self) -> bool {
        self.is_paragraph_over || self.is_row_over || self.writer.len() == 0
    }

    /// Begins a page.
    pub(super) fn begin_page(&mut self) -> Result<(), Failure> {
        self.writer.begin_page("");
        self.writer.text(" ")
    }

    /// Ends a group that has its own target.
    pub(super) fn end_target(&mut self, target: Target) -> Result<(), Failure> {
        match target {
            Target::RunningHead => {
                let head = std::mem::take(&mut self.running_head);
                let is_number = head.trim().chars().all(|c| c.is_ascii_digit());
                self.writer
                    .remove(if is_number { RemovedKind::PageNumber } else { RemovedKind::RunningHead }, &head)
            }
            Target::Comment => {
                let comment = std::mem::take(&mut self.comment);
                self.writer.remove(RemovedKind::Comment, &comment)
            }
            _ => Ok(()),
        }
    }

    /// Writes the text boxes that are anchored in the paragraph that ends.
    fn write_boxes(&mut self) -> Result<(), Failure> {
        for text in std::mem::take(&mut self.boxes) {
            self.writer.end_paragraph();
            self.paragraphs(&text)?;
        }
        Ok(())
    }

    fn paragraphs(&mut self, text: &str) -> Result<(), Failure> {
        for paragraph in text.split('\n') {
            self.writer.text(paragraph.trim())?;
            self.writer.end_paragraph();
        }
        Ok(())
    }

    /// Writes what comes at the end: the notes.
    pub(super) fn finish(mut self) -> Result<Writer, Failure> {
        self.end_deletion()?;
        self.write_boxes()?;
        self.writer.end_paragraph();
        for (index, note) in std::mem::take(&mut self.notes).into_iter().enumerate() {
            self.writer.text(&format!("[{}] ", index + 1))?;
            self.paragraphs(note.trim())?;
        }
        Ok(self.writer)
    }

    fn check(&self) -> Result<(), Failure> {
        if self.apart_bytes as u64 > self.max_bytes {
            return Err(Failure::Limit { limit: self.max_bytes, quantity: "bytes of text".to_owned() });
        }
        Ok(())
    }
}

/// What a text stands in.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub(super) is_item: bool,
    pub(super) is_in_table: bool,
}

/// What ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Paragraph,
    Line,
    Cell,
    Row,
}
