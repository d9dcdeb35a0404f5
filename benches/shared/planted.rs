//! Generated submissions with passages copied from generated sources.

use std::collections::BTreeSet;
use std::ops::Range;

use super::workload::{Case, Submission};
use crate::generator::Prose;
use crate::generator::random::Random;

/// Changes made to passages.
const KINDS: [&str; 3] = ["verbatim", "format", "sub10"];
/// Words of passages.
const WORDS: [usize; 5] = [25, 40, 60, 100, 250];
/// Number of original words of a submission.
const FRESH_WORDS: usize = 600;
/// One submission in this many has no planted passage.
const CLEAN: u64 = 10;
/// Offset that keeps the random streams of submissions apart from those of sources.
const STREAMS: u64 = 1 << 40;

/// The id of a generated source.
pub(crate) fn source_id(number: u64) -> String {
    format!("s{number:08}")
}

/// The submission with this number, with one to five passages from the first `sources` sources.
pub(crate) fn submission(prose: &Prose, number: u64, sources: u64) -> Submission {
    let mut random = Random::new(sources, STREAMS + number);
    let passages = if number % CLEAN == CLEAN - 1 { 0 } else { 1 + random.below(5) };
    let (mut text, mut cases) = (String::new(), Vec::new());
    for _ in 0..passages {
        text.push_str(&prose.text(&mut random, FRESH_WORDS / (passages + 1)));
        cases.push(plant(prose, sources, &mut random, &mut text));
        text.push(' ');
    }
    text.push_str(&prose.text(&mut random, FRESH_WORDS / (passages + 1)));
    Submission { id: format!("q{number:04}"), text, cases, natural: BTreeSet::new() }
}

fn plant(prose: &Prose, sources: u64, random: &mut Random, text: &mut String) -> Case {
    let number = random.next() % sources.max(1);
    let source = prose.source(number);
    let words = spans_of_words(&source);
    let count = WORDS.get(random.below(WORDS.len())).copied().unwrap_or(25).min(words.len());
    let first = random.below(words.len() - count + 1);
    let copied = words.get(first..first + count).unwrap_or_default();
    let range = copied.first().map_or(0, |word| word.start)..copied.last().map_or(0, |word| word.end);
    let kind = KINDS.get(random.below(KINDS.len())).copied().unwrap_or_default();
    let start = text.len();
    let passage = source.get(range.clone()).unwrap_or_default();
    text.push_str(&changed(passage, kind, prose, random));
    let (source_id, kind) = (source_id(number), kind.to_owned());
    Case { submission: start..text.len(), source: range, source_id, words: count, kind }
}

/// Byte ranges of the words of a text, without the punctuation around them.
fn spans_of_words(text: &str) -> Vec<Range<usize>> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let start = word.as_ptr().addr() - text.as_ptr().addr();
            start..start + word.len()
        })
        .collect()
}

fn changed(passage: &str, kind: &str, prose: &Prose, random: &mut Random) -> String {
    match kind {
        "format" => passage
            .split_inclusive(char::is_whitespace)
            .map(|word| match random.below(8) {
                0 => word.to_uppercase(),
                1 => word.replace([',', '.'], ""),
                2 => word.replace(' ', "\n"),
                _ => word.to_owned(),
            })
            .collect(),
        "sub10" => {
            let mut substitute = |word: &str| match random.below(10) {
                0 => prose.word(random),
                _ => word.to_owned(),
            };
            passage.split(' ').map(&mut substitute).collect::<Vec<_>>().join(" ")
        }
        _ => passage.to_owned(),
    }
}
