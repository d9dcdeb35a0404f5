//! Alignment of the tokens between two neighbours of a chain.

use std::ops::Range;

use crate::matching::seeds::Run;

/// The most tokens of the shorter side that are aligned one by one. Longer gaps are other text.
const MAX_TOKENS: usize = 64;
/// The most cells of a table.
const MAX_CELLS: usize = 1 << 16;
/// The value of a pair of equal tokens.
const PAIR: u16 = 2;
/// What a pair is worth more if it goes on from the pair before: runs are preferred to scattered tokens.
const GOES_ON: u16 = 1;

/// The chain with the pairs between its runs, before the first and after the last. Runs that touch become one.
pub(super) fn between(submission: &[u64], source: &[u64], chain: &[Run]) -> Vec<Run> {
    let mut filled: Vec<Run> = Vec::with_capacity(chain.len());
    let (mut here, mut there) = (0, 0);
    for run in chain {
        fill(submission, source, [here..run.submission, there..run.source], &mut filled);
        push(&mut filled, *run);
        (here, there) = (run.submission_span().end, run.source_span().end);
    }
    let narrow = |tokens: usize| u32::try_from(tokens).unwrap_or(u32::MAX);
    let rest = [here..narrow(submission.len()), there..narrow(source.len())];
    fill(submission, source, rest, &mut filled);
    filled
}

fn push(filled: &mut Vec<Run>, run: Run) {
    match filled.last_mut() {
        Some(last)
            if last.submission_span().end == run.submission && last.source_span().end == run.source =>
        {
            last.length += run.length;
        }
        _ => filled.push(run),
    }
}

/// The values of the best alignments of all beginnings of two short sequences.
struct Table {
    width: usize,
    /// The best alignment.
    best: Vec<u16>,
    /// The best one that ends with a pair of the last two tokens; 0 if these differ.
    paired: Vec<u16>,
}

impl Table {
    fn new(a: &[u64], b: &[u64]) -> Self {
        let width = b.len() + 1;
        let cells = (a.len() + 1) * width;
        let mut table = Self { width, best: vec![0; cells], paired: vec![0; cells] };
        for (i, x) in a.iter().enumerate() {
            for (j, y) in b.iter().enumerate() {
                let mut best = table.best(i, j + 1).max(table.best(i + 1, j));
                if x == y {
                    let paired = table.paired(i, j);
                    let going_on = if paired > 0 { paired + GOES_ON } else { 0 };
                    let value = PAIR + table.best(i, j).max(going_on);
                    table.set(i + 1, j + 1, value);
                    best = best.max(value);
                }
                if let Some(cell) = table.best.get_mut((i + 1) * width + j + 1) {
                    *cell = best;
                }
            }
        }
        table
    }

    fn best(&self, i: usize, j: usize) -> u16 {
        self.best.get(i * self.width + j).copied().unwrap_or(0)
    }

    fn paired(&self, i: usize, j: usize) -> u16 {
        self.paired.get(i * self.width + j).copied().unwrap_or(0)
    }

    fn set(&mut self, i: usize, j: usize, value: u16) {
        if let Some(cell) = self.paired.get_mut(i * self.width + j) {
            *cell = value;
        }
    }
}

fn fill(submission: &[u64], source: &[u64], [here, there]: [Range<u32>; 2], filled: &mut Vec<Run>) {
    let slice = |keys: &'_ [u64], span: &Range<u32>| -> Vec<u64> {
        keys.get(span.start as usize..span.end as usize).unwrap_or_default().to_vec()
    };
    if here.is_empty() || there.is_empty() {
        return;
    }
    let (least, most) = (here.len().min(there.len()), here.len().max(there.len()));
    if least > MAX_TOKENS || least.saturating_mul(most) > MAX_CELLS {
        return;
    }
    let (a, b) = (slice(submission, &here), slice(source, &there));
    let table = Table::new(&a, &b);
    let (mut i, mut j) = (a.len(), b.len());
    let mut pairs = Vec::new();
    // Whether the pair after this one goes on from it.
    let mut goes_on = false;
    while i > 0 && j > 0 && table.best(i, j) > 0 {
        let paired = table.paired(i, j);
        if paired > 0 && (goes_on || paired == table.best(i, j)) {
            pairs.push((i - 1, j - 1));
            (i, j) = (i - 1, j - 1);
            let before = table.paired(i, j);
            goes_on = before > 0 && before + GOES_ON >= table.best(i, j) && paired == PAIR + before + GOES_ON;
        } else if table.best(i - 1, j) == table.best(i, j) {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    for (i, j) in pairs.into_iter().rev() {
        push(filled, Run { submission: here.start + narrow(i), source: there.start + narrow(j), length: 1 });
    }
}
