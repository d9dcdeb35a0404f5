//! Extension of altered passages over equal words beyond their edges.
//!
//! The likelihood ratio ends a passage where its stems no longer support it, at the end of a sentence if possible.
//! Equal words next to it on both sides belong to it too, also those beyond one replaced word.

use super::passage::{Passage, PassageKind};
use crate::text::Token;

/// Equal tokens in a row that are needed beyond a replaced one: a seed's worth, which chance seldom makes.
const AFTER_REPLACED: usize = 3;

/// Moves the edges of altered passages outwards, at most to the next passage. The passages are sorted, and stay so.
/// Linear in the tokens that are added.
pub(super) fn extend(passages: &mut [Passage], submission: &[Token], source: &[Token]) {
    let mut floor = 0;
    for at in 0..passages.len() {
        let ceiling = passages.get(at + 1).map_or(submission.len(), |next| next.submission.start as usize);
        let Some(passage) = passages.get_mut(at) else { break };
        if passage.kind == PassageKind::Altered {
            extend_left(passage, submission.get(floor..).unwrap_or_default(), floor, source);
            extend_right(passage, submission.get(..ceiling).unwrap_or_default(), source);
        }
        floor = floor.max(passage.submission.end as usize);
    }
}

fn extend_left(passage: &mut Passage, submission: &[Token], floor: usize, source: &[Token]) {
    let own = (passage.submission.start as usize).saturating_sub(floor);
    let before = submission.get(..own).unwrap_or_default().iter().rev();
    let there = source.get(..passage.source.start as usize).unwrap_or_default().iter().rev();
    let (reach, equal) = reach(before.zip(there));
    passage.submission.start -= reach;
    passage.source.start -= reach;
    passage.matched_tokens += equal;
}

fn extend_right(passage: &mut Passage, submission: &[Token], source: &[Token]) {
    let after = submission.get(passage.submission.end as usize..).unwrap_or_default().iter();
    let there = source.get(passage.source.end as usize..).unwrap_or_default().iter();
    let (reach, equal) = reach(after.zip(there));
    passage.submission.end += reach;
    passage.source.end += reach;
    passage.matched_tokens += equal;
}

/// Number of pairs of tokens that belong to the passage before them, and number of equal ones among these.
fn reach<'a>(pairs: impl Iterator<Item = (&'a Token, &'a Token)>) -> (u32, u32) {
    let (mut reach, mut equal) = (0, 0);
    // Since the last pair that belongs to the passage: the number of equal pairs, and whether one was replaced.
    let (mut pending, mut replaced) = (0, false);
    for (a, b) in pairs {
        match (a == b, replaced) {
            (true, _) => pending += 1,
            (false, false) if pending == 0 => replaced = true,
            _ => break,
        }
        if !replaced {
            (reach, equal, pending) = (reach + 1, equal + 1, 0);
        } else if pending >= AFTER_REPLACED {
            let found = u32::try_from(pending).unwrap_or(0);
            (reach, equal) = (reach + 1 + found, equal + found);
            (pending, replaced) = (0, false);
        }
    }
    (reach, equal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{CorpusSeed, Tokenizer};

    fn tokens(text: &str) -> Vec<Token> {
        Tokenizer::new(CorpusSeed::new(1)).tokenize(text).tokens().to_vec()
    }

    fn reached(a: &str, b: &str) -> (u32, u32) {
        reach(tokens(a).iter().zip(&tokens(b)))
    }

    #[test]
    fn reaches_over_one_replaced_word_at_a_time() {
        assert_eq!(reached("", "one two"), (0, 0));
        assert_eq!(reached("one two other end", "one two three four"), (2, 2));
        assert_eq!(reached("one new three four five", "one two three four five"), (5, 4));
        assert_eq!(reached("one new three four", "one two three four"), (1, 1));
        assert_eq!(reached("one new new four five six", "one two three four five six"), (1, 1));
        let (a, b) = ("new two three four new six seven eight", "one two three four five six seven eight");
        assert_eq!(reached(a, b), (8, 6));
    }

    #[test]
    fn stops_at_the_passages_beside_it() {
        let text = tokens("one two three four five six seven eight nine ten");
        let passage = |from: u32, to: u32, kind| Passage {
            submission: from..to,
            source: from..to,
            kind,
            matched_tokens: to - from,
            evidence: 0.0,
        };
        let mut passages = [
            passage(0, 2, PassageKind::Verbatim),
            passage(4, 5, PassageKind::Altered),
            passage(7, 10, PassageKind::Verbatim),
        ];
        extend(&mut passages, &text, &text);
        assert_eq!(passages[1], passage(2, 7, PassageKind::Altered));
        assert_eq!((passages[0].submission.end, passages[2].submission.start), (2, 7));
    }
}
