//! Whether a hyphen at the end of a line belongs to the word.

use std::collections::HashSet;

/// Beginnings of words that keep their hyphen more often than not.
const PREFIXES: [&str; 12] =
    ["self", "well", "ex", "non", "half", "quasi", "ill", "all", "cross", "anti", "semi", "vice"];
/// Documents that divide words do so on more than this share of their lines.
const DIVIDED_SHARE: f64 = 0.02;

/// The words of a document, to tell divided words from compounds.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: HashSet<String>,
    compounds: HashSet<String>,
    lines: usize,
    hyphens: usize,
}

impl Vocabulary {
    /// Adds a line.
    pub(super) fn add(&mut self, line: &str) {
        self.lines += 1;
        self.hyphens += usize::from(divided(line).is_some());
        // The last word may be a part of one, and so may the first.
        let words: Vec<&str> = line.split_whitespace().collect();
        let inner = words.len().saturating_sub(2);
        for word in words.into_iter().skip(1).take(inner) {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
            if word.contains(is_hyphen) {
                self.compounds.insert(word.replace(is_hyphen, "-"));
            } else if !word.is_empty() {
                self.words.insert(word);
            }
        }
    }

    /// Whether the hyphen between the end of one line and the start of the next belongs to the word.
    pub(super) fn keeps_hyphen(&self, end: &str, start: &str) -> bool {
        let left = last_word(end).to_lowercase();
        let right = first_word(start).to_lowercase();
        let is_lower = start.chars().next().is_some_and(char::is_lowercase);
        let cut = left.trim_end_matches(is_hyphen);
        if !is_lower || cut.contains(is_hyphen) || self.compounds.contains(&format!("{cut}-{right}")) {
            return true;
        }
        if self.words.contains(&format!("{cut}{right}")) {
            return false;
        }
        if PREFIXES.contains(&cut) {
            return true;
        }
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let share = self.hyphens as f64 / self.lines.max(1) as f64;
        let are_words = self.words.contains(cut) && self.words.contains(&right);
        if share < DIVIDED_SHARE {
            are_words || self.lines > 100
        } else {
            are_words && cut.len() > 3 && right.len() > 3
        }
    }
}

/// A line that ends within a word, without its hyphen; None if it does not.
pub(super) fn divided(line: &str) -> Option<&str> {
    let cut = line.strip_suffix(is_hyphen)?;
    cut.chars().next_back().filter(|c| c.is_alphabetic()).map(|_| cut)
}

/// Whether a line ends with a soft hyphen, which is never text.
pub(super) fn is_soft(line: &str) -> bool {
    line.ends_with('\u{AD}')
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{AD}')
}

fn last_word(line: &str) -> &str {
    let word = line.split_whitespace().next_back().unwrap_or_default();
    word.trim_start_matches(|c: char| !c.is_alphanumeric())
}

fn first_word(line: &str) -> &str {
    let word = line.split_whitespace().next().unwrap_or_default();
    word.trim_end_matches(|c: char| !c.is_alphanumeric())
}
