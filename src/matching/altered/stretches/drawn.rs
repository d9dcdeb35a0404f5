//! The evidence of each word of a passage, and the clauses that were drawn from the other side.

use std::ops::Range;

use super::units::Units;
use super::{Reading, Words};
use crate::matching::altered::num::{at, index, real, size, slice, small};
use crate::matching::altered::stems::{ProfiledStem, StemProfile};
use crate::matching::altered::tuning::Tuning;
use crate::matching::key_map::KeyMap;
use crate::matching::seeds::Run;
use crate::text::Span;

/// The least evidence of a segment or a clause that was drawn from the other side, in nats.
pub(in crate::matching) const DRAWN: f32 = 3.0;
/// The evidence of a word that follows the same word on both sides. Any word of the passage may follow if order is
/// chance.
pub(in crate::matching) const IN_ORDER: f32 = 1.5;
/// The least evidence of a word that is matched at any place of the passage. Words of grammar are everywhere.
pub(in crate::matching) const CONTENT: f32 = 1.0;

/// The fewest words of a run in order that counts in a clause that was not drawn.
const RUN_WORDS: u32 = 3;

/// How a word is matched on the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Match {
    /// Not at all, or by a lone word of grammar, which proves nothing.
    #[default]
    None,
    /// By a word of content, or by two words in order.
    Matched,
    /// In a run that counts independently of the words around it.
    Run,
}

/// A word with its match and its evidence.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Weighed {
    pub(super) matched: Match,
    /// The log-likelihood ratio of "drawn from the other side" against the background.
    pub(super) score: f32,
}

/// The words of one side under those of the other. `chain` and `moved` are the runs in order and out of order.
/// A character of a script without spaces has half the evidence of a word. Linear in both.
pub(super) fn weigh(own: &Words<'_>, other: &Words<'_>, chain: &[Run], moved: &[Run]) -> Vec<Weighed> {
    let scores = Scores::new(own, other);
    let share = |word: usize| real(at(&own.units.half_words, word)) / 2.0;
    let miss = |word: usize| Weighed { matched: Match::None, score: scores.miss * share(word) };
    let mut weighed: Vec<Weighed> = (0..own.keys.len()).map(miss).collect();
    let mut left: KeyMap<u64, u32> = KeyMap::default();
    for key in &other.keys {
        *left.entry(*key).or_default() += 1;
    }
    for (run, in_order) in chain.iter().map(|run| (run, true)).chain(moved.iter().map(|run| (run, false))) {
        let words = run.submission as usize..run.submission_span().end as usize;
        let counts = in_order && half_words(&own.units, &run.submission_span()) >= 2 * RUN_WORDS;
        for (nth, word) in words.enumerate() {
            let Some(&key) = own.keys.get(word) else { continue };
            let score = scores.of(key);
            let matched = if counts {
                Match::Run
            } else if run.length > 1 || score >= CONTENT {
                Match::Matched
            } else {
                Match::None
            };
            if matched == Match::None {
                continue;
            }
            let score = (score + if nth > 0 { IN_ORDER } else { 0.0 }) * share(word);
            if let (Some(weighed), Some(left)) = (weighed.get_mut(word), left.get_mut(&key)) {
                *weighed = Weighed { matched, score };
                *left = left.saturating_sub(1);
            }
        }
    }
    let unmatched = weighed.iter_mut().zip(&own.keys).enumerate();
    for (word, (weighed, key)) in unmatched.filter(|(_, (word, _))| word.matched == Match::None) {
        let score = scores.of(*key);
        if score >= CONTENT
            && let Some(left) = left.get_mut(key).filter(|left| **left > 0)
        {
            *left -= 1;
            *weighed = Weighed { matched: Match::Matched, score: score * share(word) };
        }
    }
    weighed
}

/// The scores of the words of one side under the other.
struct Scores {
    by_key: KeyMap<u64, f32>,
    /// Of a word that the other side does not have.
    miss: f32,
}

impl Scores {
    fn new(own: &Words<'_>, other: &Words<'_>) -> Self {
        let tuning = Tuning::default();
        let (here, there) = (counts(own), counts(other));
        let matched: u32 = here.iter().map(|(key, n)| (*n).min(there.get(key).copied().unwrap_or(0))).sum();
        let [least, most] = tuning.drawn;
        let drawn = (real(matched) / real(small(own.keys.len()).max(1))).clamp(least, most);
        let whole = own.reading.profile.len() + other.reading.profile.len();
        let inside = own.keys.len() + other.keys.len();
        let outside = real(small(whole.saturating_sub(inside))) + tuning.prior_words;
        let score = |(key, n): (&u64, &u32)| {
            let stem = own.stems.get(key).copied().unwrap_or_default();
            let counted = here.get(key).copied().unwrap_or(0) + n;
            let rest = real((stem.occurrences + other.occurrences(*key)).saturating_sub(counted));
            let background = (rest + tuning.prior_words * stem.frequency) / outside;
            let likely = drawn * real(*n) / real(small(other.keys.len()).max(1)) / background + 1.0 - drawn;
            (*key, likely.ln())
        };
        let by_key = there.iter().filter(|(key, _)| here.contains_key(*key)).map(score).collect();
        Self { by_key, miss: (1.0 - drawn).ln() }
    }

    fn of(&self, key: u64) -> f32 {
        self.by_key.get(&key).copied().unwrap_or(self.miss)
    }
}

/// The scores of the words of a text in a copy of it.
pub(in crate::matching) struct ScoresInItself {
    pub(in crate::matching) by_word: Vec<f32>,
    /// Of a word that the copy does not have.
    pub(in crate::matching) miss: f32,
}

/// The scores of the words of a text under the same words, most of which are drawn from them. Linear.
pub(in crate::matching) fn scores_in_itself(profile: &StemProfile) -> ScoresInItself {
    let [_, drawn] = Tuning::default().drawn;
    let length = real(small(profile.len()).max(1));
    let score = |(number, stem): (u32, &ProfiledStem)| {
        let share = real(small(profile.positions(number).len())) / length;
        (drawn * share / stem.frequency + 1.0 - drawn).ln()
    };
    let scores: Vec<f32> = (0..).zip(&profile.stems).map(score).collect();
    let by_word = profile.words.iter().map(|word| at(&scores, index(*word))).collect();
    ScoresInItself { by_word, miss: (1.0 - drawn).ln() }
}

fn counts(words: &Words<'_>) -> KeyMap<u64, u32> {
    let mut counts = KeyMap::<u64, u32>::default();
    for key in &words.keys {
        *counts.entry(*key).or_default() += 1;
    }
    counts
}

/// By clause, whether it was drawn from the other side: its segment was and it has a matched word, or it was by itself.
pub(super) fn drawn_clauses(units: &Units, words: &[Weighed]) -> Vec<bool> {
    let scores: Vec<f32> = units.clauses.iter().map(|clause| sum(words, clause)).collect();
    let mut drawn = vec![false; units.clauses.len()];
    for segment in &units.segments {
        let of_segment: f32 = scores.get(segment.clone()).unwrap_or_default().iter().sum();
        for clause in segment.clone() {
            let Some(range) = units.clauses.get(clause) else { continue };
            let score = scores.get(clause).copied().unwrap_or(0.0);
            let part = words.get(index(range.start)..index(range.end)).unwrap_or_default();
            let matched = part.iter().any(|word| word.matched != Match::None);
            if let Some(drawn) = drawn.get_mut(clause) {
                *drawn = matched && (score >= DRAWN || of_segment >= DRAWN && score > 0.0);
            }
        }
    }
    drawn
}

fn sum(words: &[Weighed], range: &Range<u32>) -> f32 {
    words.get(index(range.start)..index(range.end)).unwrap_or_default().iter().map(|word| word.score).sum()
}

/// A stem of a side, as far as scores need it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct KnownStem {
    /// In the whole text.
    pub(super) occurrences: u32,
    pub(super) frequency: f32,
}

/// The least frequency of a stem that begins with hiragana, which write the grammar of Japanese: that of the shortest
/// words of other languages.
const HIRAGANA: f32 = 5e-3;

/// The stem of each word of a span, and the stems.
pub(super) fn stems(reading: Reading<'_>, span: &Range<u32>) -> (Vec<u64>, KeyMap<u64, KnownStem>) {
    let Reading { text, tokenized, profile } = reading;
    let spans = tokenized.spans().get(index(span.start)..index(span.end)).unwrap_or_default();
    let mut known = KeyMap::default();
    let key = |(number, word): (&u32, &Span)| {
        let stem = profile.stems.get(index(*number)).copied();
        let key = stem.map_or(0, |stem| stem.key);
        known.entry(key).or_insert_with(|| {
            let hiragana = word.of(text).starts_with(|c| matches!(c, '\u{3041}'..='\u{3096}'));
            let least = if hiragana { HIRAGANA } else { 0.0 };
            KnownStem {
                occurrences: small(profile.positions(*number).len()),
                frequency: stem.map_or(1.0, |stem| stem.frequency).max(least),
            }
        });
        key
    };
    let keys = slice(&profile.words, span).iter().zip(spans).map(key).collect();
    (keys, known)
}

/// Of a span: its length in half words.
pub(super) fn half_words(units: &Units, span: &Range<u32>) -> u32 {
    if size(span) > 64 {
        return size(span);
    }
    (span.start..span.end).map(|word| at(&units.half_words, index(word))).sum()
}
