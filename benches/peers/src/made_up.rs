//! A generated workload: invented prose with planted passages, the same in every run.

use std::ops::Range;

use crate::workload::{Planted, Submission, Workload};

const SOURCES: u32 = 2_000;
const SUBMISSIONS: u32 = 100;
const VOCABULARY: f64 = 20_000.0;

/// Words of planted passages, in turn.
const PASSAGE_WORDS: [usize; 5] = [25, 40, 100, 160, 250];

pub(crate) fn workload() -> Workload {
    let sources: Vec<String> = (0..SOURCES).map(source).collect();
    let submissions = (0..SUBMISSIONS).map(|number| submission(number, &sources)).collect();
    Workload { sources, submissions }
}

/// 500 to 1,000 words.
fn source(number: u32) -> String {
    let mut random = Random::new(u64::from(number));
    let words = 500 + random.below(501);
    prose(&mut random, words)
}

/// Fresh text around one to five passages from different sources; every tenth submission has none.
fn submission(number: u32, sources: &[String]) -> Submission {
    let mut random = Random::new(u64::from(SOURCES + number));
    let mut text = prose(&mut random, 200);
    let mut planted = Vec::new();
    let passages = if number % 10 == 9 { 0 } else { 1 + number % 5 };
    for (passage, source) in (0..passages).zip((number * 5 % SOURCES)..) {
        let Some(source_text) = sources.get(source as usize) else { continue };
        let words = PASSAGE_WORDS.get((number + passage) as usize % 5).copied().unwrap_or_default();
        let copied = words_of(source_text, random.below(200)..usize::MAX, words);
        text.push(' ');
        let start = text.len();
        text.push_str(&changed(&copied, passage % 3, &mut random));
        planted.push(Planted { span: start..text.len(), source });
        text.push(' ');
        text.push_str(&prose(&mut random, 150));
    }
    Submission { text, planted, natural: [].into() }
}

fn words_of(text: &str, places: Range<usize>, words: usize) -> Vec<String> {
    text.split(' ').skip(places.start).take(words).map(str::to_owned).collect()
}

/// Unchanged, with other case and line breaks, or with one word in ten replaced.
fn changed(words: &[String], kind: u32, random: &mut Random) -> String {
    match kind {
        0 => words.join(" "),
        1 => words.join("\n").to_uppercase(),
        _ => {
            let replaced = words.iter().zip(1..).map(|(old, place)| match place % 10 {
                0 => random.word(),
                _ => old.clone(),
            });
            replaced.collect::<Vec<_>>().join(" ")
        }
    }
}

fn prose(random: &mut Random, words: usize) -> String {
    let words: Vec<String> = (0..words).map(|_| random.word()).collect();
    words.join(" ")
}

/// A linear congruential generator; its quality does not matter here.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        let mut random = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66);
        random.next();
        random
    }

    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(self.0 >> 33).unwrap_or_default()
    }

    fn below(&mut self, bound: usize) -> usize {
        self.next() as usize % bound
    }

    /// A word as often as one over its rank (Zipf), the common ones short.
    fn word(&mut self) -> String {
        let uniform = f64::from(self.next()) / f64::from(1_u32 << 31);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "1 to 20,000")]
        let mut rank = VOCABULARY.powf(uniform) as u32;
        let mut word = String::new();
        while rank > 0 {
            word.extend("bdfgklmnprstvz".chars().nth((rank % 14) as usize));
            word.extend("aeiou".chars().nth((rank / 14 % 5) as usize));
            rank /= 70;
        }
        word
    }
}
