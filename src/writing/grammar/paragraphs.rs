//! A text in paragraphs, which are checked one by one.

use crate::text::Span;

/// Most bytes of a paragraph: longer ones are cut at the end of a sentence or a word. Checking is linear in them at this size.
const MAX_BYTES: usize = 6000;

/// What ends a line, beside a carriage return with a line feed.
const LINE_ENDS: [char; 5] = ['\n', '\r', '\u{c}', '\u{2028}', '\u{2029}'];

/// The paragraphs of a text, without the space around them. Linear.
///
/// A blank line ends a paragraph, and so does the end of a line, unless the line was wrapped: the next one begins with a small
/// letter, or its first word would not have fitted.
pub(super) fn paragraphs(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut block: Vec<Span> = Vec::new();
    for line in lines(text) {
        if line.of(text).trim().is_empty() {
            unwrap_lines(text, &block, &mut found);
            block.clear();
        } else {
            block.push(line);
        }
    }
    unwrap_lines(text, &block, &mut found);
    found
}

/// The lines of a text, without their ends.
fn lines(text: &str) -> impl Iterator<Item = Span> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let end = rest.find(LINE_ENDS).unwrap_or(rest.len());
        let (_, after) = rest.split_at_checked(end)?;
        let length =
            if after.starts_with("\r\n") { 2 } else { after.chars().next().map_or(0, char::len_utf8) };
        let line = span(start, start + end + length);
        start += end + length;
        Some(line)
    })
}

/// Joins the lines of a block to paragraphs.
fn unwrap_lines(text: &str, block: &[Span], found: &mut Vec<Span>) {
    let width = |line: Span| line.of(text).trim_end().chars().count();
    let widest = block.iter().map(|line| width(*line)).max().unwrap_or(0);
    let mut open: Option<Span> = None;
    for line in block {
        open = Some(match open {
            Some(before) if is_wrapped(text, last_line(text, before), *line, widest) => {
                Span { start: before.start, end: line.end }
            }
            before => {
                found.extend(before.into_iter().flat_map(|whole| pieces(text, whole)));
                *line
            }
        });
    }
    found.extend(open.into_iter().flat_map(|whole| pieces(text, whole)));
}

/// Characters of a line that text is wrapped at, at most: a longer line is a paragraph.
const MAX_WRAPPED_CHARS: usize = 130;

/// Whether `next` continues `line`, of a block whose widest line has `widest` characters.
fn is_wrapped(text: &str, line: &str, next: Span, widest: usize) -> bool {
    let next = next.of(text).trim_start();
    if next.starts_with(char::is_lowercase) {
        return true;
    }
    let first_word = next.split_whitespace().next().unwrap_or_default().chars().count();
    widest <= MAX_WRAPPED_CHARS && line.trim().chars().count() + 1 + first_word > widest
}

/// The last line of a span that ends with a line. Looks at no more than a line.
fn last_line(text: &str, span: Span) -> &str {
    let whole = span.of(text).trim_end();
    let line_end = whole.rmatch_indices(LINE_ENDS).next();
    line_end.and_then(|(at, end)| whole.get(at + end.len()..)).unwrap_or(whole)
}

/// A paragraph without the space around it, in pieces of [`MAX_BYTES`] at most.
fn pieces(text: &str, paragraph: Span) -> Vec<Span> {
    let whole = paragraph.of(text);
    let trimmed = whole.trim();
    let mut start = paragraph.start as usize + (whole.len() - whole.trim_start().len());
    let end = start + trimmed.len();
    let mut out = Vec::new();
    while start < end {
        let mut stop = end;
        if end - start > MAX_BYTES {
            let piece = text.get(start..floor(text, start + MAX_BYTES)).unwrap_or_default();
            stop = start + cut(piece);
        }
        out.push(span(start, stop));
        start = stop;
    }
    out
}

/// Where to cut a piece: after its last sentence, or after its last word, or at its end.
fn cut(piece: &str) -> usize {
    let late = |at: &usize| *at > piece.len() / 2;
    let sentence = piece.rmatch_indices(". ").next().map(|(at, _)| at + 2).filter(late);
    let word = || piece.rfind(char::is_whitespace).map(|at| ceil(piece, at + 1)).filter(late);
    sentence.or_else(word).unwrap_or(piece.len())
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn ceil(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// A span of byte offsets. Texts have fewer than 2^32 bytes.
pub(super) fn span(start: usize, end: usize) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span { start: offset(start), end: offset(end) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<&str> {
        paragraphs(text).into_iter().map(|span| span.of(text)).collect()
    }

    #[test]
    fn wrapped_lines_are_one_paragraph_and_others_are_not() {
        assert_eq!(
            of("The title\nA first line.\n\n  The end. \n"),
            ["The title", "A first line.", "The end."]
        );
        // The first word of the second line did not fit; that of the third did.
        let wrapped = ["This line has thirty-five letters, as", "Others would not fit in.", "The end."];
        for line_end in ["\n", "\r\n"] {
            assert_eq!(of(&wrapped.join(line_end)), [&wrapped[..2].join(line_end), wrapped[2]]);
        }
        assert_eq!(of("One line\nthat goes on"), ["One line\nthat goes on"]);
        assert!(of(" \n\n ").is_empty());
    }

    #[test]
    fn long_paragraphs_are_cut_after_sentences_and_words() {
        let sentences = "A short sentence. ".repeat(1000);
        let found = of(&sentences);
        assert!(found.len() > 2 && found.iter().all(|piece| piece.len() <= MAX_BYTES));
        assert!(found.iter().all(|piece| piece.starts_with('A')));
        assert_eq!(found.concat(), sentences.trim());
        let letters = "é".repeat(10_000);
        assert_eq!(of(&letters).concat(), letters);
    }
}
