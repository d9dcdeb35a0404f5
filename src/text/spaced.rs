//! Words whose letters are set apart (`p l a g i a r i s m`), read as the words that they are.

use super::alerts::spaced_words;
use super::ascii;
use super::compared::compared_form;
use super::stem::Stem;
use super::token::{Span, Token, WordHasher};

/// Calls `sink` with each token of `text`, its stem and its span, in order. Linear in the text.
#[inline]
pub(super) fn for_each_token(text: &str, hasher: &WordHasher, mut sink: impl FnMut(Token, Stem, Span)) {
    let spaced = spaced_words(text);
    if spaced.is_empty() {
        ascii::for_each_token(text, hasher, sink);
        return;
    }
    let mut spaced = spaced.into_iter().peekable();
    // The word set apart that the last token was part of.
    let mut inside = None;
    ascii::for_each_token(text, hasher, |token, stem, span| {
        while spaced.next_if(|word| word.end <= span.start).is_some() {}
        match spaced.peek().filter(|word| word.start <= span.start && span.end <= word.end) {
            None => sink(token, stem, span),
            Some(word) if inside == Some(*word) => {}
            Some(word) => {
                inside = Some(*word);
                let joined = joined(word.of(text));
                sink(hasher.token(joined.as_bytes()), Stem::of(hasher, &joined), *word);
            }
        }
    });
}

/// The compared form of a word without what sets its letters apart.
pub(super) fn joined(word: &str) -> String {
    let letters: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut compared = String::new();
    compared_form(&letters, &mut compared);
    compared
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
