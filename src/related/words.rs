//! The words that stand for shared stems.

use std::collections::HashMap;

use super::SharedTerm;
use super::profile::{Key, keys};
use crate::text::{Span, Stem, TokenizedText};

/// The word of each stem, as the text writes it first; two characters where stems are pairs. Linear in the text.
///
/// `stems` are those of the text's tokens. A stem that the text does not have has the word "".
#[must_use]
pub fn words_of<'a>(
    text: &'a str,
    tokenized: &TokenizedText,
    stems: &[Stem],
    shared: &[SharedTerm],
) -> Vec<&'a str> {
    let mut first: HashMap<Key, Option<&'a str>> = shared.iter().map(|term| (term.key, None)).collect();
    for at in keys(stems) {
        if let Some(word @ None) = first.get_mut(&at.key) {
            let is_pair = stems.get(at.token as usize).is_some_and(|stem| stem.characters().is_none());
            let Span { start, end } = tokenized.span_of(at.token..at.token + 1 + u32::from(is_pair));
            *word = Some(Span { start, end }.of(text));
        }
    }
    shared.iter().map(|term| first.get(&term.key).copied().flatten().unwrap_or_default()).collect()
}
