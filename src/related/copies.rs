//! Texts that are nearly copies of others.

use crate::matching::KeyMap;
use crate::text::Token;

/// Tokens of a sequence.
const SEQUENCE_TOKENS: usize = 3;

/// Texts to compare others with. Two texts are near copies if they share at least half of the distinct sequences of three tokens
/// of the shorter one.
#[derive(Debug, Default)]
pub struct NearCopies {
    /// The texts that have a sequence, by number.
    texts: KeyMap<[u64; SEQUENCE_TOKENS], Vec<u32>>,
    /// The sequences of each text.
    counts: Vec<usize>,
}

impl NearCopies {
    /// Adds a text if it is no near copy of another; returns whether it is one. Linear in the text's tokens, and in the texts that
    /// have its sequences.
    pub fn admit(&mut self, tokens: &[Token]) -> bool {
        let sequences = sequences(tokens);
        let mut shared: KeyMap<u32, usize> = KeyMap::default();
        for sequence in &sequences {
            for text in self.texts.get(sequence).into_iter().flatten() {
                *shared.entry(*text).or_default() += 1;
            }
        }
        let is_copy = (0..).zip(&self.counts).any(|(text, count): (u32, &usize)| {
            let shorter = sequences.len().min(*count);
            shared.get(&text).is_some_and(|shared| shared * 2 >= shorter)
        });
        if is_copy {
            return false;
        }
        let number = u32::try_from(self.counts.len()).unwrap_or(u32::MAX);
        self.counts.push(sequences.len());
        for sequence in sequences {
            self.texts.entry(sequence).or_default().push(number);
        }
        true
    }
}

/// The distinct sequences of a text, sorted.
fn sequences(tokens: &[Token]) -> Vec<[u64; SEQUENCE_TOKENS]> {
    let values: Vec<u64> = tokens.iter().map(|token| token.value()).collect();
    let mut sequences: Vec<[u64; SEQUENCE_TOKENS]> = values.array_windows().copied().collect();
    sequences.sort_unstable();
    sequences.dedup();
    sequences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{CorpusSeed, Tokenizer};

    fn tokens(text: &str) -> Vec<Token> {
        let (mut tokens, mut stems) = (Vec::new(), Vec::new());
        Tokenizer::new(CorpusSeed::new(3)).tokenize_with_stems_into(text, &mut tokens, &mut stems);
        tokens
    }

    #[test]
    fn half_of_the_shorter_text_makes_a_near_copy() {
        let one = "the keeper of the lighthouse counted ships in the fog";
        let mut known = NearCopies::default();
        assert!(known.admit(&tokens(one)));
        assert!(!known.admit(&tokens(one)));
        assert!(!known.admit(&tokens("the keeper of the lighthouse counted bread and salt")));
        assert!(!known.admit(&tokens(&format!(
            "{one} {}",
            "and more words followed that nobody wrote before ".repeat(9)
        ))));
        assert!(known.admit(&tokens("the keeper of bakeries counted loaves in the morning")));
        assert!(known.admit(&tokens("two words")) && known.admit(&tokens("two words")));
    }
}
