//! Words whose letters are set apart (`p l a g i a r i s m`), read as the words that they are.

use super::alerts::spaced_words;
use super::ascii;
use super::compared::compared_form_within;
use super::stem::Stem;
use super::token::{Overgrown, Span, Token, WordHasher};

/// Calls `sink` with each token of `text`, its stem and its span, in order. Linear in the text.
///
/// Fails when their compared forms have more than `max_bytes` in all.
#[inline]
pub(super) fn for_each_token(
    text: &str,
    hasher: &WordHasher,
    max_bytes: usize,
    mut sink: impl FnMut(Token, Stem, Span),
) -> Result<(), Overgrown> {
    let spaced = spaced_words(text);
    if spaced.is_empty() {
        return ascii::for_each_token(text, hasher, max_bytes, sink);
    }
    let mut spaced = spaced.into_iter().peekable();
    // The word set apart that the last token was part of.
    let mut inside = None;
    let mut is_overgrown = false;
    ascii::for_each_token(text, hasher, max_bytes, |token, stem, span| {
        while spaced.next_if(|word| word.end <= span.start).is_some() {}
        match spaced.peek().filter(|word| word.start <= span.start && span.end <= word.end) {
            None => sink(token, stem, span),
            Some(word) if inside == Some(*word) => {}
            Some(word) => {
                inside = Some(*word);
                let Some(joined) = joined(word.of(text), max_bytes).filter(|_| !is_overgrown) else {
                    is_overgrown = true;
                    return;
                };
                sink(hasher.token(joined.as_bytes()), Stem::of(hasher, &joined), *word);
            }
        }
    })?;
    if is_overgrown { Err(Overgrown) } else { Ok(()) }
}

/// The compared form of a word without what sets its letters apart; `None` if it has more than `max_bytes`.
pub(super) fn joined(word: &str, max_bytes: usize) -> Option<String> {
    let letters: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut compared = String::new();
    compared_form_within(&letters, max_bytes, &mut compared).then_some(compared)
}

#[cfg(test)]
mod tests {
    use super::super::{CorpusSeed, Tokenizer};

    #[test]
    fn letters_set_apart_are_one_word() {
        let cutter = Tokenizer::new(CorpusSeed::new(1));
        let text = "This is P L A G I A R I S M, plain and simple.";
        let tokenized = cutter.tokenize(text);
        assert_eq!(tokenized.tokens(), cutter.tokenize("This is plagiarism plain and simple").tokens());
        assert_eq!(tokenized.spans()[2].of(text), "P L A G I A R I S M");
    }
}
