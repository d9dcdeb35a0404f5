//! EPUB 2 and 3: a package of chapters in XHTML, in the order of its spine.

mod contents;
mod package;

use self::package::{Item, Package};
use super::archive::Archive;
use super::html;
use super::writer::Writer;
use super::xml::{Node, Part};
use super::{Document, Extraction, Failure, Format, Limits, PageKind, WarningKind};

/// Algorithms that scramble fonts alone, so that nobody copies them from the book.
const OF_FONTS: [&str; 2] = ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"];

/// Reads a book. Near-linear in what it inflates to.
pub(super) fn read(document: Document<'_>, limits: &Limits) -> Result<Extraction, Failure> {
    let mut archive = Archive::open(document.content, limits).map_err(|problem| problem.of(Format::Epub))?;
    if is_encrypted(&mut archive, limits)? {
        return Err(Failure::Encrypted { format: Format::Epub });
    }
    let package = Package::read(&mut archive, limits)?;
    let labels = contents::read(&mut archive, &package, limits)?;
    let mut writer = Writer::new(*limits);
    writer.pages_are(PageKind::Chapter);
    let mut has_begun = false;
    for item in &package.spine {
        let label = labels.get(&item.name).map_or("", String::as_str);
        // A file that the contents do not name goes on with the chapter before.
        if !has_begun || labels.is_empty() || !label.is_empty() {
            writer.begin_page(label);
        }
        chapter(&mut archive, item, &mut writer, limits)?;
        writer.end_paragraph();
        writer.drop_empty_page();
        has_begun |= writer.len() > 0;
    }
    writer.title = package.title;
    writer.author = package.author;
    let is_picture = |name: String| {
        [".jpg", ".jpeg", ".png", ".gif", ".webp"].iter().any(|ending| name.to_lowercase().ends_with(ending))
    };
    writer.finish(Format::Epub, archive.names().any(is_picture))
}

/// Writes a chapter. One that is missing or damaged is left out, with a warning.
fn chapter(
    archive: &mut Archive<'_>,
    item: &Item,
    writer: &mut Writer,
    limits: &Limits,
) -> Result<(), Failure> {
    let content = match archive.read(&item.name).map_err(|problem| problem.of(Format::Epub)) {
        Ok(Some(content)) => content,
        Ok(None) => {
            writer.warn(WarningKind::Damaged, format!("A chapter is missing from the book: {}.", item.name));
            return Ok(());
        }
        Err(Failure::Damaged { problem, .. }) => {
            writer.warn(WarningKind::Damaged, format!("A chapter is damaged and was left out: {problem}."));
            return Ok(());
        }
        Err(failure) => return Err(failure),
    };
    let part = Part::new(&item.name, Format::Epub, &content);
    if part.has_undecodable {
        let message = format!("{} has bytes that stand for no character.", item.name);
        writer.warn(WarningKind::UndecodableBytes, message);
    }
    let about = html::read_into(writer, part.text(), limits)?;
    writer.name_page(if about.heading.is_empty() { &about.title } else { &about.heading });
    Ok(())
}

/// Whether more than fonts is encrypted.
fn is_encrypted(archive: &mut Archive<'_>, limits: &Limits) -> Result<bool, Failure> {
    let name = "META-INF/encryption.xml";
    let Some(content) = archive.read(name).map_err(|problem| problem.of(Format::Epub))? else {
        return Ok(false);
    };
    let part = Part::new(name, Format::Epub, &content);
    let mut nodes = part.nodes(limits);
    let mut is_in_key = false;
    while let Ok(Some(node)) = nodes.next() {
        match node {
            Node::Open(element) if element.name() == "EncryptedKey" => is_in_key = true,
            Node::Close(closed) if closed.name() == "EncryptedKey" => is_in_key = false,
            Node::Open(element) if element.name() == "EncryptionMethod" && !is_in_key => {
                if !element.is("Algorithm", &OF_FONTS) {
                    return Ok(true);
                }
            }
            _ => {}
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests;
