//! Selection of k-grams.
//!
//! The rule is a mod-minimizer (Groot Koerkamp & Pibiri, "The mod-minimizer", WABI 2024) in place of winnowing's least
//! hash: in each window of `t = k + w - 1` tokens, the greatest token is at position `x`, and the k-gram at `x mod w`
//! is selected. It selects fewer k-grams than winnowing under the same guarantee. It also selects rarer ones, since
//! the order of tokens is by length first, and common phrases have no long words.

use crate::text::{CorpusSeed, Token};

use super::polynomial::{Polynomial, mix};
use super::{Context, FingerprintSettings};

/// The hash of a selected k-gram, with its context and position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint {
    /// The hash.
    pub hash: u64,
    /// Bits of the tokens around the k-gram.
    pub context: Context,
    /// The position of the k-gram's first token.
    pub position: u32,
}

/// Makes fingerprints under one seed and one pair of `k` and `w`.
///
/// ```
/// use palimpsest::fingerprint::{FingerprintSettings, Fingerprinter};
/// use palimpsest::text::{CorpusSeed, Tokenizer};
///
/// let seed = CorpusSeed::new(7);
/// let text = Tokenizer::new(seed).tokenize("one two three four five six seven eight nine ten");
/// let fingerprinter = Fingerprinter::new(seed, FingerprintSettings::default());
/// let fingerprints = fingerprinter.fingerprints(text.tokens());
/// assert!(!fingerprints.is_empty() && fingerprints.len() <= 6);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Fingerprinter {
    settings: FingerprintSettings,
    polynomial: Polynomial,
}

impl Fingerprinter {
    /// A fingerprinter for the corpus with this seed.
    #[must_use]
    pub fn new(seed: CorpusSeed, settings: FingerprintSettings) -> Self {
        Self { settings, polynomial: Polynomial::new(seed.derive("kgram/base")) }
    }

    /// The settings of this fingerprinter.
    #[must_use]
    pub fn settings(&self) -> FingerprintSettings {
        self.settings
    }

    /// The fingerprints of a text, in order of position.
    ///
    /// Every window of `t` tokens has at least one. A text of `k` to `t - 1` tokens is one window; a shorter text has
    /// no fingerprints. Linear in the tokens for any `w`, on average; `t` times that at worst.
    #[must_use]
    pub fn fingerprints(&self, tokens: &[Token]) -> Vec<Fingerprint> {
        let mut out = Vec::with_capacity(tokens.len() / 2);
        let k = self.settings.kgram.get() as usize;
        self.for_each_selected(tokens, |position| {
            if let Some(kgram) = tokens.get(position..position + k) {
                let hash = mix(self.polynomial.of(kgram));
                let context = Context::of(tokens, position, k);
                let position = u32::try_from(position).unwrap_or(u32::MAX);
                out.push(Fingerprint { hash, context, position });
            }
        });
        self.restore_order(&mut out);
        out
    }

    /// Calls `select` with the position of each window's k-gram, unless it is that of the window before.
    fn for_each_selected(&self, tokens: &[Token], mut select: impl FnMut(usize)) {
        let (k, w) = (self.settings.kgram.get() as usize, self.settings.window.get() as usize);
        if tokens.len() < k {
            return;
        }
        // A short text is a single, shorter window.
        let w = w.min(tokens.len() - k + 1);
        let t = k + w - 1;
        let mut greatest = Greatest { token: Token::default(), position: 0 };
        let mut last = usize::MAX;
        // The place of the greatest token in the window, modulo `w`. A division for each window would take most of the time.
        let (mut place, newest) = (0, (t - 1) % w);
        for (start, window) in tokens.windows(t).enumerate() {
            match window.last() {
                // The greatest token left the window, or this is the first window.
                _ if start == 0 || greatest.position < start => {
                    greatest = Greatest::of(window, start);
                    place = (greatest.position - start) % w;
                }
                Some(entering) if *entering > greatest.token => {
                    greatest = Greatest { token: *entering, position: start + t - 1 };
                    place = newest;
                }
                _ => place = if place == 0 { w - 1 } else { place - 1 },
            }
            let selected = start + place;
            if selected != last {
                select(selected);
                last = selected;
            }
        }
    }

    /// Sorts and deduplicates fingerprints. Positions are out of order only if `k` is not 1 modulo `w`.
    fn restore_order(&self, fingerprints: &mut Vec<Fingerprint>) {
        let (k, w) = (self.settings.kgram.get(), self.settings.window.get());
        if k % w != 1 % w {
            fingerprints.sort_unstable_by_key(|fingerprint| fingerprint.position);
            fingerprints.dedup_by_key(|fingerprint| fingerprint.position);
        }
    }
}

/// The greatest token of a window, the first of equals, and its position in the text.
struct Greatest {
    token: Token,
    position: usize,
}

impl Greatest {
    /// The greatest token of a window that starts at `start`.
    fn of(window: &[Token], start: usize) -> Self {
        let mut greatest = Self { token: Token::default(), position: start };
        for (position, token) in (start..).zip(window) {
            if *token > greatest.token {
                greatest = Self { token: *token, position };
            }
        }
        greatest
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fingerprint::{ContextMatch, KgramLength, WindowSize};
    use crate::text::Tokenizer;

    fn settings(k: u32, w: u32) -> FingerprintSettings {
        FingerprintSettings { kgram: KgramLength::new(k).unwrap(), window: WindowSize::new(w).unwrap() }
    }

    fn tokens(words: &[u8]) -> Vec<Token> {
        let text: String = words.iter().map(|word| format!("w{} ", "x".repeat(*word as usize))).collect();
        Tokenizer::new(CorpusSeed::new(3)).tokenize(&text).tokens().to_vec()
    }

    #[test]
    fn short_texts() {
        let fingerprinter = Fingerprinter::new(CorpusSeed::new(3), settings(5, 4));
        for (words, expected) in [(0, 0), (4, 0), (5, 1), (6, 1), (7, 1), (8, 1)] {
            let words: Vec<u8> = (0..words).collect();
            assert_eq!(fingerprinter.fingerprints(&tokens(&words)).len(), expected, "{words:?}");
        }
    }

    proptest! {
        /// The guarantee: a run of `t` tokens common to two texts has, in both, a fingerprint with the same hash at the
        /// same place of the run, and the contexts agree.
        #[test]
        fn a_common_run_of_t_tokens_shares_a_fingerprint(
            k in 3_u32..9, w in 1_u32..9,
            run in proptest::collection::vec(0_u8..5, 17),
            around in proptest::array::uniform4(proptest::collection::vec(0_u8..5, 0..12)),
        ) {
            let settings = settings(k, w);
            let fingerprinter = Fingerprinter::new(CorpusSeed::new(3), settings);
            let run = &run[..settings.guarantee_tokens() as usize];
            let (a, b) = ([&around[0], run, &around[1]].concat(), [&around[2], run, &around[3]].concat());
            let within = |words: &[u8], offset: usize| -> Vec<Fingerprint> {
                fingerprinter.fingerprints(&tokens(words)).into_iter().filter_map(|f| {
                    let position = (f.position as usize).checked_sub(offset)?;
                    (position < w as usize).then_some(Fingerprint { position: position as u32, ..f })
                }).collect()
            };
            let (a, b) = (within(&a, around[0].len()), within(&b, around[2].len()));
            let rule = ContextMatch::new(settings.window);
            let agree = |x: &Fingerprint, y: &Fingerprint| {
                x.hash == y.hash && x.position == y.position && rule.agree(x.context, y.context)
            };
            prop_assert!(a.iter().any(|x| b.iter().any(|y| agree(x, y))));
        }

        #[test]
        fn positions_ascend(words in proptest::collection::vec(0_u8..6, 0..80), k in 3_u32..9, w in 1_u32..9) {
            let fingerprints = Fingerprinter::new(CorpusSeed::new(3), settings(k, w)).fingerprints(&tokens(&words));
            prop_assert!(fingerprints.windows(2).all(|pair| pair[0].position < pair[1].position));
        }
    }
}
