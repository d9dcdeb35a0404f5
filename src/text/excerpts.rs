//! Parts of a text for people, cut at words.

use super::{CorpusSeed, Span, TokenizedText, Tokenizer};

/// A part of a text, from the start of a word to the end of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// Where it is.
    pub span: Span,
    /// Whether the text has more words, before it or after it.
    pub is_cut: bool,
}

/// Bytes that a word has at first sight, when the beginning of a text is read.
const BYTES_PER_WORD: usize = 16;

impl Excerpt {
    /// The first words of a text, as many as are at most `most_words` long. Linear in what is read, which is the beginning of
    /// the text.
    #[must_use]
    pub(crate) fn first_words(text: &str, most_words: u32) -> Self {
        let mut bytes = BYTES_PER_WORD.saturating_mul(most_words as usize);
        loop {
            let head = text.get(..text.floor_char_boundary(bytes)).unwrap_or(text);
            let tokenized = Tokenizer::new(CorpusSeed::new(0)).tokenize(head);
            // The last word of a beginning may go on, and its letters may be set apart.
            let certain = if head.len() < text.len() { bytes / 4 * 3 } else { head.len() };
            let is_enough = tokenized.spans().iter().rev().find(|span| span.end as usize <= certain);
            let read = is_enough.map_or(0, |last| tokenized.tokens_in(Span { start: 0, end: last.end }).end);
            if head.len() == text.len() || tokenized.lengths().words(&(0..read)) > most_words {
                let fits = longest_within(&tokenized, 0, most_words);
                return Self::of(text, &tokenized, 0, fits);
            }
            bytes = bytes.saturating_mul(2);
        }
    }

    /// The tokens from `from` to before `to`, of a text or of its beginning. The first one begins with the signs that open it; the
    /// last one ends with the punctuation after it if the tokens are all.
    #[must_use]
    pub(crate) fn of(text: &str, tokenized: &TokenizedText, from: u32, to: u32) -> Self {
        if from >= to {
            return Self::default();
        }
        let Span { start, end } = tokenized.span_of(from..to);
        let before = if from == 0 { 0 } else { tokenized.span_of(from - 1..from).end };
        let gap = Span { start: before, end: start }.of(text);
        let opening = gap.rsplit(char::is_whitespace).next().unwrap_or_default();
        let opening = if from == 0 || opening.len() < gap.len() { opening.len() } else { 0 };
        let start = start - u32::try_from(opening).unwrap_or(0);
        let is_cut = from > 0 || (to as usize) < tokenized.spans().len();
        let end = if is_cut { end } else { end_of_text(text, end) };
        Self { span: Span { start, end }, is_cut }
    }

    /// The text of the part, with "…" after it if the text has more words.
    #[must_use]
    pub fn shown(self, text: &str) -> String {
        let mut shown = self.span.of(text).to_owned();
        if self.is_cut {
            shown.push('…');
        }
        shown
    }
}

/// The end of the tokens from `from` on that are at most `most_words` long.
#[must_use]
pub(crate) fn longest_within(tokenized: &TokenizedText, from: u32, most_words: u32) -> u32 {
    let lengths = tokenized.lengths();
    let (mut fits, mut too_many) = (from, u32::try_from(tokenized.spans().len()).unwrap_or(u32::MAX));
    if lengths.words(&(from..too_many)) <= most_words {
        return too_many;
    }
    while fits + 1 < too_many {
        let middle = fits + (too_many - fits) / 2;
        if lengths.words(&(from..middle)) <= most_words {
            fits = middle;
        } else {
            too_many = middle;
        }
    }
    fits
}

/// Where a text ends without the white space at its end, if no word follows `end`.
fn end_of_text(text: &str, end: u32) -> u32 {
    let trimmed = u32::try_from(text.trim_end().len()).unwrap_or(u32::MAX);
    trimmed.max(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn first(text: &str, words: u32) -> String {
        Excerpt::first_words(text, words).shown(text)
    }

    #[test]
    fn the_first_words_are_cut_at_a_word() {
        assert_eq!(first("  “Yes”, she said. No more.\n", 3), "“Yes”, she said…");
        assert_eq!(first("  “Yes”, she said. No more.\n", 5), "“Yes”, she said. No more.");
        assert_eq!(first("数据结构课程要求每个学生", 2), "数据结构…");
        for text in ["", "...", " \n"] {
            assert_eq!(first(text, 5), "");
        }
        let long = format!("{} end", "x".repeat(10_000));
        assert_eq!(first(&long, 1).chars().count(), 10_001);
    }

    proptest! {
        /// Against reading the whole text.
        #[test]
        fn the_beginning_is_enough(text in "([a-z]{1,40}[ .,]{1,3}|数|a b |\\pL){0,200}", words in 1_u32..20) {
            let tokenized = Tokenizer::new(CorpusSeed::new(0)).tokenize(&text);
            let whole = Excerpt::of(&text, &tokenized, 0, longest_within(&tokenized, 0, words));
            let found = Excerpt::first_words(&text, words);
            prop_assert_eq!(found.span.start, whole.span.start);
            prop_assert!(tokenized.lengths().words(&(0..tokenized.tokens_in(found.span).end)) <= words);
            prop_assert!(text.is_char_boundary(found.span.end as usize));
        }
    }
}
