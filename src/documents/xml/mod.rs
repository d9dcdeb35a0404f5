//! XML as the readers go through it: elements by their local names, text with its references resolved.
//!
//! Namespaces and their prefixes are not looked at: documents come in several versions of them, and sometimes without. A DTD is
//! passed over. Its entities are not expanded, so nothing grows and nothing external is read.

mod decode;

use std::borrow::Cow;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesEnd, BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use self::decode::decode;
use super::{Failure, Format, Limits};

/// A part of a document: an entry of its archive.
pub(super) struct Part<'a> {
    name: &'a str,
    format: Format,
    text: Cow<'a, str>,
    /// Whether some bytes stood for no character.
    pub(super) has_undecodable: bool,
}

impl<'a> Part<'a> {
    /// Decodes a part.
    pub(super) fn new(name: &'a str, format: Format, content: &'a [u8]) -> Self {
        let decoded = decode(content);
        Self { name, format, text: decoded.text, has_undecodable: decoded.has_undecodable }
    }

    /// The part as text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Starts at the beginning.
    pub(super) fn nodes(&self, limits: &Limits) -> Nodes<'_> {
        let mut reader = Reader::from_str(&self.text);
        reader.config_mut().allow_dangling_amp = true;
        Nodes {
            reader,
            part: self.name,
            format: self.format,
            max_nesting: limits.max_nesting,
            depth: 0,
            has_root: false,
            empty: None,
            unknown_entity: None,
        }
    }
}

/// The nodes of a part, in order.
pub(super) struct Nodes<'a> {
    reader: Reader<&'a [u8]>,
    part: &'a str,
    format: Format,
    max_nesting: u64,
    depth: u64,
    has_root: bool,
    /// An element without content, which is to be closed.
    empty: Option<BytesStart<'a>>,
    /// The name of an entity that was left out.
    unknown_entity: Option<String>,
}

/// A node. Each element that opens closes, in order.
pub(super) enum Node<'a> {
    Open(Element<'a>),
    Close(Closed<'a>),
    Text(Cow<'a, str>),
}

/// The start of an element.
pub(super) struct Element<'a>(BytesStart<'a>);

/// The end of an element.
pub(super) enum Closed<'a> {
    Tag(BytesEnd<'a>),
    Empty(BytesStart<'a>),
}

impl Element<'_> {
    /// The name without its prefix.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The value of the attribute with this name without its prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        let mut attributes = self.0.attributes();
        let attribute = attributes.with_checks(false).flatten().find(|attribute| {
            attribute.key.local_name().into_inner() == name
                && attribute.key.prefix().is_none_or(|p| !p.is_xmlns())
        })?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map(Cow::into_owned);
        Some(value.map_or(attribute.value, Cow::Owned))
    }

    /// Whether the attribute has one of these values.
    pub(super) fn is(&self, name: &str, values: &[&str]) -> bool {
        self.attribute(name).is_some_and(|value| values.contains(&value.as_ref()))
    }
}

impl Closed<'_> {
    /// The name without its prefix.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Tag(tag) => tag.local_name().into_inner(),
            Self::Empty(element) => element.local_name().into_inner(),
        }
    }
}

impl<'a> Nodes<'a> {
    /// The next node. `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Node<'a>>, Failure> {
        if let Some(element) = self.empty.take() {
            self.depth -= 1;
            return Ok(Some(Node::Close(Closed::Empty(element))));
        }
        loop {
            match self.reader.read_event() {
                Ok(Event::Start(element)) => {
                    self.open()?;
                    return Ok(Some(Node::Open(Element(element))));
                }
                Ok(Event::Empty(element)) => {
                    self.open()?;
                    self.empty = Some(element.clone());
                    return Ok(Some(Node::Open(Element(element))));
                }
                Ok(Event::End(element)) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Some(Node::Close(Closed::Tag(element))));
                }
                Ok(Event::Text(text)) => return Ok(Some(Node::Text(text.into_inner()))),
                Ok(Event::CData(text)) => return Ok(Some(Node::Text(text.into_inner()))),
                Ok(Event::GeneralRef(reference)) => {
                    if let Some(c) = self.character(&reference) {
                        return Ok(Some(Node::Text(Cow::Owned(c.to_string()))));
                    }
                }
                Ok(Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_)) => {}
                Ok(Event::Eof) => return self.end(),
                Err(error) => return Err(self.damaged(self.reader.error_position(), &error.to_string())),
            }
        }
    }

    /// Goes past the element that was opened last, to behind its end.
    pub(super) fn skip(&mut self) -> Result<(), Failure> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside && self.next()?.is_some() {}
        Ok(())
    }

    /// The text inside the element that was opened last, to behind its end.
    pub(super) fn inner_text(&mut self) -> Result<String, Failure> {
        let outside = self.depth.saturating_sub(1);
        let mut text = String::new();
        while self.depth > outside {
            match self.next()? {
                Some(Node::Text(more)) => text.push_str(&more),
                Some(_) => {}
                None => break,
            }
        }
        Ok(text)
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> u64 {
        self.depth
    }

    /// The name of an entity that was left out, if one was.
    pub(super) fn unknown_entity(&self) -> Option<&str> {
        self.unknown_entity.as_deref()
    }

    fn open(&mut self) -> Result<(), Failure> {
        self.has_root = true;
        self.depth += 1;
        if self.depth > self.max_nesting {
            return Err(Failure::Limit { limit: self.max_nesting, quantity: "levels of nesting".to_owned() });
        }
        Ok(())
    }

    fn end(&mut self) -> Result<Option<Node<'a>>, Failure> {
        let at = self.reader.buffer_position();
        match (self.has_root, self.depth) {
            (false, _) => Err(self.damaged(at, "it has no element")),
            (true, 0) => Ok(None),
            (true, _) => Err(self.damaged(at, "it ends inside an element")),
        }
    }

    fn damaged(&self, at: u64, problem: &str) -> Failure {
        let Self { part, format, .. } = self;
        Failure::Damaged {
            format: *format,
            problem: format!("{part} is not well-formed at byte {at}: {problem}"),
        }
    }

    fn character(&mut self, reference: &BytesRef<'_>) -> Option<char> {
        match reference.as_ref() {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ if reference.is_char_ref() => reference.resolve_char_ref().ok().flatten(),
            name => {
                self.unknown_entity.get_or_insert_with(|| name.chars().take(40).collect());
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
