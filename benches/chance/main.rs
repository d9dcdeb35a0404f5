//! How well the numbers expected by chance are kept: on submissions that copied nothing, the mean number of passages
//! with an expected number of `x` or less should be about `x`.
//!
//! ```sh
//! cargo bench --bench chance -- --sources SOURCES.jsonl [--submissions SUBMISSIONS.jsonl --truth TRUTH.json]
//! ```
//!
//! The submissions are a sample of the sources, each checked without itself; or those of a file, of which the
//! passages that were planted, and those known to be there by themselves, are left out. Without files, sources and
//! submissions are generated. In every size the numbers are those of the default and of the collection's own
//! calibration.

#![expect(clippy::print_stdout, reason = "a bench that prints a table")]

#[expect(dead_code, reason = "the scale bench uses the rest")]
#[path = "../generator/mod.rs"]
mod generator;
#[expect(dead_code, reason = "the workload bench uses the rest")]
#[path = "../shared/mod.rs"]
mod shared;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use generator::Prose;
use palimpsest::report::Report;
use palimpsest::{
    Calibration, CollectionName, DetectionOptions, Engine, IfExists, NewSource, Scope, SourceId, SourceName,
    Stop,
};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use shared::files::{self, Text};
use shared::memory::ratio;
use shared::outcome::exit_code;
use shared::planted;

/// The expected numbers that are looked at.
const EXPECTED: [f64; 4] = [0.01, 0.03, 0.1, 0.3];

/// Sources of the sample that are checked.
const SAMPLE: usize = 1_000;

/// Prints, for each size, the mean number of passages up to each expected number.
#[derive(Parser)]
struct Arguments {
    /// Sources: objects {id, text}, one a line
    #[arg(long, value_name = "FILE.jsonl")]
    sources: Option<PathBuf>,
    /// Submissions: objects {id, text}, one a line
    #[arg(long, value_name = "FILE.jsonl", requires_all = ["sources", "truth"])]
    submissions: Option<PathBuf>,
    /// The planted passages: {ID: {spans: [{q, d, doc, words, kind}], natural: [ID]}}
    #[arg(long, value_name = "FILE.json", requires = "submissions")]
    truth: Option<PathBuf>,
    /// Numbers of sources, ascending
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000])]
    sizes: Vec<usize>,
    /// Passed by cargo to every bench
    #[arg(long, hide = true)]
    bench: bool,
}

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    exit_code(run(&Arguments::parse()))
}

/// A text that copied nothing.
enum Clean {
    /// A stored source, checked without itself.
    Source(SourceName),
    /// A text, and the sources that share something with it for a known reason.
    Given(String, BTreeSet<String>),
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let prose = Prose::new(1);
    let mut read = match &arguments.sources {
        Some(file) => files::lines(file)?,
        None => Vec::new(),
    };
    let given = match (&arguments.submissions, &arguments.truth) {
        (Some(submissions), Some(truth)) => Some(files::submissions(submissions, truth)?),
        _ => None,
    };
    let engine = Engine::in_memory().map_err(|error| error.to_string())?;
    println!(
        "{:>9}  {:22} {:>8} {:>8} {:>8} {:>8}",
        "sources", "passages expected up to", 0.01, 0.03, 0.1, 0.3
    );
    let mut added = 0;
    for size in &arguments.sizes {
        let new: Vec<Text> = if arguments.sources.is_some() {
            let count = size.saturating_sub(added).min(read.len());
            read.drain(..count).collect()
        } else {
            let source = |number: usize| {
                let number = number as u64;
                Text { id: planted::source_id(number), text: prose.source(number) }
            };
            (added..*size).map(source).collect()
        };
        if new.is_empty() {
            return Err(format!("there are no {size} sources, only {added}"));
        }
        added += new.len();
        let ids: Vec<String> = new.iter().map(|text| text.id.clone()).collect();
        add(&engine, new)?;
        let clean = clean(given.as_deref(), arguments.sources.is_none().then_some(&prose), &ids);
        row(&engine, added, "by default", &clean)?;
        let calibrated = engine.calibrate(&CollectionName::default(), &Stop::never());
        if let Some(Calibration { rate, decay, .. }) = calibrated.map_err(|error| error.to_string())? {
            row(&engine, added, &format!("calibrated {rate:.1e} {decay:.2}"), &clean)?;
        }
    }
    Ok(())
}

/// The submissions of one size: given ones, generated ones, or a sample of the sources that were added last.
fn clean(
    given: Option<&[shared::workload::Submission]>,
    prose: Option<&Prose>,
    ids: &[String],
) -> Vec<Clean> {
    if let Some(given) = given {
        let known = |submission: &shared::workload::Submission| {
            let planted = submission.cases.iter().map(|case| case.source_id.clone());
            Clean::Given(submission.text.clone(), planted.chain(submission.natural.iter().cloned()).collect())
        };
        return given.iter().map(known).collect();
    }
    if let Some(prose) = prose {
        // Numbers that no source has.
        let text = |number: usize| Clean::Given(prose.source((1 << 40) + number as u64), BTreeSet::new());
        return (0..SAMPLE).map(text).collect();
    }
    let step = ids.len().div_ceil(SAMPLE).max(1);
    let sampled = ids.iter().skip(step / 2).step_by(step).filter_map(|id| SourceId::new(id).ok());
    sampled.map(|id| Clean::Source(SourceName { collection: CollectionName::default(), id })).collect()
}

fn add(engine: &Engine, texts: Vec<Text>) -> Result<(), String> {
    let add = |text: Text| {
        let id = SourceId::new(&text.id).map_err(|error| error.to_string())?;
        let source = NewSource::new(text.text).with_id(id);
        engine
            .add_source(&CollectionName::default(), source, IfExists::Reject)
            .map_err(|error| error.to_string())
    };
    texts.into_par_iter().try_for_each(|text| add(text).map(drop))
}

/// Checks all submissions and prints a row.
fn row(engine: &Engine, size: usize, name: &str, clean: &[Clean]) -> Result<(), String> {
    let options = DetectionOptions::default().with_max_expected_by_chance(f64::INFINITY);
    let counts: Result<Vec<[u64; 4]>, String> = clean
        .into_par_iter()
        .map(|one| {
            let report = match one {
                Clean::Source(name) => engine
                    .check_source(name, &Scope::default(), &options, &Stop::never())
                    .map(|one| one.report),
                Clean::Given(text, _) => engine.check(text, &Scope::default(), &options, &Stop::never()),
            };
            Ok(count(one, &report.map_err(|error| error.to_string())?))
        })
        .collect();
    let mut sums = [0; 4];
    for counted in counts? {
        sums.iter_mut().zip(counted).for_each(|(sum, one)| *sum += one);
    }
    let means = sums.map(|sum| ratio(sum, clean.len() as u64));
    println!("{size:>9}  {name:22} {:>8.4} {:>8.4} {:>8.4} {:>8.4}", means[0], means[1], means[2], means[3]);
    Ok(())
}

/// The passages of a report up to each expected number.
fn count(one: &Clean, report: &Report) -> [u64; 4] {
    let is_known = |id: &String| matches!(one, Clean::Given(_, known) if known.contains(id));
    let sources = report.sources.iter().filter(|source| !is_known(&source.source_id));
    let expected: Vec<f64> = sources
        .flat_map(|source| &source.passages)
        .filter_map(|passage| passage.expected_by_chance)
        .collect();
    EXPECTED.map(|most| expected.iter().filter(|expected| **expected <= most).count() as u64)
}
