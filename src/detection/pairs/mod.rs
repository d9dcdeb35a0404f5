//! All pairs of a collection: who shares passages with whom.
//!
//! Each source is looked up in the collection's own index, and only those that share fingerprints with it
//! are compared: the work grows with the fingerprints that sources share, not with the number of pairs.

mod clusters;
mod comparing;
mod gathered;
mod left_out;
mod options;
mod partners;
mod prepared;
mod roster;
mod top;
mod types;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use rayon::prelude::*;
use xxhash_rust::xxh3::Xxh3;

use self::comparing::{Comparing, Overlap};
use self::gathered::{Gathered, Header};
use self::left_out::LeftOut;
use self::prepared::PreparedTexts;
use self::roster::Roster;
use super::detector::Detector;
use super::digest::{ScopedCollection, settings_digest};
use super::options::Exclusions;
use crate::corpus::{Entry, Error, TextRole, View};
use crate::model::{CollectionName, Stop, WarnedField, Warning, Warnings};

pub use options::{PairOptions, PairsProgress};
pub use types::{Cluster, Pair, Pairs, PairsVoid, Side};

impl Detector {
    /// Finds the pairs of a collection's sources that share passages, and the clusters that they form. `view` has the
    /// collection and those of boilerplate.
    ///
    /// Of two texts the one with fewer words is looked up and takes the part of the submission, of equals the one whose
    /// id is first; so each pair is compared once, and a summary is found where it is one. A run of `min_run_words` is
    /// found from either side; passages that only their stems give away are found from the side that was looked up.
    /// Sources with the same words are compared once, as the one whose id is first.
    ///
    /// `progress` is called after texts, by one thread at a time, and at the end. The work is done in the present rayon pool. Linear
    /// in the texts, in the postings of their fingerprints, and in the texts of the candidates. The limits of a check
    /// bound that: `max_candidates` texts at most are compared with one, and a fingerprint in more sources than that makes
    /// no pairs. The result states what the limits may have cost. Memory: about 250 bytes a source, besides the pairs.
    ///
    /// # Errors
    ///
    /// [`Error::CollectionNotFound`], [`Error::OwnBoilerplate`], [`Error::Stopped`]; of boilerplate
    /// [`Error::NoWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`].
    pub(crate) fn compare_all(
        &self,
        collection: &CollectionName,
        options: &PairOptions,
        view: &View,
        progress: &mut (dyn FnMut(PairsProgress) + Send),
        stop: &Stop,
    ) -> Result<Pairs, Error> {
        let boilerplate_revision = self.check_boilerplate(collection, &options.exclusions, view)?;
        let viewed = view.collection(collection)?;
        let scope = options.scope(collection);
        let sources = viewed.all_in_scope(&scope);
        let comparing = Comparing {
            detector: self,
            view,
            collection: viewed,
            scope,
            options,
            detection: options.detection(),
            left_out: sources.iter().map(|_| OnceLock::new()).collect(),
            nothing: LeftOut::default(),
            prepared: PreparedTexts::new(),
            stop,
        };
        let same = comparing.same_texts(&sources)?;
        let roster = Roster::new(sources, same, options.leave_out_same_group);
        let gathered = Mutex::new(Gathered::new(&roster, options));
        let progress = Mutex::new(progress);
        let report_progress = || {
            // One thread at a time reports, and none waits for it.
            if let Some(mut progress) = progress.try_lock() {
                let so_far = gathered.lock().progress();
                progress(so_far);
            }
        };
        report_progress();
        (0..roster.texts()).into_par_iter().try_for_each(|text| {
            let mut outcome = comparing.overlaps(&roster, text)?;
            outcome.overlaps.extend(comparing.of_copies(&roster, text));
            gathered.lock().take(text, &outcome);
            report_progress();
            Ok::<(), Error>(())
        })?;
        report_progress();
        let settings = viewed.settings();
        let collections = [ScopedCollection { name: collection, settings }];
        let digest = settings_digest(&collections, &comparing.scope, &comparing.detection, &self.limits);
        Ok(gathered.into_inner().into_pairs(Header {
            revision: view.revision(),
            scope_revision: viewed.changed_at().max(boilerplate_revision),
            settings_digest: with_pair_options(digest, options),
            min_run_words: settings.guarantee_tokens().max(options.min_passage_words.unwrap_or(0)),
            max_clusters: options.max_clusters,
            warnings: warnings(view, roster.sources().len()),
        }))
    }

    /// Checks boilerplate before any work, whether or not it will be needed. Returns the revision at which one of its
    /// collections last changed.
    fn check_boilerplate(
        &self,
        own: &CollectionName,
        exclusions: &Exclusions,
        view: &View,
    ) -> Result<u64, Error> {
        for (place, text) in exclusions.boilerplate_texts.iter().enumerate() {
            self.tokenize(text, TextRole::Boilerplate(place))?;
        }
        let mut revision = 0;
        for (place, collection) in exclusions.boilerplate_collections.iter().enumerate() {
            if collection == own {
                return Err(Error::OwnBoilerplate { collection: own.clone(), place });
            }
            revision = view.collection(collection)?.changed_at().max(revision);
        }
        Ok(revision)
    }
}

/// The warnings about a comparison of so many sources.
fn warnings(view: &View, sources: usize) -> Warnings {
    let nothing = Warning { field: WarnedField::Collection, value: String::new() };
    view.unknown().iter().cloned().chain((sources < 2).then_some(nothing)).collect()
}

impl Comparing<'_> {
    /// The places of sources, in lists of those that are one text. Texts are read only where words are the same.
    fn same_texts(&self, sources: &[Arc<Entry>]) -> Result<Vec<Vec<u32>>, Error> {
        let mut by_digest: Vec<(u128, u32)> =
            sources.iter().map(|entry| entry.words_digest).zip(0..).collect();
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
        max_expected_by_chance: _,
        exclusions: _,
        exclude_groups: _,
    } = options;
    let settings = format!("pairs {min_coverage_percent} {leave_out_same_group} {max_pairs} {max_clusters}");
    let mut digest = Xxh3::new();
    digest.update(&of_a_check.to_le_bytes());
    digest.update(settings.as_bytes());
    digest.digest128()
}
