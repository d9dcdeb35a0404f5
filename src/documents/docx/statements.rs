//! What a document states of itself: its title, author and pages; and what of it is not read.

use super::package::Package;
use crate::documents::writer::Writer;
use crate::documents::xml::{Node, Part};
use crate::documents::{Format, WarningKind};

/// Reads the statements. Those that are damaged or missing are not made.
pub(super) fn read(package: &mut Package<'_>, writer: &mut Writer) {
    if package.has_ending("vbaproject.bin") {
        writer.warn(WarningKind::Macros, "The document has macros. They are not run, and are no text.");
    }
    if let Ok(Some(content)) = package.read_properties("core-properties", "docProps/core.xml") {
        let part = Part::new("docProps/core.xml", Format::Docx, &content);
        for_each(&part, package, |name, text| match name {
            "title" => writer.title = text,
            "creator" => writer.author = text,
            _ => {}
        });
    }
    if let Ok(Some(content)) = package.read_properties("extended-properties", "docProps/app.xml") {
        let part = Part::new("docProps/app.xml", Format::Docx, &content);
        let mut pages = 0;
        let mut words = None;
        for_each(&part, package, |name, text| match name {
            "Pages" => pages = text.trim().parse().unwrap_or(0),
            "Words" => words = text.trim().parse::<u64>().ok(),
            _ => {}
        });
        // A program that writes no counts leaves those of its template.
        let is_of_template = words == Some(0) && writer.len() > 0;
        if !is_of_template {
            writer.page_count = pages;
        }
    }
}

/// Calls `take` with the name and text of each element below the root.
fn for_each(part: &Part<'_>, package: &Package<'_>, mut take: impl FnMut(&str, String)) {
    let mut nodes = part.nodes(&package.limits);
    while let Ok(Some(node)) = nodes.next() {
        let Node::Open(element) = node else { continue };
        if nodes.depth() == 2 {
            let text = nodes.inner_text().unwrap_or_default();
            take(element.name(), text);
        }
    }
}
