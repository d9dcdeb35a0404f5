//! Properties of text, as far as they say whether it is seen.

use crate::documents::look::{Look, Rgb};
use crate::documents::xml::Element;

/// From this opacity on, in percent, text is seen.
const LEAST_OPACITY: f32 = 5.0;

/// The colour of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// The program chooses one that is seen.
    Automatic,
    Colour(Rgb),
}

/// What is behind text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    Colour(Rgb),
    Unknown,
}

/// The size of letters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Size {
    Points(f32),
    /// A share of the size around it.
    Share(f32),
}

/// The properties of text. What is not stated comes from what is around it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Properties {
    pub(super) is_hidden: Option<bool>,
    pub(super) is_transparent: Option<bool>,
    pub(super) ink: Option<Ink>,
    /// Behind the text itself.
    pub(super) behind: Option<Ground>,
    /// Behind the paragraph, the cell, the table or the shape.
    pub(super) ground: Option<Ground>,
    pub(super) size: Option<Size>,
}

impl Properties {
    /// These properties inside `outer`.
    pub(super) fn inside(self, outer: Self) -> Self {
        let size = match (self.size, outer.size) {
            (Some(Size::Share(inner)), Some(Size::Points(points))) => Some(Size::Points(points * inner)),
            (Some(Size::Share(inner)), Some(Size::Share(share))) => Some(Size::Share(share * inner)),
            (inner, outer) => inner.or(outer),
        };
        Self {
            is_hidden: self.is_hidden.or(outer.is_hidden),
            is_transparent: self.is_transparent.or(outer.is_transparent),
            ink: self.ink.or(outer.ink),
            behind: self.behind.or(outer.behind),
            ground: self.ground.or(outer.ground),
            size,
        }
    }

    /// Takes what an element of a style says: `text-properties`, `paragraph-properties` and so on.
    pub(super) fn take(&mut self, element: &Element<'_>) {
        let ground = element.attribute("background-color").and_then(|value| ground(&value));
        match element.name() {
            "text-properties" => self.take_text(element, ground),
            "graphic-properties" => {
                let fill = element.attribute("fill");
                let colour = element.attribute("fill-color");
                self.ground = match (fill.as_deref(), colour) {
                    (Some("none"), _) => None,
                    (Some("solid"), Some(colour)) => Some(self::ground(&colour).unwrap_or(Ground::Unknown)),
                    (Some(_), _) => Some(Ground::Unknown),
                    (None, _) => ground,
                };
            }
            _ => self.ground = ground.or(self.ground),
        }
    }

    fn take_text(&mut self, element: &Element<'_>, ground: Option<Ground>) {
        if let Some(display) = element.attribute("display") {
            self.is_hidden = Some(display == "none");
        }
        let is_automatic = element.is("use-window-font-color", &["true"]);
        let colour = element.attribute("color").and_then(|value| Rgb::from_hex(&value)).map(Ink::Colour);
        self.ink = if is_automatic { Some(Ink::Automatic) } else { colour };
        self.behind = ground;
        self.size = element.attribute("font-size").and_then(|value| size(&value));
        // LibreOffice writes an opacity of 0 % beside a colour that the program chooses, and shows the text.
        self.is_transparent = match (self.ink, element.attribute("opacity")) {
            (Some(Ink::Automatic), _) => Some(false),
            (Some(Ink::Colour(_)), Some(opacity)) => {
                let share = opacity.trim_end_matches('%').parse::<f32>().unwrap_or(100.0);
                Some(share < LEAST_OPACITY)
            }
            _ => None,
        };
    }

    /// How text with these properties looks on a page.
    pub(super) fn look(&self, page: Rgb) -> Look {
        Look {
            is_marked_hidden: self.is_hidden.unwrap_or(false),
            is_transparent: self.is_transparent.unwrap_or(false),
            colour: match self.ink {
                Some(Ink::Colour(colour)) => Some(colour),
                Some(Ink::Automatic) | None => None,
            },
            behind: match self.behind.or(self.ground) {
                Some(Ground::Colour(colour)) => Some(colour),
                Some(Ground::Unknown) => None,
                None => Some(page),
            },
            points: match self.size {
                Some(Size::Points(points)) => Some(points),
                Some(Size::Share(_)) | None => None,
            },
        }
    }
}

fn ground(value: &str) -> Option<Ground> {
    match value {
        "transparent" => None,
        value => Some(Rgb::from_hex(value).map_or(Ground::Unknown, Ground::Colour)),
    }
}

/// Reads a length or a share.
fn size(value: &str) -> Option<Size> {
    let value = value.trim();
    let digits = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    let number: f32 = digits.parse().ok()?;
    let points = match value.get(digits.len()..)? {
        "%" => return Some(Size::Share(number / 100.0)),
        "pt" => 1.0,
        "in" => 72.0,
        "cm" => 72.0 / 2.54,
        "mm" => 72.0 / 25.4,
        "pc" => 12.0,
        "px" => 0.75,
        _ => return None,
    };
    Some(Size::Points(number * points))
}
