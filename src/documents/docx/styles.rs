//! Styles, with what they take from the styles that they are based on.

use std::collections::HashMap;

use super::properties::{Ground, ParagraphProperties, RunProperties, of_paragraph, of_run, shading, value};
use crate::documents::xml::{Node, Nodes, Part};
use crate::documents::{Failure, Limits};

/// A style.
#[derive(Debug, Clone, Default)]
pub(super) struct Style {
    base: Option<String>,
    /// Whether it has what it takes from others.
    is_complete: bool,
    pub(super) run: RunProperties,
    pub(super) paragraph: ParagraphProperties,
    /// Whether it puts a colour behind text.
    pub(super) has_shading: bool,
}

/// The styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    /// What holds where no style says otherwise.
    pub(super) defaults: RunProperties,
    by_id: HashMap<String, Style>,
    default_paragraph: Option<String>,
}

impl Styles {
    /// Reads the part with the styles.
    pub(super) fn read(part: &Part<'_>, limits: &Limits) -> Result<Self, Failure> {
        let mut styles = Self::default();
        let mut nodes = part.nodes(limits);
        while let Some(node) = nodes.next()? {
            let Node::Open(element) = node else { continue };
            match element.name() {
                "rPrDefault" => styles.defaults = of_run(&mut nodes)?,
                "style" => {
                    let id = element.attribute("styleId").unwrap_or_default().into_owned();
                    let is_default = element.is("default", &["1", "true", "on"]);
                    if is_default && element.is("type", &["paragraph"]) {
                        styles.default_paragraph = Some(id.clone());
                    }
                    let style = style(&mut nodes)?;
                    styles.by_id.insert(id, style);
                }
                "latentStyles" => nodes.skip()?,
                _ => {}
            }
        }
        styles.resolve();
        Ok(styles)
    }

    /// The style with this id.
    pub(super) fn get(&self, id: &str) -> Option<&Style> {
        self.by_id.get(id)
    }

    /// The style of a paragraph that names this one, or none.
    pub(super) fn of_paragraph(&self, id: Option<&str>) -> Option<&Style> {
        id.and_then(|id| self.get(id)).or_else(|| self.get(self.default_paragraph.as_deref()?))
    }

    /// Adds to each style what it takes from others. Linear: each one is completed once, after those that it is based on.
    fn resolve(&mut self) {
        let ids: Vec<String> = self.by_id.keys().cloned().collect();
        for id in ids {
            // The styles that are not complete, each based on the next. A cycle ends where it meets itself.
            let mut chain = Vec::new();
            let mut next = Some(id);
            let mut base = Style::default();
            while let Some(id) = next.take() {
                match self.by_id.get_mut(&id) {
                    Some(style) if style.is_complete => base = style.clone(),
                    Some(style) => {
                        style.is_complete = true;
                        next = style.base.take();
                        chain.push(id);
                    }
                    None => {}
                }
            }
            for id in chain.iter().rev() {
                if let Some(style) = self.by_id.get_mut(id) {
                    style.complete(&base);
                    base.clone_from(style);
                }
            }
        }
    }
}

impl Style {
    /// Takes from `base` what is not stated.
    fn complete(&mut self, base: &Self) {
        self.run = std::mem::take(&mut self.run).or(&base.run);
        self.paragraph = std::mem::take(&mut self.paragraph).or(&base.paragraph);
        self.has_shading |= base.has_shading;
    }
}

/// Reads a style, to the end of the element that was opened last.
fn style(nodes: &mut Nodes<'_>) -> Result<Style, Failure> {
    let outside = nodes.depth().saturating_sub(1);
    let mut style = Style::default();
    let mut name = String::new();
    while nodes.depth() > outside {
        let Some(node) = nodes.next()? else { break };
        let Node::Open(element) = node else { continue };
        match element.name() {
            "basedOn" => style.base = value(&element),
            "name" => name = value(&element).unwrap_or_default(),
            "pPr" => style.paragraph = of_paragraph(nodes)?,
            "rPr" => style.run = of_run(nodes)?,
            "shd" => style.has_shading |= is_coloured(shading(&element)),
            "tblStylePr" => style.has_shading |= part_of_table(nodes)?,
            _ => {}
        }
    }
    let is_heading = name.to_lowercase().starts_with("heading ") || name.eq_ignore_ascii_case("title");
    if is_heading && style.paragraph.is_heading.is_none() {
        style.paragraph.is_heading = Some(true);
    }
    Ok(style)
}

/// Whether the style of a part of a table, such as its first row, puts a colour behind text.
fn part_of_table(nodes: &mut Nodes<'_>) -> Result<bool, Failure> {
    let outside = nodes.depth().saturating_sub(1);
    let mut has_shading = false;
    while nodes.depth() > outside {
        match nodes.next()? {
            Some(Node::Open(element)) if element.name() == "shd" => {
                has_shading |= is_coloured(shading(&element))
            }
            Some(_) => {}
            None => break,
        }
    }
    Ok(has_shading)
}

fn is_coloured(shading: Option<Ground>) -> bool {
    shading.is_some_and(|ground| ground != Ground::Colour(crate::documents::look::Rgb::WHITE))
}
