//! One text with those that come after it: look up, rank, compare.

use std::sync::OnceLock;

use super::left_out::{LeftOut, holds};
use super::options::PairOptions;
use super::roster::Roster;
use crate::engine::candidates::{Candidate, candidates};
use crate::engine::catalogue::Catalogue;
use crate::engine::collection::Collection;
use crate::engine::corpus::Engine;
use crate::engine::error::Error;
use crate::engine::evidence::Channel;
use crate::engine::options::{DetectionOptions, Scope};
use crate::engine::profile::Profile;
use crate::engine::search::{View, union};
use crate::engine::subject::Subject;
use crate::fingerprint::{ContextMatch, Fingerprint};
use crate::index::{LookUp, ReadLimits};
use crate::matching::{Passage, PassageKind, Stop};
use crate::report::{Coverage, Share, VoidReason};
use crate::text::TokenizedText;

/// What all comparisons of one collection have in common.
pub(super) struct Comparing<'a> {
    pub(super) engine: &'a Engine,
    pub(super) view: View<'a>,
    pub(super) collection: &'a Collection,
    pub(super) scope: Scope,
    pub(super) options: &'a PairOptions,
    pub(super) detection: DetectionOptions,
    /// What is left out of the count of each source, once it was needed.
    pub(super) left_out: Vec<OnceLock<LeftOut>>,
    pub(super) nothing: LeftOut,
    pub(super) stop: &'a Stop,
}

/// What two texts share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Overlap {
    pub(super) texts: (usize, usize),
    pub(super) shares: (Share, Share),
    pub(super) passages: u64,
}

/// What one text came to.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) overlaps: Vec<Overlap>,
    pub(super) comparisons: u64,
    pub(super) comparisons_cut: u64,
    /// Words in which shared runs may have gone unfound, and through which limit.
    pub(super) voids: Vec<(VoidReason, u64, u64)>,
}

/// A source with its text.
#[derive(Clone, Copy)]
pub(super) struct Read<'a> {
    pub(super) place: usize,
    pub(super) text: &'a str,
    pub(super) tokenized: &'a TokenizedText,
}

impl Comparing<'_> {
    /// The most sources that a fingerprint may stand in, and what it is that says so.
    pub(super) fn commonness_cap(&self) -> (VoidReason, u32) {
        let most = u32::try_from(self.engine.limits().max_candidates).unwrap_or(u32::MAX);
        match self.detection.commonness_cap_of(self.sources()) {
            Some(cap) if cap <= most => (VoidReason::CommonnessCap, cap),
            _ => (VoidReason::PostingLimit, most),
        }
    }

    /// What a text shares with those that come after it.
    ///
    /// Linear in the text, in the postings of its fingerprints (bounded by the cap for each), and in the
    /// texts of the candidates (bounded by `max_candidates`).
    pub(super) fn overlaps(&self, roster: &Roster, text: usize) -> Result<Outcome, Error> {
        self.stop.check()?;
        let mut outcome = Outcome::default();
        let Some((place, entry)) = roster.first_holder(text) else { return Ok(outcome) };
        let Some(original) = self.engine.shared.store.text(self.collection.key(entry.slot))? else {
            return Ok(outcome);
        };
        let tokenized = self.engine.matcher.tokenize(&original);
        let own = Read { place, text: &original, tokenized: &tokenized };
        let settings = self.collection.settings();
        let (indexed, mut pairs) = self.engine.indexed(&original, self.detection.mode);
        let fingerprints = self.collection.fingerprinter.fingerprints(&indexed);
        let mut profile = Profile::new(tokenized.tokens(), fingerprints, settings, &self.detection);
        // What is left out is worked out only where something is shared, unless it says what to look for.
        if self.boilerplate_is_given() {
            let boilerplate = &self.left_out(own)?.boilerplate;
            let width = settings.kgram.get();
            profile.fingerprints.retain(|kept| !holds(boilerplate, kept.position, width));
            pairs.retain(|kept| !holds(boilerplate, kept.position, 1));
        }
        let kept = self.shortlist(roster, text, &profile, &pairs, &mut outcome);
        outcome.comparisons = kept.len() as u64;
        if kept.is_empty() {
            return Ok(outcome);
        }
        let mut subject = Subject::new(&original, &tokenized, self.detection.mode, &self.engine.readers);
        for (other, candidate) in kept {
            self.stop.check()?;
            let texts = (text, other);
            outcome.overlaps.extend(self.compare(&mut subject, own, &profile, &candidate, roster, texts)?);
        }
        Ok(outcome)
    }

    /// The texts to compare one with, by what speaks for them; no more than the limit.
    fn shortlist(
        &self,
        roster: &Roster,
        text: usize,
        profile: &Profile<'_>,
        pairs: &[Fingerprint],
        outcome: &mut Outcome,
    ) -> Vec<(usize, Candidate)> {
        let (reason, cap) = self.commonness_cap();
        let catalogue = self.collection.catalogue.read();
        let (look_up, unread) = self.look_up(&catalogue, &profile.fingerprints, cap);
        let kgrams = Channel { fingerprints: &profile.fingerprints, look_up: &look_up };
        let admitted = self.view.admitted(self.collection, &catalogue, pairs, kgrams, self.sources());
        let scope = (&self.scope, self.view.revision);
        let found = candidates(&look_up, &profile.fingerprints, &catalogue, scope, Some(cap), &admitted);
        drop(catalogue);
        let mut kept: Vec<(usize, Candidate)> = found
            .candidates
            .into_iter()
            .filter_map(|candidate| Some((roster.partner(text, candidate.entry.slot)?, candidate)))
            .collect();
        kept.sort_unstable_by(|(_, a), (_, b)| a.compare_ranks(b));
        let most = self.engine.limits().max_candidates;
        let cut = kept.split_off(kept.len().min(most));
        outcome.comparisons_cut = cut.len() as u64;
        let around = |places: &mut dyn Iterator<Item = u32>| {
            union(places.map(|at| profile.words_around(at as usize))).words()
        };
        let common = around(&mut found.too_common.iter().chain(&unread).copied());
        let uncompared = around(&mut cut.iter().flat_map(|(_, candidate)| &candidate.fingerprints).copied());
        let voids = [(reason, u64::from(cap), common), (VoidReason::CandidateLimit, most as u64, uncompared)];
        outcome.voids = voids.into_iter().filter(|(.., words)| *words > 0).collect();
        kept
    }

    /// The hits of k-grams, without those of the fingerprints that were left unread; and these. They stand in
    /// more sources than the cap.
    pub(super) fn look_up(
        &self,
        catalogue: &Catalogue,
        fingerprints: &[Fingerprint],
        cap: u32,
    ) -> (LookUp, Vec<u32>) {
        let rule = ContextMatch::new(self.collection.settings().window);
        let limits = ReadLimits { per_fingerprint: cap, in_all: u32::MAX };
        let visible = self.view.visible(catalogue, None);
        let mut look_up = self.collection.kgrams.look_up_visible(fingerprints, rule, limits, visible);
        let unread: Vec<u32> =
            std::mem::take(&mut look_up.unread).into_iter().map(|unread| unread.fingerprint).collect();
        look_up.hits.retain(|hit| unread.binary_search(&hit.fingerprint).is_err());
        (look_up, unread)
    }

    /// Sources of the collection, in scope or not.
    fn sources(&self) -> u64 {
        self.view.sources.first().copied().unwrap_or(0)
    }

    /// The words that a text shares with a candidate, of the words that count, on both sides.
    fn compare(
        &self,
        subject: &mut Subject<'_>,
        own: Read<'_>,
        profile: &Profile<'_>,
        candidate: &Candidate,
        roster: &Roster,
        texts: (usize, usize),
    ) -> Result<Option<Overlap>, Error> {
        let Some((place, _)) = roster.first_holder(texts.1) else { return Ok(None) };
        let Some(text) = self.engine.shared.store.text(self.collection.key(candidate.entry.slot))? else {
            return Ok(None);
        };
        let tokenized = self.engine.matcher.tokenize(&text);
        let source = (&*text, &tokenized);
        let depth = candidate.depth();
        let mut passages =
            subject.passages_of_candidate(&profile.prepared, source, profile.min_tokens, depth, self.stop)?;
        let least = self.options.min_passage_words.unwrap_or(0);
        passages.retain(|passage| longer_side(passage) >= least);
        if passages.is_empty() {
            return Ok(None);
        }
        let theirs = Read { place, text: &text, tokenized: &tokenized };
        let covered = Coverage::of(passages.iter().map(|passage| passage.submission.clone()));
        // What a summary condenses was not taken word by word: its span tells where from, not how much.
        let word_by_word = passages.iter().filter(|passage| passage.kind != PassageKind::Summary);
        let used = Coverage::of(word_by_word.map(|passage| passage.source.clone()));
        let shares = (self.share(own, &covered)?, self.share(theirs, &used)?);
        let any = shares.0.words > 0 || shares.1.words > 0;
        Ok(any.then_some(Overlap { texts, shares, passages: passages.len() as u64 }))
    }

    fn share(&self, source: Read<'_>, covered: &Coverage) -> Result<Share, Error> {
        let left_out = &self.left_out(source)?.words;
        let words = source.tokenized.tokens().len() as u64;
        Ok(Share { words: covered.minus(left_out).words(), of_words: words - left_out.words() })
    }
}

/// Words of a passage, on the side where it has more.
fn longer_side(passage: &Passage) -> u32 {
    let words = |side: &std::ops::Range<u32>| side.end - side.start;
    words(&passage.submission).max(words(&passage.source))
}
