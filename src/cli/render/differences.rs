//! Which words of two excerpts differ.

use crate::text::{CorpusSeed, Span, Token, TokenizedText, Tokenizer};

/// How far ahead, in words, the two sides are searched for where they agree again. More than the words
/// that a passage bridges at most.
const REACH_WORDS: usize = 64;

/// Words that must agree to go on, unless a text ends before.
const AGREEING_WORDS: usize = 2;

/// The spans of the words that stand on one side only, for each side: words are the same when the engine
/// says so.
///
/// Goes through both sides at once; where they part, it takes the nearest place at which they agree
/// again. Linear in the words, times the square of [`REACH_WORDS`] where they differ.
pub(super) fn differing(submission: &str, source: &str) -> (Vec<Span>, Vec<Span>) {
    // Any seed does: tokens are compared with one another only.
    let tokenizer = Tokenizer::new(CorpusSeed::new(0));
    let (left, right) = (tokenizer.tokenize(submission), tokenizer.tokenize(source));
    let (mut only_left, mut only_right) = (Vec::new(), Vec::new());
    let (mut i, mut j) = (0, 0);
    loop {
        let (rest_left, rest_right) = (rest(&left, i), rest(&right, j));
        if rest_left.is_empty() && rest_right.is_empty() {
            return (only_left, only_right);
        }
        if let ([a, ..], [b, ..]) = (rest_left, rest_right)
            && a == b
        {
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let (skip_left, skip_right) = next_agreement(rest_left, rest_right);
        only_left.extend(left.spans().iter().skip(i).take(skip_left));
        only_right.extend(right.spans().iter().skip(j).take(skip_right));
        (i, j) = (i + skip_left, j + skip_right);
    }
}

fn rest(text: &TokenizedText, from: usize) -> &[Token] {
    text.tokens().get(from..).unwrap_or_default()
}

/// The fewest words to skip on both sides together so that they agree; all within reach, if they don't.
fn next_agreement(left: &[Token], right: &[Token]) -> (usize, usize) {
    let reach_left = left.len().min(REACH_WORDS);
    let reach_right = right.len().min(REACH_WORDS);
    for skipped in 1..=reach_left + reach_right {
        for skip_left in skipped.saturating_sub(reach_right)..=skipped.min(reach_left) {
            let skip_right = skipped - skip_left;
            if agree(left.get(skip_left..).unwrap_or_default(), right.get(skip_right..).unwrap_or_default()) {
                return (skip_left, skip_right);
            }
        }
    }
    (reach_left, reach_right)
}

fn agree(left: &[Token], right: &[Token]) -> bool {
    let words = left.len().min(right.len()).min(AGREEING_WORDS);
    if words == 0 {
        return left.is_empty() && right.is_empty();
    }
    left.iter().zip(right).take(words).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words<'a>(text: &'a str, spans: &[Span]) -> Vec<&'a str> {
        spans.iter().map(|span| span.of(text)).collect()
    }

    #[test]
    fn replaced_inserted_and_left_out_words_differ() {
        for (submission, source, here, there) in [
            ("the quick brown fox", "The QUICK, brown fox!", "", ""),
            ("the quick red fox jumps", "the quick brown fox jumps", "red", "brown"),
            ("one two very three four", "one two three four", "very", ""),
            ("one two three four", "one two more still three four", "", "more still"),
            ("one two three", "four five six", "one two three", "four five six"),
            ("one two three tail", "one two three", "tail", ""),
            ("", "one", "", "one"),
        ] {
            let (left, right) = differing(submission, source);
            assert_eq!(words(submission, &left).join(" "), here, "{submission} | {source}");
            assert_eq!(words(source, &right).join(" "), there, "{submission} | {source}");
        }
    }
}
