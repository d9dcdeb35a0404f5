//! What it costs to read documents: in this process, in a reader that was started ahead, and in one that was not.
//!
//! `cargo bench --bench documents` reads the fixtures; `-- FOLDER` reads the documents in a folder. For each kind of file name
//! (`pandoc.docx`, or `pandoc-17.docx`) it prints a line of docs/documents.md.

#![expect(clippy::print_stdout, reason = "a bench that prints a table")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use palimpsest::contained::{Program, set_program};
use palimpsest::documents::contained::{Config, Readers};
use palimpsest::documents::{Document, Limits, read};

/// Readings of each document, of which the fastest counts.
const ROUNDS: usize = 5;
/// Most documents of a kind that are read in readers of their own.
const MOST_IN_READERS: usize = 20;
/// Time until the next reader has been started ahead.
const PAUSE: Duration = Duration::from_millis(60);

/// Documents of one kind.
#[derive(Default)]
struct Kind {
    contents: Vec<Vec<u8>>,
}

/// The median of times.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn main() -> Result<(), Box<dyn Error>> {
    set_program(Program::At(PathBuf::from(env!("CARGO_BIN_EXE_palimpsest"))));
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/documents");
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let kinds = kinds(&folder.map_or(fixtures, PathBuf::from))?;
    println!(
        "| file | documents | KB each | words each | in process, ms | warm, ms | cold, ms | MB/s of text |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (name, kind) in kinds {
        line(&name, &kind)?;
    }
    Ok(())
}

/// Documents that can be read, by kind.
fn kinds(folder: &Path) -> Result<BTreeMap<String, Kind>, Box<dyn Error>> {
    let mut kinds: BTreeMap<String, Kind> = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let content = std::fs::read(&path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
        let stem = stem.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
        let is_document = !["py", "json"].contains(&ending);
        if is_document && read(document(&content), &Limits::default()).is_ok() {
            kinds.entry(format!("{stem}.{ending}")).or_default().contents.push(content);
        }
    }
    Ok(kinds)
}

fn document(content: &[u8]) -> Document<'_> {
    Document { content, name: "", encoding: "" }
}

#[expect(clippy::cast_precision_loss, reason = "means for people")]
fn line(name: &str, kind: &Kind) -> Result<(), Box<dyn Error>> {
    let (mut bytes, mut words, mut text_bytes) = (0, 0, 0);
    let mut in_process = Vec::new();
    for content in &kind.contents {
        let extraction = read(document(content), &Limits::default())?;
        bytes += content.len();
        words += extraction.text.split_whitespace().count();
        text_bytes += extraction.text.len();
        let times = (0..ROUNDS).map(|_| {
            let started = Instant::now();
            let again = read(document(content), &Limits::default());
            let took = started.elapsed();
            assert_eq!(again.as_ref(), Ok(&extraction), "{name} is read differently each time");
            took
        });
        in_process.push(times.min().unwrap_or_default());
    }
    let total: Duration = in_process.iter().sum();
    let sample = || kind.contents.iter().take(MOST_IN_READERS);
    let readers = Readers::new(Config { readers: 1, warm: 2, ..Config::default() });
    readers.warm_up()?;
    let warm = sample().map(|content| timed(&readers, content)).collect::<Result<Vec<_>, _>>()?;
    let cold = |content| timed(&Readers::new(Config { readers: 1, warm: 0, ..Config::default() }), content);
    let cold = sample().map(|content: &Vec<u8>| cold(content)).collect::<Result<Vec<_>, _>>()?;
    let count = kind.contents.len() as f64;
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "| {name} | {} | {:.0} | {:.0} | {:.2} | {:.1} | {:.1} | {:.1} |",
        kind.contents.len(),
        bytes as f64 / 1e3 / count,
        words as f64 / count,
        ms(median(in_process)),
        ms(median(warm)),
        ms(median(cold)),
        text_bytes as f64 / 1e6 / total.as_secs_f64(),
    );
    Ok(())
}

/// The time that a document takes in a reader.
fn timed(readers: &Readers, content: &[u8]) -> Result<Duration, Box<dyn Error>> {
    std::thread::sleep(PAUSE);
    let started = Instant::now();
    readers.read(document(content), &|| false)?;
    Ok(started.elapsed())
}
