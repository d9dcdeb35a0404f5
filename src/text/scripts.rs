//! Scripts that are written without spaces between words.
//!
//! [`is_unspaced`] is the definition: tokens, stems and matching go by it. [`is_cjk`] is not a second one. It is for
//! layout: regions and alerts ask it whether a character, punctuation included, stands in Chinese or Japanese text.

use unicode_script::{Script, UnicodeScript};

use super::folding::is_digit;

/// The first character of such a script (Thai). Nothing has to be looked up below it.
const FIRST_UNSPACED: char = '\u{0E00}';

/// Whether a letter belongs to a script that is written without spaces: it is a single-character word.
///
/// The script is the Unicode property `Script`. Letters that several scripts share, such as the prolonged sound mark of
/// both kana (U+30FC), have the value `Common` and name their scripts in `Script_Extensions` (UAX #24).
///
/// Tokens depend on this set: a character that enters or leaves it changes the fingerprints of texts that have it.
pub(crate) fn is_unspaced(c: char) -> bool {
    if c < FIRST_UNSPACED {
        return false;
    }
    // The most frequent of these letters need no look-up: Thai, hiragana, katakana and the unified ideographs.
    if matches!(c, '\u{E01}'..='\u{E3A}' | '\u{E40}'..='\u{E46}' | '\u{E4D}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}'
        | '\u{4E00}'..='\u{9FFF}')
    {
        return true;
    }
    // Digits make numbers, as elsewhere.
    if !c.is_alphanumeric() || is_digit(c) {
        return false;
    }
    match c.script() {
        Script::Common => {
            let shared = c.script_extension();
            // Numbers such as ㈠ (U+3220) are shared too, but are no letters.
            c.is_alphabetic() && !shared.is_common() && shared.iter().any(has_no_spaces)
        }
        script => has_no_spaces(script),
    }
}

fn has_no_spaces(script: Script) -> bool {
    matches!(
        script,
        Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Bopomofo
            | Script::Yi
            | Script::Thai
            | Script::Lao
            | Script::Khmer
            | Script::Myanmar
    )
}

/// Whether a character stands in a block of Chinese or Japanese: ideographs, kana, and their punctuation.
///
/// Blocks, because punctuation has the script `Common`. Some blocks of [`is_unspaced`] letters are not among them:
/// Bopomofo, Yi and half-width kana, which are rare in running text.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_scripts_without_spaces() {
        for c in "数々〆〇ひカーｰﾊ〻〱ㄅꀀไລຮកမꩠ𛀁𠀀".chars() {
            assert!(is_unspaced(c), "{c} U+{:04X}", u32::from(c));
        }
        for c in "aéжع한हა1๙၂①㈠。、・「 ฿\u{0E47}\u{3099}ℂⒶ𝐀".chars() {
            assert!(!is_unspaced(c), "{c} U+{:04X}", u32::from(c));
        }
    }

    /// The rule as it was before `Script_Extensions` took the place of a list of shared letters.
    fn by_list(c: char) -> bool {
        c >= FIRST_UNSPACED
            && c.is_alphanumeric()
            && !is_digit(c)
            && (matches!(c, '\u{3000}'..='\u{30FF}' | '\u{FF70}') || has_no_spaces(c.script()))
    }

    #[test]
    fn shared_letters_are_those_that_were_listed() {
        // The half-width voicing marks are letters by category; segmentation takes them for marks.
        let marks = ['\u{FF9E}', '\u{FF9F}'];
        for c in (0..=u32::from(char::MAX)).filter_map(char::from_u32).filter(|c| !marks.contains(c)) {
            assert_eq!(is_unspaced(c), by_list(c), "U+{:04X}", u32::from(c));
        }
    }
}
