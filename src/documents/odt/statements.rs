//! What a document states of itself: its title, author and pages.

use crate::documents::Failure;
use crate::documents::writer::Writer;
use crate::documents::xml::{Node, Nodes};

/// Reads the statements, to the end of the element, which was opened last.
pub(super) fn read(nodes: &mut Nodes<'_>, writer: &mut Writer) -> Result<(), Failure> {
    let outside = nodes.depth().saturating_sub(1);
    let mut last_author = String::new();
    while nodes.depth() > outside {
        let Some(node) = nodes.next()? else { break };
        let Node::Open(element) = node else { continue };
        match element.name() {
            "title" => writer.title = nodes.inner_text()?,
            "initial-creator" => writer.author = nodes.inner_text()?,
            "creator" => last_author = nodes.inner_text()?,
            "document-statistic" => {
                let pages = element.attribute("page-count").and_then(|count| count.parse().ok());
                writer.page_count = pages.unwrap_or(0);
            }
            _ => {}
        }
    }
    if writer.author.trim().is_empty() {
        writer.author = last_author;
    }
    Ok(())
}
