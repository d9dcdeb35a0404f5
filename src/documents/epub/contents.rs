//! The table of contents: which file begins which chapter.

use std::collections::HashMap;

use super::package::{Package, percent_decoded};
use crate::documents::archive::{Archive, resolve};
use crate::documents::xml::{Node, Nodes, Part};
use crate::documents::{Failure, Format, Limits};

/// Most bytes of the name of a chapter.
const MAX_LABEL_BYTES: usize = 200;

/// The names of chapters by the files that they begin. The first name of a file counts. Contents that can't be read have none.
pub(super) fn read(
    archive: &mut Archive<'_>,
    package: &Package,
    limits: &Limits,
) -> Result<HashMap<String, String>, Failure> {
    for name in &package.contents {
        let content = match archive.read(name).map_err(|problem| problem.of(Format::Epub)) {
            Ok(Some(content)) => content,
            Ok(None) | Err(Failure::Damaged { .. }) => continue,
            Err(failure) => return Err(failure),
        };
        let part = Part::new(name, Format::Epub, &content);
        let mut labels = Labels { of: name, by_name: HashMap::new() };
        // What was read before damage counts.
        let _ = labels.read(&mut part.nodes(limits));
        if !labels.by_name.is_empty() {
            return Ok(labels.by_name);
        }
    }
    Ok(HashMap::new())
}

struct Labels<'a> {
    of: &'a str,
    by_name: HashMap<String, String>,
}

impl Labels<'_> {
    /// Reads `nav` elements of EPUB 3, or the `navMap` of EPUB 2.
    fn read(&mut self, nodes: &mut Nodes<'_>) -> Result<(), Failure> {
        let mut is_contents = false;
        let mut label = String::new();
        while let Some(node) = nodes.next()? {
            match node {
                Node::Open(element) => match element.name() {
                    "nav" => is_contents = element.is("type", &["toc"]),
                    "a" if is_contents => {
                        let target = element.attribute("href").unwrap_or_default().into_owned();
                        let text = nodes.inner_text()?;
                        self.add(&target, &text);
                    }
                    "navLabel" => label = nodes.inner_text()?,
                    "content" => {
                        let target = element.attribute("src").unwrap_or_default().into_owned();
                        self.add(&target, &std::mem::take(&mut label));
                    }
                    "pageList" => nodes.skip()?,
                    _ => {}
                },
                Node::Close(closed) if closed.name() == "nav" => is_contents = false,
                Node::Close(_) | Node::Text(_) => {}
            }
        }
        Ok(())
    }

    fn add(&mut self, target: &str, label: &str) {
        let mut label = label.split_whitespace().collect::<Vec<_>>().join(" ");
        label.truncate(label.floor_char_boundary(MAX_LABEL_BYTES));
        let name = resolve(self.of, &percent_decoded(target));
        if !label.is_empty() && !name.is_empty() {
            self.by_name.entry(name).or_insert(label);
        }
    }
}
