//! Seeds, extended to maximal runs.

use crate::matching::gram_table::GramTable;
use crate::model::{Stop, StopReason};
use crate::text::Token;

/// Equal tokens in the same order on both sides, as far as they go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    /// The first token in the submission.
    pub submission: u32,
    /// The first token in the source.
    pub source: u32,
    /// How many tokens.
    pub length: u32,
}

/// Tokens between two looks at the clock.
const STOP_EVERY: usize = 1 << 14;

/// A submission, ready to be matched with many sources.
#[derive(Debug)]
pub struct PreparedSubmission<'a> {
    tokens: &'a [Token],
    /// `q`, the length of a seed.
    seed_tokens: usize,
    seeds: GramTable,
    /// The grams of this many tokens that consist of nothing but too common seeds: runs of them are
    /// looked for by these, each of which is looked at once.
    sure_tokens: usize,
    sure: Option<SureGrams>,
}

impl<'a> PreparedSubmission<'a> {
    /// Prepares `tokens`, so that each run of `guarantee_tokens` will be found. Linear.
    #[must_use]
    pub fn new(tokens: &'a [Token], guarantee_tokens: u32) -> Self {
        let guarantee = guarantee_tokens.max(1) as usize;
        let seed_tokens = seed_tokens(tokens.len()).min(guarantee);
        let seeds = GramTable::new(&gram_hashes(tokens, seed_tokens));
        let sure = SureGrams::new(tokens, guarantee, seed_tokens, &seeds);
        Self { tokens, seed_tokens, seeds, sure_tokens: guarantee, sure }
    }

    /// The tokens of the submission.
    #[must_use]
    pub fn tokens(&self) -> &'a [Token] {
        self.tokens
    }

    /// Maximal runs of at least `least` equal tokens, of which none lies inside another's place in the
    /// submission; in order of that.
    pub(super) fn covering_runs(
        &self,
        source: &[Token],
        least: u32,
        stop: &Stop,
    ) -> Result<Vec<Run>, StopReason> {
        let mut runs = self.common_runs(source, stop)?;
        runs.retain(|run| run.length >= least);
        // Of those that start at the same token the longest first.
        runs.sort_unstable_by_key(|run| (run.submission, u32::MAX - run.length, run.source));
        let mut reach = 0;
        runs.retain(|run| {
            let end = run.submission + run.length;
            let is_inside = end <= reach;
            reach = reach.max(end);
            !is_inside
        });
        Ok(runs)
    }

    /// Maximal runs of equal tokens, in order of their places in the submission, then in the source.
    ///
    /// Every run with a seed that is not too common in the submission is there; of runs without one,
    /// enough for every guaranteed run of the submission to be covered. Linear in both lengths: a token
    /// of the source is compared a bounded number of times.
    pub(super) fn common_runs(&self, source: &[Token], stop: &Stop) -> Result<Vec<Run>, StopReason> {
        let mut runs = Vec::new();
        let mut diagonals = Diagonals::new(self.tokens.len(), source.len());
        for (at, hash) in GramHashes::new(source, self.seed_tokens).enumerate() {
            if at % STOP_EVERY == 0 {
                stop.check()?;
            }
            for position in self.seeds.positions(hash) {
                let position = position as usize;
                if diagonals.end(position, at) <= at {
                    let run = self.extend(source, position, at, diagonals.end(position, at));
                    diagonals.set_end(position, at, run.source + run.length);
                    if run.length as usize >= self.seed_tokens {
                        runs.push(run);
                    }
                }
            }
        }
        if let Some(sure) = &self.sure {
            stop.check()?;
            self.add_sure_runs(sure, source, &mut runs);
        }
        runs.sort_unstable();
        runs.dedup();
        Ok(runs)
    }

    /// The maximal run through a pair of positions that starts no earlier than `floor` in the source.
    fn extend(&self, source: &[Token], position: usize, at: usize, floor: usize) -> Run {
        let back = |tokens: &'a [Token]| tokens.iter().rev();
        let (before, after) = self.tokens.split_at_checked(position).unwrap_or_default();
        let (source_before, source_after) = source.split_at_checked(at).unwrap_or_default();
        let equal = |(a, b): &(&Token, &Token)| a == b;
        let left = back(before).zip(source_before.iter().rev()).take(at - floor).take_while(equal).count();
        let right = after.iter().zip(source_after).take_while(equal).count();
        Run { submission: narrow(position - left), source: narrow(at - left), length: narrow(left + right) }
    }

    /// Runs for the guaranteed grams that have no seed: one for each stretch of the submission.
    fn add_sure_runs(&self, sure: &SureGrams, source: &[Token], runs: &mut Vec<Run>) {
        let found = sure.first_in(source, self.sure_tokens);
        // Up to where the submission is covered by a run of its own stretch.
        let mut covered = 0;
        for (position, gram) in &sure.positions {
            let position = *position as usize;
            if position + self.sure_tokens <= covered {
                continue;
            }
            let Some(at) = found.get(*gram as usize).copied().flatten() else { continue };
            let back = (position - covered.saturating_sub(self.sure_tokens).min(position)).min(at);
            let run = self.extend(source, position, at, at - back);
            covered = (run.submission + run.length) as usize;
            runs.push(run);
        }
    }
}

/// Longer texts have more chance seeds, and want longer ones: with `q` one more for every tenfold or so,
/// their number stays in proportion.
fn seed_tokens(submission_tokens: usize) -> usize {
    match submission_tokens {
        0..20_000 => 3,
        20_000..200_000 => 4,
        _ => 5,
    }
}

/// The hash of `q` tokens, by folding.
fn gram_hashes(tokens: &[Token], q: usize) -> Vec<u64> {
    GramHashes::new(tokens, q).collect()
}

/// The rolling hashes of all q-grams of a text.
struct GramHashes<'a> {
    entering: std::slice::Iter<'a, Token>,
    leaving: std::slice::Iter<'a, Token>,
    /// The sum over the gram's tokens but the last.
    sum: u64,
    weight: u64,
}

/// Odd, with an even spread of ones (the golden ratio's fraction).
const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

impl<'a> GramHashes<'a> {
    fn new(tokens: &'a [Token], q: usize) -> Self {
        let (first, rest) = tokens.split_at_checked(q - 1).unwrap_or((tokens, &[]));
        let sum = first.iter().fold(0, |sum, token| push(sum, *token));
        let weight = BASE.wrapping_pow(u32::try_from(q - 1).unwrap_or(u32::MAX));
        Self { entering: rest.iter(), leaving: tokens.iter(), sum, weight }
    }
}

fn push(sum: u64, token: Token) -> u64 {
    sum.wrapping_mul(BASE).wrapping_add(token.value())
}

impl Iterator for GramHashes<'_> {
    type Item = u64;

    #[inline]
    fn next(&mut self) -> Option<u64> {
        let hash = push(self.sum, *self.entering.next()?);
        let leaving = self.leaving.next()?;
        self.sum = hash.wrapping_sub(leaving.value().wrapping_mul(self.weight));
        Some(hash ^ hash >> 32).map(|hash| hash.wrapping_mul(BASE))
    }
}

/// How far each diagonal (pairs of positions with the same difference) has been compared.
struct Diagonals {
    submission_tokens: usize,
    ends: Vec<u32>,
}

impl Diagonals {
    fn new(submission_tokens: usize, source_tokens: usize) -> Self {
        Self { submission_tokens, ends: vec![0; submission_tokens + source_tokens] }
    }

    /// The position in the source up to which the diagonal has been compared.
    #[inline]
    fn end(&self, position: usize, at: usize) -> usize {
        self.ends.get(at + self.submission_tokens - position).map_or(0, |end| *end as usize)
    }

    fn set_end(&mut self, position: usize, at: usize, end: u32) {
        if let Some(known) = self.ends.get_mut(at + self.submission_tokens - position) {
            *known = end;
        }
    }
}

/// The guaranteed grams that consist of nothing but too common seeds, as in a text that repeats itself.
#[derive(Debug)]
struct SureGrams {
    /// Where they stand in the submission, and which gram it is.
    positions: Vec<(u32, u32)>,
    /// The hashes of the grams, sorted; a gram's number is its place.
    hashes: Vec<u64>,
}

impl SureGrams {
    fn new(tokens: &[Token], length: usize, q: usize, seeds: &GramTable) -> Option<Self> {
        let mut common_for = 0;
        let too_common = GramHashes::new(tokens, q).map(|hash| seeds.is_too_common(hash));
        // Whether the seeds of the gram that ends with this seed are all too common.
        let ends: Vec<bool> = too_common
            .map(|too_common| {
                common_for = if too_common { common_for + 1 } else { 0 };
                common_for > length - q
            })
            .collect();
        if !ends.contains(&true) {
            return None;
        }
        let grams = GramHashes::new(tokens, length).zip(ends.into_iter().skip(length - q));
        let kept: Vec<(u32, u64)> =
            (0..).zip(grams).filter(|(_, (_, sure))| *sure).map(|(at, (hash, _))| (at, hash)).collect();
        let mut hashes: Vec<u64> = kept.iter().map(|(_, hash)| *hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        let number = |hash: u64| narrow(hashes.binary_search(&hash).unwrap_or_default());
        let positions = kept.into_iter().map(|(at, hash)| (at, number(hash))).collect();
        Some(Self { positions, hashes })
    }

    /// The first place of each gram in the source.
    fn first_in(&self, source: &[Token], length: usize) -> Vec<Option<usize>> {
        let mut found = vec![None; self.hashes.len()];
        for (at, hash) in GramHashes::new(source, length).enumerate() {
            if let Ok(number) = self.hashes.binary_search(&hash)
                && let Some(first) = found.get_mut(number)
            {
                first.get_or_insert(at);
            }
        }
        found
    }
}

fn narrow(tokens: usize) -> u32 {
    u32::try_from(tokens).unwrap_or(u32::MAX)
}
