//! Sections, and settings that hold for the whole document.

use crate::documents::xml::{Node, Part};
use crate::documents::{Failure, Limits};

/// Of each section, in order, whether it starts on a new page. Empty if there is no more than one.
pub(super) fn starts(part: &Part<'_>, limits: &Limits) -> Result<Vec<bool>, Failure> {
    let mut starts = Vec::new();
    if part.text().matches("sectPr>").take(2).count() < 2 {
        return Ok(starts);
    }
    let mut nodes = part.nodes(limits);
    let mut is_inside = false;
    while let Some(node) = nodes.next()? {
        match node {
            Node::Open(element) if element.name() == "sectPr" => {
                is_inside = true;
                starts.push(true);
            }
            Node::Open(element) if element.name() == "sectPrChange" => nodes.skip()?,
            Node::Open(element) if is_inside && element.name() == "type" => {
                if let Some(last) = starts.last_mut() {
                    *last = !element.is("val", &["continuous", "nextColumn"]);
                }
            }
            Node::Close(closed) if closed.name() == "sectPr" => is_inside = false,
            _ => {}
        }
    }
    Ok(starts)
}

/// Whether the page's colour is shown.
pub(super) fn shows_ground(part: &Part<'_>, limits: &Limits) -> Result<bool, Failure> {
    let mut nodes = part.nodes(limits);
    let mut shows = false;
    while let Some(node) = nodes.next()? {
        if let Node::Open(element) = node {
            shows |= element.name() == "displayBackgroundShape" && super::properties::is_on(&element);
        }
    }
    Ok(shows)
}
