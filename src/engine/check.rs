//! A submission against the corpus.

use std::cmp::Reverse;
use std::sync::Arc;

use parking_lot::RwLockReadGuard;
use xxhash_rust::xxh3::Xxh3;

use super::ALGORITHM_VERSION;
use super::candidates::{Candidate, KgramChannel, candidates};
use super::collection::Collection;
use super::corpus::Engine;
use super::error::{Error, TextRole};
use super::options::{DetectionOptions, Scope};
use super::profile::Profile;
use crate::fingerprint::{ContextMatch, FingerprintSettings};
use crate::matching::{self, Stop};
use crate::report::{self, Coverage, Draft, Finding, Report, ReportLimits, VoidReason};
use crate::text::{OffsetUnit, TokenizedText};

/// What a check looks at: the collections in scope at one revision.
struct View<'a> {
    revision: u64,
    sources_in_scope: u64,
    collections: &'a [Arc<Collection>],
    /// Keeps what is gone by now, but was there at the revision, from being purged.
    _in_use: Vec<RwLockReadGuard<'a, ()>>,
}

/// Candidates of all collections, and what voids the guarantee.
#[derive(Default)]
struct Shortlist {
    /// With the places of their collection and their profile.
    candidates: Vec<(usize, usize, Candidate)>,
    found: u64,
    cut: u64,
    voids: Vec<(VoidReason, u64, Coverage)>,
}

impl Engine {
    /// Checks a submission against a scope of the corpus. The submission is not kept.
    ///
    /// Linear in the submission, in the postings of its fingerprints, and in the texts of the candidates.
    ///
    /// # Errors
    ///
    /// [`Error::NoWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`],
    /// [`Error::CollectionNotFound`], [`Error::Stopped`].
    pub fn check(
        &self,
        submission: &str,
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Report, Error> {
        let tokenized = self.tokenize(submission, TextRole::Submission)?;
        let found: Result<Vec<_>, _> = scope.collections.iter().map(|name| self.collection(name)).collect();
        let collections = found?;
        let profiles = self.profiles(&collections, &tokenized, options);
        let view = self.view(&collections, scope);
        let shortlist = self.shortlist(&view, &profiles, scope, options, stop)?;
        let mut findings = Vec::new();
        for (collection, profile, candidate) in &shortlist.candidates {
            let (Some(collection), Some(profile)) = (collections.get(*collection), profiles.get(*profile))
            else {
                continue;
            };
            findings.extend(self.compare_candidate(collection, profile, candidate, stop)?);
        }
        let settings: Vec<(&str, FingerprintSettings)> =
            collections.iter().map(|collection| (collection.name.as_str(), collection.settings())).collect();
        Ok(report::build(Draft {
            text: submission,
            tokenized: &tokenized,
            considered: profiles.iter().any(|profile| !profile.fingerprints.is_empty()),
            findings,
            min_run_words: profiles.iter().map(Profile::min_run_words).max().unwrap_or(0),
            voids: shortlist.voids,
            corpus_revision: view.revision,
            settings_digest: settings_digest(&settings, scope, options, self),
            sources_in_scope: view.sources_in_scope,
            candidates: shortlist.found,
            candidates_cut: shortlist.cut,
            offset_unit: options.offset_unit,
            include_excerpts: options.include_excerpts,
            limits: report_limits(options),
        }))
    }

    /// One profile for each pair of `k` and `w` among the collections.
    fn profiles<'a>(
        &self,
        collections: &[Arc<Collection>],
        tokenized: &'a TokenizedText,
        options: &DetectionOptions,
    ) -> Vec<Profile<'a>> {
        let mut profiles: Vec<Profile<'a>> = Vec::new();
        for settings in collections.iter().map(|collection| collection.settings()) {
            if profiles.iter().all(|profile| profile.settings != settings) {
                profiles.push(Profile::new(tokenized.tokens(), self.seed(), settings, options));
            }
        }
        profiles
    }

    fn view<'a>(&self, collections: &'a [Arc<Collection>], scope: &Scope) -> View<'a> {
        let in_use = collections.iter().map(|collection| collection.in_use.read()).collect();
        // While this is held nothing is published, so that the revision and the counts agree.
        let revision = self.revision.read();
        let counts = collections.iter().map(|collection| collection.catalogue.read().sources_in_scope(scope));
        View { revision: *revision, sources_in_scope: counts.sum(), collections, _in_use: in_use }
    }

    fn shortlist(
        &self,
        view: &View<'_>,
        profiles: &[Profile<'_>],
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Shortlist, Error> {
        let channel = KgramChannel::new(options.mode);
        let (mut all, mut too_common, mut unread) = (Vec::new(), Vec::new(), Vec::new());
        for (place, collection) in view.collections.iter().enumerate() {
            stop.check()?;
            let settings = collection.settings();
            let Some(which) = profiles.iter().position(|profile| profile.settings == settings) else {
                continue;
            };
            let Some(profile) = profiles.get(which) else { continue };
            let limit = self.limits.max_postings_per_fingerprint;
            let look_up =
                collection.index.look_up(&profile.fingerprints, ContextMatch::new(settings.window), limit);
            let (cap, scope) = (options.commonness_cap, (scope, view.revision));
            let catalogue = collection.catalogue.read();
            let found = candidates(&look_up, &profile.fingerprints, &catalogue, scope, cap, &channel);
            all.extend(found.candidates.into_iter().map(|candidate| (place, which, candidate)));
            too_common.extend(found.too_common.iter().map(|at| profile.words_around(*at as usize)));
            unread.extend(look_up.unread.iter().map(|at| profile.words_around(*at as usize)));
        }
        all.sort_by(|(a_place, _, a), (b_place, _, b)| {
            let key = |place, c: &Candidate| (Reverse(c.in_context.min(1)), Reverse(c.shared), place);
            key(*a_place, a).cmp(&key(*b_place, b)).then_with(|| a.entry.id.cmp(&b.entry.id))
        });
        let found = all.len() as u64;
        let cut = all.split_off(all.len().min(self.limits.max_candidates));
        let uncompared = cut.iter().flat_map(|(_, which, candidate)| {
            let profile = profiles.get(*which);
            candidate.fingerprints.iter().filter_map(move |at| profile.map(|p| p.words_around(*at as usize)))
        });
        let voids = [
            void(VoidReason::CommonnessCap, u64::from(options.commonness_cap.unwrap_or(0)), too_common),
            void(VoidReason::PostingLimit, u64::from(self.limits.max_postings_per_fingerprint), unread),
            void(VoidReason::CandidateLimit, self.limits.max_candidates as u64, uncompared),
        ];
        let cut = cut.len() as u64;
        Ok(Shortlist { candidates: all, found, cut, voids: voids.into_iter().flatten().collect() })
    }

    fn compare_candidate(
        &self,
        collection: &Collection,
        profile: &Profile<'_>,
        candidate: &Candidate,
        stop: &Stop,
    ) -> Result<Option<Finding>, Error> {
        let entry = &candidate.entry;
        let Some(text) = self.texts.get(collection.number, entry.slot) else { return Ok(None) };
        let tokenized = self.tokenizer.tokenize(&text);
        let passages = matching::passages(&profile.prepared, tokenized.tokens(), profile.matching, stop)?;
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
    let words: Vec<Coverage> = words.into_iter().collect();
    let union = Coverage::of(words.iter().flat_map(|coverage| coverage.ranges().iter().cloned()));
    (!union.ranges().is_empty()).then_some((reason, limit, union))
}

pub(super) fn report_limits(options: &DetectionOptions) -> ReportLimits {
    ReportLimits { max_sources: options.max_sources, max_passages: options.max_passages }
}

/// A digest of everything that a report depends on besides the text and the corpus's revision.
pub(super) fn settings_digest(
    collections: &[(&str, FingerprintSettings)],
    scope: &Scope,
    options: &DetectionOptions,
    engine: &Engine,
) -> u128 {
    let DetectionOptions {
        min_passage_words,
        mode,
        commonness_cap,
        offset_unit,
        include_excerpts,
        max_sources,
        max_passages,
    } = options;
    let Scope { collections: _, exclude_source_ids, exclude_groups, exclude_labels } = scope;
    let unit = match offset_unit {
        OffsetUnit::Utf8Bytes => "utf8",
        OffsetUnit::Utf16CodeUnits => "utf16",
        OffsetUnit::CodePoints => "code points",
    };
    let limits = (engine.limits().max_candidates, engine.limits().max_postings_per_fingerprint);
    let settings = format!(
        "{ALGORITHM_VERSION} {min_passage_words:?} {} {commonness_cap:?} {unit} {include_excerpts} {max_sources} \
         {max_passages} {limits:?}",
        mode.max_gap_tokens(),
    );
    let mut digest = Xxh3::new();
    let mut part = |text: &str| {
        digest.update(&(text.len() as u64).to_le_bytes());
        digest.update(text.as_bytes());
    };
    part(&settings);
    for (name, FingerprintSettings { kgram, window }) in collections {
        part(&format!("collection {} {} {name}", kgram.get(), window.get()));
    }
    for id in exclude_source_ids {
        part(&format!("id {id}"));
    }
    for group in exclude_groups {
        part(&format!("group {}", group.as_str()));
    }
    for label in exclude_labels {
        part(&format!("label {}", label.as_str()));
    }
    digest.digest128()
}
