//! Paragraphs and runs, and what stands for a character in them.

use super::{Body, Visibility};
use crate::documents::docx::looks::look;
use crate::documents::docx::properties::{self, ParagraphProperties};
use crate::documents::docx::symbols;
use crate::documents::flow::Block;
use crate::documents::xml::{Element, Nodes};
use crate::documents::{Failure, HiddenReason};

impl Body<'_> {
    pub(super) fn open_paragraph(&mut self) {
        self.paragraphs.push(ParagraphProperties::default());
        self.flow.begin(Block::Paragraph);
    }

    pub(super) fn set_paragraph(&mut self, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
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

    pub(super) fn close_paragraph(&mut self) -> Result<(), Failure> {
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

    /// How the text of the run is hidden, if it is.
    pub(super) fn hidden(&mut self) -> Option<HiddenReason> {
        let run = self.runs.last_mut()?;
        if let Visibility::Unknown = run.visibility {
            let none = ParagraphProperties::default();
            let paragraph = self.paragraphs.last().unwrap_or(&none);
            let look = look(&run.properties, paragraph, self.styles, self.grounds.current());
            run.visibility = look.hidden().map_or(Visibility::Seen, Visibility::Hidden);
        }
        match run.visibility {
            Visibility::Hidden(reason) => Some(reason),
            Visibility::Unknown | Visibility::Seen => None,
        }
    }

    /// A tab, or the break of a line, a column or a page.
    pub(super) fn space(&mut self, element: &Element<'_>) -> Result<(), Failure> {
        if self.removed.is_open() || self.hidden().is_some() {
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

    pub(super) fn symbol(&mut self, element: &Element<'_>) -> Result<(), Failure> {
        let font = element.attribute("font").unwrap_or_default();
        let number = element.attribute("char").unwrap_or_default();
        match symbols::character(&font, &number) {
            Some(c) => self.put(c.encode_utf8(&mut [0; 4])),
            None => Ok(()),
        }
    }

    pub(super) fn field(&mut self, element: &Element<'_>) {
        match element.attribute("fldCharType").as_deref() {
            Some("begin") => self.fields.begin(),
            Some("separate") => self.fields.separate(),
            Some("end") => self.fields.end(),
            _ => {}
        }
    }
}
