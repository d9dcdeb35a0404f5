//! From the order in which a reader sees characters and words, from left to right, to the order in which they are read.
//!
//! A simplification of the Unicode Bidirectional Algorithm, UAX #9, backwards: what is written from right to left is
//! reversed; words and numbers inside it that are written from left to right are reversed back.

use super::chars::{is_right_to_left, mirrored};

/// Which way something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    LeftToRight,
    RightToLeft,
    Number,
    Neutral,
}

/// The direction of a character.
pub(super) fn of_character(c: char) -> Direction {
    if c.is_numeric() {
        Direction::Number
    } else if is_right_to_left(c) {
        Direction::RightToLeft
    } else if c.is_alphabetic() {
        Direction::LeftToRight
    } else {
        Direction::Neutral
    }
}

/// The direction of a word: that of its first letter, or number.
pub(super) fn of_word(word: &str) -> Direction {
    let mut found = Direction::Neutral;
    for direction in word.chars().map(of_character) {
        match direction {
            Direction::LeftToRight | Direction::RightToLeft => return direction,
            Direction::Number => found = Direction::Number,
            Direction::Neutral => {}
        }
    }
    found
}

/// Whether text is written from right to left: most of its letters are.
pub(super) fn is_mostly_right_to_left<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    let (mut left, mut right) = (0_usize, 0_usize);
    for c in texts.flat_map(str::chars) {
        match of_character(c) {
            Direction::LeftToRight => left += 1,
            Direction::RightToLeft => right += 1,
            Direction::Number | Direction::Neutral => {}
        }
    }
    right > left
}

/// Puts items in the order of reading, of items from left to right as they are seen.
pub(super) fn reorder<T>(
    seen: Vec<T>,
    is_right_to_left: bool,
    direction: impl Fn(&T) -> Direction,
) -> Vec<T> {
    let mut items: Vec<T> = seen;
    if is_right_to_left {
        items.reverse();
        reverse_runs(&mut items, &direction, Direction::LeftToRight);
    } else {
        reverse_runs(&mut items, &direction, Direction::RightToLeft);
    }
    items
}

/// Reverses each longest run that begins and ends with the given direction and has no other one inside. In a text
/// from right to left, numbers are such runs too.
fn reverse_runs<T>(items: &mut [T], direction: &impl Fn(&T) -> Direction, wanted: Direction) {
    let belongs = |d: Direction| d == wanted || (wanted == Direction::LeftToRight && d == Direction::Number);
    let mut start = None;
    let mut end = 0;
    let mut reversals = Vec::new();
    for (at, found) in items.iter().map(direction).enumerate() {
        if belongs(found) {
            start.get_or_insert(at);
            end = at + 1;
        } else if found != Direction::Neutral
            && found != Direction::Number
            && let Some(from) = start.take()
        {
            reversals.push(from..end);
        }
    }
    reversals.extend(start.map(|from| from..end));
    for run in reversals {
        if let Some(run) = items.get_mut(run) {
            run.reverse();
        }
    }
}

/// A word that has characters from right to left, of pieces from left to right as they are seen.
pub(super) fn read_word(seen: Vec<String>) -> String {
    let piece = |text: &String| of_word(text);
    let mut word = String::new();
    for text in reorder(seen, true, piece) {
        if of_word(&text) == Direction::Neutral {
            word.extend(text.chars().map(mirrored));
        } else {
            word.push_str(&text);
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::super::direction;
    use super::{read_word, reorder};

    fn read(seen: &str) -> String {
        read_word(seen.chars().map(String::from).collect())
    }

    #[test]
    fn words_are_reversed_and_numbers_are_not() {
        assert_eq!(read("םולש"), "שלום");
        assert_eq!(read("2020-ב"), "ב-2020");
        assert_eq!(read("(םולש)"), "(שלום)");
    }

    #[test]
    fn words_of_the_other_direction_keep_their_order() {
        let seen = vec!["םש", "Levi", "Miriam", "12", "םע"];
        let seen: Vec<&str> = seen.into_iter().collect();
        let read = reorder(seen, true, |word| direction::of_word(word));
        assert_eq!(read, ["םע", "Levi", "Miriam", "12", "םש"].map(|w| w));
    }
}
