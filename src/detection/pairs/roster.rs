//! The texts that are compared with one another.
//!
//! Sources of the very same words, with the same words left out of the count, are *one text*: it is compared
//! once, and what holds for it holds for all its holders. A thousand copies of one text are one text to
//! compare, whatever the half a million pairs that they make.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::corpus::Entry;
use crate::model::Slot;

/// The group of a source that has none, or whose group doesn't matter.
const NO_GROUP: u32 = u32::MAX;

/// The sources that are compared, and the different texts among them.
#[derive(Debug)]
pub(super) struct Roster {
    /// In order of their ids; a source's place here stands for it.
    sources: Vec<Arc<Entry>>,
    /// The groups of the sources, by numbers.
    groups: Vec<u32>,
    /// Those of the fewest words first; of equals the one whose first holder is first.
    texts: Vec<Holders>,
    /// By slot: the text that the source there stands for, as its first holder.
    by_slot: Vec<Option<u32>>,
}

/// The sources that hold one text.
#[derive(Debug)]
struct Holders {
    /// Their places, ascending.
    places: Vec<u32>,
    /// For each: where in the list the next stands whose group is another.
    next_of_another_group: Vec<u32>,
    /// How many there are of each group, in order of the groups.
    by_group: Vec<(u32, u64)>,
}

impl Roster {
    /// For `sources` in order of their ids, and the places of those that hold one text, ascending.
    pub(super) fn new(sources: Vec<Arc<Entry>>, same: Vec<Vec<u32>>, leave_out_same_group: bool) -> Self {
        let groups = if leave_out_same_group { numbered(&sources) } else { vec![NO_GROUP; sources.len()] };
        let words = |places: &Vec<u32>| {
            places.first().and_then(|place| sources.get(*place as usize)).map_or(0, |entry| entry.words)
        };
        let mut same = same;
        same.sort_unstable_by_key(|places| (words(places), places.first().copied()));
        let texts: Vec<Holders> = same.into_iter().map(|places| Holders::new(places, &groups)).collect();
        let slots = sources.iter().map(|entry| entry.slot().index() + 1).max().unwrap_or(0);
        let mut by_slot = vec![None; slots];
        for (text, number) in texts.iter().zip(0..) {
            let first = text.places.first().and_then(|place| sources.get(*place as usize));
            if let Some(of_slot) = first.and_then(|entry| by_slot.get_mut(entry.slot().index())) {
                *of_slot = Some(number);
            }
        }
        Self { sources, groups, texts, by_slot }
    }

    pub(super) fn sources(&self) -> &[Arc<Entry>] {
        &self.sources
    }

    pub(super) fn texts(&self) -> usize {
        self.texts.len()
    }

    /// How many sources hold a text.
    pub(super) fn holders(&self, text: usize) -> u64 {
        self.texts.get(text).map_or(0, |holders| holders.places.len() as u64)
    }

    /// The place of the source that stands for a text: its first holder.
    pub(super) fn first_holder(&self, text: usize) -> Option<(usize, &Arc<Entry>)> {
        let place = *self.texts.get(text)?.places.first()? as usize;
        Some((place, self.sources.get(place)?))
    }

    /// The number of slots up to the last of a source that stands for a text.
    pub(super) fn slots(&self) -> usize {
        self.by_slot.len()
    }

    /// The text in a slot, if `text` is to be compared with it: if it comes later, so that two texts are
    /// compared once, and if any two of their holders make a pair.
    pub(super) fn partner(&self, text: usize, slot: Slot) -> Option<usize> {
        let other = self.by_slot.get(slot.index()).copied().flatten()? as usize;
        (other > text && self.pairs(text, other) > 0).then_some(other)
    }

    /// How many pairs the holders of two texts make, or those of one text among themselves.
    pub(super) fn pairs(&self, a: usize, b: usize) -> u64 {
        let (Some(one), Some(other)) = (self.texts.get(a), self.texts.get(b)) else { return 0 };
        let count = one.places.len() as u64;
        if a == b {
            let among = |count: u64| count * count.saturating_sub(1) / 2;
            let of_one_group: u64 = one.by_group.iter().map(|(_, count)| among(*count)).sum();
            return among(count) - of_one_group;
        }
        let theirs = |group| {
            other
                .by_group
                .binary_search_by_key(&group, |(group, _)| *group)
                .map_or(0, |at| other.by_group.get(at).map_or(0, |(_, count)| *count))
        };
        let of_one_group: u64 = one.by_group.iter().map(|(group, count)| count * theirs(*group)).sum();
        count * other.places.len() as u64 - of_one_group
    }

    /// Calls `each` with those pairs in order, and with whether the first of a pair holds the text `b`, until
    /// it gives `false`. Linear in the holders and in the calls.
    pub(super) fn for_each_pair(&self, a: usize, b: usize, mut each: impl FnMut((u32, u32), bool) -> bool) {
        let (Some(one), Some(other)) = (self.texts.get(a), self.texts.get(b)) else { return };
        if a == b {
            for (first, after) in one.places.iter().zip(1..) {
                if !self.with_partners(*first, one, after, |pair| each(pair, false)) {
                    return;
                }
            }
            return;
        }
        let (mut here, mut there) = (0, 0);
        while let (Some(first), Some(second)) = (one.places.get(here), other.places.get(there)) {
            let goes_on = if first < second {
                here += 1;
                self.with_partners(*first, other, there, |pair| each(pair, false))
            } else {
                there += 1;
                self.with_partners(*second, one, here, |pair| each(pair, true))
            };
            if !goes_on {
                return;
            }
        }
    }

    /// Joins sources so that any two that hang together by those pairs do. Linear in the holders.
    ///
    /// The first holder on each side, and the first of another group, are each joined with all that they make
    /// a pair with. Since sources of one group make pairs with the same others, that is enough.
    pub(super) fn for_each_link(&self, a: usize, b: usize, mut join: impl FnMut(u32, u32)) {
        let (Some(one), Some(other)) = (self.texts.get(a), self.texts.get(b)) else { return };
        for (hubs, places) in [(one, &other.places), (other, &one.places)] {
            let second = hubs.next_of_another_group.first().and_then(|at| hubs.places.get(*at as usize));
            for hub in hubs.places.first().into_iter().chain(second) {
                for place in places.iter().filter(|place| !self.are_of_one_group(*hub, **place)) {
                    join(*hub, *place);
                }
            }
        }
    }

    /// Calls `each` with `first` and those of the holders that it makes a pair with, from one on; whether to
    /// go on.
    fn with_partners(
        &self,
        first: u32,
        holders: &Holders,
        from: usize,
        mut each: impl FnMut((u32, u32)) -> bool,
    ) -> bool {
        let mut at = from;
        while let Some(second) = holders.places.get(at) {
            if self.are_of_one_group(first, *second) {
                at = holders.next_of_another_group.get(at).map_or(at + 1, |next| *next as usize);
                continue;
            }
            if !each((first, *second)) {
                return false;
            }
            at += 1;
        }
        true
    }

    fn are_of_one_group(&self, a: u32, b: u32) -> bool {
        let group = |place: u32| self.groups.get(place as usize).copied().unwrap_or(NO_GROUP);
        group(a) != NO_GROUP && group(a) == group(b)
    }
}

impl Holders {
    fn new(places: Vec<u32>, groups: &[u32]) -> Self {
        let group = |place: &u32| groups.get(*place as usize).copied().unwrap_or(NO_GROUP);
        let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
        for place in places.iter().filter(|place| group(place) != NO_GROUP) {
            *counts.entry(group(place)).or_default() += 1;
        }
        let mut next_of_another_group: Vec<u32> = Vec::with_capacity(places.len());
        let mut after: Option<(u32, u32)> = None;
        for (at, place) in places.iter().enumerate().rev() {
            let next = match after {
                Some((other, its_next)) if other != NO_GROUP && other == group(place) => its_next,
                _ => u32::try_from(at + 1).unwrap_or(u32::MAX),
            };
            after = Some((group(place), next));
            next_of_another_group.push(next);
        }
        next_of_another_group.reverse();
        Self { places, next_of_another_group, by_group: counts.into_iter().collect() }
    }
}

/// The groups of sources, by numbers.
fn numbered(sources: &[Arc<Entry>]) -> Vec<u32> {
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    let number = |entry: &Arc<Entry>| entry.group.as_str().to_owned();
    for entry in sources.iter().filter(|entry| !number(entry).is_empty()) {
        let next = u32::try_from(numbers.len()).unwrap_or(NO_GROUP);
        numbers.entry(entry.group.as_str()).or_insert(next);
    }
    let of = |entry: &Arc<Entry>| numbers.get(entry.group.as_str()).copied().unwrap_or(NO_GROUP);
    sources.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::detection::pairs::clusters::Clusters;

    /// A roster of which only the groups and the texts matter.
    fn roster(groups: Vec<u32>, texts: Vec<Vec<u32>>) -> Roster {
        let texts = texts.into_iter().map(|places| Holders::new(places, &groups)).collect();
        Roster { sources: Vec::new(), groups, texts, by_slot: Vec::new() }
    }

    fn lists(pairs: impl IntoIterator<Item = (u32, u32)>) -> Vec<Vec<u32>> {
        let mut clusters = Clusters::new(40);
        pairs.into_iter().for_each(|(a, b)| clusters.join(a, b));
        clusters.into_lists()
    }

    proptest! {
        #[test]
        fn counts_lists_and_links_the_pairs_that_there_are(
            sources in proptest::collection::vec((0_u32..3, 0_u32..5), 0..40),
        ) {
            // Of five groups, the last means none.
            let groups: Vec<u32> = sources.iter().map(|(_, g)| if *g == 4 { NO_GROUP } else { *g }).collect();
            let held = |text| (0..).zip(&sources).filter(|(_, (t, _))| *t == text).map(|(at, _)| at).collect();
            let texts: Vec<Vec<u32>> = (0..3).map(held).collect();
            let roster = roster(groups.clone(), texts.clone());
            for (a, b) in [(0, 0), (0, 1), (1, 2), (2, 2)] {
                let mut expected: BTreeSet<(u32, u32)> = BTreeSet::new();
                for (x, y) in texts[a].iter().flat_map(|x| texts[b].iter().map(move |y| (*x, *y))) {
                    let (gx, gy) = (groups[x as usize], groups[y as usize]);
                    if x != y && (gx != gy || gx == NO_GROUP) {
                        expected.insert((x.min(y), x.max(y)));
                    }
                }
                prop_assert_eq!(roster.pairs(a, b), expected.len() as u64);
                let (mut found, mut links) = (Vec::new(), Vec::new());
                roster.for_each_pair(a, b, |pair, swapped| {
                    assert!(texts[if swapped { b } else { a }].contains(&pair.0));
                    found.push(pair);
                    true
                });
                prop_assert_eq!(&found, &expected.iter().copied().collect::<Vec<_>>());
                roster.for_each_link(a, b, |one, other| links.push((one, other)));
                prop_assert_eq!(lists(links), lists(expected));
            }
        }
    }
}
