//! Styles, automatic and named, with their parents.

use std::collections::HashMap;

use super::properties::Properties;
use crate::documents::Failure;
use crate::documents::look::Rgb;
use crate::documents::xml::{Element, Node, Nodes};

/// Most parents that a style has, one above the other.
const MAX_PARENTS: usize = 32;

/// The name of a style. Names are unique in a family.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    family: String,
    name: String,
}

/// A style.
#[derive(Debug, Clone, Default)]
pub(super) struct Style {
    parent: Option<String>,
    pub(super) properties: Properties,
    pub(super) begins_page: bool,
    pub(super) ends_page: bool,
}

/// The styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_key: HashMap<Key, Style>,
    /// The name of a default style is empty.
    defaults: HashMap<String, Properties>,
    /// The colour of pages, if it is not white.
    pub(super) page: Option<Rgb>,
}

impl Styles {
    /// Adds a style, to the end of the element, which was opened last.
    pub(super) fn add(&mut self, element: &Element<'_>, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
        let family = element.attribute("family").unwrap_or_default().into_owned();
        let mut style = Style {
            parent: element.attribute("parent-style-name").map(std::borrow::Cow::into_owned),
            begins_page: element.attribute("master-page-name").is_some_and(|name| !name.is_empty()),
            ..Style::default()
        };
        let is_default = element.name() == "default-style";
        let name = element.attribute("name").unwrap_or_default().into_owned();
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
        if is_default {
            self.defaults.insert(family, style.properties);
        } else {
            self.by_key.insert(Key { family, name }, style);
        }
        Ok(())
    }

    /// Takes the colour of a page.
    pub(super) fn add_page(&mut self, element: &Element<'_>) {
        let colour = element.attribute("background-color").and_then(|value| Rgb::from_hex(&value));
        self.page = colour.or(self.page);
    }

    /// A style with what it takes from its parents and the default of its family.
    pub(super) fn get(&self, family: &str, name: &str) -> Style {
        let mut key = Key { family: family.to_owned(), name: name.to_owned() };
        let mut style = Style::default();
        for level in 0..MAX_PARENTS {
            let Some(next) = self.by_key.get(&key) else { break };
            style.properties = style.properties.inside(next.properties);
            style.ends_page |= next.ends_page;
            // The master page of a parent is that of its own paragraphs alone.
            style.begins_page |= next.begins_page && level == 0;
            let Some(parent) = &next.parent else { break };
            key.name.clone_from(parent);
        }
        let default = self.defaults.get(family).copied().unwrap_or_default();
        style.properties = style.properties.inside(default);
        style
    }
}
