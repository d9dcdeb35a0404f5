//! Untrusted text as HTML, with every character that cannot be seen, or that changes the order of others, as a glyph.
//!
//! A joiner or a variation selector is kept where a script or an emoji needs it, since words would be spelled wrongly
//! without. Controls of writing direction are never kept: they could move text out of its mark.

use std::fmt::Write as _;
use std::ops::Range;

use maud::Render;

/// A part of a text as HTML: escaped, with glyphs in `<b class="h">`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Visible<'a> {
    text: &'a str,
    start: usize,
    end: usize,
}

impl<'a> Visible<'a> {
    /// A whole text.
    pub(super) fn all(text: &'a str) -> Self {
        Self { text, start: 0, end: text.len() }
    }

    /// A range of a text, whose neighbours decide whether a joiner is needed.
    pub(super) fn part(text: &'a str, range: &Range<usize>) -> Self {
        Self { text, start: range.start, end: range.end }
    }
}

impl Render for Visible<'_> {
    fn render_to(&self, buffer: &mut String) {
        each(self.text, self.start..self.end, |piece| match piece {
            Piece::Text(text) => escape(text, buffer),
            Piece::Glyph(glyph) => {
                buffer.push_str("<b class=\"h\">");
                buffer.push_str(&glyph);
                buffer.push_str("</b>");
            }
        });
    }
}

/// A text for attributes and titles: glyphs in brackets, line breaks as spaces. It still has to be escaped.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    each(text, 0..text.len(), |piece| match piece {
        Piece::Text(text) => plain.extend(text.chars().map(|c| if c.is_whitespace() { ' ' } else { c })),
        Piece::Glyph(glyph) => {
            let _ = write!(plain, "[{glyph}]");
        }
    });
    plain
}

/// A piece of a text.
enum Piece<'a> {
    /// Characters that can be shown as they are.
    Text(&'a str),
    /// The name of a character that cannot.
    Glyph(String),
}

/// Calls `piece` for each piece of a range of `text`.
fn each<'a>(text: &'a str, range: Range<usize>, mut piece: impl FnMut(Piece<'a>)) {
    let Some(inside) = text.get(range.clone()) else { return };
    let mut before = text.get(..range.start).and_then(|head| head.chars().next_back());
    let mut shown = range.start;
    for (at, c) in inside.char_indices() {
        let (at, end) = (range.start + at, range.start + at + c.len_utf8());
        // ASCII letters, the bulk of most texts, need no look at their neighbours.
        if !matches!(c, ' '..='~' | '\n' | '\t') {
            let after = || text.get(end..).and_then(|rest| rest.chars().next());
            if let Some(glyph) = glyph(c, before, after) {
                text.get(shown..at)
                    .filter(|text| !text.is_empty())
                    .into_iter()
                    .for_each(|text| piece(Piece::Text(text)));
                if !glyph.is_empty() {
                    piece(Piece::Glyph(glyph));
                }
                shown = end;
            }
        }
        before = Some(c);
    }
    text.get(shown..range.end)
        .filter(|text| !text.is_empty())
        .into_iter()
        .for_each(|text| piece(Piece::Text(text)));
}

/// The name to show in place of `c`; `None` if it is shown as it is. The return before a line feed has an empty one, since
/// an HTML parser drops it.
fn glyph(c: char, before: Option<char>, after: impl Fn() -> Option<char>) -> Option<String> {
    let name = match c {
        '\r' if after() == Some('\n') => "",
        '\0'..='\u{1F}' => {
            const NAMES: [&str; 32] = [
                "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR",
                "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB",
                "ESC", "FS", "GS", "RS", "US",
            ];
            NAMES.get(c as usize).copied().unwrap_or_default()
        }
        '\u{7F}' => "DEL",
        '\u{85}' => "NEL",
        '\u{AD}' => "SHY",
        '\u{200B}' => "ZWSP",
        '\u{200C}' | '\u{200D}' if is_joiner_needed(before, after()) => return None,
        '\u{200C}' => "ZWNJ",
        '\u{200D}' => "ZWJ",
        '\u{61C}' => "ALM",
        '\u{200E}' => "LRM",
        '\u{200F}' => "RLM",
        '\u{202A}' => "LRE",
        '\u{202B}' => "RLE",
        '\u{202C}' => "PDF",
        '\u{202D}' => "LRO",
        '\u{202E}' => "RLO",
        '\u{2066}' => "LRI",
        '\u{2067}' => "RLI",
        '\u{2068}' => "FSI",
        '\u{2069}' => "PDI",
        '\u{2028}' => "LS",
        '\u{2029}' => "PS",
        '\u{2060}' => "WJ",
        '\u{FEFF}' => "BOM",
        '\u{FE00}'..='\u{FE0F}' | '\u{180B}'..='\u{180D}' | '\u{180F}' | '\u{E0100}'..='\u{E01EF}'
            if before.is_some_and(|before| takes_selector(before, c)) =>
        {
            return None;
        }
        _ if is_hidden(c) => return Some(format!("U+{:04X}", u32::from(c))),
        _ => return None,
    };
    Some(name.to_owned())
}

/// Whether `c` has no shape of its own, in most fonts or by definition.
fn is_hidden(c: char) -> bool {
    let code = u32::from(c);
    matches!(c, '\u{80}'..='\u{9F}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{2061}'..='\u{206F}' | '\u{3164}' | '\u{FFA0}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{E000}'..='\u{F8FF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}' | '\u{F0000}'..)
        || code & 0xFFFE == 0xFFFE
}

/// Whether a joiner between these characters is part of the spelling.
fn is_joiner_needed(before: Option<char>, after: Option<char>) -> bool {
    let both = |test: fn(char) -> bool| before.is_some_and(test) && after.is_some_and(test);
    before.is_some_and(uses_joiners) || both(is_pictographic)
}

/// Whether `before` may have a variation selector `c`: ideographs, symbols, Mongolian letters; one selector for each.
fn takes_selector(before: char, c: char) -> bool {
    match c {
        '\u{180B}'..='\u{180F}' => matches!(before, '\u{1800}'..='\u{180A}' | '\u{1810}'..='\u{18AF}'),
        '\u{FE00}'..='\u{FE0F}' => {
            matches!(before, '#' | '*' | '0'..='9' | '\u{1000}'..='\u{109F}')
                || is_pictographic(before)
                || is_ideograph(before)
        }
        _ => is_ideograph(before),
    }
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFD}')
}

fn is_pictographic(c: char) -> bool {
    matches!(c, '\u{FE0F}' | '\u{2190}'..='\u{2BFF}' | '\u{3030}' | '\u{303D}' | '\u{1F000}'..='\u{1FAFF}' | '©' | '®')
}

/// Letters of Arabic, Syriac, the scripts of India and South-East Asia, and Mongolian.
fn uses_joiners(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{64A}' | '\u{66E}'..='\u{6D3}' | '\u{6D5}' | '\u{6FA}'..='\u{74F}' | '\u{900}'..='\u{DFF}'
        | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17B3}' | '\u{17B6}'..='\u{180A}' | '\u{1810}'..='\u{18AF}')
}

/// Appends `text`, escaped.
fn escape(text: &str, buffer: &mut String) {
    let mut shown = 0;
    for (at, byte) in text.bytes().enumerate() {
        let entity = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => continue,
        };
        buffer.push_str(text.get(shown..at).unwrap_or_default());
        buffer.push_str(entity);
        shown = at + 1;
    }
    buffer.push_str(text.get(shown..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        Visible::all(text).render().into_string()
    }

    #[test]
    fn hidden_characters_have_names() {
        assert_eq!(plain("a\u{200B}b\u{202E}c\u{0}d\u{E001}"), "a[ZWSP]b[RLO]c[NUL]d[U+E001]");
        assert_eq!(html("<a\u{202E}\">"), "&lt;a<b class=\"h\">RLO</b>&quot;&gt;");
        assert_eq!(html("a\r\nb\rc"), "a\nb<b class=\"h\">CR</b>c");
        assert_eq!(plain("a\nb\u{2028}"), "a b[LS]");
    }

    #[test]
    fn joiners_and_selectors_stay_where_they_are_needed() {
        for text in ["می\u{200C}خواهم", "क्\u{200D}ष", "👩\u{200D}🔬", "❤\u{FE0F}", "葛\u{E0100}"]
        {
            assert_eq!(plain(text), text);
        }
        assert_eq!(
            plain("pa\u{200D}per x\u{FE0F} 葛\u{E0100}\u{E0101}"),
            "pa[ZWJ]per x[U+FE0F] 葛\u{E0100}[U+E0101]"
        );
    }

    #[test]
    fn a_part_looks_at_the_text_around_it() {
        let text = "می\u{200C}خواهم";
        assert_eq!(Visible::part(text, &(4..7)).render().into_string(), "\u{200C}");
    }
}
