//! One text with those that come after it: look up, rank, compare.

use std::sync::{Arc, OnceLock};

use super::left_out::{LeftOut, holds};
use super::options::PairOptions;
use super::partners::unranked;
use super::prepared::{PreparedText, PreparedTexts};
use super::roster::Roster;
use crate::corpus::{Entry, Error, IndexKind, View, ViewedCollection};
use crate::detection::detector::{Detector, Indexed};
use crate::detection::options::DetectionOptions;
use crate::detection::search::{
    Candidate, Channel, CollectionExtent, Evidence, Judge, Proposal, Query, WORD_PAIR_LIMITS, candidates,
    evidence,
};
use crate::detection::submission::{Compared, Comparer, Depth, Submission};
use crate::fingerprint::{ContextMatch, Fingerprint};
use crate::index::{Hit, ReadLimits, Wanted};
use crate::matching::{CoveredPassage, Passage, PassageKind};
use crate::model::{Scope, Stop};
use crate::report::{Coverage, Share, VoidReason, remaining};
use crate::text::{TokenizedText, WordLengths};

/// The comparisons of one collection.
pub(super) struct Comparing<'a> {
    pub(super) detector: &'a Detector,
    pub(super) view: &'a View,
    pub(super) collection: &'a ViewedCollection,
    pub(super) scope: Scope,
    pub(super) options: &'a PairOptions,
    pub(super) detection: DetectionOptions,
    /// The excluded words of each source, once they were needed.
    pub(super) left_out: Vec<OnceLock<LeftOut>>,
    pub(super) nothing: LeftOut,
    pub(super) prepared: PreparedTexts,
    pub(super) stop: &'a Stop,
}

/// The overlap of two texts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Overlap {
    pub(super) texts: (usize, usize),
    pub(super) shares: (Share, Share),
    pub(super) passages: u64,
}

/// The outcome of one text.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) overlaps: Vec<Overlap>,
    pub(super) comparisons: u64,
    pub(super) comparisons_cut: u64,
    /// The words in which shared runs may have been missed, by limit.
    pub(super) voids: Vec<(VoidReason, u64, u64)>,
}

/// A text that another is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Partner {
    /// Its number in the roster.
    pub(super) text: usize,
    pub(super) depth: Depth,
}

/// A text that another may be compared with, by its rank.
struct Ranked {
    text: usize,
    proposal: Proposal,
}

/// The result of looking up k-grams.
pub(super) struct LookedUp {
    pub(super) hits: Vec<Hit>,
    counts: Vec<u32>,
    /// K-grams with more postings than the cap, by their places; ascending.
    pub(super) unread: Vec<u32>,
    /// K-grams that were read and are in more sources than the cap, by their places; ascending.
    pub(super) too_common: Vec<u32>,
}

/// The texts that one is compared with, and the postings of each of its k-grams.
struct Shortlist {
    kept: Vec<Partner>,
    counts: Vec<u32>,
}

/// The postings of a k-gram that two sources have by themselves.
const POSTINGS_OF_A_PAIR: u32 = 2;

/// The text that others are compared with.
#[derive(Clone, Copy)]
struct Looked<'a> {
    /// Its number in the roster.
    text: usize,
    own: Read<'a>,
    submission: &'a Submission<'a>,
    query: &'a Query<'a>,
    judge: &'a Judge,
}

/// A source with its text.
#[derive(Clone, Copy)]
pub(super) struct Read<'a> {
    pub(super) place: usize,
    pub(super) text: &'a str,
    pub(super) tokenized: &'a TokenizedText,
}

impl Ranked {
    fn partner(&self) -> Partner {
        Partner { text: self.text, depth: self.proposal.depth(false) }
    }
}

/// The candidates that a text is compared with, those that come after it, by their ranks.
fn ranked(roster: &Roster, text: usize, found: Vec<Candidate>) -> Vec<Ranked> {
    let ranked = |candidate: Candidate| {
        let Candidate { slot, shared, weight, fingerprints } = candidate;
        let text = roster.partner(text, slot)?;
        let id = roster.first_holder(text)?.1.id.clone();
        Some(Ranked {
            text,
            proposal: Proposal { collection: 0, id, shared, weight, fingerprints, alike: 0 },
        })
    };
    let mut found: Vec<Ranked> = found.into_iter().filter_map(ranked).collect();
    found.sort_unstable_by(|a, b| a.proposal.compare_ranks(&b.proposal));
    found
}

impl Comparing<'_> {
    /// The largest number of sources that a fingerprint may be in, and the limit that sets it.
    pub(super) fn commonness_cap(&self) -> (VoidReason, u32) {
        let most = u32::try_from(self.detector.limits.max_candidates).unwrap_or(u32::MAX);
        match self.detection.commonness_cap_of(self.collection.sources()) {
            Some(cap) if cap <= most => (VoidReason::CommonnessCap, cap),
            _ => (VoidReason::PostingLimit, most),
        }
    }

    /// The text of a source, prepared.
    fn prepared(&self, place: usize, entry: &Entry) -> Result<Arc<PreparedText>, Error> {
        self.prepared.of(place, entry, (self.detector, self.collection), self.detection.mode)
    }

    /// The overlaps of a text with those that come after it.
    ///
    /// Linear in the text, in the postings of its fingerprints (bounded by the cap for each), and in the
    /// texts of the candidates (bounded by `max_candidates`).
    pub(super) fn overlaps(&self, roster: &Roster, text: usize) -> Result<Outcome, Error> {
        self.stop.check()?;
        let mut outcome = Outcome::default();
        let Some((place, entry)) = roster.first_holder(text) else { return Ok(outcome) };
        let prepared = self.prepared(place, entry)?;
        let PreparedText { text: original, tokenized, altered } = &*prepared;
        let own = Read { place, text: original, tokenized };
        let settings = self.collection.settings();
        let Indexed { tokens, mut word_pairs } = self.detector.indexed(original, self.detection.mode);
        let fingerprints = self.collection.fingerprints(&tokens);
        let mut query = Query::new(tokenized, fingerprints, settings, &self.detection);
        // Exclusions are found only where something is shared, unless they decide what to look for.
        if self.boilerplate_is_given() {
            let boilerplate = &self.left_out(own)?.boilerplate;
            let width = settings.kgram.get();
            query.fingerprints.retain(|kept| !holds(boilerplate, kept.position, width));
            word_pairs.retain(|kept| !holds(boilerplate, kept.position, 1));
        }
        let Shortlist { kept, counts } =
            self.shortlist(roster, text, &query, tokenized.lengths(), &word_pairs, &mut outcome);
        outcome.comparisons = kept.len() as u64;
        if kept.is_empty() {
            return Ok(outcome);
        }
        let submission = Submission::prepared(original, tokenized, altered.clone(), &self.detector.profilers);
        let extent = CollectionExtent::of(self.collection);
        let judge = Judge::within(extent, &submission, &query, &counts, POSTINGS_OF_A_PAIR);
        let mut comparer = submission.comparer();
        for candidate in kept {
            self.stop.check()?;
            let looked = Looked { text, own, submission: &submission, query: &query, judge: &judge };
            outcome.overlaps.extend(self.compare(&mut comparer, looked, candidate, roster)?);
        }
        Ok(outcome)
    }

    /// The texts to compare one with, by their evidence; no more than the limit.
    fn shortlist(
        &self,
        roster: &Roster,
        text: usize,
        query: &Query<'_>,
        lengths: &WordLengths,
        word_pairs: &[Fingerprint],
        outcome: &mut Outcome,
    ) -> Shortlist {
        let (reason, cap) = self.commonness_cap();
        let looked_up = self.look_up(&query.fingerprints, cap);
        let kgrams = Channel {
            fingerprints: &query.fingerprints,
            hits: &looked_up.hits,
            counts: &looked_up.counts,
            unread: &looked_up.unread,
        };
        let admitted = self.admitted(word_pairs, kgrams);
        let most = self.detector.limits.max_candidates;
        let mut kept = unranked(roster, text, &looked_up, &admitted);
        let mut cut = Vec::new();
        if kept.len() > most {
            let found = candidates(looked_up.hits, &query.fingerprints, &looked_up.too_common, &admitted);
            let mut ranked = ranked(roster, text, found);
            cut = ranked.split_off(ranked.len().min(most));
            kept = ranked.iter().map(Ranked::partner).collect();
        }
        outcome.comparisons_cut = cut.len() as u64;
        let around = |places: &mut dyn Iterator<Item = u32>| {
            let words: Vec<Coverage> = places.map(|at| query.words_around(at as usize)).collect();
            Coverage::union(&words).words(lengths)
        };
        let common = around(&mut looked_up.too_common.iter().chain(&looked_up.unread).copied());
        let uncompared = around(&mut cut.iter().flat_map(|partner| &partner.proposal.fingerprints).copied());
        let voids = [(reason, u64::from(cap), common), (VoidReason::CandidateLimit, most as u64, uncompared)];
        outcome.voids = voids.into_iter().filter(|(.., words)| *words > 0).collect();
        Shortlist { kept, counts: looked_up.counts }
    }

    /// The sources with enough evidence for altered text.
    fn admitted(&self, word_pairs: &[Fingerprint], kgrams: Channel<'_>) -> Vec<Evidence> {
        if word_pairs.is_empty() {
            return Vec::new();
        }
        let wanted = Wanted { fingerprints: word_pairs, rule: ContextMatch::none() };
        let counted = self.collection.count(IndexKind::WordPairs, wanted, WORD_PAIR_LIMITS.ceiling());
        let counts = counted.counts.clone();
        let unread = WORD_PAIR_LIMITS.unread(&counts);
        let hits = self.collection.read(IndexKind::WordPairs, wanted, counted, &unread, 0);
        let word_pairs = Channel { fingerprints: word_pairs, hits: &hits, counts: &counts, unread: &unread };
        evidence(word_pairs, kgrams, self.collection.sources())
    }

    /// Looks up k-grams. Those in more sources than the cap have no hits.
    pub(super) fn look_up(&self, fingerprints: &[Fingerprint], cap: u32) -> LookedUp {
        let wanted = Wanted { fingerprints, rule: ContextMatch::new(self.collection.settings().window) };
        let limits = ReadLimits { per_fingerprint: cap, in_all: u32::MAX };
        let counted = self.collection.count(IndexKind::Kgrams, wanted, limits.ceiling());
        let counts = counted.counts.clone();
        let unread = limits.unread(&counts);
        // There are no more sources than postings.
        let may_be_too_common = |place: &u32| counts.get(*place as usize).is_some_and(|count| *count > cap);
        let read = (0..).take(counts.len()).filter(|place| unread.binary_search(place).is_err());
        let too_common = if read.clone().any(|place| may_be_too_common(&place)) {
            let sources =
                self.collection.count_sources(IndexKind::Kgrams, wanted, &counted, limits.ceiling());
            read.filter(|place| sources.get(*place as usize).is_some_and(|count| *count > cap)).collect()
        } else {
            Vec::new()
        };
        let hits = self.collection.read(IndexKind::Kgrams, wanted, counted, &unread, 0);
        LookedUp { hits, counts, unread, too_common }
    }

    /// The overlap of a text and a candidate, in words that count, on both sides.
    fn compare(
        &self,
        comparer: &mut Comparer<'_>,
        looked: Looked<'_>,
        Partner { text: partner, depth }: Partner,
        roster: &Roster,
    ) -> Result<Option<Overlap>, Error> {
        let Looked { text, own, query, .. } = looked;
        let Some((place, entry)) = roster.first_holder(partner) else { return Ok(None) };
        let prepared = self.prepared(place, entry)?;
        let PreparedText { text: original, tokenized, altered } = &*prepared;
        let source = Compared { text: original, tokenized, altered: altered.as_deref() };
        // Chance does not produce a near copy.
        let mut passages = match comparer.near_copy(source, query.min_words) {
            Some(passages) => passages,
            None => self.significant(comparer, looked, source, depth)?,
        };
        let least = self.options.min_passage_words.unwrap_or(0);
        passages.retain(|found| {
            let Passage { submission, source, .. } = &found.passage;
            own.tokenized.lengths().reaches(submission, least) || tokenized.lengths().reaches(source, least)
        });
        if passages.is_empty() {
            return Ok(None);
        }
        let theirs = Read { place, text: original, tokenized };
        let (here, there) = (&self.left_out(own)?.boilerplate, &self.left_out(theirs)?.boilerplate);
        let covered = passages.iter().map(|CoveredPassage { passage, stretches }| {
            let sides = (&passage.submission, stretches.submission.as_slice());
            remaining(sides, own.tokenized.lengths(), here, query.min_words)
        });
        let covered = Coverage::union(&covered.collect::<Vec<Coverage>>());
        // A summary's span in the source says where it came from, not how many words were taken.
        let word_by_word = passages.iter().filter(|found| found.passage.kind != PassageKind::Summary);
        let used = word_by_word.map(|CoveredPassage { passage, stretches }| {
            let sides = (&passage.source, stretches.source.as_slice());
            remaining(sides, tokenized.lengths(), there, query.min_words)
        });
        let used = Coverage::union(&used.collect::<Vec<Coverage>>());
        let shares = (self.share(own, &covered)?, self.share(theirs, &used)?);
        let any = shares.0.words > 0 || shares.1.words > 0;
        Ok(any.then_some(Overlap { texts: (text, partner), shares, passages: passages.len() as u64 }))
    }

    /// The passages that a text shares with another and that chance does not explain.
    fn significant(
        &self,
        comparer: &mut Comparer<'_>,
        Looked { submission, query, judge, .. }: Looked<'_>,
        source: Compared<'_>,
        depth: Depth,
    ) -> Result<Vec<CoveredPassage>, Error> {
        let mut passages =
            comparer.passages_at(depth, &query.prepared, source, query.min_words, self.stop)?;
        let mut judged = judge.judge(submission, query, source, &passages, self.stop)?.into_iter();
        let most = self.options.max_expected_by_chance;
        passages.retain(|_| judged.next().is_none_or(|chance| chance.expected <= most));
        Ok(passages)
    }

    fn share(&self, source: Read<'_>, covered: &Coverage) -> Result<Share, Error> {
        let LeftOut { words: left_out, count, .. } = self.left_out(source)?;
        let lengths = source.tokenized.lengths();
        let of_words = u64::from(lengths.total()).saturating_sub(*count);
        Ok(Share { words: covered.minus(left_out).words(lengths), of_words })
    }
}
