//! Guesses: which legacy encoding bytes are in, and whether they are text at all.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, MACINTOSH, WINDOWS_1252};
use memchr::memmem;

/// Most bytes that a guess looks at. They begin a little before the first that is not ASCII.
const MAX_GUESSED_BYTES: usize = 4 << 20;
const BEFORE_FIRST: usize = 64 << 10;

/// ISO-2022-JP is ASCII with escapes; `None` if the bytes are not it.
pub(super) fn iso_2022_jp(bytes: &[u8]) -> Option<&'static Encoding> {
    memmem::find(bytes, b"\x1B$")?;
    let has_errors = ISO_2022_JP.decode_without_bom_handling(bytes).1;
    (!has_errors).then_some(ISO_2022_JP)
}

/// The likely legacy encoding of text that is not UTF-8.
pub(super) fn legacy(bytes: &[u8]) -> &'static Encoding {
    let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0).saturating_sub(BEFORE_FIRST);
    let part = bytes.get(first..).unwrap_or_default();
    let part = part.get(..MAX_GUESSED_BYTES).unwrap_or(part);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(part, true);
    let guessed = detector.guess(None, Utf8Detection::Deny);
    if is_macintosh(part, guessed) { MACINTOSH } else { guessed }
}

/// Characters of windows-1252 that do not fit, from which on a text may be Mac Roman.
const MIN_MISFITS: usize = 2;

/// Whether text of a Western language is rather in Mac Roman, which the detector does not know: as windows-1252, its accents are
/// capital letters and signs inside words.
fn is_macintosh(bytes: &[u8], guessed: &'static Encoding) -> bool {
    if guessed.is_single_byte() && bytes.iter().any(|byte| (0x80..=0x9F).contains(byte)) {
        let odd = |encoding: &'static Encoding| misfits(&encoding.decode_without_bom_handling(bytes).0);
        let (as_mac, as_windows, as_guessed) = (odd(MACINTOSH), odd(WINDOWS_1252), odd(guessed));
        return as_windows >= MIN_MISFITS && as_mac * 4 < as_windows && as_mac * 4 < as_guessed;
    }
    false
}

/// Characters that do not fit between the letters around them: capitals, signs and controls after a small letter.
fn misfits(text: &str) -> usize {
    let mut before = ' ';
    let mut count = 0;
    for c in text.chars() {
        let is_odd = !c.is_ascii()
            && (c.is_control()
                || before.is_lowercase() && c.is_uppercase()
                || before.is_alphabetic() && !c.is_alphanumeric() && !is_mark_after_word(c)
                || !c.is_alphanumeric() && !is_mark_of_text(c));
        count += usize::from(is_odd);
        before = c;
    }
    count
}

fn is_mark_after_word(c: char) -> bool {
    matches!(
        c,
        '’' | '”'
            | '“'
            | '…'
            | '–'
            | '—'
            | '»'
            | '\u{A0}'
            | '‘'
            | '®'
            | '©'
            | '™'
            | '†'
            | '‡'
            | '°'
            | '€'
            | '\u{AD}'
    )
}

fn is_mark_of_text(c: char) -> bool {
    is_mark_after_word(c)
        || matches!(
            c,
            '«' | '„' | '‚' | '§' | '£' | '€' | '°' | '¿' | '¡' | '•' | '·' | '×' | '½' | '¼' | '¾'
        )
}

/// Controls of a text from which on their share counts: a short text may have a stray one.
const MIN_CONTROLS: usize = 4;

/// Whether a decoded text is none: controls, and characters that could not be decoded.
pub(super) fn is_binary(text: &str) -> bool {
    let (mut controls, mut nul, mut undecoded, mut characters) = (0_usize, 0_usize, 0_usize, 0_usize);
    for c in text.chars() {
        characters += 1;
        nul += usize::from(c == '\0');
        let is_used = matches!(c, '\t' | '\n' | '\r' | '\x0B' | '\x0C' | '\x1A' | '\x1B' | '\u{85}');
        controls += usize::from(c.is_control() && !is_used);
        undecoded += usize::from(c == char::REPLACEMENT_CHARACTER);
    }
    controls >= MIN_CONTROLS && controls * 50 > characters
        || nul * 200 > characters
        || undecoded * 5 > characters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mac_roman_is_told_from_windows_1252() {
        let text = "Le caf\u{e9} \u{e9}tait ferm\u{e9} \u{e0} midi, et le gar\u{e7}on n\u{2019}\u{e9}tait pas l\u{e0}.";
        let mac = MACINTOSH.encode(text).0.into_owned();
        let windows = WINDOWS_1252.encode(text).0.into_owned();
        assert_eq!(legacy(&mac).name(), "macintosh");
        assert_eq!(legacy(&windows).name(), "windows-1252");
    }

    #[test]
    fn random_bytes_are_binary() {
        let mut state = 7_u32;
        let bytes: Vec<u8> = (0..4000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_le_bytes()[3]
            })
            .collect();
        assert!(is_binary(&legacy(&bytes).decode_without_bom_handling(&bytes).0));
        assert!(!is_binary("A text.\r\n\tWith tabs\x0Cand a page."));
    }
}
