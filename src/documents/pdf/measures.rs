//! What is usual in a document, and in a block of it.

use std::collections::BTreeMap;

use super::layout::{Block, Line};

/// An indent is at least this share of the size.
pub(super) const INDENT: f64 = 0.8;

/// What is usual in a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measures {
    /// The size of most text.
    pub(super) size: f64,
    /// The step from line to line, as a multiple of the size.
    pub(super) step: f64,
    /// Whether lines that end between words have a space at the end. The others end within a word.
    pub(super) draws_spaces: bool,
}

impl Measures {
    pub(super) fn of<'a>(blocks: impl Iterator<Item = &'a Block> + Clone) -> Self {
        let lines = blocks.clone().flat_map(|block| &block.lines);
        let sizes =
            lines.clone().map(|line| Weighted { value: line.size, weight: line.text.len() }).collect();
        let pairs = blocks.flat_map(|block| block.lines.windows(2));
        let steps = pairs.filter_map(step_between).map(|value| Weighted { value, weight: 1 }).collect();
        let spaces = lines.clone().filter(|line| line.ends_with_space).count();
        let draws_spaces = spaces * 5 > lines.count();
        Self { draws_spaces, size: median(sizes).unwrap_or(10.0), step: median(steps).unwrap_or(1.2) }
    }
}

/// Blocks with fewer lines than this do not show their right margin.
const MARGIN_LINES: usize = 3;
/// A block is narrower than its column by no more than this share.
const MAX_NARROWER: f64 = 0.15;

/// The right margins of the blocks of a document, by their left margins.
#[derive(Debug)]
pub(super) struct Margins {
    rights: BTreeMap<i64, Vec<f64>>,
}

impl Margins {
    pub(super) fn of<'a>(blocks: impl Iterator<Item = &'a Block>) -> Self {
        let mut rights: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
        for block in blocks.filter(|block| block.lines.len() >= MARGIN_LINES && !block.is_table) {
            rights.entry(key(block.left)).or_default().push(block.right);
        }
        for column in rights.values_mut() {
            column.sort_by(f64::total_cmp);
        }
        Self { rights }
    }

    /// The right margin of a block: that of its column, if its lines are too few to show it.
    fn right(&self, block: &Block) -> f64 {
        if block.lines.len() >= MARGIN_LINES {
            return block.right;
        }
        let rights = self.rights.get(&key(block.left)).map_or(&[][..], Vec::as_slice);
        let next = rights.get(rights.partition_point(|right| *right < block.right)).copied();
        next.filter(|right| right - block.right < MAX_NARROWER * (right - block.left)).unwrap_or(block.right)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a place on a page")]
fn key(left: f64) -> i64 {
    (left / 3.0).round() as i64
}

/// The step between two lines of the same size, as a multiple of the size.
fn step_between(pair: &[Line]) -> Option<f64> {
    let [above, below] = pair else { return None };
    let is_alike = (above.size / below.size - 1.0).abs() < 0.05;
    let step = (below.y - above.y) / above.size;
    (is_alike && (0.5..4.0).contains(&step)).then_some(step)
}

#[derive(Debug)]
struct Weighted {
    value: f64,
    weight: usize,
}

fn median(mut values: Vec<Weighted>) -> Option<f64> {
    values.sort_by(|a, b| a.value.total_cmp(&b.value));
    let half = values.iter().map(|v| v.weight).sum::<usize>() / 2;
    let mut sum = 0;
    for weighted in &values {
        sum += weighted.weight;
        if sum > half {
            return Some(weighted.value);
        }
    }
    None
}

/// Which lines of paragraphs are indented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Indents {
    /// None, or not always the same.
    Mixed,
    /// The first: most indented lines stand alone.
    First,
    /// All but the first.
    Others,
}

fn indents(block: &Block) -> Indents {
    if block.is_right_to_left {
        return Indents::Mixed;
    }
    let is_indented = |line: &Line| line.x0 > block.left + INDENT * line.size;
    let indented = block.lines.iter().filter(|line| is_indented(line)).count();
    let is_alone = |pair: &&[Line]| matches!(pair, [first, next] if is_indented(first) && !is_indented(next));
    let alone = block.lines.windows(2).filter(is_alone).count();
    if indented > 0 && alone * 3 >= indented * 2 {
        Indents::First
    } else if indented * 2 > block.lines.len() {
        Indents::Others
    } else {
        Indents::Mixed
    }
}

/// What is known of the block that a line is in.
#[derive(Debug, Clone, Copy)]
pub(super) struct BlockFacts {
    pub(super) page: usize,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) is_table: bool,
    pub(super) is_right_to_left: bool,
    pub(super) indents: Indents,
    pub(super) step: f64,
}

impl BlockFacts {
    pub(super) fn of(block: &Block, margins: &Margins, usual_step: f64, page: usize) -> Self {
        let steps: Vec<Weighted> = block
            .lines
            .windows(2)
            .filter_map(step_between)
            .map(|value| Weighted { value, weight: 1 })
            .collect();
        let step = if steps.len() < 4 { usual_step } else { median(steps).unwrap_or(usual_step) };
        Self {
            page,
            left: block.left,
            right: margins.right(block),
            is_table: block.is_table,
            is_right_to_left: block.is_right_to_left && is_right_aligned(block),
            indents: indents(block),
            step: step.max(0.9),
        }
    }
}

/// Whether more lines begin at the right than end at the left: text from right to left may be set the other way.
fn is_right_aligned(block: &Block) -> bool {
    let right = block.lines.iter().filter(|line| block.right - line.x1 < 0.3 * line.size).count();
    let left = block.lines.iter().filter(|line| line.x0 - block.left < 0.3 * line.size).count();
    right >= left
}
