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
        let mut all: Vec<Key> = keys(stems).map(|at| at.key).collect();
        all.sort_unstable();
        let mut weighted: Vec<Weighted> = Vec::new();
        for run in all.chunk_by(|a, b| a == b) {
            let Some(key) = run.first().copied() else { continue };
            let weight = commonness.weight(key) * (1.0 + count(run.len()).ln());
            if weight >= LEAST_WEIGHT {
                weighted.push(Weighted { key, weight });
            }
        }
        weighted.sort_unstable_by(|a, b| b.weight.total_cmp(&a.weight).then(a.key.cmp(&b.key)));
        weighted.truncate(Self::MAX_TERMS);
        let heaviest = weighted.first().map_or(1.0, |first| first.weight);
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
        let squares = self.terms().iter().map(|term| u32::from(term.weight) * u32::from(term.weight));
        f64::from(squares.sum::<u32>()).sqrt()
    }

    /// The stems that two texts share, the one that contributes most first. Their contributions add up to the similarity, the
    /// cosine of the two profiles.
    #[must_use]
    pub fn shared(&self, other: &Self) -> Vec<SharedTerm> {
        let norms = self.norm() * other.norm();
        let mut shared: Vec<SharedTerm> = self
            .terms()
            .iter()
            .filter_map(|term| {
                let place = other.terms().binary_search_by_key(&term.key, |other| other.key).ok()?;
                let product = u32::from(term.weight) * u32::from(other.terms().get(place)?.weight);
                Some(SharedTerm { key: term.key, contribution: f64::from(product) / norms })
            })
            .collect();
        shared.sort_unstable_by(|a, b| b.contribution.total_cmp(&a.contribution).then(a.key.cmp(&b.key)));
        shared
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
    let next = stems.iter().skip(1).map(Some).chain([None]);
    (0..).zip(stems.iter().zip(next)).filter_map(|(token, (stem, next))| {
        let key = match stem.characters() {
            Some(_) => key(stem.hash()),
            None => pair(*stem, *next.filter(|next| next.characters().is_none())?),
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

#[expect(clippy::cast_precision_loss, reason = "a count of words, of which the logarithm is taken")]
fn count(words: usize) -> f32 {
    words as f32
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
    use crate::text::{CorpusSeed, Tokenizer};

    pub(in crate::related) fn profile(text: &str) -> Profile {
        static COMMONNESS: std::sync::OnceLock<Commonness> = std::sync::OnceLock::new();
        let tokenizer = Tokenizer::new(CorpusSeed::new(3));
        let (mut tokens, mut stems) = (Vec::new(), Vec::new());
        tokenizer.tokenize_with_stems_into(text, &mut tokens, &mut stems);
        Profile::new(&stems, COMMONNESS.get_or_init(|| Commonness::new(&tokenizer)))
    }

    pub(in crate::related) fn similarity(a: &str, b: &str) -> f64 {
        profile(a).shared(&profile(b)).iter().map(|term| term.contribution).sum()
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
            prop_assert_eq!(Profile::checked(profile.terms().to_vec()), Some(profile));
        }
    }
}
