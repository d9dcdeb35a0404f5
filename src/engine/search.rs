//! A submission against collections: look up, rank, compare.

use std::collections::BTreeSet;
use std::sync::Arc;

use parking_lot::RwLockReadGuard;
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::candidates::{Candidate, candidates};
use super::catalogue::Catalogue;
use super::collection::Collection;
use super::corpus::Engine;
use super::error::Error;
use super::evidence::{Channel, Evidence, PAIR_LIMITS, evidence};
use super::options::{DetectionMode, DetectionOptions, Scope};
use super::profile::Profile;
use super::subject::Subject;
use crate::fingerprint::{ContextMatch, Fingerprint, FingerprintSettings, Fingerprinter};
use crate::index::{ReadLimits, Slot, Visible};
use crate::matching::Stop;
use crate::report::{Coverage, Finding, VoidReason};
use crate::text::Token;

/// Candidates that it is worth waking a thread for.
const LEAST_SHARE: usize = 2;

/// What a search found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) findings: Vec<Finding>,
    pub(super) revision: u64,
    pub(super) scope_revision: u64,
    pub(super) sources_in_scope: u64,
    pub(super) candidates: u64,
    pub(super) candidates_cut: u64,
    /// The least run that is promised to be found.
    pub(super) min_run_words: u32,
    /// Whether the submission was long enough to be looked up.
    pub(super) considered: bool,
    /// What voids the promise.
    pub(super) voids: Vec<(VoidReason, u64, Coverage)>,
    /// The k-grams that are too common.
    pub(super) common: Coverage,
    /// The settings of each collection in scope, in order.
    pub(super) settings: Vec<FingerprintSettings>,
}

/// What a search looks at: the collections in scope at one revision.
pub(super) struct View<'a> {
    pub(super) revision: u64,
    /// The revision at which one of the collections last changed.
    pub(super) scope_revision: u64,
    sources_in_scope: u64,
    /// Sources of each collection, in scope or not.
    pub(super) sources: Vec<u64>,
    collections: &'a [Arc<Collection>],
    /// Keeps what is gone by now, but was there at the revision, from being purged.
    _in_use: Vec<RwLockReadGuard<'a, ()>>,
}

/// A candidate with the places of its collection and its profile.
type Place = (usize, usize, Candidate);

/// Candidates of all collections, and what voids the guarantee.
struct Shortlist {
    candidates: Vec<Place>,
    found: u64,
    cut: u64,
    voids: Vec<(VoidReason, u64, Coverage)>,
    common: Coverage,
}

/// So many candidates are compared, whatever they share.
const ENOUGH: usize = 64;

/// Past [`ENOUGH`], a candidate is compared only if it shares a k-gram with fewer others than this that are.
const WITNESSES: u32 = 16;

/// In a candidate that shares all its k-grams with so many others no more than runs is looked for.
const FEW_WITNESSES: u32 = 4;

/// Of ranked candidates those that may tell something that others don't, and the rest: a page that thousands
/// of sources have is found in a few of them.
fn telling(ranked: Vec<Place>, profiles: &[Profile<'_>]) -> (Vec<Place>, Vec<Place>) {
    let mut witnesses: Vec<Vec<u32>> =
        profiles.iter().map(|profile| vec![0; profile.fingerprints.len()]).collect();
    let (mut kept, mut rest) = (Vec::new(), Vec::new());
    for (place, which, mut candidate) in ranked {
        let Some(witnesses) = witnesses.get_mut(which) else { continue };
        let counts = candidate.fingerprints.iter().filter_map(|at| witnesses.get(*at as usize));
        // Of one that shares no k-gram, pairs tell.
        let fewest = counts.min().copied().unwrap_or(0);
        if kept.len() >= ENOUGH && fewest >= WITNESSES {
            rest.push((place, which, candidate));
            continue;
        }
        for at in &candidate.fingerprints {
            if let Some(count) = witnesses.get_mut(*at as usize) {
                *count += 1;
            }
        }
        candidate.has_witnesses = fewest >= FEW_WITNESSES;
        kept.push((place, which, candidate));
    }
    (kept, rest)
}

impl View<'_> {
    /// Whether one of the collections was not there any more at the revision.
    pub(super) fn is_outdated(&self) -> bool {
        let is_closed = |one: &Arc<Collection>| one.catalogue.read().is_closed_at(self.revision);
        self.collections.iter().any(is_closed)
    }

    /// What a look-up in a collection is to see: the sources that are there at the revision. So nothing depends on
    /// others, which may have postings too. The catalogue is held meanwhile, so that no slot is taken.
    pub(super) fn visible(
        &self,
        catalogue: &Catalogue,
        cap: Option<u32>,
    ) -> Visible<impl FnMut(Slot) -> bool> {
        const UNKNOWN: u8 = 0;
        const SEEN: u8 = 1;
        const HIDDEN: u8 = 2;
        let (hidden, revision) = (catalogue.most_hidden_at(self.revision), self.revision);
        // Asked once for each source, not for each posting: entries are all over the memory.
        let mut known = vec![UNKNOWN; if hidden == 0 { 0 } else { catalogue.slot_count() }];
        let is_visible = move |slot: Slot| {
            let Some(known) = known.get_mut(slot.index()) else { return false };
            if *known == UNKNOWN {
                let is_there = catalogue.entry(slot).is_some_and(|entry| entry.is_there_at(revision));
                *known = if is_there { SEEN } else { HIDDEN };
            }
            *known == SEEN
        };
        Visible { hidden, is_visible, cap: cap.unwrap_or(u32::MAX) }
    }

    /// The sources of a collection for which enough speaks that they hold altered text.
    pub(super) fn admitted(
        &self,
        collection: &Collection,
        catalogue: &Catalogue,
        pairs: &[Fingerprint],
        kgrams: Channel<'_>,
        sources: u64,
    ) -> Vec<Evidence> {
        if pairs.is_empty() {
            return Vec::new();
        }
        let sources = usize::try_from(sources).unwrap_or(usize::MAX);
        let (rule, visible) = (ContextMatch::none(), self.visible(catalogue, None));
        let look_up = collection.pairs.look_up_visible(pairs, rule, PAIR_LIMITS, visible);
        let pairs = Channel { fingerprints: pairs, look_up: &look_up };
        evidence(pairs, kgrams, sources)
    }
}

impl Engine {
    /// Looks for what the submission shares with the sources in scope.
    ///
    /// Linear in the submission, in the postings of its fingerprints, and in the texts of the candidates.
    pub(super) fn search(
        &self,
        subject: &mut Subject<'_>,
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Found, Error> {
        let collections: Result<Vec<_>, _> =
            scope.collections.iter().map(|name| self.collection(name)).collect();
        let collections = collections?;
        let tokens = subject.tokenized.tokens();
        let (indexed, pairs) = self.indexed(subject.text, options.mode);
        let mut profiles: Vec<Profile<'_>> = Vec::new();
        for settings in collections.iter().map(|collection| collection.settings()) {
            if profiles.iter().all(|profile| profile.settings != settings) {
                stop.check()?;
                let fingerprints = Fingerprinter::new(self.seed(), settings).fingerprints(&indexed);
                profiles.push(Profile::new(tokens, fingerprints, settings, options));
            }
        }
        let view = self.view(&collections, scope);
        stop.check()?;
        if view.is_outdated() {
            // One of them was emptied or deleted before the view was taken: look at what has its name now.
            drop(view);
            return self.search(subject, scope, options, stop);
        }
        let shortlist = self.shortlist(&view, (&profiles, &pairs), scope, options, stop)?;
        let compare = |subject: &mut Subject<'_>, (place, which, candidate): &Place| match (
            collections.get(*place),
            profiles.get(*which),
        ) {
            (Some(collection), Some(profile)) => {
                self.compare_candidate(subject, collection, profile, candidate, stop)
            }
            _ => Ok(None),
        };
        if shortlist.candidates.iter().any(|(.., candidate)| candidate.is_admitted()) {
            subject.prepare();
        }
        let subject = &*subject;
        let side_by_side = shortlist.candidates.par_iter().with_min_len(LEAST_SHARE);
        let compared: Result<Vec<Option<Finding>>, Error> =
            side_by_side.map_init(|| subject.fork(), compare).collect();
        Ok(Found {
            findings: compared?.into_iter().flatten().collect(),
            revision: view.revision,
            scope_revision: view.scope_revision,
            sources_in_scope: view.sources_in_scope,
            candidates: shortlist.found,
            candidates_cut: shortlist.cut,
            min_run_words: profiles.iter().map(Profile::min_run_words).max().unwrap_or(0),
            considered: profiles.iter().any(|profile| !profile.fingerprints.is_empty()),
            voids: shortlist.voids,
            common: shortlist.common,
            settings: collections.iter().map(|collection| collection.settings()).collect(),
        })
    }

    /// What the index knows a submission by: its tokens, and its order-free pairs where altered passages are
    /// looked for.
    pub(super) fn indexed(&self, text: &str, mode: DetectionMode) -> (Vec<Token>, Vec<Fingerprint>) {
        let (mut tokens, mut stems) = (Vec::new(), Vec::new());
        self.shared.tokenizer.tokenize_with_stems_into(text, &mut tokens, &mut stems);
        let pairs = match mode {
            DetectionMode::VerbatimOnly => Vec::new(),
            DetectionMode::AlteredToo => self.shared.order_free.of_submission(&stems),
        };
        (tokens, pairs)
    }

    pub(super) fn view<'a>(&self, collections: &'a [Arc<Collection>], scope: &Scope) -> View<'a> {
        let in_use = collections.iter().map(|collection| collection.in_use.read()).collect();
        // While this is held nothing is published, so that the revision and the counts agree.
        let revision = self.shared.revision.read();
        let (mut sources_in_scope, mut sources) = (0, Vec::with_capacity(collections.len()));
        let mut scope_revision = 0;
        for collection in collections {
            let catalogue = collection.catalogue.read();
            scope_revision = catalogue.revision().max(scope_revision);
            sources_in_scope += catalogue.sources_in_scope(scope);
            sources.push(catalogue.counts().sources);
        }
        View { revision: *revision, scope_revision, sources_in_scope, sources, collections, _in_use: in_use }
    }

    fn shortlist(
        &self,
        view: &View<'_>,
        (profiles, pairs): (&[Profile<'_>], &[Fingerprint]),
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Shortlist, Error> {
        let (mut all, mut too_common, mut common, mut unread) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut least_cap = u64::MAX;
        for (place, collection) in view.collections.iter().enumerate() {
            stop.check()?;
            let settings = collection.settings();
            let Some(which) = profiles.iter().position(|profile| profile.settings == settings) else {
                continue;
            };
            let Some(profile) = profiles.get(which) else { continue };
            let limits = ReadLimits { per_fingerprint: u32::MAX, in_all: self.limits.max_common_postings };
            let rule = ContextMatch::new(settings.window);
            let sources = view.sources.get(place).copied().unwrap_or(0);
            let cap = options.commonness_cap_of(sources);
            let catalogue = collection.catalogue.read();
            let visible = view.visible(&catalogue, cap);
            let look_up = collection.kgrams.look_up_visible(&profile.fingerprints, rule, limits, visible);
            let kgrams = Channel { fingerprints: &profile.fingerprints, look_up: &look_up };
            let admitted = view.admitted(collection, &catalogue, pairs, kgrams, sources);
            let scope = (scope, view.revision);
            let found = candidates(&look_up, &profile.fingerprints, &catalogue, scope, cap, &admitted);
            all.extend(found.candidates.into_iter().map(|candidate| (place, which, candidate)));
            if !found.too_common.is_empty() {
                least_cap = least_cap.min(u64::from(cap.unwrap_or(0)));
            }
            too_common.extend(found.too_common.iter().map(|at| profile.words_around(*at as usize)));
            common.extend(found.too_common.iter().map(|at| profile.words_of(*at as usize)));
            unread.extend(look_up.unread.iter().map(|at| profile.words_around(at.fingerprint as usize)));
        }
        all.sort_by(|(a_place, _, a), (b_place, _, b)| a.compare_ranks(b).then(a_place.cmp(b_place)));
        let found = all.len() as u64;
        let (mut all, witnessed) = telling(all, profiles);
        let cut = all.split_off(all.len().min(self.limits.max_candidates));
        let words = |candidates: &[Place]| -> Vec<Coverage> {
            let of_one = |(_, which, candidate): &Place| {
                let which = *which;
                candidate.fingerprints.iter().map(move |at| (which, *at as usize)).collect::<Vec<_>>()
            };
            let places: BTreeSet<(usize, usize)> = candidates.iter().flat_map(of_one).collect();
            let words = places.into_iter().map(|(which, at)| Some(profiles.get(which)?.words_around(at)));
            words.flatten().collect()
        };
        unread.extend(words(&witnessed));
        let uncompared = words(&cut);
        let voids = [
            void(VoidReason::CommonnessCap, least_cap, too_common),
            void(VoidReason::PostingLimit, u64::from(self.limits.max_common_postings), unread),
            void(VoidReason::CandidateLimit, self.limits.max_candidates as u64, uncompared),
        ];
        let cut = (cut.len() + witnessed.len()) as u64;
        let voids = voids.into_iter().flatten().collect();
        Ok(Shortlist { candidates: all, found, cut, voids, common: union(common) })
    }

    fn compare_candidate(
        &self,
        subject: &mut Subject<'_>,
        collection: &Collection,
        profile: &Profile<'_>,
        candidate: &Candidate,
        stop: &Stop,
    ) -> Result<Option<Finding>, Error> {
        stop.check()?;
        let entry = &candidate.entry;
        let Some(text) = self.shared.store.text(collection.key(entry.slot))? else { return Ok(None) };
        let tokenized = self.matcher.tokenize(&text);
        stop.check()?;
        let (prepared, min_tokens) = (&profile.prepared, profile.min_tokens);
        let depth = candidate.depth();
        let passages =
            subject.passages_of_candidate(prepared, (&text, &tokenized), min_tokens, depth, stop)?;
        Ok((!passages.is_empty()).then(|| Finding {
            collection: collection.name.as_str().to_owned(),
            source_id: entry.id.as_str().to_owned(),
            title: entry.title.as_str().to_owned(),
            group: entry.group.as_str().to_owned(),
            labels: entry.labels.as_slice().iter().map(|label| label.as_str().to_owned()).collect(),
            text,
            tokenized,
            passages,
        }))
    }
}

/// A void, if it concerns any words.
fn void(
    reason: VoidReason,
    limit: u64,
    words: impl IntoIterator<Item = Coverage>,
) -> Option<(VoidReason, u64, Coverage)> {
    let words = union(words);
    (!words.ranges().is_empty()).then_some((reason, limit, words))
}

/// All words of several coverages.
pub(super) fn union(coverages: impl IntoIterator<Item = Coverage>) -> Coverage {
    let coverages: Vec<Coverage> = coverages.into_iter().collect();
    Coverage::of(coverages.iter().flat_map(|coverage| coverage.ranges().iter().cloned()))
}
