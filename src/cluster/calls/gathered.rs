//! Collections in one place: a copy of all their sources, in memory, for a comparison of all with all.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::member::Member;
use crate::engine::{
    Change, CollectionInfo, Engine, Entry, Error, IfExists, Operation, Pairs, SourceText, as_new, asked_next,
};
use crate::model::{CollectionName, SourceFilter, SourceId, SourceName, Stop};

/// The bytes of the texts that a node gathers at most, with those of what is known of the sources.
pub(super) const MOST_BYTES: u64 = 512 << 20;

/// What is counted for each source besides its text.
const BYTES_OF_A_SOURCE: u64 = 1 << 10;

/// Sources that are listed at once.
const LISTED: usize = 1_000;

/// The bytes of texts that are asked for at once, unless one text has more.
const ASKED_BYTES: u64 = 8 << 20;

/// Collections in one engine, with the sources as the nodes know them.
pub(super) struct Gathered {
    pub(super) engine: Engine,
    /// The sources of the collection that was gathered first.
    known: HashMap<SourceId, Arc<Entry>>,
    bytes: u64,
    sources: u64,
}

/// Checks that so much may be gathered.
fn check_bytes(bytes: u64) -> Result<(), Error> {
    if bytes > MOST_BYTES {
        return Err(Error::TooMuchToGather { bytes, max_bytes: MOST_BYTES });
    }
    Ok(())
}

/// The bytes that collections take when they are gathered.
pub(super) fn check_size(collections: &[CollectionInfo]) -> Result<(), Error> {
    let of = |one: &CollectionInfo| one.stats.text_bytes + one.stats.sources * BYTES_OF_A_SOURCE;
    check_bytes(collections.iter().map(of).sum())
}

impl Gathered {
    /// Nothing yet, with the seed and the limits of `like`.
    pub(super) fn new(like: &Engine) -> Self {
        Self { engine: like.empty_like(), known: HashMap::new(), bytes: 0, sources: 0 }
    }

    /// The result with the sources as the nodes know them.
    pub(super) fn as_known(&self, mut pairs: Pairs) -> Pairs {
        let of_pairs =
            pairs.pairs.iter_mut().flat_map(|pair| [&mut pair.first.source, &mut pair.second.source]);
        let of_clusters = pairs.clusters.iter_mut().flat_map(|cluster| &mut cluster.sources);
        for source in of_pairs.chain(of_clusters) {
            if let Some(known) = self.known.get(&source.id) {
                *source = Arc::clone(known);
            }
        }
        pairs
    }

    /// Adds all sources of a collection, with `is_compared` as the one whose sources the result names. `progress` is called with the
    /// number of sources now and then. A source that changes meanwhile is as it was before or after. Linear in the texts.
    ///
    /// # Errors
    ///
    /// [`Error::TooMuchToGather`], [`Error::CollectionNotFound`], [`Error::Unreachable`], [`Error::Store`], [`Error::Stopped`].
    pub(super) fn add(
        &mut self,
        member: &Member,
        collection: &CollectionInfo,
        is_compared: bool,
        progress: &mut dyn FnMut(u64),
        stop: &Stop,
    ) -> Result<(), Error> {
        if collection.name != CollectionName::default() {
            self.engine.create_collection(&collection.name, collection.settings)?;
        }
        let mut after = None;
        loop {
            let page =
                member.sources(&collection.name, &SourceFilter::default(), after.as_ref(), LISTED, stop)?;
            let mut left = page.sources.as_slice();
            while !left.is_empty() {
                let (some, rest) = asked_next(left, (LISTED, ASKED_BYTES), |entry| entry.text_bytes);
                left = rest;
                self.add_some(member, &collection.name, some, is_compared, stop)?;
                progress(self.sources);
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Adds some sources, those of them that are still there.
    fn add_some(
        &mut self,
        member: &Member,
        collection: &CollectionName,
        some: &[Arc<Entry>],
        is_compared: bool,
        stop: &Stop,
    ) -> Result<(), Error> {
        let name = |entry: &Arc<Entry>| SourceName { collection: collection.clone(), id: entry.id.clone() };
        let names: Vec<SourceName> = some.iter().map(name).collect();
        let found: Vec<SourceText> = member.texts(&names, stop)?.into_iter().flatten().collect();
        let mut operations = Vec::with_capacity(found.len());
        for SourceText { entry, text } in found {
            self.bytes += entry.text_bytes + BYTES_OF_A_SOURCE;
            check_bytes(self.bytes)?;
            operations.push(Operation::new(Change::AddSource {
                collection: collection.clone(),
                source: as_new(&entry, &text),
                if_exists: IfExists::Reject,
            }));
            if is_compared {
                self.sources += 1;
                self.known.insert(entry.id.clone(), entry);
            }
        }
        self.engine.apply(operations, stop).into_iter().try_for_each(|outcome| outcome.map(drop))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{CollectionStats, FingerprintSettings};

    #[test]
    fn collections_that_are_too_large_together_are_refused_with_their_size() {
        let info = |sources, text_bytes| CollectionInfo {
            name: CollectionName::default(),
            settings: FingerprintSettings::default(),
            stats: CollectionStats { sources, text_bytes, ..CollectionStats::default() },
        };
        let half = MOST_BYTES / 2;
        assert_eq!(check_size(&[info(0, half), info(0, half)]), Ok(()));
        for too_large in [[info(0, half), info(1, half)], [info(0, 0), info(1 << 20, 30 << 20)]] {
            let refused = check_size(&too_large).unwrap_err().to_string();
            assert!(refused.contains("up to 536870912 bytes"), "{refused}");
            assert!(refused.contains("`palimpsest cluster export`"), "{refused}");
        }
    }
}
