//! Texts with the statistics of English prose, as many as are wanted, the same in every run.
//!
//! The hundred most frequent words are English, all others are made up. What is fitted is how often words occur and how long they are ([`vocabulary`]),
//! how often a text comes back to its own words (a cache model, Kuhn & De Mori 1990), and how many pairs of
//! words and phrases texts have in common by chance ([`phrases`]). No text was taken: everything is
//! parameters. [`fit`] holds figures of generated texts against those of real prose.

pub(crate) mod fit;
mod phrases;
pub(crate) mod random;
pub(crate) mod statistics;
mod vocabulary;

use phrases::Phrases;
use random::Random;
use vocabulary::{Rank, Vocabulary};

/// Two or three words that often stand together.
const COLLOCATIONS: Phrases =
    Phrases { count: 3e5, exponent: 0.56, least_words: 2, most_words: 4, longer: 0.25 };
/// Phrases that many authors use.
const STOCK_PHRASES: Phrases =
    Phrases { count: 1e6, exponent: 0.455, least_words: 5, most_words: 12, longer: 0.205 };
/// Where a text takes its next words from; the rest are drawn one by one.
const COLLOCATIONS_SHARE: f64 = 0.40;
const STOCK_PHRASES_SHARE: f64 = 0.06;
const AGAIN_SHARE: f64 = 0.25;
/// Words more frequent than this come back by themselves.
const FUNCTION_WORDS: Rank = 100;

/// What stands after a word: up to which of 1024 draws.
const MARKS: [(usize, &str); 6] =
    [(8, ".\n\n"), (16, "”\n\n“"), (56, ". "), (140, ", "), (143, "—"), (1024, " ")];
/// Up to here a sentence ends.
const SENTENCE_ENDS: usize = 56;

/// Makes texts.
pub(crate) struct Prose {
    seed: u64,
    vocabulary: Vocabulary,
}

impl Prose {
    /// Other texts for each seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, vocabulary: Vocabulary::new(seed) }
    }

    /// The source of this number: 500 to 1000 words.
    pub(crate) fn source(&self, number: u64) -> String {
        let mut random = Random::new(self.seed, number);
        let words = 500 + random.below(501);
        self.text(&mut random, words)
    }

    /// A text of so many words.
    pub(crate) fn text(&self, random: &mut Random, words: usize) -> String {
        let ranks = self.ranks(random, words);
        let mut out: Vec<u8> = Vec::with_capacity(words * 7);
        let mut begins = true;
        for rank in ranks {
            let start = out.len();
            self.vocabulary.write(rank, &mut out);
            if let Some(first) = out.get_mut(start).filter(|_| begins) {
                first.make_ascii_uppercase();
            }
            let drawn = random.below(1024);
            let mark = MARKS.iter().find(|(to, _)| drawn < *to).map_or(" ", |(_, mark)| mark);
            out.extend_from_slice(mark.as_bytes());
            begins = drawn < SENTENCE_ENDS;
        }
        String::from_utf8(out).unwrap_or_default()
    }

    /// A word as probable as in prose.
    pub(crate) fn word(&self, random: &mut Random) -> String {
        let mut out = Vec::new();
        self.vocabulary.write(self.vocabulary.draw(random), &mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    fn ranks(&self, random: &mut Random, words: usize) -> Vec<Rank> {
        let mut ranks: Vec<Rank> = Vec::with_capacity(words + 16);
        while ranks.len() < words {
            let drawn = random.share();
            if drawn < COLLOCATIONS_SHARE {
                self.phrase(&COLLOCATIONS, random, &mut ranks);
            } else if drawn < COLLOCATIONS_SHARE + STOCK_PHRASES_SHARE {
                self.phrase(&STOCK_PHRASES, random, &mut ranks);
            } else {
                let again = drawn < COLLOCATIONS_SHARE + STOCK_PHRASES_SHARE + AGAIN_SHARE;
                let earlier = again.then(|| ranks.get(random.below(ranks.len()))).flatten().copied();
                let earlier = earlier.filter(|rank| *rank >= FUNCTION_WORDS);
                let rank = earlier.unwrap_or_else(|| self.vocabulary.draw(random));
                // Nobody writes "the the".
                if rank >= FUNCTION_WORDS || ranks.last() != Some(&rank) {
                    ranks.push(rank);
                }
            }
        }
        ranks.truncate(words);
        ranks
    }

    /// A phrase is what a stream of its own draws, so that it takes no memory.
    fn phrase(&self, phrases: &Phrases, random: &mut Random, out: &mut Vec<Rank>) {
        let (mut phrase, words) = phrases.draw(self.seed, random);
        out.extend((0..words).map(|_| self.vocabulary.draw(&mut phrase)));
    }
}
