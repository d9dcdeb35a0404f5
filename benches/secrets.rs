//! How far altered passages depend on the secret of a corpus: the same sources and submissions under ten of them.
//!
//! `cargo bench --bench secrets` uses generated texts; `-- --sources FILE --submissions FILE` reads texts from .jsonl
//! files. At most one altered passage in a hundred may be missing under any of the secrets.

#![expect(clippy::print_stdout, reason = "a bench that prints a table")]

#[expect(dead_code, reason = "the fit is checked by the scale bench")]
#[path = "generator/mod.rs"]
mod generator;

use std::collections::BTreeMap;
use std::error::Error;

use generator::Prose;
use generator::random::Random;
use palimpsest::matching::PassageKind;
use palimpsest::{
    CollectionName, CorpusSeed, DetectionOptions, Engine, IfExists, Limits, NewSource, Scope, SourceId, Stop,
};

/// Number of secrets.
const SECRETS: u64 = 10;
/// Number of generated sources: many more than are compared without the index.
const SOURCES: u64 = 4_000;
/// Number of generated submissions, each with one altered passage.
const SUBMISSIONS: u64 = 300;
/// Words of a submission before and after its passage.
const FRESH_WORDS: usize = 150;
/// Words of generated passages.
const PASSAGE_WORDS: [usize; 4] = [40, 60, 100, 200];
/// The largest share of passages that may differ.
const MOST: f64 = 0.01;

struct Texts {
    sources: Vec<String>,
    submissions: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let file = |name: &str| {
        arguments.iter().position(|argument| argument == name).and_then(|at| arguments.get(at + 1))
    };
    let texts = match (file("--sources"), file("--submissions")) {
        (Some(sources), Some(submissions)) => {
            Texts { sources: lines(sources)?, submissions: lines(submissions)? }
        }
        _ => generated(),
    };
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for secret in 0..SECRETS {
        let passages = altered_passages(&texts, CorpusSeed::new(secret.wrapping_mul(0x9E37_79B9_7F4A_7C15)))?;
        println!("secret {secret}: {} altered passages", passages.len());
        for passage in passages {
            *found.entry(passage).or_default() += 1;
        }
    }
    let differ = found.values().filter(|count| **count < SECRETS).count();
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    let share = differ as f64 / found.len().max(1) as f64;
    println!("{differ} of {} are missing under a secret: {:.2} %", found.len(), 100.0 * share);
    assert!(found.len() >= 100 && share <= MOST, "too many differ");
    Ok(())
}

/// The texts of a .jsonl file.
fn lines(path: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let text = |line: &str| -> Result<String, Box<dyn Error>> {
        let value: serde_json::Value = serde_json::from_str(line)?;
        Ok(value.get("text").and_then(serde_json::Value::as_str).unwrap_or_default().to_owned())
    };
    std::fs::read_to_string(path)?.lines().map(text).collect()
}

fn generated() -> Texts {
    let prose = Prose::new(1);
    let sources: Vec<String> = (0..SOURCES).map(|number| prose.source(number)).collect();
    let submission = |number: u64| {
        let mut random = Random::new(SOURCES, number);
        let before = prose.text(&mut random, FRESH_WORDS);
        let source = sources.get(random.below(sources.len())).map_or("", String::as_str);
        let passage = altered(source, &prose, &mut random);
        format!("{before} {passage}. {}", prose.text(&mut random, FRESH_WORDS))
    };
    Texts { submissions: (0..SUBMISSIONS).map(submission).collect(), sources }
}

/// A part of a source with one word in five replaced and neighbours swapped.
fn altered(source: &str, prose: &Prose, random: &mut Random) -> String {
    let words: Vec<&str> = source.split_whitespace().collect();
    let count = PASSAGE_WORDS.get(random.below(PASSAGE_WORDS.len())).copied().unwrap_or(60).min(words.len());
    let first = random.below(words.len() - count + 1);
    let mut copied: Vec<String> =
        words.iter().skip(first).take(count).map(|word| (*word).to_owned()).collect();
    for pair in copied.chunks_exact_mut(2) {
        if random.happens(0.3) {
            pair.swap(0, 1);
        }
    }
    for word in &mut copied {
        if random.happens(0.2) {
            *word = prose.word(random);
        }
    }
    copied.join(" ")
}

/// The altered passages of all submissions under one secret, each with both its places.
fn altered_passages(texts: &Texts, secret: CorpusSeed) -> Result<Vec<String>, Box<dyn Error>> {
    let (engine, collection) = (Engine::with_seed(Limits::default(), secret), CollectionName::default());
    for (text, number) in texts.sources.iter().zip(0..) {
        let id = SourceId::new(&format!("s{number}"))?;
        engine.add_source(&collection, NewSource::new(text.clone()).with_id(id), IfExists::Reject)?;
    }
    let options = DetectionOptions { max_sources: 1_000, ..DetectionOptions::default() };
    let mut found = Vec::new();
    for (text, number) in texts.submissions.iter().zip(0..) {
        let report = engine.check(text, &Scope::default(), &options, &Stop::never())?;
        for source in &report.sources {
            let altered = source.passages.iter().filter(|passage| passage.kind != PassageKind::Verbatim);
            found.extend(altered.map(|passage| {
                format!("{number} {} {:?} {:?}", source.source_id, passage.submission, passage.source)
            }));
        }
    }
    Ok(found)
}
