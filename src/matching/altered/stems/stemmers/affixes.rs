//! Affixes that are written together with a word and are no part of it: articles, prepositions, conjunctions, particles.
//!
//! All are in the compared form.
use whatlang::Lang;

use super::super::language::Language;

/// The affixes of a language, the longer before the shorter that they contain.
#[derive(Debug)]
pub(in crate::matching::altered::stems) struct Affixes {
    prefixes: &'static [&'static str],
    suffixes: &'static [&'static str],
    /// The fewest letters that remain.
    least: usize,
}

/// A language without affixes that hide the beginning of a word.
const NONE: Affixes = Affixes { prefixes: &[], suffixes: &[], least: 0 };

/// The affixes of Larkey, Ballesteros & Connell 2007 ("light10").
const ARABIC: Affixes = Affixes {
    prefixes: &["وال", "بال", "كال", "فال", "لل", "ال", "و"],
    suffixes: &["ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"],
    least: 3,
};

/// The prefixes of the present tense; plural and comparative.
const PERSIAN: Affixes =
    Affixes {
        prefixes: &["نمي", "مي"], suffixes: &["هايي", "هاي", "ها", "ترين", "تر"], least: 2
    };

/// Conjunction, article and prepositions.
const HEBREW: Affixes = Affixes {
    prefixes: &["וה", "וב", "ול", "ומ", "וש", "שה", "כש", "מה", "ו", "ה", "ב", "ל", "מ", "ש", "כ"],
    suffixes: &["ים", "ות"],
    least: 3,
};

/// Derivation of verbs and nouns; particles and possessives.
const INDONESIAN: Affixes = Affixes {
    prefixes: &[
        "memper", "diper", "menge", "meng", "meny", "mem", "men", "me", "penge", "peng", "peny", "pem",
        "pen", "ber", "ter", "per", "di", "ke", "se",
    ],
    suffixes: &["kannya", "annya", "nya", "kan", "lah", "kah", "an", "ku", "mu", "i"],
    least: 3,
};

impl Affixes {
    /// The affixes of `language`.
    pub(super) fn of(language: Language) -> &'static Self {
        match language.detected() {
            Some(Lang::Ara) => &ARABIC,
            Some(Lang::Pes) => &PERSIAN,
            Some(Lang::Heb) => &HEBREW,
            Some(Lang::Ind) => &INDONESIAN,
            _ => &NONE,
        }
    }

    /// The word without a prefix and without a suffix.
    pub(super) fn removed<'w>(&self, word: &'w str) -> &'w str {
        let is_long = |rest: &&str| rest.chars().nth(self.least.saturating_sub(1)).is_some();
        let without = self.prefixes.iter().find_map(|prefix| word.strip_prefix(prefix).filter(is_long));
        let word = without.unwrap_or(word);
        let without = self.suffixes.iter().find_map(|suffix| word.strip_suffix(suffix).filter(is_long));
        without.unwrap_or(word)
    }
}
