//! A few bits of the words around a k-gram, kept with its posting.
//!
//! Most sources that share one k-gram with a submission share nothing else. But a copied run of
//! `t = k + w - 1` tokens holds `w - 1` tokens besides the k-gram that was kept of it, and at least half
//! of those stand on one side. So a posting whose neighbours differ on both sides cannot stem from such
//! a run, and its source need not be read.

use crate::text::Token;

use super::WindowSize;

/// Three bits of each of the two tokens before a k-gram and of the two after it, 12 in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Context(u16);

impl Context {
    /// Bits of a context.
    pub const BITS: u32 = 12;
    const TOKEN_BITS: u32 = 3;

    /// The context of the `k` tokens from `position` on. A token beyond the text counts as zero bits.
    pub(super) fn of(tokens: &[Token], position: usize, k: usize) -> Self {
        let bits = |at: Option<usize>| {
            let token = at.and_then(|at| tokens.get(at)).map_or(0, |token| token.value());
            #[expect(clippy::cast_possible_truncation, reason = "three bits are asked for")]
            let bits = token as u16 & ((1 << Self::TOKEN_BITS) - 1);
            bits
        };
        let neighbours = [
            position.checked_sub(2),
            position.checked_sub(1),
            position.checked_add(k),
            position.checked_add(k + 1),
        ];
        Self(neighbours.into_iter().fold(0, |context, at| context << Self::TOKEN_BITS | bits(at)))
    }

    /// From the low 12 bits of `bits`.
    #[must_use]
    pub fn from_bits(bits: u16) -> Self {
        Self(bits & ((1 << Self::BITS) - 1))
    }

    /// The 12 bits.
    #[must_use]
    pub fn bits(self) -> u16 {
        self.0
    }
}

/// Which neighbours must agree for two k-grams to be part of a common run of `t` tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContextMatch {
    before: u16,
    after: u16,
}

impl ContextMatch {
    /// With `w - 1` tokens around the k-gram, half of them (rounded up) stand on one side; at most two
    /// are kept.
    #[must_use]
    pub fn new(window: WindowSize) -> Self {
        match window.get() {
            1 => Self { before: 0, after: 0 },
            2 | 3 => Self { before: 0o0700, after: 0o0070 },
            _ => Self { before: 0o7700, after: 0o0077 },
        }
    }

    /// No context need agree.
    #[must_use]
    pub fn none() -> Self {
        Self { before: 0, after: 0 }
    }

    /// Whether the neighbours on one side agree.
    #[inline]
    #[must_use]
    pub fn agree(self, a: Context, b: Context) -> bool {
        let differs = a.0 ^ b.0;
        differs & self.before == 0 || differs & self.after == 0
    }
}
