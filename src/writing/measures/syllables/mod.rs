//! Syllables of English words: a dictionary, and a rule for the other words.

mod rule;

use std::sync::OnceLock;

use xxhash_rust::xxh3::xxh3_64;

/// `data/english/syllables.txt`, compressed: each line has a number of syllables and the words that have it.
const TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/english/syllables.zst"));

/// The greatest length of the table in bytes.
const TABLE_BYTES: usize = 2 << 20;

/// The bits of an entry that hold the number of syllables; the others are of the hash of its word.
const COUNT_BITS: u64 = 0xF;

/// The syllables of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Syllables {
    /// Their number, at least one.
    pub(super) count: u32,
    /// Whether the dictionary has the word.
    pub(super) known: bool,
}

/// The pronouncing dictionary of Carnegie Mellon University: syllables of 124,788 words.
///
/// A word is an entry of 8 bytes: 60 bits of its hash, and the number of syllables. That two words have the same 60 bits
/// has a probability below 1e-8, and a test looks all words up.
#[derive(Debug)]
pub(super) struct Dictionary {
    /// Sorted.
    entries: Vec<u64>,
}

impl Dictionary {
    /// The dictionary. The first call reads it: about 20 ms, and 1 MB of memory.
    pub(super) fn get() -> &'static Self {
        static LOADED: OnceLock<Dictionary> = OnceLock::new();
        LOADED.get_or_init(|| Self::read(&table()))
    }

    fn read(table: &str) -> Self {
        let mut entries = Vec::new();
        for line in table.lines() {
            let mut words = line.split(' ');
            let count: u64 = words.next().and_then(|count| count.parse().ok()).unwrap_or_default();
            entries.extend(words.map(|word| hash(word) | count));
        }
        entries.sort_unstable();
        Self { entries }
    }

    /// The syllables of a word in lower-case letters, with `'` for the apostrophe, by the dictionary, or else by rule.
    /// Linear in the word.
    pub(super) fn syllables(&self, word: &str) -> Syllables {
        match self.count(word) {
            Some(count) => Syllables { count, known: true },
            None => Syllables { count: rule::count(word), known: false },
        }
    }

    fn count(&self, word: &str) -> Option<u32> {
        let hash = hash(word);
        let at = self.entries.partition_point(|&entry| entry < hash);
        let entry = self.entries.get(at).filter(|&&entry| entry & !COUNT_BITS == hash)?;
        u32::try_from(entry & COUNT_BITS).ok()
    }
}

fn hash(word: &str) -> u64 {
    xxh3_64(word.as_bytes()) & !COUNT_BITS
}

/// The table as text.
fn table() -> String {
    let bytes = zstd::bulk::decompress(TABLE, TABLE_BYTES).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(table: &str) -> impl Iterator<Item = (u32, &str)> {
        table.lines().flat_map(|line| {
            let (count, words) = line.split_once(' ').unwrap();
            words.split(' ').map(move |word| (count.parse().unwrap(), word))
        })
    }

    #[test]
    fn the_dictionary_has_every_word_of_the_table() {
        let table = table();
        let dictionary = Dictionary::get();
        let mut seen = 0;
        for (count, word) in words(&table) {
            assert_eq!(dictionary.syllables(word), Syllables { count, known: true }, "{word}");
            seen += 1;
        }
        assert_eq!(seen, 124_788);
    }

    #[test]
    fn the_rule_agrees_with_the_dictionary() {
        let table = table();
        let (mut right, mut within_one, mut all, mut more) = (0, 0, 0, 0_i64);
        for (count, word) in words(&table) {
            let by_rule = rule::count(word);
            right += u32::from(by_rule == count);
            within_one += u32::from(by_rule.abs_diff(count) <= 1);
            more += i64::from(by_rule) - i64::from(count);
            all += 1;
        }
        let share = |part: u32| f64::from(part) / f64::from(all);
        assert!(share(right) > 0.93, "{}", share(right));
        assert!(share(within_one) > 0.995, "{}", share(within_one));
        assert!(more.abs() < i64::from(all) / 50, "the rule is biased: {more} of {all}");
    }

    #[test]
    fn words_that_no_dictionary_has_are_counted_by_rule() {
        for (word, count) in
            [("blorfing", 2), ("unsnorkelable", 5), ("zzz", 1), ("", 1), ("'", 1), ("quibbleness", 3)]
        {
            assert_eq!(Dictionary::get().syllables(word), Syllables { count, known: false }, "{word}");
        }
    }

    #[test]
    fn a_long_word_takes_linear_time() {
        let word = "ia".repeat(500_000);
        assert!(Dictionary::get().syllables(&word).count > 1);
    }
}
