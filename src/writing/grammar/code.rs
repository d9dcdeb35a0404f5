//! Code and formulas in a text: what is between grave accents or dollar signs, as Markdown has it.

use super::paragraphs::span;
use crate::text::Span;

/// Bytes of code or of a formula in a line, at most: a sign without a partner hides no more.
const MAX_BYTES: usize = 300;

/// What opens and closes code.
const MARK: u8 = b'`';

/// The code and the formulas of a text, in order and disjoint, with their marks. Linear.
pub(super) fn code(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(mark) = bytes.get(at..).and_then(|rest| memchr::memchr2(MARK, b'$', rest)) {
        let start = at + mark;
        let length = run(bytes, start);
        let is_fence = length >= 3 && begins_line(text, start);
        let end = match bytes.get(start) {
            Some(&MARK) if is_fence => Some(end_of_block(text, start, length)),
            Some(&MARK) => end_of_code(text, start, length),
            _ => end_of_formula(text, start),
        };
        found.extend(end.map(|end| span(start, end)));
        at = end.unwrap_or(start + length);
    }
    found
}

/// The equal bytes from `at` on; at least 1.
fn run(bytes: &[u8], at: usize) -> usize {
    let first = bytes.get(at);
    let others = bytes.get(at..).unwrap_or_default().iter().take_while(|byte| Some(*byte) == first);
    others.count().max(1)
}

/// Whether at most three spaces stand before `at` in its line.
fn begins_line(text: &str, at: usize) -> bool {
    let before = text.get(text.floor_char_boundary(at.saturating_sub(4))..at).unwrap_or_default();
    let line = before.trim_end_matches(' ');
    line.ends_with('\n') || before.len() == at && line.is_empty()
}

/// The end of the block that a fence opens: after the next fence, or at the end of the text.
fn end_of_block(text: &str, start: usize, length: usize) -> usize {
    let fence = "`".repeat(length);
    let mut at = start;
    for line in text.get(start..).unwrap_or_default().split_inclusive('\n') {
        let is_first = at == start;
        at += line.len();
        if !is_first && line.trim_start_matches(' ').starts_with(&fence) {
            break;
        }
    }
    at
}

/// What a piece in a line is looked for in: up to a blank line.
fn after(text: &str, start: usize) -> &str {
    let end = text.floor_char_boundary(start.saturating_add(MAX_BYTES));
    let rest = text.get(start..end).unwrap_or_default();
    rest.split("\n\n").next().unwrap_or_default()
}

/// The end of code in a line: after as many marks as open it.
fn end_of_code(text: &str, start: usize, length: usize) -> Option<usize> {
    let rest = after(text, start + length).as_bytes();
    let mut at = 0;
    while let Some(mark) = rest.get(at..).and_then(|rest| memchr::memchr(MARK, rest)) {
        let closing = run(rest, at + mark);
        at += mark + closing;
        if closing == length {
            return Some(start + length + at);
        }
    }
    None
}

/// The end of a formula: between dollar signs, with no space inside of them, and with a sign that prices do not have.
fn end_of_formula(text: &str, start: usize) -> Option<usize> {
    let rest = after(text, start + 1);
    let inside = rest.get(..rest.find('$')?)?;
    let is_tight = !inside.is_empty() && !inside.starts_with(' ') && !inside.ends_with(' ');
    let is_formula = inside.contains(['\\', '_', '^', '=', '{']) || inside.chars().count() == 1;
    (is_tight && is_formula).then_some(start + inside.len() + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<&str> {
        code(text).into_iter().map(|span| span.of(text)).collect()
    }

    #[test]
    fn code_is_between_marks() {
        assert_eq!(of("Call `plot()` and ``a ` b`` now."), ["`plot()`", "``a ` b``"]);
        assert_eq!(of("One ` mark alone.\n\nAnd ` another"), Vec::<&str>::new());
        assert_eq!(of("See:\n\n```rust\nlet a = 1;\n```\nAfter."), ["```rust\nlet a = 1;\n```\n"]);
        assert_eq!(of("  ```\nno end"), ["```\nno end"]);
        assert_eq!(of(&format!("`{}`", "é".repeat(200))), Vec::<&str>::new());
    }

    #[test]
    fn formulas_are_between_dollar_signs_and_prices_are_none() {
        assert_eq!(of("A rate $\\lambda$ of $x_i = 3$ and $t$."), ["$\\lambda$", "$x_i = 3$", "$t$"]);
        assert!(of("It cost $3,000 then, and $5 now; US$ 7 or $8.").is_empty());
    }
}
