//! Counts and measures for people.

use super::figures::{counted, number};
use crate::proto;

/// The widest name of a measure that is aligned with the others.
const NAME_WIDTH: usize = 38;

/// The counts and measures of a text, one a line; with `formulas` also how each is computed and where it was published.
pub(in crate::cli) fn analysis(response: &proto::AnalyzeResponse, formulas: bool) -> String {
    let mut out = String::new();
    let length = response.length.unwrap_or_default();
    let about = if length.page_basis() == proto::PageBasis::Words { "about " } else { "" };
    line(
        &mut out,
        &format!(
            "{}, {about}{}",
            counted(length.words, "word", "words"),
            counted(length.pages, "page", "pages")
        ),
    );
    line(&mut out, &language(response));
    if response.collection_sources > 0 {
        let (sampled, all) = (number(response.percentile_sources), number(response.collection_sources));
        line(&mut out, &format!("percentiles among {sampled} of {all} sources"));
    }
    line(&mut out, "\nCounts");
    for count in &response.counts {
        let name = count.name.replace('_', " ");
        let value = count.count.map(number);
        row(&mut out, &name, value, count.percentile, count.not_applicable.as_ref());
    }
    let mut family = proto::MeasureFamily::Unspecified;
    for measure in &response.measures {
        if measure.family() != family {
            family = measure.family();
            line(&mut out, title(family));
        }
        let value = measure.value.map(|value| format!("{value:.decimals$}", decimals = decimals(value)));
        row(&mut out, &measure.title, value, measure.percentile, measure.not_applicable.as_ref());
        if formulas {
            line(&mut out, &format!("    {} = {}", measure.name, measure.formula));
            line(&mut out, &format!("    {}", measure.reference));
        }
    }
    out.trim_end().to_owned()
}

/// Decimals that leave some three digits.
fn decimals(value: f64) -> usize {
    match value.abs() {
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 4,
    }
}

fn language(response: &proto::AnalyzeResponse) -> String {
    match response.language_basis() {
        proto::LanguageBasis::Stated => format!("language {} (stated)", response.language),
        proto::LanguageBasis::Detected => format!("language {}", response.language),
        proto::LanguageBasis::Mixed => "parts in different languages".to_owned(),
        proto::LanguageBasis::Unknown | proto::LanguageBasis::Unspecified => "language not known".to_owned(),
    }
}

fn title(family: proto::MeasureFamily) -> &'static str {
    match family {
        proto::MeasureFamily::Readability => "\nReadability",
        proto::MeasureFamily::Vocabulary => "\nVocabulary",
        proto::MeasureFamily::Style => "\nStyle",
        proto::MeasureFamily::Unspecified => "\nOther measures",
    }
}

fn row(
    out: &mut String,
    name: &str,
    value: Option<String>,
    percentile: Option<f64>,
    reason: Option<&proto::NotApplicable>,
) {
    let value = match value {
        Some(value) => format!("{value:>10}"),
        None => format!("{:>10}  {}", "-", reason.map_or("", |reason| reason.message.as_str())),
    };
    let percentile = percentile.map(|percentile| format!("  percentile {percentile:>5.1}"));
    line(out, &format!("  {name:NAME_WIDTH$} {value}{}", percentile.unwrap_or_default()));
}

fn line(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}
