//! Work stops soon after it is called off, at whatever point it is. Texts are small in unoptimised builds;
//! `.ci/long` runs the whole. The figures of docs/operations.md come from
//! `cargo test --release --test it stopping -- --nocapture --test-threads 1`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use palimpsest::{
    CollectionName, ComparedText, DetectionOptions, Engine, Error, Exclusions, IfExists, NewSource,
    PairOptions, Scope, Stop,
};

use crate::words::Words;

const MIB: usize = 1 << 20;

/// Longest time for which work may go on after the call-off. The aim is 200 ms, for the optimised program on an
/// otherwise idle machine; docs/operations.md names the two cases that miss it. Beside other tests, work waits for theirs
/// in the one pool of the process.
const BOUND: Duration =
    if cfg!(debug_assertions) { Duration::from_secs(3) } else { Duration::from_millis(700) };

/// Times at which each piece of work is called off, spread over the time that it takes.
const TIMES: u32 = if cfg!(debug_assertions) { 2 } else { 16 };

/// Longest time for which work runs when its whole duration is measured.
const LONGEST: Duration =
    if cfg!(debug_assertions) { Duration::from_secs(4) } else { Duration::from_secs(8) };

#[expect(clippy::print_stdout, reason = "whoever asks for the figures reads them there")]
fn print_row(row: &str) {
    println!("{row}");
}

/// Calls `work` off at several times, and prints the longest time for which it went on afterwards.
fn measure(what: &str, work: impl Fn(&Stop) -> Result<(), Error> + Sync) {
    let begun = Instant::now();
    let whole = match work(&Stop::at(begun + LONGEST)) {
        Ok(()) | Err(Error::Stopped(_)) => begun.elapsed(),
        Err(error) => panic!("{what}: {error}"),
    };
    let (mut worst, mut at) = (Duration::ZERO, 0);
    for time in 0..TIMES {
        let stop = Stop::never();
        let ended = std::thread::scope(|scope| {
            let working = scope.spawn(|| (work(&stop).is_err(), Instant::now()));
            std::thread::sleep((whole * (2 * time + 1)) / (2 * TIMES));
            let called_off = Instant::now();
            stop.call_off();
            let (_, ended) = working.join().unwrap();
            ended.saturating_duration_since(called_off)
        });
        if ended > worst {
            (worst, at) = (ended, time);
        }
    }
    let (whole_ms, worst_ms) = (whole.as_secs_f64() * 1e3, worst.as_secs_f64() * 1e3);
    print_row(&format!("| {what} | {whole_ms:.0} | {worst_ms:.0} | {at} |"));
    assert!(worst < BOUND, "{what} went on for {worst:?} after it was called off (time {at} of {TIMES})");
}

fn engine() -> Engine {
    Engine::in_memory().unwrap()
}

fn add(engine: &Engine, text: String) {
    let source = NewSource { text, ..NewSource::default() };
    engine.add_source(&CollectionName::default(), source, IfExists::Reject).unwrap();
}

fn repeated(unit: &str, bytes: usize) -> String {
    unit.repeat(bytes / unit.len())
}

fn compared(texts: impl IntoIterator<Item = String>) -> Vec<ComparedText> {
    let of = |(place, text): (usize, String)| ComparedText {
        id: place.to_string(),
        title: String::new(),
        text: Arc::from(text),
        submitted_at: None,
        pages: None,
    };
    texts.into_iter().enumerate().map(of).collect()
}

fn check(engine: &Engine, text: &str, options: &DetectionOptions, stop: &Stop) -> Result<(), Error> {
    engine.check(text, &Scope::default(), options, stop).map(drop)
}

fn size() -> usize {
    if cfg!(debug_assertions) { MIB / 4 } else { 8 * MIB }
}

#[test]
fn checks_stop_when_they_are_called_off() {
    print_row("| case | whole, ms | goes on, ms | time |");
    let options = DetectionOptions::default();
    let small = engine();
    add(&small, repeated("same ", size()));
    for (what, unit) in [
        ("one word many times", "same "),
        ("one letter as one word", "a"),
        ("Cyrillic", "слово дело тело "),
        ("Han", "一二三四五六七八九十"),
        ("spaced letters", "w o r d "),
        ("look-alikes", "w\u{43e}rd h\u{435}re "),
        ("hidden characters", "wo\u{200b}rd\u{200d} "),
        ("citations", "so (Smith, 2001, p. 4) it is "),
        ("quotation marks", "\"one two three four\" "),
        ("unclosed quotation marks", "“one two "),
        ("lines of a bibliography", "References\nSmith, J. (2001). A title of it. Journal, 4, 5-6.\n"),
        ("combining marks", "a\u{301}\u{302}\u{303}\u{304} "),
    ] {
        let text = repeated(unit, size());
        measure(&format!("8 MiB, {what}"), |stop| match check(&small, &text, &options, stop) {
            Err(Error::TooManyWords { .. } | Error::NoWords { .. }) => Ok(()),
            other => other,
        });
    }
}

#[test]
fn checks_against_many_sources_stop_when_they_are_called_off() {
    let options = DetectionOptions::default();
    let prose = Words::new(1).text(size() / 8);
    let many = engine();
    let words: Vec<&str> = prose.split(' ').collect();
    for part in words.chunks(words.len().div_ceil(500)) {
        add(&many, part.join(" "));
    }
    measure("8 MiB of prose, 500 sources of it", |stop| check(&many, &prose, &options, stop));
    let boilerplate = Exclusions {
        boilerplate_texts: words.chunks(words.len().div_ceil(20)).map(|part| part.join(" ")).collect(),
        ..Exclusions::default()
    };
    let options = DetectionOptions { exclusions: boilerplate, ..options };
    measure("the same, and 20 boilerplate texts of it", |stop| check(&many, &prose, &options, stop));
}

#[test]
fn comparisons_stop_when_they_are_called_off() {
    let options = DetectionOptions::default();
    let engine = engine();
    let compare = |text: &str, texts: &[ComparedText], stop: &Stop| {
        engine.compare(text, texts, &options, stop).map(drop)
    };
    let prose = Words::new(3).text(size() / 8);
    let mut moved: Vec<&str> = prose.split(' ').collect();
    for (place, pair) in moved.chunks_mut(5).enumerate() {
        pair.rotate_left(place % 3);
    }
    let one = compared([moved.join(" ")]);
    measure("8 MiB with one of 8 MiB, altered throughout", |stop| compare(&prose, &one, stop));
    let thousand = compared((0..1000).map(|seed| Words::new(seed).text(size() / 8 / 1000)));
    let text = Words::new(7).text(1000);
    measure("a text with 1,000 texts of 8 KiB", |stop| compare(&text, &thousand, stop));
    let two = compared([repeated("one two three ", size())]);
    let same = repeated("three two one two ", size());
    measure("three words over and over, other order", |stop| compare(&same, &two, stop));
    let same = repeated("same ", size());
    let two = compared([repeated("same ", size())]);
    measure("one word over and over, twice", |stop| compare(&same, &two, stop));
}

#[test]
fn comparisons_of_all_pairs_stop_when_they_are_called_off() {
    let engine = engine();
    let text = Words::new(5).text(2000);
    let words: Vec<&str> = text.split(' ').collect();
    let sources = if cfg!(debug_assertions) { 30 } else { 400 };
    for number in 0..sources {
        let mut own = words.clone();
        let word = format!("own{number}");
        for place in 0..10 {
            own[(number * 7 + place * 191) % words.len()] = &word;
        }
        add(&engine, own.join(" "));
    }
    let options = PairOptions::default();
    measure("all pairs of 400 near-identical texts", |stop| {
        engine.compare_all(&CollectionName::default(), &options, &mut |_| (), stop).map(drop)
    });
}

#[test]
fn verifying_stops_when_it_is_called_off() {
    let engine = engine();
    for seed in 0..3 {
        add(&engine, Words::new(seed).text(size() / 8));
    }
    measure("verify, sources of 8 MiB", |stop| {
        engine.verify(stop, &mut |_| std::ops::ControlFlow::Continue(()))
    });
}

/// Adding can't be called off, since a source is made durable together with those of other callers. The size of one
/// text bounds it.
#[test]
fn adding_the_largest_source_takes_a_bounded_time() {
    let engine = engine();
    for (what, text) in [
        ("prose", Words::new(9).text(size() / 8)),
        ("one word", repeated("same ", size())),
        ("Cyrillic", repeated("слово дело тело ", size())),
    ] {
        let begun = Instant::now();
        add(&engine, text);
        print_row(&format!("| adding 8 MiB, {what} | {:.0} | | |", begun.elapsed().as_secs_f64() * 1e3));
        assert!(begun.elapsed() < Duration::from_secs(20));
    }
}
