//! Corpora designed to be slow.

use std::ops::Range;
use std::time::Instant;

use palimpsest::text::CorpusSeed;
use palimpsest::{CollectionName, DetectionMode, DetectionOptions, Engine, Limits, PairOptions, Scope, Stop};

use crate::generator::Prose;
use crate::generator::random::Random;
use crate::shared::checks::{Checked, check_all};
use crate::shared::import::import;
use crate::shared::latency::Latencies;
use crate::shared::planted;
use crate::shared::workload::{Case, Submission};

/// Words of the page that all sources share.
const PAGE_WORDS: usize = 300;
/// Number of times that each submission is checked.
const ROUNDS: usize = 1;
/// Words that are replaced in each of the texts that are nearly the same.
const REPLACED_WORDS: usize = 5;
/// The stream of the shared page.
const PAGE: u64 = 1 << 50;

/// Checks of submissions with and without the page that all sources begin with.
///
/// # Errors
///
/// A source that can't be added, a check that fails, or a passage that isn't found.
pub(crate) fn boilerplate(prose: &Prose, sources: u64, submissions: u64) -> Result<(), String> {
    let page = prose.text(&mut Random::new(PAGE, PAGE), PAGE_WORDS) + " ";
    let normal = engine();
    let with_page = engine();
    import(&normal, 0..sources, crate::threads(), |number| crate::source(number, prose.source(number)))?;
    import(&with_page, 0..sources, crate::threads(), |number| {
        crate::source(number, format!("{page}{}", prose.source(number)))
    })?;
    let without: Vec<Submission> = (0..submissions).map(|n| planted::submission(prose, n, sources)).collect();
    let after = |of_submission: &str| -> Vec<Submission> {
        without.iter().map(|submission| after_page(submission, of_submission, &page)).collect()
    };
    let (sources_only, with) = (after(""), after(&page));
    println!("{sources} sources; p50 / p90 / p99");
    for mode in [DetectionMode::VerbatimOnly, DetectionMode::AlteredToo] {
        println!("{mode:?}");
        let usual = check_all(&normal, &without, &Scope::default(), mode, ROUNDS)?;
        let sources_with = check_all(&with_page, &sources_only, &Scope::default(), mode, ROUNDS)?;
        let both_with = check_all(&with_page, &with, &Scope::default(), mode, ROUNDS)?;
        print("nobody has the page", &usual, &usual);
        print("all sources have it", &sources_with, &usual);
        print("so do the submissions", &both_with, &usual);
    }
    Ok(())
}

/// The submission with a page before it, if `page` is one, copied from sources that begin with `source_page`.
fn after_page(submission: &Submission, page: &str, source_page: &str) -> Submission {
    let shifted = |range: &Range<usize>, by: usize| range.start + by..range.end + by;
    let cases = submission.cases.iter().map(|case| Case {
        submission: shifted(&case.submission, page.len()),
        source: shifted(&case.source, source_page.len()),
        source_id: case.source_id.clone(),
        words: case.words,
        kind: case.kind.clone(),
    });
    Submission {
        id: submission.id.clone(),
        text: format!("{page}{}", submission.text),
        cases: cases.collect(),
        natural: submission.natural.clone(),
    }
}

fn print(name: &str, checked: &Checked, usual: &Checked) {
    let p99 = |checked: &Checked| checked.latencies.percentile(99).as_secs_f64();
    println!(
        "  {name:22} {}; p99 x {:.1} (to reach: 2); {:.1} candidates; {} of {} reports without guarantee",
        checked.latencies,
        p99(checked) / p99(usual),
        checked.candidates(),
        checked.voided,
        checked.covered_words.len()
    );
}

/// Checks a text that all sources are equal to.
///
/// # Errors
///
/// A source that can't be added, a check that fails, or a passage that isn't found.
pub(crate) fn identical(prose: &Prose, sources: u64) -> Result<(), String> {
    let engine = engine();
    let text = prose.source(0);
    let imported =
        import(&engine, 0..sources, crate::threads(), |number| crate::source(number, text.clone()))?;
    println!("{sources} sources that are the same: import {:.0} MB/s", imported.megabytes_per_second());
    for mode in [DetectionMode::VerbatimOnly, DetectionMode::AlteredToo] {
        let options = DetectionOptions { mode, ..DetectionOptions::default() };
        let check = || engine.check(&text, &Scope::default(), &options, &Stop::never());
        let report = check().map_err(|error| error.to_string())?;
        if report.coverage.words != report.coverage.of_words {
            return Err(format!("{} of {} words covered", report.coverage.words, report.coverage.of_words));
        }
        let mut latencies = Latencies::default();
        for _ in 0..20 {
            latencies.time(check).map_err(|error| error.to_string())?;
        }
        println!(
            "  {mode:?}: {latencies}; {} candidates, {} of them not compared; {} voids",
            report.candidates,
            report.candidates_cut,
            report.guarantee.voids.len()
        );
    }
    Ok(())
}

/// Compares all pairs of texts that are copies of one essay, each with a few other words.
///
/// # Errors
///
/// A source that can't be added, a comparison that fails, or a pair that isn't found.
pub(crate) fn near_copies(prose: &Prose, sources: u64) -> Result<(), String> {
    let engine = engine();
    let essay = prose.source(0);
    let words: Vec<&str> = essay.split(' ').collect();
    let copy = |number: u64| {
        let mut random = Random::new(PAGE, number);
        let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        for _ in 0..REPLACED_WORDS {
            let at = random.below(words.len());
            let other = prose.word(&mut random);
            words.get_mut(at).into_iter().for_each(|word| word.clone_from(&other));
        }
        crate::source(number, words.join(" "))
    };
    import(&engine, 0..sources, crate::threads(), copy)?;
    println!("all pairs of {sources} texts of {} words that differ in {REPLACED_WORDS} or so", words.len());
    for mode in [DetectionMode::VerbatimOnly, DetectionMode::AlteredToo] {
        let options = PairOptions { mode, ..PairOptions::default() };
        let begun = Instant::now();
        let pairs = engine.compare_all(&CollectionName::default(), &options, &mut |_| {}, &Stop::never());
        let pairs = pairs.map_err(|error| error.to_string())?;
        if pairs.pairs_found != sources * sources.saturating_sub(1) / 2 || pairs.clusters_found != 1 {
            return Err(format!("{} pairs in {} clusters", pairs.pairs_found, pairs.clusters_found));
        }
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "  {mode:?}: {seconds:.2} s (to reach for 800 with altered text: 5); {} pairs",
            pairs.pairs_found
        );
    }
    Ok(())
}

fn engine() -> Engine {
    Engine::with_seed(Limits::default(), CorpusSeed::new(1))
}
