//! Phrases that texts have in common by chance.

use super::random::Random;

/// A store of phrases. The one of rank `r` is as probable as `r^-exponent`.
pub(crate) struct Phrases {
    /// Number of phrases.
    pub(crate) count: f64,
    /// Below 1: the more, the oftener the first ones are used.
    pub(crate) exponent: f64,
    /// Number of words of the shortest.
    pub(crate) least_words: usize,
    /// Number of words of the longest.
    pub(crate) most_words: usize,
    /// Share of phrases of at least each length that are longer.
    pub(crate) longer: f64,
}

impl Phrases {
    /// A phrase: the random stream of its words, and their number.
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
