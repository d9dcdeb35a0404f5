//! Tables as bytes, for snapshots.

use super::{Head, MAX_LOAD, Table};
use crate::index::common::Common;
use crate::index::layout::Layout;
use crate::index::slab::Slab;

impl Table {
    /// The table as bytes.
    pub(in crate::index) fn encode(&self) -> Vec<u8> {
        let Layout { head_bits, slot_bits, tag_bits } = self.layout;
        let numbers = [head_bits, slot_bits, tag_bits, u32::try_from(self.max_load).unwrap_or(u32::MAX)];
        let mut out = Vec::with_capacity(self.bytes() + 64);
        for number in numbers {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&(self.postings as u64).to_le_bytes());
        for head in &self.heads {
            out.extend_from_slice(&head.0.to_le_bytes());
        }
        self.slab.encode(&mut out);
        for ((head, tag), common) in &self.commons {
            out.extend_from_slice(&(*head as u64).to_le_bytes());
            out.extend_from_slice(&tag.to_le_bytes());
            common.encode(&mut out);
        }
        out
    }

    /// Decodes the bytes of [`Self::encode`]; `None` if they are not those of a table.
    pub(in crate::index) fn decode(bytes: &[u8]) -> Option<Self> {
        let (numbers, bytes) = bytes.split_first_chunk::<16>()?;
        let [head_bits, slot_bits, tag_bits, max_load] = numbers_of(numbers)?;
        let layout = Layout::of_bits(head_bits, slot_bits, tag_bits)?;
        let (postings, bytes) = bytes.split_first_chunk()?;
        let (heads, bytes) = bytes.split_at_checked(4_usize.checked_shl(head_bits)?)?;
        let heads = numbers_in(heads).map(Head).collect();
        let (slab, rest) = Slab::decode(bytes)?;
        let mut table = Self::with_layout(Layout::SMALLEST, max_load as usize);
        table.layout = layout;
        table.heads = heads;
        table.slab = slab;
        table.postings = usize::try_from(u64::from_le_bytes(*postings)).ok()?;
        let mut numbers = numbers_in(rest).peekable();
        while numbers.peek().is_some() {
            let mut long = || Some(u64::from(numbers.next()?) | u64::from(numbers.next()?) << u32::BITS);
            let key = (usize::try_from(long()?).ok()?, long()?);
            table.commons.insert(key, Common::decode(&mut numbers)?);
        }
        if !rest.len().is_multiple_of(4) || !table.is_sound() {
            return None;
        }
        table.commons.values_mut().for_each(|common| common.survey(&table.slab, table.layout));
        Some(table)
    }

    /// Whether the table is safe to use with any postings: its chains end, its counts are right, and it can grow.
    fn is_sound(&self) -> bool {
        let fronts = self.heads.iter().map(|head| head.link());
        MAX_LOAD.contains(&self.max_load)
            && self.postings == self.slab.postings()
            && self.slab.chains_end(fronts.chain(self.commons.values().map(Common::chain)))
    }
}

/// The little-endian numbers in `bytes`.
fn numbers_in(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes))
}

fn numbers_of<const N: usize>(bytes: &[u8]) -> Option<[u32; N]> {
    let numbers: Vec<u32> = numbers_in(bytes).collect();
    numbers.try_into().ok()
}
