//! Text alignment on a PAN corpus: detections as PAN XML, for the official measure.
//!
//! ```sh
//! cargo run --release --example pan -- CORPUS_DIR OUT_DIR [--via-index] [--min-words WORDS]
//! ```
//!
//! `CORPUS_DIR` holds `susp/`, `src/`, and folders with a file `pairs` each ("suspicious source" a line). Every
//! pair is compared, on all cores; with `--via-index`, every suspicious text is checked against all sources
//! instead. `OUT_DIR` gets one XML file for each suspicious text; offsets are code points.
//!
//! Palimpsest reports every common run of eight words. Corpora like PAN's annotate only reuse that is longer than a stock
//! phrase or a title, so this example omits passages of fewer than `--min-words` (40) words on both sides, or of fewer
//! than a quarter of the shorter text if that is less. 0 omits none.

#![expect(clippy::print_stdout, reason = "a tool that prints")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use palimpsest::{
    CollectionName, ComparedText, CorpusSeed, DetectionOptions, Engine, Exclusions, IfExists, Limits,
    NewSource, OffsetUnit, Report, ReportedPassage, Scope, SourceId, Stop,
};

/// The arguments of the command line.
struct Arguments {
    corpus: PathBuf,
    out: PathBuf,
    via_index: bool,
    min_words: usize,
}

impl Arguments {
    /// Number of words below which a passage may be only a stock phrase or a title.
    const MIN_WORDS: usize = 40;

    fn read() -> Result<Self, Box<dyn Error>> {
        let (mut paths, mut via_index, mut min_words) = (Vec::new(), false, Self::MIN_WORDS);
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--via-index" => via_index = true,
                "--min-words" => min_words = arguments.next().unwrap_or_default().parse()?,
                path => paths.push(PathBuf::from(path)),
            }
        }
        let [corpus, out] =
            <[PathBuf; 2]>::try_from(paths).map_err(|_| "usage: pan CORPUS_DIR OUT_DIR [--via-index]")?;
        Ok(Self { corpus, out, via_index, min_words })
    }
}

/// The sources of each suspicious text, from all `pairs` files.
fn read_pairs(corpus: &Path) -> Result<BTreeMap<String, Vec<String>>, Box<dyn Error>> {
    let mut pairs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for folder in fs::read_dir(corpus)? {
        let Ok(list) = fs::read_to_string(folder?.path().join("pairs")) else { continue };
        for (suspicious, source) in list.lines().filter_map(|line| line.split_once(' ')) {
            pairs.entry(suspicious.to_owned()).or_default().push(source.trim().to_owned());
        }
    }
    for sources in pairs.values_mut() {
        sources.sort_unstable();
        sources.dedup();
    }
    Ok(pairs)
}

fn options() -> DetectionOptions {
    DetectionOptions {
        offset_unit: OffsetUnit::CodePoints,
        exclusions: Exclusions::none(),
        max_sources: usize::MAX,
        max_passages: usize::MAX,
        ..DetectionOptions::default()
    }
}

/// Converts a report to a PAN document.
fn to_xml(suspicious: &str, report: &Report, min_words: usize) -> String {
    let mut xml = format!("<document reference=\"{suspicious}\">\n");
    for source in &report.sources {
        let shorter = report.words.min(source.source_used.of_words);
        let least = u64::from(u32::try_from(min_words).unwrap_or(u32::MAX)).min(shorter / 4);
        let words = |passage: &ReportedPassage| u64::from(passage.submission_words.max(passage.source_words));
        for passage in source.passages.iter().filter(|passage| words(passage) >= least) {
            let (this, that) = (passage.submission, passage.source);
            let _ = writeln!(
                xml,
                "<feature name=\"detected-plagiarism\" this_offset=\"{}\" this_length=\"{}\" \
                 source_reference=\"{}\" source_offset=\"{}\" source_length=\"{}\"/>",
                this.start,
                this.end - this.start,
                source.source_id,
                that.start,
                that.end - that.start
            );
        }
    }
    xml + "</document>\n"
}

/// Runs `work` for every item, on all cores.
fn on_all_cores<T: Sync>(
    items: &[T],
    work: impl Fn(&T) -> Result<(), Box<dyn Error>> + Sync,
) -> Result<(), String> {
    let next = AtomicUsize::new(0);
    let failure = Mutex::new(Ok(()));
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let (Err(error), Ok(mut failure)) = (work(item), failure.lock()) {
                        *failure = Err(error.to_string());
                    }
                }
            });
        }
    });
    failure.into_inner().map_err(|error| error.to_string())?
}

fn main() -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    let Arguments { corpus, out, via_index, min_words } = Arguments::read()?;
    let pairs: Vec<(String, Vec<String>)> = read_pairs(&corpus)?.into_iter().collect();
    fs::create_dir_all(&out)?;
    // A fixed seed makes the figures reproducible.
    let engine = Engine::with_seed(Limits::default(), CorpusSeed::new(1));
    let source = |name: &str| fs::read_to_string(corpus.join("src").join(name));
    if via_index {
        let mut names: Vec<&String> = pairs.iter().flat_map(|(_, sources)| sources).collect();
        names.sort_unstable();
        names.dedup();
        on_all_cores(&names, |name| {
            let new = NewSource { id: Some(SourceId::new(name)?), ..NewSource::new(source(name)?) };
            engine.add_source(&CollectionName::default(), new, IfExists::Reject)?;
            Ok(())
        })?;
    }
    let indexed = begun.elapsed();
    on_all_cores(&pairs, |(suspicious, sources)| {
        let text = fs::read_to_string(corpus.join("susp").join(suspicious))?;
        let report = if via_index {
            engine.check(&text, &Scope::default(), &options(), &Stop::never())?
        } else {
            let compared = |name: &String| -> Result<ComparedText, std::io::Error> {
                Ok(ComparedText {
                    id: name.clone(),
                    title: String::new(),
                    text: source(name)?.into(),
                    submitted_at: None,
                    pages: None,
                })
            };
            let texts: Vec<ComparedText> = sources.iter().map(compared).collect::<Result<_, _>>()?;
            engine.compare(&text, &texts, &options(), &Stop::never())?
        };
        let file = Path::new(suspicious).with_extension("xml");
        Ok(fs::write(out.join(file), to_xml(suspicious, &report, min_words))?)
    })?;
    let count: usize = pairs.iter().map(|(_, sources)| sources.len()).sum();
    let seconds = begun.elapsed().as_secs_f64();
    if via_index {
        println!("sources indexed in {:.2} s", indexed.as_secs_f64());
    }
    println!(
        "{count} pairs in {seconds:.2} s: {:.0} pairs a second",
        f64::from(u32::try_from(count)?) / seconds
    );
    Ok(())
}
