//! Letters, marks and digits that stand for one another in a script.
//!
//! The input is decomposed (NFKD) and case-folded text. Each rule follows the writing habits of a script: marks that
//! its readers leave out, letters of one shape under several code points, and digits.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

/// Writes the folded form of `c` to `out`: nothing, one letter, or two.
pub(super) fn fold_letter(c: char, out: &mut impl FnMut(char)) {
    match c {
        'a'..='z' | '0'..='9' => out(c),
        _ if is_optional_mark(c) || is_filler(c) => {}
        'æ' => ['a', 'e'].into_iter().for_each(out),
        'œ' => ['o', 'e'].into_iter().for_each(out),
        'þ' => ['t', 'h'].into_iter().for_each(out),
        _ => out(digit(c).unwrap_or_else(|| same_letter(c))),
    }
}

/// Whether a mark may be left out in its script: accents of Latin, Greek and Cyrillic, vowel signs of Arabic and Syriac,
/// Hebrew points, gemination in Ethiopic, the nukta of Devanagari, tone marks of the Vedas.
///
/// Marks of other scripts are letters: the vowel signs of India and South-East Asia, tones of Thai, voicing of kana.
pub(super) fn is_optional_mark(c: char) -> bool {
    if c < '\u{300}' || !is_combining_mark(c) {
        return false;
    }
    match c {
        '\u{3099}' | '\u{309A}' => false,
        '\u{93C}' => true,
        _ => matches!(
            c.script(),
            Script::Inherited
                | Script::Latin
                | Script::Greek
                | Script::Cyrillic
                | Script::Arabic
                | Script::Hebrew
                | Script::Syriac
                | Script::Coptic
                | Script::Ethiopic
                | Script::Glagolitic
        ),
    }
}

/// Whether a character adds nothing to a word: the tatweel, and signs that decomposition leaves, such as the bar of ½.
fn is_filler(c: char) -> bool {
    c == '\u{640}' || c == '\u{2BC}' || !(c.is_alphanumeric() || is_combining_mark(c))
}

/// The letter that stands for `c` and for the letters that its script writes in place of it.
fn same_letter(c: char) -> char {
    match c {
        // Latin: dotless i; letters with a stroke; letters of phonetic alphabets that look like ordinary ones.
        'ı' | 'ɪ' | 'ɩ' => 'i',
        'đ' | 'ð' | 'ᴅ' => 'd',
        'ø' | 'ᴏ' => 'o',
        'ł' | 'ʟ' => 'l',
        'ħ' | 'ʜ' => 'h',
        'ŧ' | 'ᴛ' => 't',
        'ɑ' | 'ᴀ' => 'a',
        'ʙ' => 'b',
        'ᴄ' => 'c',
        'ᴇ' => 'e',
        'ꜰ' => 'f',
        'ɡ' | 'ɢ' => 'g',
        'ᴊ' => 'j',
        'ᴋ' | 'ĸ' => 'k',
        'ᴍ' => 'm',
        'ɴ' | 'ŋ' => 'n',
        'ᴘ' => 'p',
        'ʀ' => 'r',
        'ꜱ' => 's',
        'ᴜ' => 'u',
        'ᴠ' | 'ʋ' => 'v',
        'ᴡ' => 'w',
        'ʏ' => 'y',
        'ᴢ' => 'z',
        // Cyrillic: Ukrainian ge with upturn.
        'ґ' => 'г',
        // Arabic, Persian and Urdu: alef, yeh, kaf and heh in their variants.
        '\u{671}' | '\u{672}' | '\u{673}' | '\u{675}' => '\u{627}',
        '\u{649}' | '\u{6CC}' | '\u{6CD}' | '\u{678}' => '\u{64A}',
        '\u{6A9}' | '\u{6AA}' => '\u{643}',
        '\u{629}' | '\u{6BE}' | '\u{6C1}' | '\u{6C3}' | '\u{6D5}' | '\u{6FF}' => '\u{647}',
        // Devanagari: candrabindu and anusvara.
        '\u{901}' => '\u{902}',
        // Katakana and hiragana.
        '\u{30A1}'..='\u{30F6}' | '\u{30FD}'..='\u{30FE}' => {
            char::from_u32(u32::from(c) - KANA_DISTANCE).unwrap_or(c)
        }
        '\u{3400}'.. => HAN.get(&c).copied().unwrap_or(c),
        _ => c,
    }
}

/// The distance between a katakana letter and its hiragana.
const KANA_DISTANCE: u32 = 0x60;

/// Traditional and Japanese characters, each with the simplified one.
static HAN: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let lines = include_str!("han.txt").lines().filter(|line| !line.starts_with('#'));
    let mut pairs = HashMap::new();
    for group in lines.flat_map(|line| line.split(' ')) {
        let mut characters = group.chars();
        if let Some(simplified) = characters.next() {
            pairs.extend(characters.map(|other| (other, simplified)));
        }
    }
    pairs
});

/// The ASCII digit of a decimal digit in any script (general category Nd).
fn digit(c: char) -> Option<char> {
    let place = ZEROS.partition_point(|zero| *zero <= c).checked_sub(1)?;
    let value = u32::from(c) - u32::from(*ZEROS.get(place)?);
    char::from_digit(value, 10)
}

/// Whether a character is a decimal digit of any script.
pub(in crate::text) fn is_digit(c: char) -> bool {
    digit(c).is_some()
}

/// The zeros of all scripts with decimal digits, each followed by the other nine (Unicode 16, `UnicodeData`).
#[rustfmt::skip]
const ZEROS: &[char] = &[
    '0', '\u{660}', '\u{6F0}', '\u{7C0}', '\u{966}', '\u{9E6}', '\u{A66}', '\u{AE6}', '\u{B66}', '\u{BE6}', '\u{C66}',
    '\u{CE6}', '\u{D66}', '\u{DE6}', '\u{E50}', '\u{ED0}', '\u{F20}', '\u{1040}', '\u{1090}', '\u{17E0}', '\u{1810}',
    '\u{1946}', '\u{19D0}', '\u{1A80}', '\u{1A90}', '\u{1B50}', '\u{1BB0}', '\u{1C40}', '\u{1C50}', '\u{A620}',
    '\u{A8D0}', '\u{A900}', '\u{A9D0}', '\u{A9F0}', '\u{AA50}', '\u{ABF0}', '\u{FF10}', '\u{104A0}', '\u{10D30}',
    '\u{10D40}', '\u{11066}', '\u{110F0}', '\u{11136}', '\u{111D0}', '\u{112F0}', '\u{11450}', '\u{114D0}',
    '\u{11650}', '\u{116C0}', '\u{116D0}', '\u{116DA}', '\u{11730}', '\u{118E0}', '\u{11950}', '\u{11BF0}',
    '\u{11C50}', '\u{11D50}', '\u{11DA0}', '\u{16A60}', '\u{16AC0}', '\u{16B50}', '\u{16D70}', '\u{1CCF0}',
    '\u{1D7CE}', '\u{1D7D8}', '\u{1D7E2}', '\u{1D7EC}', '\u{1D7F6}', '\u{1E140}', '\u{1E2F0}', '\u{1E4F0}',
    '\u{1E5F1}', '\u{1E950}', '\u{1FBF0}',
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_sorted_and_start_ten_numbers() {
        assert!(ZEROS.is_sorted());
        for zero in ZEROS {
            let digits: Vec<Option<char>> =
                (0..10).map(|value| digit(char::from_u32(u32::from(*zero) + value).unwrap())).collect();
            let expected: Vec<Option<char>> = ('0'..='9').map(Some).collect();
            assert_eq!(digits, expected, "{zero:?}");
        }
        assert_eq!((digit('a'), digit('/'), digit(':'), digit('٪')), (None, None, None, None));
    }

    #[test]
    fn every_han_pair_ends_in_one_step() {
        assert!(HAN.len() > 4000);
        assert!(HAN.values().all(|simplified| !HAN.contains_key(simplified)));
    }
}
