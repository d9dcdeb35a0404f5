//! Words, most of them invented, with the frequencies and lengths of English prose.

use std::collections::HashSet;

use super::random::Random;

/// Words of one class of frequency.
struct Class {
    to_rank: Rank,
    /// Their share of all draws; texts have slightly fewer of the frequent ones.
    share: f64,
    /// Exponent of the frequency by rank within the class (Zipf 1935).
    exponent: f64,
    /// Average number of letters of a word, and the greatest deviation.
    letters: f64,
    spread: f64,
}

const CLASSES: [Class; 5] = [
    Class { to_rank: 10, share: 0.273, exponent: 0.80, letters: 2.2, spread: 1.3 },
    Class { to_rank: 100, share: 0.302, exponent: 0.95, letters: 3.2, spread: 1.8 },
    Class { to_rank: 1_000, share: 0.202, exponent: 1.00, letters: 5.0, spread: 2.6 },
    Class { to_rank: 10_000, share: 0.162, exponent: 1.15, letters: 6.65, spread: 3.4 },
    Class { to_rank: 1 << 20, share: 0.066, exponent: 1.80, letters: 7.5, spread: 3.8 },
];

/// Number of parts of equal probability that the words are divided into, for draws in constant time.
const PARTS: usize = 1 << 16;
/// Letters of the longest word.
const LONGEST: usize = 15;
/// The most frequent words of English, by which language detection recognises it.
const FUNCTION_WORDS: &str = "the and of to a in i he that was his it with had as her for you at not but be on is him my \
    she all they have me which by so this from said were no what or one there if when we an \
    would them been who will are their up out more your then do into very now could some good \
    any than about like man did time must well only little before upon know how over such great \
    never see should down where much after other made old two first own long came again";
/// The parts of the other words: the most common groups of letters in English.
const SYLLABLES: &str = "th er an in re on at en nd ti es or te ed of is it al ar st to nt se ha as ou io le ve co me de \
    hi ri ro ic ne ea ra ce li ch ll be ma si om ur ng ing ion ent tio ate ter ver con com per";

/// A word, by its rank: 0 is the most frequent.
pub(crate) type Rank = u32;

/// Letters, with their number in the last place.
type Word = [u8; LONGEST + 1];

/// All words.
pub(crate) struct Vocabulary {
    /// The first rank of each part, and the end.
    parts: Vec<Rank>,
    words: Vec<Word>,
}

impl Vocabulary {
    pub(crate) fn new(seed: u64) -> Self {
        Self { parts: parts(), words: words(seed) }
    }

    /// A word, as probable as in prose.
    #[inline]
    pub(crate) fn draw(&self, random: &mut Random) -> Rank {
        let part = random.below(PARTS);
        match self.parts.get(part..part + 2) {
            #[expect(clippy::cast_possible_truncation, reason = "less than a rank")]
            Some([from, to]) if to - from > 1 => from + random.below((to - from) as usize) as Rank,
            Some([from, _]) => *from,
            _ => 0,
        }
    }

    /// Appends the letters of a word.
    #[inline]
    pub(crate) fn write(&self, rank: Rank, out: &mut Vec<u8>) {
        let Some(word) = self.words.get(rank as usize) else { return };
        let end = out.len() + usize::from(word[LONGEST]);
        // A copy of constant size that is truncated is faster than one of variable size.
        out.extend_from_slice(word);
        out.truncate(end);
    }
}

/// The probability of each word.
fn probabilities() -> Vec<f64> {
    let mut out: Vec<f64> = Vec::new();
    let mut from = 0;
    for Class { to_rank, share, exponent, .. } in &CLASSES {
        let weights = || (from + 1..=*to_rank).map(|rank| f64::from(rank).powf(-exponent));
        let all: f64 = weights().sum();
        out.extend(weights().map(|weight| weight / all * share));
        from = *to_rank;
    }
    out
}

fn parts() -> Vec<Rank> {
    let probabilities = probabilities();
    let part = probabilities.iter().sum::<f64>() / f64::from(1 << PARTS.ilog2());
    let mut parts = Vec::with_capacity(PARTS + 1);
    let (mut sum, mut next) = (0.0, 0.0);
    for (probability, rank) in probabilities.iter().zip(0..) {
        sum += probability;
        while next < sum && parts.len() < PARTS {
            parts.push(rank);
            next += part;
        }
    }
    parts.resize(PARTS + 1, last_rank());
    parts
}

fn last_rank() -> Rank {
    CLASSES.last().map_or(0, |class| class.to_rank)
}

/// Distinct words; if none of the requested length is found soon, the word is a letter longer.
fn words(seed: u64) -> Vec<Word> {
    let mut random = Random::new(seed, u64::MAX);
    let syllables: Vec<&str> = SYLLABLES.split_whitespace().collect();
    let mut words: Vec<Word> =
        FUNCTION_WORDS.split_whitespace().map(|word| packed(word.as_bytes())).collect();
    let mut taken: HashSet<Word> = words.iter().copied().collect();
    while words.len() < last_rank() as usize {
        let letters = Rank::try_from(words.len()).map_or(LONGEST, letters);
        let mut tries = (0..).map(|tries| made_up(&mut random, &syllables, letters + tries / 16));
        words.extend(tries.find(|word| taken.insert(*word)));
    }
    words
}

/// Number of letters of a word, uniform around the mean of its class.
fn letters(rank: Rank) -> usize {
    let golden = (f64::from(rank + 1) * 0.618_033_988_75).fract();
    let class = CLASSES.iter().find(|class| rank < class.to_rank);
    let letters = class.map_or(1.0, |class| class.letters + class.spread * (2.0 * golden - 1.0));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "one to a dozen")]
    let letters = letters.round().max(1.0) as usize;
    letters
}

/// Syllables, truncated to a number of letters.
fn made_up(random: &mut Random, syllables: &[&str], letters: usize) -> Word {
    let mut word = Vec::with_capacity(LONGEST + 4);
    while word.len() < letters.min(LONGEST) {
        let syllable = syllables.get(random.below(syllables.len())).copied().unwrap_or("e");
        word.extend_from_slice(syllable.as_bytes());
    }
    word.truncate(letters.min(LONGEST));
    packed(&word)
}

fn packed(letters: &[u8]) -> Word {
    let mut word = Word::default();
    word.iter_mut().zip(letters).for_each(|(place, letter)| *place = *letter);
    word[LONGEST] = u8::try_from(letters.len()).unwrap_or_default();
    word
}
