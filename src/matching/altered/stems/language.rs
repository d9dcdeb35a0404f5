//! Languages of texts and their stemmers.
use super::background::Table;
use crate::text::alerts::Alphabet;

/// A language, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Language(Option<whatlang::Lang>);

/// A text's language and the confidence of its detection. Stored with a source, so that each pair of texts is compared
/// in one language without detection.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Guess {
    /// The language.
    pub language: Language,
    /// From 0, unknown, to 1, certain.
    pub confidence: f32,
}

impl Guess {
    /// Detects the language from the middle of `text`.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a confidence from 0 to 1")]
    pub fn of(text: &str) -> Self {
        let [brief, long] = DETECTED_BYTES;
        let sure = whatlang::detect(middle(text, brief)).filter(whatlang::Info::is_reliable);
        let info = sure.or_else(|| whatlang::detect(middle(text, long)));
        let info = info.filter(|info| info.confidence() >= LEAST_CONFIDENCE);
        info.map_or_else(Self::default, |info| Self {
            language: Language(Some(info.lang())),
            confidence: info.confidence() as f32,
        })
    }

    /// The guess with more confidence; this one if both are equal.
    #[must_use]
    pub fn or_surer(self, other: Self) -> Self {
        if other.confidence > self.confidence { other } else { self }
    }
}

/// Bytes that detection reads: a few sentences, and more if it is not reliable on those.
const DETECTED_BYTES: [usize; 2] = [400, 4000];

/// The least confidence of whatlang for a guess on the longer piece.
const LEAST_CONFIDENCE: f64 = 0.1;

impl Language {
    /// No language: words are compared without stemming.
    pub const NONE: Self = Self(None);
    /// English.
    #[cfg(test)]
    pub(in crate::matching::altered) const ENGLISH: Self = Self(Some(whatlang::Lang::Eng));

    /// The number of the language, unique among languages.
    pub(super) fn number(self) -> u64 {
        self.0.map_or(0, |language| language as u64 + 1)
    }

    /// The number of the language as an index.
    pub(super) fn index(self) -> usize {
        self.0.map_or(0, |language| language as usize + 1)
    }

    /// The table of word frequencies, if there is one.
    pub(super) fn table(self) -> Option<Table> {
        use whatlang::Lang as L;
        Table::named(match self.0? {
            // One language, in two scripts.
            L::Hrv | L::Srp => "hbs",
            language => language.code(),
        })
    }

    /// The language as it was detected.
    pub(super) fn detected(self) -> Option<whatlang::Lang> {
        self.0
    }

    /// The alphabet of the language, if its words may have a compared form of Latin letters that look like theirs.
    pub(super) fn alphabet(self) -> Option<Alphabet> {
        use whatlang::Lang as L;
        match self.0? {
            L::Rus | L::Ukr | L::Bel | L::Bul | L::Mkd | L::Srp => Some(Alphabet::Cyrillic),
            L::Ell => Some(Alphabet::Greek),
            _ => None,
        }
    }
}

fn middle(text: &str, bytes: usize) -> &str {
    let from = text.ceil_char_boundary(text.len().saturating_sub(bytes) / 2);
    let to = text.floor_char_boundary(from.saturating_add(bytes));
    text.get(from..to).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::{Guess, Language};

    const ENGLISH: &str =
        "The committee met in the old library, and whoever had read the report said that it was long.";

    #[test]
    fn a_text_that_tells_nothing_takes_the_language_of_the_other() {
        let both = |a, b| Guess::of(a).or_surer(Guess::of(b)).language;
        assert_eq!(Guess::of("1914 1918 1939 1945").language, Language::NONE);
        assert_eq!(both("1914 1918 1939 1945", ENGLISH), Language::ENGLISH);
        assert_eq!(both(ENGLISH, ""), Language::ENGLISH);
    }

    #[test]
    fn the_surer_guess_wins() {
        let guess = |language, confidence| Guess { language, confidence };
        let (weak, strong) = (guess(Language::NONE, 0.2), guess(Language::ENGLISH, 0.9));
        assert_eq!(weak.or_surer(strong), strong);
        assert_eq!(strong.or_surer(weak), strong);
    }
}
