//! The text of a document: paragraphs, and what is in and between them.

use std::collections::HashMap;

use super::properties::{Ground, Properties};
use super::statements;
use super::styles::Styles;
use crate::documents::flow::{Block, Flow};
use crate::documents::look::Rgb;
use crate::documents::removed::Removed;
use crate::documents::writer::Writer;
use crate::documents::xml::{Element, Node, Nodes, Part};
use crate::documents::{Failure, HiddenReason, Limits, RemovedKind, WarningKind};

/// Reads the parts of a document, one after the other, into one flow.
pub(super) struct Body {
    pub(super) flow: Flow,
    /// The texts of formulas, by the folder that they are in.
    pub(super) formulas: HashMap<String, String>,
    /// Whether there are pictures, which may be scanned pages.
    pub(super) has_pictures: bool,
    limits: Limits,
    styles: Styles,
    /// Places that are open, inside one another.
    places: Vec<Place>,
    removed: Removed,
    lists: usize,
    /// Sections that are open, and whether each one is not shown.
    sections: Vec<bool>,
    seen: Seen,
}

/// An element that is open and says how text in it looks.
#[derive(Debug, Clone, Copy)]
struct Place {
    properties: Properties,
    /// Whether characters in it are text.
    takes_text: bool,
    /// Whether the text is hidden, and how.
    look: Option<HiddenReason>,
    ends_page: bool,
}

/// What there is to warn of.
#[derive(Debug, Default)]
struct Seen {
    has_changes: bool,
    has_undecodable: bool,
    objects: usize,
    entity: Option<String>,
}

impl Body {
    pub(super) fn new(flow: Flow, limits: Limits) -> Self {
        Self {
            flow,
            formulas: HashMap::new(),
            has_pictures: false,
            limits,
            styles: Styles::default(),
            places: Vec::new(),
            removed: Removed::default(),
            lists: 0,
            sections: Vec::new(),
            seen: Seen::default(),
        }
    }

    /// Reads a part.
    pub(super) fn read(&mut self, part: &Part<'_>) -> Result<(), Failure> {
        let limits = self.limits;
        self.seen.has_undecodable |= part.has_undecodable;
        let mut nodes = part.nodes(&limits);
        while let Some(node) = nodes.next()? {
            match node {
                Node::Open(element) => self.open(&element, &mut nodes)?,
                Node::Close(closed) => self.close(closed.name())?,
                Node::Text(text) if self.places.last().is_some_and(|place| place.takes_text) => {
                    self.put(&text)?
                }
                Node::Text(_) => {}
            }
        }
        if let Some(entity) = nodes.unknown_entity() {
            self.seen.entity.get_or_insert_with(|| entity.to_owned());
        }
        Ok(())
    }

    /// Forgets what a part that is damaged left open.
    pub(super) fn reset(&mut self) -> Result<(), Failure> {
        while self.removed.is_open() {
            self.close_removed()?;
        }
        self.places.clear();
        self.lists = 0;
        self.sections.clear();
        Ok(())
    }

    /// Writes what is left, and hands out the writer.
    pub(super) fn finish(mut self) -> Result<Writer, Failure> {
        let writer = &mut self.flow.writer;
        if self.seen.has_changes {
            let message = "The document has tracked changes. Insertions are text, deletions are not.";
            writer.warn(WarningKind::TrackedChanges, message);
        }
        if self.seen.objects > 0 {
            let count = self.seen.objects;
            let message = format!(
                "Not read: {count} objects that are embedded, such as charts. If they hold text of the work, add it to the document."
            );
            writer.warn(WarningKind::NotRead, message);
        }
        if let Some(entity) = &self.seen.entity {
            let message =
                format!("An entity of a DTD was left out: {entity}. Open the document and save it again.");
            writer.warn(WarningKind::Damaged, message);
        }
        if self.seen.has_undecodable {
            writer.warn(WarningKind::UndecodableBytes, "The document has bytes that stand for no character.");
        }
        self.flow.finish()
    }

    fn open(&mut self, element: &Element<'_>, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
        match element.name() {
            "p" | "h" => self.open_paragraph(element)?,
            "span" => self.open_place(element, "text", true),
            "s" => self.put(" ")?,
            "tab" => self.put(" ")?,
            "line-break" => self.line()?,
            "soft-page-break" if !self.removed.is_open() => self.flow.page_by_layout()?,
            "list" => self.lists += 1,
            "section" => self.sections.push(element.is("display", &["none"])),
            "hidden-text" => return self.hidden_text(element, nodes),
            "hidden-paragraph" if element.is("is-hidden", &["true"]) => self.hide_paragraph(),
            "note-body" => self.open_anchored(),
            "table" => {
                self.flow.begin_table();
                self.open_place(element, "table", false);
            }
            "table-row" => self.open_place(element, "table-row", false),
            "table-cell" | "covered-table-cell" => self.open_place(element, "table-cell", false),
            "annotation" => self.open_removed(RemovedKind::Comment),
            "deletion" => {
                self.seen.has_changes = true;
                self.open_removed(RemovedKind::Deletion);
            }
            "change-start" | "changed-region" => self.seen.has_changes = true,
            "header" | "footer" | "header-left" | "footer-left" | "header-first" | "footer-first" => {
                self.open_removed(RemovedKind::RunningHead);
            }
            "style" | "default-style" => self.styles.add(element, nodes)?,
            "page-layout-properties" => self.styles.add_page(element),
            "meta" if nodes.depth() == 2 => statements::read(nodes, &mut self.flow.writer)?,
            _ => self.open_object(element, nodes)?,
        }
        Ok(())
    }

    /// Opens a drawing, or passes over what is not text.
    fn open_object(&mut self, element: &Element<'_>, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
        match element.name() {
            "frame" => self.open_place(element, "graphic", false),
            "text-box" => self.open_anchored(),
            "custom-shape" | "rect" | "ellipse" | "circle" | "polygon" | "polyline" | "path" | "line"
            | "connector" => {
                self.open_place(element, "graphic", false);
                self.open_shape();
            }
            "image" => self.has_pictures = true,
            "object" => self.object(element)?,
            "object-ole" | "applet" | "plugin" => self.seen.objects += 1,
            // Notes on changes, templates of indexes, and what stands above a ruby base.
            "note-citation" | "change-info" | "ruby-text" | "binary-data" | "script" | "scripts"
            | "forms" => nodes.skip()?,
            name if name.ends_with("-source") => nodes.skip()?,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) -> Result<(), Failure> {
        match name {
            "p" | "h" => self.close_paragraph()?,
            "span" | "frame" | "table-row" | "table-cell" | "covered-table-cell" | "table" => {
                self.close_place(name)?
            }
            "list" => self.lists = self.lists.saturating_sub(1),
            "section" => {
                self.sections.pop();
            }
            "note-body" => {
                self.places.pop();
                let text = self.flow.end_anchored()?;
                if !self.removed.is_open() {
                    self.flow.note(text)?;
                }
            }
            "text-box" => {
                self.places.pop();
                self.flow.end_box()?;
            }
            "custom-shape" | "rect" | "ellipse" | "circle" | "polygon" | "polyline" | "path" | "line"
            | "connector" => {
                self.places.pop();
                self.places.pop();
                self.flow.end_box()?;
            }
            "annotation" | "deletion" | "header" | "footer" | "header-left" | "footer-left"
            | "header-first" | "footer-first" => {
                self.places.pop();
                self.close_removed()?;
            }
            _ => {}
        }
        Ok(())
    }

    fn open_paragraph(&mut self, element: &Element<'_>) -> Result<(), Failure> {
        let is_item = self.lists > 0 && element.name() == "p";
        self.flow.begin(if is_item { Block::Item } else { Block::Paragraph });
        let name = element.attribute("style-name").unwrap_or_default();
        let style = self.styles.get("paragraph", &name);
        if style.begins_page && !self.removed.is_open() {
            self.flow.page_before()?;
        }
        self.push(style.properties, true, style.ends_page);
        Ok(())
    }

    fn close_paragraph(&mut self) -> Result<(), Failure> {
        let place = self.places.pop();
        if self.removed.is_open() {
            self.removed.push(" ");
            return Ok(());
        }
        self.flow.end()?;
        if place.is_some_and(|place| place.ends_page) { self.flow.page() } else { Ok(()) }
    }

    fn open_place(&mut self, element: &Element<'_>, family: &str, takes_text: bool) {
        let name = element.attribute("style-name").unwrap_or_default();
        let mut properties = self.styles.get(family, &name).properties;
        if family != "text" {
            // Only what is behind the text is said by places around paragraphs.
            properties = Properties { ground: properties.ground, ..Properties::default() };
        }
        self.push(properties, takes_text, false);
    }

    fn close_place(&mut self, name: &str) -> Result<(), Failure> {
        self.places.pop();
        match name {
            "table-row" => self.flow.end_row(),
            "table-cell" | "covered-table-cell" => self.flow.end_cell(),
            "table" => self.flow.end_table(),
            _ => {}
        }
        if self.removed.is_open() && name != "span" {
            self.removed.push(" ");
        }
        Ok(())
    }

    fn push(&mut self, properties: Properties, takes_text: bool, ends_page: bool) {
        let outer = self.places.last().map(|place| place.properties).unwrap_or_default();
        let properties = properties.inside(outer);
        let look = properties.look(self.styles.page.unwrap_or(Rgb::WHITE)).hidden();
        self.places.push(Place { properties, takes_text, look, ends_page });
    }

    /// Opens a box or a note, which takes nothing from the text around it but what is behind it.
    fn open_anchored(&mut self) {
        let ground = self.places.last().and_then(|place| place.properties.ground);
        self.places.push(Place {
            properties: Properties { ground, ..Properties::default() },
            takes_text: false,
            look: None,
            ends_page: false,
        });
        self.flow.begin_anchored();
    }

    /// Opens the text of a shape, which is filled unless it says otherwise.
    fn open_shape(&mut self) {
        self.open_anchored();
        if let Some(place) = self.places.last_mut() {
            place.properties.ground.get_or_insert(Ground::Unknown);
        }
    }

    fn open_removed(&mut self, kind: RemovedKind) {
        self.removed.open(kind);
        self.push(Properties::default(), false, false);
    }

    fn close_removed(&mut self) -> Result<(), Failure> {
        match self.removed.close() {
            Some(region) => self.flow.removed(region.kind, &region.text),
            None => Ok(()),
        }
    }

    /// Writes text where it belongs.
    fn put(&mut self, text: &str) -> Result<(), Failure> {
        if self.removed.is_open() {
            self.removed.push(text);
            return Ok(());
        }
        match self.hidden() {
            Some(reason) => self.flow.hidden(reason, text),
            None => self.flow.text(text),
        }
    }

    /// How text is hidden here, if it is.
    fn hidden(&self) -> Option<HiddenReason> {
        let is_in_section = self.sections.contains(&true);
        let look = self.places.last().and_then(|place| place.look);
        look.or(is_in_section.then_some(HiddenReason::Marked))
    }

    fn line(&mut self) -> Result<(), Failure> {
        if self.removed.is_open() || self.hidden().is_some() { self.put(" ") } else { self.flow.line() }
    }

    fn hidden_text(&mut self, element: &Element<'_>, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
        let is_shown = element.is("is-hidden", &["false"]);
        let value = element.attribute("string-value").unwrap_or_default();
        let text = nodes.inner_text()?;
        let text = if text.is_empty() { value.as_ref() } else { text.as_str() };
        if is_shown { self.put(text) } else { self.flow.hidden(HiddenReason::Marked, text) }
    }

    /// Hides the paragraph from here on.
    fn hide_paragraph(&mut self) {
        if let Some(place) = self.places.last_mut() {
            place.properties.is_hidden = Some(true);
            place.look = Some(HiddenReason::Marked);
        }
    }

    fn object(&mut self, element: &Element<'_>) -> Result<(), Failure> {
        let target = element.attribute("href").unwrap_or_default();
        match self.formulas.get(target.trim_start_matches("./").trim_end_matches('/')).cloned() {
            Some(text) => self.put(&text),
            None => {
                self.seen.objects += 1;
                Ok(())
            }
        }
    }
}
