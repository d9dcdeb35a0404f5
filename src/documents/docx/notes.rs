//! Notes and diagrams, which are in parts of their own and read before the text that refers to them.

use std::collections::HashMap;

use super::package::Package;
use crate::documents::flow::Piece;
use crate::documents::xml::{Node, Part};
use crate::documents::{Failure, Format};

/// Which notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum NoteKind {
    Footnote,
    Endnote,
}

/// A note as the text refers to it.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct NoteKey {
    pub(super) kind: NoteKind,
    pub(super) id: String,
}

/// A note.
#[derive(Debug)]
pub(super) enum Note {
    /// Not referred to so far.
    Text(Vec<Piece>),
    /// Referred to by this number.
    Number(usize),
}

/// What the text refers to.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) by_key: HashMap<NoteKey, Note>,
    /// The note that is being read.
    pub(super) open: Option<NoteKey>,
    /// The paragraphs of diagrams, by id of relation.
    pub(super) diagrams: HashMap<String, Vec<String>>,
}

/// The texts of all diagrams (`SmartArt`). One that can't be read has none.
pub(super) fn diagrams(package: &mut Package<'_>) -> Result<HashMap<String, Vec<String>>, Failure> {
    let mut diagrams = HashMap::new();
    for id in package.ids_related("diagramData") {
        let name = package.target(&id).unwrap_or_default().to_owned();
        let Some(content) = package.read(&name)? else { continue };
        let part = Part::new(&name, Format::Docx, &content);
        let mut nodes = part.nodes(&package.limits);
        let mut paragraphs = Vec::new();
        let mut paragraph = String::new();
        while let Ok(Some(node)) = nodes.next() {
            match node {
                Node::Open(element) if element.name() == "t" => {
                    paragraph.push_str(&nodes.inner_text().unwrap_or_default());
                }
                Node::Close(closed) if closed.name() == "p" && !paragraph.trim().is_empty() => {
                    paragraphs.push(std::mem::take(&mut paragraph));
                }
                _ => {}
            }
        }
        diagrams.insert(id, paragraphs);
    }
    Ok(diagrams)
}
