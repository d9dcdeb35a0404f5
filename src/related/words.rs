//! The words that stand for stems.

use std::collections::HashMap;

use super::Profile;
use super::profile::{Key, keys};
use crate::text::{Span, StemmedText};

/// The word of each stem of a text's profile, as the text writes it first; two characters where stems are pairs.
#[derive(Debug, Default)]
pub struct Words<'a> {
    words: HashMap<Key, &'a str>,
}

impl<'a> Words<'a> {
    /// The words for the stems of `profile`, which is that of the text. Linear in the text.
    #[must_use]
    pub fn of(text: &'a str, StemmedText { tokenized, stems }: &StemmedText, profile: &Profile) -> Self {
        let mut words: HashMap<Key, &'a str> = HashMap::new();
        for at in keys(stems) {
            if words.len() == profile.terms().len() {
                break;
            }
            if !words.contains_key(&at.key) && profile.has(at.key) {
                let is_pair = stems.get(at.token as usize).is_some_and(|stem| stem.characters().is_none());
                let Span { start, end } = tokenized.span_of(at.token..at.token + 1 + u32::from(is_pair));
                words.insert(at.key, Span { start, end }.of(text));
            }
        }
        Self { words }
    }

    /// The word for a stem; "" for one that is not in the profile.
    #[must_use]
    pub fn word(&self, key: Key) -> &'a str {
        self.words.get(&key).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::related::profile::tests::stemmed;

    #[test]
    fn words_are_as_the_text_writes_them_first() {
        let text = "LIGHTHOUSES. The lighthouse’s keeper: 灯塔看守人";
        let (stemmed, profile) = stemmed(text);
        let words = Words::of(text, &stemmed, &profile);
        let mut all: Vec<&str> = profile.terms().iter().map(|term| words.word(term.key)).collect();
        all.sort_unstable();
        assert_eq!(all, ["LIGHTHOUSES", "keeper", "塔看", "守人", "灯塔", "看守"]);
        assert_eq!(words.word(0), "");
    }
}
