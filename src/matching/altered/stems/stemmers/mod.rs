//! Stemmers of languages.
mod affixes;
mod norwegian;

use std::borrow::Cow;

use unicode_script::{Script, UnicodeScript};
use whatlang::Lang;

use self::affixes::Affixes;
use super::language::Language;
use crate::text::alerts::Alphabet;
use crate::text::in_alphabet;

/// The stemmer of one language.
pub(super) enum Stemmer {
    /// The English stemmer of the Snowball project (Porter 2001).
    English(rust_stemmers::Stemmer),
    /// Affixes that are no part of a word are cut off, then all letters after the first few.
    ///
    /// On words without accents, truncation finds as much as the Snowball stemmers of other languages, or more: it joins
    /// derived words too, and it needs no accents (`McNamee` & Mayfield 2004 for European languages; Can et al. 2008 for
    /// Turkish). Frequencies are those of truncated words, so that a beginning of many words is common.
    Truncation(&'static Affixes, Option<Alphabet>),
    /// Truncation of the Bokmål word.
    Norwegian,
}

/// The letters of a truncated word.
const LETTERS: usize = 5;
/// The syllables of a truncated Korean word: most stems have two.
const SYLLABLES: usize = 2;

impl Stemmer {
    /// The stemmer of `language`.
    pub(super) fn of(language: Language) -> Self {
        match language.detected() {
            Some(Lang::Eng) => {
                Self::English(rust_stemmers::Stemmer::create(rust_stemmers::Algorithm::English))
            }
            Some(Lang::Nob | Lang::Dan) => Self::Norwegian,
            _ => Self::Truncation(Affixes::of(language), language.alphabet()),
        }
    }

    /// The stem of a word in its compared form.
    pub(super) fn stem<'w>(&self, word: &'w str) -> Cow<'w, str> {
        match self {
            Self::English(stemmer) => stemmer.stem(word),
            Self::Norwegian => truncated(norwegian::bokmal(word)).into(),
            Self::Truncation(affixes, alphabet) => {
                let own = alphabet.and_then(|alphabet| in_alphabet(word, alphabet));
                match own {
                    None => truncated(affixes.removed(word)).into(),
                    Some(own) => truncated(affixes.removed(&own)).to_owned().into(),
                }
            }
        }
    }
}

/// The first letters of a word. A word with digits is whole: its end tells one number or name from another.
fn truncated(word: &str) -> &str {
    if word.bytes().any(|byte| byte.is_ascii_digit()) {
        return word;
    }
    let hangul = word.chars().next().is_some_and(|first| first.script() == Script::Hangul);
    let letters = if hangul { SYLLABLES } else { LETTERS };
    let end = word.char_indices().nth(letters).map_or(word.len(), |(end, _)| end);
    word.get(..end).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::super::language::Language;
    use super::Stemmer;
    use crate::text::{Span, compared_form_at};

    fn stem(language: Language, word: &str) -> String {
        let mut compared = String::new();
        compared_form_at(word, Span { start: 0, end: u32::try_from(word.len()).unwrap() }, &mut compared);
        Stemmer::of(language).stem(&compared).into_owned()
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        use whatlang::Lang as L;
        let same = [
            (L::Eng, "walking", "walked"),
            (L::Spa, "según", "segun"),
            (L::Spa, "molinos", "molineros"),
            (L::Fin, "kirjastossa", "kirjaston"),
            (L::Hun, "könyvtárban", "könyvtárak"),
            (L::Rus, "история", "историей"),
            (L::Ukr, "держава", "державою"),
            (L::Ces, "knihovna", "knihovnách"),
            (L::Tur, "kitaplarımız", "kitaptan"),
            (L::Ara, "والكتاب", "كتاب"),
            (L::Ara, "المدرسة", "مدرسه"),
            (L::Pes, "نمی‌خورند", "میخورند"),
            (L::Pes, "کتاب‌هایی", "كتاب"),
            (L::Heb, "הספרים", "ספר"),
            (L::Ind, "membacakannya", "dibaca"),
            (L::Kor, "학교에서", "학교의"),
            (L::Nob, "ikkje", "ikke"),
            (L::Nob, "soleis", "således"),
        ];
        for (language, a, b) in same {
            let language = Language::of(language);
            assert_eq!(stem(language, a), stem(language, b), "{a} and {b}");
        }
    }

    #[test]
    fn different_words_have_different_stems() {
        use whatlang::Lang as L;
        for (language, a, b) in [
            (L::Eng, "walking", "talking"),
            (L::Ara, "ولد", "والد"),
            (L::Ind, "makan", "minum"),
            (L::Pes, "میز", "ز"),
            (L::Heb, "בית", "ית"),
            (L::Kor, "학교", "학생"),
            (L::Deu, "20240115", "20240116"),
            (L::Deu, "modell2000", "modell3000"),
        ] {
            let language = Language::of(language);
            assert_ne!(stem(language, a), stem(language, b), "{a} and {b}");
        }
    }

    #[test]
    fn words_that_look_latin_are_stemmed_in_their_own_alphabet() {
        let russian = Language::of(whatlang::Lang::Rus);
        assert_eq!(stem(russian, "роса"), "роса");
        assert_eq!(stem(russian, "роста"), stem(russian, "роста"));
    }
}
