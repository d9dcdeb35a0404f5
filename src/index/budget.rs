//! Which of the common fingerprints are read: from the rarest on, as long as the limits allow.
//!
//! How many visible postings one has is known at once where all slots are visible. Otherwise it is known that there
//! are at least as many as sources, less the hidden ones. The fingerprints are taken in the order of what is
//! known to be the least, and counted when their turn comes.

use std::collections::BTreeMap;

use crate::fingerprint::ContextMatch;

use super::chain::{Chain, Hit, Visible};
use super::common::{Common, LEAST_POSTINGS, Place, SAMPLE};
use super::layout::Slot;

/// What a look-up found.
#[derive(Debug, Default)]
pub struct LookUp {
    /// The postings, in no particular order.
    pub hits: Vec<Hit>,
    /// The fingerprints that were left unread but for a sample, by their places in the list.
    pub unread: Vec<Unread>,
}

/// A fingerprint that is so common that no more was read of it than a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// Which of the fingerprints that were looked up, by its place in the list.
    pub fingerprint: u32,
    /// Whether it has more visible postings than [`Visible::cap`].
    pub exceeds_cap: bool,
}

/// How much a look-up reads. A fingerprint of more than 128 visible postings is *common*; the others are read in
/// any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadLimits {
    /// Postings of one common fingerprint. Of one that has more only a sample is read, the sixteen of the lowest
    /// slots.
    pub per_fingerprint: u32,
    /// Postings of common fingerprints in all. They are read from the rarest to the commonest; from the first for
    /// which not enough is left on only samples.
    pub in_all: u32,
}

impl ReadLimits {
    /// Everything is read.
    pub const NONE: Self = Self { per_fingerprint: u32::MAX, in_all: u32::MAX };
}

/// A fingerprint that has more than [`LEAST_POSTINGS`], visible or not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rival<'a> {
    pub(super) chain: Chain<'a>,
    /// Where it was set apart.
    pub(super) apart: Option<&'a Common>,
    /// How many visible postings it has, or what is known of that.
    pub(super) visible: Count,
}

/// How many postings are visible.
#[derive(Debug, Clone, Copy)]
pub(super) enum Count {
    Exactly(u32),
    Between(u32, u32),
}

impl<'a> Rival<'a> {
    /// One that was set apart, of whose postings those of up to `hidden` slots may not be visible.
    pub(super) fn apart(chain: Chain<'a>, common: &'a Common, hidden: u32) -> Self {
        let (count, sources) = (common.count(), common.sources());
        let visible = if hidden == 0 {
            Count::Exactly(count)
        } else {
            Count::Between(sources.saturating_sub(hidden), count)
        };
        Self { chain, apart: Some(common), visible }
    }

    /// By this they are taken: the least that it may have, then its place in the list.
    fn key(&self) -> (u32, u32) {
        let (Count::Exactly(least) | Count::Between(least, _)) = self.visible;
        (least, self.chain.number)
    }
}

/// Reads common fingerprints. What it had to count or to search through once, it remembers by the hash: a long text may
/// have the same fingerprint thousands of times.
pub(super) struct Reader<F> {
    pub(super) rule: ContextMatch,
    pub(super) visible: Visible<F>,
    counts: BTreeMap<u64, (u32, bool)>,
    samples: BTreeMap<u64, Vec<Place>>,
}

impl<F: FnMut(Slot) -> bool> Reader<F> {
    pub(super) fn new(rule: ContextMatch, visible: Visible<F>) -> Self {
        Self { rule, visible, counts: BTreeMap::new(), samples: BTreeMap::new() }
    }

    /// Reads of the rivals what the limits allow, and samples of the others.
    pub(super) fn read(&mut self, rivals: Vec<Rival<'_>>, limits: ReadLimits, out: &mut LookUp) {
        let mut rivals: BTreeMap<(u32, u32), Rival<'_>> =
            rivals.into_iter().map(|rival| (rival.key(), rival)).collect();
        let (mut left, mut unread) = (limits.in_all, Vec::new());
        while let Some(((least, _), mut rival)) = rivals.pop_first() {
            let most = left.min(limits.per_fingerprint);
            if least > most.max(LEAST_POSTINGS) {
                // The others have no less, and no more will be left for them.
                unread.push(rival);
                break;
            }
            let Count::Between(..) = rival.visible else {
                left = left.saturating_sub(least);
                self.read_all(&rival.chain, out);
                continue;
            };
            let count = self.count(&rival.chain, most.max(LEAST_POSTINGS));
            if count <= LEAST_POSTINGS {
                self.read_all(&rival.chain, out);
            } else if count <= most {
                rival.visible = Count::Exactly(count);
                rivals.insert(rival.key(), rival);
            } else {
                unread.push(rival);
            }
        }
        for rival in unread.into_iter().chain(rivals.into_values()) {
            self.read_sample(&rival, out);
        }
        out.unread.sort_unstable();
    }

    fn read_all(&mut self, chain: &Chain<'_>, out: &mut LookUp) {
        let rule = self.rule;
        chain.read(&mut self.visible, |place| out.hits.push(chain.hit(place, rule)));
    }

    fn read_sample(&mut self, rival: &Rival<'_>, out: &mut LookUp) {
        let (chain, fingerprint) = (&rival.chain, rival.chain.number);
        let cap = self.visible.cap;
        let exceeds_cap = match rival.visible {
            Count::Exactly(count) => count > cap,
            Count::Between(_, most) if most <= cap => false,
            Count::Between(least, _) => least > cap || self.count(chain, cap) > cap,
        };
        out.unread.push(Unread { fingerprint, exceeds_cap });
        let mut sample = rival.apart.map(|common| self.seen_of(common.lowest())).unwrap_or_default();
        if sample.len() < SAMPLE {
            let Self { samples, visible, .. } = self;
            let lowest = samples.entry(chain.fingerprint.hash).or_insert_with(|| chain.lowest(visible));
            sample.clone_from(lowest);
        }
        let rule = self.rule;
        out.hits.extend(sample.into_iter().map(|place| chain.hit(place, rule)));
    }

    /// Of the postings of the lowest slots the visible ones; all that a sample takes, if they are enough.
    fn seen_of(&mut self, places: &[Place]) -> Vec<Place> {
        places.iter().filter(|(slot, _)| self.visible.sees(*slot)).take(SAMPLE).copied().collect()
    }

    /// How many postings are visible, or some number over the limit if that many are.
    fn count(&mut self, chain: &Chain<'_>, limit: u32) -> u32 {
        let hash = chain.fingerprint.hash;
        match self.counts.get(&hash) {
            Some((count, is_all)) if *is_all || *count > limit => *count,
            _ => {
                let counted = chain.count(limit, &mut self.visible);
                self.counts.insert(hash, counted);
                counted.0
            }
        }
    }
}
