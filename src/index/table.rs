//! A hash table of chains of postings.

mod encoding;

use std::collections::BTreeMap;

use crate::fingerprint::Context;

use super::common::{self, Common};
use super::layout::{Layout, Posting};
use super::slab::{self, Link, Slab};
use crate::model::Slot;

/// The range of the maximum load: the average number of postings of a head at which a table doubles. At an average load
/// of 40 a posting takes 7.2 bytes, and a chain has four or five chunks.
const MAX_LOAD: std::ops::RangeInclusive<usize> = 28..=56;

/// A chain of more chunks than this is searched for common fingerprints. If there are none, all of its fingerprints are
/// set apart: chance makes no chain this long at loads of up to 56 postings, which are six chunks.
const LONG_CHAIN: usize = 32;

/// One in this number of new chunks has the length of its chain checked, so that the check costs little.
const ASK_EVERY: u32 = 8;

/// Heads whose chains are read into the cache together when all postings are read: some 20 KiB of chunks.
const HEADS_AHEAD: usize = 64;

/// The front of a chain, and whether some or all of its fingerprints are set apart.
#[derive(Debug, Clone, Copy, Default)]
struct Head(u32);

impl Head {
    const HAS_COMMON: u32 = 1 << Link::BITS;
    const IS_CROWDED: u32 = Self::HAS_COMMON << 1;

    #[inline]
    fn link(self) -> Link {
        Link::from_bits(self.0)
    }

    #[inline]
    fn has_common(self) -> bool {
        self.0 & Self::HAS_COMMON != 0
    }

    #[inline]
    fn is_crowded(self) -> bool {
        self.0 & Self::IS_CROWDED != 0
    }

    fn with_link(self, link: Link) -> Self {
        Self(self.0 & (Self::HAS_COMMON | Self::IS_CROWDED) | link.bits())
    }
}

/// The postings of one shard.
#[derive(Debug)]
pub(super) struct Table {
    layout: Layout,
    max_load: usize,
    heads: Vec<Head>,
    slab: Slab,
    /// By head and tag.
    commons: BTreeMap<(usize, u64), Common>,
    postings: usize,
}

/// The position of a look-up in the chain of one fingerprint.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor {
    tag: u64,
    link: Link,
}

impl Default for Table {
    /// An empty table.
    fn default() -> Self {
        Self::with_layout(Layout::SMALLEST, usize::midpoint(*MAX_LOAD.start(), *MAX_LOAD.end()))
    }
}

impl Table {
    fn with_layout(layout: Layout, max_load: usize) -> Self {
        let heads = vec![Head::default(); 1 << layout.head_bits];
        Self { layout, max_load, heads, slab: Slab::default(), commons: BTreeMap::new(), postings: 0 }
    }

    /// Whether `more` postings of sources up to `slot` fit into the table.
    pub(super) fn has_room(&self, more: usize, slot: Slot) -> bool {
        self.postings + more <= self.heads.len() * self.max_load && slot.bits() <= self.layout.slot_bits
    }

    /// A larger table with the same postings and room for `more` postings of sources up to `slot`.
    pub(super) fn grown(&self, more: usize, slot: Slot) -> Self {
        let heads = (self.postings + more).div_ceil(self.max_load).next_power_of_two().ilog2();
        let (heads, slots) = (self.layout.head_bits.max(heads), self.layout.slot_bits.max(slot.bits()));
        self.rebuilt(self.layout.grown(heads, slots), |_| true)
    }

    /// The table without the postings of slots for which `keep` is false.
    pub(super) fn purged(&self, keep: impl Fn(Slot) -> bool) -> Self {
        self.rebuilt(self.layout, keep)
    }

    /// The table with another layout, of as many heads or more. The postings of a chain go to neighbouring chains, which are made
    /// one after the other, so that the new chunks are written in order.
    fn rebuilt(&self, layout: Layout, keep: impl Fn(Slot) -> bool) -> Self {
        let mut table = Self::with_layout(layout, self.max_load);
        let bits = layout.head_bits.saturating_sub(self.layout.head_bits);
        let mut parts: Vec<Vec<Posting>> = vec![Vec::new(); 1 << bits];
        self.for_each_chain(|head, chunks| {
            for posting in chunks.iter().rev().copied().flatten() {
                let (tag, context, slot) = self.layout.unpack(*posting);
                let hash = self.layout.hash(head, tag);
                if let Some(part) = parts.get_mut(layout.head(hash) - (head << bits)).filter(|_| keep(slot)) {
                    part.push(layout.pack(layout.tag(hash), context, slot));
                }
            }
            for (number, part) in (head << bits..).zip(&mut parts) {
                table.put_chain(number, part);
                part.clear();
            }
        });
        self.for_each_apart(|hash, context, slot| {
            if keep(slot) {
                table.insert(hash, context, slot);
            }
        });
        table
    }

    /// Makes the chain of a head that has none.
    fn put_chain(&mut self, number: usize, postings: &[Posting]) {
        if postings.len() > LONG_CHAIN * slab::CAPACITY {
            for posting in postings {
                let (tag, context, slot) = self.layout.unpack(*posting);
                self.insert(self.layout.hash(number, tag), context, slot);
            }
            return;
        }
        let front = self.slab.chain(postings);
        if let Some((head, front)) = self.heads.get_mut(number).zip(front) {
            *head = head.with_link(front);
            self.postings += postings.len();
        }
    }

    /// The table split into `2^bits` parts by the first bits of the hash, which hashes in the parts no longer have.
    ///
    /// Each part doubles at another load, so that not all double at once, and a posting takes about the same memory at
    /// any size.
    pub(super) fn split(&self, bits: u32) -> Vec<Self> {
        let layout = Layout { head_bits: self.layout.head_bits.saturating_sub(bits), ..self.layout };
        let loads = MAX_LOAD.end() - MAX_LOAD.start();
        let max_load = |part: usize| MAX_LOAD.start() + ((part * loads) >> bits);
        let mut parts: Vec<Self> =
            (0..1_usize << bits).map(|part| Self::with_layout(layout, max_load(part))).collect();
        self.for_each(|hash, context, slot| {
            #[expect(clippy::cast_possible_truncation, reason = "a few bits")]
            let part = (hash >> (u64::BITS - bits)) as usize;
            if let Some(table) = parts.get_mut(part) {
                table.insert(hash << bits, context, slot);
            }
        });
        parts
    }

    /// Calls `each` with every posting, those of a chain in the order in which they were added.
    fn for_each(&self, mut each: impl FnMut(u64, Context, Slot)) {
        self.for_each_chain(|head, chunks| self.unpack_all(head, chunks, &mut each));
        self.for_each_apart(each);
    }

    /// Calls `each` with the number of every head and the chunks of its chain, the newest first.
    fn for_each_chain(&self, mut each: impl FnMut(usize, &[&[Posting]])) {
        let mut chunks: Vec<&[Posting]> = Vec::new();
        for (block, heads) in self.heads.chunks(HEADS_AHEAD).enumerate() {
            let mut ahead = [Link::default(); HEADS_AHEAD];
            ahead.iter_mut().zip(heads).for_each(|(link, head)| *link = head.link());
            self.slab.touch_all(&mut ahead);
            for (head, first) in (block * HEADS_AHEAD..).zip(heads) {
                chunks.clear();
                chunks.extend(self.slab.chunks(first.link()));
                each(head, &chunks);
            }
        }
    }

    /// Calls `each` with every posting of fingerprints that are set apart.
    fn for_each_apart(&self, mut each: impl FnMut(u64, Context, Slot)) {
        for ((head, _), common) in &self.commons {
            let chunks: Vec<&[Posting]> = self.slab.chunks(common.chain()).collect();
            self.unpack_all(*head, &chunks, &mut each);
        }
    }

    fn unpack_all(&self, head: usize, chunks: &[&[Posting]], each: &mut impl FnMut(u64, Context, Slot)) {
        for posting in chunks.iter().rev().copied().flatten() {
            let (tag, context, slot) = self.layout.unpack(*posting);
            each(self.layout.hash(head, tag), context, slot);
        }
    }

    /// Adds a posting; the caller has checked that there [is room](Self::has_room). Constant time, on average. Returns
    /// whether the posting was added: it is not if all chunks are in use.
    #[inline]
    pub(super) fn insert(&mut self, hash: u64, context: Context, slot: Slot) -> bool {
        let (number, tag) = (self.layout.head(hash), self.layout.tag(hash));
        let posting = self.layout.pack(tag, context, slot);
        let Some(head) = self.heads.get_mut(number) else { return false };
        if head.has_common()
            && let Some(added) = self.insert_apart(number, tag, posting)
        {
            return added;
        }
        let Some(head) = self.heads.get_mut(number) else { return false };
        let before = head.link();
        let Some(front) = self.slab.push(before, posting) else { return false };
        *head = head.with_link(front);
        self.postings += 1;
        if front != before && front.bits().is_multiple_of(ASK_EVERY) {
            self.set_apart_if_long(number);
        }
        true
    }

    /// Adds a posting of a fingerprint that is set apart; `None` if it is not.
    #[cold]
    fn insert_apart(&mut self, number: usize, tag: u64, posting: Posting) -> Option<bool> {
        let is_crowded = self.heads.get(number).is_some_and(|head| head.is_crowded());
        let common = match self.commons.get_mut(&(number, tag)) {
            None if is_crowded => self.commons.entry((number, tag)).or_default(),
            known => known?,
        };
        let added = common.push(&mut self.slab, self.layout, posting);
        self.postings += usize::from(added);
        Some(added)
    }

    /// Removes a posting that [`Self::insert`] added. Returns whether it was there.
    ///
    /// Linear in the postings that its chain got later, or as [`Common::remove`].
    pub(super) fn remove(&mut self, hash: u64, context: Context, slot: Slot) -> bool {
        if slot.bits() > self.layout.slot_bits {
            return false;
        }
        let (number, tag) = (self.layout.head(hash), self.layout.tag(hash));
        let posting = self.layout.pack(tag, context, slot);
        let removed = match self.commons.get_mut(&(number, tag)) {
            Some(common) => common.remove(&mut self.slab, self.layout, posting),
            None => self.heads.get_mut(number).is_some_and(|head| {
                let front = self.slab.remove(head.link(), posting);
                *head = front.map_or(*head, |front| head.with_link(front));
                front.is_some()
            }),
        };
        self.postings -= usize::from(removed);
        if self.commons.get(&(number, tag)).is_some_and(Common::is_empty) {
            self.commons.remove(&(number, tag));
            self.forget_set_apart(number);
        }
        removed
    }

    /// Clears the flags of a head if no fingerprint of its chain is set apart any more.
    fn forget_set_apart(&mut self, number: usize) {
        if self.commons.range((number, 0)..=(number, u64::MAX)).next().is_none()
            && let Some(head) = self.heads.get_mut(number)
        {
            *head = Head::default().with_link(head.link());
        }
    }

    #[inline(never)]
    fn set_apart_if_long(&mut self, number: usize) {
        let Some(head) = self.heads.get(number).copied() else { return };
        if self.slab.chunks(head.link()).nth(LONG_CHAIN).is_some() {
            self.set_apart(number, head);
        }
    }

    /// Sets the common fingerprints of a long chain apart; all of its fingerprints, if none is common.
    #[cold]
    fn set_apart(&mut self, number: usize, head: Head) {
        let tag_of = |posting: &Posting| self.layout.unpack(*posting).0;
        let mut tags: Vec<u64> = self.slab.chunks(head.link()).flatten().map(tag_of).collect();
        tags.sort_unstable();
        let common = tags.chunk_by(|a, b| a == b).filter(|same| same.len() > common::LEAST_POSTINGS as usize);
        let common: Vec<u64> = common.filter_map(|same| same.first().copied()).collect();
        let is_crowded = common.is_empty();
        let postings = self.slab.take(head.link());
        self.postings -= postings.len();
        self.commons.extend(common.into_iter().map(|tag| ((number, tag), Common::default())));
        if let Some(head) = self.heads.get_mut(number) {
            *head = Head(Head::HAS_COMMON | if is_crowded { Head::IS_CROWDED } else { 0 });
        }
        for posting in postings {
            let (tag, context, slot) = self.layout.unpack(posting);
            self.insert(self.layout.hash(number, tag), context, slot);
        }
    }

    /// The postings of a fingerprint, if it is set apart.
    #[inline]
    pub(super) fn common(&self, hash: u64) -> Option<&Common> {
        let number = self.layout.head(hash);
        self.heads.get(number).filter(|head| head.has_common())?;
        self.commons.get(&(number, self.layout.tag(hash)))
    }

    /// The beginning of the postings of a fingerprint that is not set apart.
    #[inline]
    pub(super) fn cursor(&self, hash: u64) -> Cursor {
        let head = self.heads.get(self.layout.head(hash)).copied().unwrap_or_default();
        Cursor { tag: self.layout.tag(hash), link: head.link() }
    }

    /// The beginning of the postings of a fingerprint that is set apart.
    pub(super) fn cursor_of(&self, common: &Common, hash: u64) -> Cursor {
        Cursor { tag: self.layout.tag(hash), link: common.chain() }
    }

    /// The front of the chain that the fingerprint is in unless it is set apart.
    #[inline]
    pub(super) fn front(&self, hash: u64) -> Link {
        self.heads.get(self.layout.head(hash)).map_or(Link::default(), |head| head.link())
    }

    /// Reads a chunk into the cache. Returns a value that depends on it, so that the read is not optimised away.
    #[inline]
    pub(super) fn touch_chunk(&self, link: Link) -> u32 {
        self.slab.touch(link)
    }

    /// Reads the next chunk of a chain into the cache for [`Self::step`]. Returns a value that depends on it, so that
    /// the read is not optimised away.
    #[inline]
    pub(super) fn touch(&self, cursor: Cursor) -> u32 {
        self.slab.touch(cursor.link)
    }

    /// Calls `each` with the context and the slot of the fingerprint's postings in the next chunk, the newest first,
    /// and advances the cursor. `false` at the end of the chain.
    #[inline]
    pub(super) fn step(&self, cursor: &mut Cursor, mut each: impl FnMut(Context, Slot)) -> bool {
        let Some((postings, next)) = self.slab.chunk(cursor.link) else { return false };
        for posting in postings.iter().rev() {
            let (tag, context, slot) = self.layout.unpack(*posting);
            if tag == cursor.tag {
                each(context, slot);
            }
        }
        cursor.link = next;
        next != Link::default()
    }

    /// Chunks of the longest chain that fingerprints share.
    #[cfg(test)]
    pub(super) fn longest_chain(&self) -> usize {
        self.heads.iter().map(|head| self.slab.chunks(head.link()).count()).max().unwrap_or(0)
    }

    /// Postings in the table.
    pub(super) fn postings(&self) -> usize {
        self.postings
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        let commons: usize = self.commons.values().map(Common::bytes).sum();
        self.heads.capacity() * size_of::<Head>() + self.slab.bytes() + commons
    }
}
