//! Character references: `&eacute;`, `&#233;`, `&#xE9;`.

use std::borrow::Cow;

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// Length of the longest name, in bytes.
const MAX_NAME_BYTES: usize = 33;

/// Where references stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In text.
    Text,
    /// In the value of an attribute, where a name without a semicolon before a letter, a digit or `=` is none.
    Value,
}

/// A text with its references replaced by what they stand for. Linear.
pub(super) fn decode(text: &str, place: Place) -> Cow<'_, str> {
    let Some(first) = text.find('&') else { return Cow::Borrowed(text) };
    let mut decoded = String::with_capacity(text.len());
    let (before, mut rest) = text.split_at(first);
    decoded.push_str(before);
    while let Some(after) = rest.strip_prefix('&') {
        let used = match after.strip_prefix('#') {
            Some(digits) => numeric(digits, &mut decoded).map(|used| used + 1),
            None => named(after, place, &mut decoded),
        };
        if used.is_none() {
            decoded.push('&');
        }
        let after = after.get(used.unwrap_or(0)..).unwrap_or_default();
        let (plain, next) = after.split_at(after.find('&').unwrap_or(after.len()));
        decoded.push_str(plain);
        rest = next;
    }
    Cow::Owned(decoded)
}

/// Decodes a number, and returns how many bytes it took.
fn numeric(text: &str, decoded: &mut String) -> Option<usize> {
    let (radix, digits) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (16, digits),
        None => (10, text),
    };
    let mut value = 0_u32;
    let mut count = 0;
    for digit in digits.chars().map_while(|c| c.to_digit(radix)) {
        value = value.saturating_mul(radix).saturating_add(digit);
        count += 1;
    }
    if count == 0 {
        return None;
    }
    decoded.push(character(value));
    let prefix = text.len() - digits.len();
    let has_end = digits.as_bytes().get(count) == Some(&b';');
    Some(prefix + count + usize::from(has_end))
}

/// The character that a number stands for: what browsers show.
fn character(value: u32) -> char {
    let c1 = value.checked_sub(0x80).and_then(|at| C1_REPLACEMENTS.get(at as usize).copied().flatten());
    c1.or_else(|| char::from_u32(value).filter(|c| *c != '\0')).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Decodes the longest name, and returns how many bytes it took.
fn named(text: &str, place: Place, decoded: &mut String) -> Option<usize> {
    let bytes = text.as_bytes();
    let letters = bytes.iter().take(MAX_NAME_BYTES).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let has_end = bytes.get(letters) == Some(&b';');
    let longest = letters + usize::from(has_end);
    for length in (1..=longest).rev() {
        let name = text.get(..length)?;
        let Some((first, second)) = NAMED_ENTITIES.get(name).filter(|(first, _)| *first != 0) else {
            continue;
        };
        let next = bytes.get(length);
        let goes_on = next.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'=');
        if place == Place::Value && goes_on && !name.ends_with(';') {
            return None;
        }
        decoded.extend([*first, *second].into_iter().filter(|value| *value != 0).filter_map(char::from_u32));
        return Some(length);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_what_browsers_show() {
        for (text, expected) in [
            ("caf&eacute; &amp; th&#233;", "café & thé"),
            ("&#x201C;a&#X201d;&#150;&#0;&#x110000;", "\u{201C}a\u{201D}\u{2013}\u{FFFD}\u{FFFD}"),
            ("AT&T, &, &;, &#;, &#x;, &bogus;", "AT&T, &, &;, &#;, &#x;, &bogus;"),
            ("&copy 2020 &notit; &notin;", "© 2020 ¬it; ∉"),
            ("&NotEqualTilde;", "\u{2242}\u{338}"),
        ] {
            assert_eq!(decode(text, Place::Text), expected);
        }
        assert_eq!(decode("?a=1&copy=2&lt;", Place::Value), "?a=1&copy=2<");
    }
}
