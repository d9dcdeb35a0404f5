//! Postings of many sources, by stem, that never change.

use super::Profile;
use super::profile::Key;
use crate::model::Slot;

/// Bits of a posting that hold the weight; the slot is above them.
const WEIGHT_BITS: u32 = u32::BITS - Slot::MAX_BITS;

/// A source with a weight for a stem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Posting(u32);

impl Posting {
    fn new(slot: Slot, weight: u8) -> Self {
        Self(slot.number() << WEIGHT_BITS | u32::from(weight))
    }

    pub(super) fn slot(self) -> Slot {
        Slot::from_low_bits(self.0 >> WEIGHT_BITS)
    }

    pub(super) fn weight(self) -> u32 {
        self.0 & ((1 << WEIGHT_BITS) - 1)
    }
}

/// A source and its profile.
#[derive(Debug, Clone)]
pub(super) struct Profiled {
    pub(super) slot: Slot,
    pub(super) profile: Profile,
}

impl Profiled {
    /// Adds the product of its profile and another to the number at its slot.
    pub(super) fn add_product(&self, other: &Profile, products: &mut [u32]) {
        if let Some(product) = products.get_mut(self.slot.index()) {
            *product += other.product(&self.profile);
        }
    }

    /// Its bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(self.profile.terms())
    }
}

/// The postings of some sources: 4 bytes for each stem of a source, and 8 bytes for each stem.
#[derive(Debug, Default)]
pub(super) struct Segment {
    /// The stems that any of the sources has, sorted.
    keys: Vec<Key>,
    /// Where the postings of each stem end.
    ends: Vec<u32>,
    /// The postings of each stem, in order of slots.
    postings: Vec<Posting>,
}

/// A stem with its postings.
#[derive(Debug, Clone, Copy)]
struct List<'a> {
    key: Key,
    postings: &'a [Posting],
}

impl Segment {
    /// The postings of these sources. Linear but for a sort.
    pub(super) fn of<'a>(sources: impl Iterator<Item = &'a Profiled>) -> Self {
        let most = sources.size_hint().1.unwrap_or(0);
        let mut all: Vec<KeyedPosting> = Vec::with_capacity(most * Profile::MAX_TERMS);
        for Profiled { slot, profile } in sources {
            let posting = |weight| Posting::new(*slot, weight);
            all.extend(profile.terms().iter().map(|term| KeyedPosting::new(term.key, posting(term.weight))));
        }
        all.sort_unstable();
        let mut segment = Self { postings: Vec::with_capacity(all.len()), ..Self::default() };
        for run in all.chunk_by(|a, b| a.key() == b.key()) {
            segment.postings.extend(run.iter().map(|one| one.posting()));
            segment.close(run.first().map_or(0, |first| first.key()));
        }
        segment
    }

    /// Ends the list of a stem, if it has postings.
    fn close(&mut self, key: Key) {
        let end = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
        if end > self.ends.last().copied().unwrap_or(0) {
            self.keys.push(key);
            self.ends.push(end);
        }
    }

    /// Number of postings.
    pub(super) fn len(&self) -> usize {
        self.postings.len()
    }

    /// The postings of a stem, in order of slots.
    pub(super) fn list(&self, key: Key) -> &[Posting] {
        self.keys.binary_search(&key).map_or(&[], |place| self.list_at(place))
    }

    fn list_at(&self, place: usize) -> &[Posting] {
        let end = |place: usize| self.ends.get(place).map_or(0, |end| *end as usize);
        let start = place.checked_sub(1).map_or(0, end);
        self.postings.get(start..end(place)).unwrap_or_default()
    }

    fn lists(&self) -> impl Iterator<Item = List<'_>> {
        self.keys.iter().enumerate().map(|(place, key)| List { key: *key, postings: self.list_at(place) })
    }

    /// Whether it has the postings of a source.
    pub(super) fn has(&self, slot: Slot, profile: &Profile) -> bool {
        let first = profile.terms().first();
        first.is_some_and(|term| self.list(term.key).binary_search(&Posting::new(slot, term.weight)).is_ok())
    }

    /// The postings of two segments. Linear in both.
    pub(super) fn merged(&self, other: &Self) -> Self {
        let mut merged = Self {
            keys: Vec::with_capacity(self.keys.len() + other.keys.len()),
            ends: Vec::with_capacity(self.keys.len() + other.keys.len()),
            postings: Vec::with_capacity(self.len() + other.len()),
        };
        let (mut ours, mut theirs) = (self.lists().peekable(), other.lists().peekable());
        loop {
            let key = match (ours.peek(), theirs.peek()) {
                (Some(one), Some(two)) => one.key.min(two.key),
                (Some(one), None) | (None, Some(one)) => one.key,
                (None, None) => break,
            };
            let of_key = |list: &List<'_>| list.key == key;
            let one = ours.next_if(of_key).map_or(&[][..], |list| list.postings);
            let two = theirs.next_if(of_key).map_or(&[][..], |list| list.postings);
            merged.extend_in_order(one, two);
            merged.close(key);
        }
        merged.give_back();
        merged
    }

    /// Appends two lists in order of slots.
    fn extend_in_order(&mut self, one: &[Posting], two: &[Posting]) {
        let (first, second) = if one.first() <= two.first() { (one, two) } else { (two, one) };
        let start = self.postings.len();
        self.postings.extend_from_slice(first);
        self.postings.extend_from_slice(second);
        // Mostly the sources of one list are newer than those of the other.
        if first.last() > second.first() && !second.is_empty() {
            self.postings.get_mut(start..).unwrap_or_default().sort_unstable();
        }
    }

    /// The postings of the sources that are to be kept. Linear.
    pub(super) fn kept(&self, keep: impl Fn(Slot) -> bool) -> Self {
        let mut kept = Self::default();
        for List { key, postings } in self.lists() {
            kept.postings.extend(postings.iter().copied().filter(|posting| keep(posting.slot())));
            kept.close(key);
        }
        kept.give_back();
        kept
    }

    fn give_back(&mut self) {
        self.keys.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.postings.shrink_to_fit();
    }

    /// Its bytes in memory.
    pub(super) fn bytes(&self) -> usize {
        self.postings.capacity() * size_of::<Posting>()
            + self.keys.capacity() * size_of::<Key>()
            + self.ends.capacity() * size_of::<u32>()
    }
}

/// A posting below its stem, so that numbers sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct KeyedPosting(u64);

impl KeyedPosting {
    fn new(key: Key, posting: Posting) -> Self {
        Self(u64::from(key) << u32::BITS | u64::from(posting.0))
    }

    fn key(self) -> Key {
        (self.0 >> u32::BITS) as Key
    }

    #[expect(clippy::cast_possible_truncation, reason = "the low bits are the posting")]
    fn posting(self) -> Posting {
        Posting(self.0 as u32)
    }
}
