//! Classes of characters for the segmentation of a text into words.

use unicode_normalization::char::is_combining_mark;

use crate::text::scripts::is_unspaced;

/// The class of a character in the segmentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::text) enum Class {
    /// Part of a word.
    Letter,
    /// A single-character word.
    Ideograph,
    /// Belongs to the character before it.
    Mark,
    /// Part of a word when letters stand on both sides.
    Apostrophe,
    /// Skipped.
    Ignorable,
    /// Ends a word.
    Separator,
}

impl Class {
    /// The class of a character.
    pub(in crate::text) fn of(c: char) -> Self {
        if c.is_ascii() {
            return match c {
                '\'' => Self::Apostrophe,
                _ if c.is_ascii_alphanumeric() => Self::Letter,
                _ => Self::Separator,
            };
        }
        match c {
            '\u{2019}' | '\u{02BC}' | '\u{FF07}' => Self::Apostrophe,
            // Half-width voicing marks, letters by category, compose with the kana before them.
            '\u{FF9E}' | '\u{FF9F}' => Self::Mark,
            _ if is_ignorable(c) || is_private(c) => Self::Ignorable,
            _ if is_combining_mark(c) => Self::Mark,
            _ if is_unspaced(c) => Self::Ideograph,
            _ if c.is_alphanumeric() => Self::Letter,
            _ => Self::Separator,
        }
    }

    /// Whether characters of this class are left out of a word's compared form.
    pub(in crate::text) fn is_dropped(self) -> bool {
        matches!(self, Self::Apostrophe | Self::Ignorable)
    }
}

/// Whether a character has the property `Default_Ignorable_Code_Point` (Unicode 16, `DerivedCoreProperties`).
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether a character is for private use: fonts may show it as anything, or not at all.
fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
}
