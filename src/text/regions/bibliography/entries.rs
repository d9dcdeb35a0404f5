//! Recognition of entries of a bibliography.
//!
//! Four signs, none of which depends on a style or a language: the beginning ([`entry_start`]), a year, a mark of
//! publication (pages, volume, DOI, address, publisher), and dense punctuation. Prose has a full stop or comma for
//! every seven to ten words, entries have one for every two or three.

use super::entry_start::{Start, entry_start};
use crate::text::regions::lexemes::{Lexeme, lexemes};
use crate::text::peek;

/// Bytes of an entry that are read, at most.
pub(super) const MAX_ENTRY_BYTES: usize = 800;
/// Words that dense punctuation needs to be a sign of an entry, at least: "Name:" is none.
const MIN_DENSE_WORDS: usize = 3;
/// The most words of an entry outside any list.
const MAX_WORDS: usize = 90;

/// The signs of one stretch of text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    pub(super) start: Start,
    pub(super) year: bool,
    /// A mark of publication.
    pub(super) mark: bool,
    /// It starts with a web address or a DOI.
    pub(super) address: bool,
    pub(super) words: usize,
    stops: usize,
}

impl Signs {
    pub(super) fn of(text: &str) -> Self {
        let text = peek::window(text, 0, MAX_ENTRY_BYTES);
        let start = entry_start(text);
        let (mut stops, mut year, mut ranges) = (0, false, false);
        let mut last = [Lexeme::Other; 2];
        for (_, lexeme) in lexemes(text) {
            stops += usize::from(!matches!(lexeme, Lexeme::Word(_) | Lexeme::Number { .. }));
            year |= lexeme.is_year();
            let joined = matches!(last[1], Lexeme::Dash | Lexeme::Colon | Lexeme::Open);
            let both = is_number(last[0]) && is_number(lexeme) && !(last[0].is_year() && lexeme.is_year());
            ranges |= joined && both;
            last = [last[1], lexeme];
        }
        let lower = text.to_lowercase();
        let address = is_address(lower.trim_start());
        let words = peek::count_words(text);
        Self { start, year, mark: ranges || has_mark(&lower), address, words, stops }
    }

    /// Whether it has at least one punctuation mark for every `words` words.
    fn is_dense(self, words: usize) -> bool {
        self.stops * words >= self.words
    }

    /// Whether it is an entry, in a list or not. All four signs are needed.
    pub(super) fn is_entry_anywhere(self) -> bool {
        let begun = matches!(self.start, Start::Strong | Start::Numbered);
        begun && self.year && self.mark && self.is_dense(3) && self.words <= MAX_WORDS
    }

    /// Whether it is an entry under a heading that announces entries.
    pub(super) fn is_entry_in_list(self) -> bool {
        let dated = self.year || self.mark;
        match self.start {
            Start::Strong => dated && self.is_dense(6),
            Start::Numbered => (dated || self.is_dense(3)) && self.is_dense(6),
            Start::Weak => dated && self.is_dense(4),
            Start::None => self.address || (self.year && self.mark && self.is_dense(4)),
        }
    }

    /// Whether it may be the rest of an entry of the line before.
    pub(super) fn may_continue(self) -> bool {
        self.mark || self.year || (self.words > MIN_DENSE_WORDS && self.is_dense(3))
    }
}

fn is_number(lexeme: Lexeme<'_>) -> bool {
    matches!(lexeme, Lexeme::Number { .. })
}

fn is_address(lower: &str) -> bool {
    let bare = lower.trim_start_matches(|c: char| !c.is_alphabetic());
    bare.starts_with("http://")
        || bare.starts_with("https://")
        || bare.starts_with("www.")
        || bare.starts_with("doi:")
}

/// Marks of publication, anywhere in the text.
const ANYWHERE: &[&str] = &[
    "doi",
    "http",
    "www.",
    "isbn",
    "issn",
    "arxiv",
    "et al",
    "[j]",
    "[m]",
    "[d]",
    "[c]",
    "出版",
    "学报",
    "學報",
    "杂志",
    "大学",
    "大學",
    "書店",
    "書院",
    "출판",
    "학회",
    "دار ",
    "press",
    "verlag",
    "university",
    "universit",
    "journal",
    "publish",
    "издательств",
    "изд-во",
    "видавництво",
    "универс",
    "univers",
    "éditions",
    "editorial",
    "editora",
    "edizioni",
    "edições",
    "wydawnictwo",
    "uitgeverij",
    "förlag",
    "forlag",
    "yayın",
    "retrieved from",
    "accessed",
    "available at",
    "abgerufen",
    "consulté",
    "disponible",
    "proceedings",
    "вестник",
    "вісник",
    "журнал",
];

/// Marks of publication if no letter or digit precedes them.
const AFTER_SPACE: &[&str] = &[
    "pp.", "p. ", "vol.", "no. ", "ed.", "eds.", "(ed", "(hrsg", "hrsg.", "in: ", "s. ", "с. ", "bd. ",
    "nr. ", "т. ", "№", "пер.", "изд.", "t. ", "edn", "rev.", "trans.", "ltd", "inc.", "& sons", "et fils",
    "nakł", "dir.",
];

/// Whether a text in lower case names pages, a publisher, an identifier or an address.
fn has_mark(lower: &str) -> bool {
    ANYWHERE.iter().any(|mark| lower.contains(mark))
        || AFTER_SPACE.iter().any(|mark| {
            let mut at = lower.match_indices(mark);
            at.any(|(at, _)| !peek::before(lower, at).is_some_and(char::is_alphanumeric))
        })
}
