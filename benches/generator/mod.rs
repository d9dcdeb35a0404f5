//! Generated texts with the statistics of English prose, the same in every run.
//!
//! The hundred most frequent words are English, all others are invented. Fitted are the frequency and length of words ([`vocabulary`]),
//! the rate at which a text repeats its own words (a cache model, Kuhn & De Mori 1990), and the number of pairs of
//! words and phrases that texts have in common by chance ([`phrases`]). No text is contained: everything is
//! parameters. [`fit`] compares figures of generated texts with those of real prose.

pub(crate) mod fit;
mod phrases;
pub(crate) mod random;
pub(crate) mod statistics;
mod vocabulary;

use phrases::Phrases;
use random::Random;
use vocabulary::{Rank, Vocabulary};

/// Two or three words that often occur together.
const COLLOCATIONS: Phrases =
    Phrases { count: 3e5, exponent: 0.56, least_words: 2, most_words: 4, longer: 0.25 };
/// Phrases that many authors use.
const STOCK_PHRASES: Phrases =
    Phrases { count: 1e6, exponent: 0.455, least_words: 5, most_words: 12, longer: 0.205 };
/// Shares of the sources of a text's next words; the rest are drawn separately.
const COLLOCATIONS_SHARE: f64 = 0.40;
const STOCK_PHRASES_SHARE: f64 = 0.06;
const AGAIN_SHARE: f64 = 0.25;
/// Number of the most frequent words, which the cache model does not repeat.
const FUNCTION_WORDS: Rank = 100;

/// Text after a word, each up to one of 1024 draws.
const MARKS: [(usize, &str); 6] =
    [(8, ".\n\n"), (16, "”\n\n“"), (56, ". "), (140, ", "), (143, "—"), (1024, " ")];
/// Draws below this end a sentence.
const SENTENCE_ENDS: usize = 56;

/// A generator of texts.
pub(crate) struct Prose {
    seed: u64,
    vocabulary: Vocabulary,
}

impl Prose {
    /// Creates a generator; each seed gives different texts.
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, vocabulary: Vocabulary::new(seed) }
    }

    /// The source with this number, of 500 to 1000 words.
    pub(crate) fn source(&self, number: u64) -> String {
        let mut random = Random::new(self.seed, number);
        let words = 500 + random.below(501);
        self.text(&mut random, words)
    }

    /// A text of `words` words.
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
                // Prose has no "the the".
                if rank >= FUNCTION_WORDS || ranks.last() != Some(&rank) {
                    ranks.push(rank);
                }
            }
        }
        ranks.truncate(words);
        ranks
    }

    /// Draws a phrase from its own random stream, so that phrases take no memory.
    fn phrase(&self, phrases: &Phrases, random: &mut Random, out: &mut Vec<Rank>) {
        let (mut phrase, words) = phrases.draw(self.seed, random);
        out.extend((0..words).map(|_| self.vocabulary.draw(&mut phrase)));
    }
}
