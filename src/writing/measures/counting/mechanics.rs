//! Mistakes of typing in English that words and the gaps between them show.

use super::sentences::Break;

/// Whether a word is the pronoun I with a small letter, alone or contracted; `i.e.` and `(i)` are not.
pub(super) fn is_small_i(word: &str, gap: &str) -> bool {
    let contracted = word.strip_prefix('i').and_then(|rest| rest.strip_prefix(['\'', '’']));
    match contracted {
        Some(rest) => matches!(rest, "m" | "ll" | "ve" | "d"),
        None => word == "i" && !gap.starts_with(['.', ')']),
    }
}

/// Whether white space is missing or wrong between two words: white space before a comma or the like, or none after one.
/// Linear in the gap.
pub(super) fn is_spacing_mistake(word: &str, gap: &str, next: &str, found: Break) -> bool {
    let ends_in_letter = word.chars().next_back().is_some_and(char::is_alphabetic);
    let begins_with_letter = next.chars().next().is_some_and(char::is_alphabetic);
    if gap == "." {
        return found != Break::None && !next.is_empty();
    }
    if matches!(gap, "," | ";" | "!" | "?") {
        return ends_in_letter && begins_with_letter;
    }
    // Dots are often spaced, and a decimal fraction may begin with one.
    let Some(marked) = gap.strip_prefix([' ', '\u{a0}']) else { return false };
    let marked = marked.trim_start();
    let is_stop = marked.starts_with('.') && !marked.starts_with("..") && !next.starts_with(char::is_numeric);
    ends_in_letter && (marked.starts_with([',', ';', '!', '?']) || is_stop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_i_is_a_word_by_itself() {
        for (word, gap, expected) in [
            ("i", " ", true),
            ("i", ", ", true),
            ("i'm", " ", true),
            ("i’ve", " ", true),
            ("I", " ", false),
            ("i", ".", false),
            ("i", ") ", false),
            ("in", " ", false),
            ("i's", " ", false),
        ] {
            assert_eq!(is_small_i(word, gap), expected, "{word}{gap}");
        }
    }

    #[test]
    fn marks_stand_by_the_word_before_them() {
        let (none, sentence) = (Break::None, Break::Sentence);
        for (word, gap, next, found, expected) in [
            ("end", " , ", "and", none, true),
            ("end", " .", "", Break::Paragraph, true),
            ("end", ",", "and", none, true),
            ("end", ".", "Then", sentence, true),
            ("end", ", ", "and", none, false),
            ("end", ". ", "Then", sentence, false),
            ("1", ",", "000", none, false),
            ("example", ".", "org", none, false),
            ("end", " ... ", "and", none, false),
            ("end", " .", "5", none, false),
            ("end", " (", "and", none, false),
            ("end", ".", "", Break::Paragraph, false),
        ] {
            assert_eq!(is_spacing_mistake(word, gap, next, found), expected, "{word}{gap}{next}");
        }
    }
}
