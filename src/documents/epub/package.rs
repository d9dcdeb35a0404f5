//! The package document: what the book is, its files and their order.

use std::collections::HashMap;

use crate::documents::archive::{Archive, resolve};
use crate::documents::xml::{Element, Node, Part};
use crate::documents::{Failure, Format, Limits};

/// A file of the book.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// The name of its entry.
    pub(super) name: String,
    media_type: String,
    is_navigation: bool,
}

/// A package document.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) title: String,
    pub(super) author: String,
    /// The chapters in reading order. What only navigates is not one.
    pub(super) spine: Vec<Item>,
    /// The files with the table of contents, the best first.
    pub(super) contents: Vec<String>,
}

impl Package {
    /// Finds and reads the package document.
    pub(super) fn read(archive: &mut Archive<'_>, limits: &Limits) -> Result<Self, Failure> {
        let name = root(archive, limits)?;
        let Some(content) = archive.read(&name).map_err(|problem| problem.of(Format::Epub))? else {
            return Err(damaged(format!("{name} is missing")));
        };
        let part = Part::new(&name, Format::Epub, &content);
        let mut builder = Builder { name: &name, ..Builder::default() };
        let mut nodes = part.nodes(limits);
        while let Some(node) = nodes.next()? {
            let Node::Open(element) = node else { continue };
            match element.name() {
                "title" if builder.title.is_empty() => builder.title = nodes.inner_text()?,
                "creator" => builder.authors.push(nodes.inner_text()?.trim().to_owned()),
                _ => builder.take(&element),
            }
        }
        let package = builder.finish();
        if package.spine.is_empty() {
            return Err(damaged(format!("{name} names no chapter")));
        }
        Ok(package)
    }
}

#[derive(Debug, Default)]
struct Builder<'a> {
    name: &'a str,
    title: String,
    authors: Vec<String>,
    items: HashMap<String, Item>,
    /// Ids of chapters, in order.
    order: Vec<String>,
    /// The file of contents of EPUB 2.
    contents_id: Option<String>,
}

impl Builder<'_> {
    fn take(&mut self, element: &Element<'_>) {
        let value = |name: &str| element.attribute(name).unwrap_or_default().into_owned();
        match element.name() {
            "item" => {
                let properties = value("properties");
                let item = Item {
                    name: resolve(self.name, &percent_decoded(&value("href"))),
                    media_type: value("media-type"),
                    is_navigation: properties.split_whitespace().any(|property| property == "nav"),
                };
                self.items.insert(value("id"), item);
            }
            "spine" => self.contents_id = element.attribute("toc").map(std::borrow::Cow::into_owned),
            "itemref" => self.order.push(value("idref")),
            _ => {}
        }
    }

    fn finish(self) -> Package {
        let navigation = self.items.values().find(|item| item.is_navigation);
        let of_id = self.contents_id.as_ref().and_then(|id| self.items.get(id));
        let by_type = self.items.values().find(|item| item.media_type == "application/x-dtbncx+xml");
        let contents =
            [navigation, of_id.or(by_type)].into_iter().flatten().map(|item| item.name.clone()).collect();
        let is_chapter = |item: &&Item| !item.is_navigation && is_text(&item.media_type);
        let spine =
            self.order.iter().filter_map(|id| self.items.get(id)).filter(is_chapter).cloned().collect();
        Package { title: self.title, author: self.authors.join(", "), spine, contents }
    }
}

fn is_text(media_type: &str) -> bool {
    let media_type = media_type.trim().to_lowercase();
    matches!(
        media_type.as_str(),
        "application/xhtml+xml" | "text/html" | "text/x-oeb1-document" | "application/x-dtbook+xml" | ""
    )
}

/// The name of the package document.
fn root(archive: &mut Archive<'_>, limits: &Limits) -> Result<String, Failure> {
    let name = "META-INF/container.xml";
    if let Some(content) = archive.read(name).map_err(|problem| problem.of(Format::Epub))? {
        let part = Part::new(name, Format::Epub, &content);
        let mut nodes = part.nodes(limits);
        while let Ok(Some(node)) = nodes.next() {
            let Node::Open(element) = node else { continue };
            let path = element.attribute("full-path").filter(|_| element.name() == "rootfile");
            if let Some(path) =
                path.map(|path| resolve("", &percent_decoded(&path))).filter(|path| archive.has(path))
            {
                return Ok(path);
            }
        }
    }
    let by_ending = archive.names().find(|name| name.to_lowercase().ends_with(".opf"));
    by_ending.ok_or_else(|| damaged("it has no package document (.opf)".to_owned()))
}

fn damaged(problem: String) -> Failure {
    Failure::Damaged { format: Format::Epub, problem }
}

/// A reference with its `%20` as characters.
pub(super) fn percent_decoded(reference: &str) -> String {
    let mut bytes = Vec::with_capacity(reference.len());
    let mut rest = reference.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits =
            after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
