//! The cost of adversarial inputs, relative to ordinary texts of the same size in the same run.
//!
//! ```sh
//! cargo bench --bench adversaries
//! ```
//!
//! Fingerprints that share a head can be constructed by an attacker who knows the corpus's seed. The bench inserts them
//! directly into the index, since the construction of texts with such fingerprints takes long.

#![allow(missing_docs, clippy::print_stdout, clippy::cast_precision_loss, reason = "a benchmark's figures")]
#![allow(clippy::unwrap_used, reason = "a benchmark that fails has to end")]

use std::time::{Duration, Instant};

use palimpsest::fingerprint::{
    Context, ContextMatch, Fingerprint, FingerprintSettings, Fingerprinter, KgramLength, WindowSize,
};
use palimpsest::index::{Index, ReadLimits, Slot};
use palimpsest::text::{CorpusSeed, Tokenizer};
use palimpsest::{CollectionName, DetectionOptions, Engine, IfExists, Limits, NewSource, Scope, Stop};

const SOURCES: u32 = 20_000;
const FINGERPRINTS: u64 = 100;
const REPEATS: u32 = 5;

fn main() {
    println!("{:44} {:>12} {:>12} {:>7}", "", "ordinary", "made to harm", "ratio");
    index();
    selection();
    normalised();
    boilerplate();
}

fn row(what: &str, ordinary: f64, harmful: f64) {
    println!("{what:44} {ordinary:12.3} {harmful:12.3} {:7.2}", harmful / ordinary);
}

/// The best of several runs.
fn timed<T>(mut work: impl FnMut() -> T) -> (Duration, T) {
    let run = |work: &mut dyn FnMut() -> T| {
        let started = Instant::now();
        let done = work();
        (started.elapsed(), done)
    };
    let mut best = run(&mut work);
    for _ in 1..REPEATS {
        let next = run(&mut work);
        if next.0 < best.0 {
            best = next;
        }
    }
    best
}

fn mixed(number: u64) -> u64 {
    let mut hash = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    hash = (hash ^ hash >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    hash ^ hash >> 31
}

/// Fingerprints with equal first 20 bits: they are in one chain of one shard, whatever its size.
fn colliding(number: u64) -> u64 {
    0xA_BCDE << 44 | mixed(number) >> 20
}

fn index() {
    let measure = |hash: fn(u64) -> u64| {
        let fingerprint =
            |number| Fingerprint { hash: hash(number), context: Context::from_bits(7), position: 0 };
        let of = |source: u32| -> Vec<Fingerprint> {
            (0..FINGERPRINTS).map(|i| fingerprint(u64::from(source) * FINGERPRINTS + i)).collect()
        };
        let all: Vec<Vec<Fingerprint>> = (0..SOURCES).map(of).collect();
        let started = Instant::now();
        let index = Index::default();
        for (fingerprints, number) in all.iter().zip(0..) {
            index.insert(Slot::new(number).unwrap(), fingerprints).unwrap();
        }
        let inserted = started.elapsed();
        let (found, ()) = timed(|| {
            for fingerprints in all.iter().step_by(100) {
                let found = index.look_up(fingerprints, ContextMatch::none(), ReadLimits::NONE);
                assert!(found.hits.len() as u64 >= FINGERPRINTS);
            }
        });
        let postings = f64::from(SOURCES) * FINGERPRINTS as f64;
        let looked_up = f64::from(SOURCES / 100) * FINGERPRINTS as f64;
        (
            inserted.as_secs_f64() * 1e9 / postings,
            found.as_secs_f64() * 1e9 / looked_up,
            index.bytes() as f64 / postings,
        )
    };
    let (ordinary, harmful) = (measure(mixed), measure(colliding));
    row("index: adding, ns a posting", ordinary.0, harmful.0);
    row("index: looking up, ns a fingerprint", ordinary.1, harmful.1);
    row("index: bytes a posting", ordinary.2, harmful.2);
}

/// Words of decreasing length: the largest token of a window leaves it with every step.
fn selection() {
    let ordinary: String = (0..400_000_u64).map(|i| word(mixed(i), 1 + below(mixed(i), 9)) + " ").collect();
    let harmful: String = (0..400_000_u64).map(|i| word(mixed(i), 30 - below(i, 30)) + " ").collect();
    let seed = CorpusSeed::new(1);
    for (k, w) in [(5, 4), (32, 64)] {
        let settings =
            FingerprintSettings { kgram: KgramLength::new(k).unwrap(), window: WindowSize::new(w).unwrap() };
        let fingerprinter = Fingerprinter::new(seed, settings);
        let measure = |text: &str| {
            let (took, _) = timed(|| {
                let tokens = Tokenizer::new(seed).tokenize(text);
                fingerprinter.fingerprints(tokens.tokens()).len()
            });
            took.as_secs_f64() * 1e9 / 400_000.0
        };
        row(&format!("fingerprints, k {k}, w {w}: ns a word"), measure(&ordinary), measure(&harmful));
    }
}

fn below(number: u64, bound: u64) -> usize {
    usize::try_from(number % bound).unwrap()
}

fn word(mut number: u64, letters: usize) -> String {
    let letter = |_| {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'a' + u8::try_from((number >> 40) % 26).unwrap())
    };
    (0..letters).map(letter).collect()
}

fn prose(from: u64, words: u64) -> String {
    (from..from + words).map(|i| word(mixed(i), 2 + below(mixed(i), 9)) + " ").collect()
}

/// A refused submission of 8 MiB whose compared form is eleven times as long.
fn normalised() {
    let engine = Engine::in_memory().unwrap();
    let check = |text: &str| {
        timed(|| engine.check(text, &Scope::default(), &DetectionOptions::default(), &Stop::never()).is_ok())
    };
    let mut ordinary = prose(0, 1_200_000);
    ordinary.truncate(8_000_000);
    let (one_word, words) = ("\u{FDFA}".repeat(2_666_666), "\u{FDFA} ".repeat(2_000_000));
    let (took, done) = check(&ordinary);
    assert!(done);
    for (what, text) in [("8 MB of U+FDFA in one word: ms", one_word), ("8 MB of U+FDFA apart: ms", words)] {
        let (refused, done) = check(&text);
        assert!(!done);
        row(what, took.as_secs_f64() * 1e3, refused.as_secs_f64() * 1e3);
    }
}

/// A page that all of 100,000 sources have.
fn boilerplate() {
    const SOURCES: u64 = 100_000;
    const WORDS: u64 = 100;
    let page = prose(1 << 40, WORDS);
    let measure = |shared: bool| {
        let engine = Engine::with_limits(Limits::default()).unwrap();
        let collection = CollectionName::default();
        for source in 0..SOURCES {
            let own = prose(source << 16, 30);
            let rest = if shared { page.clone() } else { prose(source << 16 | 1 << 15, WORDS) };
            let source = NewSource::new(format!("{own}{rest}"));
            engine.add_source(&collection, source, IfExists::Reject).unwrap();
        }
        let submission = format!("{}{page}", prose(7 << 16, 30));
        let (took, report) = timed(|| {
            engine
                .check(&submission, &Scope::default(), &DetectionOptions::default(), &Stop::never())
                .unwrap()
        });
        assert!(!report.sources.is_empty());
        let stats = engine.corpus().stats;
        (stats.index_bytes as f64 / stats.text_bytes as f64, took.as_secs_f64() * 1e3)
    };
    let (ordinary, harmful) = (measure(false), measure(true));
    row("a page in 100,000 sources: index, bytes a byte", ordinary.0, harmful.0);
    row("a check of it: ms", ordinary.1, harmful.1);
}
