//! Marks of publication: pages, volumes, identifiers, addresses, publishers.
//!
//! In the languages of most theses. A word that is missing costs a missed exclusion, never a false one.

use crate::text::peek;

/// How certainly a text names how a work was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Publication {
    /// It does not.
    None,
    /// By a word that other texts have too: a university, a journal.
    Likely,
    /// By a word that other texts seldom have, at least beside a year and dense punctuation.
    Certain,
}

/// Certain marks, anywhere in the text.
#[rustfmt::skip]
const CERTAIN: &[&str] = &[
    "doi", "http", "www.", "isbn", "issn", "arxiv", "[j]", "[m]", "[d]", "[c]", "[r]", "[n]", "[s]", "[ol]",
    "/ol]", "[internet]", "[online]", "出版", "書店", "書院", "书局", "書局", "书店", "学报", "學報", "출판", "학회지", "dar ",
    "دار ", "press", "verlag", "publish", "издательств", "изд-во", "видавництво", "вид-во", "éditions", "éditeur",
    "editorial", "editora", "edizioni", "editore", "edições", "ediciones", "wydawnictwo", "uitgeverij", "förlag",
    "forlag", "yayın", "penerbit", "nxb", "nhà xuất bản", "retrieved from", "accessed", "available at",
    "available from", "abgerufen", "consulté", "consultado", "disponible", "disponível", "proceedings",
    "[электронный ресурс]", "дата обращения", "режим доступа", "url:", "diakses", "erişim", "dostęp:", "访问日期",
    "閲覧",
];

/// Likely marks, anywhere in the text.
#[rustfmt::skip]
const LIKELY: &[&str] = &[
    "et al", "杂志", "雜誌", "大学", "大學", "학회", "university", "universit", "univers", "универс", "journal",
    "вестник", "вісник", "журнал", "jurnal", "dergi", "tạp chí", "مجلة", "جامعة", "revista", "revue", "rivista",
    "zeitschrift",
];

/// Certain marks if no letter or digit precedes them and a number follows.
#[rustfmt::skip]
const BEFORE_NUMBER: &[&str] = &[
    "pp", "p", "pg", "vol", "no", "iss", "s", "с", "сс", "bd", "nr", "т", "t", "№", "n°", "nº", "h", "heft",
    "jg", "tr", "tập", "số", "hlm", "hal", "jil", "c", "ss", "cilt", "sayı", "pág", "págs", "pag", "z", "вип",
    "вып", "ч", "ст", "str", "стр", "m", "núm", "n", "a", "ص", "ص ص", "مج", "ع", "第",
];

/// Certain marks if a digit precedes them.
#[rustfmt::skip]
const AFTER_NUMBER: &[&str] = &[
    " p.", " pp.", " с.", " s.", " S.", "頁", "页", "쪽", "권", "호", "巻", "号", "卷", "期", "nd ed", "rd ed",
    "th ed", "st ed", ". aufl", "e éd", ". ed.", "ª ed", "-е изд", "-ге вид", ". baskı", ". wyd", "年版",
];

/// Certain marks if no letter or digit precedes them.
#[rustfmt::skip]
const AFTER_SPACE: &[&str] = &[
    "ed.", "eds.", "(ed", "(hrsg", "hrsg.", "in: ", "пер.", "изд.", "edn", "trans.", "& sons", "et fils",
    "nakł", "dir.", "под ред", "red.", "(coord",
];

/// Likely marks if no letter or digit precedes them.
#[rustfmt::skip]
const LIKELY_AFTER_SPACE: &[&str] = &[
    "p. ", "s. ", "с. ", "t. ", "т. ", "no. ", "nr. ", "bd. ", "rev.", "ltd", "inc.", "№",
];

/// How certainly a text in lower case names pages, a publisher, an identifier or an address.
pub(super) fn publication(lower: &str) -> Publication {
    let any = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
    let free = |marks: &[&str]| marks.iter().any(|mark| free_matches(lower, mark).next().is_some());
    if any(CERTAIN) || free(AFTER_SPACE) || is_before_number(lower) || is_after_number(lower) {
        Publication::Certain
    } else if any(LIKELY) || free(LIKELY_AFTER_SPACE) {
        Publication::Likely
    } else {
        Publication::None
    }
}

/// The offsets after the occurrences of `mark` that no letter or digit precedes.
fn free_matches<'a>(lower: &'a str, mark: &'a str) -> impl Iterator<Item = usize> + 'a {
    let at = lower.match_indices(mark).map(|(at, _)| at);
    at.filter(|at| !peek::before(lower, *at).is_some_and(char::is_alphanumeric)).map(|at| at + mark.len())
}

/// Whether a word for a page, a volume or an issue, and its full stop, stands before a number.
fn is_before_number(lower: &str) -> bool {
    BEFORE_NUMBER.iter().any(|mark| {
        let mut ends = free_matches(lower, mark);
        ends.any(|end| {
            let rest = peek::window(lower, end, 8);
            let stop = rest.strip_prefix('.');
            let long = mark.chars().nth(1).is_some() || !mark.is_ascii();
            let number = stop.unwrap_or(rest).trim_start();
            // "a 12" and "s 12" are words; "p. 12" is a page.
            (stop.is_some() || long) && number.starts_with(|c: char| c.is_ascii_digit())
        })
    })
}

/// Whether a word for pages stands after a number: 214 p.
fn is_after_number(lower: &str) -> bool {
    AFTER_NUMBER.iter().any(|mark| {
        let mut at = lower.match_indices(mark);
        at.any(|(at, _)| peek::before(lower, at).is_some_and(|c| c.is_ascii_digit()))
    })
}
