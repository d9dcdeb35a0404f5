//! Recognition of entries of a bibliography.
//!
//! Four signs, none of which depends on a style or a language: the beginning ([`entry_start`]), a year, a mark of
//! publication ([`Publication`]), and dense punctuation. Prose has a full stop or comma for
//! every seven to ten words, entries have one for every two or three.

use super::entry_start::{Start, entry_start};
use super::publication::{Publication, publication};
use crate::text::peek;
use crate::text::regions::lexemes::{Lexeme, lexemes};

/// Bytes of an entry that are read, at most.
pub(super) const MAX_ENTRY_BYTES: usize = 800;
/// Words that dense punctuation needs to be a sign of an entry, at least: "Name:" is none.
const MIN_DENSE_WORDS: usize = 3;
/// The most words of an entry outside any list.
const MAX_WORDS: usize = 90;

/// Bytes that are searched for an address, at most.
const MAX_ADDRESS_BYTES: usize = 40;
/// Words of a short reference in a note, at most.
const MAX_TERSE_WORDS: usize = 24;

/// How certainly a stretch of text is an entry of a list that has no heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// It is none.
    None,
    /// It is one if it stands beside others: a title first, an institution, an item of a list.
    Beside,
    /// It is one if another is like it.
    Likely,
    /// It has all four signs.
    Certain,
}

/// The signs of one stretch of text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs<'a> {
    text: &'a str,
    pub(super) start: Start,
    pub(super) year: bool,
    /// Whether it has two numbers with a dash, a colon or a bracket between them.
    ranges: bool,
    pub(super) words: usize,
    stops: usize,
}

impl<'a> Signs<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let text = peek::window(text, 0, MAX_ENTRY_BYTES);
        let start = entry_start(text);
        let (mut stops, mut year, mut ranges) = (0, false, false);
        let mut last = [Lexeme::Other; 2];
        for (_, lexeme) in lexemes(text) {
            stops += usize::from(!matches!(lexeme, Lexeme::Word(_) | Lexeme::Number { .. }));
            year |= lexeme.is_year();
            let joined = matches!(last[1], Lexeme::Dash | Lexeme::Colon | Lexeme::Open);
            let both = is_number(last[0]) && is_number(lexeme) && !(last[0].is_year() && lexeme.is_year());
            let time = last[1] == Lexeme::Colon && is_time(last[0], lexeme);
            ranges |= joined && both && !time;
            last = [last[1], lexeme];
        }
        let words = peek::count_words(text);
        // A table of contents has rows of full stops.
        let leaders = ["....", ". . . .", "……"].iter().any(|leader| text.contains(leader));
        let stops = if leaders { 0 } else { stops };
        Self { text, start, year, ranges, words, stops }
    }

    /// Whether it has a mark of publication.
    pub(super) fn is_published(self) -> bool {
        self.publication() > Publication::None
    }

    /// How certainly it names a publication. It reads the text some hundred times, so that other signs come first.
    fn publication(self) -> Publication {
        if self.ranges { Publication::Certain } else { publication(&self.text.to_lowercase()) }
    }

    /// Whether it starts with a web address or a DOI.
    fn is_addressed(self) -> bool {
        is_address(peek::window(self.text.trim_start(), 0, MAX_ADDRESS_BYTES).to_lowercase().trim_start())
    }

    /// Whether it has at least one punctuation mark for every `words` words.
    fn is_dense(self, words: usize) -> bool {
        self.stops * words >= self.words
    }

    /// Whether it is an entry, in a list or not. All four signs are needed.
    pub(super) fn is_entry_anywhere(self) -> bool {
        let begun = matches!(self.start, Start::Strong | Start::Numbered);
        begun && self.year && self.is_dense(3) && self.words <= MAX_WORDS && self.is_published()
    }

    /// How certainly it is an entry of a list without a heading.
    pub(super) fn weight(self) -> Weight {
        if self.is_entry_anywhere() {
            return Weight::Certain;
        }
        match self.start {
            Start::Weak | Start::Strong | Start::Numbered if self.is_work() || self.is_undated_work() => {
                Weight::Beside
            }
            Start::Named if self.is_work() => Weight::Likely,
            _ => Weight::None,
        }
    }

    /// Whether it is a numbered work of the web, which may have no year.
    fn is_undated_work(self) -> bool {
        self.start == Start::Numbered
            && self.is_dense(3)
            && self.words <= MAX_WORDS
            && self.publication() == Publication::Certain
    }

    /// Whether it has signs of a publication and dense punctuation, with any beginning.
    pub(super) fn is_work(self) -> bool {
        self.year && self.is_dense(4) && self.words <= MAX_WORDS && self.publication() == Publication::Certain
    }

    /// Whether it has at least a comma or a full stop for every five words, and is short.
    pub(super) fn is_terse(self) -> bool {
        self.is_dense(5) && self.words <= MAX_TERSE_WORDS
    }

    /// Whether it is an entry under a heading that announces entries.
    pub(super) fn is_entry_in_list(self) -> bool {
        let dated = || self.year || self.is_published();
        match self.start {
            Start::Strong | Start::Named => self.is_dense(6) && dated(),
            Start::Numbered => self.is_dense(3) || (self.is_dense(6) && dated()),
            Start::Weak => self.is_dense(4) && dated(),
            Start::None => self.is_addressed() || (self.year && self.is_dense(4) && self.is_published()),
        }
    }

    /// Whether it may be the rest of an entry of the line before.
    pub(super) fn may_continue(self) -> bool {
        self.year || (self.words > MIN_DENSE_WORDS && self.is_dense(3)) || self.is_published()
    }
}

/// Whether two numbers with a colon between are a time of day: 17:38.
fn is_time(hour: Lexeme<'_>, minute: Lexeme<'_>) -> bool {
    matches!(hour, Lexeme::Number { value: ..=24, digits: ..=2 })
        && matches!(minute, Lexeme::Number { value: ..=59, digits: 2 })
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
