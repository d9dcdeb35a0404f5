//! Speed, memory and quality on a workload with known passages, beside the goals.
//!
//! ```sh
//! cargo bench --bench workload -- --sources SOURCES.jsonl --submissions SUBMISSIONS.jsonl --truth TRUTH.json
//! ```
//!
//! Sources and submissions are objects `{id, text}`, one a line. The truth maps a submission's id to its
//! `spans`: `q` and `d` are half-open byte ranges of the submission and of the source `doc`, `words` their
//! length, `kind` the change made to the passage; and to `natural`, sources that share text with it
//! independently of planting. Without files, a small workload is generated. Every result is asserted before it is timed.

#![expect(clippy::print_stdout, reason = "a bench that prints a table")]

#[expect(dead_code, reason = "the scale bench uses the rest")]
#[path = "../generator/mod.rs"]
mod generator;
#[expect(dead_code, reason = "the scale bench uses the rest")]
#[path = "../shared/mod.rs"]
mod shared;

mod checking;
mod indexing;
mod over_grpc;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use generator::Prose;
use shared::files::{self, Text};
use shared::memory::ratio;
use shared::outcome::exit_code;
use shared::planted;
use shared::workload::Submission;

/// Size of the workload that is generated without files.
const SOURCES: u64 = 2_000;
const SUBMISSIONS: u64 = 50;

/// Indexes sources, checks submissions against them in the engine and over gRPC, and compares the reports with
/// the known passages. Without files, a small workload is generated.
#[derive(Parser)]
struct Arguments {
    /// Sources: objects {id, text}, one a line
    #[arg(long, value_name = "FILE.jsonl", requires_all = ["submissions", "truth"])]
    sources: Option<PathBuf>,
    /// Submissions: objects {id, text}, one a line
    #[arg(long, value_name = "FILE.jsonl", requires_all = ["sources", "truth"])]
    submissions: Option<PathBuf>,
    /// The planted passages: {ID: {spans: [{q, d, doc, words, kind}], natural: [ID]}}
    #[arg(long, value_name = "FILE.json", requires_all = ["sources", "submissions"])]
    truth: Option<PathBuf>,
    /// List each passage that was missed, is inexact, or was not planted
    #[arg(long)]
    verbose: bool,
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

fn run(arguments: &Arguments) -> Result<(), String> {
    let (sources, submissions) = workload(arguments)?;
    let megabytes = ratio(sources.iter().map(|source| source.text.len() as u64).sum(), 1_000_000);
    println!("{} sources, {:.1} MB; {} submissions\n", sources.len(), megabytes, submissions.len());
    table::head();
    // The engine goes first, since its memory is measured by that of the process.
    let engine = indexing::engine(&sources)?;
    let checked = checking::run(&engine, &submissions)?;
    drop(engine);
    indexing::rooms(&sources)?;
    over_grpc::run(sources, &submissions, &checked.covered_words)?;
    checking::print_found(&checked);
    if arguments.verbose {
        checked.score.remarks.iter().for_each(|remark| println!("{remark}"));
    }
    Ok(())
}

/// Sources and submissions, read or generated.
fn workload(arguments: &Arguments) -> Result<(Vec<Text>, Vec<Submission>), String> {
    let Arguments { sources: Some(sources), submissions: Some(submissions), truth: Some(truth), .. } =
        arguments
    else {
        let prose = Prose::new(1);
        let source = |number| Text { id: planted::source_id(number), text: prose.source(number) };
        let submission = |number| planted::submission(&prose, number, SOURCES);
        return Ok(((0..SOURCES).map(source).collect(), (0..SUBMISSIONS).map(submission).collect()));
    };
    Ok((files::lines(sources)?, files::submissions(submissions, truth)?))
}
