//! The heaviest stems of a text.

use super::Commonness;
use super::key_table::{KeyTable, KeyValue};
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

/// Stems of a text that there is room for at first.
const MOST_EXPECTED: usize = 1 << 11;

impl Profile {
    /// The profile of a text with these stems. Linear in the stems.
    #[must_use]
    pub fn new(stems: &[Stem], commonness: &Commonness) -> Self {
        let mut counts = KeyTable::new(0_u32, stems.len().min(MOST_EXPECTED));
        keys(stems).for_each(|at| counts.update(at.key, |count| count + 1));
        let mut weighted = weighted(counts.into_used(), commonness);
        if weighted.len() > Self::MAX_TERMS {
            weighted.select_nth_unstable_by(Self::MAX_TERMS, |a, b| b.cmp(a));
            weighted.truncate(Self::MAX_TERMS);
        }
        let heaviest = weighted.iter().map(|one| one.weight()).fold(LEAST_WEIGHT, f32::max);
        weighted.sort_unstable_by_key(|one| one.key());
        let term = |one: Weighted| Term { key: one.key(), weight: in_parts(one.weight() / heaviest) };
        Self::checked(weighted.into_iter().map(term).collect()).unwrap_or_default()
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

/// The stems of a text with their weights, without those that are too light to be in its profile.
fn weighted(counts: Vec<KeyValue<u32>>, commonness: &Commonness) -> Vec<Weighted> {
    // Both lists are written without a branch that depends on the stem: rare ones come in no order.
    let mut weighted = vec![Weighted(0); counts.len()];
    let mut others = counts;
    let (mut rare, mut other) = (0, 0);
    for place in 0..others.len() {
        let Some(KeyValue { key, value: count }) = others.get(place).copied() else { break };
        let is_rare = commonness.is_rare(key);
        if let Some(to) = weighted.get_mut(rare) {
            *to = Weighted::new(key, commonness.rare() * commonness.times(count));
        }
        rare += usize::from(is_rare);
        if let Some(to) = others.get_mut(other) {
            *to = KeyValue { key, value: count };
        }
        other += usize::from(!is_rare);
    }
    weighted.truncate(rare);
    others.truncate(other);
    // If the rare ones fill a profile, a stem that weighs less than a rare one is not in it.
    let least = if rare < Profile::MAX_TERMS { LEAST_WEIGHT } else { commonness.rare() };
    for KeyValue { key, value: count } in others {
        let weight = commonness.weight(key) * commonness.times(count);
        if weight >= least {
            weighted.push(Weighted::new(key, weight));
        }
    }
    weighted
}

/// A stem below its weight, so that numbers are in the order of weights, and of equal ones the least key is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Weighted(u64);

impl Weighted {
    /// The weight is not negative: such floats are in the order of their bits.
    fn new(key: Key, weight: f32) -> Self {
        Self(u64::from(weight.to_bits()) << u32::BITS | u64::from(!key))
    }

    fn weight(self) -> f32 {
        f32::from_bits((self.0 >> u32::BITS) as u32)
    }

    #[expect(clippy::cast_possible_truncation, reason = "the low bits are the key")]
    fn key(self) -> Key {
        !(self.0 as Key)
    }
}

/// The stems of a text, in order. A character of a script without spaces makes a pair with the next one, for one alone tells
/// little.
pub(super) fn keys(stems: &[Stem]) -> impl Iterator<Item = KeyAt> {
    (0..).zip(stems).filter_map(|(token, stem)| {
        let key = if stem.characters().is_some() {
            key(stem.hash())
        } else {
            let next = stems.get(token as usize + 1);
            pair(*stem, *next.filter(|next| next.characters().is_none())?)
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

/// A share from 0 to 1 in parts of 255, at least one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 255, and not negative")]
fn in_parts(share: f32) -> u8 {
    (share * 255.0).round().clamp(1.0, 255.0) as u8
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;
    use crate::text::{CorpusSeed, StemmedText, Tokenizer};

    static TOKENIZER: LazyLock<Tokenizer> = LazyLock::new(|| Tokenizer::new(CorpusSeed::new(3)));
    static COMMONNESS: LazyLock<Commonness> = LazyLock::new(|| Commonness::new(&TOKENIZER));

    /// The tokens of a text with its profile.
    pub(in crate::related) fn stemmed(text: &str) -> (StemmedText, Profile) {
        let stemmed = TOKENIZER.stemmed(text);
        let profile = Profile::new(&stemmed.stems, &COMMONNESS);
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

    /// The profile as it is defined.
    fn defined(stems: &[Stem], commonness: &Commonness) -> Vec<Term> {
        let mut counts: BTreeMap<Key, u32> = BTreeMap::new();
        keys(stems).for_each(|at| *counts.entry(at.key).or_default() += 1);
        let weight = |(key, count): (Key, u32)| (key, commonness.weight(key) * commonness.times(count));
        let mut weighted: Vec<(Key, f32)> =
            counts.into_iter().map(weight).filter(|(_, weight)| *weight >= LEAST_WEIGHT).collect();
        // Of equal ones, the least key stays first.
        weighted.sort_by(|a, b| b.1.total_cmp(&a.1));
        weighted.truncate(Profile::MAX_TERMS);
        let heaviest = weighted.first().map_or(1.0, |one| one.1);
        let term = |(key, weight)| Term { key, weight: in_parts(weight / heaviest) };
        let mut terms: Vec<Term> = weighted.into_iter().map(term).collect();
        terms.sort_by_key(|term| term.key);
        terms
    }

    proptest! {
        #[test]
        fn a_profile_is_what_it_is_defined_to_be(
            words in proptest::collection::vec("[a-c]{1,4}|[a-z]{5,9}|the|people|[数船雾灯]{1,3}", 0..600),
        ) {
            let stemmed = TOKENIZER.stemmed(&words.join(" "));
            let profile = Profile::new(&stemmed.stems, &COMMONNESS);
            prop_assert_eq!(profile.terms(), defined(&stemmed.stems, &COMMONNESS));
        }

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
