//! The measures: names, formulas, sources, and how each is computed.

mod readability;
mod style;
mod vocabulary;

use super::count::{CountId, Needs};
use super::counting::Facts;

/// What a measure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// How hard a text is to read, by a published formula.
    Readability,
    /// How varied and how rare its words are.
    Vocabulary,
    /// Means and shares of its words, sentences and paragraphs.
    Style,
}

/// A measure; a number that indexes the definitions, in the order of lists for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeasureId(usize);

/// A summand of a measure: `weight * numerator / denominator`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// The weight.
    pub weight: f64,
    /// What is divided: the name of a count, or of what the formula computes of counts.
    pub numerator_name: &'static str,
    /// Its value.
    pub numerator: f64,
    /// What divides: the name of a count, or of what the formula computes of counts.
    pub denominator_name: &'static str,
    /// Its value.
    pub denominator: f64,
}

/// A value of a measure: `constant` and the sum of the terms.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The value.
    pub value: f64,
    /// The constant.
    pub constant: f64,
    /// The terms, at least one.
    pub terms: Vec<Term>,
}

impl Figure {
    /// The sum of a constant and terms; `None` if it is not a number, as without a denominator. The division comes first: equal
    /// ratios of other counts, such as 220 / 20 and 330 / 30, give equal values.
    pub(super) fn sum(constant: f64, terms: Vec<Term>) -> Option<Self> {
        let value =
            terms.iter().fold(constant, |sum, term| sum + term.weight * (term.numerator / term.denominator));
        value.is_finite().then_some(Self { value, constant, terms })
    }

    /// One ratio.
    pub(super) fn ratio(
        numerator_name: &'static str,
        numerator: f64,
        denominator_name: &'static str,
        denominator: f64,
    ) -> Option<Self> {
        Self::sum(0.0, vec![Term { weight: 1.0, numerator_name, numerator, denominator_name, denominator }])
    }
}

/// A ratio of two counts, with a weight.
#[derive(Debug, Clone, Copy)]
struct Part {
    weight: f64,
    over: CountId,
    under: CountId,
}

/// How a measure is computed.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// A constant and weighted ratios of counts.
    Sum(f64, &'static [Part]),
    /// Anything else.
    Own(fn(&Facts) -> Option<Figure>),
}

/// A measure.
#[derive(Debug)]
struct Definition {
    name: &'static str,
    title: &'static str,
    formula: &'static str,
    reference: &'static str,
    needs: Needs,
    /// The fewest words and sentences that it is stated for.
    least_words: u32,
    least_sentences: u32,
    rule: Rule,
}

/// All measures by families, in order.
const FAMILIES: [(Family, &[Definition]); 3] = [
    (Family::Readability, readability::MEASURES),
    (Family::Vocabulary, vocabulary::MEASURES),
    (Family::Style, style::MEASURES),
];

/// A measure that nobody asks for: what an index past the end is.
const NONE: Definition = Definition {
    name: "",
    title: "",
    formula: "",
    reference: "",
    needs: Needs::Nothing,
    least_words: 0,
    least_sentences: 0,
    rule: Rule::Own(|_| None),
};

impl MeasureId {
    /// All measures, in order.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        (0..FAMILIES.iter().map(|(_, measures)| measures.len()).sum()).map(Self)
    }

    /// The measure with this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::all().find(|id| id.name() == name)
    }

    /// The stable name, in lower case with underscores.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.definition().1.name
    }

    /// The name for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.definition().1.title
    }

    /// The formula, over the names of counts.
    #[must_use]
    pub fn formula(self) -> &'static str {
        self.definition().1.formula
    }

    /// Where the measure was published.
    #[must_use]
    pub fn reference(self) -> &'static str {
        self.definition().1.reference
    }

    /// What it is about.
    #[must_use]
    pub fn family(self) -> Family {
        self.definition().0
    }

    /// The texts that it is defined for.
    pub(super) fn needs(self) -> Needs {
        self.definition().1.needs
    }

    /// The fewest words that it is stated for.
    pub(super) fn least_words(self) -> u32 {
        self.definition().1.least_words
    }

    /// The fewest sentences that it is stated for.
    pub(super) fn least_sentences(self) -> u32 {
        self.definition().1.least_sentences
    }

    /// Its figure in a text, however short the text is; `None` if it is not defined.
    pub(super) fn figure(self, facts: &Facts) -> Option<Figure> {
        match self.definition().1.rule {
            Rule::Own(compute) => compute(facts),
            Rule::Sum(constant, parts) => {
                let count = |id| f64::from(facts.counts.get(id));
                let term = |part: &Part| Term {
                    weight: part.weight,
                    numerator_name: part.over.name(),
                    numerator: count(part.over),
                    denominator_name: part.under.name(),
                    denominator: count(part.under),
                };
                Figure::sum(constant, parts.iter().map(term).collect())
            }
        }
    }

    fn definition(self) -> (Family, &'static Definition) {
        let mut at = self.0;
        for (family, measures) in FAMILIES {
            match measures.get(at) {
                Some(definition) => return (family, definition),
                None => at -= measures.len(),
            }
        }
        (Family::Style, &NONE)
    }
}

/// A weighted ratio of two counts.
const fn part(weight: f64, over: CountId, under: CountId) -> Part {
    Part { weight, over, under }
}
