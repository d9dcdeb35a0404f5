//! A few bits of the words around a k-gram, kept with its posting.
//!
//! Most sources that share one k-gram with a submission share nothing else. But a copied run of
//! `t = k + w - 1` tokens holds `w - 1` tokens besides the k-gram that was kept of it, next to it on one
//! side or the other. So a posting whose neighbours agree with the submission's on fewer tokens cannot
//! stem from such a run, and its source need not be read.

use crate::text::Token;

use super::WindowSize;

/// Bits of each of the three tokens before a k-gram and of the three after it, 16 in all: three bits of the
/// two that are nearest, two of the third.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Context(u16);

/// Bits of the neighbours on one side, from the nearest on.
const NEIGHBOUR_BITS: [u32; 3] = [3, 3, 2];

/// Bits of one side.
const SIDE_BITS: u32 = 8;

/// The bits of the nearest `tokens` of one side.
const fn nearest(tokens: usize) -> u16 {
    match tokens {
        0 => 0,
        1 => 0b0000_0111,
        2 => 0b0011_1111,
        _ => 0b1111_1111,
    }
}

impl Context {
    /// Bits of a context.
    pub const BITS: u32 = 2 * SIDE_BITS;

    /// The context of the `k` tokens from `position` on. A token beyond the text counts as zero bits.
    pub(super) fn of(tokens: &[Token], position: usize, k: usize) -> Self {
        let before = side(|distance| tokens.get(position.checked_sub(distance)?));
        let after = side(|distance| tokens.get(position + k - 1 + distance));
        Self(before << SIDE_BITS | after)
    }

    /// From 16 bits.
    #[must_use]
    pub fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The 16 bits.
    #[must_use]
    pub fn bits(self) -> u16 {
        self.0
    }
}

/// The bits of one side, given its tokens by their distance from the k-gram.
#[inline]
fn side<'a>(at: impl Fn(usize) -> Option<&'a Token>) -> u16 {
    let (mut bits, mut shift) = (0, 0);
    for (distance, width) in (1..).zip(NEIGHBOUR_BITS) {
        let token = at(distance).map_or(0, |token| token.value());
        #[expect(clippy::cast_possible_truncation, reason = "three bits at most are kept")]
        let kept = token as u16 & ((1 << width) - 1);
        bits |= kept << shift;
        shift += width;
    }
    bits
}

/// Which neighbours must agree for two k-grams to be part of a common run of `t` tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContextMatch {
    /// Bits that all agree in such a run, for each way in which it may lie around the k-gram.
    ways: [u16; 4],
}

impl ContextMatch {
    /// Of the `w - 1` tokens of the run besides the k-gram, some stand before it and the others after.
    #[must_use]
    pub fn new(window: WindowSize) -> Self {
        let others = window.get() as usize - 1;
        // With more than three on one side, those that are kept of it say no more than three do.
        let way = |before: usize| nearest(before) << SIDE_BITS | nearest(others.saturating_sub(before));
        Self { ways: [way(0), way(others.min(1)), way(others.min(2)), way(others)] }
    }

    /// No context need agree.
    #[must_use]
    pub fn none() -> Self {
        Self { ways: [0; 4] }
    }

    /// Whether the neighbours agree as far as they do in a common run.
    #[inline]
    #[must_use]
    pub fn agree(self, a: Context, b: Context) -> bool {
        let differs = a.0 ^ b.0;
        self.ways.iter().any(|way| differs & way == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_neighbours_must_agree_as_a_run_has() {
        let agree = |w: u32, before: usize, after: usize| {
            // What lies beyond differs.
            let bits = !(nearest(before) << SIDE_BITS | nearest(after));
            ContextMatch::new(WindowSize::new(w).unwrap()).agree(Context(0), Context(bits))
        };
        for (w, before, after, expected) in [
            (1, 0, 0, true),
            (2, 0, 0, false),
            (2, 1, 0, true),
            (3, 1, 1, true),
            (3, 1, 0, false),
            (4, 2, 0, false),
            (4, 2, 1, true),
            (4, 1, 2, true),
            (4, 0, 3, true),
            (4, 1, 1, false),
            (5, 2, 2, true),
            (5, 2, 1, false),
            (5, 0, 3, true),
            (9, 2, 2, false),
            (9, 3, 0, true),
        ] {
            assert_eq!(agree(w, before, after), expected, "w {w}, {before} before and {after} after");
        }
    }
}
