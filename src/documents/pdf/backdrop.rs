//! What is behind text, and what is painted over it, on a coarse grid of the page.

use hayro_interpret::kurbo::{Point, Rect};

/// The side of a cell, in points: a line of text on a bar of its own covers at least one row of cells.
const CELL: f64 = 4.0;
/// Most cells on a side. Larger pages have larger cells.
const MAX_CELLS: f64 = 400.0;
/// Most cells that are painted on a page. After that nothing is known of what is behind text.
const MAX_PAINTED: usize = 4_000_000;

/// The backdrop of a page. Constant time to ask; painting takes time for each cell, within a bound for the page.
#[derive(Debug)]
pub(super) struct Backdrop {
    cell: f64,
    columns: usize,
    cells: Vec<Cell>,
    painted: usize,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    /// None if it is not known, such as on a picture.
    colour: Option<[u8; 3]>,
    /// The number of glyphs that were drawn before something opaque covered the cell last.
    covered: usize,
}

impl Backdrop {
    /// A white page.
    pub(super) fn new(width: f64, height: f64) -> Self {
        let cell = CELL.max(width / MAX_CELLS).max(height / MAX_CELLS);
        let columns = index(width / cell) + 1;
        let rows = index(height / cell) + 1;
        let white = Cell { colour: Some([255; 3]), covered: 0 };
        Self { cell, columns, cells: vec![white; columns * rows], painted: 0 }
    }

    /// Paints a rectangle after `glyphs` glyphs were drawn. `colour` is None if it is not known; `is_opaque` says whether
    /// it hides what is below.
    pub(super) fn paint(&mut self, rect: Rect, colour: Option<[u8; 3]>, is_opaque: bool, glyphs: usize) {
        let rows = self.cells.len() / self.columns.max(1);
        let (left, right) = (index(rect.x0 / self.cell), index(rect.x1 / self.cell) + 1);
        let (top, bottom) = (index(rect.y0 / self.cell), index(rect.y1 / self.cell) + 1);
        if rect.x1 <= 0.0 || rect.y1 <= 0.0 {
            return;
        }
        for row in top..bottom.min(rows) {
            let columns = left..right.min(self.columns);
            self.painted += columns.len();
            if self.painted > MAX_PAINTED {
                return;
            }
            for column in columns {
                let is_whole = self.is_whole(rect, column, row);
                let Some(cell) = self.cells.get_mut(row * self.columns + column) else { return };
                if is_whole && is_opaque {
                    *cell = Cell { colour, covered: glyphs };
                } else if cell.colour != colour {
                    cell.colour = None;
                }
            }
        }
    }

    /// The colour behind a point, if it is known.
    pub(super) fn colour(&self, point: Point) -> Option<[u8; 3]> {
        self.cell_at(point).and_then(|cell| cell.colour)
    }

    /// Whether something opaque was painted over a point after the glyph with this number was drawn.
    pub(super) fn covers(&self, point: Point, glyph: usize) -> bool {
        self.cell_at(point).is_some_and(|cell| cell.covered > glyph)
    }

    fn cell_at(&self, point: Point) -> Option<&Cell> {
        if self.painted > MAX_PAINTED || point.x < 0.0 || point.y < 0.0 {
            return None;
        }
        let column = index(point.x / self.cell);
        if column >= self.columns {
            return None;
        }
        self.cells.get(index(point.y / self.cell) * self.columns + column)
    }

    fn is_whole(&self, rect: Rect, column: usize, row: usize) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "at most 400")]
        let (x, y) = (column as f64 * self.cell, row as f64 * self.cell);
        rect.x0 <= x && x + self.cell <= rect.x1 && rect.y0 <= y && y + self.cell <= rect.y1
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a small range")]
fn index(number: f64) -> usize {
    number.clamp(0.0, MAX_CELLS + 1.0) as usize
}
