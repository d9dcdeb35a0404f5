//! The reading order of a page: a recursive cut into columns, bands and tables.
//!
//! A region with a gutter from top to bottom is two columns or a table; one with a gutter that some rows cross is cut into
//! bands above one another, of rows that cross it and rows that don't. The rest is read row by row.

use super::direction::is_mostly_right_to_left;
use super::fragments::{Fragment, fragments, rows};
use super::gutters::{self, Gutter, median_size};
use super::lines::{self, Block};
use super::words::Word;

/// Most cuts inside one another.
const MAX_DEPTH: usize = 16;
/// Most gutters that are tried in a region.
const MAX_TRIED: usize = 6;
/// Fragments of columns have at least this many words on average, if they are drawn row by row.
const PROSE_WORDS: f64 = 3.5;

/// A region that is still to be cut.
#[derive(Debug)]
struct Region {
    fragments: Vec<Fragment>,
    depth: usize,
}

/// What a region is.
#[derive(Debug)]
enum Cut {
    Columns(Gutter),
    Table(Vec<Gutter>),
    Bands(Gutter),
    Lines,
}

/// The words of a page as blocks of lines, in the order of reading.
pub(in super::super) fn blocks(words: Vec<Word>) -> Vec<Block> {
    let mut stack = vec![Region { fragments: fragments(rows(words)), depth: 0 }];
    let mut blocks = Vec::new();
    while let Some(region) = stack.pop() {
        let depth = region.depth + 1;
        let cut = if depth > MAX_DEPTH { Cut::Lines } else { cut(&region.fragments) };
        let push = |parts: Vec<Vec<Fragment>>, stack: &mut Vec<Region>| {
            let parts = parts.into_iter().rev().filter(|part| !part.is_empty());
            stack.extend(parts.map(|fragments| Region { fragments, depth }));
        };
        match cut {
            Cut::Columns(gutter) => push(columns(region.fragments, gutter), &mut stack),
            Cut::Bands(gutter) => push(bands(region.fragments, gutter), &mut stack),
            Cut::Table(gutters) => blocks.push(lines::table(region.fragments, &gutters)),
            Cut::Lines => blocks.push(lines::block(region.fragments)),
        }
    }
    blocks
}

fn cut(fragments: &[Fragment]) -> Cut {
    if fragments.len() < 3 {
        return Cut::Lines;
    }
    let mut gutters = gutters::empty(fragments);
    gutters.sort_by(|a, b| b.width().total_cmp(&a.width()));
    let all = gutters.clone();
    for gutter in gutters.into_iter().take(MAX_TRIED) {
        match sides(fragments, gutter) {
            Sides::Columns => return Cut::Columns(gutter),
            Sides::Cells => {
                let mut all: Vec<Gutter> =
                    all.into_iter().filter(|g| !matches!(sides(fragments, *g), Sides::Labels)).collect();
                all.sort_by(|a, b| a.x0.total_cmp(&b.x0));
                return Cut::Table(all);
            }
            Sides::Labels | Sides::Apart => {}
        }
    }
    let found = gutters::crossed(fragments).into_iter().chain(gutters::voted(fragments));
    for gutter in found {
        if bands_of(fragments, gutter).len() > 1 {
            return Cut::Bands(gutter);
        }
    }
    Cut::Lines
}

/// What a gutter separates.
enum Sides {
    Columns,
    Cells,
    /// Numbers or bullets of a list, and its items.
    Labels,
    /// Texts that are not side by side.
    Apart,
}

/// The fragments on one side of a gutter.
#[derive(Debug)]
struct Side {
    count: usize,
    words: usize,
    characters: usize,
    x0: f64,
    x1: f64,
    top: f64,
    bottom: f64,
    widths: f64,
}

impl Side {
    fn of<'a>(fragments: impl Iterator<Item = &'a Fragment>) -> Self {
        let mut side = Self {
            count: 0,
            words: 0,
            characters: 0,
            x0: f64::INFINITY,
            x1: f64::NEG_INFINITY,
            top: f64::INFINITY,
            bottom: f64::NEG_INFINITY,
            widths: 0.0,
        };
        for fragment in fragments {
            side.count += 1;
            side.words += fragment.words.len();
            side.characters += fragment.characters;
            side.x0 = side.x0.min(fragment.x0);
            side.x1 = side.x1.max(fragment.x1);
            side.top = side.top.min(fragment.y - fragment.size);
            side.bottom = side.bottom.max(fragment.y);
            side.widths += fragment.x1 - fragment.x0;
        }
        side
    }

    #[expect(clippy::cast_precision_loss, reason = "averages")]
    fn is_prose(&self, size: f64) -> bool {
        let count = self.count.max(1) as f64;
        let fills = self.widths / count > 0.55 * (self.x1 - self.x0);
        let is_wordy = self.words as f64 / count >= PROSE_WORDS || self.characters as f64 / count >= 18.0;
        fills && is_wordy && self.x1 - self.x0 > 8.0 * size && self.count >= 2
    }

    /// Whether these are numbers or bullets of a list.
    fn is_labels(&self, size: f64) -> bool {
        self.characters <= 4 * self.count && self.x1 - self.x0 < 2.5 * size
    }
}

fn sides(fragments: &[Fragment], gutter: Gutter) -> Sides {
    let middle = gutter.middle();
    let left = Side::of(fragments.iter().filter(|f| f.x1 <= middle));
    let right = Side::of(fragments.iter().filter(|f| f.x0 >= middle));
    let size = median_size(fragments);
    if left.bottom <= right.top || right.bottom <= left.top {
        return Sides::Apart;
    }
    let is_label_of =
        |a: &Side, b: &Side| a.is_labels(size) && b.count >= a.count && gutter.width() < 3.0 * size;
    if is_label_of(&left, &right) || is_label_of(&right, &left) && right.count < 2 {
        return Sides::Labels;
    }
    if left.is_prose(size) && right.is_prose(size) {
        return Sides::Columns;
    }
    let mut drawn: Vec<(usize, bool)> = fragments.iter().map(|f| (f.seq, f.x0 >= middle)).collect();
    drawn.sort_unstable();
    let changes = drawn.windows(2).filter(|pair| matches!(pair, [(_, a), (_, b)] if a != b)).count();
    let rows = left.count.min(right.count);
    if rows >= 2 && changes * 3 <= rows.max(3) { Sides::Columns } else { Sides::Cells }
}

fn columns(fragments: Vec<Fragment>, gutter: Gutter) -> Vec<Vec<Fragment>> {
    let texts = fragments.iter().flat_map(|f| &f.words).map(|word| word.text.as_str());
    let is_right_to_left = is_mostly_right_to_left(texts);
    let (left, right) = fragments.into_iter().partition(|f| f.x1 <= gutter.middle());
    if is_right_to_left { vec![right, left] } else { vec![left, right] }
}

/// Rows above one another, of which all or none cross a gutter: how many fragments each has.
fn bands_of(fragments: &[Fragment], gutter: Gutter) -> Vec<usize> {
    let mut rows: Vec<BandRow> = Vec::new();
    for fragment in fragments {
        let is_crossing = gutter.is_crossed(fragment);
        let is_left = fragment.x1 <= gutter.middle();
        match rows.last_mut().filter(|row| row.row == fragment.row) {
            Some(row) => row.add(is_crossing, is_left),
            None => rows.push(BandRow::new(fragment, is_crossing, is_left)),
        }
    }
    give_back(&mut rows);
    let mut bands: Vec<Band> = Vec::new();
    for row in rows {
        match bands.last_mut().filter(|band| band.is_crossing == row.is_crossing) {
            Some(band) => band.add(&row),
            None => bands.push(Band::new(&row)),
        }
    }
    // A band with text on one side alone, or of a single row of little, belongs to what is around it.
    for band in &mut bands {
        band.is_crossing |= !(band.has_left && band.has_right) || band.rows < 2;
    }
    let mut merged: Vec<Band> = Vec::new();
    for band in bands {
        match merged.last_mut().filter(|last| last.is_crossing == band.is_crossing) {
            Some(last) => last.count += band.count,
            None => merged.push(band),
        }
    }
    merged.into_iter().map(|band| band.count).collect()
}

/// Short rows that do not cross a gutter but belong to those that do: the last line of a paragraph above a table, and a
/// heading below columns.
fn give_back(rows: &mut [BandRow]) {
    for at in 1..rows.len().saturating_sub(1) {
        let Some([above, row, below]) = rows.get_mut(at - 1..at + 2) else { return };
        if row.is_crossing || row.count > 1 {
            continue;
        }
        let ends = above.is_crossing && !below.is_crossing && below.count > 1;
        let is_last_line = ends && 1.1 * (row.y - above.y) < below.y - row.y;
        let is_heading = !above.is_crossing
            && below.is_crossing
            && row.has_left
            && row.size > 1.1 * above.size.max(below.size);
        row.is_crossing |= is_last_line || is_heading;
    }
}

#[derive(Debug)]
struct BandRow {
    row: usize,
    y: f64,
    size: f64,
    count: usize,
    is_crossing: bool,
    has_left: bool,
    has_right: bool,
}

impl BandRow {
    fn new(fragment: &Fragment, is_crossing: bool, is_left: bool) -> Self {
        Self {
            row: fragment.row,
            y: fragment.y,
            size: fragment.size,
            count: 1,
            is_crossing,
            has_left: is_left,
            has_right: !is_left,
        }
    }

    fn add(&mut self, is_crossing: bool, is_left: bool) {
        self.count += 1;
        self.is_crossing |= is_crossing;
        self.has_left |= is_left;
        self.has_right |= !is_left;
    }
}

#[derive(Debug)]
struct Band {
    count: usize,
    rows: usize,
    is_crossing: bool,
    has_left: bool,
    has_right: bool,
}

impl Band {
    fn new(row: &BandRow) -> Self {
        Self {
            count: row.count,
            rows: 1,
            is_crossing: row.is_crossing,
            has_left: row.has_left,
            has_right: row.has_right,
        }
    }

    fn add(&mut self, row: &BandRow) {
        self.count += row.count;
        self.rows += 1;
        self.has_left |= row.has_left;
        self.has_right |= row.has_right;
    }
}

fn bands(fragments: Vec<Fragment>, gutter: Gutter) -> Vec<Vec<Fragment>> {
    let counts = bands_of(&fragments, gutter);
    let mut rest = fragments.into_iter();
    let mut bands: Vec<Vec<Fragment>> =
        counts.into_iter().map(|count| rest.by_ref().take(count).collect()).collect();
    bands.push(rest.collect());
    bands
}
