//! Block quotes: lines that begin with `>`, as in Markdown and mail.

use std::ops::Range;

use memchr::{memchr, memchr_iter};

use crate::text::peek;

/// Bytes of indentation before a `>`, at most (`CommonMark`, section 5.1).
const MAX_INDENT_BYTES: usize = 3;

/// The byte ranges of runs of lines that begin with `>`, from the first `>` to the end of the last line.
///
/// Their length is not limited: every line is marked as quoted. A single line with `>` before a digit, `=` or another
/// sign is a comparison or code.
pub(super) fn block_quotes(text: &str) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut next_free = 0;
    for sign in memchr_iter(b'>', text.as_bytes()) {
        if sign < next_free || !begins_a_line(text.as_bytes(), sign) {
            continue;
        }
        let rest = text.as_bytes().get(sign..).unwrap_or_default();
        let end = memchr(b'\n', rest).map_or(text.len(), |length| sign + length);
        next_free = end;
        let end = peek::slice(text, 0, end).trim_end().len().max(sign + 1);
        let between = runs.last().map(|last| peek::slice(text, last.end, sign));
        match (runs.last_mut(), between) {
            (Some(last), Some(gap)) if is_one_line_end(gap) => last.end = end,
            _ => runs.push(sign..end),
        }
    }
    runs.retain(|run| is_quotation(peek::slice(text, run.start, run.end)));
    runs
}

fn begins_a_line(bytes: &[u8], at: usize) -> bool {
    let line = bytes.get(at.saturating_sub(MAX_INDENT_BYTES + 1)..at).unwrap_or_default();
    match line.iter().rposition(|byte| *byte != b' ') {
        Some(last) => line.get(last) == Some(&b'\n'),
        None => at <= MAX_INDENT_BYTES,
    }
}

fn is_one_line_end(gap: &str) -> bool {
    gap.len() <= 64 && gap.trim().is_empty() && gap.matches('\n').count() == 1
}

fn is_quotation(run: &str) -> bool {
    let lines = run.lines().take(2).count();
    let inner = run.trim_start_matches(['>', ' ']);
    let first = inner.chars().next();
    // A prompt, or a trail of pages: > home > news > today.
    let prompts =
        lines == 1 && run.chars().take_while(|c| matches!(c, '>' | ' ')).filter(|c| *c == '>').count() > 2;
    first.is_some_and(|c| (c.is_alphabetic() || lines > 1 || is_opening(c)) && c != '=') && !prompts
}

fn is_opening(c: char) -> bool {
    matches!(c, '"' | '“' | '„' | '«' | '‘' | '\'' | '(' | '[' | '*' | '_' | '「' | '…')
}
