//! Serbian words in Cyrillic script.

/// Two letters of Latin script, or one, and the Cyrillic letter; the longer first.
#[rustfmt::skip]
const LETTERS: &[(&str, &str)] = &[
    ("dž", "џ"), ("lj", "љ"), ("nj", "њ"), ("a", "а"), ("b", "б"), ("c", "ц"), ("č", "ч"), ("ć", "ћ"), ("d", "д"),
    ("đ", "ђ"), ("e", "е"), ("f", "ф"), ("g", "г"), ("h", "х"), ("i", "и"), ("j", "ј"), ("k", "к"), ("l", "л"),
    ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"), ("š", "ш"), ("t", "т"), ("u", "у"),
    ("v", "в"), ("z", "з"), ("ž", "ж"),
];

/// A lower-case word of Latin script in Cyrillic script; other letters as they are. Linear in the word.
pub(super) fn in_cyrillic(word: &str) -> String {
    let mut out = String::with_capacity(2 * word.len());
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let known = LETTERS.iter().find_map(|(latin, letter)| Some((rest.strip_prefix(latin)?, letter)));
        if let Some((after, letter)) = known {
            out.push_str(letter);
            rest = after;
        } else {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::in_cyrillic;

    #[test]
    fn pairs_of_letters_are_one() {
        assert_eq!(in_cyrillic("ljubav"), "љубав");
        assert_eq!(in_cyrillic("čovječanstvo"), "човјечанство");
        assert_eq!(in_cyrillic("džungla"), "џунгла");
    }
}
