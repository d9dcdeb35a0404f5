//! The gaps between columns.

use super::fragments::Fragment;

/// Bins of a histogram over the width of a region.
const BINS: usize = 1000;
/// A gutter is at least this wide, as a share of the size of the text.
const MIN_WIDTH: f64 = 0.6;
/// Text that crosses a gutter, as a share of the text beside it, at most: headings over two columns.
const MAX_CROSSING: f64 = 0.5;

/// A stretch of a region without text, from top to bottom, or with little text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gutter {
    pub(super) x0: f64,
    pub(super) x1: f64,
}

impl Gutter {
    pub(super) fn middle(self) -> f64 {
        f64::midpoint(self.x0, self.x1)
    }

    pub(super) fn width(self) -> f64 {
        self.x1 - self.x0
    }

    /// Whether a fragment stands in the gutter.
    pub(super) fn is_crossed(self, fragment: &Fragment) -> bool {
        fragment.x0 < self.middle() && self.middle() < fragment.x1
    }
}

/// How much text there is over each part of a region's width.
#[derive(Debug)]
struct Cover {
    left: f64,
    bin: f64,
    counts: Vec<i64>,
}

impl Cover {
    fn new(fragments: &[Fragment]) -> Option<Self> {
        let left = fragments.iter().map(|f| f.x0).fold(f64::INFINITY, f64::min);
        let right = fragments.iter().map(|f| f.x1).fold(f64::NEG_INFINITY, f64::max);
        if !(right - left).is_finite() || right - left < 1.0 {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a constant of three digits")]
        let mut cover = Self { left, bin: (right - left) / BINS as f64, counts: vec![0; BINS + 1] };
        for fragment in fragments {
            cover.change(fragment.x0, 1);
            cover.change(fragment.x1, -1);
        }
        let mut sum = 0;
        for count in &mut cover.counts {
            sum += *count;
            *count = sum;
        }
        Some(cover)
    }

    fn change(&mut self, x: f64, by: i64) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the bins")]
        let at = ((x - self.left) / self.bin).round().max(0.0) as usize;
        if let Some(count) = self.counts.get_mut(at.min(BINS)) {
            *count += by;
        }
    }

    fn x(&self, bin: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let bins = bin as f64;
        self.left + bins * self.bin
    }

    /// For each bin, the most text on its less covered side.
    fn hills(&self) -> Vec<i64> {
        let mut from_left = Vec::with_capacity(self.counts.len());
        let mut most = 0;
        for count in &self.counts {
            most = most.max(*count);
            from_left.push(most);
        }
        most = 0;
        for (count, hill) in self.counts.iter().zip(&mut from_left).rev() {
            most = most.max(*count);
            *hill = most.min(*hill);
        }
        from_left
    }

    /// The stretches of bins for which something holds.
    fn stretches(&self, holds: impl Fn(i64, i64) -> bool) -> Vec<Gutter> {
        let mut found = Vec::new();
        let mut start = None;
        for (bin, (count, hill)) in self.counts.iter().zip(self.hills()).enumerate() {
            if holds(*count, hill) {
                start.get_or_insert(bin);
            } else if let Some(from) = start.take() {
                found.push(Gutter { x0: self.x(from), x1: self.x(bin) });
            }
        }
        found
    }
}

/// The gutters without text, from left to right.
pub(super) fn empty(fragments: &[Fragment]) -> Vec<Gutter> {
    let min_width = MIN_WIDTH * median_size(fragments);
    let Some(cover) = Cover::new(fragments) else { return Vec::new() };
    let mut found = cover.stretches(|count, hill| count == 0 && hill > 0);
    found.retain(|gutter| gutter.width() >= min_width);
    found
}

/// The gutter that the least text crosses, compared with the text beside it.
pub(super) fn crossed(fragments: &[Fragment]) -> Option<Gutter> {
    let cover = Cover::new(fragments)?;
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let share = |count: i64, hill: i64| count as f64 / hill.max(1) as f64;
    let least = cover
        .counts
        .iter()
        .zip(cover.hills())
        .filter(|(_, hill)| *hill >= 3)
        .map(|(count, hill)| share(*count, hill))
        .fold(f64::INFINITY, f64::min);
    if least > MAX_CROSSING {
        return None;
    }
    let min_width = 0.7 * MIN_WIDTH * median_size(fragments);
    let candidates = cover.stretches(|count, hill| hill >= 3 && share(count, hill) <= least + 0.02);
    candidates.into_iter().filter(|g| g.width() >= min_width).max_by(|a, b| a.width().total_cmp(&b.width()))
}

/// The gap that most rows with a wide gap have, if three have it.
pub(super) fn voted(fragments: &[Fragment]) -> Option<Gutter> {
    let mut gaps: Vec<(f64, i64)> = Vec::new();
    for pair in fragments.windows(2) {
        if let [left, right] = pair
            && left.row == right.row
            && left.x1 < right.x0
        {
            gaps.push((left.x1, 1));
            gaps.push((right.x0, -1));
        }
    }
    gaps.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
    let (mut votes, mut most) = (0, 2);
    let mut best = None;
    for pair in gaps.windows(2) {
        if let [(x0, change), (x1, _)] = pair {
            votes += change;
            if votes > most {
                most = votes;
                best = Some(Gutter { x0: *x0, x1: *x1 });
            }
        }
    }
    best
}

pub(super) fn median_size(fragments: &[Fragment]) -> f64 {
    let mut sizes: Vec<f64> = fragments.iter().map(|f| f.size).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(10.0)
}
