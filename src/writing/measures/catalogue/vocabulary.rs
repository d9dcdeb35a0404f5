//! Measures of how varied and how rare the words of a text are.

use super::{Definition, Figure, Rule, Term, part};
use crate::writing::measures::count::{CountId as C, Needs};
use crate::writing::measures::counting::Facts;
use crate::writing::measures::diversity;

/// The fewest words: below, these measures say more of the length than of the vocabulary.
const LEAST_WORDS: u32 = 100;

const SPACED: Definition = Definition {
    name: "",
    title: "",
    formula: "",
    reference: "",
    needs: Needs::Spaces,
    least_words: LEAST_WORDS,
    least_sentences: 1,
    rule: Rule::Sum(0.0, &[]),
};

/// The measures, in order.
pub(super) const MEASURES: &[Definition] = &[
    Definition {
        name: "type_token_ratio",
        title: "Type-token ratio",
        formula: "types / words",
        reference: "Johnson 1944, Studies in language behavior, Psychological Monographs 56; falls with the length",
        rule: Rule::Sum(0.0, &[part(1.0, C::Types, C::Words)]),
        ..SPACED
    },
    Definition {
        name: "guiraud",
        title: "Guiraud's index (root TTR)",
        formula: "types / sqrt(words)",
        reference: "Guiraud 1954, Les caractères statistiques du vocabulaire",
        rule: Rule::Own(|facts| Figure::ratio("types", types(facts), "sqrt(words)", words(facts).sqrt())),
        ..SPACED
    },
    Definition {
        name: "corrected_ttr",
        title: "Carroll's corrected TTR",
        formula: "types / sqrt(2 * words)",
        reference: "Carroll 1964, Language and Thought",
        rule: Rule::Own(|facts| {
            Figure::ratio("types", types(facts), "sqrt(2 * words)", (2.0 * words(facts)).sqrt())
        }),
        ..SPACED
    },
    Definition {
        name: "herdan_c",
        title: "Herdan's C (log TTR)",
        formula: "ln(types) / ln(words)",
        reference: "Herdan 1960, Type-Token Mathematics",
        rule: Rule::Own(|facts| {
            Figure::ratio("ln(types)", types(facts).ln(), "ln(words)", words(facts).ln())
        }),
        ..SPACED
    },
    Definition {
        name: "summer_s",
        title: "Somers' S",
        formula: "ln(ln(types)) / ln(ln(words))",
        reference: "Somers 1966, Statistical methods in literary analysis",
        rule: Rule::Own(|facts| {
            Figure::ratio("ln(ln(types))", types(facts).ln().ln(), "ln(ln(words))", words(facts).ln().ln())
        }),
        ..SPACED
    },
    Definition {
        name: "dugast_u",
        title: "Dugast's U",
        formula: "ln(words)^2 / (ln(words) - ln(types)); in natural logarithms",
        reference: "Dugast 1978, Sur quoi se fonde la notion d'étendue théorique du vocabulaire, Le français moderne 46",
        rule: Rule::Own(|facts| {
            let (words, types) = (words(facts).ln(), types(facts).ln());
            Figure::ratio("ln(words)^2", words * words, "ln(words) - ln(types)", words - types)
        }),
        ..SPACED
    },
    Definition {
        name: "maas_a2",
        title: "Maas' a²",
        formula: "(ln(words) - ln(types)) / ln(words)^2; in natural logarithms",
        reference: "Maas 1972, Über den Zusammenhang zwischen Wortschatzumfang und Länge eines Textes, LiLi 8",
        rule: Rule::Own(|facts| {
            let (words, types) = (words(facts).ln(), types(facts).ln());
            Figure::ratio("ln(words) - ln(types)", words - types, "ln(words)^2", words * words)
        }),
        ..SPACED
    },
    Definition {
        name: "yule_k",
        title: "Yule's K",
        formula: "10000 * (sum of squared occurrences of each type - words) / words^2",
        reference: "Yule 1944, The Statistical Study of Literary Vocabulary",
        rule: Rule::Own(yule_k),
        ..SPACED
    },
    Definition {
        name: "simpson_d",
        title: "Simpson's D",
        formula: "pairs of equal words / pairs of words",
        reference: "Simpson 1949, Measurement of diversity, Nature 163",
        rule: Rule::Own(simpson_d),
        ..SPACED
    },
    Definition {
        name: "honore_r",
        title: "Honoré's R",
        formula: "100 * ln(words) / (1 - hapaxes / types)",
        reference: "Honoré 1979, Some simple measures of richness of vocabulary, ALLC Bulletin 7",
        rule: Rule::Own(|facts| {
            let repeated = 1.0 - f64::from(facts.counts.get(C::Hapaxes)) / types(facts);
            Figure::ratio("100 * ln(words)", 100.0 * words(facts).ln(), "1 - hapaxes / types", repeated)
        }),
        ..SPACED
    },
    Definition {
        name: "hapax_share",
        title: "Words that occur once",
        formula: "hapaxes / words",
        reference: "Baayen 2001, Word Frequency Distributions",
        rule: Rule::Sum(0.0, &[part(1.0, C::Hapaxes, C::Words)]),
        ..SPACED
    },
    Definition {
        name: "mattr",
        title: "Moving-average TTR (50 words)",
        formula: "mean of types / 50 over all windows of 50 words",
        reference: "Covington & McFall 2010, Cutting the Gordian knot, Journal of Quantitative Linguistics 17",
        rule: Rule::Own(|facts| {
            let sums = diversity::moving_types(&facts.words, &facts.occurrences)?;
            Figure::ratio("types in all windows", sums.types, "words in all windows", sums.words)
        }),
        ..SPACED
    },
    Definition {
        name: "mtld",
        title: "MTLD",
        formula: "mean of words / factors, forwards and backwards; a factor ends where its TTR falls to 0.72",
        reference: "McCarthy & Jarvis 2010, MTLD, vocd-D, and HD-D, Behavior Research Methods 42",
        rule: Rule::Own(mtld),
        ..SPACED
    },
    Definition {
        name: "hdd",
        title: "HD-D",
        formula: "expected types among 42 words drawn at random / 42",
        reference: "McCarthy & Jarvis 2007, vocd: a theoretical and empirical evaluation, Language Testing 24",
        rule: Rule::Own(|facts| {
            let types = diversity::expected_types(&facts.occurrences)?;
            Figure::ratio("expected types", types, "words drawn", f64::from(diversity::DRAWN))
        }),
        ..SPACED
    },
    Definition {
        name: "distinct_triples",
        title: "Different sequences of three words",
        formula: "different sequences of three words / sequences of three words",
        reference: "Li, Galley, Brockett, Gao & Dolan 2016, A diversity-promoting objective function, NAACL (distinct-3); falls with the length",
        rule: Rule::Own(|facts| {
            let triples = diversity::triples(&facts.words)?;
            Figure::ratio("different sequences", triples.different, "sequences", triples.all)
        }),
        ..SPACED
    },
    Definition {
        name: "rare_share",
        title: "Words beyond the 2,000 most frequent",
        formula: "rare_words / words",
        reference: "Laufer & Nation 1995, Vocabulary size and use, Applied Linguistics 16; with the frequencies of wordfreq",
        needs: Needs::English,
        rule: Rule::Sum(0.0, &[part(1.0, C::RareWords, C::Words)]),
        ..SPACED
    },
    Definition {
        name: "advanced_guiraud",
        title: "Advanced Guiraud",
        formula: "rare_types / sqrt(words)",
        reference: "Daller, van Hout & Treffers-Daller 2003, Lexical richness in the spontaneous speech of bilinguals, Applied Linguistics 24",
        needs: Needs::English,
        rule: Rule::Own(|facts| {
            let rare = f64::from(facts.counts.get(C::RareTypes));
            Figure::ratio("rare_types", rare, "sqrt(words)", words(facts).sqrt())
        }),
        ..SPACED
    },
    Definition {
        name: "lexical_density",
        title: "Lexical density",
        formula: "(words - function_words) / words",
        reference: "Ure 1971, Lexical density and register differentiation",
        needs: Needs::English,
        rule: Rule::Own(|facts| {
            let content = words(facts) - f64::from(facts.counts.get(C::FunctionWords));
            Figure::ratio("words - function_words", content, "words", words(facts))
        }),
        ..SPACED
    },
];

fn words(facts: &Facts) -> f64 {
    f64::from(facts.counts.get(C::Words))
}

fn types(facts: &Facts) -> f64 {
    f64::from(facts.counts.get(C::Types))
}

fn yule_k(facts: &Facts) -> Option<Figure> {
    let squares: f64 = facts.occurrences.iter().map(|&times| f64::from(times).powi(2)).sum();
    let numerator = 10_000.0 * (squares - words(facts));
    Figure::ratio("10000 * (sum of squared occurrences - words)", numerator, "words^2", words(facts).powi(2))
}

fn simpson_d(facts: &Facts) -> Option<Figure> {
    let pairs: f64 = facts.occurrences.iter().map(|&times| f64::from(times) * (f64::from(times) - 1.0)).sum();
    let all = words(facts) * (words(facts) - 1.0);
    Figure::ratio("pairs of equal words", pairs / 2.0, "pairs of words", all / 2.0)
}

fn mtld(facts: &Facts) -> Option<Figure> {
    let types = facts.occurrences.len();
    let forward = diversity::factors(facts.words.iter().copied(), types);
    let backward = diversity::factors(facts.words.iter().rev().copied(), types);
    let term = |denominator_name, denominator| Term {
        weight: 0.5,
        numerator_name: "words",
        numerator: words(facts),
        denominator_name,
        denominator,
    };
    Figure::sum(0.0, vec![term("factors forwards", forward), term("factors backwards", backward)])
}
