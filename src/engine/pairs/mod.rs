//! All pairs of a collection: who shares passages with whom.
//!
//! Each source is looked up in the collection's own index, and only those that share fingerprints with it
//! are compared: the work grows with the fingerprints that sources share, not with the number of pairs.

mod clusters;
mod comparing;
mod gathered;
mod left_out;
mod options;
mod roster;
mod top;
mod types;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3;

use self::comparing::{Comparing, Overlap};
use self::gathered::{Asked, Gathered};
use self::left_out::LeftOut;
use self::roster::Roster;
use super::catalogue::Entry;
use super::check::settings_digest;
use super::corpus::Engine;
use super::error::{Error, TextRole};
use super::names::CollectionName;
use super::options::Exclusions;
use crate::matching::Stop;

pub use options::{PairOptions, PairsProgress};
pub use types::{Cluster, Pair, Pairs, PairsVoid, Side};

impl Engine {
    /// Finds the pairs of a collection's sources that share passages, and the clusters that they form.
    ///
    /// All is as of one revision. Of two texts the one with fewer words is looked up and takes the part of the
    /// submission, of equals the one whose id is first; so each pair is compared once, and a summary is
    /// found where it is one. A run of `min_run_words` is found from either side; what only its stems give
    /// away is found from the side that was looked up. Sources of the very same words are compared once,
    /// as the one whose id is first.
    ///
    /// `progress` is called after each text, by one thread at a time.
    ///
    /// The work is done in the rayon pool that this is called in. Linear in the texts, in the postings of
    /// their fingerprints, and in the texts of the candidates. The limits of a check bound that:
    /// `max_candidates` texts at most are compared with one, and a fingerprint that stands in more sources
    /// than that makes no pairs. What that may have cost is in the result. Memory: about 250 bytes a source, besides the pairs that are kept.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::OwnBoilerplate`], [`Error::Stopped`]; of boilerplate
    /// [`Error::NoWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`].
    pub fn compare_all(
        &self,
        collection: &CollectionName,
        options: &PairOptions,
        progress: &mut (dyn FnMut(PairsProgress) + Send),
        stop: &Stop,
    ) -> Result<Pairs, Error> {
        let boilerplate_revision = self.check_boilerplate(collection, &options.exclusions)?;
        let collections = [self.collection(collection)?];
        let [of_sources] = &collections;
        let scope = options.scope(collection);
        let view = self.view(&collections, &scope);
        if view.is_outdated() {
            drop(view);
            stop.check()?;
            return self.compare_all(collection, options, progress, stop);
        }
        let sources = of_sources.catalogue.read().there_at(&scope, view.revision);
        let comparing = Comparing {
            engine: self,
            view,
            collection: of_sources,
            scope,
            options,
            detection: options.detection(),
            left_out: sources.iter().map(|_| OnceLock::new()).collect(),
            nothing: LeftOut::default(),
            stop,
        };
        let same = comparing.same_texts(&sources)?;
        let roster = Roster::new(sources, same, options.leave_out_same_group);
        let gathered = Mutex::new(Gathered::new(&roster, options, progress));
        (0..roster.texts()).into_par_iter().try_for_each(|text| {
            let mut outcome = comparing.overlaps(&roster, text)?;
            outcome.overlaps.extend(comparing.of_copies(&roster, text));
            gathered.lock().take(text, &outcome);
            Ok::<(), Error>(())
        })?;
        let settings = of_sources.settings();
        let names = [(collection.as_str(), settings)];
        let digest = settings_digest(&names, &comparing.scope, &comparing.detection, self);
        Ok(gathered.into_inner().into_pairs(Asked {
            revision: comparing.view.revision,
            scope_revision: comparing.view.scope_revision.max(boilerplate_revision),
            settings_digest: with_pair_options(digest, options),
            min_run_words: settings.guarantee_tokens().max(options.min_passage_words.unwrap_or(0)),
            max_clusters: options.max_clusters,
        }))
    }

    /// What would go wrong with boilerplate goes wrong before any work, and whether it is needed or not. Gives the
    /// revision at which one of its collections last changed.
    fn check_boilerplate(&self, own: &CollectionName, exclusions: &Exclusions) -> Result<u64, Error> {
        for (place, text) in exclusions.boilerplate_texts.iter().enumerate() {
            self.tokenize(text, TextRole::Boilerplate(place))?;
        }
        let mut revision = 0;
        for (place, collection) in exclusions.boilerplate_collections.iter().enumerate() {
            if collection == own {
                return Err(Error::OwnBoilerplate { collection: own.clone(), place });
            }
            revision = self.collection(collection)?.catalogue.read().revision().max(revision);
        }
        Ok(revision)
    }
}

impl Comparing<'_> {
    /// The places of sources, in lists of those that are one text. Texts are read only where words are the same.
    fn same_texts(&self, sources: &[Arc<Entry>]) -> Result<Vec<Vec<u32>>, Error> {
        let mut by_digest: Vec<(u128, u32)> = sources.iter().map(|entry| entry.digest).zip(0..).collect();
        by_digest.par_sort_unstable();
        let same: Vec<&[(u128, u32)]> = by_digest.chunk_by(|a, b| a.0 == b.0).collect();
        let split = |same: &&[(u128, u32)]| {
            let places: Vec<u32> = same.iter().map(|(_, place)| *place).collect();
            if places.len() == 1 { Ok(vec![places]) } else { self.by_left_out(sources, places) }
        };
        let texts: Result<Vec<Vec<Vec<u32>>>, Error> = same.par_iter().map(split).collect();
        Ok(texts?.into_iter().flatten().collect())
    }

    /// Sources of the same words, in lists of those of which the same words are left out: what is quoted in
    /// one may stand without quotation marks in the other.
    fn by_left_out(&self, sources: &[Arc<Entry>], places: Vec<u32>) -> Result<Vec<Vec<u32>>, Error> {
        let read = |place: &u32| {
            let place = *place as usize;
            sources.get(place).map_or(Ok(()), |source| self.read_left_out(place, source))
        };
        places.par_iter().try_for_each(read)?;
        let mut by_left_out: BTreeMap<Vec<(u32, u32)>, Vec<u32>> = BTreeMap::new();
        for place in places {
            by_left_out.entry(self.left_out_ranges(place as usize)).or_default().push(place);
        }
        Ok(by_left_out.into_values().collect())
    }

    /// The pairs that the holders of one text make among themselves.
    fn of_copies(&self, roster: &Roster, text: usize) -> Option<Overlap> {
        let whole = self.whole(roster, text).filter(|_| roster.pairs(text, text) > 0)?;
        Some(Overlap { texts: (text, text), shares: (whole, whole), passages: 1 })
    }
}

/// A digest of the settings of a check, and of what else there is to set.
fn with_pair_options(of_a_check: u128, options: &PairOptions) -> u128 {
    let PairOptions {
        min_coverage_percent,
        leave_out_same_group,
        max_pairs,
        max_clusters,
        // In the digest of a check.
        min_passage_words: _,
        mode: _,
        commonness_cap: _,
        commonness_percent: _,
        exclusions: _,
        exclude_groups: _,
    } = options;
    let settings = format!("pairs {min_coverage_percent} {leave_out_same_group} {max_pairs} {max_clusters}");
    let mut digest = Xxh3::new();
    digest.update(&of_a_check.to_le_bytes());
    digest.update(settings.as_bytes());
    digest.digest128()
}
