//! Letters that look like letters of other alphabets.
//!
//! The pairs are those of Unicode's confusables.txt (UTS #39) of one letter each in the same case. Pairs that readers
//! overlook in running text (Cyrillic к, Greek κ, η, ω) are added; pairs that differ in most text fonts (l, 1 and I; O
//! and 0) are left out.

/// An alphabet that letters of other scripts may imitate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alphabet {
    /// Latin.
    Latin,
    /// Cyrillic.
    Cyrillic,
    /// Greek.
    Greek,
}

/// Cyrillic letters, and the Latin ones that they look like. Of several for one Latin letter, [`look_alike_in`] returns
/// the first.
#[rustfmt::skip]
const CYRILLIC: &[(char, char)] = &[
    ('а', 'a'), ('с', 'c'), ('е', 'e'), ('і', 'i'), ('ј', 'j'), ('к', 'k'), ('о', 'o'), ('р', 'p'),
    ('ѕ', 's'), ('х', 'x'), ('у', 'y'), ('ё', 'ë'), ('ї', 'ï'), ('ԁ', 'd'), ('һ', 'h'), ('ӏ', 'l'),
    ('п', 'n'), ('ԛ', 'q'), ('г', 'r'), ('ѵ', 'v'), ('ԝ', 'w'), ('ү', 'y'), ('ѡ', 'w'), ('А', 'A'),
    ('В', 'B'), ('С', 'C'), ('Е', 'E'), ('Н', 'H'), ('І', 'I'), ('Ј', 'J'), ('К', 'K'), ('М', 'M'),
    ('О', 'O'), ('Р', 'P'), ('Ѕ', 'S'), ('Т', 'T'), ('Х', 'X'), ('У', 'Y'), ('Ё', 'Ë'), ('Ї', 'Ï'),
    ('Ԍ', 'G'), ('Ӏ', 'I'), ('Ԛ', 'Q'), ('Ԝ', 'W'), ('Ү', 'Y'), ('Ѵ', 'V'),
];

/// Greek letters, and the Latin ones that they look like.
#[rustfmt::skip]
const GREEK: &[(char, char)] = &[
    ('α', 'a'), ('γ', 'y'), ('η', 'n'), ('ι', 'i'), ('κ', 'k'), ('ν', 'v'), ('ο', 'o'), ('ρ', 'p'),
    ('υ', 'u'), ('χ', 'x'), ('ω', 'w'), ('τ', 't'), ('ϲ', 'c'), ('ϳ', 'j'), ('ά', 'á'), ('ό', 'ó'),
    ('ί', 'í'), ('ύ', 'ú'), ('Α', 'A'), ('Β', 'B'), ('Ε', 'E'), ('Η', 'H'), ('Ι', 'I'), ('Κ', 'K'),
    ('Μ', 'M'), ('Ν', 'N'), ('Ο', 'O'), ('Ρ', 'P'), ('Τ', 'T'), ('Χ', 'X'), ('Υ', 'Y'), ('Ζ', 'Z'),
    ('Ϲ', 'C'), ('Ϳ', 'J'),
];

/// Letters that a Latin word has only as a disguise: Armenian, Cherokee, Lisu, Coptic, and Latin letters of phonetic
/// alphabets.
#[rustfmt::skip]
const RARE: &[(char, char)] = &[
    ('օ', 'o'), ('ս', 'u'), ('հ', 'h'), ('ո', 'n'), ('ց', 'g'), ('զ', 'q'), ('յ', 'j'), ('ք', 'p'),
    ('Օ', 'O'), ('Ս', 'U'), ('Տ', 'S'), ('Լ', 'L'), ('Ꭺ', 'A'), ('Ᏼ', 'B'), ('Ꮯ', 'C'), ('Ꭰ', 'D'),
    ('Ꭼ', 'E'), ('Ꮐ', 'G'), ('Ꮋ', 'H'), ('Ꭻ', 'J'), ('Ꮶ', 'K'), ('Ꮮ', 'L'), ('Ꮇ', 'M'), ('Ꮲ', 'P'),
    ('Ꮢ', 'R'), ('Ꮪ', 'S'), ('Ꭲ', 'T'), ('Ꮩ', 'V'), ('Ꮃ', 'W'), ('Ꮓ', 'Z'), ('ꓮ', 'A'), ('ꓐ', 'B'),
    ('ꓚ', 'C'), ('ꓓ', 'D'), ('ꓰ', 'E'), ('ꓝ', 'F'), ('ꓖ', 'G'), ('ꓧ', 'H'), ('ꓲ', 'I'), ('ꓙ', 'J'),
    ('ꓗ', 'K'), ('ꓡ', 'L'), ('ꓟ', 'M'), ('ꓠ', 'N'), ('ꓳ', 'O'), ('ꓑ', 'P'), ('ꓣ', 'R'), ('ꓢ', 'S'),
    ('ꓔ', 'T'), ('ꓴ', 'U'), ('ꓦ', 'V'), ('ꓪ', 'W'), ('ꓫ', 'X'), ('ꓬ', 'Y'), ('ꓜ', 'Z'), ('ⲟ', 'o'),
    ('ⲣ', 'p'), ('ⲥ', 'c'), ('Ⲟ', 'O'), ('Ⲣ', 'P'), ('Ⲥ', 'C'), ('Ⲏ', 'H'), ('Ⲓ', 'I'), ('Ⲕ', 'K'),
    ('Ⲙ', 'M'), ('Ⲛ', 'N'), ('Ⲧ', 'T'), ('ɑ', 'a'), ('ɡ', 'g'), ('ɩ', 'i'), ('ʋ', 'v'), ('ᴄ', 'c'),
    ('ᴏ', 'o'), ('ᴠ', 'v'), ('ᴡ', 'w'), ('ᴢ', 'z'), ('ꜱ', 's'), ('ᴜ', 'u'), ('ᴀ', 'a'), ('ʙ', 'b'),
    ('ᴅ', 'd'), ('ᴇ', 'e'), ('ɢ', 'g'), ('ʜ', 'h'), ('ɪ', 'i'), ('ᴊ', 'j'), ('ᴋ', 'k'), ('ʟ', 'l'),
    ('ᴍ', 'm'), ('ɴ', 'n'), ('ᴘ', 'p'), ('ʀ', 'r'), ('ᴛ', 't'), ('ʏ', 'y'), ('ꜰ', 'f'),
];

/// The Latin letter that `c`, a letter of another script or a styled letter, looks like; `None` for ordinary Latin
/// letters and for letters without a look-alike.
///
/// Styled letters (full-width, mathematical, circled letters, Roman numerals of one letter) are those that NFKC maps to
/// one letter too.
#[must_use]
pub fn look_alike(c: char) -> Option<char> {
    if c.is_ascii() {
        return None;
    }
    let pair = |table: &[(char, char)]| table.iter().find(|(other, _)| *other == c).map(|(_, latin)| *latin);
    match c {
        '\u{370}'..='\u{3FF}' => pair(GREEK),
        '\u{400}'..='\u{52F}' => pair(CYRILLIC),
        _ if is_styled(c) => unstyled(c),
        _ => pair(RARE),
    }
}

/// The letter of `alphabet` that `c` looks like; `None` if `c` belongs to that alphabet.
///
/// Cyrillic and Greek letters are found by the Latin letter that both look like.
#[must_use]
pub fn look_alike_in(c: char, alphabet: Alphabet) -> Option<char> {
    let latin = look_alike(c);
    let table = match alphabet {
        Alphabet::Latin => return latin,
        Alphabet::Cyrillic => CYRILLIC,
        Alphabet::Greek => GREEK,
    };
    if table.iter().any(|(own, _)| *own == c) {
        return None;
    }
    let latin = latin.unwrap_or(c);
    table.iter().find(|(_, other)| *other == latin).map(|(own, _)| *own)
}

/// Whether `c` is a styled letter: full-width, mathematical, circled, or a Roman numeral.
pub(super) fn is_styled(c: char) -> bool {
    matches!(c, 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '\u{1D400}'..='\u{1D6A3}' | 'Ⓐ'..='ⓩ' | '\u{1F130}'..='\u{1F149}'
        | '\u{1F150}'..='\u{1F169}' | '\u{1F170}'..='\u{1F189}' | 'ℂ' | 'ℊ'..='ℍ' | 'ℎ' | 'ℐ'..='ℓ' | 'ℕ'
        | 'ℙ'..='ℝ' | 'ℤ' | 'ℨ' | 'ℬ' | 'ℭ' | 'ℯ'..='ℱ' | 'ℳ' | 'ℴ' | 'Ⅰ' | 'Ⅴ' | 'Ⅹ' | 'Ⅼ'..='Ⅿ' | 'ⅰ' | 'ⅴ'
        | 'ⅹ' | 'ⅼ'..='ⅿ')
}

/// The plain letter of a styled one. Most styles are whole alphabets in order.
fn unstyled(c: char) -> Option<char> {
    let nth = |first: char| u32::from(c).checked_sub(u32::from(first));
    let letter = |first: char, index: u32| char::from_u32(u32::from(first) + index);
    match c {
        'Ａ'..='Ｚ' => letter('A', nth('Ａ')?),
        'ａ'..='ｚ' => letter('a', nth('ａ')?),
        'Ⓐ'..='Ⓩ' => letter('A', nth('Ⓐ')?),
        'ⓐ'..='ⓩ' => letter('a', nth('ⓐ')?),
        '\u{1F130}'..='\u{1F149}' => letter('A', nth('\u{1F130}')?),
        '\u{1F150}'..='\u{1F169}' => letter('A', nth('\u{1F150}')?),
        '\u{1F170}'..='\u{1F189}' => letter('A', nth('\u{1F170}')?),
        '\u{1D400}'..='\u{1D6A3}' => match nth('\u{1D400}')? % 52 {
            index @ 0..26 => letter('A', index),
            index => letter('a', index - 26),
        },
        _ => {
            const SINGLE: &[(&str, char)] = &[
                ("ℂℭⅭ", 'C'),
                ("ℊ", 'g'),
                ("ℋℌℍ", 'H'),
                ("ℎ", 'h'),
                ("ℐℑⅠ", 'I'),
                ("ℒⅬ", 'L'),
                ("ℓⅼ", 'l'),
                ("ℕ", 'N'),
                ("ℙ", 'P'),
                ("ℚ", 'Q'),
                ("ℛℜℝ", 'R'),
                ("ℤℨ", 'Z'),
                ("ℬ", 'B'),
                ("ℯ", 'e'),
                ("ℰ", 'E'),
                ("ℱ", 'F'),
                ("ℳⅯ", 'M'),
                ("ℴ", 'o'),
                ("Ⅴ", 'V'),
                ("Ⅹ", 'X'),
                ("Ⅾ", 'D'),
                ("ⅰ", 'i'),
                ("ⅴ", 'v'),
                ("ⅹ", 'x'),
                ("ⅽ", 'c'),
                ("ⅾ", 'd'),
                ("ⅿ", 'm'),
            ];
            SINGLE.iter().find(|(styled, _)| styled.contains(c)).map(|(_, plain)| *plain)
        }
    }
}
