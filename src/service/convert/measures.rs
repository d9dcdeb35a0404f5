//! Counts and measures to messages.

use super::length::text_length;
use crate::proto;
use crate::writing::measures::{
    CountId, Family, Figure, MeasureId, Measures, NotApplicable, Term, TextLanguage,
};

/// The counts and measures of a text with these pages, without percentiles.
#[must_use]
pub fn analysis(measures: &Measures, pages: Option<&proto::DocumentPages>) -> proto::AnalyzeResponse {
    let words = measures.count(CountId::Words).map_or(0, u64::from);
    let language = measures.language();
    proto::AnalyzeResponse {
        length: Some(text_length(words, pages)),
        language: language.language().map_or("", |language| language.code()).to_owned(),
        language_basis: language_basis(language).into(),
        counts: CountId::ALL.iter().map(|&id| text_count(measures, id)).collect(),
        measures: MeasureId::all().map(|id| text_measure(measures, id)).collect(),
        percentile_sources: 0,
        collection_sources: 0,
    }
}

fn language_basis(language: TextLanguage) -> proto::LanguageBasis {
    match language {
        TextLanguage::Stated(_) => proto::LanguageBasis::Stated,
        TextLanguage::Detected(_) => proto::LanguageBasis::Detected,
        TextLanguage::Mixed => proto::LanguageBasis::Mixed,
        TextLanguage::Unknown => proto::LanguageBasis::Unknown,
    }
}

fn text_count(measures: &Measures, id: CountId) -> proto::TextCount {
    let count = measures.count(id);
    proto::TextCount {
        name: id.name().to_owned(),
        count: count.ok().map(u64::from),
        description: id.description().to_owned(),
        not_applicable: count.err().map(not_applicable),
        percentile: None,
    }
}

fn text_measure(measures: &Measures, id: MeasureId) -> proto::TextMeasure {
    let (figure, reason) = match measures.figure(id) {
        Ok(figure) => (Some(figure), None),
        Err(reason) => (None, Some(not_applicable(reason))),
    };
    let ratio = figure.as_ref().and_then(ratio);
    let (value, constant) =
        figure.as_ref().map_or((None, 0.0), |figure| (Some(figure.value), figure.constant));
    proto::TextMeasure {
        name: id.name().to_owned(),
        title: id.title().to_owned(),
        value,
        not_applicable: reason,
        formula: id.formula().to_owned(),
        numerator: ratio.map(|term| term.numerator),
        denominator: ratio.map(|term| term.denominator),
        reference: id.reference().to_owned(),
        percentile: None,
        family: family(id.family()).into(),
        constant,
        terms: figure.map_or_else(Vec::new, |figure| figure.terms.iter().map(term).collect()),
    }
}

/// The ratio that a figure is, if it is one.
#[expect(clippy::float_cmp, reason = "the constants are exact")]
fn ratio(figure: &Figure) -> Option<Term> {
    match *figure.terms.as_slice() {
        [term] if term.weight == 1.0 && figure.constant == 0.0 => Some(term),
        _ => None,
    }
}

fn term(term: &Term) -> proto::MeasureTerm {
    proto::MeasureTerm {
        weight: term.weight,
        numerator_name: term.numerator_name.to_owned(),
        numerator: term.numerator,
        denominator_name: term.denominator_name.to_owned(),
        denominator: term.denominator,
    }
}

fn family(family: Family) -> proto::MeasureFamily {
    match family {
        Family::Readability => proto::MeasureFamily::Readability,
        Family::Vocabulary => proto::MeasureFamily::Vocabulary,
        Family::Style => proto::MeasureFamily::Style,
    }
}

fn not_applicable(reason: NotApplicable) -> proto::NotApplicable {
    use proto::NotApplicableReason as R;
    let kind = match reason {
        NotApplicable::NoWords => R::NoWords,
        NotApplicable::TooFewWords { .. } => R::TooFewWords,
        NotApplicable::TooFewSentences { .. } => R::TooFewSentences,
        NotApplicable::OtherLanguage(_) => R::OtherLanguage,
        NotApplicable::MixedLanguages => R::MixedLanguages,
        NotApplicable::UnknownLanguage => R::UnknownLanguage,
        NotApplicable::UnspacedScript => R::UnspacedScript,
        NotApplicable::Undefined => R::Undefined,
    };
    proto::NotApplicable { reason: kind.into(), message: reason.to_string() }
}
