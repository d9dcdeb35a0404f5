//! Styles, automatic and named, with their parents.

use std::collections::HashMap;

use super::properties::Properties;
use crate::documents::Failure;
use crate::documents::look::Rgb;
use crate::documents::xml::{Element, Node, Nodes};

/// Most parents that a style has, one above the other.
const MAX_PARENTS: usize = 32;

/// A style as it is written.
#[derive(Debug)]
struct Written {
    parent: Option<String>,
    style: Style,
}

/// A style.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Style {
    pub(super) properties: Properties,
    pub(super) begins_page: bool,
    pub(super) ends_page: bool,
}

/// The styles of paragraphs, of text, of cells and so on. Names are unique in a family.
#[derive(Debug, Default)]
struct Family {
    default: Properties,
    written: HashMap<String, Written>,
    /// Styles that were asked for, with what they take from others.
    complete: HashMap<String, Style>,
}

/// The styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    families: HashMap<String, Family>,
    /// The colour of pages, if it is not white.
    pub(super) page: Option<Rgb>,
}

impl Styles {
    /// Adds a style, to the end of the element, which was opened last.
    pub(super) fn add(&mut self, element: &Element<'_>, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
        let family = element.attribute("family").unwrap_or_default().into_owned();
        let parent = element.attribute("parent-style-name").map(std::borrow::Cow::into_owned);
        let name = element.attribute("name").unwrap_or_default().into_owned();
        let begins_page = element.attribute("master-page-name").is_some_and(|name| !name.is_empty());
        let mut style = Style { begins_page, ..Style::default() };
        let outside = nodes.depth().saturating_sub(1);
        while nodes.depth() > outside {
            let Some(node) = nodes.next()? else { break };
            let Node::Open(element) = node else { continue };
            if element.name().ends_with("-properties") {
                style.properties.take(&element);
                style.begins_page |= element.is("break-before", &["page", "even-page", "odd-page"]);
                style.ends_page |= element.is("break-after", &["page", "even-page", "odd-page"]);
            }
        }
        let family = self.families.entry(family).or_default();
        family.complete.clear();
        if element.name() == "default-style" {
            family.default = style.properties;
        } else {
            family.written.insert(name, Written { parent, style });
        }
        Ok(())
    }

    /// Takes the colour of a page.
    pub(super) fn add_page(&mut self, element: &Element<'_>) {
        let colour = element.attribute("background-color").and_then(|value| Rgb::from_hex(&value));
        self.page = colour.or(self.page);
    }

    /// A style with what it takes from its parents and the default of its family.
    pub(super) fn get(&mut self, family: &str, name: &str) -> Style {
        let Some(family) = self.families.get_mut(family) else { return Style::default() };
        if let Some(style) = family.complete.get(name) {
            return *style;
        }
        let style = family.completed(name);
        family.complete.insert(name.to_owned(), style);
        style
    }
}

impl Family {
    fn completed(&self, name: &str) -> Style {
        let mut style = Style::default();
        let mut next = Some(name);
        for level in 0..MAX_PARENTS {
            let Some(written) = next.and_then(|name| self.written.get(name)) else { break };
            style.properties = style.properties.inside(written.style.properties);
            style.ends_page |= written.style.ends_page;
            // The page that a parent begins is that of its own paragraphs alone.
            style.begins_page |= written.style.begins_page && level == 0;
            next = written.parent.as_deref();
        }
        style.properties = style.properties.inside(self.default);
        style
    }
}
