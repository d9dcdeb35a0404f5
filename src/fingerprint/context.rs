//! The context of a k-gram: a few bits of its neighbouring tokens, stored with its posting.
//!
//! Most sources that share one k-gram with a submission share nothing else. A copied run of `t = k + w - 1` tokens has
//! `w - 1` tokens besides the selected k-gram, on its two sides. If the neighbours of a posting agree with those in the
//! submission on fewer tokens, the posting is not part of such a run, and its source need not be read.

use crate::text::Token;

use super::WindowSize;

/// Bits of the three tokens before a k-gram and of the three after it: three bits of each of the two nearest and two of
/// the third, 16 in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Context(u16);

/// Bits of each neighbour on one side, the nearest first.
const NEIGHBOUR_BITS: [u32; 3] = [3, 3, 2];

/// Bits of the neighbours on one side.
const SIDE_BITS: u32 = 8;

/// The mask of the nearest `tokens` neighbours on one side.
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
        let inner = position.checked_sub(3).and_then(|start| tokens.get(start..position + k + 3));
        let (before, after) = match inner.and_then(|all| all.first_chunk().zip(all.last_chunk())) {
            Some(([b3, b2, b1], [a1, a2, a3])) => {
                (side([b1, b2, b3].map(Some)), side([a1, a2, a3].map(Some)))
            }
            None => (
                side([1, 2, 3].map(|distance| tokens.get(position.checked_sub(distance)?))),
                side([0, 1, 2].map(|distance| tokens.get(position + k + distance))),
            ),
        };
        Self(before << SIDE_BITS | after)
    }

    /// The context with these 16 bits.
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

/// The bits of one side, given its tokens, the nearest first.
#[inline]
fn side(tokens: [Option<&Token>; 3]) -> u16 {
    let (mut bits, mut shift) = (0, 0);
    for (token, width) in tokens.into_iter().zip(NEIGHBOUR_BITS) {
        let token = token.map_or(0, |token| token.value());
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
    /// The bits that agree in such a run, for each number of its tokens before the k-gram.
    ways: [u16; 4],
}

impl ContextMatch {
    /// The rule for a window of `w`: of the `w - 1` tokens of the run besides the k-gram, some are before it and the
    /// rest after it.
    #[must_use]
    pub fn new(window: WindowSize) -> Self {
        let others = window.get() as usize - 1;
        // No more than three tokens on a side have bits.
        let way = |before: usize| nearest(before) << SIDE_BITS | nearest(others.saturating_sub(before));
        Self { ways: [way(0), way(others.min(1)), way(others.min(2)), way(others)] }
    }

    /// The rule by which any two contexts agree.
    #[must_use]
    pub fn none() -> Self {
        Self { ways: [0; 4] }
    }

    /// Whether the neighbours agree on as many tokens as they do in a common run.
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
            // The words beyond differ.
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
