//! Word documents: Office Open XML (ISO/IEC 29500), transitional and strict.

mod body;
mod fields;
mod grounds;
mod looks;
mod notes;
mod package;
mod properties;
mod sections;
mod statements;
mod styles;
mod symbols;

use self::body::Body;
use self::package::Package;
use self::styles::Styles;
use super::flow::Flow;
use super::xml::Part;
use super::{Document, Extraction, Failure, Format, Limits, RemovedKind, WarningKind};

/// Reads a document. Linear in what it inflates to.
pub(super) fn read(document: Document<'_>, limits: &Limits) -> Result<Extraction, Failure> {
    let mut package = Package::open(document, limits)?;
    let main = package.main.clone();
    let Some(content) = package.read(&main)? else {
        return Err(Failure::Damaged { format: Format::Docx, problem: format!("{main} is missing") });
    };
    let mut flow = Flow::new(*limits);
    let styles =
        secondary(&mut package, &mut flow, "styles", |part| Styles::read(part, limits))?.unwrap_or_default();
    let shows_ground =
        secondary(&mut package, &mut flow, "settings", |part| sections::shows_ground(part, limits))?;
    let diagrams = notes::diagrams(&mut package)?;

    let mut body = Body::new(flow, &styles, *limits);
    body.shows_ground = shows_ground.unwrap_or_default();
    body.notes.diagrams = diagrams;
    for kind in ["footnotes", "endnotes"] {
        read_beside(&mut package, &mut body, kind, None)?;
    }
    let part = Part::new(&main, Format::Docx, &content);
    if part.has_undecodable {
        body.flow
            .writer
            .warn(WarningKind::UndecodableBytes, format!("{main} has bytes that stand for no character"));
    }
    body.starts = sections::starts(&part, limits)?;
    body.read(&part)?;
    body.end_main()?;
    for kind in ["header", "footer"] {
        read_beside(&mut package, &mut body, kind, Some(RemovedKind::RunningHead))?;
    }
    read_beside(&mut package, &mut body, "comments", Some(RemovedKind::Comment))?;
    body.warn();
    let mut writer = body.flow.finish()?;
    statements::read(&mut package, &mut writer)?;
    writer.finish(Format::Docx, package.has_pictures())
}

/// Reads all parts of a kind that are beside the text. One that is damaged is left out, with a warning.
fn read_beside(
    package: &mut Package<'_>,
    body: &mut Body<'_>,
    kind: &str,
    removed: Option<RemovedKind>,
) -> Result<(), Failure> {
    let mut names = package.all_related(kind);
    if names.is_empty() && !matches!(removed, Some(RemovedKind::RunningHead)) {
        names.push(package.related(kind));
    }
    names.dedup();
    for name in names {
        let Some(content) = read_or_warn(package, &mut body.flow, &name)? else { continue };
        let part = Part::new(&name, Format::Docx, &content);
        let read = match removed {
            Some(kind) => body.read_removed(&part, kind),
            None => body.read(&part),
        };
        if let Err(failure) = read {
            body.reset()?;
            leave_out(&mut body.flow, failure)?;
        }
    }
    Ok(())
}

/// Reads a part that the text can do without. One that is damaged is left out, with a warning.
fn secondary<T>(
    package: &mut Package<'_>,
    flow: &mut Flow,
    kind: &str,
    read: impl FnOnce(&Part<'_>) -> Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    let name = package.related(kind);
    let Some(content) = read_or_warn(package, flow, &name)? else { return Ok(None) };
    match read(&Part::new(&name, Format::Docx, &content)) {
        Ok(read) => Ok(Some(read)),
        Err(failure) => leave_out(flow, failure).map(|()| None),
    }
}

fn read_or_warn(package: &mut Package<'_>, flow: &mut Flow, name: &str) -> Result<Option<Vec<u8>>, Failure> {
    match package.read(name) {
        Ok(content) => Ok(content),
        Err(failure) => leave_out(flow, failure).map(|()| None),
    }
}

/// Warns of damage. Other failures are those of the document.
fn leave_out(flow: &mut Flow, failure: Failure) -> Result<(), Failure> {
    let Failure::Damaged { problem, .. } = failure else { return Err(failure) };
    let message = format!("A part of the document is damaged and was left out: {problem}.");
    flow.writer.warn(WarningKind::Damaged, message);
    Ok(())
}

#[cfg(test)]
mod tests;
