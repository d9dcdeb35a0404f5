//! The order of text in documents that anchor text inside paragraphs: boxes and notes.
//!
//! A box is written behind the paragraph that it is anchored in, a note at the end, so that no sentence is cut by another one.
//! Blocks say whether they are paragraphs, items of a list or in a cell, and the flow separates them accordingly.

mod spacing;

use super::writer::Writer;
use super::{Failure, HiddenReason, Limits, RemovedKind};

use self::spacing::{Gap, Spacing};

pub(super) use self::spacing::Block;

/// What is written, in order.
#[derive(Debug)]
pub(super) enum Piece {
    Text(String),
    Gap(Gap),
    Hidden(HiddenReason, String),
    Removed(RemovedKind, String),
}

/// Text that is anchored in other text.
#[derive(Debug, Default)]
struct Context {
    /// What was written to it. Always empty for the document itself, which is written at once.
    pieces: Vec<Piece>,
    /// Boxes that wait for the end of the paragraph.
    boxes: Vec<Piece>,
    spacing: Spacing,
}

/// Writes text in order.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) writer: Writer,
    max_bytes: u64,
    /// The document, and the contexts that are open inside one another.
    outer: Vec<Context>,
    current: Context,
    notes: Vec<Piece>,
    note_count: usize,
    /// Bytes that wait in contexts.
    waiting_bytes: u64,
    page: PageBreak,
    has_page: bool,
    has_ended_block: bool,
}

/// What the last page break was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum PageBreak {
    /// Before text.
    #[default]
    Past,
    /// One that the author set, with no text after it.
    Set,
}

impl Flow {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            writer: Writer::new(limits),
            max_bytes: limits.max_text_bytes,
            outer: Vec::new(),
            current: Context::default(),
            notes: Vec::new(),
            note_count: 0,
            waiting_bytes: 0,
            page: PageBreak::Past,
            has_page: false,
            has_ended_block: false,
        }
    }

    /// Adds visible text to the paragraph.
    pub(super) fn text(&mut self, text: &str) -> Result<(), Failure> {
        let is_blank = text.chars().all(char::is_whitespace);
        if !is_blank {
            self.page = PageBreak::Past;
            if let Some(gap) = self.current.spacing.before_text() {
                self.emit(Piece::Gap(gap))?;
            }
        } else if !self.current.spacing.has_text() {
            // Space at the start of a paragraph.
            return Ok(());
        }
        if self.outer.is_empty() { self.writer.text(text) } else { self.emit(Piece::Text(text.to_owned())) }
    }

    /// Keeps hidden text apart.
    pub(super) fn hidden(&mut self, reason: HiddenReason, text: &str) -> Result<(), Failure> {
        if text.chars().all(char::is_whitespace) && !self.current.spacing.was_hidden() {
            return Ok(());
        }
        if self.current.spacing.take_paragraph() {
            self.emit(Piece::Gap(Gap::Paragraph))?;
        }
        if self.current.spacing.before_hidden() {
            self.emit(Piece::Hidden(reason, "\n".to_owned()))?;
        }
        self.emit(Piece::Hidden(reason, text.to_owned()))
    }

    /// Keeps text apart that is not part of the work.
    pub(super) fn removed(&mut self, kind: RemovedKind, text: &str) -> Result<(), Failure> {
        self.emit(Piece::Removed(kind, text.to_owned()))
    }

    /// Breaks the line inside a paragraph.
    pub(super) fn line(&mut self) -> Result<(), Failure> {
        if self.current.spacing.has_text() { self.emit(Piece::Gap(Gap::Line)) } else { Ok(()) }
    }

    /// Begins a page, as the author set it. Boxes and notes begin none.
    pub(super) fn page(&mut self) -> Result<(), Failure> {
        if !self.outer.is_empty() {
            return Ok(());
        }
        self.page = PageBreak::Set;
        if self.current.spacing.has_text() {
            self.emit(Piece::Text(" ".to_owned()))?;
        }
        self.begin_page();
        Ok(())
    }

    /// Begins a page before the paragraph that has begun, unless it is the first one.
    pub(super) fn page_before(&mut self) -> Result<(), Failure> {
        if self.has_ended_block { self.page() } else { Ok(()) }
    }

    /// Begins a page where the text came to the end of one. Right behind a break that the author set it is the same one.
    pub(super) fn page_by_layout(&mut self) {
        if self.outer.is_empty() && std::mem::take(&mut self.page) == PageBreak::Past {
            self.begin_page();
        }
    }

    /// Begins a paragraph or an item.
    pub(super) fn begin(&mut self, block: Block) {
        self.current.spacing.begin(block);
    }

    /// Ends a paragraph or an item. Boxes that are anchored in it follow.
    pub(super) fn end(&mut self) -> Result<(), Failure> {
        self.current.spacing.end();
        self.has_ended_block |= self.outer.is_empty();
        let boxes = std::mem::take(&mut self.current.boxes);
        if boxes.is_empty() {
            return Ok(());
        }
        self.emit(Piece::Gap(Gap::Paragraph))?;
        for piece in boxes {
            self.waiting_bytes = self.waiting_bytes.saturating_sub(cost(&piece));
            self.emit(piece)?;
        }
        self.emit(Piece::Gap(Gap::Paragraph))
    }

    pub(super) fn begin_table(&mut self) {
        self.current.spacing.begin_table();
    }

    pub(super) fn end_table(&mut self) {
        self.current.spacing.end_table();
    }

    pub(super) fn end_cell(&mut self) {
        self.current.spacing.end_cell();
    }

    pub(super) fn end_row(&mut self) {
        self.current.spacing.end_row();
    }

    /// Begins text that is anchored here: a box or a note.
    pub(super) fn begin_anchored(&mut self) {
        self.outer.push(std::mem::take(&mut self.current));
    }

    /// Whether a box or a note is open.
    pub(super) fn is_anchored(&self) -> bool {
        !self.outer.is_empty()
    }

    /// Ends a box.
    pub(super) fn end_box(&mut self) -> Result<(), Failure> {
        let pieces = self.end_anchored()?;
        if !pieces.is_empty() {
            self.current.boxes.push(Piece::Gap(Gap::Paragraph));
            self.current.boxes.extend(pieces);
        }
        Ok(())
    }

    /// Ends text that is anchored, and hands it out.
    pub(super) fn end_anchored(&mut self) -> Result<Vec<Piece>, Failure> {
        self.end()?;
        let outer = self.outer.pop().unwrap_or_default();
        Ok(std::mem::replace(&mut self.current, outer).pieces)
    }

    /// Refers to a note that comes at the end, for the first time. Returns its number.
    pub(super) fn note(&mut self, text: Vec<Piece>) -> Result<usize, Failure> {
        self.note_count += 1;
        let number = self.note_count;
        self.refer(number)?;
        self.notes.push(Piece::Gap(Gap::Paragraph));
        self.notes.push(Piece::Text(format!("[{number}] ")));
        // Hidden pieces and gaps before its text don't separate a note from its number.
        let skipped = text.iter().take_while(|piece| matches!(piece, Piece::Gap(_))).count();
        self.notes.extend(text.into_iter().skip(skipped));
        Ok(number)
    }

    /// Refers to a note.
    pub(super) fn refer(&mut self, number: usize) -> Result<(), Failure> {
        self.text(&format!(" [{number}]"))
    }

    /// Writes the notes, and hands out the writer.
    pub(super) fn finish(mut self) -> Result<Writer, Failure> {
        self.end()?;
        while !self.outer.is_empty() {
            self.end_box()?;
        }
        self.end()?;
        for piece in std::mem::take(&mut self.notes) {
            write(&mut self.writer, piece)?;
        }
        Ok(self.writer)
    }

    fn begin_page(&mut self) {
        // The first page has no text.
        if !self.has_page && self.writer.len() == 0 {
            self.writer.begin_page("");
        }
        self.has_page = true;
        self.writer.begin_page("");
    }

    fn emit(&mut self, piece: Piece) -> Result<(), Failure> {
        if self.outer.is_empty() {
            return write(&mut self.writer, piece);
        }
        self.waiting_bytes += cost(&piece);
        if self.waiting_bytes > self.max_bytes.saturating_mul(4) {
            return Err(Failure::Limit { limit: self.max_bytes, quantity: "bytes of text".to_owned() });
        }
        match (self.current.pieces.last_mut(), piece) {
            (Some(Piece::Text(last)), Piece::Text(text)) => last.push_str(&text),
            (_, piece) => self.current.pieces.push(piece),
        }
        Ok(())
    }
}

/// What a piece takes while it waits, in bytes.
fn cost(piece: &Piece) -> u64 {
    let text = match piece {
        Piece::Text(text) | Piece::Hidden(_, text) | Piece::Removed(_, text) => text.len(),
        Piece::Gap(_) => 0,
    };
    text as u64 + 8
}

fn write(writer: &mut Writer, piece: Piece) -> Result<(), Failure> {
    match piece {
        Piece::Text(text) => writer.text(&text)?,
        Piece::Gap(Gap::Cell) => writer.end_cell(),
        Piece::Gap(Gap::Line) => writer.end_line(),
        Piece::Gap(Gap::Paragraph) => writer.end_paragraph(),
        Piece::Hidden(reason, text) => writer.hide(reason, &text)?,
        Piece::Removed(kind, text) => writer.remove(kind, &text)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests;
