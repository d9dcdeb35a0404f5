//! Which quotation mark may open, and which may close what another one opened.
//!
//! Marks and their uses follow the Unicode Standard, section 6.2 ("Quotation Marks"), and CLDR's
//! delimiters: “English”, „Deutsch“, „polski”, ”svenska”, «français», »dansk«, »suomi», ‹so›, 「日本語」.
//! 《 and 〈 enclose titles of works in Chinese, and are no quotations.

use crate::text::scripts::is_cjk;

/// A mark as it stands in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// What it looks like; a backtick is the doubled one of TeX.
    pub(super) glyph: char,
    /// The character before it.
    pub(super) before: Option<char>,
    /// The character after it.
    pub(super) after: Option<char>,
}

/// How much a mark looks like the end of a quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Closing {
    /// Not at all.
    No,
    /// As much as the apostrophe of a plural possessive: the students' books.
    Possessive,
    /// A word before it and a space after it, as after an elision: goin' home.
    Likely,
    /// Surely.
    Sure,
}

impl Mark {
    /// Whether the mark may open a quotation, going by its neighbours.
    ///
    /// A directed mark opens unless it is glued to a word before it; an undirected one also wants
    /// something other than space after it. An apostrophe at the head of a word opens nothing.
    pub(super) fn opens(self) -> bool {
        let free_before = self.before.is_none_or(may_stand_before);
        let tight_after = self.after.is_some_and(|c| !c.is_whitespace() && !is_closing_punctuation(c));
        match self.glyph {
            '「' | '『' | '﹁' | '﹃' | '｢' | '〝' | '«' | '‹' => self.after.is_some(),
            '“' | '‟' | '„' | '`' => free_before && self.after.is_some(),
            '"' | '＂' | '”' | '»' | '›' | '‘' | '‛' | '‚' | '\'' => free_before && tight_after,
            _ => false,
        }
    }

    /// Whether the mark may close what `opening` opened.
    pub(super) fn closes(self, opening: char) -> Closing {
        if !is_pair(opening, self.glyph) {
            return Closing::No;
        }
        let Some(before) = self.before else { return Closing::No };
        match self.glyph {
            '\'' | '’' | '‘' => self.closes_single(before),
            '"' | '＂' | '”' | '»' | '›' if opening == self.glyph => {
                sure_if(!before.is_whitespace() && !matches!(before, '(' | '[' | '{'))
            }
            '”' | '“' => sure_if(!before.is_whitespace()),
            _ => Closing::Sure,
        }
    }

    /// Single marks are apostrophes too: inside a word they close nothing, after a word they may.
    fn closes_single(self, before: char) -> Closing {
        let glued = self.after.is_some_and(char::is_alphanumeric);
        if before.is_whitespace() || (glued && !self.after.is_some_and(is_cjk)) {
            return Closing::No;
        }
        let spaced_after = self.after.is_some_and(char::is_whitespace);
        match before {
            's' | 'S' | 'z' | 'x' if spaced_after => Closing::Possessive,
            c if c.is_alphanumeric() && spaced_after => Closing::Likely,
            _ => Closing::Sure,
        }
    }
}

fn sure_if(sure: bool) -> Closing {
    if sure { Closing::Sure } else { Closing::No }
}

/// Whether `closing` is the other half of `opening`, in any of the conventions.
fn is_pair(opening: char, closing: char) -> bool {
    match opening {
        '"' | '＂' | '\'' => closing == opening,
        '“' | '‟' | '”' => closing == '”',
        '„' => matches!(closing, '“' | '”'),
        '‘' | '‛' => closing == '’',
        '‚' => matches!(closing, '‘' | '’'),
        '«' => closing == '»',
        '»' => matches!(closing, '«' | '»'),
        '‹' => closing == '›',
        '›' => matches!(closing, '‹' | '›'),
        '「' => closing == '」',
        '『' => closing == '』',
        '﹁' => closing == '﹂',
        '﹃' => closing == '﹄',
        '｢' => closing == '｣',
        '〝' => matches!(closing, '〞' | '〟'),
        '`' => closing == '`',
        _ => false,
    }
}

/// What may stand before an opening mark: space, an opening bracket or mark, a dash, or a letter of a
/// script that writes without spaces.
fn may_stand_before(c: char) -> bool {
    c.is_whitespace()
        || is_cjk(c)
        || matches!(
            c,
            '(' | '[' | '{' | '<' | '"' | '\'' | '“' | '„' | '‘' | '‚' | '«' | '»' | '‹' | '›' | '`' | '—' | '–'
                | '-' | '/' | '=' | ':' | ',' | '>' | '*' | '_' | '¿' | '¡' | '|' | '\u{200B}'..='\u{200F}'
                | '\u{2060}' | '\u{FEFF}' | '\u{FF00}'..='\u{FF0F}' | '：'
        )
}

fn is_closing_punctuation(c: char) -> bool {
    matches!(c, ')' | ']' | '}' | ',' | ';' | ':' | '!' | '?' | '”' | '’' | '»' | '›' | '。' | '，')
}

/// Whether what follows an apostrophe is a word that has lost its head: 'tis, 'em, '90s, 's morgens.
pub(super) fn is_elision(rest: &str) -> bool {
    const ELIDED: &[&str] = &[
        "tis", "Tis", "twas", "Twas", "twere", "twill", "twould", "tisn", "twasn", "tain", "em", "Em", "im",
        "er", "til", "till", "cos", "coz", "cuz", "bout", "Bout", "round", "neath", "gainst", "tween", "pon",
        "ere", "ow", "ave", "ome", "ouse", "ead", "nother", "fraid", "gin", "spose", "cept", "scuse", "nuff",
        "Course", "n", "s", "t", "k", "m", "r", "d", "e", "o", "un", "uns",
    ];
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return true;
    }
    let length = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
    let word = rest.get(..length).unwrap_or_default();
    ELIDED.contains(&word)
}
