//! The stems of one text, prepared for any number of comparisons.
use super::WeightedStem;
use super::background::Background;
use crate::matching::altered::num::{at, index, real, small};
use crate::text::Boundary;

/// No stem.
pub(in crate::matching::altered) const NONE: u32 = u32::MAX;

/// The stems of a text's words, numbered from 0, the positions of each, and the boundaries between the words.
///
/// About 14 bytes for each word and 28 for each distinct stem.
#[derive(Debug, Default)]
pub struct StemProfile {
    /// Per word: the number of its stem.
    pub(in crate::matching::altered) words: Vec<u32>,
    /// Per word, the boundary before it, and one more for the end of the text.
    pub(in crate::matching::altered) boundaries: Vec<Boundary>,
    /// Per stem.
    pub(in crate::matching::altered) stems: Vec<ProfiledStem>,
    /// Per stem, the index of its first position, and one more for the end.
    starts: Vec<u32>,
    positions: Vec<u32>,
    table: Vec<u32>,
    /// The length of the text in words: fewer than `words` in scripts without spaces, whose tokens are characters.
    length_words: u32,
}

/// A stem of a profile: of a word, or of a pair of characters.
#[derive(Debug, Clone, Copy)]
pub(in crate::matching::altered) struct ProfiledStem {
    /// The hash of the stem: equal stems have equal keys in all texts read under the same keys.
    pub(in crate::matching::altered) key: u64,
    /// The share of all words of its language, or of all pairs of characters, that have this stem.
    pub(in crate::matching::altered) frequency: f32,
}

impl StemProfile {
    /// The profile of a text of this length in words, given the stem of each token and the boundary before it.
    pub(in crate::matching::altered) fn new(
        words: impl Iterator<Item = (WeightedStem, Boundary)>,
        length_words: u32,
        background: Background,
    ) -> Self {
        let mut profile = Self { table: vec![NONE; 1024], length_words, ..Self::default() };
        let mut words = words.take(index(NONE) - 1).peekable();
        while let Some((stem, boundary)) = words.next() {
            let next = words.peek().filter(|(_, before)| *before == Boundary::None);
            let pair = next.and_then(|&(next, _)| Some((next, stem.character?, next.character?)));
            let number = match pair {
                Some((next, first, second)) => {
                    profile.number(stem.pair_key(next), || background.pair(first, second))
                }
                None => profile.number(stem.key, || stem.frequency),
            };
            profile.words.push(number);
            profile.boundaries.push(boundary);
        }
        profile.boundaries.push(Boundary::Paragraph);
        if let Some(first) = profile.boundaries.first_mut() {
            *first = Boundary::Paragraph;
        }
        profile.index_positions();
        profile
    }

    /// The mean number of tokens of a word: 1, or more in scripts without spaces.
    #[must_use]
    pub(in crate::matching::altered) fn tokens_per_word(&self) -> f32 {
        (real(small(self.len())) / real(self.length_words.max(1))).max(1.0)
    }

    /// Number of words of the text.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether the text has no word.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The number of the stem with this key; `None` if the text does not have it.
    pub(in crate::matching::altered) fn find(&self, key: u64) -> Option<u32> {
        let mask = self.table.len().wrapping_sub(1);
        let mut slot = index_of(key) & mask;
        loop {
            let number = *self.table.get(slot)?;
            if number == NONE {
                return None;
            }
            if self.stems.get(index(number))?.key == key {
                return Some(number);
            }
            slot = (slot + 1) & mask;
        }
    }

    /// The positions of a stem, ascending.
    pub(in crate::matching::altered) fn positions(&self, number: u32) -> &[u32] {
        let from = at(&self.starts, index(number));
        let to = at(&self.starts, index(number) + 1);
        self.positions.get(index(from)..index(to)).unwrap_or_default()
    }

    /// The number of the stem with this key. A new one has this frequency.
    fn number(&mut self, key: u64, frequency: impl FnOnce() -> f32) -> u32 {
        let mask = self.table.len() - 1;
        let mut slot = index_of(key) & mask;
        loop {
            let number = at(&self.table, slot);
            if number == NONE {
                break;
            }
            if self.stems.get(index(number)).is_some_and(|s| s.key == key) {
                return number;
            }
            slot = (slot + 1) & mask;
        }
        let number = small(self.stems.len());
        self.stems.push(ProfiledStem { key, frequency: frequency() });
        self.put(slot, number);
        if self.stems.len() * 2 > self.table.len() {
            self.grow();
        }
        number
    }

    fn put(&mut self, slot: usize, number: u32) {
        if let Some(entry) = self.table.get_mut(slot) {
            *entry = number;
        }
    }

    fn grow(&mut self) {
        let size = self.table.len() * 2;
        self.table = vec![NONE; size];
        for number in 0..self.stems.len() {
            let mut slot = self.stems.get(number).map_or(0, |s| index_of(s.key)) & (size - 1);
            while at(&self.table, slot) != NONE {
                slot = (slot + 1) & (size - 1);
            }
            self.put(slot, small(number));
        }
    }

    fn index_positions(&mut self) {
        let mut ends = vec![0u32; self.stems.len() + 1];
        for &word in &self.words {
            if let Some(count) = ends.get_mut(index(word) + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        self.starts.clone_from(&ends);
        self.positions = vec![0; self.words.len()];
        for (position, &word) in self.words.iter().enumerate() {
            if let Some(next) = ends.get_mut(index(word)) {
                if let Some(slot) = self.positions.get_mut(index(*next)) {
                    *slot = small(position);
                }
                *next += 1;
            }
        }
    }
}

fn index_of(key: u64) -> usize {
    // The upper half of the key: usize has 64 bits or the low 32 of it.
    usize::try_from(key >> 32).unwrap_or_default()
}
