//! Syllables of an English word by its letters, for words that the dictionary does not have.

/// The number of syllables of a word of lower-case ASCII letters, at least one. Linear in the word.
///
/// A syllable is a group of vowels, less those that are silent, and with those groups divided that are spoken apart.
/// The tests compare the rule with the dictionary.
pub(super) fn count(word: &str) -> u32 {
    let word = word.trim_matches('\'');
    let (word, genitive) = match word.strip_suffix("'s") {
        Some(stem) => (stem, u32::from(is_sibilant(stem))),
        None => (word, 0),
    };
    let groups = vowel_groups(word) + divided(word) + syllabic(word);
    groups.saturating_sub(silent(word)).max(1) + genitive
}

/// Whether an ending `s` of the plural or genitive is a syllable of its own.
fn is_sibilant(stem: &str) -> bool {
    ["s", "x", "z", "ch", "sh", "ce", "ge", "se", "ze"].iter().any(|end| stem.ends_with(end))
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}

/// The runs of vowels. A `y` before a vowel at the beginning of a word or after another vowel is a consonant.
fn vowel_groups(word: &str) -> u32 {
    let bytes = word.as_bytes();
    let mut groups = 0;
    let mut within = false;
    for (at, &letter) in bytes.iter().enumerate() {
        let next = bytes.get(at + 1).copied().is_some_and(|next| is_vowel(next) && next != b'y');
        let glide = letter == b'y' && next && (at == 0 || within);
        let vowel = is_vowel(letter) && !glide;
        groups += u32::from(vowel && !within);
        within = vowel;
    }
    groups
}

/// Two vowels that belong to two syllables, with what must not stand around them: before them, after them.
struct Hiatus {
    vowels: &'static str,
    not_after: &'static [&'static str],
    not_before: &'static [&'static str],
}

const HIATUS: &[Hiatus] = &[
    Hiatus { vowels: "ia", not_after: &["c", "t", "sh", "ss", "g", "ll"], not_before: &["ge"] },
    Hiatus { vowels: "io", not_after: &["t", "s", "g", "c", "x", "sh", "ll", "ni"], not_before: &["ux"] },
    Hiatus { vowels: "iu", not_after: &[], not_before: &[] },
    Hiatus { vowels: "eo", not_after: &["g", "p"], not_before: &["u"] },
    Hiatus { vowels: "ua", not_after: &["q", "g"], not_before: &[] },
    Hiatus { vowels: "uo", not_after: &["q", "g", "b"], not_before: &[] },
    Hiatus { vowels: "ii", not_after: &[], not_before: &[] },
    Hiatus { vowels: "uu", not_after: &[], not_before: &[] },
    Hiatus { vowels: "ao", not_after: &[], not_before: &[] },
    Hiatus { vowels: "ient", not_after: &["c", "t"], not_before: &[] },
    Hiatus { vowels: "ience", not_after: &["c", "t"], not_before: &[] },
    Hiatus { vowels: "ying", not_after: &["a", "e", "o", "u"], not_before: &[] },
];

/// Runs of letters with a vowel more than their group of vowels shows.
const DIVIDED: &[&str] =
    &["eing", "uing", "iing", "oing", "iest", "iet", "uel", "eum", "auer", "creat", "reali", "react"];

/// Endings with a vowel more, in a word that has another vowel before them.
const DIVIDED_ENDINGS: &[&str] = &["ea", "eas", "ean", "ier", "iers", "ire", "ires", "ired", "n't", "ism's"];

/// How many groups of vowels are two syllables.
fn divided(word: &str) -> u32 {
    let mut more = 0;
    for hiatus in HIATUS {
        more += word
            .match_indices(hiatus.vowels)
            .filter(|(at, vowels)| {
                let before = word.get(..*at).unwrap_or_default();
                let after = word.get(at + vowels.len()..).unwrap_or_default();
                !hiatus.not_after.iter().any(|end| before.ends_with(end))
                    && !hiatus.not_before.iter().any(|begin| after.starts_with(begin))
            })
            .count();
    }
    more += DIVIDED.iter().filter(|part| word.contains(**part)).count();
    more += usize::from(is_divided_at_end(word));
    u32::try_from(more).unwrap_or(u32::MAX)
}

/// Whether the ending of a word has a vowel more than its groups of vowels show.
fn is_divided_at_end(word: &str) -> bool {
    DIVIDED_ENDINGS.iter().any(|end| {
        let stem = word.strip_suffix(end).unwrap_or_default();
        let consonant = stem.bytes().next_back().is_some_and(|letter| !is_vowel(letter));
        match *end {
            "n't" => consonant && !stem.ends_with('r'),
            "ire" | "ires" | "ired" => !stem.is_empty(),
            _ => consonant && stem.bytes().any(is_vowel),
        }
    })
}

/// Whether a word ends with one of the letters after which `l` is a syllable, and has a vowel before it.
fn takes_syllabic_l(stem: &str) -> bool {
    stem.bytes().any(is_vowel) && stem.ends_with(['b', 'd', 'f', 'g', 'k', 'p', 's', 't', 'z'])
}

/// Syllables without a letter for their vowel.
fn syllabic(word: &str) -> u32 {
    let liquid = ["ling", "lings", "ler", "lers"]
        .iter()
        .any(|end| word.strip_suffix(end).is_some_and(takes_syllabic_l));
    let ends = liquid || ["sm", "sms", "thm", "thms"].iter().any(|end| word.ends_with(end));
    let begins = word.starts_with("mc") && word.as_bytes().get(2).is_some_and(|&letter| !is_vowel(letter));
    u32::from(ends) + u32::from(begins)
}

/// Endings that begin with a silent `e` after a consonant.
const INNER_SILENT: &[&str] = &[
    "ely", "eless", "eful", "efully", "eness", "ement", "ements", "eman", "eman's", "emen", "eland", "etown",
];

/// First parts of compounds, with a vowel that is silent.
const SILENT_IN_COMPOUNDS: &[&str] =
    &["every", "some", "there", "where", "here", "safe", "home", "fire", "base"];

/// Vowels that are written and not spoken.
fn silent(word: &str) -> u32 {
    let bytes = word.as_bytes();
    let from_end =
        |back: usize| bytes.len().checked_sub(back).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    let consonant = |letter: u8| letter.is_ascii_lowercase() && !is_vowel(letter);
    let is_liquid = |letter, before| letter == b'l' && before != b'l' && consonant(before);
    let last = match bytes {
        [.., b'e'] => consonant(from_end(2)) && !is_liquid(from_end(2), from_end(3)),
        [.., b'a' | b'e' | b'o' | b'u', b'y', b'e', b'd'] => true,
        [.., b'e', b'd'] => {
            consonant(from_end(3))
                && !matches!(from_end(3), b't' | b'd')
                && !is_liquid(from_end(3), from_end(4))
        }
        [.., b'e', b's'] => {
            let sibilant = matches!(from_end(3), b's' | b'z' | b'x' | b'c' | b'g')
                || word.ends_with("ches")
                || word.ends_with("shes");
            consonant(from_end(3)) && !sibilant && !is_liquid(from_end(3), from_end(4))
        }
        _ => false,
    };
    let inner = INNER_SILENT.iter().any(|end| {
        word.strip_suffix(end).is_some_and(|stem| {
            let mut back = stem.bytes().rev();
            let (last, before) = (back.next().unwrap_or(b' '), back.next().unwrap_or(b' '));
            stem.bytes().any(is_vowel) && consonant(last) && !is_liquid(last, before)
        })
    });
    let mute = ["que", "ques", "gue", "gues"]
        .iter()
        .any(|end| word.strip_suffix(end).is_some_and(|stem| stem.bytes().any(is_vowel)));
    let short = word.ends_with("ically");
    let compound =
        SILENT_IN_COMPOUNDS.iter().any(|begin| word.len() > begin.len() && word.starts_with(begin));
    [last, inner, mute, short, compound].into_iter().map(u32::from).sum()
}
