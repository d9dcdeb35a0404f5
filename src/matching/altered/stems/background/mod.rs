//! General frequencies of a language's stems and characters.
mod characters;
mod lengths;
mod serbian;
mod tables;

use std::collections::HashMap;
use std::sync::OnceLock;

pub(in crate::matching::altered) use self::characters::Character;
use self::characters::CharacterFrequencies;
pub(super) use self::tables::Table;
pub use self::tables::frequency_tables;
use super::language::Language;
use super::stemmers::Stemmer;
use crate::matching::altered::num::small;
use crate::text::{Span, compared_form_at};

/// The frequency of a stem that is not in its language's table: a little above the table's last class.
const RARE: f32 = 6e-5;

/// The general frequencies of a language, by a table or, without one, by the length of words.
#[derive(Debug, Clone, Copy)]
pub(in crate::matching::altered) struct Background(Option<&'static Frequencies>);

/// The frequencies of one language.
#[derive(Debug, Default)]
struct Frequencies {
    stems: HashMap<String, f32>,
    characters: CharacterFrequencies,
}

/// A slot for each language that may have a table.
const LANGUAGES: usize = 128;

impl Background {
    /// The frequencies of `language`. The first call for a language reads its table: a few milliseconds.
    pub(super) fn of(language: Language) -> Self {
        static LOADED: [OnceLock<Frequencies>; LANGUAGES] = [const { OnceLock::new() }; LANGUAGES];
        let loaded = language.table().zip(LOADED.get(language.index()));
        Self(loaded.map(|(table, slot)| slot.get_or_init(|| Frequencies::read(&table.text(), language))))
    }

    /// Whether the table has this stem.
    pub(super) fn knows(self, stem: &str) -> bool {
        self.0.is_some_and(|frequencies| frequencies.stems.contains_key(stem))
    }

    /// The share of the language's words that have this stem, which is that of `word`.
    pub(super) fn frequency(self, stem: &str, word: &str) -> f32 {
        match self.0 {
            Some(frequencies) => frequencies.stems.get(stem).map_or(RARE, |share| share.max(RARE)),
            None => lengths::frequency(word),
        }
    }

    /// The share of the language's characters that are this one.
    pub(super) fn character(self, character: Character) -> f32 {
        self.0.map_or(RARE, |frequencies| frequencies.characters.single(character))
    }

    /// The share of the language's pairs of adjacent characters that are this pair.
    pub(super) fn pair(self, first: Character, second: Character) -> f32 {
        match self.0 {
            Some(frequencies) => frequencies.characters.pair(first, second),
            None => characters::rare_pair(first, second),
        }
    }
}

impl Frequencies {
    /// Reads a table. The shares of words with one stem add up.
    fn read(table: &str, language: Language) -> Self {
        let stemmer = Stemmer::of(language);
        let mut frequencies = Self::default();
        let mut compared = String::new();
        for (word, share) in tables::words(table) {
            let cyrillic = (language == Language::SERBIAN).then(|| serbian::in_cyrillic(word));
            let word = cyrillic.as_deref().unwrap_or(word);
            compared_form_at(word, Span { start: 0, end: small(word.len()) }, &mut compared);
            frequencies.characters.add(&compared, share);
            *frequencies.stems.entry(stemmer.stem(&compared).into_owned()).or_default() += share;
        }
        frequencies
    }
}

#[cfg(test)]
mod tests {
    use whatlang::Lang;

    use super::*;

    #[test]
    fn shares_of_words_with_one_stem_add_up() {
        let english = Background::of(Language::ENGLISH);
        assert!(english.frequency("work", "works") > english.frequency("zymurgi", "zymurgy"));
        assert_eq!(english.frequency("zymurgi", "zymurgy"), RARE);
        // Accents are folded: "según" is in the table.
        assert!(Background::of(Language::of(Lang::Spa)).frequency("segun", "segun") > 5.0 * RARE);
        // Serbian in Cyrillic script has the table in Latin script.
        assert!(Background::of(Language::of(Lang::Srp)).frequency("људи", "људи") > 5.0 * RARE);
    }

    /// The geometric mean of the frequencies of a phrase's pairs.
    fn mean(language: Lang, phrase: &str) -> f32 {
        let background = Background::of(Language::of(language));
        let characters: Vec<_> = phrase.split("").filter(|c| !c.is_empty()).map(Character::of).collect();
        let logarithms: Vec<f32> =
            characters.windows(2).map(|pair| background.pair(pair[0], pair[1]).ln()).collect();
        (logarithms.iter().sum::<f32>() / logarithms.len() as f32).exp()
    }

    #[test]
    fn set_phrases_are_more_frequent_than_other_text() {
        for (language, phrases, other) in [
            (Lang::Jpn, ["なければならない", "ことができる", "について", "のではないだろうか"], "水車小屋"),
            (Lang::Cmn, ["因此", "特别", "这种情况", "因为他们"], "磨坊水车"),
        ] {
            for phrase in phrases {
                assert!(mean(language, phrase) > 2.0 * mean(language, other), "{phrase}");
            }
        }
    }
}
