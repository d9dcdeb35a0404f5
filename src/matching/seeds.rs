//! Maximal runs of equal tokens, found by seeds.

use crate::matching::gram_table::GramTable;
use crate::model::{Stop, StopReason};
use crate::text::{Token, WordLengths};

/// A maximal sequence of equal tokens on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    /// The first token in the submission.
    pub submission: u32,
    /// The first token in the source.
    pub source: u32,
    /// Number of tokens.
    pub length: u32,
}

/// Tokens of the source between two checks of the stop signal.
const STOP_EVERY: usize = 1 << 14;

/// A submission, prepared for matching with many sources.
#[derive(Debug)]
pub struct PreparedSubmission<'a> {
    tokens: &'a [Token],
    /// The lengths of its parts; `None` if its tokens are words.
    lengths: Option<&'a WordLengths>,
    /// The length of a seed, `q`.
    seed_tokens: usize,
    seeds: GramTable,
    /// The length of guaranteed runs, and of [`GuaranteedGrams`].
    guarantee_tokens: usize,
    guaranteed: Option<GuaranteedGrams>,
}

impl<'a> PreparedSubmission<'a> {
    /// Prepares `tokens` so that every run of `guarantee_tokens` is found. Linear.
    #[must_use]
    pub fn new(tokens: &'a [Token], guarantee_tokens: u32) -> Self {
        let guarantee = guarantee_tokens.max(1) as usize;
        let seed_tokens = seed_tokens(tokens.len()).min(guarantee);
        let seeds = GramTable::new(&gram_hashes(tokens, seed_tokens));
        let guaranteed = GuaranteedGrams::new(tokens, guarantee, seed_tokens, &seeds);
        Self { tokens, lengths: None, seed_tokens, seeds, guarantee_tokens: guarantee, guaranteed }
    }

    /// The same, with the lengths of its tokens: a run counts by its words.
    #[must_use]
    pub fn with_lengths(self, lengths: &'a WordLengths) -> Self {
        Self { lengths: Some(lengths), ..self }
    }

    /// Whether a range of the submission is at least so many words long.
    pub(super) fn reaches(&self, tokens: &std::ops::Range<u32>, words: u32) -> bool {
        self.lengths.map_or(tokens.end - tokens.start >= words, |lengths| lengths.reaches(tokens, words))
    }

    /// The tokens of the submission.
    #[must_use]
    pub fn tokens(&self) -> &'a [Token] {
        self.tokens
    }

    /// Maximal runs of equal tokens of at least `least` words, in order of their place in the submission. Runs inside the place
    /// of another are left out.
    pub(super) fn covering_runs(
        &self,
        source: &[Token],
        least: u32,
        stop: &Stop,
    ) -> Result<Vec<Run>, StopReason> {
        let mut runs = self.common_runs(source, stop)?;
        runs.retain(|run| self.reaches(&(run.submission..run.submission + run.length), least));
        // The longest of runs with the same start first.
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
    /// Includes every run with a seed that is not too common in the submission, and enough of the other runs to cover
    /// every guaranteed run of the submission. Linear in both lengths: each token of the source is compared a bounded
    /// number of times.
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
        if let Some(guaranteed) = &self.guaranteed {
            stop.check()?;
            self.add_guaranteed_runs(guaranteed, source, &mut runs);
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

    /// Adds runs for [`GuaranteedGrams`]: one for each stretch of the submission.
    fn add_guaranteed_runs(&self, guaranteed: &GuaranteedGrams, source: &[Token], runs: &mut Vec<Run>) {
        let found = guaranteed.first_in(source, self.guarantee_tokens);
        // The end of the last run that was added, in the submission.
        let mut covered = 0;
        for GramPosition { position, gram } in &guaranteed.positions {
            let position = *position as usize;
            if position + self.guarantee_tokens <= covered {
                continue;
            }
            let Some(at) = found.get(*gram as usize).copied().flatten() else { continue };
            let back = (position - covered.saturating_sub(self.guarantee_tokens).min(position)).min(at);
            let run = self.extend(source, position, at, at - back);
            covered = (run.submission + run.length) as usize;
            runs.push(run);
        }
    }
}

/// The length of seeds. Longer texts have more seeds by chance; one token more for every tenfold length keeps their
/// number in proportion.
fn seed_tokens(submission_tokens: usize) -> usize {
    match submission_tokens {
        0..20_000 => 3,
        20_000..200_000 => 4,
        _ => 5,
    }
}

/// The hashes of all q-grams of a text.
fn gram_hashes(tokens: &[Token], q: usize) -> Vec<u64> {
    GramHashes::new(tokens, q).collect()
}

/// Iterator over the rolling hashes of all q-grams of a text.
struct GramHashes<'a> {
    entering: std::slice::Iter<'a, Token>,
    leaving: std::slice::Iter<'a, Token>,
    /// The sum over the gram's tokens but the last.
    sum: u64,
    weight: u64,
}

/// The base of the rolling hash: odd, and with its bits spread evenly (the fraction of the golden ratio).
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

/// The progress of comparison on each diagonal (pairs of positions with the same difference).
struct Diagonals {
    submission_tokens: usize,
    ends: Vec<u32>,
}

impl Diagonals {
    fn new(submission_tokens: usize, source_tokens: usize) -> Self {
        Self { submission_tokens, ends: vec![0; submission_tokens + source_tokens] }
    }

    /// The position in the source up to which the diagonal of a pair has been compared.
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

/// The grams of the guaranteed length whose seeds are all too common, as in a text that repeats itself.
///
/// Runs without another seed are found by these grams, each of which is compared once.
#[derive(Debug)]
struct GuaranteedGrams {
    /// Their positions in the submission, ascending.
    positions: Vec<GramPosition>,
    /// The hashes of the grams, sorted; a gram's number is its index.
    hashes: Vec<u64>,
}

/// An occurrence of one of [`GuaranteedGrams`] in the submission.
#[derive(Debug)]
struct GramPosition {
    position: u32,
    /// The number of the gram.
    gram: u32,
}

impl GuaranteedGrams {
    fn new(tokens: &[Token], length: usize, q: usize, seeds: &GramTable) -> Option<Self> {
        let mut common_for = 0;
        let too_common = GramHashes::new(tokens, q).map(|hash| seeds.is_too_common(hash));
        // For each seed: whether all seeds of the gram that ends with it are too common.
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
        let kept: Vec<(u32, u64)> = (0..)
            .zip(grams)
            .filter(|(_, (_, guaranteed))| *guaranteed)
            .map(|(at, (hash, _))| (at, hash))
            .collect();
        let mut hashes: Vec<u64> = kept.iter().map(|(_, hash)| *hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        let number = |hash: u64| narrow(hashes.binary_search(&hash).unwrap_or_default());
        let positions =
            kept.into_iter().map(|(position, hash)| GramPosition { position, gram: number(hash) }).collect();
        Some(Self { positions, hashes })
    }

    /// The first position of each gram in the source.
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
