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
    /// Hyphens at the end of a line whose word also stands without it elsewhere.
    proven: usize,
}

impl Vocabulary {
    /// The words of a document, of its lines with what follows each.
    pub(super) fn of<'a>(lines: impl Iterator<Item = LinePair<'a>> + Clone) -> Self {
        let mut vocabulary = Self::default();
        lines.clone().for_each(|pair| vocabulary.add(pair.line));
        for pair in lines {
            let joined = divided(pair.line).map(|_| {
                let left = last_word(pair.line).to_lowercase();
                format!("{}{}", left.trim_end_matches(is_hyphen), first_word(pair.next).to_lowercase())
            });
            vocabulary.hyphens += usize::from(joined.is_some());
            vocabulary.proven += usize::from(joined.is_some_and(|joined| vocabulary.words.contains(&joined)));
        }
        vocabulary
    }

    fn add(&mut self, line: &str) {
        self.lines += 1;
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
        let has_other = cut.contains(is_hyphen) || right.contains(is_hyphen);
        if !is_lower || has_other || self.compounds.contains(&format!("{cut}-{right}")) {
            return true;
        }
        if self.words.contains(&format!("{cut}{right}")) {
            return false;
        }
        if PREFIXES.contains(&cut) || !self.divides() {
            return true;
        }
        // Two words of the document are a compound more often than the two halves of a word.
        self.words.contains(cut) && self.words.contains(&right) && cut.len() > 3 && right.len() > 3
    }

    /// Whether the end of one line and the start of the next are a word of the document.
    pub(super) fn is_word(&self, end: &str, start: &str) -> bool {
        let (left, right) = (last_word(end), first_word(start));
        self.words.contains(&format!("{left}{right}").to_lowercase())
    }

    /// Whether the document divides words at the end of lines.
    fn divides(&self) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let share = self.hyphens as f64 / self.lines.max(1) as f64;
        self.proven > 0 || share > DIVIDED_SHARE
    }
}

/// A line and the start of what follows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct LinePair<'a> {
    pub(super) line: &'a str,
    pub(super) next: &'a str,
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
