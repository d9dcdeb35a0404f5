//! Letters that stand in for letters of another script.
//!
//! A word of one script is left alone. In a word that mixes Latin with Cyrillic or Greek letters, those
//! of the rarer script that look like letters of the other are taken for them. Pairs follow the
//! single-letter prototypes of Unicode's confusables.txt (UTS #39), case by case.

/// Cyrillic or Greek letters and the Latin letters that they look like.
const PAIRS: &[(char, char)] = &[
    ('а', 'a'),
    ('е', 'e'),
    ('о', 'o'),
    ('р', 'p'),
    ('с', 'c'),
    ('у', 'y'),
    ('х', 'x'),
    ('і', 'i'),
    ('ј', 'j'),
    ('ѕ', 's'),
    ('һ', 'h'),
    ('ԁ', 'd'),
    ('ԛ', 'q'),
    ('ԝ', 'w'),
    ('ӏ', 'l'),
    ('ѵ', 'v'),
    ('А', 'A'),
    ('В', 'B'),
    ('Е', 'E'),
    ('К', 'K'),
    ('М', 'M'),
    ('Н', 'H'),
    ('О', 'O'),
    ('Р', 'P'),
    ('С', 'C'),
    ('Т', 'T'),
    ('У', 'Y'),
    ('Х', 'X'),
    ('І', 'I'),
    ('Ј', 'J'),
    ('Ѕ', 'S'),
    ('Ԁ', 'D'),
    ('Ԛ', 'Q'),
    ('Ԝ', 'W'),
    ('Ӏ', 'I'),
    ('α', 'a'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('ν', 'v'),
    ('ι', 'i'),
    ('κ', 'k'),
    ('υ', 'u'),
    ('γ', 'y'),
    ('χ', 'x'),
    ('τ', 't'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
];

/// The scripts whose letters are told apart here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
}

impl Script {
    fn of(c: char) -> Option<Self> {
        match c {
            'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' => Some(Self::Latin),
            '\u{400}'..='\u{52F}' => Some(Self::Cyrillic),
            '\u{370}'..='\u{3FF}' => Some(Self::Greek),
            _ => None,
        }
    }
}

/// Which letters of a word stand in for others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// None do.
    None,
    /// Cyrillic or Greek letters for Latin ones.
    ForLatin,
    /// Latin letters for Cyrillic ones.
    ForCyrillic,
    /// Latin letters for Greek ones.
    ForGreek,
}

impl Stand {
    /// Judges a word by its letters: those that look like no other script's weigh most. A tie is decided
    /// for Latin.
    pub(super) fn of(word: &(impl Iterator<Item = char> + Clone)) -> Self {
        let is = |script: Script| word.clone().any(|c| Script::of(c) == Some(script));
        if !is(Script::Latin) || !(is(Script::Cyrillic) || is(Script::Greek)) {
            return Self::None;
        }
        let weight = |script: Script| -> u32 {
            let own = word.clone().filter(|c| Script::of(*c) == Some(script));
            own.map(|c| if PAIRS.iter().any(|(a, b)| *a == c || *b == c) { 1 } else { 16 }).sum()
        };
        let (latin, cyrillic, greek) =
            (weight(Script::Latin), weight(Script::Cyrillic), weight(Script::Greek));
        if latin >= cyrillic.max(greek) {
            Self::ForLatin
        } else if cyrillic >= greek {
            Self::ForCyrillic
        } else {
            Self::ForGreek
        }
    }

    /// The letter that `c` stands for.
    pub(super) fn replace(self, c: char) -> char {
        let back = |script: Script| {
            let pair = PAIRS.iter().find(|(other, latin)| *latin == c && Script::of(*other) == Some(script));
            pair.map(|(other, _)| *other)
        };
        let stands_for = match self {
            Self::None => None,
            Self::ForLatin => PAIRS.iter().find(|(other, _)| *other == c).map(|(_, latin)| *latin),
            Self::ForCyrillic => back(Script::Cyrillic),
            Self::ForGreek => back(Script::Greek),
        };
        stands_for.unwrap_or(c)
    }
}
