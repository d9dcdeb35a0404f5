//! The search of views: partitions whose sources are in this process.

use std::sync::Arc;

use rayon::iter::{
    IndexedParallelIterator, IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator,
};

use super::alike::{InScope, without_alike};
use super::counts::{CollectionCounts, CollectionExtent, CollectionTotals, Counting, Extent, NodeCounts};
use super::evidence::{Channel, Evidence, WORD_PAIR_LIMITS, evidence};
use super::proposal::{Pick, Proposal};
use super::query::Query;
use super::significance::Judge;
use super::{Answer, Node, NodeSearch, Prepared, candidates};
use crate::corpus::{Entry, Error, IndexKind, View, ViewedCollection};
use crate::detection::detector::Detector;
use crate::detection::options::DetectionOptions;
use crate::detection::submission::{Compared, Comparer, Depth};
use crate::fingerprint::ContextMatch;
use crate::index::{Counted, Wanted};
use crate::model::{CollectionName, FingerprintSettings, Scope, SourceName, Stop};
use crate::report::{Coverage, Finding, FoundSource, SourceSide};

/// The number of candidates that make it worth using another thread.
const LEAST_PER_THREAD: usize = 2;

/// The number of look-ups that do, of some 0.1 µs each.
const LEAST_LOOK_UPS: usize = 8_192;

/// The partitions that this process holds: a view of each, all of one request.
#[derive(Clone, Copy)]
pub(crate) struct LocalNode<'a> {
    /// The views, of which there is one at least.
    pub(crate) views: &'a [View],
    /// The numbers of their partitions, in the same order.
    pub(crate) partitions: &'a [u16],
}

impl<'a> LocalNode<'a> {
    /// The node of sources that are not divided.
    pub(crate) fn whole(view: &'a View) -> Self {
        Self { views: std::slice::from_ref(view), partitions: &[0] }
    }
}

impl Node for LocalNode<'_> {
    fn settings(&self, collection: &CollectionName) -> Result<FingerprintSettings, Error> {
        let none = Error::Internal { what: "a node of no partition of the sources" };
        self.views.first().ok_or(none)?.collection(collection).map(ViewedCollection::settings)
    }

    fn search<'a>(
        &'a self,
        detector: &'a Detector,
        prepared: &'a Prepared<'a>,
    ) -> Result<Box<dyn NodeSearch + 'a>, Error> {
        let views = self.views.iter().zip(self.partitions);
        let searches = views.map(|(view, number)| ViewSearch::new(view, *number, detector, prepared));
        Ok(Box::new(LocalSearch(searches.collect::<Result<_, Error>>()?)))
    }
}

/// The search of the views of a node.
struct LocalSearch<'a>(Vec<ViewSearch<'a>>);

impl<'a> LocalSearch<'a> {
    /// Does a step in all views, side by side if they have much to look up.
    fn each<T: Send>(
        &mut self,
        step: impl Fn(&mut ViewSearch<'a>) -> Result<T, Error> + Sync + Send,
    ) -> Result<Vec<T>, Error> {
        let of_each = self.0.first().map_or(0, |view| view.prepared.look_ups());
        let views_per_thread = LEAST_LOOK_UPS / of_each.max(1) + 1;
        if self.0.len() <= views_per_thread {
            self.0.iter_mut().map(step).collect()
        } else {
            self.0.par_iter_mut().with_min_len(views_per_thread).map(step).collect()
        }
    }
}

impl NodeSearch for LocalSearch<'_> {
    fn most_sources(&self) -> u64 {
        self.0.iter().map(ViewSearch::most_sources).sum()
    }

    fn count(&mut self, counting: Counting) -> Answer<'_, NodeCounts> {
        Box::new(move |stop| self.each(|view| view.count(counting, stop)).map(NodeCounts::sum))
    }

    fn propose<'s>(&'s mut self, totals: &'s [CollectionTotals]) -> Answer<'s, Vec<Vec<Proposal>>> {
        Box::new(|stop| self.each(|view| view.propose(totals, stop)))
    }

    fn compare<'s>(&'s mut self, picks: &'s [Vec<Pick>]) -> Answer<'s, Vec<Finding>> {
        Box::new(move |stop| {
            let views = self.0.iter().zip(picks);
            let picks: Vec<(&ViewSearch<'_>, Pick)> =
                views.flat_map(|(view, picks)| picks.iter().map(move |pick| (view, *pick))).collect();
            let Some((first, _)) = picks.first() else { return Ok(Vec::new()) };
            let submission = first.prepared.submission;
            if picks.iter().any(|(_, pick)| pick.depth == Depth::All) {
                submission.prepare();
            }
            let compare = |comparer: &mut Comparer<'_>, (view, pick): &(&ViewSearch<'_>, Pick)| {
                view.compare_one(comparer, *pick, stop)
            };
            let compared: Result<Vec<Option<Finding>>, Error> = if picks.len() <= LEAST_PER_THREAD {
                let mut comparer = submission.comparer();
                picks.iter().map(|pick| compare(&mut comparer, pick)).collect()
            } else {
                let picks = picks.par_iter().with_min_len(LEAST_PER_THREAD);
                picks.map_init(|| submission.comparer(), compare).collect()
            };
            Ok(compared?.into_iter().flatten().collect())
        })
    }
}

/// The search of a view.
struct ViewSearch<'a> {
    view: &'a View,
    partition: u16,
    detector: &'a Detector,
    prepared: &'a Prepared<'a>,
    collections: Vec<SearchedCollection<'a>>,
    /// The sources that were proposed, with the places of their collections.
    proposed: Vec<(usize, Arc<Entry>)>,
}

/// A collection that is searched, and the first step of its look-ups.
struct SearchedCollection<'a> {
    viewed: &'a ViewedCollection,
    query: &'a Query<'a>,
    kgrams: Counted,
    word_pairs: Counted,
    /// Judges its passages, once its totals are known.
    judge: Option<Judge>,
}

impl<'a> ViewSearch<'a> {
    fn new(
        view: &'a View,
        partition: u16,
        detector: &'a Detector,
        prepared: &'a Prepared<'a>,
    ) -> Result<Self, Error> {
        let names = prepared.scope.collections.iter();
        let searched = names.zip(prepared.queries_by_collection()).map(|(name, query)| {
            Ok(SearchedCollection {
                viewed: view.collection(name)?,
                query,
                kgrams: Counted::default(),
                word_pairs: Counted::default(),
                judge: None,
            })
        });
        let collections = searched.collect::<Result<Vec<_>, Error>>()?;
        Ok(Self { view, partition, detector, prepared, collections, proposed: Vec::new() })
    }

    fn most_sources(&self) -> u64 {
        self.collections.iter().map(|searched| searched.viewed.sources()).max().unwrap_or(0)
    }

    fn extent(&self) -> Extent {
        let extents = self.collections.iter().map(|searched| CollectionExtent::of(searched.viewed));
        let collections = extents.collect();
        let unknown = self.view.unknown().to_vec();
        Extent { partition: self.partition, revision: self.view.revision(), collections, unknown }
    }

    fn count(&mut self, counting: Counting, stop: &Stop) -> Result<NodeCounts, Error> {
        let word_pairs = self.wanted_word_pairs();
        let counted = self.collections.iter_mut().map(|searched| {
            stop.check()?;
            Ok(searched.count(word_pairs, counting))
        });
        let collections = counted.collect::<Result<_, Error>>()?;
        Ok(NodeCounts { extents: vec![self.extent()], collections })
    }

    fn propose(&mut self, totals: &[CollectionTotals], stop: &Stop) -> Result<Vec<Proposal>, Error> {
        let word_pairs = self.wanted_word_pairs();
        let mut proposals = Vec::new();
        for ((place, searched), totals) in self.collections.iter_mut().enumerate().zip(totals) {
            stop.check()?;
            let candidates = searched.candidates(word_pairs, totals, self.prepared.scope);
            searched.judge = Some(searched.judge_by(totals, self.prepared.scope));
            let slots = candidates.iter().map(|candidate| candidate.slot);
            let entries = searched.viewed.in_scope(slots, self.prepared.scope);
            let found = candidates.into_iter().zip(entries);
            let found =
                found.filter_map(|(candidate, entry)| Some(InScope { candidate, entry: entry?, alike: 0 }));
            for InScope { candidate, entry, alike } in without_alike(found.collect()) {
                proposals.push(Proposal {
                    collection: place,
                    id: entry.id.clone(),
                    shared: candidate.shared,
                    weight: candidate.weight,
                    fingerprints: candidate.fingerprints,
                    alike,
                });
                self.proposed.push((place, entry));
            }
        }
        Ok(proposals)
    }

    fn wanted_word_pairs(&self) -> Wanted<'a> {
        Wanted { fingerprints: &self.prepared.word_pairs, rule: ContextMatch::none() }
    }

    fn compare_one(
        &self,
        comparer: &mut Comparer<'_>,
        pick: Pick,
        stop: &Stop,
    ) -> Result<Option<Finding>, Error> {
        stop.check()?;
        let unknown = Error::Internal { what: "a candidate was picked that was not proposed" };
        let (place, entry) = self.proposed.get(pick.proposal).ok_or_else(|| unknown.clone())?;
        let SearchedCollection { viewed, query, judge, .. } = self.collections.get(*place).ok_or(unknown)?;
        let text = viewed.text(entry)?;
        let tokenized = self.detector.tokenize_source(&text);
        stop.check()?;
        let source = Compared { text: &text, tokenized: &tokenized, altered: None };
        let passages = comparer.passages_at(pick.depth, &query.prepared, source, query.min_words, stop)?;
        let judged = match judge {
            Some(judge) => judge.judge(self.prepared.submission, query, source, &passages, stop)?,
            None => Vec::new(),
        };
        let found = FoundSource::of(viewed.name(), entry);
        let excludes = self.prepared.excludes(&found.group);
        let exact = if excludes { comparer.exact(source, &passages) } else { Coverage::default() };
        let DetectionOptions { offset_unit, include_excerpts, .. } = *self.prepared.options;
        let side = SourceSide { text: &text, tokenized: &tokenized, pages: entry.pages.as_deref() };
        let finding = Finding::new(found, side, passages, offset_unit, include_excerpts);
        let finding = finding.map(|finding| finding.judged(judged));
        Ok(finding.map(|finding| Finding { min_words: query.min_words, exact, ..finding }))
    }
}

impl SearchedCollection<'_> {
    fn count(&mut self, word_pairs: Wanted<'_>, counting: Counting) -> CollectionCounts {
        let (wanted, Counting { ceiling, of_sources }) = (self.query.wanted(), counting);
        self.kgrams = self.viewed.count(IndexKind::Kgrams, wanted, ceiling);
        if !word_pairs.fingerprints.is_empty() {
            let ceiling = WORD_PAIR_LIMITS.ceiling();
            self.word_pairs = self.viewed.count(IndexKind::WordPairs, word_pairs, ceiling);
        }
        let kgram_sources = if of_sources {
            self.viewed.count_sources(IndexKind::Kgrams, wanted, &self.kgrams, ceiling)
        } else {
            Vec::new()
        };
        let (kgrams, word_pairs) = (self.kgrams.counts.clone(), self.word_pairs.counts.clone());
        CollectionCounts { kgrams, kgram_sources, word_pairs }
    }

    /// The judge of its passages.
    fn judge_by(&self, totals: &CollectionTotals, scope: &Scope) -> Judge {
        // The source that a run is found in, and the submission where it is a source of the collection.
        let is_here = |name: &SourceName| name.collection == *self.viewed.name();
        let own = 1 + u32::from(scope.exclude_source.as_ref().is_some_and(is_here));
        Judge::new(self.query, &totals.counts.kgrams, totals.words, own, totals.expectation.clone())
    }

    fn candidates(
        &mut self,
        word_pairs: Wanted<'_>,
        totals: &CollectionTotals,
        scope: &Scope,
    ) -> Vec<candidates::Candidate> {
        let CollectionTotals {
            sources,
            compares_all,
            counts,
            unread,
            too_common,
            unread_word_pairs,
            sample,
            ..
        } = totals;
        let (viewed, wanted) = (self.viewed, self.query.wanted());
        let counted = std::mem::take(&mut self.kgrams);
        let hits = viewed.read(IndexKind::Kgrams, wanted, counted, unread, *sample);
        let admitted = if word_pairs.fingerprints.is_empty() {
            Vec::new()
        } else {
            let counted = std::mem::take(&mut self.word_pairs);
            let pair_hits = viewed.read(IndexKind::WordPairs, word_pairs, counted, unread_word_pairs, 0);
            let word_pairs = Channel {
                fingerprints: word_pairs.fingerprints,
                hits: &pair_hits,
                counts: &counts.word_pairs,
                unread: unread_word_pairs,
            };
            let fingerprints = wanted.fingerprints;
            let kgrams = Channel { fingerprints, hits: &hits, counts: &counts.kgrams, unread };
            evidence(word_pairs, kgrams, *sources)
        };
        let admitted =
            if *compares_all { with_all(&viewed.all_in_scope(scope), &admitted) } else { admitted };
        candidates::candidates(hits, wanted.fingerprints, too_common, &admitted)
    }
}

/// The least evidence that admits a source.
const LEAST: f32 = f32::MIN_POSITIVE;

/// All of some sources, each with its evidence or the least; in order of their slots.
fn with_all(entries: &[Arc<Entry>], admitted: &[Evidence]) -> Vec<Evidence> {
    let known = |slot| admitted.binary_search_by_key(&slot, |one| one.slot).ok();
    let weight = |slot| known(slot).and_then(|place| admitted.get(place)).map_or(LEAST, |one| one.weight);
    let mut all: Vec<Evidence> =
        entries.iter().map(|entry| Evidence { slot: entry.slot(), weight: weight(entry.slot()) }).collect();
    all.sort_unstable_by_key(|one| one.slot);
    all
}
