//! Look-alike letters of other alphabets.
//!
//! A reader can't see in which alphabet a word such as сор or cop is written. The form of a word whose letters all look
//! Latin is Latin, independently of the text around it (the *skeleton* of UTS #39), so that a copy in other surroundings keeps its
//! tokens. Greek and Russian words that this changes stay different from one another. In other words of two alphabets,
//! the letters of one are replaced by look-alikes of the other, if all have one. So a few symbols have the form of Latin
//! words: `TNFα` that of TNFA.

use super::super::alerts::{Alphabet, look_alike};

/// The Latin letter that a folded letter of another alphabet looks like, in small letters or in capitals.
pub(super) fn latin_of(c: char) -> Option<char> {
    let pair = |table: &[(char, char)]| table.iter().find(|(own, _)| *own == c).map(|(_, latin)| *latin);
    match c {
        '\u{370}'..='\u{3FF}' => pair(GREEK),
        '\u{400}'..='\u{52F}' => pair(CYRILLIC),
        // Armenian letters, which are not case-folded to capitals, Cherokee and Lisu.
        _ => look_alike(c).map(|latin| latin.to_ascii_lowercase()).filter(char::is_ascii_lowercase),
    }
}

/// Folded Cyrillic letters. Of several for one Latin letter, the first is the usual one.
#[rustfmt::skip]
const CYRILLIC: &[(char, char)] = &[
    ('а', 'a'), ('в', 'b'), ('с', 'c'), ('ԁ', 'd'), ('е', 'e'), ('н', 'h'), ('і', 'i'), ('ј', 'j'), ('к', 'k'),
    ('ӏ', 'l'), ('м', 'm'), ('п', 'n'), ('о', 'o'), ('р', 'p'), ('ԛ', 'q'), ('г', 'r'), ('ѕ', 's'), ('т', 't'),
    ('ѵ', 'v'), ('ԝ', 'w'), ('х', 'x'), ('у', 'y'), ('һ', 'h'), ('ү', 'y'), ('ѡ', 'w'),
];

/// Folded Greek letters.
#[rustfmt::skip]
const GREEK: &[(char, char)] = &[
    ('α', 'a'), ('β', 'b'), ('ε', 'e'), ('ι', 'i'), ('ϳ', 'j'), ('κ', 'k'), ('μ', 'm'), ('η', 'n'), ('ο', 'o'),
    ('ρ', 'p'), ('τ', 't'), ('υ', 'u'), ('ν', 'v'), ('ω', 'w'), ('χ', 'x'), ('γ', 'y'), ('ζ', 'z'),
];

/// A compared form of Latin letters in the alphabet of its language, if all its letters have look-alikes there. It is the
/// inverse of the skeleton, for stemmers of Greek and Cyrillic languages.
#[must_use]
pub fn in_alphabet(form: &str, alphabet: Alphabet) -> Option<String> {
    let table = match alphabet {
        Alphabet::Latin => return None,
        Alphabet::Cyrillic => CYRILLIC,
        Alphabet::Greek => GREEK,
    };
    let own = |c: char| match c {
        '0'..='9' => Some(c),
        _ => table.iter().find(|(_, latin)| *latin == c).map(|(own, _)| *own),
    };
    form.chars().map(own).collect()
}

/// Puts the letters of a folded word into one alphabet, if they look as if they were of one. Digits may be among them.
/// Linear in the word.
pub(super) fn unify_alphabets(form: &mut String) {
    let Some(counts) = Counts::of(form) else { return };
    let is_latin = |c: char| c.is_ascii() || latin_of(c).is_some();
    if counts.is_pure() {
        return;
    }
    if form.chars().all(is_latin) {
        *form = form.chars().map(|c| latin_of(c).unwrap_or(c)).collect();
    } else if counts.latin > 0 {
        let table = match (counts.cyrillic, counts.greek, counts.rare) {
            (1.., 0, 0) => CYRILLIC,
            (0, 1.., 0) => GREEK,
            _ => return,
        };
        if let Some(unified) = form.chars().map(|c| own_letter(c, table)).collect() {
            *form = unified;
        }
    }
}

/// The letter of the table's alphabet that a Latin letter looks like; other characters as they are.
fn own_letter(c: char, table: &[(char, char)]) -> Option<char> {
    if !c.is_ascii_lowercase() {
        return Some(c);
    }
    table.iter().find(|(_, latin)| *latin == c).map(|(own, _)| *own)
}

/// The letters of a word by alphabet.
#[derive(Debug, Default)]
struct Counts {
    latin: u32,
    greek: u32,
    cyrillic: u32,
    /// Letters of other scripts that look Latin.
    rare: u32,
}

impl Counts {
    /// `None` if the word has letters of another script.
    fn of(form: &str) -> Option<Self> {
        let mut counts = Self::default();
        for c in form.chars() {
            match c {
                '0'..='9' => {}
                'a'..='z' => counts.latin += 1,
                '\u{370}'..='\u{3FF}' => counts.greek += 1,
                '\u{400}'..='\u{52F}' => counts.cyrillic += 1,
                _ if latin_of(c).is_some() => counts.rare += 1,
                _ => return None,
            }
        }
        Some(counts)
    }

    /// Whether all letters are Latin already.
    fn is_pure(&self) -> bool {
        self.greek + self.cyrillic + self.rare == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_skeleton_of_a_word_leads_back_to_it() {
        for (word, alphabet) in
            [("таракан", Alphabet::Cyrillic), ("και", Alphabet::Greek), ("в2", Alphabet::Cyrillic)]
        {
            let mut form = word.to_owned();
            unify_alphabets(&mut form);
            assert!(form.is_ascii(), "{form}");
            assert_eq!(in_alphabet(&form, alphabet).as_deref(), Some(word));
        }
        assert_eq!(in_alphabet("file", Alphabet::Cyrillic), None);
    }
}
