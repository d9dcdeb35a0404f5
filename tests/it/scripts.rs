//! Copies in many scripts, disguised in the ways of each: the guarantee holds, through the index as in a pair.

#[path = "scripts/texts.rs"]
mod texts;

use std::sync::Arc;

use palimpsest::text::{CorpusSeed, Tokenizer};
use palimpsest::{
    CollectionName, ComparedText, DetectionOptions, Engine, Exclusions, IfExists, Limits, NewSource, Report,
    Scope, Stop,
};
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use self::texts::{LANGUAGES, Language};

/// A way to change a text without changing its words.
struct Trick {
    name: &'static str,
    change: fn(&str) -> String,
    /// The languages that it is for; all if empty.
    languages: &'static [&'static str],
}

const LATIN: &[&str] = &["English", "German", "French", "Spanish", "Polish", "Turkish", "Vietnamese"];
const ACCENTED: &[&str] = &[
    "German",
    "French",
    "Spanish",
    "Polish",
    "Vietnamese",
    "Russian",
    "Ukrainian",
    "Greek",
    "Arabic",
    "Persian",
];
const ARABIC: &[&str] = &["Arabic", "Persian"];
const CYRILLIC: &[&str] = &["Russian", "Ukrainian"];

const fn trick(name: &'static str, change: fn(&str) -> String, languages: &'static [&'static str]) -> Trick {
    Trick { name, change, languages }
}

const TRICKS: &[Trick] = &[
    trick("as it is", str::to_owned, &[]),
    trick("capitals", str::to_uppercase, &[]),
    trick("Turkish capitals", turkish_capitals, &["Turkish"]),
    trick("decomposed", |text| text.nfd().collect(), &[]),
    trick("without marks", without_marks, ACCENTED),
    trick("without strokes", without_strokes, &["Polish", "Vietnamese"]),
    trick("with vowel signs", |text| after_letters(text, "\u{64E}\u{651}"), ARABIC),
    trick("with points", |text| after_letters(text, "\u{5B7}"), &["Hebrew"]),
    trick("with accents", |text| after_letters(text, "\u{301}"), &["Russian", "Ukrainian", "Greek"]),
    trick("stretched", |text| after_letters(text, "\u{640}"), ARABIC),
    trick("Persian letters", |text| text.replace('ي', "ی").replace('ك', "ک").replace('ى', "ی"), &["Arabic"]),
    trick("Arabic letters", |text| text.replace('ی', "ي").replace('ک', "ك"), &["Persian"]),
    trick("plain alef", |text| text.replace(['أ', 'إ', 'آ', 'ٱ'], "ا"), ARABIC),
    trick("Cyrillic look-alikes", |text| replaced(text, "aceiopxyACEHIKMOPTX", "асеіорхуАСЕНІКМОРТХ"), LATIN),
    trick("Greek look-alikes", |text| replaced(text, "oAEIKMOTX", "οΑΕΙΚΜΟΤΧ"), LATIN),
    trick("Latin look-alikes", |text| replaced(text, "асеіорхуАВЕКМНОРСТХ", "aceiopxyABEKMHOPCTX"), CYRILLIC),
    trick("Latin in Greek", |text| replaced(text, "ονΑΕΙΚΜΝΟΤΧ", "ovAEIKMNOTX"), &["Greek"]),
    trick("full width", full_width, LATIN),
    trick("hidden characters", |text| after_letters(text, "\u{200B}"), LATIN),
    trick("soft hyphens", |text| after_letters(text, "\u{AD}"), CYRILLIC),
    trick("Arabic digits", |text| digits(text, '٠'), ARABIC),
    trick("Persian digits", |text| digits(text, '۰'), ARABIC),
    trick("Devanagari digits", |text| digits(text, '०'), &["Hindi"]),
    trick("Thai digits", |text| digits(text, '๐'), &["Thai"]),
    trick("wide digits", |text| digits(text, '０'), &["Chinese", "Japanese", "Korean"]),
    trick("without nukta", |text| text.nfd().filter(|c| *c != '\u{93C}').nfc().collect(), &["Hindi"]),
    trick(
        "traditional",
        |text| replaced(text, "门点里木数写旧账虽早总会来问", "門點裡木數寫舊賬雖早總會來問"),
        &["Chinese"],
    ),
    trick("katakana", katakana, &["Japanese"]),
    trick("line breaks", |text| text.replace(' ', "\n"), &[]),
    trick("no punctuation", |text| text.replace([',', ';', '，', '、'], " "), &[]),
];

fn turkish_capitals(text: &str) -> String {
    text.replace('i', "İ").replace('ı', "I").to_uppercase()
}

fn without_marks(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).collect()
}

fn without_strokes(text: &str) -> String {
    replaced(&without_marks(text), "łŁđĐ", "lLdD")
}

/// Puts something after every second letter, inside words only.
fn after_letters(text: &str, added: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::new();
    for (place, letter) in letters.iter().enumerate() {
        out.push(*letter);
        let next = letters.get(place + 1).is_some_and(|next| next.is_alphabetic());
        if place % 2 == 0 && letter.is_alphabetic() && next {
            out.push_str(added);
        }
    }
    out
}

/// Replaces each character of `from` by the one in its place in `to`.
fn replaced(text: &str, from: &str, to: &str) -> String {
    assert_eq!(from.chars().count(), to.chars().count());
    let other = |c| from.chars().zip(to.chars()).find(|(own, _)| *own == c).map_or(c, |(_, other)| other);
    text.chars().map(other).collect()
}

fn digits(text: &str, zero: char) -> String {
    let other = |c: char| match c.to_digit(10) {
        Some(value) => char::from_u32(u32::from(zero) + value).unwrap_or(c),
        None => c,
    };
    text.chars().map(other).collect()
}

fn full_width(text: &str) -> String {
    let wide = |c: char| match c {
        'A'..='Z' | 'a'..='z' => char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c),
        _ => c,
    };
    text.chars().map(wide).collect()
}

fn katakana(text: &str) -> String {
    let other = |c: char| match c {
        'ぁ'..='ゖ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        _ => c,
    };
    text.chars().map(other).collect()
}

/// The part of a text from one token to another.
fn part(text: &str, from: usize, tokens: usize) -> &str {
    let tokenized = Tokenizer::new(CorpusSeed::new(1)).tokenize(text);
    let spans = tokenized.spans();
    let last = (from + tokens).min(spans.len()) - 1;
    &text[spans[from].start as usize..spans[last].end as usize]
}

fn tokens(text: &str) -> usize {
    Tokenizer::new(CorpusSeed::new(1)).tokenize(text).tokens().len()
}

fn words(text: &str) -> u64 {
    u64::from(Tokenizer::new(CorpusSeed::new(1)).tokenize(text).lengths().total())
}

/// A corpus of one source. `exhaustive_sources` is 0 where only the index decides what is compared.
fn corpus(source: &str, exhaustive_sources: u32) -> Engine {
    let limits = Limits::default().with_exhaustive_sources(exhaustive_sources);
    let engine = Engine::with_seed(limits, CorpusSeed::new(5));
    let added = engine.add_source(&CollectionName::default(), NewSource::new(source), IfExists::Reject);
    added.unwrap();
    engine
}

fn options() -> DetectionOptions {
    DetectionOptions::default().with_exclusions(Exclusions::none())
}

/// The reports of a check in a corpus of the source, and of a comparison with it.
fn reports(engine: &Engine, source: &str, submission: &str) -> [Report; 2] {
    let compared = ComparedText {
        id: "a".to_owned(),
        title: String::new(),
        text: Arc::from(source),
        submitted_at: None,
        pages: None,
    };
    [
        engine.check(submission, &Scope::default(), &options(), &Stop::never()).unwrap(),
        engine.compare(submission, &[compared], &options(), &Stop::never()).unwrap(),
    ]
}

fn tricks_of(language: &Language) -> Vec<&'static Trick> {
    let fits = |trick: &&Trick| trick.languages.is_empty() || trick.languages.contains(&language.name);
    TRICKS.iter().filter(fits).collect()
}

#[test]
fn a_text_is_its_own_copy_whatever_was_done_to_it() {
    for language in LANGUAGES {
        let engine = corpus(language.source, 0);
        for trick in tricks_of(language) {
            let submission = (trick.change)(language.source);
            for report in reports(&engine, language.source, &submission) {
                let what = format!("{}, {}: {submission}", language.name, trick.name);
                assert_eq!(report.coverage.words, report.coverage.of_words, "{what}");
                assert!(report.coverage.words >= 20 && report.guarantee.holds(), "{what}");
            }
        }
    }
}

#[test]
fn texts_of_one_language_have_nothing_in_common() {
    for language in LANGUAGES {
        let engine = corpus(language.source, 1);
        for report in reports(&engine, language.source, language.other) {
            assert_eq!(report.coverage.words, 0, "{}", language.name);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A copied run of the guaranteed length, or longer, at any place of both texts.
    #[test]
    fn a_check_finds_each_guaranteed_run_and_all_that_a_comparison_finds(
        language in 0..LANGUAGES.len(),
        trick in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        longer in 0_usize..12,
        around in any::<prop::sample::Index>(),
    ) {
        let language = &LANGUAGES[language];
        let tricks = tricks_of(language);
        let trick = trick.get(&tricks);
        let length = language.eight_words + longer;
        let run = part(language.source, place.index(tokens(language.source) - length), length);
        let before = 1 + around.index(tokens(language.other) - 2);
        let first = part(language.other, 0, before);
        let rest = part(language.other, before, usize::MAX >> 1);
        let submission = format!("{first} {} {rest}", (trick.change)(run));
        let [all, compared] = reports(&corpus(language.source, 1), language.source, &submission);
        prop_assert_eq!(&all.covered_spans, &compared.covered_spans, "{}, {}", language.name, trick.name);
        let [indexed, _] = reports(&corpus(language.source, 0), language.source, &submission);
        for report in [all, indexed] {
            prop_assert!(report.guarantee.holds());
            prop_assert!(
                report.coverage.words + 1 >= words(run),
                "{}, {}: {} of {} words found in {submission}",
                language.name, trick.name, report.coverage.words, words(run)
            );
        }
    }
}
