//! The counts of a text, in one pass over its words.

mod english;
mod lexicon;
mod lists;
mod mechanics;
mod profile;
mod sentences;
mod word;

use std::collections::HashMap;

use self::english::EnglishCounter;
use self::profile::Profile;
use self::sentences::{Break, EndMark, Gap};
use self::word::{Reader, Word};
use super::count::{CountId, Counts};
use super::language::{Language, TextLanguage};
use crate::text::{CorpusSeed, Span, Token, TokenizedText, Tokenizer};

/// The letters of a long word, at least (Björnsson 1968).
const LONG_WORD: u32 = 7;
/// The words of a long sentence, at least.
const LONG_SENTENCE: u32 = 31;

/// What the measures of a text are computed from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Facts {
    /// The counts.
    pub(super) counts: Counts,
    /// The type of each word, numbered in the order in which they first occur.
    pub(super) words: Vec<u32>,
    /// How often each type occurs.
    pub(super) occurrences: Vec<u32>,
    /// The words of each sentence.
    pub(super) sentences: Vec<u32>,
    /// The words by lengths, and function words.
    pub(super) profile: Profile,
    /// The language.
    pub(super) language: TextLanguage,
    /// Whether a tenth of the text or more is in scripts without spaces, whose words can't be told apart.
    pub(super) unspaced: bool,
}

impl Facts {
    /// Counts a text. Linear in it.
    pub(super) fn of(text: &str, language: Option<Language>) -> Self {
        let tokenized = Tokenizer::new(CorpusSeed::new(0)).tokenize(text);
        let words = tokenized.lengths().before(u32::try_from(tokenized.tokens().len()).unwrap_or(u32::MAX));
        // A character of a script without spaces is some .6 of a word: this is a tenth of the tokens.
        let unspaced = tokenized.tokens().len() - (words as usize).min(tokenized.tokens().len())
            > tokenized.tokens().len() / 25;
        let language = language.map_or_else(|| TextLanguage::of(text), TextLanguage::Stated);
        let mut counter = Counter {
            text,
            counts: Counts::default(),
            english: (language.is_english() && !unspaced).then(EnglishCounter::new),
            ids: HashMap::new(),
            words: Vec::new(),
            occurrences: Vec::new(),
            sentences: Vec::new(),
            rare: Vec::new(),
            profile: Profile::default(),
            in_sentence: 0,
        };
        counter.run(&tokenized);
        let mut counts = counter.counts;
        counts.set(CountId::Words, words);
        Self {
            counts,
            words: counter.words,
            occurrences: counter.occurrences,
            sentences: counter.sentences,
            profile: counter.profile,
            language,
            unspaced,
        }
    }
}

/// The counts so far.
struct Counter<'a> {
    text: &'a str,
    counts: Counts,
    english: Option<EnglishCounter>,
    ids: HashMap<Token, u32>,
    words: Vec<u32>,
    occurrences: Vec<u32>,
    sentences: Vec<u32>,
    /// Whether each type is rare.
    rare: Vec<bool>,
    profile: Profile,
    in_sentence: u32,
}

impl Counter<'_> {
    fn run(&mut self, tokenized: &TokenizedText) {
        let wrapped = sentences::is_wrapped(self.text);
        let capitals = has_capitals(self.text);
        let mut reader = Reader::default();
        let mut spans = tokenized.spans().iter().copied().zip(tokenized.tokens().iter().copied()).peekable();
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.characters(Span { start: 0, end: spans.peek().map_or(end, |(first, _)| first.start) });
        while let Some((span, token)) = spans.next() {
            let word = reader.read(span.of(self.text), self.in_sentence == 0, capitals);
            self.word(&word, token);
            self.characters(span);
            let next = spans.peek().map(|(next, _)| *next);
            let gap = Span { start: span.end, end: next.map_or(end, |next| next.start) };
            self.gap(gap, span, next, wrapped);
        }
        let once = self.occurrences.iter().filter(|&&times| times == 1).count();
        self.counts.set(CountId::Types, small(self.occurrences.len()));
        self.counts.set(CountId::Hapaxes, small(once));
        self.counts.set(CountId::RareTypes, small(self.rare.iter().filter(|&&rare| rare).count()));
    }

    fn word(&mut self, word: &Word<'_>, token: Token) {
        let new = small(self.ids.len());
        let id = *self.ids.entry(token).or_insert(new);
        if id == new {
            self.occurrences.push(0);
            self.rare.push(false);
        }
        if let Some(times) = self.occurrences.get_mut(id as usize) {
            *times += 1;
        }
        let repeated = !word.first_of_sentence && self.words.last() == Some(&id) && word.letters > 0;
        self.words.push(id);
        self.in_sentence += 1;
        let counts = &mut self.counts;
        counts.add(CountId::Letters, word.letters);
        counts.add(CountId::LettersAndDigits, word.letters + word.digits);
        counts.add_if(CountId::Numerals, word.letters == 0 && word.digits > 0);
        counts.add_if(CountId::LongWords, word.letters >= LONG_WORD);
        counts.add_if(CountId::RepeatedWords, repeated);
        let begins_small =
            word.first_of_sentence && word.lower.starts_with(char::is_lowercase) && word.is_small;
        counts.add_if(CountId::UncapitalisedSentences, begins_small);
        self.profile.add_letters(word.letters);
        let profile = &mut self.profile;
        let is_rare = self.english.as_mut().is_some_and(|english| english.push(word, counts, profile));
        if let Some(rare) = self.rare.get_mut(id as usize) {
            *rare |= is_rare;
        }
    }

    /// Counts the characters of a part.
    fn characters(&mut self, part: Span) {
        let (mut characters, mut commas, mut semicolons) = (0_usize, 0, 0);
        for c in part.of(self.text).chars() {
            let mark = !c.is_ascii() && unicode_normalization::char::is_combining_mark(c);
            characters += usize::from(!c.is_whitespace() && !mark);
            commas += u32::from(matches!(c, ',' | '，' | '、' | '،' | '﹐'));
            semicolons += u32::from(matches!(c, ';' | ':' | '；' | '：' | '؛'));
        }
        self.counts.add(CountId::Characters, small(characters));
        self.counts.add(CountId::Commas, commas);
        self.counts.add(CountId::Semicolons, semicolons);
    }

    /// Reads the gap after a word.
    fn gap(&mut self, gap: Span, before: Span, after: Option<Span>, wrapped: bool) {
        let (between, word) = (gap.of(self.text), before.of(self.text));
        self.counts.add_if(CountId::SmallI, mechanics::is_small_i(word, between));
        if between == " " && after.is_some() {
            return;
        }
        self.characters(gap);
        let read = Gap::read(between);
        let found = after.map_or(Break::Paragraph, |after| read.between(self.text, before, after, wrapped));
        let next = after.map_or("", |after| after.of(self.text));
        let is_mistake = mechanics::is_spacing_mistake(word, between, next, found);
        self.counts.add_if(CountId::SpacingMistakes, is_mistake);
        if found == Break::None {
            return;
        }
        self.counts.add(CountId::Sentences, 1);
        self.counts.add_if(CountId::Paragraphs, found == Break::Paragraph);
        self.counts.add_if(CountId::Questions, read.mark == Some(EndMark::Question));
        self.counts.add_if(CountId::Exclamations, read.mark == Some(EndMark::Exclamation));
        self.counts.add_if(CountId::LongSentences, self.in_sentence >= LONG_SENTENCE);
        self.sentences.push(self.in_sentence);
        self.in_sentence = 0;
    }
}

/// Whether capitals distinguish words: less than half of the letters that have two forms are capitals.
fn has_capitals(text: &str) -> bool {
    let (mut upper, mut lower) = (0_usize, 0_usize);
    for c in text.chars() {
        upper += usize::from(c.is_uppercase());
        lower += usize::from(c.is_lowercase());
    }
    upper < lower
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
