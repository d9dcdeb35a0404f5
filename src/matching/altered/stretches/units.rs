//! Units of a text: clauses, and the sentences, lines and table cells that they stand in.

use std::ops::Range;

use crate::matching::altered::num::index;
use crate::text::{Span, TokenizedText, is_unspaced};

/// What separates two words that follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Break {
    /// Nothing but a space or a mark inside a clause.
    #[default]
    None,
    /// A mark between clauses.
    Clause,
    /// The end of a sentence, a line or a cell.
    Segment,
}

/// The units of a span of words.
#[derive(Debug, Default)]
pub(in crate::matching) struct Units {
    /// The clauses, in order; together they are the span.
    pub(in crate::matching) clauses: Vec<Range<u32>>,
    /// The segments (sentences, lines or cells), as ranges of clauses.
    pub(in crate::matching) segments: Vec<Range<usize>>,
    /// By word of the span: its clause.
    pub(in crate::matching) clause_of: Vec<u32>,
    /// By word of the span: its length in half words. A character of a script without spaces is half a word.
    pub(in crate::matching) half_words: Vec<u32>,
}

impl Units {
    /// The units of the words of `span`, numbered from its start. Linear in the text of the span.
    pub(in crate::matching) fn of(text: &str, tokenized: &TokenizedText, span: &Range<u32>) -> Self {
        let words = tokenized.spans().get(index(span.start)..index(span.end)).unwrap_or_default();
        let mut units = Self::default();
        let mut last: Option<Span> = None;
        for (at, word) in (0_u32..).zip(words) {
            let boundary = last.map_or(Break::Segment, |last| between(text, last, *word));
            if boundary > Break::None {
                units.clauses.push(at..at);
            }
            if boundary == Break::Segment {
                let clause = units.clauses.len().saturating_sub(1);
                units.segments.push(clause..clause);
            }
            if let Some(clause) = units.clauses.last_mut() {
                clause.end = at + 1;
            }
            if let Some(segment) = units.segments.last_mut() {
                segment.end = units.clauses.len();
            }
            units.clause_of.push(u32::try_from(units.clauses.len()).unwrap_or(0).saturating_sub(1));
            let unspaced = word.of(text).chars().next().is_some_and(is_unspaced);
            units.half_words.push(if unspaced { 1 } else { 2 });
            last = Some(*word);
        }
        units
    }
}

/// Whether a sentence, a line or a cell ends between two words of a text.
pub(in crate::matching) fn ends_segment(text: &str, before: Span, after: Span) -> bool {
    between(text, before, after) == Break::Segment
}

/// What separates two words of a text. Linear in the characters between them.
fn between(text: &str, before: Span, after: Span) -> Break {
    let gap = Span { start: before.end, end: after.start }.of(text);
    if matches!(gap, "" | " ") {
        return Break::None;
    }
    let (mut found, mut stop, mut space) = (Break::None, false, false);
    for c in gap.chars() {
        let kind = match c {
            // Lines and cells; then the sentences of scripts without spaces.
            '\n' | '\r' | '\t' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' | '|' | '｜'
            | '•' | '。' | '！' | '？' | '।' | '॥' | '۔' | '؟' | '።' | '။' => Break::Segment,
            // Two spaces set columns apart.
            c if c.is_whitespace() && (stop || space) => Break::Segment,
            '.' | '!' | '?' | '…' | ' ' | '\'' | '’' | '-' | '_' | '/' | '&' | '%' => Break::None,
            c if c.is_whitespace() || !c.is_ascii() && c.is_alphanumeric() => Break::None,
            _ => Break::Clause,
        };
        stop |= matches!(c, '.' | '!' | '?' | '…');
        space = c.is_whitespace();
        found = found.max(kind);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{CorpusSeed, Tokenizer};

    fn units(text: &str) -> Vec<Vec<String>> {
        let tokenized = Tokenizer::new(CorpusSeed::new(1)).tokenize(text);
        let words = u32::try_from(tokenized.tokens().len()).unwrap();
        let units = Units::of(text, &tokenized, &(0..words));
        assert_eq!(units.clause_of.len(), tokenized.tokens().len());
        let clause = |clause: &Range<u32>| tokenized.span_of(clause.clone()).of(text).to_owned();
        units.segments.iter().map(|s| units.clauses[s.clone()].iter().map(clause).collect()).collect()
    }

    #[test]
    fn clauses_stand_in_sentences_lines_and_cells() {
        let text = "One two, three (four). Five e.g. six\nseven | eight\tnine   ten 八九，十。二";
        let expected: Vec<Vec<&str>> = vec![
            vec!["One two", "three", "four"],
            vec!["Five e.g"],
            vec!["six"],
            vec!["seven"],
            vec!["eight"],
            vec!["nine"],
            vec!["ten 八九", "十"],
            vec!["二"],
        ];
        assert_eq!(units(text), expected);
        assert_eq!(units(""), Vec::<Vec<String>>::new());
    }
}
