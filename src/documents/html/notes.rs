//! References to notes, and the notes themselves.

use std::collections::HashMap;

/// Longest text of a reference or of a link back, in bytes.
pub(super) const MAX_REFERENCE_BYTES: usize = 64;

/// Letters that a word has, at least, so that a raised number after it is no exponent.
const MIN_WORD_LETTERS: usize = 3;

/// A link or a raised text that may be the reference to a note.
#[derive(Debug, Clone, Default)]
pub(super) struct Candidate {
    /// How many elements are open outside it.
    pub(super) depth: usize,
    /// Its text.
    pub(super) text: String,
    /// The id in this document that it links to; empty if none.
    pub(super) target: String,
    /// Whether the document says that it is a reference to a note.
    pub(super) is_marked: bool,
    /// Whether it is raised.
    pub(super) is_raised: bool,
}

/// What a candidate turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Text as any other.
    Text,
    /// The reference to the note with this label.
    Reference(String),
    /// A link from a note back to its reference.
    Back,
}

/// What stands before a candidate.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Before {
    /// Letters at the end of the text.
    pub(super) letters: usize,
    /// The last character.
    pub(super) last: Option<char>,
}

impl Before {
    /// Notes that `text` was written.
    pub(super) fn push(&mut self, text: &str) {
        let letters = text.chars().rev().take_while(|c| c.is_alphabetic()).count();
        let is_whole = letters > 0 && text.chars().all(char::is_alphabetic);
        self.letters = if is_whole { self.letters + letters } else { letters };
        self.last = text.chars().next_back().or(self.last);
    }

    fn is_word(self) -> bool {
        let is_mark =
            |c: char| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')' | '"' | '”' | '’' | '»' | '“');
        self.letters >= MIN_WORD_LETTERS || self.last.is_some_and(is_mark)
    }
}

impl Candidate {
    /// Decides what it is.
    pub(super) fn verdict(&self, before: Before) -> Verdict {
        let text = self.text.trim();
        let is_back =
            |c: char| matches!(c, '↩' | '↑' | '^' | '↵' | '⏎' | '\u{FE0E}' | '\u{FE0F}' | '\u{A0}' | '⤴');
        if !self.target.is_empty() && !text.is_empty() && text.chars().all(is_back) {
            return Verdict::Back;
        }
        let bare = text.trim_matches(['[', ']', '(', ')', ' ']);
        let is_bracketed = text.starts_with('[') && text.ends_with(']');
        if !is_label(bare) {
            return Verdict::Text;
        }
        let is_number = bare.chars().all(|c| c.is_ascii_digit());
        let says_so = self.is_marked || self.is_raised || is_bracketed;
        let is_reference = if self.target.is_empty() {
            (self.is_raised || self.is_marked) && (is_bracketed || is_number && before.is_word())
        } else {
            says_so
        };
        if is_reference { Verdict::Reference(bare.to_owned()) } else { Verdict::Text }
    }
}

/// Whether a text is what notes are numbered by: a number, a letter, small Roman numerals or signs.
fn is_label(text: &str) -> bool {
    let count = text.chars().count();
    let digits = (1..=4).contains(&count) && text.chars().all(|c| c.is_ascii_digit());
    let signs = (1..=3).contains(&count) && text.chars().all(|c| matches!(c, '*' | '†' | '‡' | '§' | '¶'));
    let roman = (1..=5).contains(&count) && text.chars().all(|c| matches!(c, 'i' | 'v' | 'x'));
    let letter = count == 1 && text.chars().all(|c| c.is_ascii_lowercase());
    digits || signs || roman || letter
}

/// The notes of a document: the labels of their references by the ids that they link to.
#[derive(Debug, Default)]
pub(super) struct Notes {
    labels: HashMap<String, String>,
    /// The label of the note that begins with the next text.
    pub(super) begun: Option<String>,
}

impl Notes {
    /// Notes a reference.
    pub(super) fn refer(&mut self, target: &str, label: &str) {
        if !target.is_empty() {
            self.labels.entry(target.to_owned()).or_insert_with(|| label.to_owned());
        }
    }

    /// Looks whether a note begins with an element of this id. A note begins once.
    pub(super) fn begin(&mut self, id: &str) {
        if let Some(label) = self.labels.remove(id) {
            self.begun = Some(label);
        }
    }

    /// The mark before the first text of a note, and the text without a mark of its own.
    pub(super) fn mark<'t>(&mut self, text: &'t str) -> Option<Marked<'t>> {
        let label = self.begun.take()?;
        let trimmed = text.trim_start_matches([' ', '[', '(', '\n', '\t', '\r']);
        let after = trimmed.strip_prefix(label.as_str());
        let is_own = after.filter(|rest| !rest.starts_with(char::is_alphanumeric));
        let rest = is_own.map_or(text, |rest| rest.trim_start_matches([']', ')', '.', ':']));
        Some(Marked { mark: format!("[{label}] "), rest })
    }
}

/// The beginning of a note.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Marked<'t> {
    /// The mark that is written.
    pub(super) mark: String,
    /// The text after it.
    pub(super) rest: &'t str,
}
