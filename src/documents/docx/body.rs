//! The text of a part: the body of the document, its notes, its heads and feet.

use std::borrow::Cow;

use super::fields::Fields;
use super::grounds::Grounds;
use super::looks::look;
use super::notes::{Note, NoteKey, NoteKind, Notes};
use super::properties::{self, Ground, ParagraphProperties, RunProperties};
use super::styles::Styles;
use super::symbols;
use crate::documents::flow::{Block, Flow};
use crate::documents::look::{Look, Rgb};
use crate::documents::removed::Removed;
use crate::documents::xml::{Element, Node, Nodes, Part};
use crate::documents::{Failure, HiddenReason, Limits, RemovedKind, WarningKind};

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
#[derive(Debug, Clone, Copy)]
struct Run {
    hidden: Option<HiddenReason>,
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

/// What there is to warn of.
#[derive(Debug, Default)]
struct Seen {
    has_changes: bool,
    objects: usize,
    imports: usize,
    charts: usize,
    entity: Option<String>,
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
        let writer = &mut self.flow.writer;
        if self.seen.has_changes {
            let message = "The document has tracked changes. Insertions are text, deletions are not.";
            writer.warn(WarningKind::TrackedChanges, message);
        }
        for (count, what) in [
            (self.seen.objects, "objects that are embedded, such as other documents"),
            (self.seen.imports, "parts in another format, which Word imports when it opens the document"),
            (self.seen.charts, "charts"),
        ] {
            if count > 0 {
                let message = format!(
                    "Not read: {count} {what}. If they hold text of the work, add it to the document."
                );
                writer.warn(WarningKind::NotRead, message);
            }
        }
        if let Some(entity) = &self.seen.entity {
            let message =
                format!("An entity of a DTD was left out: {entity}. Open the document and save it again.");
            writer.warn(WarningKind::Damaged, message);
        }
    }

    fn open(&mut self, element: &Element<'_>, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
        match element.name() {
            "t" => self.text = TextKind::Text,
            "delText" => self.text = TextKind::Deleted,
            "p" => self.open_paragraph(),
            "pPr" => self.set_paragraph(nodes)?,
            "r" => self.open_run(&RunProperties::default()),
            "rPr" => {
                let properties = properties::of_run(nodes)?;
                if self.runs.pop().is_some() {
                    self.open_run(&properties);
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

    /// Opens a drawing, or something that is embedded.
    fn open_object(&mut self, element: &Element<'_>, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
        match element.name() {
            "txbxContent" => {
                self.outer_fields.push(std::mem::take(&mut self.fields));
                self.flow.begin_anchored();
                self.grounds.open_box();
            }
            "wsp" => self.grounds.open_shape(),
            "spPr" => self.grounds.fill_shape(properties::fill(nodes)?),
            "shape" | "rect" | "roundrect" | "oval" => self.grounds.open_vml(element),
            "textpath" => {
                let text = element.attribute("string").map(Cow::into_owned);
                self.put(&text.unwrap_or_default())?;
            }
            "relIds" => self.diagram(element)?,
            "background" if self.shows_ground => {
                let colour = element.attribute("color").and_then(|colour| Rgb::from_hex(&colour));
                self.grounds.page = colour.unwrap_or(Rgb::WHITE);
            }
            "OLEObject" | "control" => self.seen.objects += 1,
            "altChunk" => self.seen.imports += 1,
            "chart" => self.seen.charts += 1,
            _ => {}
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
        match self.runs.last().and_then(|run| run.hidden) {
            Some(reason) => self.flow.hidden(reason, text),
            None => self.flow.text(text),
        }
    }

    fn open_paragraph(&mut self) {
        self.paragraphs.push(ParagraphProperties::default());
        self.flow.begin(Block::Paragraph);
    }

    fn set_paragraph(&mut self, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
        let properties = properties::of_paragraph(nodes)?;
        self.seen.has_changes |= properties.mark.is_tracked;
        let Some(paragraph) = self.paragraphs.last_mut() else { return Ok(()) };
        *paragraph = properties;
        let style = self.styles.of_paragraph(paragraph.style.as_deref());
        let all = style.map_or_else(|| paragraph.clone(), |style| paragraph.clone().or(&style.paragraph));
        let is_item = all.is_item.unwrap_or(false) && !all.is_heading.unwrap_or(false);
        self.flow.begin(if is_item { Block::Item } else { Block::Paragraph });
        if all.begins_page.unwrap_or(false) && !self.removed.is_open() {
            self.flow.page_before()?;
        }
        Ok(())
    }

    fn close_paragraph(&mut self) -> Result<(), Failure> {
        self.fields.end_paragraph();
        let paragraph = self.paragraphs.pop().unwrap_or_default();
        if self.removed.is_open() {
            self.removed.push(" ");
            return Ok(());
        }
        if !paragraph.mark.is_joined {
            self.flow.end()?;
        }
        if paragraph.ends_section {
            self.section += 1;
            if self.starts.get(self.section).copied().unwrap_or(false) {
                self.flow.page()?;
            }
        }
        Ok(())
    }

    fn open_run(&mut self, properties: &RunProperties) {
        let paragraph = self.paragraphs.last().cloned().unwrap_or_default();
        let look: Look = look(properties, &paragraph, self.styles, self.grounds.current());
        self.runs.push(Run { hidden: look.hidden() });
    }

    /// A tab, or the break of a line, a column or a page.
    fn space(&mut self, element: &Element<'_>) -> Result<(), Failure> {
        let is_visible = self.runs.last().is_none_or(|run| run.hidden.is_none());
        if self.removed.is_open() || !is_visible {
            return self.put(" ");
        }
        match element.name() {
            "lastRenderedPageBreak" => self.flow.page_by_layout(),
            "br" if element.is("type", &["page"]) => self.flow.page(),
            "br" if element.is("type", &["column"]) => self.put(" "),
            "br" | "cr" => self.flow.line(),
            _ => self.put(" "),
        }
    }

    fn symbol(&mut self, element: &Element<'_>) -> Result<(), Failure> {
        let font = element.attribute("font").unwrap_or_default();
        let number = element.attribute("char").unwrap_or_default();
        match symbols::character(&font, &number) {
            Some(c) => self.put(c.encode_utf8(&mut [0; 4])),
            None => Ok(()),
        }
    }

    fn field(&mut self, element: &Element<'_>) {
        match element.attribute("fldCharType").as_deref() {
            Some("begin") => self.fields.begin(),
            Some("separate") => self.fields.separate(),
            Some("end") => self.fields.end(),
            _ => {}
        }
    }

    fn refer(&mut self, kind: NoteKind, element: &Element<'_>) -> Result<(), Failure> {
        let id = element.attribute("id").unwrap_or_default().into_owned();
        if self.removed.is_open() {
            return Ok(());
        }
        let Some(note) = self.notes.by_key.get_mut(&NoteKey { kind, id }) else { return Ok(()) };
        match std::mem::replace(note, Note::Number(0)) {
            Note::Text(text) => *note = Note::Number(self.flow.note(text)?),
            Note::Number(number) => {
                *note = Note::Number(number);
                self.flow.refer(number)?;
            }
        }
        Ok(())
    }

    fn open_note(&mut self, element: &Element<'_>, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
        // Lines that separate notes from the text.
        if element.attribute("type").is_some_and(|kind| kind != "normal") {
            nodes.skip()?;
            return Ok(());
        }
        let kind = if element.name() == "footnote" { NoteKind::Footnote } else { NoteKind::Endnote };
        let id = element.attribute("id").unwrap_or_default().into_owned();
        self.notes.open = Some(NoteKey { kind, id });
        self.flow.begin_anchored();
        Ok(())
    }

    fn close_note(&mut self) -> Result<(), Failure> {
        if let Some(key) = self.notes.open.take() {
            let text = self.flow.end_anchored()?;
            self.notes.by_key.insert(key, Note::Text(text));
        }
        Ok(())
    }

    fn open_branch(&mut self, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
        let written = self.written;
        match self.alternatives.last_mut() {
            Some(alternative) if alternative.is_taken => nodes.skip(),
            Some(alternative) => {
                alternative.written = written;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The background of a table or a cell.
    fn set_table(&mut self, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
        let outside = nodes.depth().saturating_sub(1);
        while nodes.depth() > outside {
            let Some(node) = nodes.next()? else { break };
            let Node::Open(element) = node else { continue };
            match element.name() {
                "tblStyle" => {
                    let style = properties::value(&element).and_then(|id| self.styles.get(&id));
                    let has_shading = style.is_some_and(|style| style.has_shading);
                    self.grounds.set(has_shading.then_some(Ground::Unknown));
                }
                "shd" => self.grounds.set(properties::shading(&element)),
                "tcPrChange" | "tblPrChange" => nodes.skip()?,
                _ => {}
            }
        }
        Ok(())
    }

    fn diagram(&mut self, element: &Element<'_>) -> Result<(), Failure> {
        let id = element.attribute("dm").unwrap_or_default();
        let Some(paragraphs) = self.notes.diagrams.remove(id.as_ref()) else { return Ok(()) };
        self.flow.begin_anchored();
        for paragraph in paragraphs {
            self.flow.begin(Block::Item);
            self.put(&paragraph)?;
            self.flow.end()?;
        }
        self.flow.end_box()
    }

    fn close_removed(&mut self) -> Result<(), Failure> {
        match self.removed.close() {
            Some(region) => self.flow.removed(region.kind, &region.text),
            None => Ok(()),
        }
    }
}
