//! Boundaries between words: sentences, lines and paragraphs.

use super::span::Span;

/// The boundary before a word, from none to a blank line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Boundary {
    /// The same sentence, by its punctuation.
    #[default]
    None,
    /// A new line within a sentence.
    Line,
    /// The end of a sentence.
    Sentence,
    /// A blank line, or the start or end of the text.
    Paragraph,
}

impl Boundary {
    /// The boundary between two words of `text`, one after the other.
    ///
    /// A sentence ends with a full stop, an exclamation mark or a question mark before white space, or with a mark of a
    /// script that sets no space after it. Linear in the characters between the words.
    #[must_use]
    pub fn between(text: &str, before: Span, after: Span) -> Self {
        let gap = Span { start: before.end, end: after.start }.of(text);
        match gap.as_bytes() {
            b" " | [] => return Self::None,
            _ => {}
        }
        let (mut lines, mut stop, mut sentence) = (0, false, false);
        for c in gap.chars() {
            match c {
                '.' | '!' | '?' | '…' => stop = true,
                '。' | '！' | '？' | '।' | '۔' | '؟' => sentence = true,
                '\n' => {
                    lines += 1;
                    sentence |= stop;
                }
                c if c.is_whitespace() => sentence |= stop,
                _ => {}
            }
        }
        match (lines, sentence) {
            (2.., _) => Self::Paragraph,
            (_, true) => Self::Sentence,
            (1, _) => Self::Line,
            _ => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Boundary::{Line, None, Paragraph, Sentence};
    use super::*;
    use crate::text::{CorpusSeed, Tokenizer};

    #[test]
    fn sees_sentences_lines_and_paragraphs() {
        let text = "One two, three. Four\nfive!\n\nsix (e.g.seven) 八。九";
        let tokenized = Tokenizer::new(CorpusSeed::new(1)).tokenize(text);
        let found: Vec<Boundary> =
            tokenized.spans().windows(2).map(|pair| Boundary::between(text, pair[0], pair[1])).collect();
        assert_eq!(found, [None, None, Sentence, Line, Paragraph, None, None, None, None, Sentence]);
    }
}
