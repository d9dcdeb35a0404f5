//! Characters of symbol fonts.

/// The letters of the font Symbol from `A` on, and from `a` on (Adobe Symbol encoding).
const CAPITALS: &str = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
const SMALL: &str = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";

/// The character with this number in this font. `None` if it stands for no character of text.
pub(super) fn character(font: &str, number: &str) -> Option<char> {
    let number = u32::from_str_radix(number.trim(), 16).ok()?;
    let is_of_font = (0xF000..=0xF0FF).contains(&number);
    if !is_of_font {
        return char::from_u32(number).filter(|c| !c.is_control());
    }
    if font != "Symbol" {
        return None;
    }
    let code = u8::try_from(number - 0xF000).ok()?;
    match code {
        b'A'..=b'Z' => CAPITALS.chars().nth(usize::from(code - b'A')),
        b'a'..=b'z' => SMALL.chars().nth(usize::from(code - b'a')),
        b' '..=b'~' if !code.is_ascii_alphabetic() => Some(char::from(code)),
        0xA3 => Some('≤'),
        0xA5 => Some('∞'),
        0xAE => Some('→'),
        0xB0 => Some('°'),
        0xB1 => Some('±'),
        0xB3 => Some('≥'),
        0xB4 => Some('×'),
        0xB7 => Some('•'),
        0xB9 => Some('≠'),
        0xBB => Some('≈'),
        _ => None,
    }
}
