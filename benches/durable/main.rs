//! The cost of a corpus on disk: durable import over gRPC, bytes on disk, and the time to open the corpus
//! again.
//!
//! ```sh
//! cargo bench --bench durable -- --sources SOURCES.jsonl --copies 10
//! ```
//!
//! Sources are objects `{id, text}`, one a line; without a file, they are generated. With several copies,
//! each goes into a separate collection. Every result is asserted before it is timed.

#![expect(clippy::print_stdout, reason = "a bench that prints a table")]

#[expect(dead_code, reason = "the scale bench uses the rest")]
#[path = "../generator/mod.rs"]
mod generator;
#[expect(dead_code, reason = "the scale bench uses the rest")]
#[path = "../shared/mod.rs"]
mod shared;

mod importing;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use generator::Prose;
use palimpsest::{CollectionName, DetectionOptions, Engine, Limits, Scope, Stop};
use shared::files::{self, Text};
use shared::latency::Latencies;
use shared::memory::ratio;
use shared::outcome::exit_code;

/// Number of sources that are generated without a file.
const SOURCES: u64 = 2_000;

/// Number of texts that are checked, to measure the reads of other texts from disk.
const CHECKS: usize = 200;

/// Size of a text cache that holds all texts.
const PLENTY_BYTES: u64 = 8 << 30;

/// Imports sources into a corpus on disk, and opens it again.
#[derive(Parser)]
struct Arguments {
    /// Sources: objects {id, text}, one a line
    #[arg(long, value_name = "FILE.jsonl")]
    sources: Option<PathBuf>,
    /// Number of imports, each into a separate collection
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    copies: u32,
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
    let prose = Prose::new(1);
    let generated = |number| Text { id: format!("s{number}"), text: prose.source(number) };
    let sources = match &arguments.sources {
        Some(file) => files::lines(file)?,
        None => (0..SOURCES).map(generated).collect(),
    };
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let (data, copies) = (folder.path().join("data"), arguments.copies.max(1));
    let text_bytes = sources.iter().map(|source| source.text.len() as u64).sum::<u64>() * u64::from(copies);
    println!("{} sources, {copies} times: {:.1} MB", sources.len(), ratio(text_bytes, 1_000_000));
    let speeds = importing::run(&data, &sources, copies)?;
    row("import by one stream, durable", &speeds, "50 MB/s");
    on_disk(&data, text_bytes)?;
    restarts(&data, text_bytes, sources.len() as u64 * u64::from(copies))?;
    checks(&data, &sources)
}

fn row(what: &str, measured: &str, to_reach: &str) {
    println!("{what:52} {measured:>40}   {to_reach}");
}

/// Measures the size on disk.
fn on_disk(data: &Path, text_bytes: u64) -> Result<(), String> {
    let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |found| found.len());
    let texts = std::fs::read_dir(data.join("texts")).map_err(|error| error.to_string())?;
    let texts: u64 = texts.flatten().map(|entry| bytes(&entry.path())).sum();
    let (ledger, snapshot) = (bytes(&data.join("corpus.redb")), bytes(&data.join("index.snapshot")));
    let share = |bytes: u64| ratio(bytes, text_bytes);
    let parts =
        format!("{:.3} = {:.3} texts + {:.3} ledger", share(texts + ledger), share(texts), share(ledger));
    row("bytes on disk per byte of text", &parts, "0.6");
    row("and the snapshot of the index, which may be deleted", &format!("{:.3}", share(snapshot)), "");
    Ok(())
}

/// Measures the time of opening, with and without the snapshot.
fn restarts(data: &Path, text_bytes: u64, sources: u64) -> Result<(), String> {
    for (what, snapshot) in [("opened from the snapshot", true), ("opened without a snapshot", false)] {
        if !snapshot {
            std::fs::remove_file(data.join("index.snapshot")).map_err(|error| error.to_string())?;
        }
        let begun = Instant::now();
        let engine = open(data, 0)?;
        let took = begun.elapsed().as_secs_f64();
        let found = engine.corpus().stats.sources;
        if found != sources {
            return Err(format!("{found} of {sources} sources are there"));
        }
        let per_gigabyte = took / ratio(text_bytes, 1_000_000_000);
        row(what, &format!("{took:.2} s, {per_gigabyte:.2} s/GB"), if snapshot { "1 s/GB" } else { "" });
        // Closing would write a snapshot.
        drop(engine);
    }
    Ok(())
}

/// Measures checks with the texts of candidates on disk and in memory.
fn checks(data: &Path, sources: &[Text]) -> Result<(), String> {
    for (what, cache_bytes) in [("no texts in memory", 0), ("texts in memory", PLENTY_BYTES)] {
        let engine = open(data, cache_bytes)?;
        let mut latencies = Latencies::default();
        for round in 0..2 {
            latencies = Latencies::default();
            for source in sources.iter().step_by((sources.len() / CHECKS).max(1)) {
                let check =
                    || engine.check(&source.text, &scope(), &DetectionOptions::default(), &Stop::never());
                let report = latencies.time(check).map_err(|error| error.to_string())?;
                if report.coverage.words != report.coverage.of_words {
                    return Err(format!("source {} is not found whole in round {round}", source.id));
                }
            }
        }
        row(&format!("a check of a source, p50 / p90 / p99, {what}"), &latencies.to_string(), "");
    }
    Ok(())
}

fn scope() -> Scope {
    Scope { collections: [CollectionName::default()].into(), ..Scope::default() }
}

fn open(data: &Path, cache_bytes: u64) -> Result<Engine, String> {
    Engine::open(data, Limits::default(), cache_bytes, &mut |_| {}).map_err(|error| error.to_string())
}
