//! What glyphs are before they become words: some are drawn twice, some stand below one another.

use std::collections::HashMap;

use hayro_interpret::kurbo::Point;

use super::super::device::Glyph;
use super::chars::is_spaceless;

/// Finds text that runs from top to bottom in a font that does not say so: its glyphs stand below one another.
pub(super) fn set_upright(glyphs: &mut [Glyph]) {
    let is_below = |pair: &[Glyph]| {
        let [above, below] = pair else { return false };
        let step = below.origin - above.origin;
        step.x.abs() < 0.2 * above.size
            && (0.7..1.4).contains(&(step.y / above.size))
            && above.text.chars().all(is_spaceless)
    };
    let below = glyphs.windows(2).filter(|pair| is_below(pair)).count();
    if below * 10 < glyphs.len() * 6 || below < 5 {
        return;
    }
    for glyph in glyphs.iter_mut().filter(|glyph| (glyph.end.y - glyph.origin.y).abs() < 0.01) {
        let middle = f64::midpoint(glyph.origin.x, glyph.end.x);
        let baseline = glyph.origin.y;
        glyph.origin = Point::new(middle, baseline - 0.88 * glyph.size);
        glyph.end = Point::new(middle, baseline + 0.12 * glyph.size);
    }
}

/// What was drawn where: a font without a bold face is made bold by drawing its text twice.
#[derive(Debug, Default)]
pub(super) struct Seen {
    places: HashMap<Place, Drawn>,
}

/// A cell of a grid on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    column: i64,
    row: i64,
}

#[derive(Debug)]
struct Drawn {
    text: String,
    origin: Point,
}

impl Seen {
    /// Whether the same glyph was drawn here before. Double letters stand farther apart.
    pub(super) fn is_repeated(&mut self, glyph: &Glyph) -> bool {
        if glyph.text.trim().is_empty() {
            return false;
        }
        let reach = (0.12 * glyph.size).min(0.4 * (glyph.end - glyph.origin).hypot());
        let cell = (glyph.size * 0.25).max(0.5);
        #[expect(clippy::cast_possible_truncation, reason = "places on a page")]
        let place = |dx: f64, dy: f64| Place {
            column: ((glyph.origin.x + dx) / cell).round() as i64,
            row: ((glyph.origin.y + dy) / cell).round() as i64,
        };
        let is_same = |place: Place| {
            let drawn = self.places.get(&place);
            drawn.is_some_and(|drawn| {
                drawn.text == glyph.text && (drawn.origin - glyph.origin).hypot() < reach
            })
        };
        let near = [(0.0, 0.0), (reach, 0.0), (-reach, 0.0), (0.0, reach), (0.0, -reach)];
        if near.into_iter().any(|(dx, dy)| is_same(place(dx, dy))) {
            return true;
        }
        self.places.insert(place(0.0, 0.0), Drawn { text: glyph.text.clone(), origin: glyph.origin });
        false
    }
}
