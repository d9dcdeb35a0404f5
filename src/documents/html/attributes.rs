//! The attributes of a start tag that matter to text.

use super::references::{Place, decode};
use super::tokens::Tag;

/// The attributes of a start tag that matter to text, with values as written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Attributes<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) class: &'a str,
    pub(super) style: &'a str,
    pub(super) href: &'a str,
    pub(super) color: &'a str,
    pub(super) bgcolor: &'a str,
    pub(super) background: &'a str,
    pub(super) text: &'a str,
    pub(super) kind: &'a str,
    pub(super) role: &'a str,
    pub(super) epub_type: &'a str,
    pub(super) content: &'a str,
    pub(super) property: &'a str,
    pub(super) media: &'a str,
    pub(super) is_hidden: bool,
    pub(super) is_open: bool,
}

impl<'a> Attributes<'a> {
    /// Reads the attributes. Of two of one name, the first counts. Linear.
    pub(super) fn of(tag: &Tag<'a>) -> Self {
        let mut found = Self::default();
        for attribute in tag.attributes() {
            let slot = match attribute.name.to_ascii_lowercase().as_str() {
                "id" => &mut found.id,
                "name" => &mut found.name,
                "class" => &mut found.class,
                "style" => &mut found.style,
                "href" | "xlink:href" => &mut found.href,
                "color" => &mut found.color,
                "bgcolor" => &mut found.bgcolor,
                "background" => &mut found.background,
                "text" => &mut found.text,
                "type" => &mut found.kind,
                "role" => &mut found.role,
                "epub:type" => &mut found.epub_type,
                "content" => &mut found.content,
                "property" => &mut found.property,
                "media" => &mut found.media,
                "hidden" => {
                    found.is_hidden = true;
                    continue;
                }
                "open" => {
                    found.is_open = true;
                    continue;
                }
                _ => continue,
            };
            if slot.is_empty() {
                *slot = attribute.value;
            }
        }
        found
    }

    /// The id in this document that a link leads to; empty if it leads elsewhere.
    pub(super) fn target(&self) -> String {
        let target = self.href.split_once('#').map_or("", |(_, target)| target);
        decode(target, Place::Value).into_owned()
    }

    /// Whether the document says that a link is the reference to a note.
    pub(super) fn is_note_reference(&self) -> bool {
        let has = |text: &str, word: &str| text.split_ascii_whitespace().any(|one| one == word);
        let class = self.class.to_ascii_lowercase();
        has(self.epub_type, "noteref")
            || has(self.role, "doc-noteref")
            || ["footnote", "noteref", "fnref", "endnote", "sdfootnote", "sdendnote"]
                .iter()
                .any(|part| class.contains(part))
            || has(&class, "reference")
    }
}
