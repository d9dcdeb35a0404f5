//! General frequencies of stems in a language.
use std::collections::HashMap;
use std::sync::OnceLock;

use rust_stemmers::Algorithm;

use super::language::Language;
use crate::matching::altered::num::at;

type Ranks = HashMap<&'static str, f32>;

/// The tables, made from word probabilities of spacy-lookups-data (see `ARCHITECTURE.md`).
const ENGLISH: &str = include_str!("tables/english.txt");
const GERMAN: &str = include_str!("tables/german.txt");
const SPANISH: &str = include_str!("tables/spanish.txt");
const GREEK: &str = include_str!("tables/greek.txt");

/// The general frequencies of a language's stems, by a table or, without one, by length.
#[derive(Clone, Copy)]
pub(super) struct FrequencyTable(Option<&'static Ranks>);

/// The frequency of a stem that is not in its language's table: a little below the table's last class.
const RARE: f32 = 6e-5;
/// The frequency of a stem of 1, 2, 3 ... letters in a language without a table. Frequent words are short in every
/// language (Zipf 1935, the law of abbreviation). The values are geometric means, weighted by occurrences, on which
/// the tables for English, German, Spanish and Greek agree within a factor of two.
const BY_LENGTH: [f32; 8] = [5e-3, 5e-3, 3e-3, 1e-3, 4e-4, 2e-4, 1e-4, RARE];

impl FrequencyTable {
    /// The table of `language`.
    #[must_use]
    pub(super) fn of(language: Language) -> Self {
        static RANKS: [OnceLock<Ranks>; 4] = [const { OnceLock::new() }; 4];
        let [english, german, spanish, greek] = &RANKS;
        let (ranks, text) = match language.algorithm() {
            Some(Algorithm::English) => (english, ENGLISH),
            Some(Algorithm::German) => (german, GERMAN),
            Some(Algorithm::Spanish) => (spanish, SPANISH),
            Some(Algorithm::Greek) => (greek, GREEK),
            _ => return Self(None),
        };
        Self(Some(ranks.get_or_init(|| parse(text))))
    }

    /// The share of the language's words that have this stem.
    #[must_use]
    pub(super) fn frequency(self, stem: &str) -> f32 {
        let Some(ranks) = self.0 else {
            let letters = stem.chars().take(BY_LENGTH.len()).count();
            return at(&BY_LENGTH, letters.saturating_sub(1));
        };
        ranks.get(stem).map_or(RARE, |share| share.max(RARE))
    }
}

/// Parses a table with one class a line: the share of each of its stems in millionths, then the stems.
fn parse(text: &'static str) -> Ranks {
    let mut ranks = Ranks::default();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        // Every line of the embedded tables parses: see the test.
        let class = line.split_once(' ').and_then(|(share, stems)| Some((share.parse::<f32>().ok()?, stems)));
        if let Some((share, stems)) = class {
            ranks.extend(stems.split(' ').map(|stem| (stem, share * 1e-6)));
        }
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_tables_is_read() {
        for table in [ENGLISH, GERMAN, SPANISH, GREEK] {
            let lines = table.lines().filter(|line| !line.starts_with('#'));
            let stems: usize = lines
                .map(|line| {
                    let (share, stems) = line.split_once(' ').unwrap();
                    assert!(share.parse::<f32>().unwrap() > 0.0, "{line}");
                    stems.split(' ').count()
                })
                .sum();
            assert_eq!(parse(table).len(), stems);
        }
    }
}
