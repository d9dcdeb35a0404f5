//! Entries of tables of cases, statutes and other legal sources.
//!
//! A case is known by its parties ("Marlow v Osei"), its court and report ("`[1998]` UKHL 12", "BGH NJW 2009, 1234") or its
//! docket ("C-12/08"); a statute by its kind and year. Such lines stand in prose as well, so they count only under a heading.

use super::super::lexemes::{Lexeme, lexemes};
use crate::text::peek;

/// Words of an entry, at most.
const MAX_WORDS: usize = 40;
/// Words of an entry that has a full stop but no number of a court or report, at most.
const MAX_STATUTE_WORDS: usize = 16;
/// Words of an ordinary sentence, at least.
const MIN_SENTENCE_WORDS: usize = 8;
/// Bytes of an entry that are read, at most.
const MAX_BYTES: usize = 600;

/// Words between the parties of a case, in lower case, with spaces around.
#[rustfmt::skip]
const VERSUS: &[&str] = &[
    " v ", " v. ", " vs ", " vs. ", " gegen ", " ./. ", " c. ", " c/ ", " contre ", " contra ", " contro ", " против ",
    " проти ", " przeciwko ", " mot ", " tegen ", " v/ ", "诉", "訴", "對", " 대 ", " ضد ", " karşı ", " lawan ", " melawan ", " kiện ",
];

/// Words that name a statute, a treaty or a decision, in lower case.
#[rustfmt::skip]
const STATUTES: &[&str] = &[
    "act", "statute", "code", "regulation", "regulations", "directive", "treaty", "convention", "constitution", "order",
    "gesetz", "verordnung", "richtlinie", "vertrag", "urteil", "beschluss", "loi", "décret", "ordonnance", "règlement", "arrêt", "ley", "decreto",
    "sentencia", "reglamento", "lei", "acórdão", "legge", "sentenza", "regolamento", "ustawa", "rozporządzenie",
    "wyrok", "postanowienie", "uchwała", "закон", "кодекс", "постановление", "определение", "решение", "указ",
    "постанова", "рішення", "ухвала", "kanun", "kanunu", "karar", "kararı", "undang-undang", "putusan", "peraturan", "luật", "nghị", "bản", "án",
    "قانون", "حكم", "مرسوم", "wet", "lag", "dom",
];

/// Endings of the same in scripts without spaces.
const EAST_ASIAN: &[&str] = &[
    "法",
    "条例",
    "條例",
    "判決",
    "判决",
    "決定",
    "判例",
    "法院",
    "裁判所",
    "법원",
    "판결",
    "선고",
    "법률",
    "刑初",
    "民终",
];

/// Whether a line under a heading is an entry of a table of cases or statutes.
pub(super) fn is_legal_entry(line: &str) -> bool {
    let line = peek::window(line.trim(), 0, MAX_BYTES);
    let words = peek::count_words(line);
    if line.is_empty() || words > MAX_WORDS {
        return false;
    }
    let lower = line.to_lowercase();
    let numbers = Numbers::of(line);
    let parties = VERSUS.iter().any(|word| lower.contains(word));
    let matter =
        ["re ", "in re ", "ex parte ", "r (", "in the matter of "].iter().any(|word| lower.starts_with(word));
    let statute = lower.split(|c: char| !c.is_alphabetic() && c != '-').any(|word| STATUTES.contains(&word))
        || EAST_ASIAN.iter().any(|word| lower.contains(word));
    let cited = numbers.reported || (parties && numbers.docket);
    let sentence = line.ends_with(['.', '!', '?', '。']) && words > MIN_SENTENCE_WORDS && !cited;
    let numbered = numbers.year || numbers.docket;
    !sentence
        && numbered
        && (parties
            || matter
            || numbers.reported
            || (statute && words <= MAX_STATUTE_WORDS)
            || (statute && numbers.docket))
}

/// The numbers of a line.
#[derive(Debug, Default)]
struct Numbers {
    year: bool,
    /// Numbers joined by a slash or a dash: 12/08, C-12/08.
    docket: bool,
    /// The abbreviation of a court or of reports, with a number beside it: UKHL 12, BGHZ 150, `[1998]`.
    reported: bool,
}

impl Numbers {
    fn of(line: &str) -> Self {
        let mut numbers = Self::default();
        let mut last = [Lexeme::Other; 2];
        let mut abbreviation = false;
        for (_, lexeme) in lexemes(line) {
            let number = matches!(lexeme, Lexeme::Number { .. });
            let before = matches!(last, [Lexeme::Number { .. }, _]);
            numbers.year |= lexeme.is_year();
            numbers.docket |= number && before && matches!(last, [_, Lexeme::Slash]);
            numbers.reported |= number && abbreviation;
            abbreviation = match lexeme {
                // "EWCA Civ 12": the division of a court.
                Lexeme::Word(word) => {
                    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
                    capitals > 1 || (abbreviation && capitals > 0)
                }
                Lexeme::Number { .. } => false,
                // "UKHL (Admin) 12", "NJW, 12".
                _ => abbreviation,
            };
            last = [last[1], lexeme];
        }
        numbers
    }
}
