//! The heaviest stems of a text.

use super::Commonness;
pub use crate::model::{Key, Profile, Term};
use crate::text::Stem;

/// A stem that two profiles share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SharedTerm {
    /// The stem.
    pub key: Key,
    /// Its part of the similarity.
    pub contribution: f64,
}

/// A stem at its place in a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyAt {
    pub(super) key: Key,
    /// The number of its first token.
    pub(super) token: u32,
}

/// Weights below this tell nothing.
const LEAST_WEIGHT: f32 = 0.05;

impl Profile {
    /// The profile of a text with these stems. Linear in the stems but for a sort.
    #[must_use]
    pub fn new(stems: &[Stem], commonness: &Commonness) -> Self {
        // However often a text has it, a stem that weighs less tells nothing. These are about half of a text.
        let least = LEAST_WEIGHT / times(stems.len().max(1));
        let mut all: Vec<Key> = Vec::with_capacity(stems.len());
        all.extend(keys(stems).map(|at| at.key).filter(|key| commonness.weight(*key) >= least));
        all.sort_unstable();
        let mut weighted: Vec<Weighted> = Vec::with_capacity(all.len());
        for run in all.chunk_by(|a, b| a == b) {
            let Some(key) = run.first().copied() else { continue };
            let weight = commonness.weight(key) * times(run.len());
            if weight >= LEAST_WEIGHT {
                weighted.push(Weighted { key, weight });
            }
        }
        if weighted.len() > Self::MAX_TERMS {
            let order = |a: &Weighted, b: &Weighted| b.weight.total_cmp(&a.weight).then(a.key.cmp(&b.key));
            weighted.select_nth_unstable_by(Self::MAX_TERMS, order);
            weighted.truncate(Self::MAX_TERMS);
        }
        let heaviest = weighted.iter().map(|one| one.weight).fold(LEAST_WEIGHT, f32::max);
        let mut terms: Vec<Term> = weighted
            .into_iter()
            .map(|Weighted { key, weight }| Term { key, weight: in_parts(weight / heaviest) })
            .collect();
        terms.sort_unstable_by_key(|term| term.key);
        Self::checked(terms).unwrap_or_default()
    }

    /// Its length as a vector.
    #[must_use]
    pub fn norm(&self) -> f64 {
        f64::from(self.squares()).sqrt()
    }

    /// The sum of the squares of its weights, at most 64 times 255 times 255.
    fn squares(&self) -> u32 {
        self.terms().iter().map(|term| u32::from(term.weight) * u32::from(term.weight)).sum()
    }

    /// The product of the lengths of two profiles. Exact for equal ones.
    fn norms(&self, other: &Self) -> f64 {
        (f64::from(self.squares()) * f64::from(other.squares())).sqrt()
    }

    /// The cosine of two profiles, 0 to 1; 1 for equal ones that have terms.
    #[must_use]
    pub fn similarity(&self, other: &Self) -> f64 {
        let product = self.product(other);
        if product == 0 { 0.0 } else { f64::from(product) / self.norms(other) }
    }

    /// The stems that two texts share, the one that contributes most first. Their contributions add up to the similarity, the
    /// cosine of the two profiles.
    #[must_use]
    pub fn shared(&self, other: &Self) -> Vec<SharedTerm> {
        let norms = self.norms(other);
        let mut shared: Vec<SharedTerm> = self
            .products(other)
            .map(|(key, product)| SharedTerm { key, contribution: f64::from(product) / norms })
            .collect();
        shared.sort_unstable_by(|a, b| b.contribution.total_cmp(&a.contribution).then(a.key.cmp(&b.key)));
        shared
    }

    /// The sum of the products of the weights of shared stems.
    pub(super) fn product(&self, other: &Self) -> u32 {
        self.products(other).map(|(_, product)| product).sum()
    }

    /// The stems that two texts share, with the products of their weights.
    fn products<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (Key, u32)> + 'a {
        self.terms().iter().filter_map(|term| {
            let place = other.terms().binary_search_by_key(&term.key, |other| other.key).ok()?;
            let product = u32::from(term.weight) * u32::from(other.terms().get(place)?.weight);
            Some((term.key, product))
        })
    }
}

/// A stem with its weight.
struct Weighted {
    key: Key,
    weight: f32,
}

/// The stems of a text, in order. A character of a script without spaces makes a pair with the next one, for one alone tells
/// little.
pub(super) fn keys(stems: &[Stem]) -> impl Iterator<Item = KeyAt> {
    (0..).zip(stems).filter_map(|(token, stem)| {
        let key = match stem.characters() {
            Some(_) => key(stem.hash()),
            None => {
                let next = stems.get(token as usize + 1);
                pair(*stem, *next.filter(|next| next.characters().is_none())?)
            }
        };
        Some(KeyAt { key, token })
    })
}

/// The seeded part of a stem's hash, which is below 16 public bits.
fn key(hash: u64) -> Key {
    (hash << 16 >> u32::BITS) as Key
}

/// The key of two characters in their order.
fn pair(first: Stem, second: Stem) -> Key {
    key(first.hash()).wrapping_mul(0x9E37_79B1).rotate_left(13) ^ key(second.hash())
}

/// How many times a stem weighs that a text has so often.
#[expect(clippy::cast_precision_loss, reason = "a count of words, of which the logarithm is taken")]
fn times(count: usize) -> f32 {
    if count == 1 { 1.0 } else { 1.0 + (count as f32).ln() }
}

/// A share from 0 to 1 in parts of 255, at least one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 255, and not negative")]
fn in_parts(share: f32) -> u8 {
    (share * 255.0).round().clamp(1.0, 255.0) as u8
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{CorpusSeed, StemmedText, Tokenizer};

    /// The tokens of a text with its profile.
    pub(in crate::related) fn stemmed(text: &str) -> (StemmedText, Profile) {
        static COMMONNESS: std::sync::OnceLock<Commonness> = std::sync::OnceLock::new();
        let tokenizer = Tokenizer::new(CorpusSeed::new(3));
        let stemmed = tokenizer.stemmed(text);
        let profile = Profile::new(&stemmed.stems, COMMONNESS.get_or_init(|| Commonness::new(&tokenizer)));
        (stemmed, profile)
    }

    pub(in crate::related) fn profile(text: &str) -> Profile {
        stemmed(text).1
    }

    pub(in crate::related) fn similarity(a: &str, b: &str) -> f64 {
        profile(a).similarity(&profile(b))
    }

    #[test]
    fn texts_on_one_subject_are_similar_in_every_language() {
        for [a, b, other] in [
            [
                "The keeper of the lighthouse counted ships in the fog until his lamp went out.",
                "Fog hid the ships, and a lighthouse lamp was all that the pilots saw.",
                "Bakers of the old town sold rye bread with caraway and salt every morning.",
            ],
            [
                "Der Leuchtturmwärter zählte im Nebel die Schiffe, bis seine Lampe erlosch.",
                "Im Nebel sahen die Lotsen kein Schiff, nur die Lampe des Leuchtturms.",
                "Die Bäcker der Altstadt verkauften jeden Morgen Roggenbrot mit Kümmel und Salz.",
            ],
            [
                "El guardián del faro contaba los barcos en la niebla hasta que se apagó la lámpara.",
                "La niebla escondía los barcos y los pilotos solo veían la lámpara del faro.",
                "Los panaderos del barrio viejo vendían pan de centeno con comino cada mañana.",
            ],
            [
                "Смотритель маяка считал корабли в тумане, пока не погасла его лампа.",
                "Туман скрывал корабли, и лоцманы видели только лампу маяка.",
                "Пекари старого города каждое утро продавали ржаной хлеб с тмином и солью.",
            ],
            [
                "灯塔看守人在雾中数着船只，直到他的灯熄灭。",
                "雾遮住了船只，领航员只看见灯塔的灯。",
                "老城的面包师每天早晨出售加盐的黑麦面包。",
            ],
        ] {
            let (same, else_) = (similarity(a, b), similarity(a, other));
            assert!(same > 0.15 && same > 3.0 * else_, "{a}: {same}, {else_}");
        }
    }

    #[test]
    fn texts_without_words_have_no_terms() {
        for text in ["", "...", "the of and", "数"] {
            assert!(profile(text).terms().is_empty(), "{text:?}");
            assert_eq!(similarity(text, text), 0.0);
        }
    }

    proptest! {
        #[test]
        fn a_text_is_similar_to_itself(words in proptest::collection::vec("[a-z]{5,12}", 1..200)) {
            let profile = profile(&words.join(" "));
            prop_assert!(profile.terms().len() <= Profile::MAX_TERMS);
            let all: f64 = profile.shared(&profile).iter().map(|term| term.contribution).sum();
            prop_assert!(profile.terms().is_empty() || (all - 1.0).abs() < 1e-9);
            prop_assert_eq!(profile.similarity(&profile), if profile.terms().is_empty() { 0.0 } else { 1.0 });
            prop_assert_eq!(Profile::checked(profile.terms().to_vec()), Some(profile));
        }
    }
}
