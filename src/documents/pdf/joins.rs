//! What comes between two lines: nothing, a line break or the end of a paragraph.

use super::hyphens;
use super::layout::{Line, is_spaceless};
use super::measures::{BlockFacts, INDENT, Indents};

/// A step from line to line that is larger than the usual one by this factor separates paragraphs.
const WIDE_STEP: f64 = 1.3;
/// Sizes that differ by this factor are of different kinds of text.
const OTHER_SIZE: f64 = 1.1;
/// What comes between two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    Paragraph,
    Line,
    /// They are of one paragraph.
    On,
}

/// A line with its block.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) line: Line,
    pub(super) block: BlockFacts,
    pub(super) is_first: bool,
    /// Whether a paragraph begins with it; set when it is added.
    pub(super) begins: bool,
}

impl Placed {
    /// How much room is left at the end of the line.
    fn room(&self) -> f64 {
        if self.block.is_right_to_left {
            self.line.x0 - self.block.left
        } else {
            self.block.right - self.line.x1
        }
    }

    fn indent(&self) -> f64 {
        let indent = if self.block.is_right_to_left {
            self.block.right - self.line.x1
        } else {
            self.line.x0 - self.block.left
        };
        indent / self.line.size
    }

    fn middle(&self) -> f64 {
        f64::midpoint(self.line.x0, self.line.x1)
    }

    /// Whether the first word of a line would have had room on this one.
    fn has_room_for(&self, next: &Line) -> bool {
        let size = self.line.size;
        let is_spaceless = next.text.chars().next().is_some_and(is_spaceless);
        let needed = if is_spaceless { 2.2 * size } else { next.first_width + 0.55 * size };
        self.room() > needed
    }
}

/// What comes between a line and the next. `usual_step` is the step from line to line in the document.
pub(super) fn join(last: &Placed, next: &Placed, usual_step: f64) -> Join {
    if next.is_first {
        return join_blocks(last, next);
    }
    if next.block.is_table {
        return Join::Line;
    }
    let (above, below) = (&last.line, &next.line);
    let is_divided =
        hyphens::divided(&above.text).is_some() && below.text.chars().next().is_some_and(char::is_lowercase);
    let step = (below.y - above.y) / above.size.max(below.size);
    let is_wide = step > WIDE_STEP * next.block.step.min(1.4 * usual_step);
    let is_other = above.size > OTHER_SIZE * below.size || below.size > OTHER_SIZE * above.size;
    if is_bullet(&below.text) {
        return if is_bullet(&above.text) || !is_wide && last.indent() > 0.5 {
            Join::Line
        } else {
            Join::Paragraph
        };
    }
    if is_wide || is_other {
        return Join::Paragraph;
    }
    if is_divided {
        return Join::On;
    }
    let is_centred = (last.middle() - next.middle()).abs() < 2.0
        && (above.x0 - below.x0).abs() > below.size
        && last.indent() > 1.0;
    if is_centred {
        return Join::On;
    }
    if begins_by_indent(last, next) || last.has_room_for(below) { Join::Paragraph } else { Join::On }
}

/// Whether the indent of a line says that a paragraph begins.
fn begins_by_indent(last: &Placed, next: &Placed) -> bool {
    let turn = next.indent() - last.indent();
    let is_full = !last.has_room_for(&next.line);
    if turn > INDENT {
        // The first line of a paragraph, or all lines but the first of one.
        return !(is_full
            && last.begins
            && (is_item(&last.line.text) || next.block.indents == Indents::Others));
    }
    let is_first_again =
        next.block.indents == Indents::First && last.begins && next.indent() > INDENT && turn.abs() < 0.2;
    is_first_again || (turn < -INDENT && !last.begins)
}

/// What comes between the last line of a block and the first of the next, which is in another column or on another page.
fn join_blocks(last: &Placed, next: &Placed) -> Join {
    let (above, below) = (&last.line, &next.line);
    let is_alike = above.size < 1.05 * below.size && below.size < 1.05 * above.size;
    if last.block.is_table || next.block.is_table {
        return Join::Paragraph;
    }
    if !is_alike || is_bullet(&below.text) || !below.marker.is_empty() {
        return Join::Paragraph;
    }
    let start = below.text.trim_start_matches(|c: char| !c.is_alphanumeric()).chars().next();
    if hyphens::divided(&above.text).is_some() && start.is_some_and(char::is_lowercase) {
        return Join::On;
    }
    let ends = above
        .text
        .trim_end_matches(['"', '”', '’', '\'', '»', ')', ']'])
        .ends_with(['.', '!', '?', ':', '。', '！', '？', '؟', '।']);
    let is_full = !last.has_room_for(below);
    let is_indented = next.indent() > INDENT;
    if is_indented || !is_full && (ends || !start.is_some_and(char::is_lowercase)) {
        return Join::Paragraph;
    }
    if !ends {
        return Join::On;
    }
    // The last line of a paragraph is rarely full to the margin.
    if last.room() < 0.3 * above.size { Join::On } else { Join::Paragraph }
}

/// Whether a text begins with a bullet or the number of an item.
pub(super) fn is_item(text: &str) -> bool {
    is_bullet(text) || is_numbered(text)
}

fn is_bullet(text: &str) -> bool {
    let mut characters = text.chars();
    let is_sign = characters
        .next()
        .is_some_and(|c| matches!(c, '•' | '▪' | '◦' | '●' | '○' | '■' | '–' | '-' | '∗' | '*' | '·' | '‣'));
    is_sign && characters.next().is_some_and(char::is_whitespace)
}

/// Whether a text begins with the number of a list's item: "1.", "(a)", "iv)".
fn is_numbered(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    let number = first.trim_start_matches('(').strip_suffix(['.', ')']);
    number.is_some_and(|number| {
        !number.is_empty()
            && number.len() <= 4
            && (number.bytes().all(|b| b.is_ascii_digit())
                || number.len() == 1
                || number.bytes().all(|b| b"ivx".contains(&b)))
    })
}

/// The number of an item such as "12." or "(3)".
pub(super) fn item_number(text: &str) -> Option<u32> {
    let first = text.split_whitespace().next()?;
    first.trim_start_matches('(').strip_suffix(['.', ')'])?.parse().ok()
}
