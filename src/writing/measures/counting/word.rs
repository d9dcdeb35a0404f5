//! A word, as the counts see it.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    /// In small letters, without accents, and with `'` for every apostrophe.
    pub(super) lower: &'a str,
    /// The number of letters.
    pub(super) letters: u32,
    /// The number of digits.
    pub(super) digits: u32,
    /// Whether it is the first of its sentence.
    pub(super) first_of_sentence: bool,
    /// Whether it is capitalised within a sentence, and so taken for a name.
    pub(super) is_name: bool,
    /// Whether it has no capitals.
    pub(super) is_small: bool,
}

/// The room for the small letters of words, used again.
#[derive(Debug, Default)]
pub(super) struct Reader {
    lower: String,
}

impl Reader {
    /// Reads a word. `capitals` tells whether capitals distinguish words in this text. Linear in the word.
    pub(super) fn read<'a>(&'a mut self, word: &str, first_of_sentence: bool, capitals: bool) -> Word<'a> {
        let (mut letters, mut digits, mut small) = (0, 0, true);
        for c in word.chars() {
            letters += u32::from(c.is_alphabetic());
            digits += u32::from(c.is_numeric());
            small &= !c.is_uppercase();
        }
        self.lower.clear();
        if word.is_ascii() {
            self.lower.push_str(word);
            self.lower.make_ascii_lowercase();
        } else {
            let plain = word.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase);
            self.lower.extend(plain.map(|c| if matches!(c, '’' | 'ʼ' | '‘') { '\'' } else { c }));
        }
        let capitalised = word.chars().next().is_some_and(char::is_uppercase);
        let pronoun = self.lower == "i" || self.lower.starts_with("i'");
        Word {
            lower: &self.lower,
            letters,
            digits,
            first_of_sentence,
            is_name: capitals && capitalised && !first_of_sentence && !pronoun,
            is_small: small,
        }
    }
}
