//! Postings in chunks of one cache line, chained.

use super::layout::Posting;

/// Postings of a chunk: as many as a cache line of 64 bytes holds beside the link.
pub(super) const CAPACITY: usize = 10;

/// Chunks of a page: 16 KiB. A full page never moves, so that growth of the slab copies little. Nearly all pages have this size,
/// so the allocator gives the pages of a table that was rebuilt to the next one, and the kernel need not clear new ones.
const PAGE: usize = 256;

/// The fewest chunks by which a page grows.
const LEAST_GROWTH: usize = 16;

/// Otherwise the last page grows by one in so many of the slab's chunks, so that at most a fifth of them is unused, and that page of
/// a large slab never moves.
const GROWTH_SHARE: usize = 4;

/// A link to a chunk: its number plus one, 0 for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Link(u32);

impl Link {
    /// Bits of a link.
    pub(super) const BITS: u32 = 28;

    /// The link in the low bits of a number: the inverse of [`Self::bits`].
    #[inline]
    pub(super) fn from_bits(bits: u32) -> Self {
        Self(bits & ((1 << Self::BITS) - 1))
    }

    /// The link as a number of [`Self::BITS`] bits; 0 for none.
    #[inline]
    pub(super) fn bits(self) -> u32 {
        self.0
    }
}

/// Up to ten postings, and a link to the chunk that was filled before this one.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C, align(64))]
struct Chunk {
    postings: [Posting; CAPACITY],
    /// The number of postings in the low 4 bits, the [`Link`] to the next chunk above them.
    count_and_next: u32,
}

impl Chunk {
    const COUNT_BITS: u32 = u32::BITS - Link::BITS;

    /// Up to ten postings before a chain.
    fn of(postings: &[Posting], next: Link) -> Self {
        let mut chunk = Self::default();
        let mut count = 0;
        for (to, from) in chunk.postings.iter_mut().zip(postings) {
            *to = *from;
            count += 1;
        }
        chunk.count_and_next = next.0 << Self::COUNT_BITS | count;
        chunk
    }

    fn decode(bytes: &[u8; size_of::<Self>()]) -> Self {
        let mut chunk = Self::default();
        let (postings, rest) = bytes.as_chunks();
        chunk.postings.iter_mut().zip(postings).for_each(|(to, from)| *to = *from);
        chunk.count_and_next = rest.first_chunk().map_or(0, |last| u32::from_le_bytes(*last));
        chunk
    }

    #[inline]
    fn count(&self) -> usize {
        (self.count_and_next & ((1 << Self::COUNT_BITS) - 1)) as usize
    }

    #[inline]
    fn next(&self) -> Link {
        Link(self.count_and_next >> Self::COUNT_BITS)
    }

    fn set_next(&mut self, next: Link) {
        self.count_and_next =
            next.0 << Self::COUNT_BITS | self.count_and_next & ((1 << Self::COUNT_BITS) - 1);
    }
}

/// All chunks of one table.
#[derive(Debug, Default)]
pub(super) struct Slab {
    pages: Vec<Vec<Chunk>>,
    /// The chain of free chunks.
    free: Link,
}

impl Slab {
    /// The most chunks of a slab: 16 GiB.
    pub(super) const MAX_CHUNKS: usize = (1 << Link::BITS) - 1;

    /// Adds a posting at the front of the chain at `head`. Returns the new front of the chain; `None` if the slab is
    /// full.
    #[inline]
    pub(super) fn push(&mut self, head: Link, posting: Posting) -> Option<Link> {
        if let Some(chunk) = self.get_mut(head) {
            let count = chunk.count();
            if let Some(place) = chunk.postings.get_mut(count) {
                *place = posting;
                chunk.count_and_next += 1;
                return Some(head);
            }
        }
        self.add(Chunk::of(&[posting], head))
    }

    /// Makes a chain of postings, the oldest first. Returns its front, which is that of pushing one after the other; `None` if the
    /// slab is full.
    pub(super) fn chain(&mut self, postings: &[Posting]) -> Option<Link> {
        let mut chunks = postings.chunks(CAPACITY);
        chunks.try_fold(Link::default(), |next, postings| self.add(Chunk::of(postings, next)))
    }

    #[inline(never)]
    fn add(&mut self, chunk: Chunk) -> Option<Link> {
        let free = self.free;
        match self.get_mut(free) {
            None => self.append(chunk),
            Some(place) => {
                let next = place.next();
                *place = chunk;
                self.free = next;
                Some(free)
            }
        }
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
        if page.len() == page.capacity() {
            page.reserve_exact((number / GROWTH_SHARE).max(LEAST_GROWTH).min(PAGE - page.len()));
        }
        page.push(chunk);
        u32::try_from(number + 1).ok().map(Link)
    }

    /// Removes a chain: returns its postings, oldest first, and frees its chunks.
    pub(super) fn take(&mut self, chain: Link) -> Vec<Posting> {
        let (mut postings, mut link) = (Vec::new(), chain);
        while let Some((chunk, next)) = self.chunk(link) {
            postings.extend(chunk.iter().rev());
            self.give_back(link);
            link = next;
        }
        postings.reverse();
        postings
    }

    /// Removes one posting from a chain. Returns the new front of the chain, or `None` if the posting is not there.
    /// The others stay in order. An empty chunk is freed; a chunk with other postings keeps the unused room until the
    /// table is rebuilt.
    ///
    /// Linear in the chunks from the front to the posting.
    pub(super) fn remove(&mut self, chain: Link, posting: Posting) -> Option<Link> {
        let (mut before, mut link) = (None, chain);
        let (at, next) = loop {
            let (postings, next) = self.chunk(link)?;
            if let Some(at) = postings.iter().position(|other| *other == posting) {
                break (at, next);
            }
            before = Some(link);
            link = next;
        };
        let chunk = self.get_mut(link)?;
        let count = chunk.count();
        chunk.postings.get_mut(at..count)?.rotate_left(1);
        chunk.count_and_next -= 1;
        if count > 1 {
            return Some(chain);
        }
        self.give_back(link);
        let Some(before) = before else { return Some(next) };
        self.get_mut(before)?.set_next(next);
        Some(chain)
    }

    fn give_back(&mut self, link: Link) {
        let free = self.free;
        if let Some(chunk) = self.get_mut(link) {
            *chunk = Chunk { count_and_next: free.0 << Chunk::COUNT_BITS, ..Chunk::default() };
            self.free = link;
        }
    }

    #[inline]
    fn get(&self, link: Link) -> Option<&Chunk> {
        let number = (link.0 as usize).checked_sub(1)?;
        self.pages.get(number / PAGE)?.get(number % PAGE)
    }

    #[inline]
    fn get_mut(&mut self, link: Link) -> Option<&mut Chunk> {
        let number = (link.0 as usize).checked_sub(1)?;
        self.pages.get_mut(number / PAGE)?.get_mut(number % PAGE)
    }

    /// Reads a chunk into the cache. Returns a value that depends on it, so that the read is not optimised away.
    #[inline]
    pub(super) fn touch(&self, link: Link) -> u32 {
        self.get(link).map_or(0, |chunk| chunk.count_and_next)
    }

    /// Reads the chunks of some chains into the cache: the first ones of all, then the second ones, so that the reads of a round do
    /// not wait for one another. Chains are left at their ends.
    pub(super) fn touch_all(&self, chains: &mut [Link]) {
        let mut is_open = true;
        while is_open {
            is_open = false;
            for link in chains.iter_mut() {
                *link = self.get(*link).map_or(Link::default(), Chunk::next);
                is_open |= *link != Link::default();
            }
        }
        // So that the reads are not optimised away.
        std::hint::black_box(chains);
    }

    /// The postings of one chunk, oldest first, and the link to the chunk that was filled before it.
    #[inline]
    pub(super) fn chunk(&self, link: Link) -> Option<(&[Posting], Link)> {
        let chunk = self.get(link)?;
        Some((chunk.postings.get(..chunk.count())?, chunk.next()))
    }

    /// The chunks of a chain, the newest first.
    pub(super) fn chunks(&self, chain: Link) -> impl Iterator<Item = &[Posting]> {
        let mut link = chain;
        std::iter::from_fn(move || {
            let (postings, next) = self.chunk(link)?;
            link = next;
            Some(postings)
        })
    }

    /// Appends the slab: the first free chunk, the number of chunks, and the chunks.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let count: usize = self.pages.iter().map(Vec::len).sum();
        out.extend_from_slice(&self.free.0.to_le_bytes());
        out.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
        for chunk in self.pages.iter().flatten() {
            out.extend_from_slice(chunk.postings.as_flattened());
            out.extend_from_slice(&chunk.count_and_next.to_le_bytes());
        }
    }

    /// The slab at the front of `bytes`, and the bytes after it; `None` if there is none.
    pub(super) fn decode(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (free, bytes) = bytes.split_first_chunk()?;
        let (count, bytes) = bytes.split_first_chunk()?;
        let count = u32::from_le_bytes(*count) as usize;
        let (chunks, rest) = bytes.split_at_checked(count.checked_mul(size_of::<Chunk>())?)?;
        let (chunks, _) = chunks.as_chunks::<{ size_of::<Chunk>() }>();
        let pages = chunks.chunks(PAGE).map(|page| page.iter().map(Chunk::decode).collect()).collect();
        Some((Self { pages, free: Link(u32::from_le_bytes(*free)) }, rest))
    }

    /// Postings in all chunks.
    pub(super) fn postings(&self) -> usize {
        self.pages.iter().flatten().map(Chunk::count).sum()
    }

    /// Whether every chain ends: those at `fronts` and that of the free chunks. Every link leads to a chunk, and no
    /// two to the same one, as they would if a chain ran into itself or into another. Linear in the chunks.
    pub(super) fn chains_end(&self, fronts: impl Iterator<Item = Link>) -> bool {
        let mut linked = vec![false; self.pages.iter().map(Vec::len).sum()];
        let links = self.pages.iter().flatten().map(Chunk::next).chain([self.free]).chain(fronts);
        links
            .filter_map(|link| (link.0 as usize).checked_sub(1))
            .all(|number| linked.get_mut(number).is_some_and(|is_linked| !std::mem::replace(is_linked, true)))
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

    fn posting(number: u32) -> Posting {
        let [a, b, c, d] = number.to_le_bytes();
        [a, b, c, d, 0, 0]
    }

    fn numbers<'a>(postings: impl Iterator<Item = &'a Posting>) -> Vec<u32> {
        postings.map(|p| u32::from_le_bytes([p[0], p[1], p[2], p[3]])).collect()
    }

    fn oldest_first(slab: &Slab, chain: Link) -> Vec<u32> {
        let mut numbers = numbers(slab.chunks(chain).flat_map(|chunk| chunk.iter().rev()));
        numbers.reverse();
        numbers
    }

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
            *head = slab.push(*head, posting(i)).unwrap();
        }
        for (which, head) in heads.into_iter().enumerate() {
            let found = numbers(slab.chunks(head).flat_map(|chunk| chunk.iter().rev()));
            let expected: Vec<u32> = (0..5_000).rev().filter(|i| *i as usize % 3 == which).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn removing_takes_one_posting_and_gives_empty_chunks_back() {
        let mut slab = Slab::default();
        let mut chains = [Link::default(); 2];
        let fill = |slab: &mut Slab, chain: &mut Link| {
            // Every number twice.
            for i in 0..70 {
                *chain = slab.push(*chain, posting(i / 2)).unwrap();
            }
        };
        for chain in &mut chains {
            fill(&mut slab, chain);
        }
        let bytes = slab.bytes();
        let mut expected: Vec<u32> = (0..70).map(|i| i / 2).collect();
        for number in [0, 34, 17, 17, 34, 0].into_iter().chain(1..17).chain(18..34).chain(1..17).chain(18..34)
        {
            chains[0] = slab.remove(chains[0], posting(number)).unwrap();
            // Of two equal postings either may be removed.
            expected.remove(expected.iter().position(|other| *other == number).unwrap());
            assert_eq!(oldest_first(&slab, chains[0]), expected);
            assert_eq!(slab.remove(chains[0], posting(99)), None);
        }
        assert_eq!(chains[0], Link::default(), "the chain is empty");
        assert_eq!(slab.postings(), 70);
        assert!(slab.chains_end(chains.into_iter()));
        fill(&mut slab, &mut chains[0]);
        assert_eq!(slab.bytes(), bytes);
        assert_eq!(numbers(slab.take(chains[1]).iter()), (0..70).map(|i| i / 2).collect::<Vec<_>>());
    }

    #[test]
    fn chunks_given_back_are_used_again() {
        let mut slab = Slab::default();
        let (mut a, mut b) = (Link::default(), Link::default());
        for i in 0..95 {
            a = slab.push(a, posting(i)).unwrap();
            b = slab.push(b, posting(1000 + i)).unwrap();
        }
        let bytes = slab.bytes();
        assert_eq!(numbers(slab.take(a).iter()), (0..95).collect::<Vec<_>>());
        let mut c = Link::default();
        for i in 0..95 {
            c = slab.push(c, posting(i)).unwrap();
        }
        assert_eq!(slab.bytes(), bytes);
        assert_eq!(numbers(slab.take(b).iter()), (1000..1095).collect::<Vec<_>>());
        assert_eq!(numbers(slab.take(c).iter()), (0..95).collect::<Vec<_>>());
    }
}
