//! Checks what a checker says.

use super::wire::Found;
use crate::text::Span;
use crate::writing::grammar::Finding;

/// Maximum characters of a message, a rule or a replacement.
const MAX_LINE_CHARS: usize = 1000;

/// Maximum replacements of a finding.
const MAX_REPLACEMENTS: usize = 10;

/// The findings with spans in the text; `None` if one is not in the paragraph.
pub(super) fn findings(found: Vec<Found>, paragraph: Span, text: &str) -> Option<Vec<Finding>> {
    let inside = paragraph.of(text);
    let mut offsets: Vec<u32> = inside.char_indices().filter_map(|(at, _)| u32::try_from(at).ok()).collect();
    offsets.push(u32::try_from(inside.len()).ok()?);
    let finding = |found: Found| {
        let Found { start, end, kind, rule, message, mut replacements } = found;
        let (first, last) = (*offsets.get(start)?, *offsets.get(end)?);
        if first > last {
            return None;
        }
        replacements.truncate(MAX_REPLACEMENTS);
        let replacements = replacements.into_iter().map(|one| line(&one)).collect();
        let span = Span { start: paragraph.start + first, end: paragraph.start + last };
        Some(Finding { span, kind, rule: line(&rule), message: line(&message), replacements })
    };
    found.into_iter().map(finding).collect()
}

/// A text without what a terminal or a log would act on.
pub(super) fn line(text: &str) -> String {
    text.chars().take(MAX_LINE_CHARS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::writing::grammar::Kind;

    #[test]
    fn spans_are_in_the_paragraph_and_words_are_plain() {
        let found = |start, end| {
            let message = "a\u{1b}[2Jb".to_owned();
            let kind = Kind::Spelling;
            vec![Found {
                start,
                end,
                kind,
                rule: String::new(),
                message,
                replacements: vec![String::new(); 20],
            }]
        };
        let (text, paragraph) = ("é öäü x", Span { start: 3, end: 9 });
        let good = findings(found(1, 3), paragraph, text).unwrap();
        assert_eq!((good[0].span.of(text), good[0].message.as_str()), ("äü", "a [2Jb"));
        assert_eq!(good[0].replacements.len(), MAX_REPLACEMENTS);
        for (start, end) in [(0, 4), (2, 1), (usize::MAX, 1)] {
            assert!(findings(found(start, end), paragraph, text).is_none());
        }
    }
}
