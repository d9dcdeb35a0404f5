//! A cache of stems by word, of bounded size, shared by all profilers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use parking_lot::{Mutex, RwLock};

use super::WeightedStem;
use super::background::Character;
use super::language::Language;
use crate::text::Token;

/// Entries of the first table; each next one has [`GROWTH`] times as many.
const FIRST_ENTRIES: usize = 1 << 9;

/// Entries of the largest table.
const MAX_ENTRIES: usize = 1 << 21;

/// Entries that a word may be in, a power of two. If a quarter of all entries are taken, four words in a thousand find
/// none free.
const PLACES: usize = 4;

/// The growth from one table to the next. A replaced table is in use until the texts that are read with it are done.
/// All tables before the last together have a third of its size.
const GROWTH: usize = 4;

/// A cache of stems by token and language, shared by any number of threads.
///
/// It affects the speed of profiling, never the result: a stem that is not cached is made again. It takes 48 MiB when
/// full, and 64 MiB while older tables are in use. Tokens must come from one tokenizer.
pub struct StemCache {
    table: RwLock<Arc<StemTable>>,
    /// Held by the thread that makes the next table.
    making: Mutex<()>,
    /// Bytes of all tables, including older ones in use.
    bytes: Arc<AtomicUsize>,
}

impl StemCache {
    /// The most bytes of the cache, including older tables in use.
    pub const MAX_BYTES: usize = MAX_ENTRIES * size_of::<Entry>() / (GROWTH - 1) * GROWTH;

    /// Bytes of the cache now.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Drops all stems, unless there is no memory for a new table. The memory is freed when the texts that are being
    /// read are done.
    pub fn clear(&self) {
        let _alone = self.making.lock();
        if self.bytes() + FIRST_ENTRIES * size_of::<Entry>() <= Self::MAX_BYTES {
            *self.table.write() = Arc::new(StemTable::new(FIRST_ENTRIES, &self.bytes));
        }
    }

    /// The table for reading a text.
    pub(super) fn table(&self) -> Arc<StemTable> {
        Arc::clone(&self.table.read())
    }

    /// A table in place of `used` if a quarter of its entries are taken: a larger one if there is memory for it.
    pub(super) fn grown(&self, used: &Arc<StemTable>) -> Option<Arc<StemTable>> {
        if !used.is_full() {
            return None;
        }
        let _alone = self.making.try_lock()?;
        let more = used.slots.len() * GROWTH * size_of::<Entry>();
        // Another thread may have replaced or cleared the table meanwhile. A cleared table may still be in use.
        if Arc::ptr_eq(used, &self.table()) && self.bytes() + more <= Self::MAX_BYTES {
            *self.table.write() = Arc::new(used.larger());
        }
        Some(self.table())
    }
}

impl Default for StemCache {
    fn default() -> Self {
        let bytes = Arc::default();
        let table = RwLock::new(Arc::new(StemTable::new(FIRST_ENTRIES, &bytes)));
        Self { table, making: Mutex::default(), bytes }
    }
}

/// Stems by the hash of their words. Each word may be in one of [`PLACES`] entries; if all are taken, it replaces the
/// first.
pub(super) struct StemTable {
    /// A power of two.
    slots: Box<[Entry]>,
    filled: AtomicUsize,
    /// The cache's count of bytes.
    bytes: Arc<AtomicUsize>,
}

/// One cached stem, which threads read and write without a lock.
///
/// Reads and writes of its parts may interleave. The check detects that: it is the exclusive or of the word and both
/// other parts (Hyatt & Mann 2002, "A lockless transposition table"), so that parts of two writes agree with a
/// probability of 2^-64, as two words with one token do.
#[derive(Default)]
struct Entry {
    check: AtomicU64,
    key: AtomicU64,
    /// The frequency's bits, then the number of the character (0 for none) and [`TAKEN`].
    rest: AtomicU64,
}

/// Bit of [`Entry::rest`]: the entry is in use.
const TAKEN: u64 = 1 << (u32::BITS + Character::BITS);

/// An odd multiplier with evenly spread bits: the fraction of the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
/// Another such multiplier: the fraction of the square root of 3.
const SPREAD_TOO: u64 = 0xbb67_ae85_84ca_a73b;

/// A word of a language, as a hash.
#[derive(Clone, Copy)]
pub(super) struct Word(u64);

impl Word {
    #[inline]
    pub(super) fn new(language: Language, token: Token) -> Self {
        // The length of a word is in the token's top bits and has to affect the low ones too.
        let mixed = (token.value() ^ language.number().wrapping_mul(SPREAD_TOO)).wrapping_mul(SPREAD);
        Self(mixed ^ mixed >> 32)
    }
}

impl StemTable {
    fn new(slots: usize, bytes: &Arc<AtomicUsize>) -> Self {
        bytes.fetch_add(slots * size_of::<Entry>(), Ordering::Relaxed);
        let slots = (0..slots).map(|_| Entry::default()).collect();
        Self { slots, filled: AtomicUsize::new(0), bytes: Arc::clone(bytes) }
    }

    /// The entries that a word may be in, the preferred one first.
    #[inline]
    fn places(&self, word: Word) -> impl Iterator<Item = &Entry> {
        #[expect(clippy::cast_possible_truncation, reason = "only so many bits are wanted")]
        let first = word.0 as usize & (self.slots.len() - 1);
        (0..PLACES).filter_map(move |other| self.slots.get(first ^ other))
    }

    /// The stem of a word, if it is cached.
    #[inline]
    pub(super) fn get(&self, word: Word) -> Option<WeightedStem> {
        self.places(word)
            .find_map(|slot| slot.read().filter(|(other, _)| other.0 == word.0))
            .map(|(_, stem)| stem)
    }

    /// Caches the stem of a word. It replaces another one if all its entries are taken.
    pub(super) fn put(&self, word: Word, stem: WeightedStem) {
        let is_free = |slot: &&Entry| slot.rest.load(Ordering::Relaxed) == 0;
        if let Some(free) = self.places(word).find(is_free) {
            free.write(word, stem);
            self.filled.fetch_add(1, Ordering::Relaxed);
        } else if let Some(taken) = self.places(word).next() {
            taken.write(word, stem);
        }
    }

    fn is_full(&self) -> bool {
        let slots = self.slots.len();
        slots < MAX_ENTRIES && self.filled.load(Ordering::Relaxed) > slots / 4
    }

    /// A larger table with the stems of this one.
    fn larger(&self) -> Self {
        let larger = Self::new(self.slots.len() * GROWTH, &self.bytes);
        self.slots.iter().filter_map(Entry::read).for_each(|(word, stem)| larger.put(word, stem));
        larger
    }
}

impl Drop for StemTable {
    fn drop(&mut self) {
        self.bytes.fetch_sub(size_of_val(&*self.slots), Ordering::Relaxed);
    }
}

impl Entry {
    #[inline]
    fn read(&self) -> Option<(Word, WeightedStem)> {
        let [check, key, rest] =
            [&self.check, &self.key, &self.rest].map(|part| part.load(Ordering::Relaxed));
        #[expect(clippy::cast_possible_truncation, reason = "the low half")]
        let frequency = f32::from_bits(rest as u32);
        let character = Character::numbered((rest & !TAKEN) >> u32::BITS);
        let stem = WeightedStem { key, frequency, character };
        (rest != 0).then_some((Word(check ^ key ^ rest.wrapping_mul(SPREAD)), stem))
    }

    fn write(&self, word: Word, stem: WeightedStem) {
        let WeightedStem { key, frequency, character } = stem;
        let character = character.map_or(0, Character::number);
        let rest = u64::from(frequency.to_bits()) | character << u32::BITS | TAKEN;
        self.rest.store(rest, Ordering::Relaxed);
        self.key.store(key, Ordering::Relaxed);
        self.check.store(word.0 ^ key ^ rest.wrapping_mul(SPREAD), Ordering::Relaxed);
    }
}

impl std::fmt::Debug for StemCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StemCache").field("bytes", &self.bytes()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    /// The stem of a number in these tests.
    fn stem(number: u64) -> WeightedStem {
        WeightedStem {
            key: number.wrapping_mul(SPREAD_TOO),
            frequency: number as f32,
            character: Character::numbered(number % 2),
        }
    }

    fn word(number: u64) -> Word {
        let mixed = (number + 1).wrapping_mul(SPREAD);
        Word(mixed ^ mixed >> 32)
    }

    #[test]
    fn what_is_remembered_is_what_was_put_there_whichever_threads_write() {
        let table = StemTable::new(64, &Arc::default());
        thread::scope(|scope| {
            for writer in 0..4 {
                let table = &table;
                scope.spawn(move || {
                    // Ten times as many words as there is room for, in another order in each thread.
                    for step in 0..200_000_u64 {
                        let number = step.wrapping_mul(2 * writer + 1) % 640;
                        if let Some(found) = table.get(word(number)) {
                            assert_eq!(found, stem(number));
                        }
                        table.put(word(number), stem(number));
                    }
                });
            }
        });
        let found = (0..640).filter(|number| table.get(word(*number)) == Some(stem(*number))).count();
        assert!((32..=64).contains(&found), "{found}");
    }

    #[test]
    fn it_grows_to_its_bound_and_no_further() {
        let stems = StemCache::default();
        let first = stems.bytes();
        let mut in_use = vec![stems.table()];
        let put_all = |in_use: &mut Vec<Arc<StemTable>>| {
            let mut table = stems.table();
            for number in 0..3 << 20 {
                table.put(word(number), stem(number));
                if let Some(grown) = stems.grown(&table) {
                    in_use.push(std::mem::replace(&mut table, grown));
                }
                assert!(stems.bytes() <= StemCache::MAX_BYTES);
            }
        };
        put_all(&mut in_use);
        assert!(StemCache::MAX_BYTES == 64 << 20 && stems.bytes() > 60 << 20, "{}", stems.bytes());
        let kept = (0..3 << 20).filter(|number| stems.table().get(word(*number)).is_some()).count();
        assert!(kept > 1 << 20, "{kept}");
        // A table that was cleared counts for as long as it is in use.
        in_use.drain(..1);
        in_use.push(stems.table());
        stems.clear();
        assert!(stems.bytes() > 60 << 20);
        put_all(&mut in_use);
        in_use.clear();
        stems.clear();
        assert_eq!(stems.bytes(), first);
    }

    #[test]
    fn one_token_in_two_languages_is_two_words() {
        let stems = StemCache::default();
        let (none, english) =
            (Word::new(Language::NONE, Token::default()), Word::new(Language::ENGLISH, Token::default()));
        stems.table().put(none, stem(1));
        assert_eq!(stems.table().get(english), None);
        stems.table().put(english, stem(2));
        assert_eq!([none, english].map(|word| stems.table().get(word)), [Some(stem(1)), Some(stem(2))]);
    }
}
