//! Growth of the time of a comparison with texts designed to be slow, with doubling sizes.
//!
//! `cargo bench --bench growth` prints a row for each kind of text; every result is asserted.

#![expect(clippy::print_stdout, reason = "a bench that prints a table")]

use std::time::{Duration, Instant};

use palimpsest::{ComparedText, CorpusSeed, DetectionOptions, Engine, Exclusions, Limits, Stop};

/// Number of words of the submission and of the source, each.
const SIZES: [usize; 4] = [125_000, 250_000, 500_000, 1_000_000];

/// A kind of text: its name, the generator of its two sides, and the share that the other side contains.
type Kind = (&'static str, fn(usize) -> (String, String), f64);

fn repeated(text: &str, words: usize) -> String {
    text.split(' ').cycle().take(words).collect::<Vec<_>>().join(" ")
}

/// Distinct words, determined by their numbers.
fn numbered(from: usize, words: usize) -> String {
    let words: Vec<String> = (from..from + words).map(|word| format!("w{word}x")).collect();
    words.join(" ")
}

fn one_word(words: usize) -> (String, String) {
    (repeated("again", words), repeated("again", words))
}

fn stop_words(words: usize) -> (String, String) {
    let text = repeated("and the of to in a is that it was for on are as with his they", words);
    (text.clone(), text)
}

fn one_sentence(words: usize) -> (String, String) {
    let text = repeated("The gate stays shut until somebody rings.", words);
    (text.clone(), text)
}

fn identical(words: usize) -> (String, String) {
    let text = numbered(0, words);
    (text.clone(), text)
}

fn unrelated(words: usize) -> (String, String) {
    (numbered(0, words), numbered(words, words))
}

fn without_a_space(words: usize) -> (String, String) {
    ("q".repeat(5 * words), "r".repeat(5 * words))
}

const KINDS: [Kind; 6] = [
    ("one word", one_word, 100.0),
    ("stop words only", stop_words, 100.0),
    ("every sentence the same", one_sentence, 100.0),
    ("identical texts", identical, 100.0),
    ("nothing in common", unrelated, 0.0),
    ("no space at all", without_a_space, 0.0),
];

fn main() {
    let limits = Limits { max_text_bytes: 64 << 20, max_text_words: 4_000_000, ..Limits::default() };
    let engine = Engine::with_seed(limits, CorpusSeed::new(1));
    let options = DetectionOptions { exclusions: Exclusions::none(), ..DetectionOptions::default() };
    println!("{:24} {SIZES:>10?} words a side, seconds, and the growth a doubling", "");
    for (name, make, percent) in KINDS {
        let times = SIZES.map(|words| {
            let (submission, source) = make(words);
            let texts = [ComparedText {
                id: "source".to_owned(),
                title: String::new(),
                text: source.into(),
                submitted_at: None,
                pages: None,
            }];
            let begun = Instant::now();
            let report = engine.compare(&submission, &texts, &options, &Stop::never());
            let took = begun.elapsed();
            let covered = report.map(|report| report.coverage.percent());
            assert!(covered == Ok(percent), "{name} of {words} words: {covered:?} % covered, not {percent}");
            took
        });
        let seconds: Vec<String> = times.iter().map(|took| format!("{:8.3}", took.as_secs_f64())).collect();
        let growth: Vec<String> = times.windows(2).map(growth).collect();
        println!("{name:24} {}   x {}", seconds.join(" "), growth.join(", "));
    }
}

fn growth(pair: &[Duration]) -> String {
    match pair {
        [before, after] => format!("{:.1}", after.as_secs_f64() / before.as_secs_f64()),
        _ => String::new(),
    }
}
