//! Whether a text is HTML, or another language of tags.

use encoding_rs::{UTF_16BE, UTF_16LE};
use memchr::memmem;

/// How much of a document is looked at, in bytes.
const MAX_HEAD_BYTES: usize = 256 << 10;

/// A language of tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// HTML or XHTML.
    Html,
    /// An `OpenDocument` text in one XML file.
    Odt,
    /// Another, which is not read.
    Other(&'static str),
}

/// The kind of a document of tags; `None` if it is other text. Essays about HTML and Markdown with some tags are other text.
pub(super) fn kind(content: &[u8]) -> Option<Kind> {
    let head = head(content);
    let start = head.trim_start_matches(['\u{FEFF}', ' ', '\t', '\n', '\r', '\x0C']);
    if is_mail(start) {
        return Some(Kind::Other("a saved web page (.mhtml) or a mail (.eml)"));
    }
    let (body, is_xml) = after_prolog(start);
    let lower: String = body.chars().take(64).collect::<String>().to_ascii_lowercase();
    if is_xml
        && lower.starts_with("<office:document")
        && body.contains("application/vnd.oasis.opendocument.text\"")
    {
        return Some(Kind::Odt);
    }
    if is_xml && let Some(other) = other_xml(start, &lower) {
        return Some(Kind::Other(other));
    }
    if lower.starts_with("<svg") {
        return Some(Kind::Other("an SVG image"));
    }
    if lower.starts_with("<!doctype html") || is_xml && has_tag(&lower, "html") {
        return Some(Kind::Html);
    }
    if !lower.starts_with('<') {
        return None;
    }
    let has = |tag: &str| find_ignoring_case(body, tag);
    let is_page = ["html", "head", "body"].iter().any(|tag| has_tag(&lower, tag));
    if is_page
        && (has("</html") || has("</body") || has("</head") || has("<body") || has("<title") || has("<p"))
    {
        return Some(Kind::Html);
    }
    Tags::of(body).is_fragment().then_some(Kind::Html)
}

/// The beginning of a document as text. Only ASCII matters.
fn head(content: &[u8]) -> String {
    let head = content.get(..MAX_HEAD_BYTES).unwrap_or(content);
    let second_is_zero = head.get(1) == Some(&0) && head.first() == Some(&b'<');
    let first_is_zero = head.first() == Some(&0) && head.get(1) == Some(&b'<');
    if head.starts_with(&[0xFF, 0xFE]) || second_is_zero {
        return UTF_16LE.decode(head).0.into_owned();
    }
    if head.starts_with(&[0xFE, 0xFF]) || first_is_zero {
        return UTF_16BE.decode(head).0.into_owned();
    }
    String::from_utf8_lossy(head).into_owned()
}

/// What follows comments and instructions, and whether there is a declaration of XML.
fn after_prolog(start: &str) -> (&str, bool) {
    let mut rest = start;
    let mut is_xml = false;
    loop {
        let after = if rest.starts_with("<!--") {
            rest.split_once("-->").map(|(_, after)| after)
        } else if rest.starts_with("<?") {
            is_xml |= rest.starts_with("<?xml");
            rest.split_once('>').map(|(_, after)| after)
        } else {
            None
        };
        match after {
            Some(after) => rest = after.trim_start(),
            None => return (rest, is_xml),
        }
    }
}

fn other_xml(start: &str, lower: &str) -> Option<&'static str> {
    let prolog = start.get(..start.find("<w:").unwrap_or(0).min(512)).unwrap_or_default();
    if prolog.contains("Word.Document")
        || lower.starts_with("<w:worddocument")
        || lower.starts_with("<pkg:package")
    {
        return Some("a Word document in one XML file; save it as .docx");
    }
    let kinds = [
        ("<office:document", "an OpenDocument file in one XML file that is no text"),
        ("<fictionbook", "a FictionBook e-book (.fb2)"),
        ("<svg", "an SVG image"),
        ("<!doctype svg", "an SVG image"),
    ];
    kinds.into_iter().find(|(tag, _)| lower.starts_with(tag)).map(|(_, kind)| kind)
}

/// Whether a text begins like a mail: header lines, one of which names MIME.
fn is_mail(start: &str) -> bool {
    let mut lines = start.lines().take(60).take_while(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let is_header = first.split_once(':').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    });
    let names_mime =
        |line: &str| line.get(..13).is_some_and(|head| head.eq_ignore_ascii_case("mime-version:"));
    is_header && (names_mime(first) || lines.any(names_mime))
}

fn has_tag(lower: &str, name: &str) -> bool {
    let rest = lower.strip_prefix('<').and_then(|rest| rest.strip_prefix(name));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/')))
}

fn find_ignoring_case(text: &str, wanted: &str) -> bool {
    memmem::find(text.as_bytes(), wanted.as_bytes()).is_some()
        || memmem::find(text.as_bytes(), wanted.to_ascii_uppercase().as_bytes()).is_some()
}

/// Elements that a piece of HTML is made of.
const ELEMENTS: [&str; 36] = [
    "p",
    "div",
    "span",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "table",
    "tbody",
    "tr",
    "td",
    "th",
    "a",
    "b",
    "i",
    "u",
    "em",
    "strong",
    "blockquote",
    "pre",
    "section",
    "article",
    "main",
    "header",
    "font",
    "center",
    "dl",
    "title",
    "style",
    "figure",
    "link",
];

/// How a text that begins with a tag is made of tags.
#[derive(Debug, Clone, Copy, Default)]
struct Tags {
    starts: usize,
    ends: usize,
    /// Characters inside elements, and outside all.
    inside: usize,
    outside: usize,
}

impl Tags {
    fn of(body: &str) -> Self {
        let mut found = Self::default();
        let mut depth = 0_usize;
        let mut pieces = body.split('<');
        // What stands before the first tag.
        found.outside += pieces.next().map_or(0, count);
        for piece in pieces {
            let is_end = piece.starts_with('/');
            let named = piece.trim_start_matches('/');
            let name_end = named.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(named.len());
            let name = named.get(..name_end).unwrap_or_default().to_ascii_lowercase();
            let (tag, text) = named.split_once('>').unwrap_or((named, ""));
            if !ELEMENTS.contains(&name.as_str()) {
                // `br`, `img`, or no tag at all.
                let is_void = matches!(name.as_str(), "br" | "img" | "hr" | "input" | "meta");
                let text = if is_void { text } else { piece };
                *(if depth > 0 { &mut found.inside } else { &mut found.outside }) += count(text);
                continue;
            }
            if is_end {
                found.ends += 1;
                depth = depth.saturating_sub(1);
            } else if !tag.ends_with('/') {
                found.starts += 1;
                depth += 1;
            }
            *(if depth > 0 { &mut found.inside } else { &mut found.outside }) += count(text);
        }
        found
    }

    /// Whether nearly all text is inside elements that end, as in a piece of a page.
    fn is_fragment(self) -> bool {
        let are_closed = self.ends > 0 && self.ends * 2 >= self.starts;
        are_closed && self.outside * 5 <= self.inside + self.outside && self.inside > 0
    }
}

fn count(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}
