//! Notes that cite: numbered lines at the end of a page or of the text, each with a reference to a work.
//!
//! A note with a remark ("3. The word is used in the wider sense here.") is ordinary text. Lists of numbered sentences
//! look like notes, so each note of a run must cite, and the numbers must follow each other.

use super::super::lexemes::{Lexeme, lexemes};
use super::entries::Signs;
use super::entry_start::{Start, entry_start};
use super::legal::is_legal_entry;
use crate::text::peek;

/// Bytes of a note that are read, at most.
const MAX_BYTES: usize = 600;
/// Words of a note that refers to the work of an earlier note, at most.
const MAX_AGAIN_WORDS: usize = 14;

/// What a numbered line cites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cites {
    /// Nothing.
    No,
    /// A work, in a form that other lines have too: "Osei, Hearing, 44.", "Id. 45."
    Perhaps,
    /// A work.
    Surely,
}

/// A numbered note.
#[derive(Debug, Clone, Copy)]
pub(super) struct Note {
    pub(super) number: u32,
    pub(super) cites: Cites,
}

/// First words of a note that refers to the work of an earlier one, in lower case.
#[rustfmt::skip]
const AGAIN: &[&str] = &[
    "ibid", "ibidem", "ibíd", "ibídem", "id.", "idem", "op. cit", "loc. cit", "ebd", "ebenda", "a.a.o", "a. a. o", "там же",
    "указ. соч", "там само", "вказ. праця", "tamże", "ivi", "同上", "同前", "同書", "同論文", "前掲", "同注", "위의 책", "위의 글", "앞의 책",
    "앞의 글", "상게서", "전게서", "a.g.e", "a.e.", "aynı eser", "المرجع نفسه", "المرجع السابق", "المصدر نفسه", "المصدر السابق", "نفسه",
    "sđd", "như trên", "sách đã dẫn", "supra n", "supra note", "art. cit", "ob. cit", "op. cyt", "dz. cyt",
];

/// First words of a note that introduce a work, in lower case.
#[rustfmt::skip]
const SIGNALS: &[&str] = &[
    "see", "see also", "cf.", "cf", "compare", "quoted in", "cited in", "e.g.", "see e.g.", "vgl.", "vgl. auch", "siehe", "siehe auch",
    "s.", "zit. nach", "dazu", "so", "voir", "voir aussi", "cité par", "véase", "véase también", "ver", "cit. en", "cfr.", "vedi", "si veda", "cit. in", "cf. também",
    "zob.", "por.", "см.", "см.:", "см. также", "ср.", "цит. по:", "цит. по", "див.", "див.:", "пор.", "bkz.", "bk.", "bkz", "lihat", "lihat juga", "dikutip dari", "xem", "xem thêm", "dẫn theo",
    "انظر", "انظر:", "راجع", "ينظر", "参见", "參見", "见", "参见：", "参照", "참조",
];

impl Note {
    /// The note that `line` begins with; `content` is the whole note, with its later lines.
    pub(super) fn of(content: &str) -> Option<Self> {
        let (number, rest) = label(content.trim_start())?;
        Some(Self { number, cites: cites(rest) })
    }
}

/// The number of a note, and the text after it: `12. `, `12) `, `[12] `, `¹² `, `[^12]: `, `12 Osei`.
fn label(line: &str) -> Option<(u32, &str)> {
    let bracket = line.starts_with(['[', '(']);
    let inner = line.trim_start_matches(['[', '(', '^']);
    let digits = inner.find(|c| digit(c).is_none())?;
    let (number, rest) = inner.split_at_checked(digits)?;
    if number.is_empty() || number.chars().count() > 3 {
        return None;
    }
    let value = number.chars().filter_map(digit).fold(0, |value, digit| value * 10 + digit);
    let rest = if bracket { rest.strip_prefix([']', ')'])? } else { rest };
    let text = rest.trim_start_matches(['.', ')', ':', '．', '、']);
    let superscript = number.starts_with(|c: char| !c.is_ascii_digit());
    let separated = text.len() < rest.len() || bracket || superscript || text.starts_with([' ', '\t']);
    (value > 0 && separated).then_some((value, text.trim_start()))
}

fn digit(c: char) -> Option<u32> {
    match c {
        '¹' => Some(1),
        '²' => Some(2),
        '³' => Some(3),
        '⁰' => Some(0),
        '⁴'..='⁹' => Some(u32::from(c) - 0x2070),
        _ => c.to_digit(10),
    }
}

/// What the text of a note cites.
fn cites(text: &str) -> Cites {
    let text = peek::window(text, 0, MAX_BYTES).trim();
    let lower = text.to_lowercase();
    let words = peek::count_words(text);
    if words <= MAX_AGAIN_WORDS && AGAIN.iter().any(|again| starts_with_word(&lower, again)) {
        return Cites::Perhaps;
    }
    let signal =
        SIGNALS.iter().filter(|signal| starts_with_word(&lower, signal)).map(|signal| signal.len()).max();
    // A signal has as many bytes in either case.
    let work = text.get(signal.unwrap_or(0)..).unwrap_or_default().trim_start_matches([' ', ':', '：', ',']);
    let signs = Signs::of(work);
    let named = begins_with_name(work);
    let certain = signs.start >= Start::Named && (signs.year || signs.is_published());
    if signs.is_work() && (certain || named)
        || (signal.is_some() && named && signs.is_terse() && (signs.year || signs.is_published()))
    {
        return Cites::Surely;
    }
    if words <= MAX_AGAIN_WORDS && is_legal_entry(work) {
        return Cites::Surely;
    }
    let short = signs.is_terse() && named && ends_with_page(work);
    if short || (certain && signs.is_terse()) { Cites::Perhaps } else { Cites::No }
}

fn starts_with_word(lower: &str, word: &str) -> bool {
    let rest = lower.strip_prefix(word);
    let closed = word.ends_with(|c: char| !c.is_alphabetic() || crate::text::scripts::is_unspaced(c));
    rest.is_some_and(|rest| closed || !rest.starts_with(char::is_alphabetic))
}

/// Whether a reference begins with a name and a mark after it: `Kofi Osei, `, `Osei (`, `王小明：`, `A. Marlow, `.
fn begins_with_name(reference: &str) -> bool {
    if entry_start(reference) >= Start::Named {
        return true;
    }
    let mut names = 0;
    for (_, lexeme) in lexemes(peek::window(reference, 0, 120)).take(12) {
        match lexeme {
            Lexeme::Word(word) if word.starts_with(char::is_lowercase) => {
                if names == 0 || word.chars().count() > 4 {
                    return false;
                }
            }
            Lexeme::Word(_) => names += 1,
            Lexeme::Dot | Lexeme::And => {}
            Lexeme::Comma | Lexeme::Colon | Lexeme::Open | Lexeme::Other => return (1..=6).contains(&names),
            Lexeme::Number { .. } => return (1..=3).contains(&names) && lexeme.is_year(),
            _ => return false,
        }
    }
    false
}

/// Whether a reference ends with a number: the page.
fn ends_with_page(work: &str) -> bool {
    let bare = work.trim_end_matches(['.', ' ', '。', '頁', '页', '쪽', 'f', ')', 's', 'с']);
    bare.ends_with(|c: char| c.is_ascii_digit())
}
