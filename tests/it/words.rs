//! Made-up prose, the same in every run.

/// A generator of words (a linear congruential generator over syllables), so that texts share words but
/// no runs of them.
pub struct Words(u64);

impl Words {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    pub fn word(&mut self) -> String {
        const SYLLABLES: [&str; 24] = [
            "ba", "den", "fo", "gri", "hul", "jo", "ka", "lim", "mo", "nes", "or", "pa", "qui", "ran", "sto",
            "tel", "ul", "ven", "wo", "xi", "yar", "zed", "cha", "ing",
        ];
        let count = 1 + self.below(4);
        (0..count).map(|_| SYLLABLES[self.below(SYLLABLES.len())]).collect()
    }

    /// A text of `words` words, with full stops among them.
    pub fn text(&mut self, words: usize) -> String {
        let mut text = String::new();
        for i in 0..words {
            text.push_str(&self.word());
            text.push_str(if i % 11 == 10 { ". " } else { " " });
        }
        text.trim_end().to_owned()
    }
}
