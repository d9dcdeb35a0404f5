//! The words that differ between two excerpts.

use crate::text::{CorpusSeed, Span, Token, TokenizedText, Tokenizer};

/// Distance in words within which the two sides are searched for the next agreement. It is more than the longest gap of a
/// passage.
const REACH_WORDS: usize = 64;

/// Number of words that must agree, unless a text ends before.
const AGREEING_WORDS: usize = 2;

/// The words that only one side has.
#[derive(Debug, Default)]
pub(super) struct Differences {
    /// Spans of those in the submission.
    pub(super) submission: Vec<Span>,
    /// Spans of those in the source.
    pub(super) source: Vec<Span>,
}

/// Returns the words that only one side has. Words are compared as the engine compares them.
///
/// Both sides are read at once; where they differ, they continue at the nearest agreement. Time is linear in the words,
/// times the square of [`REACH_WORDS`] where they differ.
pub(super) fn differing(submission: &str, source: &str) -> Differences {
    // Any seed will do: tokens are compared with one another only.
    let tokenizer = Tokenizer::new(CorpusSeed::new(0));
    let (left, right) = (tokenizer.tokenize(submission), tokenizer.tokenize(source));
    let mut differences = Differences::default();
    let (mut i, mut j) = (0, 0);
    loop {
        let (rest_left, rest_right) = (rest(&left, i), rest(&right, j));
        if rest_left.is_empty() && rest_right.is_empty() {
            return differences;
        }
        if let ([a, ..], [b, ..]) = (rest_left, rest_right)
            && a == b
        {
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let skip = next_agreement(rest_left, rest_right);
        differences.submission.extend(left.spans().iter().skip(i).take(skip.left));
        differences.source.extend(right.spans().iter().skip(j).take(skip.right));
        (i, j) = (i + skip.left, j + skip.right);
    }
}

fn rest(text: &TokenizedText, from: usize) -> &[Token] {
    text.tokens().get(from..).unwrap_or_default()
}

/// Numbers of words to skip on each side.
struct Skip {
    left: usize,
    right: usize,
}

/// The fewest words to skip so that both sides agree, or all within reach if they never do.
fn next_agreement(left: &[Token], right: &[Token]) -> Skip {
    let reach_left = left.len().min(REACH_WORDS);
    let reach_right = right.len().min(REACH_WORDS);
    for skipped in 1..=reach_left + reach_right {
        for skip_left in skipped.saturating_sub(reach_right)..=skipped.min(reach_left) {
            let skip_right = skipped - skip_left;
            if agree(left.get(skip_left..).unwrap_or_default(), right.get(skip_right..).unwrap_or_default()) {
                return Skip { left: skip_left, right: skip_right };
            }
        }
    }
    Skip { left: reach_left, right: reach_right }
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
            let Differences { submission: left, source: right } = differing(submission, source);
            assert_eq!(words(submission, &left).join(" "), here, "{submission} | {source}");
            assert_eq!(words(source, &right).join(" "), there, "{submission} | {source}");
        }
    }
}
