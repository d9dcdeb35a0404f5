//! Speed and memory of making texts searchable.

use std::time::{Duration, Instant};

use palimpsest::fingerprint::{ContextMatch, Fingerprint, FingerprintSettings, Fingerprinter};
use palimpsest::index::{Index, ReadLimits, Slot};
use palimpsest::text::{CorpusSeed, Tokenizer};
use palimpsest::{CollectionName, Engine, IfExists, Limits, NewSource, SourceId};

use crate::shared::files::Text;
use crate::shared::import::{in_threads, megabytes_per_second};
use crate::shared::memory::{grown_per_byte, ratio, resident_bytes};
use crate::table::{part, row};

const SEED: CorpusSeed = CorpusSeed::new(1);
/// Number of repetitions of fast steps, of which the best counts.
const ROUNDS: usize = 3;

/// Returns an engine with the sources.
///
/// # Errors
///
/// A source that can't be added.
pub(crate) fn engine(sources: &[Text]) -> Result<Engine, String> {
    let bytes = bytes(sources);
    let resident = resident_bytes();
    let (engine, took) = filled(sources, 2)?;
    let held = grown_per_byte(resident, bytes);
    let info = engine.get_collection(&CollectionName::default()).map_err(|error| error.to_string())?;
    assert_eq!((info.stats.sources, info.stats.text_bytes), (sources.len() as u64, bytes));
    let (_, took_one) = filled(sources, 1)?;
    part("engine: k-grams, pairs, texts, catalogue");
    row("text to engine, one core", speed(bytes, took_one), "200 MB/s");
    row("text to engine, two cores", speed(bytes, took), "350 MB/s");
    let held = held.map_or_else(|| "unknown".to_owned(), |held| format!("{held:.2} B/B"));
    row("resident, for each byte of text", held, "(1.8 with texts; 1.0 without)");
    let index = ratio(info.stats.index_bytes, bytes);
    row("index by its own account, for each byte of text", format!("{index:.3} B/B"), "0.8 B/B");
    let postings = ratio(info.stats.fingerprints, info.stats.words);
    row("postings a word", format!("{postings:.3}"), "");
    Ok(engine)
}

fn filled(sources: &[Text], threads: u64) -> Result<(Engine, Duration), String> {
    let engine = Engine::with_seed(Limits::default(), SEED);
    let add = |source: &Text| {
        let id = SourceId::new(&source.id).map_err(|error| format!("source {:?}: id {error}", source.id))?;
        let new = NewSource { id: Some(id), ..NewSource::new(source.text.as_str()) };
        let added = engine.add_source(&CollectionName::default(), new, IfExists::Reject);
        added.map(drop).map_err(|error| format!("source {:?}: {error}", source.id))
    };
    let begun = Instant::now();
    let step = usize::try_from(threads).unwrap_or(1);
    let done = in_threads(threads, |thread| {
        let first = usize::try_from(thread).unwrap_or_default();
        sources.iter().skip(first).step_by(step).try_for_each(add)
    });
    let took = begun.elapsed();
    done.into_iter().collect::<Result<(), String>>()?;
    Ok((engine, took))
}

/// Measures the steps separately: tokens, k-grams, and an index of k-grams alone.
///
/// # Errors
///
/// A source whose k-grams the index doesn't find.
pub(crate) fn rooms(sources: &[Text]) -> Result<(), String> {
    let bytes = bytes(sources);
    let fingerprints = best(|| {
        let mut kgrams = 0;
        for_each_fingerprinted(sources.iter().zip(0..), |_, fingerprints| kgrams += fingerprints.len());
        kgrams
    });
    let index = Index::default();
    let one = best_index(sources, 1, &index);
    assert_found(sources, &index)?;
    let two = best_index(sources, 2, &Index::default());
    part("rooms by themselves: tokens, k-grams, an index of k-grams");
    row("text to fingerprints, one core", speed(bytes, fingerprints), "300 MB/s");
    row("text to searchable index, one core", speed(bytes, one), "200 MB/s");
    row("text to searchable index, two cores", speed(bytes, two), "350 MB/s");
    let own = ratio(index.bytes() as u64, bytes);
    row("index by its own account, for each byte of text", format!("{own:.3} B/B"), "0.45 B/B");
    Ok(())
}

/// Fills `index`, and further empty ones for the best time.
fn best_index(sources: &[Text], threads: usize, index: &Index) -> Duration {
    let fill = |index: &Index| {
        let begun = Instant::now();
        in_threads(threads as u64, |thread| {
            let first = usize::try_from(thread).unwrap_or_default();
            index_kgrams(sources, first, threads, index);
        });
        begun.elapsed()
    };
    let first = fill(index);
    (1..ROUNDS).map(|_| fill(&Index::default())).chain([first]).min().unwrap_or_default()
}

fn index_kgrams(sources: &[Text], first: usize, step: usize, index: &Index) {
    let numbered = sources.iter().zip(0..).skip(first).step_by(step);
    for_each_fingerprinted(numbered, |number, fingerprints| {
        if let Some(slot) = Slot::new(number) {
            index.insert(slot, fingerprints);
        }
    });
}

fn for_each_fingerprinted<'a>(
    sources: impl Iterator<Item = (&'a Text, u32)>,
    mut each: impl FnMut(u32, &[Fingerprint]),
) {
    let tokenizer = Tokenizer::new(SEED);
    let fingerprinter = Fingerprinter::new(SEED, FingerprintSettings::default());
    let (mut tokens, mut stems) = (Vec::new(), Vec::new());
    for (source, number) in sources {
        tokenizer.tokenize_with_stems_into(&source.text, &mut tokens, &mut stems);
        each(number, &fingerprinter.fingerprints(&tokens));
    }
}

/// Asserts that the index finds every source by each of its fingerprints.
fn assert_found(sources: &[Text], index: &Index) -> Result<(), String> {
    let fingerprinter = Fingerprinter::new(SEED, FingerprintSettings::default());
    let rule = ContextMatch::new(FingerprintSettings::default().window);
    for (source, number) in sources.iter().zip(0..).step_by(97) {
        let fingerprints = fingerprinter.fingerprints(Tokenizer::new(SEED).tokenize(&source.text).tokens());
        let hits = index.look_up(&fingerprints, rule, ReadLimits::NONE).hits;
        let mut own: Vec<u32> = hits
            .iter()
            .filter(|hit| hit.slot.number() == number && hit.in_context)
            .map(|hit| hit.fingerprint)
            .collect();
        own.sort_unstable();
        own.dedup();
        if own.len() < fingerprints.len() {
            return Err(format!(
                "source {:?}: {} of {} fingerprints",
                source.id,
                own.len(),
                fingerprints.len()
            ));
        }
    }
    Ok(())
}

fn best<T>(mut work: impl FnMut() -> T) -> Duration {
    let mut once = || {
        let begun = Instant::now();
        std::hint::black_box(work());
        begun.elapsed()
    };
    (0..ROUNDS).map(|_| once()).min().unwrap_or_default()
}

fn bytes(sources: &[Text]) -> u64 {
    sources.iter().map(|source| source.text.len() as u64).sum()
}

fn speed(bytes: u64, took: Duration) -> String {
    format!("{:.0} MB/s", megabytes_per_second(bytes, took))
}
