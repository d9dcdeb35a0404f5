//! A table of single characters: what each adds to the compared form of a word.
//!
//! Most characters fold by themselves, independently of their neighbours. Words of such characters are folded by look-ups;
//! words with any other character are left to the definition.

use std::sync::{LazyLock, OnceLock};

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfc_quick};

use super::class::Class;
use super::skeleton::latin_of;
use super::{alphabet_bit, fold};

/// What a character adds to the compared form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::text) enum Action {
    /// Nothing.
    Drop,
    /// A letter that no neighbour changes.
    Letter(char),
    /// A mark whose order among other marks matters.
    Mark(char),
    /// Letters, by their place in the list of expansions.
    Letters(u16),
    /// It depends on the neighbours.
    Undecided,
}

/// A character in the table.
#[derive(Debug, Clone, Copy)]
pub(in crate::text) struct Folded {
    /// Its class in the segmentation.
    pub(in crate::text) class: Class,
    /// What it adds.
    pub(in crate::text) action: Action,
    /// The bits of the alphabets of what it adds.
    pub(in crate::text) alphabet: u8,
    /// The small Latin letter that what it adds looks like, or the digit that it adds; 0 for none.
    pub(in crate::text) latin: u8,
}

/// An entry for characters past the table, of which there are none.
const UNKNOWN: Folded = Folded { class: Class::Separator, action: Action::Undecided, alphabet: 0, latin: 0 };

/// Characters of a page.
const PAGE: usize = 256;
/// Pages of all code points.
const PAGES: usize = 0x0011_0000 / PAGE;

struct Page {
    characters: Box<[Folded]>,
    expansions: Vec<String>,
}

/// The table. Its pages are made when they are first used.
pub(in crate::text) struct FoldTable {
    pages: Box<[OnceLock<Page>]>,
}

impl FoldTable {
    /// The one table of this process.
    pub(in crate::text) fn get() -> &'static Self {
        static TABLE: LazyLock<FoldTable> =
            LazyLock::new(|| FoldTable { pages: (0..PAGES).map(|_| OnceLock::new()).collect() });
        &TABLE
    }

    /// What is known of a character.
    #[inline]
    pub(in crate::text) fn folded(&self, c: char) -> Folded {
        let place = c as usize;
        self.characters(place / PAGE).get(place % PAGE).copied().unwrap_or(UNKNOWN)
    }

    /// The small Latin letters that all letters of a folded word look like, if they do and are not Latin.
    pub(in crate::text) fn latin(&self, form: &str) -> Option<String> {
        let latin = |c| self.folded(c).latin;
        let is_all = !form.is_ascii() && form.chars().all(|c| latin(c) != 0);
        is_all.then(|| form.chars().map(|c| char::from(latin(c))).collect())
    }

    /// A reader of the table that remembers the page of the last character.
    pub(in crate::text) fn reader(&self) -> Reader<'_> {
        Reader { table: self, page: usize::MAX, characters: &[] }
    }

    /// The characters of a page.
    fn characters(&self, page: usize) -> &[Folded] {
        let place = self.pages.get(page);
        place.map_or(&[], |place| &place.get_or_init(|| Page::new(page)).characters)
    }

    /// The letters that a character with [`Action::Letters`] adds.
    pub(in crate::text) fn letters(&self, c: char, place: u16) -> &str {
        let page = self.pages.get(c as usize / PAGE).and_then(OnceLock::get);
        page.and_then(|page| page.expansions.get(usize::from(place))).map_or("", String::as_str)
    }
}

/// Reads the table for one text, whose characters are mostly of one page.
pub(in crate::text) struct Reader<'t> {
    table: &'t FoldTable,
    page: usize,
    characters: &'t [Folded],
}

impl Reader<'_> {
    /// What is known of a character.
    #[inline]
    pub(in crate::text) fn folded(&mut self, c: char) -> Folded {
        let place = c as usize;
        if place / PAGE != self.page {
            (self.page, self.characters) = (place / PAGE, self.table.characters(place / PAGE));
        }
        self.characters.get(place % PAGE).copied().unwrap_or(UNKNOWN)
    }
}

impl Page {
    fn new(number: usize) -> Self {
        let mut expansions = Vec::new();
        let first = number * PAGE;
        let code_points = (first..first + PAGE).map(|code| u32::try_from(code).unwrap_or(u32::MAX));
        let characters = code_points.map(|code| {
            let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            Folded::of(c, &mut expansions)
        });
        let characters = characters.collect();
        Self { characters, expansions }
    }
}

impl Folded {
    fn of(c: char, expansions: &mut Vec<String>) -> Self {
        let class = Class::of(c);
        let mut form = String::new();
        if !class.is_dropped() {
            fold(std::iter::once(c), usize::MAX, &mut form);
        }
        let action = Action::of(&form, expansions);
        let latin = match action {
            Action::Letter(digit) if digit.is_ascii_digit() => u8::try_from(digit).unwrap_or(0),
            Action::Letter(letter) => latin_of(letter).and_then(|c| u8::try_from(c).ok()).unwrap_or(0),
            _ => 0,
        };
        let alphabet = form.chars().fold(0, |bits, letter| bits | alphabet_bit(letter));
        Self { class, action, alphabet, latin }
    }
}

impl Action {
    fn of(form: &str, expansions: &mut Vec<String>) -> Self {
        let mut letters = form.chars();
        match (letters.next(), letters.next()) {
            (None, _) => Self::Drop,
            _ if is_nfc_quick(form.chars()) != IsNormalized::Yes => Self::Undecided,
            (Some(mark), None) if canonical_combining_class(mark) != 0 => Self::Mark(mark),
            (Some(letter), None) => Self::Letter(letter),
            _ if form.chars().any(|c| canonical_combining_class(c) != 0) => Self::Undecided,
            // A unit such as ㎂ has letters of two alphabets, and the digits of ¼ belong to any.
            _ if form.chars().any(|c| latin_of(c).is_some() || c.is_ascii_digit()) => Self::Undecided,
            _ => match u16::try_from(expansions.len()) {
                Ok(place) => {
                    expansions.push(form.to_owned());
                    Self::Letters(place)
                }
                Err(_) => Self::Undecided,
            },
        }
    }
}

/// The form of a word that is being folded, character by character.
#[derive(Debug, Default)]
pub(in crate::text) struct Form {
    folded: String,
    /// The Latin letters that those of the form look like, as long as all do.
    latin: String,
    alphabets: u8,
    looks_latin: bool,
    after_mark: bool,
    is_undecided: bool,
}

impl Form {
    /// Forgets the word.
    pub(in crate::text) fn clear(&mut self) {
        self.folded.clear();
        self.latin.clear();
        (self.alphabets, self.looks_latin, self.after_mark, self.is_undecided) = (0, true, false, false);
    }

    /// Adds a character of the word.
    #[inline]
    pub(in crate::text) fn push(&mut self, table: &FoldTable, c: char, folded: Folded) {
        self.alphabets |= folded.alphabet;
        let was_after_mark = std::mem::take(&mut self.after_mark);
        match folded.action {
            Action::Drop => {
                self.after_mark = was_after_mark;
                return;
            }
            Action::Letter(letter) => self.folded.push(letter),
            Action::Mark(mark) => {
                self.is_undecided |= was_after_mark;
                self.after_mark = true;
                self.folded.push(mark);
            }
            Action::Letters(place) => self.folded.push_str(table.letters(c, place)),
            Action::Undecided => self.is_undecided = true,
        }
        if self.looks_latin {
            self.looks_latin = folded.latin != 0;
            self.latin.push(char::from(folded.latin));
        }
    }

    /// The compared form of `word`, whose characters were added. `None` if it has more than `max_bytes`.
    #[inline]
    pub(in crate::text) fn finish(&mut self, word: &str, max_bytes: usize) -> Option<&str> {
        if self.is_undecided || self.alphabets.count_ones() > 1 {
            return self.define(word, max_bytes);
        }
        let is_latin = self.looks_latin && !self.folded.is_ascii();
        let form = if is_latin { &self.latin } else { &self.folded };
        (form.len() <= max_bytes).then_some(&**form)
    }

    #[cold]
    fn define(&mut self, word: &str, max_bytes: usize) -> Option<&str> {
        super::compared_form_within(word, max_bytes, &mut self.folded).then_some(&*self.folded)
    }
}
