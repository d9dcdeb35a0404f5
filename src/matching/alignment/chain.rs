//! The chain of runs that covers the most tokens.

use crate::matching::seeds::Run;

/// A chain that ends with some run.
#[derive(Debug, Clone, Copy, Default)]
struct Best {
    tokens: u32,
    /// The place of the last run plus one; 0 for the empty chain.
    last: usize,
}

/// The runs that follow one another on both sides and cover the most tokens together, in order. `n log n`.
pub(super) fn longest(runs: &[Run]) -> Vec<Run> {
    let mut ends: Vec<u32> = runs.iter().map(|run| run.source_span().end).collect();
    ends.sort_unstable();
    ends.dedup();
    let mut by_start: Vec<usize> = (0..runs.len()).collect();
    let mut by_end = by_start.clone();
    let at = |place: &usize| runs.get(*place).copied().unwrap_or(Run { submission: 0, source: 0, length: 0 });
    by_start.sort_by_key(|place| at(place).submission);
    by_end.sort_by_key(|place| at(place).submission_span().end);
    // Of each run, the best chain that ends with it, and the run before it in that chain.
    let mut chains = vec![Best::default(); runs.len()];
    let mut tree = Fenwick(vec![Best::default(); ends.len() + 1]);
    let mut ended = by_end.iter().peekable();
    for place in &by_start {
        let run = at(place);
        while let Some(done) = ended.next_if(|done| at(done).submission_span().end <= run.submission) {
            let rank = ends.partition_point(|end| *end < at(done).source_span().end);
            let tokens = chains.get(*done).map_or(0, |best| best.tokens);
            tree.put(rank, Best { tokens, last: done + 1 });
        }
        let before = tree.best(ends.partition_point(|end| *end <= run.source));
        if let Some(chain) = chains.get_mut(*place) {
            *chain = Best { tokens: before.tokens + run.length, last: before.last };
        }
    }
    // The first of equals.
    let most = chains.iter().map(|best| best.tokens).max().unwrap_or(0);
    let mut next = chains.iter().position(|best| best.tokens == most).map_or(0, |place| place + 1);
    let mut found = Vec::new();
    while let Some(place) = next.checked_sub(1) {
        found.push(at(&place));
        next = chains.get(place).map_or(0, |best| best.last);
    }
    found.reverse();
    found
}

/// The maximum over each beginning of a list (Fenwick 1994).
struct Fenwick(Vec<Best>);

impl Fenwick {
    fn put(&mut self, rank: usize, best: Best) {
        let mut node = rank + 1;
        while let Some(known) = self.0.get_mut(node) {
            if best.tokens > known.tokens {
                *known = best;
            }
            node += node & node.wrapping_neg();
        }
    }

    /// The best of the first `count`.
    fn best(&self, count: usize) -> Best {
        let (mut node, mut best) = (count, Best::default());
        while node > 0 {
            if let Some(known) = self.0.get(node).filter(|known| known.tokens > best.tokens) {
                best = *known;
            }
            node &= node - 1;
        }
        best
    }
}
