//! Counts of a text and established measures of its readability, vocabulary and style, each with its formula, the figures
//! that go into it and its source, or with the reason why it does not apply.
//!
//! `count` lists what is counted, `counting` counts it, `catalogue` defines the measures. docs/measures.md compares them with
//! other programs.

mod applicability;
mod catalogue;
mod count;
mod counting;
mod diversity;
mod language;
mod syllables;
#[cfg(test)]
mod tests;

pub use self::applicability::NotApplicable;
pub use self::catalogue::{Family, Figure, MeasureId, Term};
pub use self::count::CountId;
pub use self::language::{Language, TextLanguage};

use self::count::Needs;
use self::counting::Facts;

/// The counts and measures of a text.
///
/// ```
/// # #[cfg(feature = "internals")] {
/// use palimpsest::writing::measures::{CountId, MeasureId, Measures};
///
/// let measures = Measures::of("The cat sat on the mat. It purred, and the dog did not mind at all.");
/// assert_eq!(measures.count(CountId::Sentences), Ok(2));
/// let share = measures.figure(MeasureId::by_name("commas_per_sentence").unwrap()).unwrap();
/// assert_eq!((share.value, share.terms[0].numerator, share.terms[0].denominator), (0.5, 1.0, 2.0));
/// // A readability formula needs 100 words.
/// assert!(measures.figure(MeasureId::by_name("flesch_reading_ease").unwrap()).is_err());
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Measures {
    facts: Facts,
}

impl Measures {
    /// The measures of a text in the language that it is found to be in. Linear in the text; equal texts have equal
    /// measures.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self { facts: Facts::of(text, None) }
    }

    /// The measures of a text in a language that the caller states.
    #[must_use]
    pub fn in_language(text: &str, language: Language) -> Self {
        Self { facts: Facts::of(text, Some(language)) }
    }

    /// The language of the text.
    #[must_use]
    pub fn language(&self) -> TextLanguage {
        self.facts.language
    }

    /// A count.
    ///
    /// # Errors
    ///
    /// Why it does not apply to the text.
    pub fn count(&self, id: CountId) -> Result<u32, NotApplicable> {
        applicability::check(&self.facts, id.needs())?;
        Ok(self.facts.counts.get(id))
    }

    /// A measure, as it is stated to people.
    ///
    /// # Errors
    ///
    /// Why it does not apply to the text.
    pub fn figure(&self, id: MeasureId) -> Result<Figure, NotApplicable> {
        applicability::check(&self.facts, id.needs())?;
        applicability::check_length(&self.facts, id.least_words(), id.least_sentences())?;
        id.figure(&self.facts).ok_or(NotApplicable::Undefined)
    }

    /// All measures in order, with their values; `None` for those that do not apply.
    pub fn values(&self) -> impl Iterator<Item = (MeasureId, Option<f64>)> {
        MeasureId::all().map(|id| (id, self.figure(id).ok().map(|figure| figure.value)))
    }

    /// All counts, and all measures without regard to the least length for which they are stated, by their stable names.
    /// `None` for what is not defined for the text, as for another language.
    pub fn features(&self) -> impl Iterator<Item = (&'static str, Option<f64>)> {
        let counts = CountId::ALL.iter().map(|&id| (id.name(), self.count(id).ok().map(f64::from)));
        let measures = MeasureId::all().map(|id| {
            let applies = applicability::check(&self.facts, id.needs()).is_ok();
            let figure = applies.then(|| id.figure(&self.facts)).flatten();
            (id.name(), figure.map(|figure| figure.value))
        });
        counts.chain(measures)
    }

    /// The shares of words of each length, and of frequent function words, by their stable names. `None` for what is not
    /// defined for the text.
    pub fn word_shares(&self) -> impl Iterator<Item = (&'static str, Option<f64>)> {
        let words = f64::from(self.facts.counts.get(CountId::Words));
        let share = move |needs: Needs| {
            let applies = applicability::check(&self.facts, needs).is_ok();
            move |(name, count): (&'static str, u32)| (name, applies.then(|| f64::from(count) / words))
        };
        let profile = &self.facts.profile;
        let lengths = profile.lengths().map(share(Needs::Spaces));
        lengths.chain(profile.function_words().map(share(Needs::English)))
    }
}
