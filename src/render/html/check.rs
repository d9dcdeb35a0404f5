//! The report of one submission.

use maud::{Markup, Render, html};

use super::atoms::{Atoms, Listed, Listing};
use super::offsets::Offsets;
use super::options::{RenderOptions, ReportKind};
use super::page::Script;
use super::passages::{Passages, Whole};
use super::sections::{alerts, document, groups, guide, sources, strip, summary};
use super::submission::{Submission, paragraphs};
use super::{language, page};
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
    let listing = Listing::new(report, &offsets);
    let paragraphs = paragraphs(text);
    let atoms = Atoms::new(report, &offsets, &listing.passages, &paragraphs);
    let submission = Submission::new(report, &offsets, &atoms, &listing.passages, &paragraphs);
    let excluded: Vec<_> =
        report.exclusions.iter().map(|exclusion| offsets.range(exclusion.span.as_ref())).collect();
    let whole = Whole { offsets: &offsets, atoms: &atoms, excluded: &excluded };
    let middle = html! {
        (groups::section(&atoms, &listing.passages))
        (strip::strip(&atoms, &listing.passages, text.len()))
        div class="reading" {
            (sources::section(report, options))
            section id="text" aria-labelledby="text-h" {
                h2 id="text-h" { "Submission" }
                div class="t text" lang=(language::code(text)) { (submission) }
            }
        }
    };
    page(report, &offsets, &middle, (&listing, Some(whole)), options)
}

/// Renders a report without the text of its submission: passages have their excerpts, and nothing else is shown.
#[must_use]
pub fn excerpts(report: &Report, options: &RenderOptions) -> String {
    let offsets = Offsets::new("", report.offset_unit());
    let listing = Listing::new(report, &offsets);
    let middle = html! {
        (sources::section(report, options))
        section id="text" aria-labelledby="text-h" {
            h2 id="text-h" { "Submission" }
            p class="note" { "The text of the submission is not in this report. The passages below have their excerpts." }
        }
    };
    page(report, &offsets, &middle, (&listing, None), options)
}

fn page(
    report: &Report,
    offsets: &Offsets<'_>,
    middle: &Markup,
    (listing, whole): (&Listing<'_>, Option<Whole<'_>>),
    options: &RenderOptions,
) -> String {
    let sides = match options.kind {
        ReportKind::Check | ReportKind::Compare => ["Submission", "Source"],
        ReportKind::Pair => ["First", "Second"],
    };
    let languages = [language::code(offsets.text()), ""];
    let passages = Passages { report, whole, sides, languages, prefix: String::new() };
    let subject = page::heading(options, "Submission");
    let mut out = page::begin("Similarity report", &subject, Script::Check, options);
    html! {
        (contents(report))
        (summary::section(report, offsets, options))
        (document::section(report.document.as_ref(), options))
        (alerts::section(&report.alerts, offsets))
        (middle)
        @if !listing.passages.is_empty() { h2 id="passages" { "Passages side by side" } }
    }
    .render_to(&mut out);
    side_by_side(report, &listing.passages, &passages, options, &mut out);
    html! { (listing.note()) (guide::section()) (summary::made(report, options)) }.render_to(&mut out);
    out.push_str(&page::end(Script::Check));
    out
}

/// The passages, by source.
fn side_by_side(
    report: &Report,
    listed: &[Listed<'_>],
    passages: &Passages<'_>,
    options: &RenderOptions,
    out: &mut String,
) {
    let mut listed = listed.iter().peekable();
    for (source, place) in report.sources.iter().zip(1..) {
        out.push_str("<section>");
        html! {
            h3 id={ "s" (place) } { (sources::badge(place)) span class="sr" { "Source " (place) } " " (sources::name(source, options)) }
        }
        .render_to(out);
        let passages = passages.of_source(source);
        while let Some(listed) = listed.next_if(|listed| listed.source == place) {
            passages.passage(listed).render_to(out);
        }
        sources::cut(source).render_to(out);
        out.push_str("</section>");
    }
}

fn contents(report: &Report) -> Markup {
    html! {
        nav class="contents" aria-label="Contents" {
            a href="#summary" { "Summary" } " "
            @if report.document.is_some() { a href="#document" { "Document" } " " }
            @if !report.alerts.is_empty() { a href="#alerts" { "Signs of hiding" } " " }
            a href="#sources" { "Sources" } " "
            a href="#text" { "Submission" } " "
            @if !report.sources.is_empty() { a href="#s1" { "Passages" } " " }
            a href="#guide" { "How to read this report" } " "
            a href="#made" { "How it was made" }
        }
    }
}
