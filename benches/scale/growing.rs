//! One collection that grows tenfold, and tenfold again.

use std::time::Duration;

use palimpsest::text::CorpusSeed;
use palimpsest::{CollectionName, DetectionMode, Engine, Limits, Scope};

use crate::generator::Prose;
use crate::shared::checks::{Checked, check_all};
use crate::shared::import::import;
use crate::shared::memory::{grown_per_byte, ratio, resident_bytes};
use crate::shared::planted;
use crate::shared::workload::Submission;

/// Number of times that each submission is checked.
const ROUNDS: usize = 3;

/// The figures for each size, some of which are compared with the previous size.
struct Row {
    sources: u64,
    verbatim: Checked,
    altered: Checked,
}

/// # Errors
///
/// A source that can't be added, a check that fails, or a passage that isn't found.
pub(crate) fn run(prose: &Prose, sources: u64, submissions: u64) -> Result<(), String> {
    let engine = Engine::with_seed(Limits::default(), CorpusSeed::new(1));
    let resident = resident_bytes();
    let mut before: Option<Row> = None;
    for size in sizes(sources) {
        let row = grow(&engine, prose, size, submissions, resident)?;
        if let Some(before) = &before {
            print_growth(before, &row);
        }
        println!();
        before = Some(row);
    }
    Ok(())
}

/// The sizes: the last one, and its tenths down to 1,000.
fn sizes(sources: u64) -> Vec<u64> {
    let mut sizes = vec![sources];
    let mut size = sources / 10;
    while size >= 1_000 {
        sizes.push(size);
        size /= 10;
    }
    sizes.reverse();
    sizes
}

fn grow(
    engine: &Engine,
    prose: &Prose,
    size: u64,
    submissions: u64,
    resident: Option<u64>,
) -> Result<Row, String> {
    let threads = crate::threads();
    let make = |number| crate::source(number, prose.source(number));
    let there = info(engine)?.sources;
    let imported = import(engine, there..size, threads, make)?;
    let stats = info(engine)?;
    println!("{size} sources, {:.0} MB of text", ratio(stats.text_bytes, 1_000_000));
    println!(
        "  import of {}, {threads} threads    {:.0} MB/s",
        imported.sources,
        imported.megabytes_per_second()
    );
    let held =
        grown_per_byte(resident, stats.text_bytes).map_or_else(String::new, |held| format!("{held:.2}"));
    println!("  resident, texts and all, B/B     {held}");
    println!("  index by its own account, B/B    {:.3}", ratio(stats.index_bytes, stats.text_bytes));
    println!("  postings a word                  {:.3}", ratio(stats.fingerprints, stats.words));
    println!("  bytes a posting                  {:.2}", ratio(stats.index_bytes, stats.fingerprints));
    let submissions: Vec<Submission> =
        (0..submissions).map(|number| planted::submission(prose, number, size)).collect();
    let check = |mode| check_all(engine, &submissions, &Scope::default(), mode, ROUNDS);
    let row = Row {
        sources: size,
        verbatim: check(DetectionMode::VerbatimOnly)?,
        altered: check(DetectionMode::AlteredToo)?,
    };
    print_checks("verbatim only", &row.verbatim);
    print_checks("altered too", &row.altered);
    for (name, kind) in &row.altered.score.kinds {
        println!(
            "  {name:10} passages found          {} of {}, recall {:.3}",
            kind.found,
            kind.cases,
            kind.recall()
        );
    }
    println!("  passages that nobody planted     {}", row.altered.score.unplanted);
    Ok(row)
}

fn print_checks(name: &str, checked: &Checked) {
    let Checked { latencies, score, voided, .. } = checked;
    println!(
        "  check, {name:13} p50/p90/p99  {latencies}; {:.1} candidates; {} of {} pairs found; {voided} reports without guarantee",
        checked.candidates(),
        score.pairs_found,
        score.pairs
    );
}

fn print_growth(before: &Row, now: &Row) {
    let growth = |of: fn(&Row) -> Duration| of(now).as_secs_f64() / of(before).as_secs_f64();
    println!(
        "  p50 against {} sources           x {:.2} verbatim only, x {:.2} altered too (to reach: 1.5 a tenfold)",
        before.sources,
        growth(|row| row.verbatim.latencies.percentile(50)),
        growth(|row| row.altered.latencies.percentile(50))
    );
}

fn info(engine: &Engine) -> Result<palimpsest::CollectionStats, String> {
    let info = engine.get_collection(&CollectionName::default());
    info.map(|info| info.stats).map_err(|error| error.to_string())
}
