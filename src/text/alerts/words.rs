//! Words disguised by letters of other scripts.

use super::look_alikes::{Alphabet, is_styled, look_alike, look_alike_in};
use super::{AlertKind, Finding, Severity, peek};

/// Bytes on either side of a word that are searched for a neighbour.
const NEIGHBOUR_BYTES: usize = 24;

/// The alphabet of a letter, as far as disguises need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letter {
    /// Latin as languages use it.
    Latin,
    Cyrillic,
    Greek,
    /// Letters that disguise Latin ones: Armenian, Cherokee, Lisu, phonetics.
    Rare,
    /// Full-width, mathematical and circled letters.
    Styled,
    /// Any other script.
    Other,
}

impl Letter {
    /// The alphabet of `c`; `None` if it is no letter.
    pub(super) fn of(c: char) -> Option<Self> {
        match c {
            'a'..='z' | 'A'..='Z' => Some(Self::Latin),
            '\0'..='\u{BF}' | '×' | '÷' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' => None,
            '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => Some(Self::Latin),
            '\u{400}'..='\u{481}' | '\u{48A}'..='\u{52F}' | '\u{A640}'..='\u{A66E}' => Some(Self::Cyrillic),
            '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => c.is_alphabetic().then_some(Self::Greek),
            '\u{250}'..='\u{2AF}'
            | '\u{531}'..='\u{588}'
            | '\u{13A0}'..='\u{13FF}'
            | '\u{1D00}'..='\u{1D7F}'
            | '\u{2C80}'..='\u{2CE3}'
            | '\u{A4D0}'..='\u{A4FF}'
            | '\u{A720}'..='\u{A7FF}' => Some(Self::Rare),
            _ if is_styled(c) => Some(Self::Styled),
            _ => c.is_alphabetic().then_some(Self::Other),
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A word that is being read: its start, and the alphabets of its letters.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Word {
    start: usize,
    alphabets: u8,
}

impl Word {
    /// Adds the letter at byte `at`.
    pub(super) fn push(&mut self, at: usize, letter: Letter) {
        if self.alphabets == 0 {
            self.start = at;
        }
        self.alphabets |= letter.bit();
    }

    /// Ends the word before byte `end`. Returns a finding if it is disguised.
    pub(super) fn finish(&mut self, text: &str, end: usize) -> Option<Finding> {
        let Self { start, alphabets } = std::mem::take(self);
        if alphabets == 0 || alphabets == Letter::Latin.bit() || alphabets & Letter::Other.bit() != 0 {
            return None;
        }
        let word = peek::slice(text, start, end);
        let severity = if alphabets.is_power_of_two() {
            judge_pure(text, start, end, alphabets)?
        } else {
            disguised_alphabet(word)?;
            let glued = matches!(peek::before(text, start), Some('/' | '[' | 'ˈ' | 'ˌ'));
            if glued && alphabets == Letter::Latin.bit() | Letter::Rare.bit() {
                return None; // a pronunciation
            }
            Severity::Medium
        };
        Some(Finding { kind: AlertKind::LookAlike, severity, start, end, count: 1 })
    }
}

/// The alphabet that a word imitates: its letters are of several alphabets, and those of the others all look like
/// letters of this one. The compared form of a word replaces them too, by rules of its own that do not depend on case.
///
/// `None` for words of one alphabet, and for legitimate mixtures: `µm`, `kΩ`, `TNFα`, `SMSка`. A disguised word has a
/// usual pattern of case (all small, a capital first, all capitals); words with symbols and suffixes have not.
#[must_use]
pub fn disguised_alphabet(word: &str) -> Option<Alphabet> {
    let letters = || word.chars().filter_map(|c| Some((c, Letter::of(c)?)));
    let count = |which| letters().filter(|(_, letter)| *letter == which).count();
    let own = [
        (count(Letter::Latin), Alphabet::Latin, Letter::Latin),
        (count(Letter::Cyrillic), Alphabet::Cyrillic, Letter::Cyrillic),
        (count(Letter::Greek), Alphabet::Greek, Letter::Greek),
    ];
    let fits =
        |alphabet, letter| letters().all(|(c, of)| of == letter || look_alike_in(c, alphabet).is_some());
    // Of equals the first is taken: Latin.
    let mut best: Option<(usize, Alphabet, Letter)> = None;
    for (owned, alphabet, letter) in own {
        if owned > best.map_or(0, |best| best.0) && fits(alphabet, letter) {
            best = Some((owned, alphabet, letter));
        }
    }
    let (owned, alphabet, letter) = best?;
    let total = letters().count();
    let read = || {
        word.chars()
            .map(|c| if Letter::of(c) == Some(letter) { c } else { look_alike_in(c, alphabet).unwrap_or(c) })
    };
    let greek_or_latin = letter != Letter::Cyrillic && count(Letter::Greek) > 0;
    let least = match (greek_or_latin, count(Letter::Styled) > 0) {
        (_, true) => 4,
        (true, _) => 3,
        _ => 2,
    };
    let disguised = total > owned && total >= least && has_pattern_of_case(read()) && !is_symbol(word, total);
    disguised.then_some(alphabet)
}

/// The severity of a word of one script other than Latin. It is disguised if all its letters look Latin and the words
/// around it are Latin.
fn judge_pure(text: &str, start: usize, end: usize, alphabet: u8) -> Option<Severity> {
    let word = peek::slice(text, start, end);
    let letters = word.chars().take(5).count();
    let styled = alphabet == Letter::Styled.bit();
    let greek = alphabet == Letter::Greek.bit();
    if (styled && letters < 4) || (greek && letters < 3) || !has_latin_around(text, start, end) {
        return None;
    }
    word.chars().all(|c| look_alike(c).is_some() || !c.is_alphabetic()).then_some(Severity::Low)
}

/// Whether the nearest letters on both sides are Latin, or those on one side if the other has none.
fn has_latin_around(text: &str, start: usize, end: usize) -> bool {
    let is_latin = |c| Letter::of(c) == Some(Letter::Latin);
    let from = text.ceil_char_boundary(start.saturating_sub(NEIGHBOUR_BYTES));
    let before = peek::slice(text, from, start).chars().rev().find(|c| c.is_alphabetic());
    let after = peek::window(text, end, NEIGHBOUR_BYTES).chars().find(|c| c.is_alphabetic());
    before.or(after).is_some() && before.is_none_or(is_latin) && after.is_none_or(is_latin)
}

/// Whether the letters are all small, all capitals, or a capital and then small letters.
fn has_pattern_of_case(word: impl Iterator<Item = char> + Clone) -> bool {
    let letters = word.filter(|c| c.is_alphabetic());
    let small = |c: char| !c.is_uppercase();
    letters.clone().skip(1).all(small) || letters.clone().all(|c| !c.is_lowercase())
}

/// Whether a short word begins or ends with a Greek letter as a symbol: Fcγ, Gsα.
fn is_symbol(word: &str, letters: usize) -> bool {
    let is_greek = |c: &char| Letter::of(*c) == Some(Letter::Greek);
    let count = word.chars().filter(is_greek).count();
    let mut ends = word.chars().next().into_iter().chain(word.chars().next_back());
    count == 1 && letters <= 4 && ends.any(|c| is_greek(&c) && c.is_lowercase() && c != 'ο')
}
