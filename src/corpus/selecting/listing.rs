//! A page of the sources that match a filter.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::LOOKED_AT_ONCE;
use crate::corpus::catalogue::{Catalogue, Entry};
use crate::corpus::error::Error;
use crate::corpus::state::Corpus;
use crate::model::{CollectionName, Slot, SourceFilter, SourceId, Stop};

/// The number of sources that one page looks at: some ten milliseconds. A page may be shorter for it.
const LOOKED_AT_A_PAGE: usize = if cfg!(test) { 8 } else { 1 << 16 };

/// A page of sources, in order of their ids.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct SourcePage {
    /// The sources.
    pub sources: Vec<Arc<Entry>>,
    /// The id after which the next page begins; `None` after the last page. A page may be short, or empty, and not the last.
    pub next: Option<SourceId>,
}

impl Corpus {
    /// Up to `count` sources after `after` that match a filter, in order of their ids.
    pub(crate) fn select_sources(
        &self,
        name: &CollectionName,
        filter: &SourceFilter,
        after: Option<&SourceId>,
        count: usize,
        stop: &Stop,
    ) -> Result<SourcePage, Error> {
        let collection = self.collection(name)?;
        let few = collection.catalogue.read().named_by(filter, LOOKED_AT_A_PAGE);
        let mut wanted = Wanted { filter, after: after.cloned(), count, found: Vec::new() };
        if let Some(slots) = few {
            for some in slots.chunks(LOOKED_AT_ONCE) {
                stop.check()?;
                let catalogue = collection.catalogue.read();
                wanted.look_at(some.iter().filter_map(|slot| catalogue.there(*slot)));
            }
            return Ok(wanted.page());
        }
        let mut looked_at = 0;
        while looked_at < LOOKED_AT_A_PAGE {
            stop.check()?;
            let catalogue = collection.catalogue.read();
            let after = wanted.after.clone();
            let some = catalogue.list_from(&filter.id_prefix, after.as_ref()).take(LOOKED_AT_ONCE);
            let Progress { last, seen, is_over } = wanted.look_in_order(some);
            looked_at += seen;
            if is_over || seen < LOOKED_AT_ONCE {
                return Ok(wanted.page());
            }
            wanted.after = last;
        }
        Ok(SourcePage { next: wanted.after.take(), sources: wanted.found })
    }
}

/// The sources of a page as they are found.
struct Wanted<'a> {
    filter: &'a SourceFilter,
    after: Option<SourceId>,
    count: usize,
    /// One more than `count` shows that there is another page.
    found: Vec<Arc<Entry>>,
}

/// How far a look at sources in order came.
struct Progress {
    last: Option<SourceId>,
    seen: usize,
    /// True if no later source is on the page.
    is_over: bool,
}

impl Wanted<'_> {
    /// Looks at sources in order of their ids.
    fn look_in_order<'e>(&mut self, sources: impl Iterator<Item = &'e Arc<Entry>>) -> Progress {
        let mut progress = Progress { last: None, seen: 0, is_over: false };
        let mut last = None;
        for entry in sources {
            progress.seen += 1;
            if !entry.id.as_str().starts_with(self.filter.id_prefix.as_str()) {
                progress.is_over = true;
                break;
            }
            if self.filter.matches(entry) {
                self.found.push(Arc::clone(entry));
            }
            if self.found.len() > self.count {
                progress.is_over = true;
                break;
            }
            last = Some(&entry.id);
        }
        progress.last = last.cloned();
        progress
    }

    /// Looks at sources in any order.
    fn look_at<'e>(&mut self, sources: impl Iterator<Item = &'e Arc<Entry>>) {
        let is_later = |entry: &&Arc<Entry>| self.after.as_ref().is_none_or(|after| *after < entry.id);
        let matching = sources.filter(is_later).filter(|entry| self.filter.matches(entry));
        self.found.extend(matching.map(Arc::clone));
        self.found.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        self.found.truncate(self.count + 1);
    }

    /// The page, of all that was looked at.
    fn page(mut self) -> SourcePage {
        let is_last = self.found.len() <= self.count;
        self.found.truncate(self.count);
        let next = self.found.last().filter(|_| !is_last).map(|last| last.id.clone());
        SourcePage { sources: self.found, next }
    }
}

impl Catalogue {
    /// The slots of all sources that a filter's groups or labels name, if they are no more than `most`; `None` if it names
    /// neither.
    fn named_by(&self, filter: &SourceFilter, most: usize) -> Option<Vec<Slot>> {
        let groups: Vec<_> = filter.groups.iter().filter_map(|group| self.slots_of_group(group)).collect();
        let labels: Vec<_> = filter.labels.iter().filter_map(|label| self.slots_of_label(label)).collect();
        let total = |sets: &[&BTreeSet<Slot>]| sets.iter().map(|slots| slots.len()).sum::<usize>();
        let named = [(filter.groups.is_empty(), groups), (filter.labels.is_empty(), labels)];
        let fewest = named
            .into_iter()
            .filter(|(is_any, _)| !is_any)
            .map(|(_, sets)| sets)
            .min_by_key(|sets| total(sets));
        let sets = fewest.filter(|sets| total(sets) <= most)?;
        let slots: BTreeSet<Slot> = sets.into_iter().flatten().copied().collect();
        Some(slots.into_iter().collect())
    }
}
