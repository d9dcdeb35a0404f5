//! OpenDocument texts (ISO/IEC 26300): packages, and documents in one file of XML.

mod body;
mod formula;
mod properties;
mod statements;
mod styles;

use std::collections::HashMap;

use self::body::Body;
use super::archive::Archive;
use super::flow::Flow;
use super::xml::{Node, Part};
use super::{Document, Extraction, Failure, Format, Limits, WarningKind};

/// Reads a document. Linear in what it inflates to.
pub(super) fn read(document: Document<'_>, limits: &Limits) -> Result<Extraction, Failure> {
    let mut body = Body::new(Flow::new(*limits), *limits);
    if document.content.starts_with(b"PK") {
        read_package(document, &mut body, limits)?;
    } else {
        body.read(&Part::new("the document", Format::Odt, document.content))?;
    }
    let has_pictures = body.has_pictures;
    body.finish()?.finish(Format::Odt, has_pictures)
}

fn read_package(document: Document<'_>, body: &mut Body, limits: &Limits) -> Result<(), Failure> {
    let of = |problem: super::archive::Problem| problem.of(Format::Odt);
    let mut archive = Archive::open(document.content, limits).map_err(of)?;
    if let Some(content) = archive.read("META-INF/manifest.xml").map_err(of)?
        && is_encrypted(&Part::new("META-INF/manifest.xml", Format::Odt, &content), limits)
    {
        return Err(Failure::Encrypted { format: Format::Odt });
    }
    let Some(content) = archive.read("content.xml").map_err(of)? else {
        return Err(Failure::Damaged { format: Format::Odt, problem: "content.xml is missing".to_owned() });
    };
    if archive.names().any(|name| name.starts_with("Basic/") || name.starts_with("Scripts/")) {
        body.flow
            .writer
            .warn(WarningKind::Macros, "The document has macros. They are not run, and are no text.");
    }
    body.formulas = formulas(&mut archive, limits).map_err(of)?;
    for name in ["meta.xml", "styles.xml"] {
        let read = match archive.read(name) {
            Ok(Some(content)) => body.read(&Part::new(name, Format::Odt, &content)),
            Ok(None) => Ok(()),
            Err(problem) => Err(of(problem)),
        };
        match read {
            Ok(()) => {}
            Err(Failure::Damaged { problem, .. }) => {
                body.reset()?;
                let message = format!("A part of the document is damaged and was left out: {problem}.");
                body.flow.writer.warn(WarningKind::Damaged, message);
            }
            Err(failure) => return Err(failure),
        }
    }
    body.read(&Part::new("content.xml", Format::Odt, &content))
}

/// The texts of the formulas that are embedded, by the folder that they are in.
fn formulas(
    archive: &mut Archive<'_>,
    limits: &Limits,
) -> Result<HashMap<String, String>, super::archive::Problem> {
    let mut formulas = HashMap::new();
    let names: Vec<String> = archive.names().filter(|name| name.ends_with("/content.xml")).collect();
    for name in names {
        let Some(content) = archive.read(&name)? else { continue };
        let text = formula::text(&Part::new(&name, Format::Odt, &content), limits);
        if let (Some(text), Some(folder)) = (text, name.strip_suffix("/content.xml")) {
            formulas.insert(folder.to_owned(), text);
        }
    }
    Ok(formulas)
}

/// Whether the list of entries says how one of them is encrypted.
fn is_encrypted(part: &Part<'_>, limits: &Limits) -> bool {
    let mut nodes = part.nodes(limits);
    while let Ok(Some(node)) = nodes.next() {
        if matches!(node, Node::Open(element) if element.name() == "encryption-data") {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
