//! UTF-16 and UTF-32.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// Order of the bytes of a code unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

/// The order of UTF-32 with a byte order mark.
pub(super) fn marked_utf32(bytes: &[u8]) -> Option<Order> {
    // FF FE 00 00 is the mark of UTF-16 as well, before a NUL, which no text begins with.
    if bytes.starts_with(&[0xFF, 0xFE, 0, 0]) {
        Some(Order::Little)
    } else if bytes.starts_with(&[0, 0, 0xFE, 0xFF]) {
        Some(Order::Big)
    } else {
        None
    }
}

/// The order of UTF-32 without a mark, if the bytes can be nothing else.
pub(super) fn unmarked_utf32(bytes: &[u8]) -> Option<Order> {
    if bytes.len() < 8 || !bytes.len().is_multiple_of(4) {
        return None;
    }
    [Order::Little, Order::Big].into_iter().find(|order| {
        quads(bytes, *order).all(|value| {
            char::from_u32(value).is_some_and(|c| c == '\t' || c == '\n' || c == '\r' || !c.is_control())
        })
    })
}

/// Decodes UTF-32, and counts what stands for no character. A mark at the beginning is left out.
pub(super) fn utf32(bytes: &[u8], order: Order) -> Utf32 {
    let mut bad = usize::from(!bytes.len().is_multiple_of(4));
    let decoded = quads(bytes, order).map(|value| {
        char::from_u32(value).unwrap_or_else(|| {
            bad += 1;
            char::REPLACEMENT_CHARACTER
        })
    });
    let text: String = decoded.collect();
    Utf32 { text: text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text), bad }
}

/// A text that was UTF-32.
#[derive(Debug)]
pub(super) struct Utf32 {
    pub(super) text: String,
    /// Units that stand for no character.
    pub(super) bad: usize,
}

fn quads(bytes: &[u8], order: Order) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).filter_map(move |quad| {
        let quad: [u8; 4] = quad.try_into().ok()?;
        Some(if order == Order::Little { u32::from_le_bytes(quad) } else { u32::from_be_bytes(quad) })
    })
}

/// The encoding of UTF-16 without a mark, if that is what the bytes look like. They are known not to be UTF-8.
pub(super) fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    if bytes.len() < 4 || !bytes.len().is_multiple_of(2) {
        return by_zeros(bytes);
    }
    let [little, big] = [Order::Little, Order::Big].map(|order| Plausibility::of(bytes, order));
    match (little.is_text(), big.is_text()) {
        (true, false) => Some(UTF_16LE),
        (false, true) => Some(UTF_16BE),
        (true, true) => Some(if little.separators >= big.separators { UTF_16LE } else { UTF_16BE }),
        (false, false) => by_zeros(bytes),
    }
}

/// Text of mostly Latin letters has zeros in every other byte.
fn by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let zeros = |from: usize| bytes.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, most) = (zeros(0), zeros(1), bytes.len() / 5);
    if odd > most && even == 0 {
        Some(UTF_16LE)
    } else if even > most && odd == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// How far bytes make sense as UTF-16.
#[derive(Debug, Clone, Copy, Default)]
struct Plausibility {
    characters: usize,
    /// Letters, digits, marks of common scripts and the separators.
    good: usize,
    /// Spaces, line breaks, and the full stops and commas of scripts without spaces.
    separators: usize,
}

impl Plausibility {
    fn of(bytes: &[u8], order: Order) -> Self {
        let units = bytes.chunks_exact(2).filter_map(|pair| {
            let pair: [u8; 2] = pair.try_into().ok()?;
            Some(if order == Order::Little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) })
        });
        let mut found = Self::default();
        for decoded in char::decode_utf16(units) {
            let c = decoded.unwrap_or(char::REPLACEMENT_CHARACTER);
            let is_separator = matches!(c, ' ' | '\n' | '\r' | '\t' | '\u{3000}' | '。' | '、' | '，');
            let is_mark =
                matches!(c, '\u{200B}'..='\u{2060}' | '\u{3001}'..='\u{303F}' | '\u{FF01}'..='\u{FF60}');
            // Scripts whose vowels and marks are no letters by themselves: Hebrew and Arabic to Khmer.
            let has_marks = matches!(c, '\u{590}'..='\u{109F}' | '\u{1780}'..='\u{17FF}');
            let is_other = has_marks
                || c.is_ascii_graphic()
                || matches!(c, '\u{A0}'..='\u{24F}' | '\u{300}'..='\u{36F}');
            found.characters += 1;
            found.separators += usize::from(is_separator);
            found.good += usize::from(is_separator || is_mark || is_other || c.is_alphanumeric());
        }
        found
    }

    /// Two bytes of ASCII are a letter of Han as well, but never a space or a full stop.
    fn is_text(self) -> bool {
        self.separators * 100 >= self.characters
            && self.separators > 0
            && self.good * 50 >= self.characters * 49
    }
}
