//! Maximal equal runs of two sequences, by their q-grams.

use super::LEAST_RUN;
use crate::matching::key_map::KeyMap;
use crate::matching::seeds::Run;

/// The most positions of a q-gram in the source that are tried. A more frequent one marks no place.
const MAX_POSITIONS: usize = 8;

/// The maximal equal runs of at least [`LEAST_RUN`] keys, sorted. The common beginning and end of both sequences are
/// among them, however often their q-grams occur.
pub(super) fn common(submission: &[u64], source: &[u64]) -> Vec<Run> {
    let equal = |(a, b): &(&u64, &u64)| a == b;
    let head = submission.iter().zip(source).take_while(equal).count();
    let tail = submission.iter().rev().zip(source.iter().rev()).take_while(equal).count();
    let mut runs = Vec::new();
    if head >= LEAST_RUN {
        runs.push(run(0, 0, head));
    }
    if head < submission.len().min(source.len()) {
        if tail >= LEAST_RUN {
            runs.push(run(submission.len() - tail, source.len() - tail, tail));
        }
        seeded(submission, source, &mut runs);
    }
    runs.sort_unstable();
    runs.dedup();
    runs
}

fn seeded(submission: &[u64], source: &[u64], runs: &mut Vec<Run>) {
    let mut places: KeyMap<&[u64], Vec<usize>> = KeyMap::default();
    for (at, gram) in source.windows(LEAST_RUN).enumerate() {
        let places = places.entry(gram).or_default();
        if places.len() <= MAX_POSITIONS {
            places.push(at);
        }
    }
    // By diagonal, the end of what was compared on it, in the submission.
    let mut ends = vec![0_usize; submission.len() + source.len()];
    for (at, gram) in submission.windows(LEAST_RUN).enumerate() {
        let Some(places) = places.get(gram).filter(|places| places.len() <= MAX_POSITIONS) else { continue };
        for &there in places {
            let Some(end) = ends.get_mut(at + source.len() - there).filter(|end| **end <= at) else {
                continue;
            };
            let (before, after) = submission.split_at_checked(at).unwrap_or_default();
            let (source_before, source_after) = source.split_at_checked(there).unwrap_or_default();
            let equal = |(a, b): &(&u64, &u64)| a == b;
            let back = before.iter().rev().zip(source_before.iter().rev());
            let left = back.take(at - *end).take_while(equal).count();
            let right = after.iter().zip(source_after).take_while(equal).count();
            *end = at + right;
            runs.push(run(at - left, there - left, left + right));
        }
    }
}

/// The parts of runs outside the chain on both sides, the longest first; none overlaps another on either side.
pub(super) fn outside(mut runs: Vec<Run>, chain: &[Run], submission: usize, source: usize) -> Vec<Run> {
    let (mut here, mut there) = (vec![false; submission], vec![false; source]);
    for run in chain {
        take(&mut here, run.submission, run.length);
        take(&mut there, run.source, run.length);
    }
    runs.sort_by_key(|run| (u32::MAX - run.length, run.submission, run.source));
    let mut kept = Vec::new();
    for whole in runs {
        let is_free = |at: &u32| {
            let free = |taken: &[bool], start: u32| taken.get((start + at) as usize) == Some(&false);
            free(&here, whole.submission) && free(&there, whole.source)
        };
        let free: Vec<u32> = (0..whole.length).filter(is_free).collect();
        for part in free.chunk_by(|a, b| a + 1 == *b).filter(|part| part.len() >= LEAST_RUN) {
            let Some(first) = part.first() else { continue };
            let length = u32::try_from(part.len()).unwrap_or(0);
            let run = Run { submission: whole.submission + first, source: whole.source + first, length };
            take(&mut here, run.submission, length);
            take(&mut there, run.source, length);
            kept.push(run);
        }
    }
    kept.sort_unstable();
    kept
}

fn take(taken: &mut [bool], start: u32, length: u32) {
    if let Some(part) = taken.get_mut(start as usize..(start + length) as usize) {
        part.fill(true);
    }
}

fn run(submission: usize, source: usize, length: usize) -> Run {
    let narrow = |tokens: usize| u32::try_from(tokens).unwrap_or(u32::MAX);
    Run { submission: narrow(submission), source: narrow(source), length: narrow(length) }
}
