//! The language of a text, found in pieces of it, so that a text in two languages is not taken for one.

use std::collections::BTreeMap;

use whatlang::Lang;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Language(Lang);

impl Language {
    /// English.
    pub const ENGLISH: Self = Self(Lang::Eng);

    /// The language with an ISO 639-1 or 639-3 code such as `en`, in either case; a region after `-` is left out.
    #[must_use]
    pub fn by_code(code: &str) -> Option<Self> {
        let code = code.split(['-', '_']).next()?.to_ascii_lowercase();
        let short = CODES.iter().find(|(_, short)| *short == code).map(|(lang, _)| *lang);
        short.or_else(|| Lang::from_code(code)).map(Self)
    }

    /// Its ISO 639-1 code; the ISO 639-3 code if it has no other.
    #[must_use]
    pub fn code(self) -> &'static str {
        let short = CODES.iter().find(|(lang, _)| *lang == self.0);
        short.map_or_else(|| self.0.code(), |(_, short)| short)
    }
}

/// What is known of the language of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextLanguage {
    /// The caller stated it.
    Stated(Language),
    /// The text is in this language, for the most part.
    Detected(Language),
    /// Parts of the text are in different languages.
    Mixed,
    /// The text is too short, or in a language that detection does not know.
    Unknown,
}

/// The bytes of a piece.
const PIECE_BYTES: usize = 400;
/// The least bytes of a text whose language is detected.
const LEAST_BYTES: usize = 60;
/// The most pieces that are read; of longer texts they are taken in equal distances.
const MOST_PIECES: usize = 40;
/// The share of the pieces that one language must have, in percent.
const LEAST_SHARE: usize = 80;
/// The least share of English function words in a piece of English, in percent: half in prose, a fifth in lists of terms.
const LEAST_FUNCTION_WORDS: usize = 12;
/// The share above which a piece is English whatever detection says: short words of other languages look alike.
const SURE_FUNCTION_WORDS: usize = 35;

impl TextLanguage {
    /// Detects the language of a text. Reads up to 16 KB of it.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.len() < LEAST_BYTES {
            return Self::Unknown;
        }
        let mut found: BTreeMap<&'static str, (Lang, usize)> = BTreeMap::new();
        let (mut pieces, mut known) = (0, 0);
        for piece in pieces_of(text) {
            if piece.chars().filter(|c| c.is_alphabetic()).nth(LEAST_BYTES / 3).is_none() {
                continue;
            }
            pieces += 1;
            if let Some(lang) = of_piece(piece) {
                known += 1;
                found.entry(lang.code()).or_insert((lang, 0)).1 += 1;
            }
        }
        let most = found.values().max_by_key(|(_, count)| *count);
        match most {
            Some((lang, count)) if count * 100 >= known * LEAST_SHARE => Self::Detected(Language(*lang)),
            Some(_) if known * 2 > pieces => Self::Mixed,
            _ => Self::Unknown,
        }
    }

    /// The language, if it is one.
    #[must_use]
    pub fn language(self) -> Option<Language> {
        match self {
            Self::Stated(language) | Self::Detected(language) => Some(language),
            Self::Mixed | Self::Unknown => None,
        }
    }

    /// Whether the text is English.
    #[must_use]
    pub fn is_english(self) -> bool {
        self.language() == Some(Language::ENGLISH)
    }
}

/// Pieces of a text, in equal distances.
fn pieces_of(text: &str) -> impl Iterator<Item = &str> {
    let number = (text.len() / PIECE_BYTES).clamp(1, MOST_PIECES);
    let step = text.len() / number;
    (0..number).map(move |piece| {
        let start = text.ceil_char_boundary(piece * step);
        let end = text.floor_char_boundary((start + PIECE_BYTES.min(step.max(1))).min(text.len()));
        text.get(start..end).unwrap_or_default()
    })
}

fn of_piece(piece: &str) -> Option<Lang> {
    let english = english_function_words(piece);
    if english >= SURE_FUNCTION_WORDS {
        return Some(Lang::Eng);
    }
    let info = whatlang::detect(piece)?;
    match info.lang() {
        Lang::Eng => (english >= LEAST_FUNCTION_WORDS).then_some(Lang::Eng),
        lang => info.is_reliable().then_some(lang),
    }
}

/// English function words that few other languages share.
const ENGLISH: &[&str] = &[
    "the", "of", "and", "to", "is", "that", "it", "you", "for", "with", "are", "they", "this", "have",
    "from", "not", "but", "what", "all", "were", "when", "your", "can", "there", "which", "their", "if",
    "will", "about", "how", "then", "them", "would", "these", "people", "because", "by", "be", "we", "my",
    "she", "his", "who", "a", "i", "at", "or", "as", "in", "he",
];

/// The share of words of a piece that are function words of English, in percent.
fn english_function_words(piece: &str) -> usize {
    let (mut words, mut known) = (0, 0);
    for word in piece.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        words += 1;
        known += usize::from(ENGLISH.iter().any(|function| word.eq_ignore_ascii_case(function)));
    }
    usize::checked_div(known * 100, words).unwrap_or(0)
}

/// ISO 639-1 codes.
const CODES: &[(Lang, &str)] = &[
    (Lang::Afr, "af"),
    (Lang::Aka, "ak"),
    (Lang::Amh, "am"),
    (Lang::Ara, "ar"),
    (Lang::Aze, "az"),
    (Lang::Bel, "be"),
    (Lang::Ben, "bn"),
    (Lang::Bul, "bg"),
    (Lang::Cat, "ca"),
    (Lang::Ces, "cs"),
    (Lang::Cmn, "zh"),
    (Lang::Cym, "cy"),
    (Lang::Dan, "da"),
    (Lang::Deu, "de"),
    (Lang::Ell, "el"),
    (Lang::Eng, "en"),
    (Lang::Epo, "eo"),
    (Lang::Est, "et"),
    (Lang::Fin, "fi"),
    (Lang::Fra, "fr"),
    (Lang::Guj, "gu"),
    (Lang::Heb, "he"),
    (Lang::Hin, "hi"),
    (Lang::Hrv, "hr"),
    (Lang::Hun, "hu"),
    (Lang::Hye, "hy"),
    (Lang::Ind, "id"),
    (Lang::Ita, "it"),
    (Lang::Jav, "jv"),
    (Lang::Jpn, "ja"),
    (Lang::Kan, "kn"),
    (Lang::Kat, "ka"),
    (Lang::Khm, "km"),
    (Lang::Kor, "ko"),
    (Lang::Lat, "la"),
    (Lang::Lav, "lv"),
    (Lang::Lit, "lt"),
    (Lang::Mal, "ml"),
    (Lang::Mar, "mr"),
    (Lang::Mkd, "mk"),
    (Lang::Mya, "my"),
    (Lang::Nep, "ne"),
    (Lang::Nld, "nl"),
    (Lang::Nob, "nb"),
    (Lang::Ori, "or"),
    (Lang::Pan, "pa"),
    (Lang::Pes, "fa"),
    (Lang::Pol, "pl"),
    (Lang::Por, "pt"),
    (Lang::Ron, "ro"),
    (Lang::Rus, "ru"),
    (Lang::Sin, "si"),
    (Lang::Slk, "sk"),
    (Lang::Slv, "sl"),
    (Lang::Sna, "sn"),
    (Lang::Spa, "es"),
    (Lang::Srp, "sr"),
    (Lang::Swe, "sv"),
    (Lang::Tam, "ta"),
    (Lang::Tel, "te"),
    (Lang::Tgl, "tl"),
    (Lang::Tha, "th"),
    (Lang::Tuk, "tk"),
    (Lang::Tur, "tr"),
    (Lang::Ukr, "uk"),
    (Lang::Urd, "ur"),
    (Lang::Uzb, "uz"),
    (Lang::Vie, "vi"),
    (Lang::Yid, "yi"),
    (Lang::Zul, "zu"),
];
