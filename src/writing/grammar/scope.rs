//! Which parts of a text are checked: not what others wrote, and not what is in another language.

use super::code::code;
use super::paragraphs::span;
use crate::text::regions::{Region, RegionKind, regions};
use crate::text::{CorpusSeed, Span, TokenizedText, Tokenizer};

/// What a finding may not touch, and what is not sent to a checker.
#[derive(Debug)]
pub(super) struct Regions {
    /// Quotations, in order.
    pub(super) quotations: Vec<Span>,
    /// Citations, in order.
    pub(super) citations: Vec<Span>,
    /// Bibliographies, in order.
    pub(super) bibliographies: Vec<Span>,
    /// Code and formulas, in order.
    pub(super) code: Vec<Span>,
}

impl Regions {
    /// The regions of a text. Linear.
    pub(super) fn of(text: &str) -> Self {
        let found = regions(text);
        let of_kind = |kind: RegionKind| {
            let spans = found.iter().filter(|region: &&Region| region.kind == kind).map(|region| region.span);
            spans.collect()
        };
        Self {
            quotations: of_kind(RegionKind::Quotation),
            citations: of_kind(RegionKind::Citation),
            bibliographies: of_kind(RegionKind::Bibliography),
            code: code(text),
        }
    }

    /// Whether a finding at `at` is about words of others, or about code.
    pub(super) fn hide(&self, at: Span) -> bool {
        let Self { quotations, citations, bibliographies, code } = self;
        [quotations, citations, bibliographies, code].into_iter().any(|spans| touches(spans, at))
    }
}

/// Whether one of `spans`, which are in order and disjoint, has a byte of `at`. Logarithmic.
pub(super) fn touches(spans: &[Span], at: Span) -> bool {
    let first = spans.partition_point(|span| span.end <= at.start);
    spans.get(first).is_some_and(|span| span.start < at.end)
}

/// The parts of `whole` that are outside of `holes`, which are in order and disjoint.
pub(super) fn outside(whole: Span, holes: &[Span]) -> Vec<Span> {
    let mut out = Vec::new();
    let mut start = whole.start;
    let first = holes.partition_point(|hole| hole.end <= whole.start);
    for hole in holes.iter().skip(first).take_while(|hole| hole.start < whole.end) {
        out.push(Span { start, end: hole.start });
        start = hole.end;
    }
    out.push(Span { start, end: whole.end });
    out.retain(|span| span.start < span.end);
    out
}

/// The words of a text as they are counted everywhere: word equivalents in scripts without spaces.
#[derive(Debug)]
pub(super) struct Words(TokenizedText);

impl Words {
    /// The words of a text. Linear.
    pub(super) fn of(text: &str) -> Self {
        Self(Tokenizer::new(CorpusSeed::new(0)).tokenize(text))
    }

    /// Those of the whole text.
    pub(super) fn total(&self) -> u64 {
        self.0.lengths().total().into()
    }

    /// Those of a part. Logarithmic.
    pub(super) fn inside(&self, part: Span) -> u64 {
        self.0.lengths().words(&self.0.tokens_in(part)).into()
    }
}

/// Words between spaces that have a letter.
fn spaced_words(text: &str) -> u64 {
    text.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count() as u64
}

/// Words of a paragraph whose language is found by itself, at least.
const JUDGED_WORDS: u64 = 12;

/// Frequent words of English, of which a sentence of it has some.
const FREQUENT: [&str; 24] = [
    "the", "of", "and", "to", "a", "in", "is", "that", "it", "was", "for", "on", "with", "as", "be", "are",
    "this", "have", "not", "you", "they", "he", "she", "i",
];

/// The language of a text as an ISO 639-1 code; `None` if it can't be told.
pub(super) fn language(text: &str) -> Option<&'static str> {
    let info = whatlang::detect(beginning(text))?;
    let code = info.lang().code();
    let is_long = spaced_words(beginning(text)) >= JUDGED_WORDS;
    let is_sure = info.is_reliable() || is_long && info.confidence() > 0.3;
    // Of a sentence there is little to judge by; two words that are frequent in English are seldom anything else.
    let frequent = if is_sure { 3 } else { 2 };
    if is_english(text, frequent) || code == "eng" && is_latin(text) {
        return Some("en");
    }
    is_sure.then(|| short_code(code)).flatten()
}

/// The language of a paragraph, if it has enough words to tell; otherwise that of its text.
pub(super) fn language_of_paragraph(paragraph: &str, of_text: Option<&'static str>) -> Option<&'static str> {
    if spaced_words(paragraph) < JUDGED_WORDS {
        // One word in another script has another language.
        return if of_text == Some("en") && !is_latin(paragraph) { language(paragraph) } else { of_text };
    }
    language(paragraph).or(of_text)
}

fn is_latin(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic());
    let (latin, other) = letters.partition::<Vec<_>, _>(|c| (*c as u32) < 0x250);
    latin.len() >= other.len()
}

/// Whether at least so many words, and one in five, are frequent in English.
fn is_english(text: &str, least: usize) -> bool {
    let (mut frequent, mut all) = (0_usize, 0_usize);
    for word in beginning(text).split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        all += 1;
        frequent += usize::from(FREQUENT.iter().any(|it| it.eq_ignore_ascii_case(word)));
    }
    frequent >= least && frequent * 5 >= all
}

/// The first bytes of a text, which tell its language.
fn beginning(text: &str) -> &str {
    const BYTES: usize = 4000;
    let end = (0..=BYTES.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    span(0, end).of(text)
}

/// The ISO 639-1 code of a language that has the ISO 639-3 code `code`.
fn short_code(code: &str) -> Option<&'static str> {
    const CODES: [(&str, &str); 40] = [
        ("eng", "en"),
        ("deu", "de"),
        ("fra", "fr"),
        ("spa", "es"),
        ("por", "pt"),
        ("ita", "it"),
        ("nld", "nl"),
        ("pol", "pl"),
        ("rus", "ru"),
        ("ukr", "uk"),
        ("bel", "be"),
        ("cat", "ca"),
        ("dan", "da"),
        ("swe", "sv"),
        ("nob", "nb"),
        ("fin", "fi"),
        ("ell", "el"),
        ("ron", "ro"),
        ("slk", "sk"),
        ("slv", "sl"),
        ("ces", "cs"),
        ("hun", "hu"),
        ("tur", "tr"),
        ("ara", "ar"),
        ("pes", "fa"),
        ("heb", "he"),
        ("hin", "hi"),
        ("ben", "bn"),
        ("jpn", "ja"),
        ("cmn", "zh"),
        ("kor", "ko"),
        ("tha", "th"),
        ("vie", "vi"),
        ("ind", "id"),
        ("tam", "ta"),
        ("epo", "eo"),
        ("hrv", "hr"),
        ("srp", "sr"),
        ("bul", "bg"),
        ("tgl", "tl"),
    ];
    CODES.iter().find(|(long, _)| *long == code).map(|(_, short)| *short)
}
