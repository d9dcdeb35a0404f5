//! What control words change.

use encoding_rs::MACINTOSH;

use super::super::super::Failure;
use super::super::charsets::{self, Charset};
use super::super::output::End;
use super::super::state::Target;
use super::Reader;

impl Reader<'_> {
    /// Control words that end or begin something in the text.
    pub(super) fn breaks(&mut self, name: &[u8]) -> Result<bool, Failure> {
        match name {
            b"par" | b"column" => self.end(End::Paragraph)?,
            b"line" | b"lbr" => self.end(End::Line)?,
            b"cell" | b"nestcell" => self.end(End::Cell)?,
            b"row" | b"nestrow" => self.end(End::Row)?,
            b"page" if self.state.target == Target::Main => self.page()?,
            b"pagebb" if self.state.target == Target::Main => self.begins_page = true,
            b"sect" => {
                self.end(End::Paragraph)?;
                if self.state.target == Target::Main && !self.is_section_on_page {
                    self.page()?;
                }
            }
            b"sectd" => self.is_section_on_page = false,
            b"sbknone" | b"sbkcol" => self.is_section_on_page = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Control words that say where the text of a group goes.
    pub(super) fn destination(&mut self, name: &[u8]) -> Result<bool, Failure> {
        let target = match name {
            b"fonttbl" => Target::Fonts,
            b"colortbl" => Target::Colours,
            b"info" => Target::Info,
            b"title" if self.state.target == Target::Info => Target::Title,
            b"author" if self.state.target == Target::Info => Target::Author,
            b"header" | b"headerl" | b"headerr" | b"headerf" | b"footer" | b"footerl" | b"footerr"
            | b"footerf" => Target::RunningHead,
            b"annotation" => Target::Comment,
            b"footnote" if matches!(self.state.target, Target::Main | Target::TextBox) => {
                self.output.begin_note()?;
                self.state.reset_paragraph();
                Target::Note
            }
            b"shptxt" if self.state.target == Target::Main => {
                self.output.begin_box();
                Target::TextBox
            }
            b"ud" => self.state.unicode_target.unwrap_or(self.state.target),
            _ => return Ok(false),
        };
        if self.state.target != Target::Nowhere || name == b"ud" {
            self.state.target = target;
        }
        Ok(true)
    }

    /// Control words that change what applies to text.
    pub(super) fn is_property(&mut self, name: &[u8], number: Option<i32>) -> bool {
        let is_on = number != Some(0);
        let value = number.unwrap_or(0);
        let state = &mut self.state;
        match name {
            b"uc" => state.fallback_characters = u32::try_from(number.unwrap_or(1)).unwrap_or(0).min(64),
            b"upr" => state.has_two_forms = true,
            b"v" => state.is_hidden = is_on,
            b"deleted" => {
                state.is_deleted = is_on;
                self.has_changes |= is_on;
            }
            b"revised" => self.has_changes |= is_on,
            b"plain" => state.reset_characters(self.default_font),
            b"pard" => state.reset_paragraph(),
            b"intbl" => state.is_in_table = true,
            b"ls" => state.is_item = value > 0,
            b"cf" => state.colour = value,
            b"cb" | b"chcbpat" | b"highlight" => state.behind_text = value,
            b"cbpat" => state.behind_paragraph = value,
            b"trowd" => self.is_row_shaded = false,
            b"clcbpat" => self.is_row_shaded |= self.colours.shades(value),
            b"fs" => state.half_points = number.unwrap_or(24),
            b"f" if state.target == Target::Fonts => self.fonts.current = value,
            b"f" => state.font = number,
            _ => return false,
        }
        true
    }

    /// Control words that say something of the document, its fonts and colours.
    pub(super) fn about_document(&mut self, name: &[u8], number: Option<i32>) {
        let value = number.unwrap_or(0);
        let channel = u8::try_from(value.clamp(0, 255)).unwrap_or(0);
        match name {
            b"ansicpg" => self.encoding = charsets::code_page(value).unwrap_or(self.encoding),
            b"mac" => self.encoding = MACINTOSH,
            b"deff" => {
                self.default_font = number;
                self.state.font = number;
            }
            b"fcharset" => self.fonts.describe(charsets::of_font(value)),
            b"cpg" if self.state.target == Target::Fonts => {
                let encoding = charsets::code_page(value).map_or(Charset::Default, Charset::Encoding);
                self.fonts.describe(encoding);
            }
            b"red" => self.colours.current.red = channel,
            b"green" => self.colours.current.green = channel,
            b"blue" => self.colours.current.blue = channel,
            b"nofpages" => self.stated_pages = u32::try_from(value).ok(),
            _ => {}
        }
    }
}
