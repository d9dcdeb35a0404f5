//! The signs around a block that it is a quotation: the sentence before it, and the citation at its end.

use super::shape::{columns, is_list_item, is_sentence_end};
use crate::text::peek;
use crate::text::regions::citations::citations;

/// Bytes before a block that are read, at most.
const LOOK_BACK_BYTES: usize = 300;
/// Bytes at the end of a block that are read, at most.
const LOOK_END_BYTES: usize = 240;
/// Words before a colon that introduce something, at least: "Abstract:" is a heading.
const MIN_INTRODUCTION_WORDS: usize = 4;
/// Words of a paragraph before a block that a citation alone closes, at least.
const MIN_PARAGRAPH_WORDS: usize = 6;

/// Words of which two or three with a colon introduce a quotation, in lower case: "Osei writes:".
#[rustfmt::skip]
const SAYING: &[&str] = &[
    "writes", "wrote", "says", "said", "argues", "argued", "notes", "noted", "states", "stated", "explains",
    "explained", "observes", "observed", "concludes", "concluded", "adds", "added", "continues", "continued",
    "remarks", "remarked", "claims", "claimed", "reports", "reported", "recalls", "recalled", "declares",
    "declared", "insists", "summarises", "summarizes", "follows", "quote", "schreibt", "schrieb", "sagt", "sagte",
    "erklärt", "erklärte", "betont", "meint", "meinte", "formuliert", "argumentiert", "bemerkt", "stellt",
    "écrit", "écrivait", "dit", "affirme", "explique", "note", "constate", "conclut", "déclare", "souligne",
    "escribe", "escribió", "dice", "dijo", "afirma", "afirmó", "explica", "señala", "sostiene", "concluye",
    "declara", "scrive", "scrisse", "disse", "spiega", "sostiene", "osserva", "conclude", "escreve",
    "escreveu", "diz", "afirmou", "observa", "conclui", "pisze", "pisał", "napisał", "napisała", "mówi", "twierdzi", "stwierdza", "zauważa", "wyjaśnia",
    "пишет", "писал", "писала", "говорит", "отмечает", "утверждает", "указывает", "замечает", "пише", "писав", "зазначає", "стверджує", "каже",
    "yazıyor", "yazar", "diyor", "der", "belirtir", "şöyle", "menulis", "mengatakan", "menyatakan", "viết", "nói", "rằng", "berikut",
    "schrijft", "zegt", "stelt", "skriver", "säger", "sier", "kirjoittaa", "sanoo", "írja",
    "يقول", "كتب", "قال", "يكتب", "يلي",
];

/// Last words of an introduction that runs on into the quotation: "Osei says that".
#[rustfmt::skip]
const THAT: &[&str] = &["that", "dass", "daß", "que", "che", "że", "что", "що", "dat", "att", "at", "hogy", "rằng", "bahwa"];

/// Columns from the bullet or number of a list item to its text, at most.
const MAX_LABEL_COLUMNS: usize = 5;

/// The paragraph before a block.
pub(super) struct Before<'a> {
    paragraph: &'a str,
    /// Whether no blank line stands between it and the block.
    directly: bool,
}

impl<'a> Before<'a> {
    /// The last paragraph of `text`.
    pub(super) fn of(text: &'a str, directly: bool) -> Self {
        let from = text.ceil_char_boundary(text.len().saturating_sub(LOOK_BACK_BYTES));
        let end = peek::slice(text, from, text.len()).trim_end();
        let start = ["\n\n", "\n\r\n"].iter().filter_map(|gap| Some(end.rfind(gap)? + gap.len())).max();
        Self { paragraph: peek::slice(end, start.unwrap_or(0), end.len()), directly }
    }

    /// Whether a block with `depth` columns of indentation is the rest of a list item.
    pub(super) fn is_continued_at(&self, depth: usize) -> bool {
        let item = self.paragraph.lines().rfind(|line| is_list_item(line));
        item.is_some_and(|item| self.directly || depth <= columns(item) + MAX_LABEL_COLUMNS)
    }
}

/// The sentence before a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Introduction {
    /// There is none, or a heading.
    None,
    /// A paragraph of prose, and a blank line.
    Prose,
    /// A paragraph of prose with a citation in its last sentence, and a blank line.
    Citing,
    /// It announces a quotation.
    Announced,
}

/// What stands around a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    introduction: Introduction,
    ending: Ending,
}

impl Signs {
    /// The signs of `block`, which follows `before`.
    pub(super) fn of(before: &Before<'_>, block: &str) -> Self {
        let paragraph = before.paragraph.trim();
        let introduction = if introduces(paragraph, before.directly) {
            Introduction::Announced
        } else if is_prose(paragraph) && !before.directly {
            if cites(paragraph) { Introduction::Citing } else { Introduction::Prose }
        } else {
            Introduction::None
        };
        let from = block.ceil_char_boundary(block.len().saturating_sub(LOOK_END_BYTES));
        Self { introduction, ending: Ending::of(peek::slice(block, from, block.len()).trim_end()) }
    }

    /// Whether the block ends with a citation, or a line that names its source.
    pub(super) fn is_cited(self) -> bool {
        self.ending >= Ending::Cited
    }

    /// Whether they make a quotation of a block of prose. `unwrapped` is true if each of its paragraphs is one line, so
    /// that it may be a paragraph whose first line is indented.
    pub(super) fn make_quotation(self, unwrapped: bool) -> bool {
        let needed = match self.introduction {
            Introduction::None => return false,
            Introduction::Prose | Introduction::Citing if unwrapped => Ending::CitedAfterSentence,
            Introduction::Prose => Ending::Cited,
            Introduction::Citing | Introduction::Announced => Ending::Sentence,
        };
        self.ending >= needed
    }
}

/// Whether a paragraph announces a quotation. A block that follows it `directly` needs more: a sentence that goes on in
/// the next line ends with a comma too.
fn introduces(paragraph: &str, directly: bool) -> bool {
    let bare = paragraph.trim_end_matches(['-', '–', '—', ' ', '\u{A0}']);
    let words = peek::count_words(bare);
    let last = bare.trim_end_matches(|c: char| !c.is_alphabetic());
    let last = last.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default().to_lowercase();
    match bare.chars().next_back() {
        Some(':' | '：') => {
            words >= MIN_INTRODUCTION_WORDS
                || (words > 1 && SAYING.contains(&last.as_str()))
                || is_caseless(&last)
        }
        Some(',' | '，' | '،' | '…') => {
            (words >= MIN_PARAGRAPH_WORDS && !directly) || (words > 1 && SAYING.contains(&last.as_str()))
        }
        Some(c) if c.is_alphabetic() => !directly && words > 2 && THAT.contains(&last.as_str()),
        _ => false,
    }
}

/// Whether the last sentence of a paragraph names the work that is quoted: "Osei (2011) describes it in detail."
fn cites(paragraph: &str) -> bool {
    let bare = paragraph.trim_end_matches(is_sentence_end);
    let sentence = bare.rfind(['.', '!', '?', '。']).map_or(0, |at| at + 1);
    // A citation at the end of a sentence belongs to what was said before.
    citations(bare).iter().any(|found| found.start as usize >= sentence && (found.end as usize) < bare.len())
}

/// Whether a word before a colon is of a script without case and long enough for a clause: 他写道：.
fn is_caseless(word: &str) -> bool {
    word.chars().count() > 3 && word.chars().all(crate::text::scripts::is_unspaced)
}

/// Whether a paragraph is prose, not a heading.
fn is_prose(paragraph: &str) -> bool {
    let ends = paragraph.ends_with(|c: char| {
        is_sentence_end(c) || matches!(c, ':' | ',' | ';' | ')' | '”' | '"' | '»' | '：' | '，')
    });
    ends && peek::count_words(paragraph) >= MIN_PARAGRAPH_WORDS
}

/// The end of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ending {
    /// That of a list, a title, code, or the first line of a paragraph.
    Open,
    /// That of a sentence.
    Sentence,
    /// A citation inside the last sentence.
    Cited,
    /// A citation after the last sentence, as only block quotes have it.
    CitedAfterSentence,
}

impl Ending {
    fn of(end: &str) -> Self {
        let line = end.rfind('\n').map_or(end, |at| peek::slice(end, at + 1, end.len())).trim();
        let named = end.contains('\n') && is_source_line(line);
        let bare = end.trim_end_matches(|c: char| is_sentence_end(c) || c == ' ');
        let citation = citations(bare).last().filter(|citation| citation.end as usize == bare.len()).copied();
        let before = citation.map(|citation| peek::slice(bare, 0, citation.start as usize).trim_end());
        let after_sentence = bare.len() == end.len() && before.is_some_and(ends_sentence);
        if named || after_sentence || has_note_number(end) || ends_with_page(end) {
            Self::CitedAfterSentence
        } else if citation.is_some() {
            Self::Cited
        } else if ends_sentence(end) {
            Self::Sentence
        } else {
            Self::Open
        }
    }
}

/// Whether a block quote ends with a citation, the number of a note, or a line that names its source.
pub(in crate::text::regions) fn ends_with_source(block: &str) -> bool {
    let from = block.ceil_char_boundary(block.len().saturating_sub(LOOK_END_BYTES));
    let end = peek::slice(block, from, block.len()).trim_end();
    let line = end.rsplit('\n').next().unwrap_or_default().trim_start_matches(['>', ' ', '\t']);
    (end.contains('\n') && is_source_line(line)) || Ending::of(end) >= Ending::Cited
}

fn ends_sentence(text: &str) -> bool {
    // Thai and Lao have no mark for the end of a sentence.
    let end = |c: char| is_sentence_end(c) || matches!(c, '\u{E00}'..='\u{EFF}');
    text.trim_end_matches(['"', '”', '“', '»', '«', '’', '\'', '」', '』', ')']).ends_with(end)
}

/// Whether a text ends with a page in brackets after its last sentence, as in the MLA style: `timber again. (Osei 44)`.
fn ends_with_page(end: &str) -> bool {
    let Some(bracket) = end.strip_suffix([')', '）']) else { return false };
    let Some((before, inner)) = bracket.rsplit_once(['(', '（']) else { return false };
    let page = inner.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '-' | '–'));
    let name = page.trim();
    let named = name.is_empty() || name.starts_with(|c: char| !c.is_lowercase());
    ends_sentence(before.trim_end())
        && page.len() < inner.len()
        && named
        && name.split_whitespace().count() <= 4
}

/// Whether a line names a source: `— Kofi Osei, Salt and Stone, p. 44`.
fn is_source_line(line: &str) -> bool {
    let bare = line.trim_start_matches(['—', '–', '-', '―', ' ']);
    let dashed = bare.len() < line.len();
    dashed
        && bare.starts_with(|c: char| !c.is_lowercase() && c.is_alphabetic())
        && bare.split_whitespace().nth(20).is_none()
}

/// Whether a text ends with the number of a note after its last sentence: `timber again.¹²`, `timber again.”3`.
fn has_note_number(end: &str) -> bool {
    let is_superscript = |c: char| matches!(c, '¹' | '²' | '³' | '⁰' | '⁴'..='⁹');
    let bare = end.trim_end_matches(is_superscript);
    if bare.len() < end.len() {
        return true;
    }
    let bare = end.trim_end_matches(|c: char| c.is_ascii_digit());
    let sentence = bare.trim_end_matches(['"', '”', '»', '’']);
    let letter = sentence.trim_end_matches(is_sentence_end);
    (1..=3).contains(&(end.len() - bare.len()))
        && letter.len() < sentence.len()
        && letter.ends_with(char::is_alphabetic)
}
