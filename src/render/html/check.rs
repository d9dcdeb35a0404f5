//! The report of one submission.

use maud::{Render, html};

use super::atoms::{Atoms, listed};
use super::offsets::Offsets;
use super::options::RenderOptions;
use super::page::Script;
use super::passages::{Passages, Whole};
use super::submission::{Submission, paragraphs};
use super::{alerts, guide, page, sources, strip, summary};
use crate::proto::Report;

/// Renders a report as one HTML file. `text` is the submission.
///
/// The report should have excerpts (`include_excerpts`): without them, the file says that the texts of the sources are
/// missing. Offsets may have any unit. A report of another text gives marks at the wrong places, but no error: spans are
/// cut to the text.
///
/// Time is `n log n` in the report and near-linear in the texts.
#[must_use]
pub fn check(report: &Report, text: &str, options: &RenderOptions) -> String {
    let offsets = Offsets::new(text, report.offset_unit());
    let listed = listed(report, &offsets);
    let paragraphs = paragraphs(text);
    let atoms = Atoms::new(report, &offsets, &listed, &paragraphs);
    let submission = Submission::new(report, &offsets, &atoms, &listed, &paragraphs);
    let excluded: Vec<_> =
        report.exclusions.iter().map(|exclusion| offsets.range(exclusion.span.as_ref())).collect();
    let whole = Whole { offsets: &offsets, atoms: &atoms, excluded: &excluded };
    let passages =
        Passages { report, whole: Some(whole), sides: ["Submission", "Source"], prefix: String::new() };
    let subject = page::heading(options, "Submission");
    let mut out = page::begin("Similarity report", &subject, Script::Check, options);
    html! {
        (contents(report))
        (summary::section(report, &offsets, options))
        (alerts::section(&report.alerts, &offsets))
        (strip::strip(&atoms, &listed, text.len()))
        div class="reading" {
            (sources::section(report, options))
            section id="text" aria-labelledby="text-h" {
                h2 id="text-h" { "Submission" }
                div class="t text" { (submission) }
            }
        }
    }
    .render_to(&mut out);
    let mut of_sources = listed.iter().peekable();
    html! { @if !listed.is_empty() { h2 id="passages" { "Passages side by side" } } }.render_to(&mut out);
    for (source, place) in report.sources.iter().zip(1..) {
        out.push_str("<section>");
        html! {
            h3 id={ "s" (place) } { (sources::badge(place)) span class="sr" { "Source " (place) } " " (sources::name(source, options)) }
        }
        .render_to(&mut out);
        while let Some(listed) = of_sources.next_if(|listed| listed.source == place) {
            passages.passage(listed).render_to(&mut out);
        }
        sources::cut(source).render_to(&mut out);
        out.push_str("</section>");
    }
    html! { (guide::section()) (summary::made(report, options)) }.render_to(&mut out);
    out.push_str(&page::end(Script::Check));
    out
}

fn contents(report: &Report) -> maud::Markup {
    html! {
        nav class="contents" aria-label="Contents" {
            a href="#summary" { "Summary" } " "
            @if !report.alerts.is_empty() { a href="#alerts" { "Signs of hiding" } " " }
            a href="#sources" { "Sources" } " "
            a href="#text" { "Submission" } " "
            @if !report.sources.is_empty() { a href="#passages" { "Passages" } " " }
            a href="#guide" { "How to read this report" } " "
            a href="#made" { "How it was made" }
        }
    }
}
