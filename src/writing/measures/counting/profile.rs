//! How the words of a text are spread over lengths and over frequent function words: features of scales that are stated to
//! nobody as measures, since each alone says little.

use std::collections::HashMap;
use std::sync::OnceLock;

/// A function word.
#[derive(Debug, Clone, Copy)]
struct FunctionWord {
    form: &'static str,
    /// The name of its feature.
    name: &'static str,
}

/// A list of [`FunctionWord`].
macro_rules! function_words {
    ($($form:literal)*) => {
        &[$(FunctionWord { form: $form, name: concat!("word_", $form) }),*]
    };
}

/// Function words that most essays have: they tell how clauses are joined, and of whom and when a text speaks.
const FUNCTION_WORDS: &[FunctionWord] = function_words!(
    "the" "a" "an" "and" "to" "of" "in" "that" "is" "it" "i" "you" "we" "they" "he" "she" "because" "so" "but" "if" "when"
    "will" "would" "can" "could" "should" "have" "has" "had" "be" "are" "was" "were" "not" "for" "with" "as" "at" "by"
    "from" "this" "these" "those" "there" "their" "my" "your" "our" "who" "which" "what" "how" "more" "most" "very" "also"
    "many" "some" "all"
);

/// Names of the shares of words by letters; the last has all longer words.
const LENGTHS: [&str; 12] = [
    "letters_1",
    "letters_2",
    "letters_3",
    "letters_4",
    "letters_5",
    "letters_6",
    "letters_7",
    "letters_8",
    "letters_9",
    "letters_10",
    "letters_11",
    "letters_12_or_more",
];

/// How often a text has words of each length, and each function word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::writing::measures) struct Profile {
    lengths: [u32; LENGTHS.len()],
    /// Empty without English function words.
    function_words: Vec<u32>,
}

impl Profile {
    /// Counts a word by its letters.
    pub(super) fn add_letters(&mut self, letters: u32) {
        let longest = LENGTHS.len() - 1;
        let place = letters.checked_sub(1).map(|place| (place as usize).min(longest));
        if let Some(slot) = place.and_then(|place| self.lengths.get_mut(place)) {
            *slot += 1;
        }
    }

    /// Counts a function word, in small letters.
    pub(super) fn add_function_word(&mut self, form: &str) {
        self.function_words.resize(FUNCTION_WORDS.len(), 0);
        if let Some(slot) = places().get(form).and_then(|place| self.function_words.get_mut(*place)) {
            *slot += 1;
        }
    }

    /// The numbers of words of each length, with the names of the features.
    pub(in crate::writing::measures) fn lengths(&self) -> impl Iterator<Item = (&'static str, u32)> {
        LENGTHS.into_iter().zip(self.lengths)
    }

    /// The numbers of each function word, with the names of the features.
    pub(in crate::writing::measures) fn function_words(&self) -> impl Iterator<Item = (&'static str, u32)> {
        let counts = self.function_words.iter().copied().chain(std::iter::repeat(0));
        FUNCTION_WORDS.iter().map(|word| word.name).zip(counts)
    }
}

/// The place of each function word.
fn places() -> &'static HashMap<&'static str, usize> {
    static PLACES: OnceLock<HashMap<&'static str, usize>> = OnceLock::new();
    PLACES.get_or_init(|| FUNCTION_WORDS.iter().enumerate().map(|(place, word)| (word.form, place)).collect())
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::{Kinds, Lexicon};
    use super::*;

    #[test]
    fn words_are_counted_by_letters_and_by_form() {
        let mut profile = Profile::default();
        for letters in [0, 1, 11, 12, 40] {
            profile.add_letters(letters);
        }
        let lengths: Vec<u32> = profile.lengths().map(|(_, count)| count).collect();
        assert_eq!(lengths, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
        assert_eq!(profile.function_words().map(|(_, count)| count).sum::<u32>(), 0);
        for form in ["the", "the", "whose"] {
            profile.add_function_word(form);
        }
        let found: Vec<_> = profile.function_words().filter(|(_, count)| *count > 0).collect();
        assert_eq!(found, [("word_the", 2)]);
    }

    #[test]
    fn all_of_them_are_function_words() {
        let lexicon = Lexicon::get();
        assert!(FUNCTION_WORDS.iter().all(|word| lexicon.kinds(word.form).has(Kinds::FUNCTION)));
        assert_eq!(places().len(), FUNCTION_WORDS.len());
    }
}
