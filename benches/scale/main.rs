//! Growth of memory and time with the corpus, on generated sources.
//!
//! `cargo bench --bench scale -- --help` lists the options.

#![expect(clippy::print_stdout, reason = "a bench that prints tables")]

#[path = "../generator/mod.rs"]
mod generator;
#[expect(dead_code, reason = "the workload bench uses the rest")]
#[path = "../shared/mod.rs"]
mod shared;

mod bad_input;
mod collections;
mod growing;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use collections::Spread;
use generator::Prose;
use palimpsest::{CollectionName, NewSource, SourceId};
use shared::outcome::exit_code;

/// Indexes generated sources of 500 to 1000 words and checks submissions with planted passages against them.
/// Every result is asserted before it is timed.
#[derive(Parser)]
#[expect(clippy::struct_excessive_bools, reason = "options of a command line")]
struct Arguments {
    /// Number of sources; one million take about 10 GB with their index
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=16_000_000))]
    sources: u64,
    /// Number of submissions
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    submissions: u64,
    /// Instead: this many collections, compared with one large collection, and checked 1000 at once
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    collections: Option<u64>,
    /// Number of sources in each collection
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=16_000_000))]
    per_collection: u64,
    /// Words of a source in small collections
    #[arg(long, default_value_t = 150)]
    words: usize,
    /// Prints the memory of the one large collection
    #[arg(long, hide = true, requires = "collections")]
    into_one: bool,
    /// Instead: all sources share a page of 300 words
    #[arg(long, conflicts_with = "collections")]
    boilerplate: bool,
    /// Instead: all sources are identical
    #[arg(long, conflicts_with_all = ["collections", "boilerplate"])]
    identical: bool,
    /// Instead: all sources are copies of one text, each with a few other words, and all pairs are compared
    #[arg(long, conflicts_with_all = ["collections", "boilerplate", "identical"])]
    near_copies: bool,
    /// Instead: prints the statistics of the texts in this file: objects {id, text}, one a line
    #[arg(long, value_name = "FILE.jsonl", conflicts_with_all = ["collections", "boilerplate", "identical", "near_copies"])]
    statistics: Option<PathBuf>,
    /// The seed of the generator
    #[arg(long, default_value_t = 1)]
    seed: u64,
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
    if let Some(file) = &arguments.statistics {
        return print_statistics(file);
    }
    let prose = Prose::new(arguments.seed);
    let Arguments { sources, submissions, .. } = *arguments;
    if let Some(collections) = arguments.collections {
        let Arguments { per_collection, words, .. } = *arguments;
        let spread = Spread { collections, per_collection, words };
        if arguments.into_one {
            collections::into_one(&prose, spread)
        } else {
            collections::run(&prose, spread)
        }
    } else if arguments.boilerplate {
        bad_input::boilerplate(&prose, sources, submissions)
    } else if arguments.identical {
        bad_input::identical(&prose, sources)
    } else if arguments.near_copies {
        bad_input::near_copies(&prose, sources)
    } else {
        let print = |line: &str| println!("{line}");
        println!("Generated texts held against real prose:\n");
        let fits = generator::fit::check(&prose, print);
        println!();
        growing::run(&prose, sources, submissions)?;
        fits
    }
}

fn print_statistics(file: &Path) -> Result<(), String> {
    let texts = shared::files::texts(file)?;
    generator::fit::print_figures(&texts, |line| println!("{line}"));
    Ok(())
}

/// One thread for each core.
fn threads() -> u64 {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64)
}

/// A source with its number as id, for the collection `default`.
fn source(number: u64, text: String) -> (CollectionName, NewSource) {
    let id = SourceId::new(&shared::planted::source_id(number)).ok();
    (CollectionName::default(), NewSource { id, ..NewSource::new(text) })
}
