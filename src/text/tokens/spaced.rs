//! Tokens of words whose letters are set apart (`p l a g i a r i s m`): such a word is one token.

use super::ascii;
use super::stem::Stem;
use super::token::{ComparedFormTooLong, Token, WordHasher};
use crate::text::alerts::spaced_words;
use crate::text::folding::compared_form_within;
use crate::text::span::Span;

/// Calls `sink` with each token of `text`, its stem and its span, in order. Linear in the text.
///
/// Fails if the compared forms have more than `max_bytes` in all.
#[inline]
pub(super) fn for_each_token(
    text: &str,
    hasher: &WordHasher,
    max_bytes: usize,
    mut sink: impl FnMut(Token, Stem, Span),
) -> Result<(), ComparedFormTooLong> {
    let spaced = spaced_words(text);
    if spaced.is_empty() {
        return ascii::for_each_token(text, hasher, max_bytes, sink);
    }
    let mut spaced = spaced.into_iter().peekable();
    // The span of the word whose letters are being read: from its first token to the last so far.
    let mut open: Option<Span> = None;
    let mut is_overgrown = false;
    let join = |word: Span| {
        let joined = joined(word.of(text), max_bytes).ok_or(ComparedFormTooLong)?;
        Ok::<_, ComparedFormTooLong>((hasher.token(joined.as_bytes()), Stem::of(hasher, &joined), word))
    };
    ascii::for_each_token(text, hasher, max_bytes, |token, stem, span| {
        match open.take_if(|word| word.end <= span.start).map(join) {
            Some(Ok((token, stem, word))) => sink(token, stem, word),
            Some(Err(ComparedFormTooLong)) => is_overgrown = true,
            None => {}
        }
        while spaced.next_if(|word| word.end <= span.start).is_some() {}
        // An apostrophe or a hidden character may join the first or last letter of such a word to other letters. Then
        // the whole token belongs to the word, since tokens never overlap.
        let mut touched = open.map(|word| hull(word, span));
        while let Some(word) = spaced.next_if(|word| word.start < touched.unwrap_or(span).end) {
            touched = Some(hull(touched.unwrap_or(span), word));
        }
        match touched {
            None => sink(token, stem, span),
            Some(_) => open = touched,
        }
    })?;
    if let Some((token, stem, word)) = open.map(join).transpose()? {
        sink(token, stem, word);
    }
    if is_overgrown { Err(ComparedFormTooLong) } else { Ok(()) }
}

fn hull(a: Span, b: Span) -> Span {
    Span { start: a.start.min(b.start), end: a.end.max(b.end) }
}

/// The compared form of a word without the separators between its letters; `None` if it has more than `max_bytes`.
pub(super) fn joined(word: &str, max_bytes: usize) -> Option<String> {
    let letters: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
    let mut compared = String::new();
    compared_form_within(&letters, max_bytes, &mut compared).then_some(compared)
}

#[cfg(test)]
mod tests {
    use crate::text::{CorpusSeed, Tokenizer};

    #[test]
    fn letters_set_apart_are_one_word() {
        let cutter = Tokenizer::new(CorpusSeed::new(1));
        let text = "This is P L A G I A R I S M, plain and simple.";
        let tokenized = cutter.tokenize(text);
        assert_eq!(tokenized.tokens(), cutter.tokenize("This is plagiarism plain and simple").tokens());
        assert_eq!(tokenized.spans()[2].of(text), "P L A G I A R I S M");
    }

    /// Found by fuzzing: the tokens overlapped.
    #[test]
    fn what_is_joined_to_the_first_or_the_last_letter_belongs_to_the_word() {
        let cutter = Tokenizer::new(CorpusSeed::new(1));
        for (text, words) in [
            (
                "so h i d d e n t e r s a\u{200D}nd more",
                &["so", "h i d d e n t e r s a\u{200D}nd", "more"][..],
            ),
            ("so l'h i d d e n't more", &["so", "l'h i d d e n't", "more"]),
            ("so h i d d e n\u{301} more", &["so", "h i d d e n\u{301}", "more"]),
        ] {
            let tokenized = cutter.tokenize(text);
            let found: Vec<&str> = tokenized.spans().iter().map(|span| span.of(text)).collect();
            assert_eq!(found, words);
        }
    }
}
