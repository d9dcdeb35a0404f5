//! The improbability of words by themselves.

use std::ops::Range;

use unicode_script::{Script, UnicodeScript};

use crate::text::{TokenizedText, is_unspaced};

/// The improbability of a word of 1, 2, 3 ... letters in running text, in nats: three quarters of the negative logarithm of its
/// frequency, since the words before it make it likelier. Frequent words are short in every language (Zipf 1935, the law of
/// abbreviation).
///
/// Tables of frequencies do no better: what they know of common words, the index knows of common phrases.
const BY_LETTERS: [f64; 8] = [4.0, 4.0, 4.4, 5.2, 5.9, 6.4, 6.9, 7.3];

/// The improbability of a word equivalent in scripts without spaces: the average of English prose.
const UNSPACED_WORD: f64 = 5.0;

/// The sums of the improbabilities of a text's tokens.
#[derive(Debug, Clone)]
pub struct Costs {
    /// Of all tokens before each, and of all.
    sums: Vec<f64>,
}

impl Costs {
    /// The costs of a text. Linear.
    #[must_use]
    pub fn of(text: &str, tokenized: &TokenizedText) -> Self {
        let (mut sum, lengths) = (0.0, tokenized.lengths());
        let mut sums = Vec::with_capacity(tokenized.tokens().len() + 1);
        sums.push(sum);
        for (span, token) in tokenized.spans().iter().zip(0..) {
            let word = span.of(text);
            sum += if word.starts_with(is_unspaced) {
                UNSPACED_WORD * lengths.exact(&(token..token + 1))
            } else {
                of_word(word)
            };
            sums.push(sum);
        }
        Self { sums }
    }

    /// The cost of a range of tokens.
    #[must_use]
    pub fn range(&self, tokens: &Range<u32>) -> f64 {
        self.before(tokens.end) - self.before(tokens.start)
    }

    fn before(&self, token: u32) -> f64 {
        self.sums.get(token as usize).or(self.sums.last()).copied().unwrap_or(0.0)
    }
}

/// The cost of a word of a script with spaces.
fn of_word(word: &str) -> f64 {
    let letters = if word.is_ascii() {
        word.bytes().filter(u8::is_ascii_alphanumeric).count()
    } else {
        let halves = word.chars().next().map_or(2, halves);
        word.chars().filter(|c| c.is_alphanumeric()).count() * halves / 2
    };
    let place = letters.clamp(1, BY_LETTERS.len()) - 1;
    BY_LETTERS.get(place).copied().unwrap_or_default()
}

/// Half letters of an alphabet that a character of this script stands for: a syllable, or a consonant with a vowel that is not
/// written.
fn halves(first: char) -> usize {
    match first.script() {
        Script::Hangul | Script::Ethiopic => 5,
        Script::Arabic | Script::Hebrew | Script::Syriac | Script::Thaana => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::CorpusSeed;
    use crate::text::Tokenizer;

    /// The cost of a whole text.
    fn cost(text: &str) -> f64 {
        let tokenized = Tokenizer::new(CorpusSeed::new(1)).tokenize(text);
        let tokens = u32::try_from(tokenized.tokens().len()).unwrap();
        let costs = Costs::of(text, &tokenized);
        let halves = costs.range(&(0..tokens / 2)) + costs.range(&(tokens / 2..tokens));
        assert!((costs.range(&(0..tokens)) - halves).abs() < 1e-9, "costs of neighbours add up");
        costs.range(&(0..tokens))
    }

    #[test]
    fn long_words_cost_more_in_every_alphabet() {
        assert!(cost("extraordinary circumstances") > cost("as it"));
        assert!((cost("don't") - cost("dont")).abs() < 1e-9);
        assert!((cost("чтобы потом") - cost("etobi potom")).abs() < 1e-9);
        assert!(cost("كتاب") > cost("abcd"), "vowels that are not written");
        assert!(cost("도서관") > cost("abc"), "syllables");
        assert!((cost("") - 0.0).abs() < 1e-9);
    }

    #[test]
    fn eight_words_cost_about_the_same_in_scripts_without_spaces() {
        for (text, words) in [("我们的数据结构课程要求每个", 13.0 * 0.62), ("ひらがなだけのぶん", 9.0 * 0.4)]
        {
            assert!((cost(text) - UNSPACED_WORD * words).abs() < 1e-6, "{text}: {}", cost(text));
        }
    }
}
