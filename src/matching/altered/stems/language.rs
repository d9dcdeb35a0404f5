//! Languages of texts and their stemmers.
use super::background::{Background, Table};
use super::stemmers::Stemmer;
use crate::matching::altered::num::{real, small};
use crate::text::alerts::Alphabet;
use crate::text::{Span, compared_form_at};

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
        let guess = info.map_or_else(Self::default, |info| Self {
            language: Language(Some(info.lang())),
            confidence: info.confidence() as f32,
        });
        if guess.language.is_spoken_in(middle(text, brief)) { guess } else { Self::default() }
    }

    /// The guess with more confidence; this one if both are equal.
    #[must_use]
    pub fn or_surer(self, other: Self) -> Self {
        if other.confidence > self.confidence { other } else { self }
    }
}

/// Bytes that detection reads: a few sentences, and more if it is not reliable on those.
const DETECTED_BYTES: [usize; 2] = [400, 4000];

/// The least share of a text's words whose stems are in the table of its language: half or more in prose of the language,
/// a quarter at most in Kurdish that was taken for Persian. Detection takes every language for one of those it knows.
const LEAST_KNOWN: f32 = 0.3;
/// The fewest words by which that share is judged.
const JUDGED_WORDS: u32 = 16;

/// The least confidence of whatlang for a guess on the longer piece.
const LEAST_CONFIDENCE: f64 = 0.1;

impl Language {
    /// No language: words are compared without stemming.
    pub const NONE: Self = Self(None);
    /// English.
    #[cfg(test)]
    pub(in crate::matching) const ENGLISH: Self = Self(Some(whatlang::Lang::Eng));
    /// A language that detection knows.
    #[cfg(test)]
    pub(super) const fn of(language: whatlang::Lang) -> Self {
        Self(Some(language))
    }

    /// Serbian in Cyrillic script, whose table is in Latin script.
    pub(super) const SERBIAN: Self = Self(Some(whatlang::Lang::Srp));

    /// The number of the language, unique among languages.
    pub(super) fn number(self) -> u64 {
        self.0.map_or(0, |language| language as u64 + 1)
    }

    /// The number of the language as an index.
    pub(super) fn index(self) -> usize {
        self.0.map_or(0, |language| language as usize + 1)
    }

    /// Whether enough words of a text are in the table of the language; true if it has none, or a script of its own.
    fn is_spoken_in(self, text: &str) -> bool {
        use whatlang::Lang as L;
        if self.table().is_none() || matches!(self.0, Some(L::Cmn | L::Jpn | L::Tha | L::Kor | L::Tam)) {
            return true;
        }
        let (stemmer, background) = (Stemmer::of(self), Background::of(self));
        let mut compared = String::new();
        let (mut words, mut known) = (0, 0);
        for word in text.split_whitespace() {
            let word = word.trim_matches(|c: char| !c.is_alphabetic());
            if !word.is_empty() {
                compared_form_at(word, Span { start: 0, end: small(word.len()) }, &mut compared);
                words += 1;
                known += u32::from(background.knows(&stemmer.stem(&compared)));
            }
        }
        words < JUDGED_WORDS || real(known) >= LEAST_KNOWN * real(words)
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
    fn a_language_whose_words_the_text_does_not_use_is_no_guess() {
        // Kurdish, which detection takes for a language that it knows.
        let kurdish = "کتێبخانەی شارەکەمان لە ناوەندی بازاڕ هەڵکەوتووە و هەموو ڕۆژێک خوێندکاران دەچنە ئەوێ بۆ خوێندنەوە و \
            نووسین. بەڕێوەبەری کتێبخانە دەڵێت کە ژمارەی کتێبەکان لە ساڵی ڕابردوودا زیادی کردووە و هێشتا چاوەڕێی کتێبی نوێن.";
        assert_eq!(Guess::of(kurdish).language, Language::NONE);
        assert_eq!(Guess::of(ENGLISH).language, Language::ENGLISH);
    }

    #[test]
    fn the_surer_guess_wins() {
        let guess = |language, confidence| Guess { language, confidence };
        let (weak, strong) = (guess(Language::NONE, 0.2), guess(Language::ENGLISH, 0.9));
        assert_eq!(weak.or_surer(strong), strong);
        assert_eq!(strong.or_surer(weak), strong);
    }
}
