//! Goes through the tokens of a document with the groups that are open.

mod control;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::super::{Failure, HiddenReason, Limits, WarningKind};
use super::charsets::Fonts;
use super::output::{End, Output, Place};
use super::state::{Colours, State, Target};
use super::tokens::{Token, Tokens};
use super::words;

/// Sizes of a font below it can't be read: 2 points.
const MIN_HALF_POINTS: i32 = 4;

/// Reads a document of RTF.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is on or off by itself")]
pub(super) struct Reader<'a> {
    tokens: Tokens<'a>,
    outer: Vec<State>,
    state: State,
    max_depth: usize,
    encoding: &'static Encoding,
    fonts: Fonts,
    default_font: Option<i32>,
    colours: Colours,
    /// Bytes of text that were not decoded yet, and whether some stand unescaped past ASCII.
    bytes: Vec<u8>,
    has_raw_bytes: bool,
    /// Characters to skip after `\u`.
    skip: u32,
    high_surrogate: Option<u16>,
    /// Whether the cells of the row have a colour behind their text.
    is_row_shaded: bool,
    is_item_marked: bool,
    begins_page: bool,
    is_section_on_page: bool,
    has_changes: bool,
    is_closed: bool,
    pub(super) output: Output,
    /// The number of pages that the document states.
    pub(super) stated_pages: Option<u32>,
    /// Page breaks that it has.
    pub(super) page_breaks: u32,
    pub(super) has_pictures: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(content: &'a [u8], output: Output, limits: &Limits) -> Self {
        Self {
            tokens: Tokens::new(content),
            outer: Vec::new(),
            state: State::default(),
            max_depth: usize::try_from(limits.max_nesting).unwrap_or(usize::MAX),
            encoding: WINDOWS_1252,
            fonts: Fonts::default(),
            default_font: None,
            colours: Colours::default(),
            bytes: Vec::new(),
            has_raw_bytes: false,
            skip: 0,
            high_surrogate: None,
            is_row_shaded: false,
            is_item_marked: false,
            begins_page: false,
            is_section_on_page: false,
            has_changes: false,
            is_closed: false,
            output,
            stated_pages: None,
            page_breaks: 0,
            has_pictures: false,
        }
    }

    /// Reads all of it. Linear.
    pub(super) fn run(&mut self) -> Result<(), Failure> {
        while let Some(token) = self.tokens.next() {
            match token {
                Token::Open => self.open()?,
                Token::Close => self.close()?,
                Token::Byte { byte, is_escaped } => self.byte(byte, is_escaped),
                Token::Symbol(symbol) => self.symbol(symbol)?,
                Token::Word { name, number } => self.word(name, number)?,
            }
        }
        self.flush()?;
        if !self.outer.is_empty() {
            self.output.writer.warn(
                WarningKind::Damaged,
                "The RTF document ends inside a group: its end is probably missing. What is there was read.",
            );
        }
        if self.has_changes {
            self.output.writer.warn(
                WarningKind::TrackedChanges,
                "The document has tracked changes: insertions are part of the text, deletions are not.",
            );
        }
        Ok(())
    }

    fn open(&mut self) -> Result<(), Failure> {
        self.flush()?;
        self.skip = 0;
        if self.outer.len() >= self.max_depth {
            let limit = self.max_depth as u64;
            return Err(Failure::Limit { limit, quantity: "levels of nesting".to_owned() });
        }
        self.outer.push(self.state);
        self.state = self.state.inner();
        Ok(())
    }

    fn close(&mut self) -> Result<(), Failure> {
        self.flush()?;
        self.skip = 0;
        let Some(outer) = self.outer.pop() else {
            self.is_closed = true;
            return Ok(());
        };
        if outer.target != self.state.target {
            self.output.end_target(self.state.target)?;
        }
        // What follows the last group is read as if that were open, which helps where a brace is too many.
        if self.outer.is_empty() {
            self.is_closed = true;
            self.state.target = Target::Main;
        } else {
            self.state = outer;
        }
        Ok(())
    }

    fn byte(&mut self, byte: u8, is_escaped: bool) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        match self.state.target {
            Target::Colours if byte == b';' => self.colours.end(),
            Target::Colours | Target::Fonts | Target::Info | Target::Nowhere => {}
            _ => {
                self.has_raw_bytes |= !is_escaped && !byte.is_ascii();
                self.bytes.push(byte);
            }
        }
    }

    fn symbol(&mut self, symbol: u8) -> Result<(), Failure> {
        if symbol == b'*' {
            self.state.is_extension = true;
            return Ok(());
        }
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(());
        }
        match (symbol, words::symbol(symbol)) {
            (b'\n' | b'\r', _) => {
                self.flush()?;
                self.end(End::Paragraph)
            }
            (_, Some(c)) => self.character(c),
            (_, None) => Ok(()),
        }
    }

    fn character(&mut self, c: char) -> Result<(), Failure> {
        self.flush()?;
        self.emit(c.encode_utf8(&mut [0; 4]))
    }

    /// Decodes the bytes that were gathered.
    fn flush(&mut self) -> Result<(), Failure> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::take(&mut self.bytes);
        let is_utf8 = std::mem::take(&mut self.has_raw_bytes) && std::str::from_utf8(&bytes).is_ok();
        let encoding =
            if is_utf8 { Some(UTF_8) } else { self.fonts.encoding(self.state.font, self.encoding) };
        match encoding {
            Some(encoding) => {
                let text = encoding.decode_without_bom_handling(&bytes).0;
                self.emit(&text)
            }
            // Bytes of a font of pictures are bullets and the like.
            None => Ok(()),
        }
    }

    fn emit(&mut self, text: &str) -> Result<(), Failure> {
        if self.is_closed
            && self.outer.is_empty()
            && !text.chars().all(|c| c.is_whitespace() || c.is_control())
        {
            self.output.writer.warn(
                WarningKind::Damaged,
                "The RTF document has text after its end: a brace is probably too many. The text was read.",
            );
        }
        let state = self.state;
        if !matches!(state.target, Target::Main | Target::Note | Target::TextBox) {
            return self.output.text(state.target, text, Place::default());
        }
        if state.is_deleted {
            return self.output.delete(text);
        }
        if let Some(reason) = self.hides() {
            return if text.trim().is_empty() { Ok(()) } else { self.output.hide(reason, text) };
        }
        if std::mem::take(&mut self.begins_page) && state.target == Target::Main {
            self.page()?;
        }
        let place = Place { is_item: state.is_item || self.is_item_marked, is_in_table: state.is_in_table };
        self.output.text(state.target, text, place)
    }

    fn hides(&self) -> Option<HiddenReason> {
        let state = &self.state;
        let behind = if state.behind_text == 0 { state.behind_paragraph } else { state.behind_text };
        let is_on_shade = behind == 0 && state.is_in_table && self.is_row_shaded;
        if state.is_hidden {
            Some(HiddenReason::Marked)
        } else if (1..MIN_HALF_POINTS).contains(&state.half_points) {
            Some(HiddenReason::Tiny)
        } else if !is_on_shade && self.colours.vanishes(state.colour, behind) {
            Some(HiddenReason::Colour)
        } else {
            None
        }
    }

    fn end(&mut self, what: End) -> Result<(), Failure> {
        if self.state.target == Target::Nowhere {
            return Ok(());
        }
        if what == End::Paragraph {
            self.is_item_marked = false;
        }
        self.output.end(self.state.target, what)
    }

    /// Begins a page. It ends a word, but no paragraph.
    fn page(&mut self) -> Result<(), Failure> {
        self.page_breaks += 1;
        self.output.begin_page()
    }

    fn word(&mut self, name: &'a [u8], number: Option<i32>) -> Result<(), Failure> {
        if name == b"bin" {
            self.tokens.pass_over(usize::try_from(number.unwrap_or(0)).unwrap_or(0));
            return Ok(());
        }
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(());
        }
        self.flush()?;
        if name == b"u" {
            return self.unicode(number.unwrap_or(0));
        }
        if name == b"bullet" && self.state.target == Target::Main && self.output.is_at_beginning() {
            // The mark of an item, which is no text.
            self.is_item_marked = true;
            return Ok(());
        }
        if let Some(c) = words::character(name) {
            return self.character(c);
        }
        if std::mem::take(&mut self.state.is_extension) && !words::is_known_extension(name) {
            self.state.target = Target::Nowhere;
            self.note_skipped(name);
            return Ok(());
        }
        if words::is_skipped(name) {
            self.state.target = Target::Nowhere;
            self.note_skipped(name);
            return Ok(());
        }
        if self.breaks(name)? || self.destination(name)? || self.is_property(name, number) {
            return Ok(());
        }
        self.about_document(name, number);
        Ok(())
    }

    fn note_skipped(&mut self, name: &[u8]) {
        self.has_pictures |= name == b"pict" || name == b"shppict";
        self.is_item_marked |= name == b"listtext" || name == b"pntext";
    }

    fn unicode(&mut self, number: i32) -> Result<(), Failure> {
        self.skip = self.state.fallback_characters;
        // Numbers past 32767 are written as negative ones.
        let Ok(unit) = u16::try_from(number.rem_euclid(65536)) else { return Ok(()) };
        let high = self.high_surrogate.take();
        if (0xD800..0xDC00).contains(&unit) {
            self.high_surrogate = Some(unit);
            return Ok(());
        }
        let units = high.into_iter().chain([unit]);
        let mut text = String::new();
        text.extend(char::decode_utf16(units).filter_map(Result::ok).filter(|c| !is_symbol_font(*c)));
        let skip = self.skip;
        let emitted = self.emit(&text);
        self.skip = skip;
        emitted
    }
}

/// Characters of fonts of pictures stand in a private range.
fn is_symbol_font(c: char) -> bool {
    ('\u{F020}'..='\u{F0FF}').contains(&c)
}
