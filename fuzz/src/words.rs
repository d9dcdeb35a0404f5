//! Words by number: equal numbers are equal words, so a few bytes make a text.

use palimpsest::text::{CorpusSeed, TokenizedText, Tokenizer};

/// The seed of all targets.
pub const SEED: CorpusSeed = CorpusSeed::new(7);

const FIRST: [&str; 16] = [
    "the", "of", "walk", "light", "har", "quiet", "mo", "vel", "sub", "re", "stone", "un", "ter", "pal",
    "im", "ash",
];
const SECOND: [&str; 16] = [
    "", "ing", "ed", "house", "bour", "ly", "tion", "vet", "merge", "s", "wall", "dertake", "race", "ette",
    "press", "en",
];

/// The word with this number.
pub fn word(number: u8) -> String {
    let (first, second) = (FIRST[usize::from(number >> 4)], SECOND[usize::from(number & 15)]);
    format!("{first}{second}")
}

/// The text of these words. A few of them end a sentence or a paragraph.
pub fn text(numbers: &[u8]) -> String {
    let end = |number: u8| match number {
        0x3f => ".\n\n",
        0x5f | 0x7f => ". ",
        _ => " ",
    };
    numbers.iter().flat_map(|number| [word(*number), end(*number).to_owned()]).collect()
}

/// The tokens of these words.
pub fn tokenized(numbers: &[u8]) -> (String, TokenizedText) {
    let text = text(numbers);
    let tokenized = Tokenizer::new(SEED).tokenize(&text);
    (text, tokenized)
}
