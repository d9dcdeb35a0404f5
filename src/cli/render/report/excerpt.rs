//! Excerpts of passages, shortened and wrapped, with differing words marked.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::cli::render::{DIFFERENT, FAINT, Look, number};
use crate::text::Span;

/// Length up to which an excerpt is shown whole, in characters.
const MAX_CHARS: usize = 700;

/// Length of the parts of a longer excerpt that are shown, at its start and at its end.
const KEPT_CHARS: usize = 300;

/// Distance within which a space is searched, so that no word is cut.
const SEARCHED_CHARS: usize = 40;

/// The lines of an excerpt, which begin after `indent` columns. A line exceeds the width of the look only by brackets.
pub(super) fn lines(text: &str, differing: &[Span], indent: usize, look: Look) -> Vec<String> {
    let mut wrapped = Wrapped::new(look.text_columns().saturating_sub(indent).max(20));
    match cut(text, look) {
        None => words(text, 0, differing, look, &mut wrapped),
        Some(Range { start: head, end: tail }) => {
            let (start, end) = (text.get(..head).unwrap_or(text), text.get(tail..).unwrap_or_default());
            words(start, 0, differing, look, &mut wrapped);
            let left_out = text.get(head..tail).unwrap_or_default().chars().count();
            let note = format!("[... {} characters ...]", number(left_out as u64));
            wrapped.push(note.len(), &look.paint(FAINT, &note), false);
            words(end, tail, differing, look, &mut wrapped);
        }
    }
    wrapped.lines
}

/// The part of a long excerpt that is left out, in bytes, on character boundaries.
fn cut(text: &str, look: Look) -> Option<Range<usize>> {
    // A text has at least as many bytes as characters, so most texts need no count.
    if look.full || text.len() <= MAX_CHARS || text.chars().count() <= MAX_CHARS {
        return None;
    }
    let head = text.char_indices().nth(KEPT_CHARS).map_or(text.len(), |(byte, _)| byte);
    let tail = text.char_indices().nth_back(KEPT_CHARS - 1).map_or(0, |(byte, _)| byte);
    let before = |text: &str| text.char_indices().rev().take(SEARCHED_CHARS).find(|(_, c)| *c == ' ');
    let after = |text: &str| text.char_indices().take(SEARCHED_CHARS).find(|(_, c)| *c == ' ');
    let head = text.get(..head).and_then(before).map_or(head, |(byte, _)| byte);
    let tail = text.get(tail..).and_then(after).map_or(tail, |(byte, _)| tail + byte + 1);
    Some(head..tail)
}

/// Adds the words of `text`, which begins at byte `offset` of the excerpt, with differing words marked.
fn words(text: &str, offset: usize, differing: &[Span], look: Look, wrapped: &mut Wrapped) {
    let mut at = 0;
    for word in text.split(' ') {
        let begin = offset + at;
        at += word.len() + 1;
        for piece in pieces(word, wrapped.width) {
            let span = begin + piece.start..begin + piece.end;
            let is_inner = piece.start > 0;
            let Some(piece) = word.get(piece) else { continue };
            let marked = mark(piece, marks_within(&span, differing), look);
            wrapped.push(marked.columns, &marked.text, is_inner);
        }
    }
}

/// The parts of a word that is wider than a line, as in scripts without spaces; in bytes.
fn pieces(word: &str, width: usize) -> Vec<Range<usize>> {
    let (mut pieces, mut start, mut used) = (Vec::new(), 0, 0);
    for (at, c) in word.char_indices() {
        let columns = c.width().unwrap_or(0);
        if used + columns > width && used > 0 {
            pieces.push(start..at);
            (start, used) = (at, 0);
        }
        used += columns;
    }
    if start < word.len() {
        pieces.push(start..word.len());
    }
    pieces
}

/// The parts of `span` that differ, from its start.
fn marks_within(span: &Range<usize>, differing: &[Span]) -> impl Iterator<Item = Range<usize>> {
    let Range { start: begin, end } = *span;
    let first = differing.partition_point(|mark| mark.end as usize <= begin);
    let marks = differing.iter().skip(first).take_while(move |mark| (mark.start as usize) < end);
    marks.map(move |mark| {
        let start = (mark.start as usize).saturating_sub(begin);
        start..(mark.end as usize).min(end) - begin
    })
}

/// A word with marked parts.
struct MarkedWord {
    text: String,
    /// Width on a terminal.
    columns: usize,
}

/// Marks parts of a word.
fn mark(word: &str, marks: impl Iterator<Item = Range<usize>>, look: Look) -> MarkedWord {
    let (mut out, mut done, mut brackets) = (String::new(), 0, 0);
    for Range { start, end } in marks {
        let (Some(before), Some(marked)) = (word.get(done..start), word.get(start..end)) else { continue };
        out.push_str(before);
        if look.colour {
            out.push_str(&look.paint(DIFFERENT, marked));
        } else {
            out.push('⟦');
            out.push_str(marked);
            out.push('⟧');
            brackets += 2;
        }
        done = end;
    }
    out.push_str(word.get(done..).unwrap_or_default());
    MarkedWord { text: out, columns: word.width() + brackets }
}

/// Words wrapped into lines of a width.
struct Wrapped {
    lines: Vec<String>,
    width: usize,
    used: usize,
}

impl Wrapped {
    fn new(width: usize) -> Self {
        Self { lines: Vec::new(), width, used: 0 }
    }

    /// Adds a word, or an inner part of one, before which no space stands.
    fn push(&mut self, columns: usize, word: &str, is_inner: bool) {
        let space = if is_inner { "" } else { " " };
        match self.lines.last_mut() {
            Some(line) if self.used + space.len() + columns <= self.width => {
                line.push_str(space);
                line.push_str(word);
                self.used += space.len() + columns;
            }
            _ => {
                self.lines.push(word.to_owned());
                self.used = columns;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Look = Look { columns: Some(40), colour: false, full: false };

    #[test]
    fn wraps_at_words() {
        let text = "one two three four five six seven eight nine";
        assert_eq!(lines(text, &[], 10, PLAIN), ["one two three four five six", "seven eight nine"]);
        assert!(lines("", &[], 10, PLAIN).is_empty());
    }

    #[test]
    fn a_text_without_spaces_is_wrapped_between_characters() {
        let text = "夜".repeat(20);
        assert_eq!(lines(&text, &[], 20, PLAIN), ["夜".repeat(10), "夜".repeat(10)]);
        let marks = [Span { start: 27, end: 33 }];
        assert_eq!(
            lines(&text, &marks, 20, PLAIN),
            [format!("{}⟦夜⟧", "夜".repeat(9)), format!("⟦夜⟧{}", "夜".repeat(9))]
        );
    }

    #[test]
    fn marks_words_with_brackets_or_colours() {
        let marks = [Span { start: 4, end: 7 }, Span { start: 9, end: 12 }];
        assert_eq!(lines("one two, abc. four", &marks, 0, PLAIN), ["one ⟦two⟧, ⟦abc⟧. four"]);
        let colours = Look { colour: true, ..PLAIN };
        let expected = format!(
            "one {DIFFERENT}two{}, {DIFFERENT}abc{}. four",
            crate::cli::render::RESET,
            crate::cli::render::RESET
        );
        assert_eq!(lines("one two, abc. four", &marks, 0, colours), [expected]);
    }

    #[test]
    fn long_excerpts_lose_their_middle_on_character_boundaries() {
        for text in ["né😀 ".repeat(300), "é数😀".repeat(400), "x".repeat(5000)] {
            let Range { start: head, end: tail } = cut(&text, PLAIN).unwrap();
            assert!(text.is_char_boundary(head) && text.is_char_boundary(tail) && head < tail);
            let kept = text[..head].chars().count() + text[tail..].chars().count();
            assert!((500..=600).contains(&kept), "{kept}");
            let shown = lines(&text, &[], 0, PLAIN).join(" ");
            assert!(shown.contains("characters ...]"), "{shown}");
            let whole = lines(&text, &[], 0, Look { full: true, ..PLAIN }).join(" ");
            assert_eq!(whole.replace(' ', ""), text.replace(' ', ""));
        }
        assert_eq!(cut(&"x".repeat(700), PLAIN), None);
        assert_eq!(cut(&"é".repeat(700), PLAIN), None);
        assert!(cut(&"é".repeat(701), PLAIN).is_some());
    }
}
