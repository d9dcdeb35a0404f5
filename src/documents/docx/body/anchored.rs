//! What is anchored in paragraphs, and where it stands: notes, boxes, diagrams, tables.

use std::borrow::Cow;

use super::Body;
use crate::documents::Failure;
use crate::documents::docx::notes::{Note, NoteKey, NoteKind};
use crate::documents::docx::properties::{self, Ground};
use crate::documents::flow::Block;
use crate::documents::look::Rgb;
use crate::documents::xml::{Element, Node, Nodes};

impl Body<'_> {
    /// Opens a drawing, or something that is embedded.
    pub(super) fn open_object(
        &mut self,
        element: &Element<'_>,
        nodes: &mut Nodes<'_>,
    ) -> Result<(), Failure> {
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

    pub(super) fn refer(&mut self, kind: NoteKind, element: &Element<'_>) -> Result<(), Failure> {
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

    pub(super) fn open_note(&mut self, element: &Element<'_>, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
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

    pub(super) fn close_note(&mut self) -> Result<(), Failure> {
        if let Some(key) = self.notes.open.take() {
            let text = self.flow.end_anchored()?;
            self.notes.by_key.insert(key, Note::Text(text));
        }
        Ok(())
    }

    pub(super) fn open_branch(&mut self, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
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
    pub(super) fn set_table(&mut self, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
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

    pub(super) fn diagram(&mut self, element: &Element<'_>) -> Result<(), Failure> {
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
}
