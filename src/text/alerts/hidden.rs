//! Invisible characters, and the places where a script, an emoji or a typesetter needs them.

use super::words::Letter;
use super::{AlertKind, Severity};
use crate::text::scripts::is_cjk;

/// An invisible character with its neighbours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hidden {
    pub(super) c: char,
    pub(super) before: Option<char>,
    pub(super) after: Option<char>,
    /// Whether its line has text written from right to left.
    pub(super) right_to_left: bool,
}

/// The kind of the invisible character `c`; `None` for visible ones.
pub(super) fn kind_of(c: char) -> Option<AlertKind> {
    match c {
        '\u{AD}' => Some(AlertKind::SoftHyphen),
        '\u{34F}' | '\u{180E}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' => {
            Some(AlertKind::ZeroWidth)
        }
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            Some(AlertKind::BidiControl)
        }
        '\u{E000}'..='\u{F8FF}' | '\u{F0000}'.. => Some(AlertKind::PrivateUse),
        '\t'..='\r' | '\u{85}' => None,
        '\0'..='\u{1F}'
        | '\u{7F}'..='\u{9F}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{2065}'
        | '\u{206A}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FFA0}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}' => Some(AlertKind::Invisible),
        _ => None,
    }
}

impl Hidden {
    /// The severity of the character at this place; `None` where it is legitimate.
    pub(super) fn severity(self) -> Option<Severity> {
        match kind_of(self.c)? {
            AlertKind::SoftHyphen => self.soft_hyphen(),
            AlertKind::ZeroWidth => self.zero_width(),
            AlertKind::BidiControl => self.bidi_control(),
            AlertKind::Invisible => self.invisible(),
            _ => None,
        }
    }

    /// A soft hyphen is legitimate at the end of a line; two in a row never are. The scan checks that hyphenation
    /// leaves two letters on either side.
    fn soft_hyphen(self) -> Option<Severity> {
        let doubled = self.after == Some('\u{AD}') || self.before == Some('\u{AD}');
        if self.after.is_none_or(char::is_whitespace) {
            return None;
        }
        Some(if doubled { Severity::Medium } else { Severity::Low })
    }

    fn zero_width(self) -> Option<Severity> {
        let beside = |test: fn(char) -> bool| self.before.is_some_and(test) || self.after.is_some_and(test);
        let between = |test: fn(char) -> bool| self.before.is_some_and(test) && self.after.is_some_and(test);
        let at_home = match self.c {
            // A byte order mark, also that of an appended text.
            '\u{FEFF}' if self.before.is_none_or(|c| c == '\n') => true,
            '\u{200D}' if between(is_pictographic) => true,
            // German typesetting forbids ligatures across the parts of a compound: Auflage.
            '\u{200C}' if self.before == Some('f') => true,
            // Invisible operators of formulas copied from web pages.
            '\u{2061}'..='\u{2064}' => !between(char::is_alphabetic),
            '\u{200B}' | '\u{2060}' | '\u{FEFF}' if beside(is_cjk) => true,
            _ => false,
        };
        if at_home || beside(uses_joiners) {
            return None;
        }
        Some(if between(|c| Letter::of(c).is_some() || kind_of(c).is_some()) {
            Severity::Medium
        } else {
            Severity::Low
        })
    }

    fn bidi_control(self) -> Option<Severity> {
        let overrides = matches!(self.c, '\u{202D}' | '\u{202E}');
        let mark = matches!(self.c, '\u{61C}' | '\u{200E}' | '\u{200F}');
        let inside_word =
            [self.before, self.after].iter().all(|c| c.is_some_and(|c| Letter::of(c).is_some()));
        match (self.right_to_left, overrides, inside_word) {
            (true, false, false) => None,
            (true, false, true) if mark => None,
            (true, true, _) | (false, false, true) => Some(Severity::Medium),
            (true, false, true) | (false, false, false) => Some(Severity::Low),
            (false, true, _) => Some(Severity::High),
        }
    }

    fn invisible(self) -> Option<Severity> {
        let inside_word =
            [self.before, self.after].iter().all(|c| c.is_some_and(|c| Letter::of(c).is_some()));
        let selects = |c: char| matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}');
        match self.c {
            c if selects(c) => match self.before {
                // More than one selector after a character: data hidden in them.
                Some(before) if selects(before) => Some(Severity::High),
                Some(before) if matches!(Letter::of(before), Some(Letter::Other) | None) => None,
                _ => Some(Severity::Medium),
            },
            '\u{E0000}'..='\u{E007F}' => Some(Severity::High),
            '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' => {
                let hangul = |c: Option<char>| {
                    c.is_some_and(|c| matches!(c, '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '가'..='힣' | '\u{FFA1}'..='\u{FFDC}'))
                };
                (!hangul(self.before) && !hangul(self.after)).then_some(Severity::Medium)
            }
            // Vowels of Khmer, and remains of wrongly decoded curly quotes and dashes (U+2010 to U+201F, Windows-1252).
            '\u{17B4}' | '\u{17B5}' | '\u{10}'..='\u{1F}' | '\u{80}'..='\u{9F}' => None,
            '\0'..='\u{F}' | '\u{7F}' => inside_word.then_some(Severity::Medium),
            _ => Some(if inside_word { Severity::Medium } else { Severity::Low }),
        }
    }
}

/// Whether `c` belongs to a script whose spelling uses joiners and invisible spaces: Hebrew, Arabic, the scripts of
/// India and South-East Asia, Mongolian.
fn uses_joiners(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{10FF}' | '\u{1200}'..='\u{139F}' | '\u{1700}'..='\u{18AF}' | '\u{1900}'..='\u{1CFF}'
        | '\u{A800}'..='\u{ABFF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{10800}'..='\u{11FFF}'
        | '\u{1E900}'..='\u{1EEFF}')
}

/// Whether `c` is written from right to left.
pub(super) fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{61B}' | '\u{61D}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

/// Whether `c` is part of emoji sequences (UTS #51): pictographs, skin tones, the selector of emoji style.
fn is_pictographic(c: char) -> bool {
    matches!(c, '\u{FE0F}' | '\u{2190}'..='\u{2BFF}' | '\u{3030}' | '\u{303D}' | '\u{1F000}'..='\u{1FAFF}' | '©' | '®')
}

/// Whether `c` is a combining mark for letters of any script (Script=Inherited), not a vowel sign or point of one
/// script.
pub(super) fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{34E}' | '\u{350}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// Whether `c` is a combining mark that strikes through its letter.
pub(super) fn is_overlay(c: char) -> bool {
    matches!(c, '\u{334}'..='\u{338}' | '\u{20D2}' | '\u{20D3}' | '\u{20E5}' | '\u{20E6}')
}
