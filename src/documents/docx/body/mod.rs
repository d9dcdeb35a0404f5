//! The text of a part: the body of the document, its notes, its heads and feet.

mod anchored;
mod paragraphs;
mod seen;

use self::seen::Seen;
use super::fields::Fields;
use super::grounds::Grounds;
use super::notes::{NoteKind, Notes};
use super::properties::{self, ParagraphProperties, RunProperties};
use super::styles::Styles;
use crate::documents::flow::Flow;
use crate::documents::removed::Removed;
use crate::documents::xml::{Element, Node, Nodes, Part};
use crate::documents::{Failure, HiddenReason, Limits, RemovedKind};

/// Reads parts, one after the other, into one flow.
pub(super) struct Body<'s> {
    pub(super) flow: Flow,
    pub(super) notes: Notes,
    /// Of each section, whether it starts on a new page.
    pub(super) starts: Vec<bool>,
    /// Whether the page's colour is shown.
    pub(super) shows_ground: bool,
    styles: &'s Styles,
    limits: Limits,
    /// Paragraphs that are open: boxes are inside others.
    paragraphs: Vec<ParagraphProperties>,
    /// Runs that are open.
    runs: Vec<Run>,
    /// Notes and boxes that are open: the fields around them.
    outer_fields: Vec<Fields>,
    fields: Fields,
    grounds: Grounds,
    /// Alternatives that are open.
    alternatives: Vec<Alternative>,
    removed: Removed,
    /// Whether the text of an element counts.
    text: TextKind,
    /// Texts that were written, of any kind.
    written: usize,
    section: usize,
    seen: Seen,
}

/// A run that is open.
#[derive(Debug, Default)]
struct Run {
    properties: RunProperties,
    visibility: Visibility,
}

/// Whether the text of a run is seen.
#[derive(Debug, Clone, Copy, Default)]
enum Visibility {
    /// Nobody asked.
    #[default]
    Unknown,
    Seen,
    Hidden(HiddenReason),
}

/// Branches of which one is read.
#[derive(Debug, Clone, Copy, Default)]
struct Alternative {
    is_taken: bool,
    /// Texts that were written before the branch.
    written: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TextKind {
    None,
    Text,
    Deleted,
}

impl<'s> Body<'s> {
    pub(super) fn new(flow: Flow, styles: &'s Styles, limits: Limits) -> Self {
        Self {
            flow,
            notes: Notes::default(),
            starts: Vec::new(),
            shows_ground: false,
            styles,
            limits,
            paragraphs: Vec::new(),
            runs: Vec::new(),
            outer_fields: Vec::new(),
            fields: Fields::default(),
            grounds: Grounds::new(),
            alternatives: Vec::new(),
            removed: Removed::default(),
            text: TextKind::None,
            written: 0,
            section: 0,
            seen: Seen::default(),
        }
    }

    /// Reads the text of a part.
    pub(super) fn read(&mut self, part: &Part<'_>) -> Result<(), Failure> {
        let limits = self.limits;
        let mut nodes = part.nodes(&limits);
        while let Some(node) = nodes.next()? {
            match node {
                Node::Open(element) => self.open(&element, &mut nodes)?,
                Node::Close(closed) => self.close(closed.name())?,
                Node::Text(text) => self.take(&text)?,
            }
        }
        if let Some(entity) = nodes.unknown_entity() {
            self.seen.entity.get_or_insert_with(|| entity.to_owned());
        }
        Ok(())
    }

    /// Reads a part that is not part of the work.
    pub(super) fn read_removed(&mut self, part: &Part<'_>, kind: RemovedKind) -> Result<(), Failure> {
        // Each comment is one of its own.
        let is_one = kind != RemovedKind::Comment;
        if is_one {
            self.removed.open(kind);
        }
        let read = self.read(part);
        if is_one {
            self.close_removed()?;
        }
        read
    }

    /// Ends the text of the document. What follows is beside it.
    pub(super) fn end_main(&mut self) -> Result<(), Failure> {
        self.flow.end()?;
        self.starts.clear();
        self.fields = Fields::default();
        Ok(())
    }

    /// Forgets what a part that is damaged left open.
    pub(super) fn reset(&mut self) -> Result<(), Failure> {
        while self.removed.is_open() {
            self.close_removed()?;
        }
        while self.flow.is_anchored() {
            self.flow.end_anchored()?;
        }
        self.paragraphs.clear();
        self.runs.clear();
        self.outer_fields.clear();
        self.fields = Fields::default();
        self.grounds = Grounds::new();
        self.alternatives.clear();
        self.text = TextKind::None;
        Ok(())
    }

    /// Warns of what is not text, or not read.
    pub(super) fn warn(&mut self) {
        self.seen.warn(&mut self.flow.writer);
    }

    fn open(&mut self, element: &Element<'_>, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
        match element.name() {
            "t" => self.text = TextKind::Text,
            "delText" => self.text = TextKind::Deleted,
            "p" => self.open_paragraph(),
            "pPr" => self.set_paragraph(nodes)?,
            "r" => self.runs.push(Run::default()),
            "rPr" => {
                let properties = properties::of_run(nodes)?;
                if let Some(run) = self.runs.last_mut() {
                    *run = Run { properties, ..Run::default() };
                }
            }
            "tab" | "ptab" | "br" | "cr" | "lastRenderedPageBreak" => self.space(element)?,
            "noBreakHyphen" => self.put("\u{2011}")?,
            "softHyphen" => self.put("\u{AD}")?,
            "sym" => self.symbol(element)?,
            "fldChar" => self.field(element),
            "footnoteReference" => self.refer(NoteKind::Footnote, element)?,
            "endnoteReference" => self.refer(NoteKind::Endnote, element)?,
            "footnote" | "endnote" => self.open_note(element, nodes)?,
            "comment" => self.removed.open(RemovedKind::Comment),
            "del" | "moveFrom" => {
                self.seen.has_changes = true;
                self.removed.open(RemovedKind::Deletion);
            }
            "ins" | "moveTo" => self.seen.has_changes = true,
            "AlternateContent" => self.alternatives.push(Alternative::default()),
            "Choice" | "Fallback" => self.open_branch(nodes)?,
            "tbl" => {
                self.flow.begin_table();
                self.grounds.open();
            }
            "tc" => self.grounds.open(),
            "tblPr" | "tcPr" => self.set_table(nodes)?,
            "den" => self.put("/")?,
            // Properties, instructions, and what stands above a ruby base.
            "instrText" | "delInstrText" | "sdtPr" | "sdtEndPr" | "ffData" | "trPr" | "tblPrEx"
            | "sectPr" | "rt" => {
                nodes.skip()?;
            }
            _ => self.open_object(element, nodes)?,
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Failure> {
        match name {
            "t" | "delText" => self.text = TextKind::None,
            "p" => self.close_paragraph()?,
            "r" => {
                self.runs.pop();
            }
            "del" | "moveFrom" | "comment" => self.close_removed()?,
            "footnote" | "endnote" => self.close_note()?,
            "AlternateContent" => {
                self.alternatives.pop();
            }
            "Choice" => {
                if let Some(last) = self.alternatives.last_mut() {
                    last.is_taken = self.written > last.written;
                }
            }
            "txbxContent" => {
                self.flow.end_box()?;
                self.grounds.close();
                self.fields = self.outer_fields.pop().unwrap_or_default();
            }
            "tbl" => {
                self.flow.end_table();
                self.grounds.close();
            }
            "tr" => self.flow.end_row(),
            "tc" => {
                self.flow.end_cell();
                self.grounds.close();
                if self.removed.is_open() {
                    self.removed.push(" ");
                }
            }
            "wsp" | "shape" | "rect" | "roundrect" | "oval" => self.grounds.close_shape(),
            _ => {}
        }
        Ok(())
    }

    fn take(&mut self, text: &str) -> Result<(), Failure> {
        match self.text {
            TextKind::None => Ok(()),
            TextKind::Text => self.put(text),
            TextKind::Deleted if self.removed.is_open() => self.put(text),
            TextKind::Deleted => {
                self.seen.has_changes = true;
                self.flow.removed(RemovedKind::Deletion, text)
            }
        }
    }

    /// Writes text where it belongs.
    fn put(&mut self, text: &str) -> Result<(), Failure> {
        if self.fields.is_instruction() {
            return Ok(());
        }
        self.written += usize::from(!text.trim().is_empty());
        if self.removed.is_open() {
            self.removed.push(text);
            return Ok(());
        }
        match self.hidden() {
            Some(reason) => self.flow.hidden(reason, text),
            None => self.flow.text(text),
        }
    }

    fn close_removed(&mut self) -> Result<(), Failure> {
        match self.removed.close() {
            Some(region) => self.flow.removed(region.kind, &region.text),
            None => Ok(()),
        }
    }
}
