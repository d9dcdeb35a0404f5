//! A hash table of chains of postings.

use crate::fingerprint::Context;

use super::layout::{Layout, Posting, Slot};
use super::slab::{Link, Slab};

/// Postings a head has on average before the table doubles. Between a half and the whole of this, a
/// posting takes 7.5 to 8.5 bytes, and a chain has two or three chunks.
const MAX_LOAD: usize = 28;

/// The postings of one shard.
#[derive(Debug)]
pub(super) struct Table {
    layout: Layout,
    heads: Vec<Link>,
    slab: Slab,
    postings: usize,
}

/// What a look-up reads of one fingerprint: where in its chain it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor {
    tag: u64,
    link: Link,
}

impl Default for Table {
    fn default() -> Self {
        Self::with_layout(Layout::SMALLEST)
    }
}

impl Table {
    fn with_layout(layout: Layout) -> Self {
        let heads = vec![Link::default(); 1 << layout.head_bits];
        Self { layout, heads, slab: Slab::default(), postings: 0 }
    }

    /// Whether `more` postings of sources up to `slot` can be added as it stands.
    pub(super) fn has_room(&self, more: usize, slot: Slot) -> bool {
        self.wanted_layout(self.postings + more, slot) == self.layout
    }

    /// Doubled as often as it takes to have room for `more` postings of sources up to `slot`.
    pub(super) fn grown(&self, more: usize, slot: Slot) -> Self {
        self.rebuilt(self.wanted_layout(self.postings + more, slot), |_| true)
    }

    /// The table without the postings of the sources that `keep` refuses.
    pub(super) fn purged(&self, keep: impl Fn(Slot) -> bool) -> Self {
        self.rebuilt(self.layout, keep)
    }

    fn wanted_layout(&self, postings: usize, slot: Slot) -> Layout {
        let wanted_heads = postings.div_ceil(MAX_LOAD).next_power_of_two().ilog2();
        let wanted_slots = u32::BITS - slot.number().leading_zeros();
        let (heads, slots) =
            (self.layout.head_bits.max(wanted_heads), self.layout.slot_bits.max(wanted_slots));
        if (heads, slots) == (self.layout.head_bits, self.layout.slot_bits) {
            self.layout
        } else {
            self.layout.grown(heads, slots)
        }
    }

    fn rebuilt(&self, layout: Layout, keep: impl Fn(Slot) -> bool) -> Self {
        let mut table = Self::with_layout(layout);
        self.for_each(|hash, context, slot| {
            if keep(slot) {
                table.insert(hash, context, slot);
            }
        });
        table
    }

    /// The table cut into `2^bits` by the first bits of the hash. In the parts, hashes have lost those.
    pub(super) fn split(&self, bits: u32) -> Vec<Self> {
        let layout = Layout { head_bits: self.layout.head_bits.saturating_sub(bits), ..self.layout };
        let mut parts: Vec<Self> = (0..1 << bits).map(|_| Self::with_layout(layout)).collect();
        self.for_each(|hash, context, slot| {
            #[expect(clippy::cast_possible_truncation, reason = "a few bits")]
            let part = (hash >> (u64::BITS - bits)) as usize;
            if let Some(table) = parts.get_mut(part) {
                table.insert(hash << bits, context, slot);
            }
        });
        parts
    }

    /// Calls `each` with every posting; those of a chain in the order in which they were added.
    fn for_each(&self, mut each: impl FnMut(u64, Context, Slot)) {
        let mut chunks: Vec<&[Posting]> = Vec::new();
        for (head, first) in self.heads.iter().enumerate() {
            let mut link = *first;
            while let Some((postings, next)) = self.slab.chunk(link) {
                chunks.push(postings);
                link = next;
            }
            for posting in chunks.drain(..).rev().flatten() {
                let (tag, context, slot) = self.layout.unpack(*posting);
                each(self.layout.hash(head, tag), context, slot);
            }
        }
    }

    /// Adds a posting; the caller made sure that it [has room](Self::has_room). Constant time. Gives
    /// whether the posting was added: it is not when the table's chunks are used up.
    pub(super) fn insert(&mut self, hash: u64, context: Context, slot: Slot) -> bool {
        let posting = self.layout.pack(self.layout.tag(hash), context, slot);
        let head = self.layout.head(hash);
        let Some(link) = self.heads.get_mut(head) else { return false };
        let Some(front) = self.slab.push(*link, posting) else { return false };
        *link = front;
        self.postings += 1;
        true
    }

    /// Where the postings of a fingerprint begin.
    #[inline]
    pub(super) fn cursor(&self, hash: u64) -> Cursor {
        let link = self.heads.get(self.layout.head(hash)).copied().unwrap_or_default();
        Cursor { tag: self.layout.tag(hash), link }
    }

    /// Reads the next chunk of a chain without looking at it, so that it is in the cache when
    /// [`Self::step`] does. Gives something that depends on what was read.
    #[inline]
    pub(super) fn touch(&self, cursor: Cursor) -> usize {
        self.slab.chunk(cursor.link).map_or(0, |(postings, _)| postings.len())
    }

    /// Calls `each` with the context and the slot of the fingerprint's postings in the next chunk, the
    /// newest first, and moves on. `false` at the end of the chain.
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

    /// Postings in the table.
    pub(super) fn postings(&self) -> usize {
        self.postings
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.heads.capacity() * size_of::<Link>() + self.slab.bytes()
    }
}
