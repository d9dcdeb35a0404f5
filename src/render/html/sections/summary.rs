//! The head of a report: coverage, guarantee, and how it was made.

use maud::{Markup, html};

use super::sources::bar;
use crate::proto::{GuaranteeVoid, GuaranteeVoidReason, NotCheckedReason, Report, Share, Warning};
use crate::render::html::glyphs::Visible;
use crate::render::html::offsets::Offsets;
use crate::render::html::options::{RenderOptions, ReportKind};
use crate::render::{counted, number, percent};

/// Spans that are named where the guarantee does not hold.
const NAMED_SPANS: usize = 10;

/// Words of a named span that are shown.
const SPAN_CHARS: usize = 60;

const NO_SOURCES: &str = "No source was in scope, so nothing could be found.";
const TOO_SHORT: &str = "The text has too few words to be checked.";
const ALL_EXCLUDED: &str = "All words of the text are excluded, so no word is left to count.";

/// Why a submission was not checked.
fn not_checked(report: &Report) -> Option<&'static str> {
    match report.not_checked() {
        NotCheckedReason::NoSources => return Some(NO_SOURCES),
        NotCheckedReason::TooShort => return Some(TOO_SHORT),
        NotCheckedReason::AllExcluded => return Some(ALL_EXCLUDED),
        NotCheckedReason::Unspecified => {}
    }
    // Reports of older servers give no reason.
    let considered = report.coverage.unwrap_or_default().of_words;
    if report.sources_in_scope == 0 {
        Some(NO_SOURCES)
    } else if report.too_few_words > 0 && report.too_few_words >= report.words {
        Some(TOO_SHORT)
    } else if report.words == 0 {
        Some("The text has no words.")
    } else if considered == 0 {
        Some(ALL_EXCLUDED)
    } else {
        None
    }
}

/// The section with coverage and guarantee.
pub(in crate::render::html) fn section(
    report: &Report,
    offsets: &Offsets<'_>,
    options: &RenderOptions,
) -> Markup {
    html! {
        section id="summary" aria-labelledby="summary-h" data-words=(report.words) data-few=(report.too_few_words) {
            h2 id="summary-h" class="sr" { "Summary" }
            @if let Some(reason) = not_checked(report) {
                p class="headline" { strong { "Not checked" } }
                p { (reason) }
            } @else {
                (headline(report))
                (guarantee(report, offsets, options))
            }
            (warnings(&report.warnings, report.warnings_cut))
        }
    }
}

fn headline(report: &Report) -> Markup {
    let coverage = report.coverage.unwrap_or_default();
    html! {
        p class="headline" {
            strong id="pct" { (percent(&coverage)) } " "
            span { "covered: " b id="num" { (number(coverage.words)) } " of " b id="den" { (number(coverage.of_words)) } " words" }
        }
        (bar(&coverage, 0))
        @if report.sources_found > 0 {
            p {
                (counted(report.passages_found, "passage", "passages")) " from "
                (counted(report.sources_found, "source", "sources")) "."
            }
        } @else {
            p { "Nothing was found in the " (sources(report.sources_in_scope)) " in scope." }
        }
        @if report.excluded_words > 0 {
            p {
                (counted(report.excluded_words, "word is", "words are")) " excluded from the count."
                @if let Some(all) = &report.coverage_without_exclusions {
                    " With nothing excluded: " (percent(all)) ", " (share(all)) "."
                }
            }
        }
        @if report.too_few_words > 0 {
            p { (counted(report.too_few_words, "word was", "words were")) " too few to check." }
        }
    }
}

/// What of the request had no effect.
pub(in crate::render::html) fn warnings(warnings: &[Warning], cut: u64) -> Markup {
    html! {
        @if !warnings.is_empty() {
            div class="warn" {
                p { strong { "Warnings" } ": parts of the request had no effect." }
                ul {
                    @for warning in warnings {
                        li { bdi { (Visible::all(&warning.message)) } " (" code { (Visible::all(&warning.field)) } ")" }
                    }
                }
                @if cut > 0 { p { "And " (counted(cut, "more warning", "more warnings")) "." } }
            }
        }
    }
}

/// A share in words: `375 of 1,000 words`.
fn share(share: &Share) -> String {
    format!("{} of {}", number(share.words), counted(share.of_words, "word", "words"))
}

fn sources(count: u64) -> String {
    if count == 1 { "one source".to_owned() } else { counted(count, "source", "sources") }
}

/// The guarantee and what voids it.
fn guarantee(report: &Report, offsets: &Offsets<'_>, options: &RenderOptions) -> Markup {
    let guarantee = report.guarantee.clone().unwrap_or_default();
    let run = counted(guarantee.min_run_words.into(), "word", "words");
    let in_scope = match options.kind {
        ReportKind::Check => format!("{} in scope", sources(report.sources_in_scope)),
        ReportKind::Compare | ReportKind::Pair => format!("{} compared", sources(report.sources_in_scope)),
    };
    html! {
        @if guarantee.holds {
            p class="guarantee" { "Guarantee: every run of " (run) " or more copied from the " (in_scope) " is found." }
        } @else {
            div class="guarantee void" {
                p { "The guarantee does not hold: runs of " (run) " or more copied from the " (in_scope) " may have been missed." }
                ul { @for void in &guarantee.voids { li { (self::void(void, report, offsets)) } } }
            }
        }
    }
}

fn void(void: &GuaranteeVoid, report: &Report, offsets: &Offsets<'_>) -> Markup {
    let cut = match void.reason() {
        GuaranteeVoidReason::MissingPartitions => report.missing_partitions.len() as u64,
        _ => report.candidates_cut,
    };
    let reason = void_reason(void.reason(), void.limit, cut);
    let more = void.spans.len().saturating_sub(NAMED_SPANS);
    html! {
        (reason) ". Affected: "
        @for (place, span) in void.spans.iter().take(NAMED_SPANS).enumerate() {
            @if place > 0 { ", " }
            q class="t" dir="auto" { (beginning(offsets, offsets.range(Some(span)))) }
        }
        @if more > 0 { " and " (counted(more as u64, "more place", "more places")) }
        "."
    }
}

/// The beginning of a range of the text.
fn beginning(offsets: &Offsets<'_>, range: std::ops::Range<usize>) -> Markup {
    let text = offsets.text().get(range).unwrap_or_default();
    let end = text.char_indices().nth(SPAN_CHARS).map_or(text.len(), |(byte, _)| byte);
    html! { (Visible::all(text.get(..end).unwrap_or_default())) @if end < text.len() { "…" } }
}

/// The limit that was reached, as a sentence without its stop. `cut` is what was left out by it, if that is known.
pub(in crate::render::html) fn void_reason(reason: GuaranteeVoidReason, limit: u64, cut: u64) -> String {
    match reason {
        GuaranteeVoidReason::CommonnessCap => {
            format!("Runs that more than {} share were excluded", counted(limit, "source", "sources"))
        }
        GuaranteeVoidReason::PostingLimit => {
            "Some runs occur in so many sources that only a few of these were compared".to_owned()
        }
        GuaranteeVoidReason::CandidateLimit => {
            let cut = if cut > 0 { counted(cut, "candidate", "candidates") } else { "Candidates".to_owned() };
            format!("{cut} beyond the first {} were not compared", number(limit))
        }
        GuaranteeVoidReason::MissingPartitions => {
            let cut = if cut > 0 { number(cut) } else { "Some".to_owned() };
            format!(
                "{cut} of the {} partitions of the corpus did not answer, and their sources were not compared",
                number(limit)
            )
        }
        GuaranteeVoidReason::Unspecified => format!("A limit of {} was reached", number(limit)),
    }
}

/// The section that says how the report was made.
pub(in crate::render::html) fn made(report: &Report, options: &RenderOptions) -> Markup {
    let kind = match options.kind {
        ReportKind::Check => "A check against a corpus",
        ReportKind::Compare => "A comparison with given texts",
        ReportKind::Pair => "A comparison of two sources",
    };
    html! {
        section id="made" aria-labelledby="made-h" {
            h2 id="made-h" { "How this report was made" }
            dl {
                dt { "Kind" } dd { (kind) }
                @if !options.collections.is_empty() {
                    dt { "Collections" }
                    dd { @for (place, name) in options.collections.iter().enumerate() { @if place > 0 { ", " } bdi { (Visible::all(name)) } } }
                }
                dt { "Sources in scope" } dd { (number(report.sources_in_scope)) }
                dt { "Sources compared" } dd { (number(report.candidates.saturating_sub(report.candidates_cut))) }
                @if report.corpus_revision > 0 { dt { "Corpus revision" } dd { (report.corpus_revision) } }
                (provenance(&report.settings_digest, report.algorithm_version, options))
            }
        }
    }
}

/// The entries of the settings, the versions and the time.
pub(in crate::render::html) fn provenance(
    digest: &str,
    algorithm_version: u32,
    options: &RenderOptions,
) -> Markup {
    html! {
        @for setting in &options.settings {
            dt { (Visible::all(&setting.name)) } dd { bdi { (Visible::all(&setting.value)) } }
        }
        dt { "Settings digest" } dd { code { (Visible::all(digest)) } }
        dt { "Algorithm version" } dd { (algorithm_version) }
        dt { "Rendered" } dd { time datetime=(options.time()) { (options.time()) } " by palimpsest " (env!("CARGO_PKG_VERSION")) }
    }
}
