//! Formulas that are embedded: `MathML`.

use crate::documents::Limits;
use crate::documents::xml::{Node, Part};

/// The text of a formula. `None` if the part is none, or is damaged.
pub(super) fn text(part: &Part<'_>, limits: &Limits) -> Option<String> {
    let mut nodes = part.nodes(limits);
    let mut text = String::new();
    // Fractions that are open, by depth, of which the numerator has not ended.
    let mut fractions: Vec<u64> = Vec::new();
    let mut takes_text = false;
    while let Some(node) = nodes.next().ok()? {
        match node {
            Node::Open(element) if nodes.depth() == 1 && element.name() != "math" => return None,
            Node::Open(element) => match element.name() {
                "mi" | "mn" | "mo" | "ms" | "mtext" => takes_text = true,
                "mfrac" => fractions.push(nodes.depth()),
                "annotation" | "annotation-xml" => nodes.skip().ok()?,
                _ => {}
            },
            Node::Close(_) => {
                takes_text = false;
                if fractions.last() == Some(&nodes.depth()) {
                    fractions.pop();
                    text.push('/');
                }
            }
            Node::Text(more) if takes_text => text.push_str(&more),
            Node::Text(_) => {}
        }
    }
    Some(text)
}
