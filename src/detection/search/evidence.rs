//! The evidence in the index for a source: it admits candidates for altered text.
//!
//! Each shared fingerprint weighs the logarithm of how rare it is (Spärck Jones 1972), less a discount,
//! since a copier keeps but some: a log-likelihood ratio of "copied" against "by chance". Weights are
//! summed within a window of the submission *and* of the source at once: chance strews its hits over
//! both, copying doesn't. Sums of independent such ratios reach `x` by chance in a share `e^-x` of the
//! sources; but pairs of words that a subject brings with it come together, and in English prose that
//! share was found to fall by `e^-0.62x`. So what is asked for grows by the logarithm of the number of
//! sources, divided by that, to let about the same few strangers through in a collection of any size.

use crate::fingerprint::{Context, Fingerprint, OrderFree};
use crate::index::{Hit, ReadLimits};
use crate::model::Slot;

/// Regions of a cell, in the source; a window is two cells long, on both sides: 128 tokens.
const CELL_REGIONS: u16 = 2;
/// A copier keeps about this share of the fingerprints, as a logarithm: one in four or five.
const DISCOUNT: f32 = 1.5;
/// Rarity is judged as in a collection of at least so many sources. A small one says little about rarity, and comparing
/// too many of its sources costs little.
const LEAST_SOURCES: u32 = 1_000;
/// The largest weight of one fingerprint: however rare it is, texts on one subject may share it.
const MAX_WEIGHT: f32 = 6.5;
/// The rate at which the share of strangers falls as more evidence is required.
const DECAY: f32 = 0.62;
/// The evidence that is required in a collection of [`LEAST_SOURCES`].
const LEAST_WEIGHT: f32 = 10.2;

/// A fingerprint in more sources than this is weak evidence, and weighs nothing.
const MOST_SOURCES: u32 = 128;

/// The limits of reading word pairs: those that would weigh nothing are not read.
pub(in crate::detection) const WORD_PAIR_LIMITS: ReadLimits =
    ReadLimits { per_fingerprint: MOST_SOURCES, in_all: 1 << 16 };

/// Fingerprints of one kind, their hits, and their counts in the whole collection.
#[derive(Debug, Clone, Copy)]
pub(in crate::detection) struct Channel<'a> {
    /// The fingerprints that were looked up.
    pub(in crate::detection) fingerprints: &'a [Fingerprint],
    /// The postings that were read.
    pub(in crate::detection) hits: &'a [Hit],
    /// The postings of each fingerprint in all shares of the collection, by its place.
    pub(in crate::detection) counts: &'a [u32],
    /// The fingerprints that were not read, by their places; ascending.
    pub(in crate::detection) unread: &'a [u32],
}

/// The evidence for a source.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::detection) struct Evidence {
    /// The source.
    pub(in crate::detection) slot: Slot,
    /// The natural logarithm of the odds, up to a constant.
    pub(in crate::detection) weight: f32,
}

/// A shared fingerprint with a weight.
#[derive(Debug, Clone, Copy)]
struct SharedFingerprint {
    slot: Slot,
    hash: u64,
    weight: f32,
    /// The cell of the submission.
    here: u16,
    /// The cell of the source; `None` if the posting does not store it.
    there: Option<u16>,
}

/// The sources with enough evidence, in order of their slots.
///
/// The postings of word pairs store the region of the source; those of k-grams count for any part of it. `sources` is
/// the size of the collection in all shares. Fingerprints that were not read weigh nothing. Linear in the hits, but for sorting those of the sources that may be admitted.
#[must_use]
pub(in crate::detection) fn evidence(
    word_pairs: Channel<'_>,
    kgrams: Channel<'_>,
    sources: u64,
) -> Vec<Evidence> {
    let sources = u32::try_from(sources).unwrap_or(u32::MAX).max(LEAST_SOURCES);
    let log_sources = logarithm(sources);
    let wanted = LEAST_WEIGHT + (log_sources - logarithm(LEAST_SOURCES)) / DECAY;
    let mut shared = Vec::with_capacity(word_pairs.hits.len() + kgrams.hits.len());
    word_pairs.collect(log_sources, |context| Some(OrderFree::region(context) / CELL_REGIONS), &mut shared);
    kgrams.collect(log_sources, |_| None, &mut shared);
    keep_promising(&mut shared, wanted);
    shared.sort_unstable_by_key(|shared| (shared.slot, shared.hash, shared.here));
    let groups = shared.chunk_by(|a, b| a.slot == b.slot);
    let weighed = groups.filter_map(|group| {
        let slot = group.first()?.slot;
        Some(Evidence { slot, weight: best_window(group) })
    });
    weighed.filter(|evidence| evidence.weight >= wanted).collect()
}

impl Channel<'_> {
    /// Appends the hits that have a weight.
    fn collect(
        self,
        log_sources: f32,
        there: impl Fn(Context) -> Option<u16>,
        out: &mut Vec<SharedFingerprint>,
    ) {
        let weights = self.weights(log_sources);
        out.extend(self.hits.iter().filter_map(|hit| {
            let weight = *weights.get(hit.fingerprint as usize)?;
            let fingerprint = self.fingerprints.get(hit.fingerprint as usize)?;
            (weight > 0.0).then(|| SharedFingerprint {
                slot: hit.slot,
                hash: fingerprint.hash,
                weight,
                here: OrderFree::region_of(fingerprint.position) / CELL_REGIONS,
                there: there(hit.context),
            })
        }));
    }

    /// The weight of a hit of each fingerprint.
    fn weights(self, log_sources: f32) -> Vec<f32> {
        let mut weights: Vec<f32> = self.counts.iter().map(|count| weight(log_sources, *count)).collect();
        for unread in self.unread {
            if let Some(weight) = weights.get_mut(*unread as usize) {
                *weight = 0.0;
            }
        }
        weights
    }
}

/// The weight of a fingerprint with so many postings.
fn weight(log_sources: f32, count: u32) -> f32 {
    if count > MOST_SOURCES {
        return 0.0;
    }
    (log_sources - logarithm(count.max(1)) - DISCOUNT).min(MAX_WEIGHT)
}

#[expect(clippy::cast_precision_loss, reason = "a logarithm needs few digits")]
fn logarithm(count: u32) -> f32 {
    (count as f32).ln()
}

/// Removes the hits of sources that can't be admitted in any window.
///
/// Weights are added up in a table of counters by a few bits of the slot; sources that share a counter
/// only make it larger (as in a count-min sketch, Cormode & Muthukrishnan 2005). Sums of floating-point numbers depend
/// on their order, which is that of the index, a little: so a little less than what is wanted is let through, and
/// what is admitted is decided by sums in an order of their own.
fn keep_promising(shared: &mut Vec<SharedFingerprint>, wanted: f32) {
    const ROUNDING: f32 = 0.99;
    let mut counters = vec![0.0_f32; (2 * shared.len()).next_power_of_two().clamp(64, 1 << 16)];
    let mask = counters.len() - 1;
    let place = |slot: Slot| slot.index() & mask;
    for one in shared.iter() {
        if let Some(counter) = counters.get_mut(place(one.slot)) {
            *counter += one.weight;
        }
    }
    shared.retain(|one| counters.get(place(one.slot)).is_some_and(|sum| *sum >= wanted * ROUNDING));
}

/// The greatest weight of the different fingerprints in a window of two cells by two.
fn best_window(group: &[SharedFingerprint]) -> f32 {
    let mut windows: Vec<((u16, u16), u64, f32)> = Vec::with_capacity(4 * group.len());
    let mut anywhere: Vec<(u16, u64, f32)> = Vec::new();
    for one in group {
        for here in [one.here, one.here + 1] {
            match one.there {
                Some(there) => {
                    windows.extend([there, there + 1].map(|there| ((here, there), one.hash, one.weight)));
                }
                None => anywhere.push((here, one.hash, one.weight)),
            }
        }
    }
    windows.sort_unstable_by_key(|(window, hash, _)| (*window, *hash));
    windows.dedup_by_key(|(window, hash, _)| (*window, *hash));
    anywhere.sort_unstable_by_key(|(here, hash, _)| (*here, *hash));
    anywhere.dedup_by_key(|(here, hash, _)| (*here, *hash));
    let sums = windows.chunk_by(|a, b| a.0 == b.0).map(|window| {
        let here = window.first().map_or(0, |((here, _), _, _)| *here);
        let from = anywhere.partition_point(|one| one.0 < here);
        let kgrams = anywhere.get(from..).unwrap_or_default().iter().take_while(|one| one.0 == here);
        window.iter().map(|one| one.2).sum::<f32>() + kgrams.map(|one| one.2).sum::<f32>()
    });
    sums.fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::{ContextMatch, Fingerprinter};
    use crate::index::{Index, LookUp};
    use crate::model::{CorpusSeed, FingerprintSettings, WindowSize};
    use crate::text::Tokenizer;

    const SEED: CorpusSeed = CorpusSeed::new(3);

    fn channel<'a>(fingerprints: &'a [Fingerprint], look_up: &'a LookUp) -> Channel<'a> {
        let LookUp { hits, counts, unread } = look_up;
        Channel { fingerprints, hits, counts, unread }
    }

    /// The numbers of the sources with enough evidence.
    fn admitted(sources: &[String], submission: &str) -> Vec<u32> {
        let (tokenizer, order_free) = (Tokenizer::new(SEED), OrderFree::new(SEED));
        let fingerprinter = Fingerprinter::new(SEED, FingerprintSettings::default());
        let (pairs, kgrams) = (Index::default(), Index::default());
        let (mut tokens, mut stems) = (Vec::new(), Vec::new());
        for (text, number) in sources.iter().zip(0..) {
            let slot = Slot::new(number).unwrap();
            tokenizer.tokenize_with_stems_into(text, &mut tokens, &mut stems);
            kgrams.insert(slot, &fingerprinter.fingerprints(&tokens)).unwrap();
            pairs.insert(slot, &order_free.of_source(&stems)).unwrap();
        }
        tokenizer.tokenize_with_stems_into(submission, &mut tokens, &mut stems);
        let rule = ContextMatch::new(WindowSize::default());
        let (of_kgrams, of_pairs) = (fingerprinter.fingerprints(&tokens), order_free.of_submission(&stems));
        let found = kgrams.look_up(&of_kgrams, rule, WORD_PAIR_LIMITS);
        let found_pairs = pairs.look_up(&of_pairs, rule, WORD_PAIR_LIMITS);
        let word_pairs = channel(&of_pairs, &found_pairs);
        let found = evidence(word_pairs, channel(&of_kgrams, &found), sources.len() as u64);
        found.iter().map(|evidence| evidence.slot.number()).collect()
    }

    /// Words that look like words and occur nowhere else.
    fn prose(salt: u64, words: u64) -> Vec<String> {
        let word = |i: u64| {
            let mut state = (salt << 32 | i).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            (0..5 + i % 4)
                .map(|_| {
                    state = (state ^ state >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                    char::from(b'a' + (state >> 40) as u8 % 26)
                })
                .collect()
        };
        (0..words).map(word).collect()
    }

    #[test]
    fn finds_the_source_of_reversed_and_thinned_words_only() {
        let sources: Vec<String> = (0..50).map(|salt| prose(salt, 300).join(" ")).collect();
        // Neighbours swapped, every fifth word replaced: no run of three words is left.
        let mut copied = prose(17, 160)[40..120].to_vec();
        copied.chunks_exact_mut(2).for_each(|pair| pair.swap(0, 1));
        copied.iter_mut().step_by(5).for_each(|word| *word = "other".to_owned());
        assert_eq!(admitted(&sources, &copied.join(" ")), [17]);
    }

    #[test]
    fn says_nothing_for_strangers_and_for_few_words() {
        let sources: Vec<String> = (0..50).map(|salt| prose(salt, 300).join(" ")).collect();
        for submission in [prose(99, 300).join(" "), String::new(), "the the the".repeat(100)] {
            assert_eq!(admitted(&sources, &submission), [0_u32; 0]);
        }
        assert_eq!(admitted(&[], "nothing to find here"), [0_u32; 0]);
    }
}
