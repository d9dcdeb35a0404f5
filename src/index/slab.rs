//! Postings in chunks of one cache line, chained.

use super::layout::Posting;

/// Postings in a chunk.
const CAPACITY: usize = 10;

/// Chunks in a page: a page never moves once it is full, so growing the slab copies little.
const PAGE: usize = 1024;

/// A link to a chunk: its number plus one, 0 for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Link(u32);

/// Up to ten postings, and the chunk that was filled before this one.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(64))]
struct Chunk {
    postings: [Posting; CAPACITY],
    /// The number of postings in the low 4 bits, the next chunk's [`Link`] above them.
    count_and_next: u32,
}

impl Chunk {
    const COUNT_BITS: u32 = 4;

    fn count(&self) -> usize {
        (self.count_and_next & ((1 << Self::COUNT_BITS) - 1)) as usize
    }

    fn next(&self) -> Link {
        Link(self.count_and_next >> Self::COUNT_BITS)
    }
}

/// All chunks of one table.
#[derive(Debug, Default)]
pub(super) struct Slab {
    pages: Vec<Vec<Chunk>>,
}

impl Slab {
    /// Chunks that a slab can link to; 16 GiB of them.
    pub(super) const MAX_CHUNKS: usize = (1 << (u32::BITS - Chunk::COUNT_BITS)) - 1;

    /// Adds a posting at the front of the chain at `head`, and gives the chain's new front; `None` when
    /// the slab is full.
    pub(super) fn push(&mut self, head: Link, posting: Posting) -> Option<Link> {
        if let Some(chunk) = self.get_mut(head) {
            let count = chunk.count();
            if let Some(place) = chunk.postings.get_mut(count) {
                *place = posting;
                chunk.count_and_next += 1;
                return Some(head);
            }
        }
        let mut chunk = Chunk { count_and_next: head.0 << Chunk::COUNT_BITS | 1, ..Chunk::default() };
        if let Some(first) = chunk.postings.first_mut() {
            *first = posting;
        }
        self.append(chunk)
    }

    fn append(&mut self, chunk: Chunk) -> Option<Link> {
        if self.pages.last().is_none_or(|page| page.len() == PAGE) {
            self.pages.push(Vec::new());
        }
        let full_pages = self.pages.len() - 1;
        let page = self.pages.last_mut()?;
        let number = full_pages * PAGE + page.len();
        if number >= Self::MAX_CHUNKS {
            return None;
        }
        page.push(chunk);
        u32::try_from(number + 1).ok().map(Link)
    }

    #[inline]
    fn get(&self, link: Link) -> Option<&Chunk> {
        let number = (link.0 as usize).checked_sub(1)?;
        self.pages.get(number / PAGE)?.get(number % PAGE)
    }

    fn get_mut(&mut self, link: Link) -> Option<&mut Chunk> {
        let number = (link.0 as usize).checked_sub(1)?;
        self.pages.get_mut(number / PAGE)?.get_mut(number % PAGE)
    }

    /// The postings of one chunk, oldest first, and the link to the chunk that was filled before it.
    #[inline]
    pub(super) fn chunk(&self, link: Link) -> Option<(&[Posting], Link)> {
        let chunk = self.get(link)?;
        Some((chunk.postings.get(..chunk.count())?, chunk.next()))
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        let chunks: usize = self.pages.iter().map(Vec::capacity).sum();
        chunks * size_of::<Chunk>() + self.pages.capacity() * size_of::<Vec<Chunk>>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_is_a_cache_line() {
        assert_eq!(size_of::<Chunk>(), 64);
    }

    #[test]
    fn chains_keep_every_posting() {
        let mut slab = Slab::default();
        let mut heads = [Link::default(); 3];
        for i in 0..5_000_u32 {
            let head = &mut heads[i as usize % 3];
            let [a, b, c, d] = i.to_le_bytes();
            *head = slab.push(*head, [a, b, c, d, 0, 0]).unwrap();
        }
        for (which, head) in heads.into_iter().enumerate() {
            let (mut found, mut link) = (Vec::new(), head);
            while let Some((postings, next)) = slab.chunk(link) {
                found.extend(postings.iter().rev().map(|p| u32::from_le_bytes([p[0], p[1], p[2], p[3]])));
                link = next;
            }
            let expected: Vec<u32> = (0..5_000).rev().filter(|i| *i as usize % 3 == which).collect();
            assert_eq!(found, expected);
        }
    }
}
