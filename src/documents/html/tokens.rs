//! HTML to tags and text, by the rules of the HTML Standard for tokens.
//!
//! The tokenizer of html5ever compares each attribute of a tag with all before it, and its tree builder walks all open elements
//! for each tag: both are quadratic on hostile input. This one borrows from the text and looks at each byte a fixed number
//! of times. The table of named characters is html5ever's.

use memchr::{memchr, memmem};

/// A piece of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Text with character references.
    Text(&'a str),
    /// Text as it stands: a CDATA section.
    Literal(&'a str),
    /// A start tag.
    Start(Tag<'a>),
    /// An end tag: its name.
    End(&'a str),
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The name as written.
    pub(super) name: &'a str,
    /// What follows the name.
    attributes: &'a str,
    /// Whether it ends in `/>`.
    pub(super) closes_itself: bool,
}

impl<'a> Tag<'a> {
    /// The attributes in order, with values as written.
    pub(super) fn attributes(&self) -> Attributes<'a> {
        Attributes { rest: self.attributes }
    }
}

/// An attribute of a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attribute<'a> {
    /// The name as written.
    pub(super) name: &'a str,
    /// The value, with character references.
    pub(super) value: &'a str,
}

/// Iterates over the attributes of a tag.
#[derive(Debug, Clone)]
pub(super) struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Attribute<'a>> {
        let rest = self.rest.trim_start_matches(|c: char| is_space(c) || c == '/');
        if rest.is_empty() {
            return None;
        }
        // A name may begin with `=`.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let ends = |c: char| is_space(c) || matches!(c, '/' | '=' | '>');
        let name_end = rest.get(first..)?.find(ends).map_or(rest.len(), |at| at + first);
        let (name, rest) = rest.split_at(name_end);
        let Some(value) = rest.trim_start_matches(is_space).strip_prefix('=') else {
            self.rest = rest;
            return Some(Attribute { name, value: "" });
        };
        let value = value.trim_start_matches(is_space);
        let (value, rest) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let value = value.get(1..).unwrap_or_default();
                value.split_once(quote).unwrap_or((value, ""))
            }
            _ => value.split_at(value.find(is_space).unwrap_or(value.len())),
        };
        self.rest = rest;
        Some(Attribute { name, value })
    }
}

/// Iterates over the pieces of a document.
#[derive(Debug)]
pub(super) struct Tokens<'a> {
    rest: &'a str,
    is_xml: bool,
    /// Whether a declaration of XML was skipped.
    has_declaration: bool,
}

impl<'a> Tokens<'a> {
    /// The tokens of `text`. In XML, CDATA sections are text.
    pub(super) fn new(text: &'a str, is_xml: bool) -> Self {
        Self { rest: text, is_xml, has_declaration: false }
    }

    /// Takes everything before the end tag of `name`: the content of `script` and the like, which has no tags.
    pub(super) fn raw(&mut self, name: &str) -> &'a str {
        let mut from = 0;
        while let Some(at) = self.rest.get(from..).and_then(|rest| memmem::find(rest.as_bytes(), b"</")) {
            let start = from + at;
            let after = self.rest.get(start + 2..).unwrap_or_default();
            let is_name = after.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
            let next = after.as_bytes().get(name.len());
            if is_name && next.is_none_or(|byte| is_space(char::from(*byte)) || matches!(byte, b'/' | b'>')) {
                let (raw, rest) = self.rest.split_at(start);
                self.rest = rest;
                return raw;
            }
            from = start + 2;
        }
        std::mem::take(&mut self.rest)
    }

    /// Takes what is left.
    pub(super) fn take_rest(&mut self) -> &'a str {
        std::mem::take(&mut self.rest)
    }

    /// Takes what begins at `<`; `None` if it is no token, such as a comment.
    fn markup(&mut self, next: u8) -> Option<Token<'a>> {
        match next {
            b'!' if self.rest.starts_with("<!--") => self.comment(),
            b'!' if self.is_xml && self.rest.starts_with("<![CDATA[") => {
                let section = self.rest.get(9..).unwrap_or_default();
                let (section, rest) = section.split_once("]]>").unwrap_or((section, ""));
                self.rest = rest;
                return Some(Token::Literal(section));
            }
            b'!' if self.is_xml => self.declaration(),
            b'/' if self.rest.as_bytes().get(2).is_some_and(u8::is_ascii_alphabetic) => {
                let name_start = self.rest.get(2..).unwrap_or_default();
                let (name, _) = split_name(name_start);
                self.tag(2 + name.len());
                return Some(Token::End(name));
            }
            b'!' | b'?' | b'/' => {
                let end = memchr(b'>', self.rest.as_bytes()).map_or(self.rest.len(), |at| at + 1);
                self.advance(end);
            }
            _ => {
                let (name, _) = split_name(self.rest.get(1..).unwrap_or_default());
                return self.tag(1 + name.len()).map(|attributes| {
                    let closes_itself = attributes.ends_with('/');
                    Token::Start(Tag { name, attributes, closes_itself })
                });
            }
        }
        None
    }

    /// Skips a comment.
    fn comment(&mut self) {
        let body = self.rest.get(4..).unwrap_or_default();
        if let Some(rest) = body.strip_prefix('>').or_else(|| body.strip_prefix("->")) {
            self.rest = rest;
            return;
        }
        let mut from = 0;
        while let Some(at) = body.get(from..).and_then(|rest| memmem::find(rest.as_bytes(), b"--")) {
            let after = body.get(from + at + 2..).unwrap_or_default();
            if let Some(rest) = after.strip_prefix('>').or_else(|| after.strip_prefix("!>")) {
                self.rest = rest;
                return;
            }
            from += at + 1;
        }
        self.rest = "";
    }

    /// Skips a declaration of XML, which may have an internal subset in brackets.
    fn declaration(&mut self) {
        let bytes = self.rest.as_bytes();
        let end = memchr(b'>', bytes).unwrap_or(bytes.len());
        // Only the first may have a subset, so that what follows is searched once.
        let is_first = !std::mem::replace(&mut self.has_declaration, true);
        let bracket = bytes.get(..end).and_then(|head| memchr(b'[', head)).filter(|_| is_first);
        let from = bracket.and_then(|_| memchr(b']', bytes)).unwrap_or(0);
        let end =
            bytes.get(from..).and_then(|rest| memchr(b'>', rest)).map_or(bytes.len(), |at| from + at + 1);
        self.advance(end);
    }

    /// Takes a tag whose attributes begin at `from`, and returns them; `None` if the tag has no end, and nothing follows.
    fn tag(&mut self, from: usize) -> Option<&'a str> {
        let inside = self.rest.get(from..).unwrap_or_default();
        let Some(end) = tag_end(inside.as_bytes()) else {
            self.rest = "";
            return None;
        };
        self.rest = inside.get(end + 1..).unwrap_or_default();
        inside.get(..end)
    }

    fn advance(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while !self.rest.is_empty() {
            match markup_at(self.rest) {
                Some((0, next)) => {
                    if let Some(token) = self.markup(next) {
                        return Some(token);
                    }
                }
                Some((at, _)) => {
                    let (text, rest) = self.rest.split_at(at);
                    self.rest = rest;
                    return Some(Token::Text(text));
                }
                None => return Some(Token::Text(std::mem::take(&mut self.rest))),
            }
        }
        None
    }
}

/// Where the next markup begins, and the byte after its `<`.
fn markup_at(text: &str) -> Option<(usize, u8)> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'<', bytes).find_map(|at| {
        let next = *bytes.get(at + 1)?;
        let begins = next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?');
        begins.then_some((at, next))
    })
}

fn split_name(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c| is_space(c) || matches!(c, '/' | '>')).unwrap_or(text.len()))
}

/// Where a tag ends: its first `>` outside a quoted value.
fn tag_end(bytes: &[u8]) -> Option<usize> {
    // Quotes count only at the beginning of a value, after `=`.
    let mut is_value = false;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return Some(at),
            b'"' | b'\'' if is_value => {
                at += 1 + memchr(*byte, bytes.get(at + 1..)?)?;
                is_value = false;
            }
            b'=' => is_value = true,
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0C' => {}
            _ => is_value = false,
        }
        at += 1;
    }
    None
}

/// Whether HTML counts a character as white space.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0C')
}
