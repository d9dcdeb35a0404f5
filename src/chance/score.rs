//! The score of a run: the improbability of its words, as far as the index knows.

use std::ops::Range;

use super::costs::Costs;

/// What a k-gram that is in no other source counts for, in occurrences. A k-gram whose words make it as improbable as
/// its count keeps the cost of its words.
const UNSEEN: f64 = 0.1;

/// The cost of going on with a phrase: of the next k-gram, where others that have the one before it have this one too.
const GOING_ON: f64 = 1.0;

/// A k-gram of the submission that the index was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kgram {
    /// Its first token.
    pub position: u32,
    /// Its postings in the collection.
    pub count: u32,
}

/// What the index of a collection knows of the phrases of a submission.
#[derive(Debug, Clone)]
pub struct Phrases {
    /// The k-grams, in order of their positions.
    pub kgrams: Vec<Kgram>,
    /// `k`.
    pub kgram_tokens: u32,
    /// The postings that say nothing: of the source that the run is shared with, and of the submission if it is in the
    /// collection.
    pub own: u32,
    /// The words of the collection's sources.
    pub collection_words: f64,
}

impl Phrases {
    /// The score of a run of the submission's tokens, whose words have these costs, in nats: the negative logarithm of its
    /// probability at any place of a text.
    ///
    /// From left to right each k-gram in the run adds the cost of its words that no k-gram before it has. A k-gram that
    /// other sources have costs no more than its frequency among all words; if they have the one before it too,
    /// it continues a phrase, and costs little. Linear in the k-grams of the run.
    #[must_use]
    pub fn score(&self, costs: &Costs, run: &Range<u32>) -> f64 {
        let first = self.kgrams.partition_point(|kgram| kgram.position < run.start);
        let inside = self.kgrams.iter().skip(first);
        let inside = inside.take_while(|kgram| kgram.position + self.kgram_tokens <= run.end);
        // The end of the words that were counted, and the occurrences of the last k-gram elsewhere.
        let (mut end, mut before, mut score) = (run.start, 0.0, 0.0);
        for kgram in inside {
            let words = kgram.position..kgram.position + self.kgram_tokens;
            let others = f64::from(kgram.count.saturating_sub(self.own));
            if words.end > end {
                let continues = words.start <= end && before >= 1.0 && others >= 1.0;
                let known = if continues {
                    f64::max(0.0, f64::ln((before + 1.0) / others)) + GOING_ON
                } else {
                    self.rarity(costs.range(&words), others)
                };
                score += costs.range(&(end..words.start.max(end)));
                score += costs.range(&(words.start.max(end)..words.end)).min(known);
                end = words.end;
            }
            before = others;
        }
        score + costs.range(&(end..run.end))
    }

    /// The negative logarithm of the frequency of a k-gram that occurs so often elsewhere: between what was counted and what its
    /// words lead to expect.
    fn rarity(&self, cost: f64, others: f64) -> f64 {
        f64::ln((self.collection_words + UNSEEN * cost.exp()) / (others + UNSEEN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CorpusSeed;
    use crate::text::Tokenizer;

    const TEXT: &str =
        "once upon a time there was a king who had twelve daughters each more beautiful than the other";

    /// The score of the whole text, if its k-grams at these positions have these postings.
    fn score(counts: &[(u32, u32)], words: f64) -> f64 {
        let tokenized = Tokenizer::new(CorpusSeed::new(1)).tokenize(TEXT);
        let costs = Costs::of(TEXT, &tokenized);
        let kgrams = counts.iter().map(|(position, count)| Kgram { position: *position, count: *count });
        let kgrams = kgrams.collect();
        let phrases = Phrases { kgrams, kgram_tokens: 5, own: 1, collection_words: words };
        phrases.score(&costs, &(0..u32::try_from(tokenized.tokens().len()).unwrap()))
    }

    #[test]
    fn what_no_other_source_has_costs_what_its_words_do() {
        let alone = score(&[], 1e7);
        assert!((score(&[(1, 1), (4, 1)], 1e4) - alone).abs() < 0.01);
        assert!(alone > 80.0, "{alone}");
    }

    #[test]
    fn a_phrase_of_many_sources_is_no_evidence() {
        let alone = score(&[], 1e7);
        let (one, few, many) = (score(&[(0, 1000)], 1e7), score(&[(0, 100)], 1e7), score(&[(0, 10)], 1e7));
        assert!(one < few && few < many && many < alone, "{one} {few} {many} {alone}");
        let all: Vec<(u32, u32)> = (0..15).step_by(3).map(|at| (at, 200)).collect();
        let phrase = score(&all, 1e7);
        assert!(phrase < 30.0 && phrase > f64::ln(1e7 / 200.0), "{phrase}");
    }

    #[test]
    fn a_run_is_worth_no_more_than_the_words_in_it() {
        let tokenized = Tokenizer::new(CorpusSeed::new(1)).tokenize(TEXT);
        let costs = Costs::of(TEXT, &tokenized);
        let kgrams = vec![Kgram { position: 2, count: 50 }];
        let phrases = Phrases { kgrams, kgram_tokens: 5, own: 1, collection_words: 1e6 };
        assert!((phrases.score(&costs, &(8..16)) - costs.range(&(8..16))).abs() < 1e-9);
        assert!(
            (phrases.score(&costs, &(3..16)) - costs.range(&(3..16))).abs() < 1e-9,
            "it begins before the run"
        );
        assert!(phrases.score(&costs, &(0..16)) < costs.range(&(0..16)));
        assert!((phrases.score(&costs, &(4..4))).abs() < 1e-9);
    }
}
