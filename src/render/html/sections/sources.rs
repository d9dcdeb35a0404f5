//! The sources as ranked cards, and the strip that shows where their passages are.

use maud::{Markup, html};

use crate::proto::{Report, Share, SourceOverlap};
use crate::render::html::ages;
use crate::render::html::glyphs::Visible;
use crate::render::html::options::{RenderOptions, ReportKind};
use crate::render::{counted, number, percent};

/// The section of sources.
pub(in crate::render::html) fn section(report: &Report, options: &RenderOptions) -> Markup {
    html! {
        section id="sources" aria-labelledby="sources-h" {
            h2 id="sources-h" { "Sources" }
            @if report.sources.is_empty() {
                p { "No source is listed." }
            } @else {
                ol class="cards" {
                    @for (source, place) in report.sources.iter().zip(1..) { (card(source, place, options)) }
                }
            }
            @if report.sources_cut > 0 {
                p class="note" {
                    "Not listed: " (counted(report.sources_cut, "more source", "more sources"))
                    ". Their words are counted."
                }
            }
        }
    }
}

fn card(source: &SourceOverlap, place: usize, options: &RenderOptions) -> Markup {
    let covered = source.covered.unwrap_or_default();
    let used = source.source_used.unwrap_or_default();
    let passages = source.passages.len() as u64 + source.passages_cut;
    html! {
        li class="card" data-s=(place) {
            h3 {
                a href={ "#s" (place) } { (badge(place)) span class="sr" { "Source " (place) } }
                " " (name(source, options))
            }
            (bar(&covered, place))
            p class="big" { strong class="n1" { (percent(&covered)) } " " span class="n2" { (number(covered.words)) } " words" }
            p class="facts" {
                (number(source.unique_words)) " of them only here. "
                (counted(passages, "passage", "passages")) ". "
                (percent(&used)) " of the source used: " (number(used.words)) " of " (number(used.of_words)) " words."
                (details(source, options))
            }
        }
    }
}

/// The number of a source with its pattern.
pub(in crate::render::html) fn badge(place: usize) -> Markup {
    html! { span class={ "badge s" (place % 8) } aria-hidden="true" { (place) } }
}

/// The title of a source, or its id; nothing if names are hidden.
pub(in crate::render::html) fn name(source: &SourceOverlap, options: &RenderOptions) -> Markup {
    let (title, id) = (source.title.trim(), source.source_id.as_str());
    html! {
        @if !options.hide_names {
            span class="name" {
                @if title.is_empty() || title == id {
                    bdi { (Visible::all(id)) }
                } @else {
                    bdi { (Visible::all(title)) } " " small { bdi { (Visible::all(id)) } }
                }
            }
        }
    }
}

/// Collection, group, labels, age and address.
fn details(source: &SourceOverlap, options: &RenderOptions) -> Markup {
    let sides = match options.kind {
        ReportKind::Check | ReportKind::Compare => ["submission", "source"],
        ReportKind::Pair => ["first text", "second"],
    };
    let submitted = source.submitted_at.and_then(|time| ages::day(time.seconds));
    html! {
        @if !source.collection.is_empty() { " Collection " bdi { (Visible::all(&source.collection)) } "." }
        @if let Some(day) = submitted { " Handed in on " time datetime=(day) { (day) } "." }
        @if let Some(older) = ages::older(source.older(), sides) { " " (older) }
        @if !options.hide_names { (names(source)) }
    }
}

/// Group, labels and address, which tell who wrote a source.
fn names(source: &SourceOverlap) -> Markup {
    html! {
        @if !source.group.is_empty() {
            span class="name" { " Group " bdi { (Visible::all(&source.group)) } "." }
        }
        @if !source.labels.is_empty() {
            span class="name" {
                " Labels "
                @for (place, label) in source.labels.iter().enumerate() {
                    @if place > 0 { ", " }
                    bdi { (Visible::all(label)) }
                }
                "."
            }
        }
        @if !source.uri.is_empty() { span class="name" { " " (address(&source.uri)) "." } }
    }
}

/// The address of a source: a link if it is one of the web, and text otherwise. A reader who follows it tells the other site
/// nothing of the report.
fn address(uri: &str) -> Markup {
    let is_web = ["https://", "http://"].iter().any(|scheme| uri.starts_with(scheme));
    let is_plain = uri
        .chars()
        .all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}'));
    html! {
        @if is_web && is_plain {
            a href=(uri) rel="noreferrer noopener nofollow" { bdi { (uri) } }
        } @else {
            bdi { (Visible::all(uri)) }
        }
    }
}

/// A bar for a share.
pub(in crate::render::html) fn bar(share: &Share, place: usize) -> Markup {
    let width = share.percent.clamp(0.0, 100.0);
    html! {
        svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true" {
            rect class="back" width="100" height="1" {}
            rect class={ "f" (place % 8) } width=(format!("{width:.2}")) height="1" {}
        }
    }
}

/// The passages of a source that are not listed.
pub(in crate::render::html) fn cut(source: &SourceOverlap) -> Markup {
    html! {
        @if source.passages_cut > 0 {
            p class="note" { "Not listed: " (counted(source.passages_cut, "more passage", "more passages")) " of this source. Their words are counted." }
        }
    }
}
