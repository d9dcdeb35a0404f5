//! Many small collections against one large one.

use std::collections::BTreeSet;
use std::process::Command;

use palimpsest::fingerprint::FingerprintSettings;
use palimpsest::text::CorpusSeed;
use palimpsest::{CollectionName, DetectionMode, Engine, Limits, NewSource, Scope, Visibility};

use crate::generator::Prose;
use crate::generator::random::Random;
use crate::shared::checks::check_all;
use crate::shared::import::import;
use crate::shared::memory::{ratio, resident_bytes};
use crate::shared::workload::{Case, Submission};

/// Number of collections in the scope of a check.
const AT_ONCE: u64 = 1_000;
/// Number of submissions.
const SUBMISSIONS: u64 = 50;
/// Offset that keeps the random streams of submissions apart from those of sources.
const STREAMS: u64 = 1 << 40;

/// Memory of a corpus, in bytes.
struct Memory {
    /// As the index reports it.
    index: u64,
    /// Of the process; `None` if it is unknown.
    resident: Option<u64>,
}

/// Distribution of sources over collections.
#[derive(Clone, Copy)]
pub(crate) struct Spread {
    pub(crate) collections: u64,
    pub(crate) per_collection: u64,
    /// Words of a source.
    pub(crate) words: usize,
}

impl Spread {
    fn sources(self) -> u64 {
        self.collections * self.per_collection
    }

    fn text(self, prose: &Prose, number: u64) -> String {
        prose.text(&mut Random::new(0, number), self.words)
    }
}

/// # Errors
///
/// A source that can't be added, a check that fails, or a passage that isn't found.
pub(crate) fn run(prose: &Prose, spread: Spread) -> Result<(), String> {
    let (sources, Spread { collections, per_collection, words }) = (spread.sources(), spread);
    println!("{sources} sources of {words} words, bytes a source:");
    // In a separate process, since a process does not return all its memory.
    let large = in_one_collection_elsewhere(spread)?;
    print_memory("in one collection", sources, &large);
    let make = |number| (name(number / per_collection), NewSource::new(spread.text(prose, number)));
    let (engine, small) = filled(collections, sources, make)?;
    print_memory(&format!("in {collections} collections"), sources, &small);
    let resident = small.resident.zip(large.resident).map_or(f64::NAN, |(small, large)| ratio(small, large));
    let index = ratio(small.index, large.index);
    println!("  factor {index:.2} by the index, {resident:.2} resident (to reach: 1.5)");
    check_at_once(&engine, spread, |number| spread.text(prose, number))
}

/// Prints the memory of all sources in one collection, for [`in_one_collection_elsewhere`] to read.
///
/// # Errors
///
/// A source that can't be added.
pub(crate) fn into_one(prose: &Prose, spread: Spread) -> Result<(), String> {
    let make = |number| (CollectionName::default(), NewSource::new(spread.text(prose, number)));
    let Memory { index, resident } = filled(0, spread.sources(), make)?.1;
    println!("{index} {}", resident.unwrap_or_default());
    Ok(())
}

fn in_one_collection_elsewhere(spread: Spread) -> Result<Memory, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let Spread { collections, per_collection, words } = spread;
    let arguments = [
        format!("--collections={collections}"),
        format!("--per-collection={per_collection}"),
        format!("--words={words}"),
        "--into-one".to_owned(),
    ];
    let output = Command::new(program).args(arguments).output().map_err(|error| error.to_string())?;
    let printed = String::from_utf8_lossy(&output.stdout);
    let mut numbers = printed.split_whitespace().map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(index)), Some(Ok(resident))) => {
            Ok(Memory { index, resident: Some(resident).filter(|bytes| *bytes > 0) })
        }
        _ => Err(format!("one large collection: {printed}")),
    }
}

fn name(collection: u64) -> CollectionName {
    CollectionName::new(&format!("class-{collection}")).unwrap_or_default()
}

fn filled(
    collections: u64,
    sources: u64,
    make: impl Fn(u64) -> (CollectionName, NewSource) + Sync,
) -> Result<(Engine, Memory), String> {
    let before = resident_bytes();
    let limits = Limits { max_collections: 200_000, ..Limits::default() };
    let engine = Engine::with_seed(limits, CorpusSeed::new(1));
    for collection in 0..collections {
        let created = engine.create_collection(&name(collection), FingerprintSettings::default());
        created.map_err(|error| error.to_string())?;
    }
    import(&engine, 0..sources, crate::threads(), make)?;
    let infos = engine.list_collections(&Visibility::all(), None, usize::MAX);
    let index = infos.iter().map(|info| info.stats.index_bytes).sum();
    let resident = resident_bytes().zip(before).map(|(now, before)| now.saturating_sub(before));
    Ok((engine, Memory { index, resident }))
}

fn print_memory(name: &str, sources: u64, memory: &Memory) {
    let resident =
        memory.resident.map_or_else(|| "unknown".to_owned(), |bytes| format!("{:.0}", ratio(bytes, sources)));
    println!("  {name:24} index {:.0}, resident with texts {resident}", ratio(memory.index, sources));
}

fn check_at_once(engine: &Engine, spread: Spread, text: impl Fn(u64) -> String) -> Result<(), String> {
    let collections = spread.collections.min(AT_ONCE);
    let names: BTreeSet<CollectionName> = (0..collections).map(name).collect();
    let scope = Scope { collections: names, ..Scope::default() };
    let submissions: Vec<Submission> = (0..SUBMISSIONS)
        .map(|number| {
            let copied = text(number * 7 % (collections * spread.per_collection));
            let own = text(STREAMS + number);
            let case = Case {
                submission: own.len()..own.len() + copied.len(),
                source: 0..copied.len(),
                source_id: String::new(),
                words: 0,
                kind: "whole".to_owned(),
            };
            let (id, text) = (format!("q{number:04}"), format!("{own}{copied}"));
            Submission { id, text, cases: vec![case], natural: BTreeSet::new() }
        })
        .collect();
    for mode in [DetectionMode::VerbatimOnly, DetectionMode::AlteredToo] {
        let checked = check_all(engine, &submissions, &scope, mode, 2)?;
        if checked.score.recall() < 0.95 {
            return Err(format!("only {:.3} of what was copied is found", checked.score.recall()));
        }
        println!("a check against {collections} collections at once, {mode:?}: {}", checked.latencies);
    }
    Ok(())
}
