//! Rules for quotation marks: which may open a quotation, and which may close it.
//!
//! Marks and their uses follow the Unicode Standard, section 6.2 ("Quotation Marks"), and CLDR's
//! delimiters: “English”, „Deutsch“, „polski”, ”svenska”, «français», »dansk«, »suomi», ‹so›, 「日本語」.
//! 《 and 〈 enclose titles of works in Chinese and open no quotation.

use crate::text::scripts::is_cjk;

/// A quotation mark with its neighbours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    /// The mark; a backtick stands for the doubled one of TeX.
    pub(super) glyph: char,
    /// The character before it.
    pub(super) before: Option<char>,
    /// The character after it.
    pub(super) after: Option<char>,
}

/// How likely a mark ends a quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Closing {
    /// Not at all.
    No,
    /// No more than the apostrophe of a plural possessive: the students' books.
    Possessive,
    /// Likely, but an elision looks the same, with a word before it and a space after it: goin' home.
    Likely,
    /// Certainly.
    Sure,
}

impl Mark {
    /// Whether the mark may open a quotation, judged by its neighbours.
    ///
    /// A directed mark opens unless a word ends right before it; after an undirected one no space may follow either. An
    /// apostrophe at the beginning of a word opens no quotation.
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

    /// How likely the mark closes the quotation that `opening` opened.
    pub(super) fn closes(self, opening: char) -> Closing {
        if !is_pair(opening, self.glyph) {
            return Closing::No;
        }
        let Some(before) = self.before else { return Closing::No };
        match self.glyph {
            '\'' | '’' | '‘' => self.closes_single(before),
            '"' | '＂' | '”' | '»' | '›' if opening == self.glyph => {
                // A line ends after the last mark of a broken-off speech: "I thought - "
                let ends_line = self.after.is_none_or(|c| matches!(c, '\n' | '\r'));
                sure_if((ends_line || !before.is_whitespace()) && !matches!(before, '(' | '[' | '{'))
            }
            '”' | '“' => sure_if(!before.is_whitespace()),
            _ => Closing::Sure,
        }
    }

    /// How likely a single mark, which may be an apostrophe, closes: not inside a word, perhaps after one.
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

/// Whether `closing` is the counterpart of `opening` in any language's convention.
fn is_pair(opening: char, closing: char) -> bool {
    match opening {
        '"' | '＂' | '\'' => closing == opening,
        '“' | '‟' => closing == '”',
        // Hebrew and Arabic texts have either.
        '”' => matches!(closing, '”' | '“'),
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

/// Whether a character may precede an opening mark: a space, an opening bracket or mark, a dash, or a character of
/// Chinese or Japanese text.
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

/// Whether the text after an apostrophe starts with the rest of an elided word: 'tis, 'em, '90s, 's morgens.
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
