//! Cores of passages: seeds linked to their neighbours.
use super::edges::Spans;
use super::num::{at, hull, index, small};
use super::seeds::Seed;
use super::stems::NONE;
use super::tuning::Tuning;

/// A place where a passage may be.
#[derive(Debug)]
pub(super) struct Core {
    /// The hull of seeds linked over wide gaps.
    pub(super) whole: Spans,
    /// Hulls of its seeds that are linked over narrow gaps too, unless equal to the whole.
    pub(super) inner: Vec<Spans>,
}

impl From<Spans> for Core {
    fn from(whole: Spans) -> Self {
        Self { whole, inner: Vec::new() }
    }
}

/// The fewest seeds of a core: one or two rare words in common are chance.
const LEAST_SEEDS: u32 = 3;
/// Earlier seeds in each of three columns that a seed is compared with, the nearest first. Seeds in a dense group are
/// linked to one another in any case.
const LOOKED_BACK: usize = 16;

/// Links `seeds`, sorted by `i`, then `j`, into cores, in order of their first seed.
pub(super) fn link(seeds: &[Seed], tuning: &Tuning, source_words: usize) -> Vec<Core> {
    let wide = first_linked(seeds, tuning.gap_words, source_words);
    let narrow = first_linked(seeds, tuning.inner_gap_words, source_words);
    let mut core_of = vec![NONE; seeds.len()];
    let mut cores: Vec<Core> = Vec::new();
    for Group { first, hull: whole, .. } in groups_of(seeds, &wide) {
        if let Some(entry) = core_of.get_mut(index(first)) {
            *entry = small(cores.len());
        }
        cores.push(Core { whole, inner: Vec::new() });
    }
    for Group { first, hull: spans, .. } in groups_of(seeds, &narrow) {
        let core = at(&core_of, index(at(&wide, index(first))));
        if let Some(core) = cores.get_mut(index(core)).filter(|core| core.whole != spans) {
            core.inner.push(spans);
        }
    }
    cores
}

/// For each seed, the first of the seeds that it is linked to, directly or through others, within `gap` words on both
/// sides.
fn first_linked(seeds: &[Seed], gap: u32, source_words: usize) -> Vec<u32> {
    let mut group: Vec<u32> = (0..small(seeds.len())).collect();
    let mut latest = vec![NONE; source_words / (index(gap) + 1) + 1];
    let mut before = vec![NONE; seeds.len()];
    for (n, seed) in (0..).zip(seeds) {
        let column = index(seed.j / (gap + 1));
        for near in column.saturating_sub(1)..=column + 1 {
            let mut other = latest.get(near).copied().unwrap_or(NONE);
            for _ in 0..LOOKED_BACK {
                let Some(seen) = seeds.get(index(other)).filter(|seen| seen.i + gap >= seed.i) else { break };
                if seen.j.abs_diff(seed.j) <= gap {
                    unite(&mut group, n, other);
                }
                other = at(&before, index(other));
            }
        }
        if let (Some(latest), Some(before)) = (latest.get_mut(column), before.get_mut(index(n))) {
            *before = std::mem::replace(latest, n);
        }
    }
    for n in 0..small(seeds.len()) {
        let first = root(&mut group, n);
        if let Some(entry) = group.get_mut(index(n)) {
            *entry = first;
        }
    }
    group
}

fn root(group: &mut [u32], mut n: u32) -> u32 {
    loop {
        let parent = at(group, index(n));
        if parent == n {
            return n;
        }
        let above = at(group, index(parent));
        if let Some(entry) = group.get_mut(index(n)) {
            *entry = above;
        }
        n = above;
    }
}

fn unite(group: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root(group, a), root(group, b));
    if let Some(entry) = group.get_mut(index(a.max(b))) {
        *entry = a.min(b);
    }
}

/// Linked seeds.
struct Group {
    /// The number of its first seed.
    first: u32,
    seeds: u32,
    hull: Spans,
}

/// The groups with at least [`LEAST_SEEDS`], in order of their first seed.
fn groups_of(seeds: &[Seed], first_seeds: &[u32]) -> Vec<Group> {
    let mut place = vec![NONE; seeds.len()];
    let mut found: Vec<Group> = Vec::new();
    for (seed, &first) in seeds.iter().zip(first_seeds) {
        let spans = Spans { submission: seed.i..seed.i + 1, source: seed.j..seed.j + 1 };
        if let Some(group) = found.get_mut(index(at(&place, index(first)))) {
            group.seeds += 1;
            group.hull.submission = hull(&group.hull.submission, &spans.submission);
            group.hull.source = hull(&group.hull.source, &spans.source);
        } else {
            if let Some(entry) = place.get_mut(index(first)) {
                *entry = small(found.len());
            }
            found.push(Group { first, seeds: 1, hull: spans });
        }
    }
    found.retain(|group| group.seeds >= LEAST_SEEDS);
    found
}
