//! Seeds: places where many rare shared stems are close together on both sides.
use std::ops::Range;

use super::num::{at, index, real, small};
use super::stems::NONE;
use super::text_pair::TextPair;

/// A shared stem at word `i` of the submission and word `j` of the source.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seed {
    pub(super) i: u32,
    pub(super) j: u32,
}

/// Words of the submission between two checks of the stop signal.
const STOP_WORDS: usize = 4096;

/// The most occurrences in the source of a stem that counts in a window: a more frequent one marks no place, and
/// moving the window over it would take long.
const LIVE_OCCURRENCES: u32 = 256;

/// Seeds in dense surroundings, sorted by `i`, then `j`.
///
/// A seed's density is the weight of the source's words around `j` whose stems, other than its own, also occur around
/// `i`. Words of the `known` spans of the submission (sorted) make no seeds. Linear in the texts: a stem makes at most
/// `seed_occurrences` seeds for each occurrence in the other text.
pub(super) fn dense(pair: &TextPair<'_>, known: &[Range<u32>], stop: &dyn Fn() -> bool) -> Vec<Seed> {
    let near = index(pair.tuning.near_words);
    let least = fixed(pair.tuning.density);
    let most = most_occurrences(pair);
    let mut window = Window::new(pair);
    let mut kept = Vec::new();
    let mut known = known.iter().peekable();
    for (i, &stem) in pair.submission.shared.iter().enumerate() {
        if i % STOP_WORDS == 0 && stop() {
            break;
        }
        window.centre(i);
        while known.next_if(|span| index(span.end) <= i).is_some() {}
        let is_known = known.peek().is_some_and(|span| index(span.start) <= i);
        let shared = pair.stem(stem);
        if is_known || stem == NONE || shared.counts[0].min(shared.counts[1]) > most {
            continue;
        }
        let places = pair.source.profile.positions(shared.in_source);
        for (n, &j) in places.iter().enumerate() {
            let around = index(j).saturating_sub(near)..index(j) + near + 1;
            let weight = window.weight(around);
            if weight < least {
                continue;
            }
            let own = real(near_by(places, n, pair.tuning.near_words)) * shared.weight;
            if weight.saturating_sub(fixed(own)) >= least {
                kept.push(Seed { i: small(i), j });
            }
        }
    }
    kept
}

/// The longest text, in words, for which `seed_occurrences` is not raised.
const LONG_TEXT: usize = 1 << 16;

/// The most occurrences of a seed's stem in the text that has fewer. In huge texts it grows with the square root of
/// their length, as the number of a text's stems does by Heaps' law, but only while the seeds stay linear in the
/// texts.
fn most_occurrences(pair: &TextPair<'_>) -> u32 {
    let least = pair.tuning.seed_occurrences;
    let lengths = [pair.source.shared.len(), pair.submission.shared.len()];
    let grown = small((lengths[0].min(lengths[1]) / LONG_TEXT).isqrt());
    let budget = u64::from(least) * (lengths[0] as u64 + lengths[1] as u64);
    let seeds = |most: u32| {
        let rare = pair.shared.iter().filter(|stem| stem.counts[0].min(stem.counts[1]) <= most);
        rare.map(|stem| u64::from(stem.counts[0]) * u64::from(stem.counts[1])).sum::<u64>()
    };
    (2..=grown)
        .rev()
        .map(|times| least.saturating_mul(times))
        .find(|&most| seeds(most) <= budget)
        .unwrap_or(least)
}

/// Number of the ascending `places` within `near` of the `n`th, itself included.
fn near_by(places: &[u32], n: usize, near: u32) -> u32 {
    let here = at(places, n);
    let before = places.iter().take(n).rev().take_while(|&&place| place + near >= here).count();
    let after = places.iter().skip(n).take_while(|&&place| place <= here.saturating_add(near)).count();
    small(before + after)
}

/// The stems around a word of the submission, and the weight of each word of the source under them.
struct Window<'p, 'a> {
    pair: &'p TextPair<'a>,
    /// Per shared stem: its occurrences in the window.
    counts: Vec<u32>,
    /// Per word of the source: its weight, while its stem is in the window.
    live: Vec<u32>,
    /// Number of words of the submission that have entered.
    entered: usize,
}

impl<'p, 'a> Window<'p, 'a> {
    fn new(pair: &'p TextPair<'a>) -> Self {
        Self { pair, counts: vec![0; pair.shared.len()], live: vec![0; pair.source.shared.len()], entered: 0 }
    }

    /// Moves the window to word `i`, one word further than before.
    fn centre(&mut self, i: usize) {
        let words = &self.pair.submission.shared;
        let near = index(self.pair.tuning.near_words);
        while self.entered < words.len().min(i + near + 1) {
            let stem = at(words, self.entered);
            self.entered += 1;
            if let Some(count) = self.counts.get_mut(index(stem)) {
                *count += 1;
                if *count == 1 {
                    self.set(stem, fixed(self.pair.stem(stem).weight));
                }
            }
        }
        let Some(&stem) = i.checked_sub(near + 1).and_then(|gone| words.get(gone)) else { return };
        if let Some(count) = self.counts.get_mut(index(stem)) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.set(stem, 0);
            }
        }
    }

    fn set(&mut self, stem: u32, weight: u32) {
        let shared = self.pair.stem(stem);
        if shared.counts[1] > LIVE_OCCURRENCES {
            return;
        }
        for &place in self.pair.source.profile.positions(shared.in_source) {
            if let Some(live) = self.live.get_mut(index(place)) {
                *live = weight;
            }
        }
    }

    fn weight(&self, span: Range<usize>) -> u32 {
        let end = span.end.min(self.live.len());
        self.live.get(span.start..end).unwrap_or_default().iter().sum()
    }
}

/// A weight in 256ths, so that sums do not depend on their order.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "weights are positive and below 100"
)]
fn fixed(weight: f32) -> u32 {
    (weight * 256.0) as u32
}
