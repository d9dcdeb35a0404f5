//! Words in citations besides names and years, in the languages of most theses.
//!
//! All in lower case. A word that is missing costs a missed exclusion, never a false one.

/// Conjunctions between the names of authors.
#[rustfmt::skip]
pub(in crate::text::regions) const JOINING: &[&str] = &[
    "and", "und", "et", "y", "e", "i", "en", "och", "og", "ja", "és", "ve", "a", "și", "si", "и", "та", "й",
    "і", "και", "u", "şi", "dan", "و", "和", "与", "與", "及", "と", "와", "과",
];

/// Particles of personal names.
#[rustfmt::skip]
pub(in crate::text::regions) const PARTICLES: &[&str] = &[
    "van", "von", "de", "der", "den", "des", "del", "della", "di", "da", "dos", "das", "do", "du", "la", "le",
    "les", "ter", "ten", "te", "zu", "zur", "af", "av", "al", "el", "bin", "ibn", "ben", "abu", "vom", "al-",
    "o", "'t", "фон", "де", "ван",
];

/// Words inside an organisation's name, never its first.
#[rustfmt::skip]
pub(in crate::text::regions) const WITHIN: &[&str] = &[
    "of", "for", "the", "für", "in", "on", "pour", "per", "para", "at", "по", "для",
];

/// Words for further authors.
#[rustfmt::skip]
pub(in crate::text::regions) const OTHERS: &[&str] = &[
    "al", "alii", "others", "colleagues", "a", "andere", "mitarb", "coll", "otros", "altri", "inni", "in",
    "wsp", "др", "соавт", "ін", "співавт", "другие", "diğ", "ark", "et", "u", "t", "к", "等", "ほか", "他", "외",
    "m", "fl", "m.fl", "kol", "mfl", "وآخرون",
];

/// Words that introduce a citation.
#[rustfmt::skip]
pub(super) const PREFIXES: &[&str] = &[
    "see", "cf", "e", "g", "eg", "also", "compare", "cited", "quoted", "qtd", "as", "in", "by", "from",
    "after", "adapted", "for", "example", "a", "review", "but", "contra", "following", "based", "on", "per",
    "vgl", "siehe", "s", "z", "b", "zit", "zitiert", "nach", "auch", "vergleiche", "voir", "cité", "citée",
    "par", "ex", "dans", "d'après", "selon", "véase", "ver", "vea", "citado", "citada", "en", "según", "cfr",
    "vedi", "si", "veda", "citato", "apud", "segundo", "conforme", "cit", "zie", "geciteerd", "zob", "por",
    "cyt", "za", "se", "jf", "jfr", "ks", "см", "ср", "цит", "напр", "также", "див", "пор", "за", "bkz",
    "akt", "bk", "انظر", "参见", "见", "見", "参照",
];

/// Words that introduce a page. A page alone is a citation: "(p. 4)".
#[rustfmt::skip]
pub(super) const PAGES: &[&str] = &[
    "p", "pp", "pg", "pgs", "page", "pages", "seite", "seiten", "pág", "págs", "pag", "pagg", "blz", "str",
    "стр", "с", "сс", "sid", "sayfa", "页", "頁", "쪽", "ص",
];

/// Words that introduce another place in a work.
#[rustfmt::skip]
pub(super) const PLACES: &[&str] = &[
    "s", "ss", "f", "ff", "n", "nn", "ch", "chap", "chapter", "chapters", "vol", "vols", "no", "nos", "para",
    "paras", "par", "sec", "sect", "section", "sections", "fig", "figs", "figure", "tab", "table", "tables",
    "app", "appendix", "note", "line", "lines", "l", "ll", "v", "verse", "bk", "book", "pt", "part", "art",
    "at", "kap", "abs", "rn", "rz", "bd", "hft", "anm", "fn", "abb", "cap", "caps", "t", "tomo", "sv", "nota",
    "гл", "т", "рис", "табл", "ст", "п", "розд", "kapitel", "sek", "passim", "seq", "et", "sqq", "sq", "i",
    "ii", "iii", "iv", "vi", "vii", "viii", "ix", "x", "xi", "xii",
];

/// Words for the work that was cited last.
#[rustfmt::skip]
pub(super) const AGAIN: &[&str] = &[
    "ibid", "ibidem", "ibíd", "ibídem", "ebd", "ebda", "ebenda", "tamże", "同上", "同前",
];

/// Words for the work that was cited last if a full stop or a page follows; they have other meanings too.
#[rustfmt::skip]
pub(super) const AGAIN_ABBREVIATED: &[&str] = &[
    "id", "idem", "ders", "dies",
];

/// Pairs of words for the work that was cited last.
pub(super) const AGAIN_IN_TWO: &[(&str, &str)] =
    &[("op", "cit"), ("loc", "cit"), ("art", "cit"), ("там", "же"), ("указ", "соч"), ("цит", "соч")];

/// Words in place of a year.
#[rustfmt::skip]
pub(super) const UNDATED: &[&str] = &[
    "forthcoming", "undated", "press", "nd", "druck", "erscheinen", "prensa", "presse", "stampa", "prelo",
    "печати",
];

/// Pairs of letters in place of a year: n.d., o. J., s.f., s.a., б. г.
pub(super) const UNDATED_IN_TWO: &[(&str, &str)] =
    &[("n", "d"), ("o", "j"), ("s", "f"), ("s", "a"), ("s", "d"), ("б", "г")];

/// The words of [`CALENDAR`] that are surnames too: "(May, 1969)".
#[rustfmt::skip]
pub(super) const CALENDAR_NAMES: &[&str] = &[
    "may", "march", "august", "winter", "winters", "law", "cup",
];

/// Words that make a date of a year: "(May 2009)" is no citation.
#[rustfmt::skip]
pub(super) const CALENDAR: &[&str] = &[
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov",
    "dec", "spring", "summer", "autumn", "fall", "winter", "christmas", "easter", "januar", "februar", "märz",
    "mai", "juni", "juli", "oktober", "dezember", "frühjahr", "sommer", "herbst", "stand", "janvier",
    "février", "mars", "avril", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
    "noviembre", "diciembre", "gennaio", "febbraio", "aprile", "maggio", "giugno", "luglio", "settembre",
    "ottobre", "dicembre", "janeiro", "fevereiro", "março", "maio", "junho", "julho", "setembro", "outubro",
    "dezembro", "maart", "mei", "augustus", "season", "early", "late", "since", "until", "before", "after",
    "about", "circa", "around", "from", "born", "died", "founded", "established", "in", "by", "year", "act",
    "cup", "games", "championship", "olympics", "windows", "edition", "version", "figure", "table", "chapter",
    "section", "article", "equation", "law", "no", "ad", "bc", "anno", "seit", "um", "depuis", "vers",
    "desde", "hacia", "dal", "nel",
];

/// Whether a word stands before the number of a page or of another place in a work.
pub(in crate::text::regions) fn is_place(word: &str) -> bool {
    let lower = word.to_lowercase();
    [PAGES, PLACES].iter().any(|list| list.contains(&lower.as_str()))
}

/// Whether a word makes a date of a year, or a label of a number.
pub(in crate::text::regions) fn is_calendar(word: &str) -> bool {
    CALENDAR.contains(&word.to_lowercase().as_str())
}

/// Whether a word joins the names of authors.
pub(in crate::text::regions) fn is_joining(word: &str) -> bool {
    [JOINING, OTHERS, WITHIN].iter().any(|list| list.contains(&word))
}

/// Whether a word is a particle of a personal name.
pub(in crate::text::regions) fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word)
}
