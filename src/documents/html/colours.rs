//! Colours of CSS and of the older attributes, as far as text can be hidden by them.

/// Difference of a channel up to which two colours look the same. A contrast of 1.15 and less, of the 4.5 that WCAG asks for.
const MAX_DIFFERENCE: u8 = 16;

/// Least share of opacity at which text can be seen.
const MIN_ALPHA: f32 = 0.1;

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour {
    red: u8,
    green: u8,
    blue: u8,
    /// Whether it lets everything through.
    pub(super) is_clear: bool,
}

impl Colour {
    pub(super) const BLACK: Self = Self::new(0, 0, 0);
    pub(super) const WHITE: Self = Self::new(255, 255, 255);
    const CLEAR: Self = Self { red: 0, green: 0, blue: 0, is_clear: true };

    const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue, is_clear: false }
    }

    /// Whether text of this colour can't be seen on `ground`.
    pub(super) fn vanishes_on(self, ground: Self) -> bool {
        let near = |a: u8, b: u8| a.abs_diff(b) <= MAX_DIFFERENCE;
        self.is_clear
            || near(self.red, ground.red) && near(self.green, ground.green) && near(self.blue, ground.blue)
    }

    /// Parses a colour; `None` if it is not known. With `is_attribute`, digits may stand without `#`.
    pub(super) fn parse(text: &str, is_attribute: bool) -> Option<Self> {
        let text = text.trim();
        if let Some(digits) = text.strip_prefix('#') {
            return hexadecimal(digits);
        }
        if let Some((function, arguments)) = text.split_once('(') {
            return of_function(function.trim(), arguments.trim_end().trim_end_matches(')'));
        }
        let name = text.to_ascii_lowercase();
        let known = NAMES.iter().find(|known| known.name == name).map(|known| known.colour);
        known.or_else(|| if is_attribute { hexadecimal(text) } else { None })
    }
}

fn hexadecimal(digits: &str) -> Option<Colour> {
    let mut values = [0_u8; 8];
    let count = digits.chars().count();
    for (value, digit) in values.iter_mut().zip(digits.chars()) {
        *value = u8::try_from(digit.to_digit(16)?).ok()?;
    }
    let [first, second, third, fourth, fifth, sixth, seventh, eighth] = values;
    let colour = match count {
        3 | 4 => Colour::new(first * 17, second * 17, third * 17),
        6 | 8 => Colour::new(first * 16 + second, third * 16 + fourth, fifth * 16 + sixth),
        _ => return None,
    };
    let is_clear = count == 4 && fourth <= 1 || count == 8 && seventh * 16 + eighth < 0x1A;
    Some(if is_clear { Colour::CLEAR } else { colour })
}

/// `rgb`, `rgba`, `hsl` and `hsla`.
fn of_function(name: &str, arguments: &str) -> Option<Colour> {
    let mut numbers = arguments.split([',', ' ', '/']).map(str::trim).filter(|part| !part.is_empty());
    let mut channel = |whole: f32| {
        let part = numbers.next()?;
        match part.strip_suffix('%') {
            Some(percent) => percent.parse::<f32>().ok().map(|percent| percent / 100.0 * whole),
            None => part.trim_end_matches("deg").parse::<f32>().ok(),
        }
    };
    let is_hsl = name.eq_ignore_ascii_case("hsl") || name.eq_ignore_ascii_case("hsla");
    if !is_hsl && !name.eq_ignore_ascii_case("rgb") && !name.eq_ignore_ascii_case("rgba") {
        return None;
    }
    let (a, b, c) = (
        channel(255.0)?,
        channel(if is_hsl { 1.0 } else { 255.0 })?,
        channel(if is_hsl { 1.0 } else { 255.0 })?,
    );
    if channel(1.0).is_some_and(|alpha| alpha < MIN_ALPHA) {
        return Some(Colour::CLEAR);
    }
    if is_hsl {
        // Only greys matter: white and black.
        let level = byte(c * 255.0);
        return (b < 0.1 || !(0.04..=0.96).contains(&c)).then(|| Colour::new(level, level, level));
    }
    Some(Colour::new(byte(a), byte(b), byte(c)))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
fn byte(value: f32) -> u8 {
    value.clamp(0.0, 255.0).round() as u8
}

struct Named {
    name: &'static str,
    colour: Colour,
}

const fn named(name: &'static str, red: u8, green: u8, blue: u8) -> Named {
    Named { name, colour: Colour::new(red, green, blue) }
}

/// Names that text on a ground of the same colour uses, and the sixteen of HTML 4.
const NAMES: [Named; 30] = [
    Named { name: "transparent", colour: Colour::CLEAR },
    named("white", 255, 255, 255),
    named("black", 0, 0, 0),
    named("snow", 255, 250, 250),
    named("ivory", 255, 255, 240),
    named("floralwhite", 255, 250, 240),
    named("ghostwhite", 248, 248, 255),
    named("mintcream", 245, 255, 250),
    named("azure", 240, 255, 255),
    named("aliceblue", 240, 248, 255),
    named("whitesmoke", 245, 245, 245),
    named("seashell", 255, 245, 238),
    named("silver", 192, 192, 192),
    named("gray", 128, 128, 128),
    named("grey", 128, 128, 128),
    named("lightgray", 211, 211, 211),
    named("lightgrey", 211, 211, 211),
    named("maroon", 128, 0, 0),
    named("red", 255, 0, 0),
    named("purple", 128, 0, 128),
    named("fuchsia", 255, 0, 255),
    named("green", 0, 128, 0),
    named("lime", 0, 255, 0),
    named("olive", 128, 128, 0),
    named("yellow", 255, 255, 0),
    named("navy", 0, 0, 128),
    named("blue", 0, 0, 255),
    named("teal", 0, 128, 128),
    named("aqua", 0, 255, 255),
    named("orange", 255, 165, 0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_seen_on_white() {
        for (text, vanishes) in [
            ("#fff", true),
            ("#FEFEFE", true),
            ("white", true),
            ("rgb(255, 255, 255)", true),
            ("rgba(0,0,0,0)", true),
            ("rgb(0 0 0 / 5%)", true),
            ("hsl(0, 0%, 100%)", true),
            ("#ffffff00", true),
            ("transparent", true),
            ("#ccc", false),
            ("yellow", false),
            ("rgba(0,0,0,.5)", false),
            ("black", false),
        ] {
            assert_eq!(Colour::parse(text, false).unwrap().vanishes_on(Colour::WHITE), vanishes, "{text}");
        }
        assert_eq!(Colour::parse("currentcolor", false), None);
        assert_eq!(Colour::parse("ffffff", true), Some(Colour::WHITE));
    }
}
