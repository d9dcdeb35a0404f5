//! Whether a reader of a document sees a text, by its size and colours.

use super::HiddenReason;

/// The smallest size that is read, in points.
const LEAST_POINTS: f32 = 2.0;

/// How far each part of two colours that can't be told apart may differ, of 255.
const INDISTINCT: u8 = 24;

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rgb {
    red: u8,
    green: u8,
    blue: u8,
}

impl Rgb {
    pub(super) const WHITE: Self = Self::new(255, 255, 255);
    pub(super) const BLACK: Self = Self::new(0, 0, 0);

    pub(super) const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Reads six hexadecimal digits, with or without a `#` before.
    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let digits = text.trim().trim_start_matches('#');
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 6)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Self { red, green, blue })
    }

    /// Whether text in this colour can't be seen on that one.
    pub(super) fn is_lost_on(self, behind: Self) -> bool {
        let near = |a: u8, b: u8| a.abs_diff(b) < INDISTINCT;
        near(self.red, behind.red) && near(self.green, behind.green) && near(self.blue, behind.blue)
    }
}

/// How text looks, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Look {
    pub(super) is_marked_hidden: bool,
    pub(super) is_transparent: bool,
    /// `None` if the program chooses one that is seen.
    pub(super) colour: Option<Rgb>,
    /// `None` if not known.
    pub(super) behind: Option<Rgb>,
    pub(super) points: Option<f32>,
}

impl Look {
    /// How the text is hidden, if it is.
    pub(super) fn hidden(&self) -> Option<HiddenReason> {
        let is_lost =
            matches!((self.colour, self.behind), (Some(text), Some(behind)) if text.is_lost_on(behind));
        if self.is_marked_hidden {
            Some(HiddenReason::Marked)
        } else if self.is_transparent || is_lost {
            Some(HiddenReason::Colour)
        } else if self.points.is_some_and(|points| points < LEAST_POINTS) {
            Some(HiddenReason::Tiny)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Look, Rgb};
    use crate::documents::HiddenReason;

    #[test]
    fn text_is_hidden_by_what_is_known_alone() {
        let white = Look { colour: Some(Rgb::WHITE), ..Look::default() };
        assert_eq!(white.hidden(), None);
        assert_eq!(Look { behind: Some(Rgb::BLACK), ..white }.hidden(), None);
        let nearly = Rgb::from_hex("#FAFAFA");
        assert_eq!(Look { behind: nearly, ..white }.hidden(), Some(HiddenReason::Colour));
        assert_eq!(Look { points: Some(1.0), ..white }.hidden(), Some(HiddenReason::Tiny));
        assert_eq!(Look { points: Some(2.0), ..white }.hidden(), None);
    }
}
