//! Comparison of reports with the known passages.

use std::collections::BTreeMap;
use std::ops::Range;

use palimpsest::report::{Report, ReportedPassage, SourceOverlap};
use palimpsest::text::Span;

use super::memory::ratio;
use super::workload::{Case, Submission};

/// Results for the planted passages of one kind.
#[derive(Default)]
pub(crate) struct Kind {
    pub(crate) cases: u64,
    pub(crate) found: u64,
    pub(crate) as_one_passage: u64,
    pub(crate) edges_within_two_words: u64,
    bytes: u64,
    reported_bytes: u64,
}

impl Kind {
    /// Share of its characters that were reported.
    pub(crate) fn recall(&self) -> f64 {
        ratio(self.reported_bytes, self.bytes)
    }
}

/// Results for all planted passages, and the other reported ones.
#[derive(Default)]
pub(crate) struct Score {
    pub(crate) kinds: BTreeMap<String, Kind>,
    /// Number of pairs of a submission and a source that it copied from.
    pub(crate) pairs: u64,
    pub(crate) pairs_found: u64,
    pub(crate) clean: u64,
    /// Passages that were not planted, and those of them with the same words in both texts.
    pub(crate) unplanted: u64,
    pub(crate) unplanted_in_both: u64,
    /// A line for each passage that was missed, is inexact, or was not planted.
    pub(crate) remarks: Vec<String>,
    true_bytes: u64,
    reported_bytes: u64,
    both_bytes: u64,
}

impl Score {
    pub(crate) fn add(&mut self, submission: &Submission, report: &Report) {
        let mut wanted = Marks::new(&submission.text);
        submission.cases.iter().for_each(|case| wanted.mark(&case.submission));
        let mut reported = Marks::new(&submission.text);
        for source in report.sources.iter().filter(|source| !submission.natural.contains(&source.source_id)) {
            for passage in &source.passages {
                reported.mark(&bytes(passage.submission));
                self.add_passage(submission, source, passage);
            }
        }
        submission.cases.iter().for_each(|case| self.add_case(submission, case, report, &reported));
        self.add_pairs(submission, report);
        self.clean += u64::from(submission.cases.is_empty());
        self.true_bytes += wanted.count(|_| true);
        self.reported_bytes += reported.count(|_| true);
        self.both_bytes += reported.count(|at| wanted.is_marked(at));
    }

    /// Share of the planted characters that were reported.
    pub(crate) fn recall(&self) -> f64 {
        ratio(self.both_bytes, self.true_bytes)
    }

    /// Share of the reported characters that were planted.
    pub(crate) fn precision(&self) -> f64 {
        ratio(self.both_bytes, self.reported_bytes)
    }

    fn add_case(&mut self, submission: &Submission, case: &Case, report: &Report, reported: &Marks) {
        let passages: Vec<&ReportedPassage> = passages_of(report, &case.source_id)
            .filter(|p| {
                overlap(&case.submission, &bytes(p.submission)) && overlap(&case.source, &bytes(p.source))
            })
            .collect();
        let start = passages.iter().map(|passage| passage.submission.start as usize).min().unwrap_or(0);
        let end = passages.iter().map(|passage| passage.submission.end as usize).max().unwrap_or(0);
        let off = words_between(&submission.text, start, case.submission.start).max(words_between(
            &submission.text,
            end,
            case.submission.end,
        ));
        if passages.is_empty() || off > 2 {
            let (words, kind, source) = (case.words, &case.kind, &case.source_id);
            let what =
                if passages.is_empty() { "missed".to_owned() } else { format!("edges off by {off} words") };
            self.remarks.push(format!("{}: {kind}, {words} words of {source}: {what}", submission.id));
        }
        let kind = self.kinds.entry(case.kind.clone()).or_default();
        kind.cases += 1;
        kind.found += u64::from(!passages.is_empty());
        kind.as_one_passage += u64::from(passages.len() == 1);
        kind.edges_within_two_words += u64::from(off <= 2);
        kind.bytes += case.submission.len() as u64;
        kind.reported_bytes += reported.count(|at| case.submission.contains(&at));
    }

    fn add_pairs(&mut self, submission: &Submission, report: &Report) {
        let mut sources: Vec<&str> = submission.cases.iter().map(|case| case.source_id.as_str()).collect();
        sources.sort_unstable();
        sources.dedup();
        self.pairs += sources.len() as u64;
        let found = sources.iter().filter(|id| report.sources.iter().any(|source| source.source_id == **id));
        self.pairs_found += found.count() as u64;
    }

    fn add_passage(&mut self, submission: &Submission, source: &SourceOverlap, passage: &ReportedPassage) {
        let planted = |case: &Case| {
            case.source_id == source.source_id && overlap(&case.submission, &bytes(passage.submission))
        };
        if submission.cases.iter().any(planted) {
            return;
        }
        let (here, there) = passage
            .excerpts
            .as_ref()
            .map_or(("", ""), |texts| (texts.submission.as_str(), texts.source.as_str()));
        let in_both = plain(here) == plain(there);
        self.unplanted += 1;
        self.unplanted_in_both += u64::from(in_both);
        self.remarks.push(format!(
            "{}{}: not planted, {:?}, {} of {} words in {}: {here:?}{}",
            submission.id,
            if submission.cases.is_empty() { " (clean)" } else { "" },
            passage.kind,
            passage.matched_words,
            passage.submission_words,
            source.source_id,
            if in_both { String::new() } else { format!(" / {there:?}") },
        ));
    }
}

/// A set of bytes of a text.
struct Marks(Vec<bool>);

impl Marks {
    fn new(text: &str) -> Self {
        Self(vec![false; text.len()])
    }

    fn mark(&mut self, range: &Range<usize>) {
        if let Some(marks) = self.0.get_mut(range.clone()) {
            marks.fill(true);
        }
    }

    fn is_marked(&self, at: usize) -> bool {
        self.0.get(at).copied().unwrap_or(false)
    }

    fn count(&self, counts: impl Fn(usize) -> bool) -> u64 {
        self.0.iter().enumerate().filter(|(at, marked)| **marked && counts(*at)).count() as u64
    }
}

fn passages_of<'a>(report: &'a Report, source_id: &str) -> impl Iterator<Item = &'a ReportedPassage> {
    let source = report.sources.iter().find(|source| source.source_id == source_id);
    source.into_iter().flat_map(|source| &source.passages)
}

fn bytes(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Number of words between two offsets, in either order.
fn words_between(text: &str, a: usize, b: usize) -> usize {
    let between = text.get(a.min(b)..a.max(b)).unwrap_or_default();
    between.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
}

/// Whether two texts have the same letters and digits.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
