//! Readability formulas. All but LIX and RIX were fitted to English.

use super::{Definition, Figure, Rule, Term, part};
use crate::writing::measures::count::{CountId as C, Needs};
use crate::writing::measures::counting::Facts;

/// The fewest words of a sample, as the formulas' authors ask for.
const SAMPLE: u32 = 100;

const ENGLISH: Definition = Definition {
    name: "",
    title: "",
    formula: "",
    reference: "",
    needs: Needs::English,
    least_words: SAMPLE,
    least_sentences: 1,
    rule: Rule::Sum(0.0, &[]),
};

/// The formulas, in order.
pub(super) const MEASURES: &[Definition] = &[
    Definition {
        name: "flesch_reading_ease",
        title: "Flesch Reading Ease",
        formula: "206.835 - 1.015 * words / sentences - 84.6 * syllables / words",
        reference: "Flesch 1948, A new readability yardstick, Journal of Applied Psychology 32",
        rule: Rule::Sum(
            206.835,
            &[part(-1.015, C::Words, C::Sentences), part(-84.6, C::Syllables, C::Words)],
        ),
        ..ENGLISH
    },
    Definition {
        name: "flesch_kincaid_grade",
        title: "Flesch-Kincaid grade",
        formula: "0.39 * words / sentences + 11.8 * syllables / words - 15.59",
        reference: "Kincaid, Fishburne, Rogers & Chissom 1975, Naval Technical Training Command, Report 8-75",
        rule: Rule::Sum(-15.59, &[part(0.39, C::Words, C::Sentences), part(11.8, C::Syllables, C::Words)]),
        ..ENGLISH
    },
    Definition {
        name: "gunning_fog",
        title: "Gunning Fog index",
        formula: "0.4 * (words / sentences + 100 * complex_words / words)",
        reference: "Gunning 1952, The Technique of Clear Writing",
        rule: Rule::Sum(0.0, &[part(0.4, C::Words, C::Sentences), part(40.0, C::ComplexWords, C::Words)]),
        ..ENGLISH
    },
    Definition {
        name: "coleman_liau",
        title: "Coleman-Liau index",
        formula: "0.0588 * 100 * letters / words - 0.296 * 100 * sentences / words - 15.8",
        reference: "Coleman & Liau 1975, A computer readability formula designed for machine scoring, Journal of Applied Psychology 60",
        rule: Rule::Sum(-15.8, &[part(5.88, C::Letters, C::Words), part(-29.6, C::Sentences, C::Words)]),
        ..ENGLISH
    },
    Definition {
        name: "ari",
        title: "Automated Readability Index",
        formula: "4.71 * letters_and_digits / words + 0.5 * words / sentences - 21.43",
        reference: "Smith & Senter 1967, Automated Readability Index, AMRL-TR-66-220",
        rule: Rule::Sum(
            -21.43,
            &[part(4.71, C::LettersAndDigits, C::Words), part(0.5, C::Words, C::Sentences)],
        ),
        ..ENGLISH
    },
    Definition {
        name: "smog",
        title: "SMOG grade",
        formula: "1.043 * sqrt(30 * polysyllables / sentences) + 3.1291",
        reference: "McLaughlin 1969, SMOG grading, Journal of Reading 12; for samples of 30 sentences or more",
        least_words: 1,
        least_sentences: 30,
        rule: Rule::Own(smog),
        ..ENGLISH
    },
    Definition {
        name: "dale_chall",
        title: "Dale-Chall score",
        formula: "0.1579 * 100 * unfamiliar_words / words + 0.0496 * words / sentences, + 3.6365 if more than 5 % are unfamiliar",
        reference: "Dale & Chall 1948, A formula for predicting readability, with the word list of Chall & Dale 1995",
        rule: Rule::Own(dale_chall),
        ..ENGLISH
    },
    Definition {
        name: "linsear_write",
        title: "Linsear Write",
        formula: "r / 2 if r = (words + 2 * polysyllables) / sentences is above 20, else r / 2 - 1",
        reference: "O'Hayre 1966, Gobbledygook Has Gotta Go, US Bureau of Land Management; over the whole text",
        rule: Rule::Own(linsear_write),
        ..ENGLISH
    },
    Definition {
        name: "forcast",
        title: "FORCAST grade",
        formula: "20 - 15 * monosyllables / words",
        reference: "Caylor, Sticht, Fox & Ford 1973, HumRRO Technical Report 73-5",
        rule: Rule::Sum(20.0, &[part(-15.0, C::Monosyllables, C::Words)]),
        ..ENGLISH
    },
    Definition {
        name: "powers_sumner_kearl",
        title: "Powers-Sumner-Kearl grade",
        formula: "0.0778 * words / sentences + 4.55 * syllables / words - 2.2029",
        reference: "Powers, Sumner & Kearl 1958, A recalculation of four adult readability formulas, Journal of Educational Psychology 49",
        rule: Rule::Sum(-2.2029, &[part(0.0778, C::Words, C::Sentences), part(4.55, C::Syllables, C::Words)]),
        ..ENGLISH
    },
    Definition {
        name: "lix",
        title: "LIX",
        formula: "words / sentences + 100 * long_words / words",
        reference: "Björnsson 1968, Läsbarhet; for languages in general",
        needs: Needs::Spaces,
        rule: Rule::Sum(0.0, &[part(1.0, C::Words, C::Sentences), part(100.0, C::LongWords, C::Words)]),
        ..ENGLISH
    },
    Definition {
        name: "rix",
        title: "RIX",
        formula: "long_words / sentences",
        reference: "Anderson 1983, Lix and Rix: variations on a little-known readability index, Journal of Reading 26",
        needs: Needs::Spaces,
        rule: Rule::Sum(0.0, &[part(1.0, C::LongWords, C::Sentences)]),
        ..ENGLISH
    },
];

fn smog(facts: &Facts) -> Option<Figure> {
    let term = Term {
        weight: 1.043,
        numerator_name: "sqrt(30 * polysyllables)",
        numerator: (30.0 * f64::from(facts.counts.get(C::Polysyllables))).sqrt(),
        denominator_name: "sqrt(sentences)",
        denominator: f64::from(facts.counts.get(C::Sentences)).sqrt(),
    };
    Figure::sum(3.1291, vec![term])
}

fn dale_chall(facts: &Facts) -> Option<Figure> {
    let count = |id: C| f64::from(facts.counts.get(id));
    let term = |weight, over: C, under: C| Term {
        weight,
        numerator_name: over.name(),
        numerator: count(over),
        denominator_name: under.name(),
        denominator: count(under),
    };
    let many = count(C::UnfamiliarWords) / count(C::Words) > 0.05;
    let terms = vec![term(15.79, C::UnfamiliarWords, C::Words), term(0.0496, C::Words, C::Sentences)];
    Figure::sum(if many { 3.6365 } else { 0.0 }, terms)
}

fn linsear_write(facts: &Facts) -> Option<Figure> {
    let count = |id: C| f64::from(facts.counts.get(id));
    let term = Term {
        weight: 0.5,
        numerator_name: "words + 2 * polysyllables",
        numerator: count(C::Words) + 2.0 * count(C::Polysyllables),
        denominator_name: C::Sentences.name(),
        denominator: count(C::Sentences),
    };
    let is_hard = term.numerator > 20.0 * term.denominator;
    Figure::sum(if is_hard { 0.0 } else { -1.0 }, vec![term])
}
