//! The positions of the submission's q-grams.

/// The most occurrences of a q-gram that is a seed. It bounds the comparisons for a position of the source.
const MAX_OCCURRENCES: u8 = 16;

/// No position.
const NONE: u32 = u32::MAX;

/// The positions of each q-gram in the submission: a hash table of chains.
#[derive(Debug)]
pub(super) struct GramTable {
    /// By the top bits of the hash: the first position of a chain, or [`NONE`].
    heads: Vec<u32>,
    shift: u32,
    /// By position.
    grams: Vec<Gram>,
}

#[derive(Debug, Clone, Copy)]
struct Gram {
    hash: u64,
    next: u32,
    /// At the gram's first position in the chain: its occurrences, counted up to [`MAX_OCCURRENCES`] plus one.
    /// Elsewhere 0.
    occurrences: u8,
}

impl GramTable {
    /// The table of grams with these hashes, by position. Linear: further occurrences of a gram that occurs too often
    /// are not chained.
    pub(super) fn new(hashes: &[u64]) -> Self {
        let bits = (hashes.len() * 2).next_power_of_two().max(16).ilog2();
        let mut table = Self {
            heads: vec![NONE; 1 << bits],
            shift: u64::BITS - bits,
            grams: Vec::with_capacity(hashes.len()),
        };
        // From the last to the first, so that chains ascend.
        table.grams.resize(hashes.len(), Gram { hash: 0, next: NONE, occurrences: 0 });
        for (position, hash) in hashes.iter().enumerate().rev() {
            table.insert(position, *hash);
        }
        table
    }

    fn insert(&mut self, position: usize, hash: u64) {
        let head = self.head(hash);
        let first = self.heads.get(head).copied().unwrap_or(NONE);
        let same = self.same_gram(first, hash);
        let occurrences = same.map_or(0, |at| self.take_occurrences(at));
        if let Some(gram) = self.grams.get_mut(position) {
            *gram = Gram { hash, next: first, occurrences: 0 };
        }
        let chained = u32::try_from(position).unwrap_or(NONE);
        match same {
            Some(at) if occurrences > MAX_OCCURRENCES => self.put_occurrences(at, occurrences),
            _ => {
                if let Some(slot) = self.heads.get_mut(head) {
                    *slot = chained;
                }
                self.put_occurrences(chained, occurrences + 1);
            }
        }
    }

    fn head(&self, hash: u64) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "shifted down to the bits of the table")]
        let head = (hash >> self.shift) as usize;
        head
    }

    fn gram(&self, position: u32) -> Option<&Gram> {
        self.grams.get(position as usize)
    }

    /// The first position of the gram from `position` on in its chain.
    #[inline]
    fn same_gram(&self, mut position: u32, hash: u64) -> Option<u32> {
        while let Some(gram) = self.gram(position) {
            if gram.hash == hash {
                return Some(position);
            }
            position = gram.next;
        }
        None
    }

    fn take_occurrences(&mut self, position: u32) -> u8 {
        self.grams.get_mut(position as usize).map_or(0, |gram| std::mem::take(&mut gram.occurrences))
    }

    fn put_occurrences(&mut self, position: u32, occurrences: u8) {
        if let Some(gram) = self.grams.get_mut(position as usize) {
            gram.occurrences = occurrences;
        }
    }

    /// The positions of a gram; none if it is too common.
    #[inline]
    pub(super) fn positions(&self, hash: u64) -> Positions<'_> {
        let head = self.heads.get(self.head(hash)).copied().unwrap_or(NONE);
        let first = self.same_gram(head, hash);
        let too_common = first.is_some_and(|at| self.is_too_common_at(at));
        Positions { table: self, hash, next: if too_common { None } else { first } }
    }

    /// Whether the gram has more than [`MAX_OCCURRENCES`].
    pub(super) fn is_too_common(&self, hash: u64) -> bool {
        let head = self.heads.get(self.head(hash)).copied().unwrap_or(NONE);
        self.same_gram(head, hash).is_some_and(|at| self.is_too_common_at(at))
    }

    fn is_too_common_at(&self, first: u32) -> bool {
        self.gram(first).is_some_and(|gram| gram.occurrences > MAX_OCCURRENCES)
    }
}

/// The positions of one gram, ascending; none if it is too common.
pub(super) struct Positions<'a> {
    table: &'a GramTable,
    hash: u64,
    next: Option<u32>,
}

impl Iterator for Positions<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let position = self.next?;
        let after = self.table.gram(position).map_or(NONE, |gram| gram.next);
        self.next = self.table.same_gram(after, self.hash);
        Some(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_positions_in_order_and_leaves_out_what_is_too_common() {
        let mut hashes: Vec<u64> = [5, 9, 5, 7, 5].map(|h: u64| h << 60).to_vec();
        hashes.extend(std::iter::repeat_n(1_u64 << 61, usize::from(MAX_OCCURRENCES) + 1));
        hashes.extend(std::iter::repeat_n(1_u64 << 58, usize::from(MAX_OCCURRENCES)));
        let table = GramTable::new(&hashes);
        let positions = |hash: u64| table.positions(hash).collect::<Vec<u32>>();
        assert_eq!(positions(5 << 60), [0, 2, 4]);
        assert_eq!(positions(9 << 60), [1]);
        assert_eq!(positions(8 << 60), [0_u32; 0]);
        assert_eq!(positions(1 << 61), [0_u32; 0]);
        assert!(table.is_too_common(1 << 61) && !table.is_too_common(5 << 60));
        assert_eq!(positions(1 << 58).len(), usize::from(MAX_OCCURRENCES));
    }

    #[test]
    fn is_linear_in_one_gram_repeated() {
        let table = GramTable::new(&vec![77; 2_000_000]);
        assert!(table.is_too_common(77));
    }
}
