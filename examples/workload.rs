//! Checks submissions of which the truth is known against a running server, and holds the reports
//! against it.
//!
//! ```sh
//! palimpsest serve &
//! palimpsest import SOURCES.jsonl
//! cargo run --release --example workload -- SUBMISSIONS.jsonl TRUTH.json [http://127.0.0.1:50051]
//! ```
//!
//! The submissions are objects `{id, text}`, one a line. The truth maps a submission's id to its `spans`:
//! `q` and `d` are half-open byte ranges of the submission and of the source `doc`, `words` their length,
//! `kind` how the passage was changed; and to `natural`, sources that share text with it by themselves.

#![expect(
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a tool that prints, on files that it trusts"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::time::{Duration, Instant};

use palimpsest::proto::detection_service_client::DetectionServiceClient;
use palimpsest::proto::{CheckRequest, DetectionOptions, Passage, PassageKind, Report, SourceOverlap};
use serde::Deserialize;

#[derive(Deserialize)]
struct Submission {
    id: String,
    text: String,
}

#[derive(Deserialize)]
struct Truth {
    spans: Vec<True>,
    #[serde(default)]
    natural: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
struct True {
    q: (usize, usize),
    d: (usize, usize),
    doc: String,
    words: u32,
    kind: String,
}

/// What became of the true passages of one kind.
#[derive(Default)]
struct Kind {
    cases: u32,
    found: u32,
    as_one_passage: u32,
    edges_within_two_words: u32,
}

fn span(span: Option<palimpsest::proto::Span>) -> (usize, usize) {
    span.map_or((0, 0), |span| {
        (usize::try_from(span.start).unwrap_or(0), usize::try_from(span.end).unwrap_or(0))
    })
}

fn overlap(a: (usize, usize), b: (usize, usize)) -> bool {
    a.0 < b.1 && b.0 < a.1
}

/// Words between two offsets, in either order.
fn words_between(text: &str, a: usize, b: usize) -> usize {
    let is_word = |word: &&str| word.contains(char::is_alphanumeric);
    text[a.min(b)..a.max(b)].split_whitespace().filter(is_word).count()
}

fn is_true(truth: &Truth, source: &SourceOverlap, passage: &Passage) -> bool {
    truth.spans.iter().any(|case| case.doc == source.source_id && overlap(case.q, span(passage.submission)))
}

/// Compared by letters and digits alone.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [submissions, truth, server @ ..] = arguments.as_slice() else {
        return Err("usage: workload SUBMISSIONS.jsonl TRUTH.json [SERVER]".into());
    };
    let server = server.first().map_or("http://127.0.0.1:50051", String::as_str);
    let truth: HashMap<String, Truth> = serde_json::from_str(&std::fs::read_to_string(truth)?)?;
    let mut detection =
        DetectionServiceClient::connect(server.to_owned()).await?.max_decoding_message_size(64 << 20);
    let mut tally = Tally::default();
    for line in std::fs::read_to_string(submissions)?.lines() {
        let submission: Submission = serde_json::from_str(line)?;
        let options = DetectionOptions { include_excerpts: true, ..DetectionOptions::default() };
        let request = CheckRequest { text: submission.text.clone(), scope: None, options: Some(options) };
        let begun = Instant::now();
        let report = detection.check(request).await?.into_inner().report.ok_or("no report")?;
        tally.took.push(begun.elapsed());
        let truth = truth.get(&submission.id).ok_or("a submission without truth")?;
        tally.add(&submission, truth, &report);
    }
    tally.print();
    Ok(())
}

#[derive(Default)]
struct Tally {
    kinds: BTreeMap<String, Kind>,
    took: Vec<Duration>,
    true_bytes: usize,
    reported_bytes: usize,
    both_bytes: usize,
    clean: u32,
    unplanted: u32,
    unplanted_that_stand_in_both: u32,
}

impl Tally {
    fn add(&mut self, submission: &Submission, truth: &Truth, report: &Report) {
        for case in &truth.spans {
            self.add_case(submission, case, report);
        }
        let natural: BTreeSet<String> = truth
            .natural
            .iter()
            .map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned))
            .collect();
        self.clean += u32::from(truth.spans.is_empty());
        let (mut wanted, mut reported) =
            (vec![false; submission.text.len()], vec![false; submission.text.len()]);
        truth.spans.iter().for_each(|case| wanted[case.q.0..case.q.1].fill(true));
        for source in report.sources.iter().filter(|source| !natural.contains(&source.source_id)) {
            for passage in &source.passages {
                let (start, end) = span(passage.submission);
                reported[start..end].fill(true);
                if !is_true(truth, source, passage) {
                    self.add_unplanted(submission, source, passage, truth.spans.is_empty());
                }
            }
        }
        let count = |marks: &[bool]| marks.iter().filter(|mark| **mark).count();
        self.true_bytes += count(&wanted);
        self.reported_bytes += count(&reported);
        self.both_bytes += wanted.iter().zip(&reported).filter(|(a, b)| **a && **b).count();
    }

    fn add_case(&mut self, submission: &Submission, case: &True, report: &Report) {
        let kind = self.kinds.entry(case.kind.clone()).or_default();
        kind.cases += 1;
        let source = report.sources.iter().find(|source| source.source_id == case.doc);
        let passages: Vec<&Passage> = source
            .into_iter()
            .flat_map(|source| &source.passages)
            .filter(|p| overlap(case.q, span(p.submission)) && overlap(case.d, span(p.source)))
            .collect();
        kind.found += u32::from(!passages.is_empty());
        kind.as_one_passage += u32::from(passages.len() == 1);
        let start = passages.iter().map(|passage| span(passage.submission).0).min().unwrap_or(0);
        let end = passages.iter().map(|passage| span(passage.submission).1).max().unwrap_or(0);
        let off = words_between(&submission.text, start, case.q.0).max(words_between(
            &submission.text,
            end,
            case.q.1,
        ));
        kind.edges_within_two_words += u32::from(off <= 2);
        if passages.is_empty() || off > 2 {
            println!(
                "{}: {} of {} words in {}: edges off by {off} words",
                submission.id, case.kind, case.words, case.doc
            );
        }
    }

    fn add_unplanted(
        &mut self,
        submission: &Submission,
        source: &SourceOverlap,
        passage: &Passage,
        clean: bool,
    ) {
        let same = plain(&passage.submission_excerpt) == plain(&passage.source_excerpt);
        self.unplanted += 1;
        self.unplanted_that_stand_in_both += u32::from(same);
        let kind = if passage.kind() == PassageKind::Verbatim { "verbatim" } else { "altered" };
        println!(
            "{}{}: {kind}, {} of {} words in {} too: {:?}{}",
            submission.id,
            if clean { " (clean)" } else { "" },
            passage.matched_words,
            passage.submission_words,
            source.source_id,
            passage.submission_excerpt,
            if same { String::new() } else { format!(" / {:?}", passage.source_excerpt) },
        );
    }

    #[expect(clippy::cast_precision_loss, reason = "ratios to print")]
    fn print(mut self) {
        println!("\nkind      cases  found  as one passage  edges within two words");
        for (name, kind) in &self.kinds {
            let Kind { cases, found, as_one_passage, edges_within_two_words } = kind;
            println!("{name:9} {cases:5}  {found:5}  {as_one_passage:14}  {edges_within_two_words:22}");
        }
        let ratio = |of: usize| self.both_bytes as f64 / of.max(1) as f64;
        println!(
            "characters of the submissions: recall {:.4}, precision {:.4}",
            ratio(self.true_bytes),
            ratio(self.reported_bytes)
        );
        println!(
            "passages that nobody planted: {}, of which {} are the same words in both texts; clean submissions: {}",
            self.unplanted, self.unplanted_that_stand_in_both, self.clean
        );
        self.took.sort_unstable();
        let at = |percent: usize| {
            self.took.get(self.took.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
        };
        println!("a check over gRPC: p50 {:.2?}, p99 {:.2?}", at(50), at(99));
    }
}
