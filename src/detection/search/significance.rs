//! Significance: how many passages with the evidence of a found one chance would produce.

use std::ops::Range;

use super::counts::CollectionExtent;
use super::query::Query;
use crate::chance::{Expectation, Kgram, PassageScore, Phrases, rounded};
use crate::detection::submission::{Compared, Submission};
use crate::matching::{self, CoveredPassage, Passage, PassageKind};
use crate::model::{Stop, StopReason};
use crate::report::ByChance;

/// The shortest runs that say something of an altered passage, in words.
const LEAST_RUN_WORDS: u32 = 3;

/// What a run of an altered passage scores without counting: two texts on one subject share such phrases.
const COMMON_RUN: f64 = 10.0;

/// Judges the passages that a submission shares with the sources of one collection.
#[derive(Debug)]
pub(in crate::detection) struct Judge {
    phrases: Phrases,
    expectation: Expectation,
}

impl Judge {
    /// From the postings of each k-gram of a query in a collection of so many words. `own` of them say nothing: those
    /// of the source itself, and those of the submission if it is in the collection.
    pub(in crate::detection) fn new(
        query: &Query<'_>,
        counts: &[u32],
        words: u64,
        own: u32,
        expectation: Expectation,
    ) -> Self {
        let kgrams = query.fingerprints.iter().zip(counts);
        let kgrams = kgrams.map(|(kept, count)| Kgram { position: kept.position, count: *count }).collect();
        #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53 words")]
        let collection_words = words as f64;
        let kgram_tokens = query.settings.kgram.get();
        Self { phrases: Phrases { kgrams, kgram_tokens, own, collection_words }, expectation }
    }

    /// The judge of passages with sources of one collection alone, by the postings of each k-gram of a query in it.
    pub(in crate::detection) fn within(
        extent: CollectionExtent,
        submission: &Submission<'_>,
        query: &Query<'_>,
        counts: &[u32],
        own: u32,
    ) -> Self {
        // A collection without sources in scope counts as a whole.
        let extent = extent.or_whole();
        let submission_words = f64::from(submission.tokenized.lengths().total());
        let expectation = Expectation::new(submission_words, [extent.chance()]);
        Self::new(query, counts, extent.words, own, expectation)
    }

    /// The significance of each passage with a source. Linear in the passages; in the source too if one of them is altered.
    pub(in crate::detection) fn judge(
        &self,
        submission: &Submission<'_>,
        query: &Query<'_>,
        source: Compared<'_>,
        passages: &[CoveredPassage],
        stop: &Stop,
    ) -> Result<Vec<ByChance>, StopReason> {
        let is_altered = |found: &CoveredPassage| found.passage.kind != PassageKind::Verbatim;
        let runs = if passages.iter().any(is_altered) {
            matching::verbatim_passages(&query.prepared, source.tokenized.tokens(), LEAST_RUN_WORDS, stop)?
        } else {
            Vec::new()
        };
        Ok(passages.iter().map(|found| self.judge_one(submission, &found.passage, &runs)).collect())
    }

    fn judge_one(&self, submission: &Submission<'_>, passage: &Passage, runs: &[Passage]) -> ByChance {
        let score = |run: &Range<u32>| self.phrases.score(submission.costs(), run);
        let of_run = |run_score: f64| self.expectation.of(PassageScore::Run(run_score));
        if passage.kind == PassageKind::Verbatim {
            let run_score = score(&passage.submission);
            return ByChance { run_score, expected: rounded(of_run(run_score)) };
        }
        let (mut sum, mut strongest) = (0.0, 0.0_f64);
        for run in disjoint(inside(runs, passage)) {
            let score = score(&run);
            sum += (score - COMMON_RUN).max(0.0);
            strongest = strongest.max(score);
        }
        let words = submission.tokenized.lengths().exact(&passage.submission);
        let whole = if passage.kind == PassageKind::Summary {
            PassageScore::summary(sum, words)
        } else {
            PassageScore::altered(sum, f64::from(passage.evidence), words)
        };
        let expected = self.expectation.of(whole).min(of_run(strongest));
        ByChance { run_score: strongest, expected: rounded(expected) }
    }
}

/// The runs of a passage, in order of their place in the submission.
fn inside<'a>(runs: &'a [Passage], passage: &Passage) -> impl Iterator<Item = &'a Passage> {
    let holds = |outer: &Range<u32>, inner: &Range<u32>| outer.start <= inner.start && inner.end <= outer.end;
    let (here, there) = (passage.submission.clone(), passage.source.clone());
    runs.iter().filter(move |run| holds(&here, &run.submission) && holds(&there, &run.source))
}

/// The places of runs in the submission, each less what a run before it has.
fn disjoint<'a>(runs: impl Iterator<Item = &'a Passage>) -> impl Iterator<Item = Range<u32>> {
    let mut end = 0;
    runs.map(move |run| {
        let start = run.submission.start.max(end);
        end = end.max(run.submission.end);
        start..end.max(start)
    })
    .filter(|run| !run.is_empty())
}
