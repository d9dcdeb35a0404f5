//! Phrases that texts have in common without anybody having copied them.

use super::random::Random;

/// A store of phrases. The one of rank `r` is as probable as `r^-exponent`.
pub(crate) struct Phrases {
    /// How many there are.
    pub(crate) count: f64,
    /// Below 1: the more, the oftener the first ones are used.
    pub(crate) exponent: f64,
    /// Words of the shortest.
    pub(crate) least_words: usize,
    /// Words of the longest.
    pub(crate) most_words: usize,
    /// The share of those of each length that are longer.
    pub(crate) longer: f64,
}

impl Phrases {
    /// A phrase: the stream to draw its words from, and how many it has.
    pub(crate) fn draw(&self, seed: u64, random: &mut Random) -> (Random, usize) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank below `count`")]
        let rank = (self.count * random.share().powf(1.0 / (1.0 - self.exponent))) as u64;
        let name = rank.wrapping_mul(16).wrapping_add(self.least_words as u64);
        let mut phrase = Random::new(!seed, name);
        let mut words = self.least_words;
        while words < self.most_words && phrase.happens(self.longer) {
            words += 1;
        }
        (phrase, words)
    }
}
