//! Goes through the tags of a document with the elements that are open.

mod opening;

use std::borrow::Cow;

use super::super::{Failure, HiddenReason, Limits, WarningKind};
use super::attributes::Attributes;
use super::elements::{self, Content, Display, display};
use super::flow::Flow;
use super::references::{Place, decode};
use super::sheet::{Named, Sheet};
use super::style::Style;
use super::tokens::{Tag, Token, Tokens};

/// How much work style sheets may make: rules that are looked at, times elements that are open.
const MAX_SHEET_STEPS: usize = 100_000_000;

/// An element that is open.
#[derive(Debug, Clone, Copy)]
struct Element<'a> {
    named: Named<'a>,
    display: Display,
    context: Context,
    /// Texts written when it began.
    written: u64,
    /// Whether an end tag ended its formatting, while blocks inside it are open.
    is_ended: bool,
}

/// What applies to what is inside an element.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is on or off by itself")]
struct Context {
    style: Style,
    is_skipped: bool,
    is_deleted: bool,
    /// Whether it is inside SVG or `MathML`, where tags may close themselves.
    is_foreign: bool,
    /// Lists, in which further lists begin on a line.
    is_item: bool,
    quotations: u8,
}

/// Reads a document of HTML.
#[derive(Debug)]
pub(super) struct Reader<'a, 'w> {
    tokens: Tokens<'a>,
    is_xml: bool,
    open: Vec<Element<'a>>,
    /// Elements inside the deepest one that is kept, and at which of them hiding began.
    too_deep: u64,
    hidden_too_deep: Option<u64>,
    max_open: usize,
    open_paragraphs: usize,
    sheet: Sheet,
    sheet_steps: usize,
    body: Style,
    flow: Flow<'w>,
    pub(super) title: Option<String>,
    pub(super) author: String,
}

impl<'a, 'w> Reader<'a, 'w> {
    pub(super) fn new(text: &'a str, is_xml: bool, flow: Flow<'w>, limits: &Limits) -> Self {
        Self {
            tokens: Tokens::new(text, is_xml),
            is_xml,
            open: Vec::new(),
            too_deep: 0,
            hidden_too_deep: None,
            max_open: usize::try_from(limits.max_nesting).unwrap_or(usize::MAX),
            open_paragraphs: 0,
            sheet: Sheet::default(),
            sheet_steps: MAX_SHEET_STEPS,
            body: Style::default(),
            flow,
            title: None,
            author: String::new(),
        }
    }

    /// Reads all of it.
    pub(super) fn run(&mut self) -> Result<(), Failure> {
        while let Some(token) = self.tokens.next() {
            match token {
                Token::Text(text) => self.text(&decode(text, Place::Text))?,
                Token::Literal(text) => self.text(text)?,
                Token::Start(tag) => self.start(&tag)?,
                Token::End(name) => self.end(local(name, self.is_xml))?,
            }
        }
        self.close_to(0)
    }

    /// The text of the first heading.
    pub(super) fn heading(&mut self) -> String {
        std::mem::take(&mut self.flow.heading)
    }

    fn context(&self) -> Context {
        let inherited = Context { style: self.body, ..Context::default() };
        self.open.last().map_or(inherited, |element| element.context)
    }

    fn text(&mut self, text: &str) -> Result<(), Failure> {
        let is_blank = text.chars().all(char::is_whitespace);
        if !is_blank
            && self.open.last().is_some_and(|element| element.named.name.eq_ignore_ascii_case("head"))
        {
            let head = self.open.len() - 1;
            self.close_to(head)?;
        }
        let context = self.context();
        if context.is_skipped {
            return Ok(());
        }
        if context.is_deleted {
            self.flow.delete(text);
            return Ok(());
        }
        let reason = context.style.hides();
        match reason.or(self.hidden_too_deep.map(|_| HiddenReason::Marked)) {
            Some(reason) => self.flow.hide(reason, text),
            None => self.flow.text(text, context.style.keeps_space),
        }
    }

    fn start(&mut self, tag: &Tag<'a>) -> Result<(), Failure> {
        let written_name = local(tag.name, self.is_xml);
        let name = written_name.to_ascii_lowercase();
        let attributes = Attributes::of(tag);
        self.make_room(&name)?;
        let context = self.context();
        let closes = tag.closes_itself && (self.is_xml || context.is_foreign);
        for id in [attributes.id, attributes.name] {
            if !id.is_empty() && !context.is_skipped {
                self.flow.notes.begin(id);
            }
        }
        match (elements::content(&name), name.as_str()) {
            (_, "br") if !context.is_skipped && !context.is_deleted => {
                return self.flow.line_break(context.style.keeps_space);
            }
            (_, "hr") => {
                self.flow.open(Display::Paragraph)?;
                return self.flow.close(Display::Paragraph, self.flow.written());
            }
            (_, "meta") => self.meta(&attributes),
            (Content::Raw, "style") if !closes => {
                let css = self.tokens.raw(&name);
                let media = attributes.media.to_ascii_lowercase();
                if !media.contains("print") || media.contains("screen") {
                    self.sheet.add(&css.replace("<![CDATA[", ""));
                }
            }
            (Content::Raw, _) if !closes => drop(self.tokens.raw(&name)),
            (Content::RawText, "title") if !closes => {
                let title = self.tokens.raw(&name);
                if self.title.is_none() && !context.is_foreign {
                    self.title = Some(decode(title, Place::Text).into_owned());
                }
            }
            (Content::RawText, _) if !closes => {
                let text = self.tokens.raw(&name);
                self.push(written_name, &name, &attributes)?;
                self.text(&decode(text, Place::Text))?;
            }
            (Content::Plain, _) if !self.is_xml => {
                self.push(written_name, &name, &attributes)?;
                let text = self.tokens.take_rest();
                self.text(text)?;
            }
            (Content::Void | Content::Raw, _) => {}
            _ if closes => {
                self.flow.open(display(&name))?;
                self.flow.close(display(&name), self.flow.written())?;
            }
            _ => self.push(written_name, &name, &attributes)?,
        }
        Ok(())
    }

    /// Ends what the start of `name` ends without an end tag.
    fn make_room(&mut self, name: &str) -> Result<(), Failure> {
        if self.is_xml {
            return Ok(());
        }
        let is_of_head = matches!(
            name,
            "title"
                | "meta"
                | "link"
                | "base"
                | "script"
                | "style"
                | "noscript"
                | "template"
                | "head"
                | "basefont"
        );
        let in_head = self.open.last().is_some_and(|element| element.named.name.eq_ignore_ascii_case("head"));
        if in_head && !is_of_head {
            let head = self.open.len() - 1;
            self.close_to(head)?;
        }
        if self.open_paragraphs > 0 && elements::ends_paragraph(name) {
            let paragraph = self.innermost(|open| open.eq_ignore_ascii_case("p"), elements::is_boundary);
            if let Some(at) = paragraph {
                self.close_to(at)?;
            }
        }
        if let Some(implied) = elements::implied_ends(name) {
            let is_in = |names: &[&str], open: &str| names.iter().any(|one| one.eq_ignore_ascii_case(open));
            let ended = self.innermost(|open| is_in(implied.ended, open), |open| is_in(implied.inside, open));
            match ended {
                Some(at) if name == "a" => self.end_formatting(at)?,
                Some(at) => self.close_to(at)?,
                None => {}
            }
        }
        Ok(())
    }

    /// The innermost open element that is wanted, unless one that bounds comes first.
    fn innermost(&self, wanted: impl Fn(&str) -> bool, bounds: impl Fn(&str) -> bool) -> Option<usize> {
        for (at, element) in self.open.iter().enumerate().rev() {
            if !element.is_ended && wanted(element.named.name) {
                return Some(at);
            }
            if bounds(element.named.name) {
                return None;
            }
        }
        None
    }

    fn end(&mut self, name: &'a str) -> Result<(), Failure> {
        if name.eq_ignore_ascii_case("br") {
            return self.flow.line_break(self.context().style.keeps_space);
        }
        if self.too_deep > 0 {
            let lower = name.to_ascii_lowercase();
            self.flow.close(display(&lower), self.flow.written())?;
            if self.hidden_too_deep == Some(self.too_deep) {
                self.hidden_too_deep = None;
            }
            self.too_deep -= 1;
            return Ok(());
        }
        let is_same = |open: &str| open.eq_ignore_ascii_case(name);
        if elements::is_formatting(&name.to_ascii_lowercase()) && !self.is_xml {
            return match self.innermost(is_same, elements::is_boundary) {
                Some(at) => self.end_formatting(at),
                None => Ok(()),
            };
        }
        let crosses = |open: &str| !self.is_xml && elements::is_boundary(open);
        let is_of_table = ["table", "tr", "tbody", "thead", "tfoot"].iter().any(|one| is_same(one));
        let is_table = |open: &str| open.eq_ignore_ascii_case("table");
        let bounds = |open: &str| if is_of_table { is_table(open) } else { crosses(open) };
        match self.innermost(is_same, bounds) {
            // What follows the body belongs to it.
            Some(_) if is_same("body") || is_same("html") => Ok(()),
            Some(at) => self.close_to(at),
            None if is_same("p") => self.flow.open(Display::Paragraph),
            None => Ok(()),
        }
    }

    /// Ends the formatting of an element; blocks that began inside it go on without it.
    fn end_formatting(&mut self, at: usize) -> Result<(), Failure> {
        let inner = self.open.get(at + 1..).unwrap_or_default();
        if inner.iter().all(|element| element.display == Display::Inline) {
            return self.close_to(at);
        }
        let before =
            at.checked_sub(1).and_then(|before| self.open.get(before)).map(|element| element.context);
        let outer = before.unwrap_or(Context { style: self.body, ..Context::default() });
        let ended = self.open.get(at).map(|element| element.context);
        self.flow.end_candidate(at)?;
        for element in self.open.get_mut(at..).unwrap_or_default() {
            // What the ended element alone changed is taken back.
            if ended.is_some_and(|ended| ended.style == element.context.style) {
                element.context.style = outer.style;
            }
        }
        if let Some(element) = self.open.get_mut(at) {
            element.is_ended = true;
        }
        Ok(())
    }

    /// Closes all elements from the one at `at` on.
    fn close_to(&mut self, at: usize) -> Result<(), Failure> {
        self.too_deep = 0;
        self.hidden_too_deep = None;
        while self.open.len() > at {
            let Some(element) = self.open.pop() else { break };
            let outer = self.context();
            self.flow.end_candidate(self.open.len())?;
            if element.named.name.eq_ignore_ascii_case("q") && !element.context.is_skipped {
                let mark = if outer.quotations.is_multiple_of(2) { "”" } else { "’" };
                self.text(mark)?;
            }
            self.open_paragraphs -=
                usize::from(element.named.name.eq_ignore_ascii_case("p")).min(self.open_paragraphs);
            if element.context.is_deleted && !outer.is_deleted {
                self.flow.end_deletion()?;
                let message = "The document marks deletions; what was deleted is not part of the text.";
                self.flow.writer().warn(WarningKind::TrackedChanges, message);
            }
            if element.display == Display::Paragraph {
                self.flow.is_heading = false;
            }
            if !element.context.is_skipped {
                self.flow.close(element.display, element.written)?;
            }
        }
        Ok(())
    }

    fn meta(&mut self, attributes: &Attributes<'_>) {
        let name = if attributes.name.is_empty() { attributes.property } else { attributes.name };
        let names = ["author", "dc.creator", "dcterms.creator", "citation_author", "article:author"];
        if self.author.is_empty() && names.iter().any(|one| one.eq_ignore_ascii_case(name)) {
            let author: Cow<'_, str> = decode(attributes.content, Place::Value);
            self.author = author.into_owned();
        }
    }
}

/// The name of an element without a prefix of XML.
fn local(name: &str, is_xml: bool) -> &str {
    if is_xml { name.rsplit(':').next().unwrap_or(name) } else { name }
}
