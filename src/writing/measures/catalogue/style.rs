//! Means and shares of words, sentences and paragraphs.

use super::{Definition, Figure, Rule, part};
use crate::writing::measures::count::{CountId as C, Needs};
use crate::writing::measures::counting::Facts;

/// A ratio of two counts, as a definition.
macro_rules! ratio {
    ($name:literal, $title:literal, $over:ident / $under:ident, $formula:literal, $needs:ident) => {
        Definition {
            name: $name,
            title: $title,
            formula: $formula,
            reference: DEFINED_HERE,
            needs: Needs::$needs,
            least_words: 1,
            least_sentences: 1,
            rule: Rule::Sum(0.0, &[part(1.0, C::$over, C::$under)]),
        }
    };
}

/// The reference of a plain ratio.
const DEFINED_HERE: &str = "a ratio of the counts as they are defined here";

/// The measures, in order.
pub(super) const MEASURES: &[Definition] = &[
    ratio!("mean_word_letters", "Letters per word", Letters / Words, "letters / words", Spaces),
    ratio!("mean_word_syllables", "Syllables per word", Syllables / Words, "syllables / words", English),
    ratio!("mean_sentence_words", "Words per sentence", Words / Sentences, "words / sentences", Spaces),
    Definition {
        name: "sentence_words_deviation",
        title: "Standard deviation of words per sentence",
        formula: "sqrt(sum of squared deviations of the words of each sentence / (sentences - 1))",
        reference: "the sample standard deviation",
        needs: Needs::Spaces,
        least_words: 1,
        least_sentences: 2,
        rule: Rule::Own(sentence_deviation),
    },
    ratio!("mean_paragraph_words", "Words per paragraph", Words / Paragraphs, "words / paragraphs", Spaces),
    ratio!(
        "mean_paragraph_sentences",
        "Sentences per paragraph",
        Sentences / Paragraphs,
        "sentences / paragraphs",
        Nothing
    ),
    ratio!("long_word_share", "Long words", LongWords / Words, "long_words / words", Spaces),
    ratio!(
        "long_sentence_share",
        "Long sentences",
        LongSentences / Sentences,
        "long_sentences / sentences",
        Spaces
    ),
    ratio!(
        "polysyllable_share",
        "Words of three syllables or more",
        Polysyllables / Words,
        "polysyllables / words",
        English
    ),
    ratio!(
        "monosyllable_share",
        "Words of one syllable",
        Monosyllables / Words,
        "monosyllables / words",
        English
    ),
    ratio!(
        "unfamiliar_share",
        "Unfamiliar words",
        UnfamiliarWords / Words,
        "unfamiliar_words / words",
        English
    ),
    ratio!("unknown_share", "Unknown words", UnknownWords / Words, "unknown_words / words", English),
    ratio!("function_share", "Function words", FunctionWords / Words, "function_words / words", English),
    ratio!(
        "connectives_per_sentence",
        "Connectives per sentence",
        Connectives / Sentences,
        "connectives / sentences",
        English
    ),
    ratio!("connective_share", "Connectives", Connectives / Words, "connectives / words", English),
    ratio!(
        "passives_per_sentence",
        "Passives per sentence",
        Passives / Sentences,
        "passives / sentences",
        English
    ),
    ratio!("modal_share", "Modal verbs", Modals / Words, "modals / words", English),
    ratio!(
        "first_person_share",
        "Pronouns of the first person",
        FirstPerson / Words,
        "first_person / words",
        English
    ),
    ratio!(
        "second_person_share",
        "Pronouns of the second person",
        SecondPerson / Words,
        "second_person / words",
        English
    ),
    ratio!(
        "third_person_share",
        "Pronouns of the third person",
        ThirdPerson / Words,
        "third_person / words",
        English
    ),
    ratio!("contraction_share", "Contractions", Contractions / Words, "contractions / words", English),
    ratio!(
        "nominalisation_share",
        "Nominalisations",
        Nominalisations / Words,
        "nominalisations / words",
        English
    ),
    ratio!("commas_per_sentence", "Commas per sentence", Commas / Sentences, "commas / sentences", Nothing),
    ratio!(
        "semicolons_per_sentence",
        "Semicolons and colons per sentence",
        Semicolons / Sentences,
        "semicolons / sentences",
        Nothing
    ),
    ratio!("question_share", "Questions", Questions / Sentences, "questions / sentences", Nothing),
    ratio!(
        "exclamation_share",
        "Exclamations",
        Exclamations / Sentences,
        "exclamations / sentences",
        Nothing
    ),
    ratio!(
        "uncapitalised_share",
        "Sentences with a small first letter",
        UncapitalisedSentences / Sentences,
        "uncapitalised_sentences / sentences",
        Spaces
    ),
    ratio!("small_i_share", "Small i", SmallI / Words, "small_i / words", English),
    ratio!(
        "spacing_mistake_share",
        "Mistakes of spacing",
        SpacingMistakes / Words,
        "spacing_mistakes / words",
        English
    ),
    ratio!("repeated_word_share", "Repeated words", RepeatedWords / Words, "repeated_words / words", Spaces),
];

fn sentence_deviation(facts: &Facts) -> Option<Figure> {
    let sentences = f64::from(facts.counts.get(C::Sentences));
    let mean = f64::from(facts.counts.get(C::Words)) / sentences;
    let squares: f64 = facts.sentences.iter().map(|&words| (f64::from(words) - mean).powi(2)).sum();
    let others = sentences - 1.0;
    Figure::ratio("sqrt(sum of squared deviations)", squares.sqrt(), "sqrt(sentences - 1)", others.sqrt())
}
