//! Which text a browser would not show: the few properties of CSS that hide it.

use super::super::HiddenReason;
use super::colours::Colour;

/// Sizes below it can't be read: 2 points, in pixels of CSS.
const MIN_FONT_PIXELS: f32 = 2.67;

/// What is moved this far is outside the page, in pixels.
const OUTSIDE_PIXELS: f32 = -900.0;

/// Least opacity at which text can be seen.
const MIN_OPACITY: f32 = 0.1;

/// What applies to the text of an element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    /// Why the element and all in it are hidden.
    hidden: Option<HiddenReason>,
    is_invisible: bool,
    colour: Option<Colour>,
    /// The colour behind the text; `None` if it is a picture, or not known.
    ground: Option<Colour>,
    font_pixels: f32,
    /// Whether white space is kept as it stands.
    pub(super) keeps_space: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            hidden: None,
            is_invisible: false,
            colour: Some(Colour::BLACK),
            ground: Some(Colour::WHITE),
            font_pixels: 16.0,
            keeps_space: false,
        }
    }
}

impl Style {
    /// Why text of this style is not seen; `None` if it is.
    pub(super) fn hides(&self) -> Option<HiddenReason> {
        let vanishes = match (self.colour, self.ground) {
            (Some(colour), Some(ground)) => colour.vanishes_on(ground),
            (Some(colour), None) => colour.is_clear,
            (None, _) => false,
        };
        self.hidden
            .or(self.is_invisible.then_some(HiddenReason::Marked))
            .or((self.font_pixels < MIN_FONT_PIXELS).then_some(HiddenReason::Tiny))
            .or(vanishes.then_some(HiddenReason::Colour))
    }

    /// Hides the element and all in it.
    pub(super) fn hide(&mut self) {
        self.hidden.get_or_insert(HiddenReason::Marked);
    }

    pub(super) fn set_colour(&mut self, value: &str, is_attribute: bool) {
        // What inherits keeps what it has.
        if !matches!(value, "inherit" | "currentcolor" | "unset") {
            self.colour = Colour::parse(value, is_attribute);
        }
    }

    pub(super) fn set_ground(&mut self, value: &str, is_attribute: bool) {
        let value = value.trim();
        if matches!(value, "none" | "inherit" | "initial" | "unset" | "") {
            return;
        }
        if value.contains("url(") || value.contains("gradient(") {
            self.ground = None;
            return;
        }
        // A shorthand has other words beside the colour.
        let whole = Colour::parse(value, is_attribute);
        let word = || value.split_whitespace().find_map(|word| Colour::parse(word, is_attribute));
        match whole.or_else(word) {
            Some(colour) if colour.is_clear => {}
            other => self.ground = other,
        }
    }

    /// Applies a list of declarations, as in an attribute `style`. Properties of one element that work together are seen
    /// together. Linear.
    pub(super) fn apply(&mut self, declarations: &Declarations) {
        for Declaration { property, value } in &declarations.0 {
            self.declare(property, value);
        }
        if declarations.is_outside() {
            self.hidden.get_or_insert(HiddenReason::Covered);
        }
    }

    fn declare(&mut self, property: &str, value: &str) {
        match property {
            "display" if value == "none" => self.hide(),
            "mso-hide" if value == "all" => self.hide(),
            "visibility" => self.is_invisible = matches!(value, "hidden" | "collapse"),
            "opacity" if number(value).is_some_and(|opacity| opacity < MIN_OPACITY) => {
                self.hidden.get_or_insert(HiddenReason::Colour);
            }
            "font-size" => self.set_font_size(value),
            "font" => {
                let size = value
                    .split_whitespace()
                    .find(|word| word.starts_with(|c: char| c.is_ascii_digit() || c == '.'));
                if let Some(size) =
                    size.and_then(|size| size.split('/').next()).filter(|size| is_length(size))
                {
                    self.set_font_size(size);
                }
            }
            "color" | "-webkit-text-fill-color" => self.set_colour(value, false),
            "background" | "background-color" | "background-image" => self.set_ground(value, false),
            "white-space" => self.keeps_space = matches!(value, "pre" | "pre-wrap" | "break-spaces"),
            _ => {}
        }
    }

    fn set_font_size(&mut self, value: &str) {
        let share = value.strip_suffix('%').and_then(number).map(|percent| percent / 100.0);
        let share =
            share.or_else(|| value.strip_suffix("em").filter(|rest| !rest.ends_with('r')).and_then(number));
        match share {
            Some(share) => self.font_pixels *= share,
            None => self.font_pixels = pixels(value).unwrap_or(self.font_pixels.max(MIN_FONT_PIXELS)),
        }
    }
}

/// Declarations of properties that may hide text, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Declarations(Vec<Declaration>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Declaration {
    property: String,
    value: String,
}

/// Most declarations of one list.
const MAX_DECLARATIONS: usize = 64;

/// Longest value that is looked at, in bytes. Pictures in values are longer.
const MAX_VALUE_BYTES: usize = 256;

/// The properties that matter.
const PROPERTIES: [&str; 24] = [
    "display",
    "mso-hide",
    "visibility",
    "opacity",
    "font-size",
    "font",
    "color",
    "-webkit-text-fill-color",
    "background",
    "background-color",
    "background-image",
    "white-space",
    "position",
    "left",
    "right",
    "top",
    "bottom",
    "text-indent",
    "margin-left",
    "clip",
    "clip-path",
    "overflow",
    "height",
    "transform",
];

impl Declarations {
    /// Parses a list such as `color: #fff; font-size: 1px`. Comments are no part of it.
    pub(super) fn parse(text: &str) -> Self {
        let parsed = text.split(';').filter_map(|declaration| {
            let (property, value) = declaration.split_once(':')?;
            let property = property.trim().to_ascii_lowercase();
            PROPERTIES.contains(&property.as_str()).then(|| {
                let value = value.split_once("!important").map_or(value, |(value, _)| value).trim();
                let end = (0..=MAX_VALUE_BYTES.min(value.len())).rev().find(|at| value.is_char_boundary(*at));
                let value = value.get(..end.unwrap_or(0)).unwrap_or_default().to_ascii_lowercase();
                Declaration { property, value }
            })
        });
        Self(parsed.take(MAX_DECLARATIONS).collect())
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds those of `other`, which come later.
    pub(super) fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().cloned());
    }

    fn value(&self, property: &str) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|declared| declared.property == property)
            .map(|declared| declared.value.as_str())
    }

    /// Whether they move the element off the page, or leave it no room.
    fn is_outside(&self) -> bool {
        let far =
            |property: &str| self.value(property).and_then(pixels).is_some_and(|at| at <= OUTSIDE_PIXELS);
        let is_placed = matches!(self.value("position"), Some("absolute" | "fixed" | "relative"));
        let is_cut = matches!(self.value("overflow"), Some("hidden" | "clip"));
        let no_room = is_cut && self.value("height").and_then(pixels).is_some_and(|height| height < 2.0);
        let clip = self.value("clip").is_some_and(|clip| {
            let edges = clip.strip_prefix("rect(").map(|edges| edges.trim_end_matches(')'));
            edges.is_some_and(|edges| edges.split([',', ' ']).filter_map(pixels).all(|edge| edge.abs() < 2.0))
        });
        let path = self.value("clip-path").is_some_and(|path| path == "inset(50%)" || path == "inset(100%)");
        is_placed && ["left", "right", "top", "bottom"].into_iter().any(far)
            || far("text-indent")
            || far("margin-left")
            || no_room
            || clip
            || path
            || self.value("transform").is_some_and(|transform| transform == "scale(0)")
    }
}

fn number(text: &str) -> Option<f32> {
    text.trim().parse::<f32>().ok().filter(|number| number.is_finite())
}

fn is_length(text: &str) -> bool {
    text.ends_with(|c: char| c.is_ascii_alphabetic() || c == '%') || text == "0"
}

/// A length in pixels; `None` if it is not known.
fn pixels(text: &str) -> Option<f32> {
    let text = text.trim();
    if let Some(rest) = text.strip_suffix("rem") {
        return number(rest).map(|ems| ems * 16.0);
    }
    let unit_at = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (amount, unit) = text.split_at(unit_at);
    let pixels = match unit {
        "px" | "" => 1.0,
        "pt" => 4.0 / 3.0,
        "pc" | "em" => 16.0,
        "ex" | "ch" | "vw" | "vh" => 8.0,
        "in" => 96.0,
        "cm" => 37.8,
        "mm" => 3.78,
        _ => return None,
    };
    number(amount).map(|amount| amount * pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(style: &str) -> Option<HiddenReason> {
        let mut applied = Style::default();
        applied.apply(&Declarations::parse(style));
        applied.hides()
    }

    #[test]
    fn what_hides_text_and_what_does_not() {
        use HiddenReason::{Colour, Covered, Marked, Tiny};
        for (style, reason) in [
            ("DISPLAY : None", Some(Marked)),
            ("display:none !important", Some(Marked)),
            ("visibility:hidden", Some(Marked)),
            ("mso-hide:all", Some(Marked)),
            ("color:white", Some(Colour)),
            ("color:#fff;background:#000", None),
            ("color:#fff;background-color:navy", None),
            ("color:red;background:red url(x.png)", None),
            ("color:#000;background:black", Some(Colour)),
            ("opacity:0", Some(Colour)),
            ("opacity:.5", None),
            ("font-size:1px", Some(Tiny)),
            ("font-size:0", Some(Tiny)),
            ("font: 1pt/1 serif", Some(Tiny)),
            ("font: bold 12pt serif", None),
            ("font-size:8px", None),
            ("font-size:smaller", None),
            ("text-indent:-9999px", Some(Covered)),
            ("position:absolute;left:-10000px", Some(Covered)),
            ("left:-10000px", None),
            ("text-indent:-36pt", None),
            ("position:absolute; clip: rect(0, 0, 0, 0)", Some(Covered)),
            ("height:0; overflow:hidden", Some(Covered)),
        ] {
            assert_eq!(hidden(style), reason, "{style}");
        }
    }
}
