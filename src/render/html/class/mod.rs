//! The report of all pairs of a collection.

mod clusters;
mod names;
mod overview;
mod table;

use maud::{Markup, Render, html};

use self::names::Names;
use super::ages;
use super::atoms::Listing;
use super::glyphs::Visible;
use super::language;
use super::offsets::Offsets;
use super::options::RenderOptions;
use super::page::{self, Script};
use super::passages::Passages;
use super::sections::{guide, sources};
use crate::proto::{PairsSummary, Report, SourceCluster, SourcePair};
use crate::render::{counted, number, percent};

/// A class report: all pairs of a collection, made piece by piece, so that no more than one pair's passages are in memory.
///
/// The file is [`begin`](Self::begin), then [`pair`](Self::pair) or [`missing`](Self::missing) for each of the first
/// `shown` pairs in order, then [`end`](Self::end).
#[derive(Debug)]
pub struct ClassReport<'a> {
    summary: &'a PairsSummary,
    pairs: &'a [SourcePair],
    clusters: &'a [SourceCluster],
    options: &'a RenderOptions,
    shown: usize,
    names: Names<'a>,
}

/// The passages of a pair, rendered.
#[derive(Debug)]
pub struct PairPassages(Markup);

impl<'a> ClassReport<'a> {
    /// A report of pairs and clusters in the order of the server. The name in `options` is that of the collection. The
    /// passages of the first `shown` pairs follow.
    #[must_use]
    pub fn new(
        summary: &'a PairsSummary,
        pairs: &'a [SourcePair],
        clusters: &'a [SourceCluster],
        options: &'a RenderOptions,
        shown: usize,
    ) -> Self {
        let names = Names::new(pairs, clusters, options.hide_names);
        Self { summary, pairs, clusters, options, shown: shown.min(pairs.len()), names }
    }

    /// The number of pairs whose passages follow.
    #[must_use]
    pub fn shown(&self) -> usize {
        self.shown
    }

    /// The start of the file: everything but the passages.
    #[must_use]
    pub fn begin(&self) -> String {
        let subject = page::heading(self.options, "All pairs");
        let mut out = page::begin("Class report", &subject, Script::Class, self.options);
        html! {
            nav class="contents" aria-label="Contents" {
                a href="#summary" { "Summary" } " "
                a href="#distribution" { "Distribution" } " "
                a href="#pairs" { "Pairs" } " "
                @if !self.clusters.is_empty() { a href="#clusters" { "Clusters" } " " }
                @if self.shown > 0 { a href="#passages" { "Passages" } " " }
                a href="#guide" { "How to read this report" } " "
                a href="#made" { "How it was made" }
            }
            (overview::summary(self.summary))
            (overview::distribution(self.pairs))
            (table::section(self.pairs, self.summary, &self.names, self.shown))
            (clusters::section(self.clusters, self.pairs, self.summary, &self.names))
            @if self.shown > 0 { h2 id="passages" { "Pairs side by side" } }
        }
        .render_to(&mut out);
        out
    }

    /// The passages of the pair at `place` of the list, from 0: the report of its first source as the submission, compared
    /// with its second, with excerpts. Empty if there is no such pair.
    #[must_use]
    pub fn pair(&self, place: usize, report: &Report) -> String {
        self.section(place, &Self::passages(place, report))
    }

    /// What [`Self::section`] needs of the pair at `place`: the bulk of the work.
    #[must_use]
    pub fn passages(place: usize, report: &Report) -> PairPassages {
        let prefix = format!("r{}", place + 1);
        let first = report.sources.first().and_then(|source| source.passages.first());
        let languages = first.map_or([""; 2], |passage| {
            [&passage.submission_excerpt, &passage.source_excerpt].map(|excerpt| language::code(excerpt))
        });
        let passages = Passages { report, whole: None, sides: ["First", "Second"], languages, prefix };
        // Spans are those of excerpts: there is no text.
        let listing = Listing::new(report, &Offsets::new("", report.offset_unit()));
        PairPassages(html! {
            @for listed in &listing.passages { (passages.passage(listed)) }
            @if listing.passages.is_empty() { p { "No passage is left to show." } }
            @for source in &report.sources { (sources::cut(source)) }
            (listing.note())
        })
    }

    /// The section of a pair whose passages could not be read, with the reason.
    #[must_use]
    pub fn missing(&self, place: usize, reason: &str) -> String {
        let reason = Visible::all(reason);
        self.section(place, &PairPassages(html! { p class="note" { "Its passages are missing: " (reason) } }))
    }

    /// The section of the pair at `place` with its passages.
    #[must_use]
    pub fn section(&self, place: usize, passages: &PairPassages) -> String {
        let Some(pair) = self.pairs.get(place) else { return String::new() };
        let covered = |source: &Option<crate::proto::PairedSource>| {
            source.as_ref().and_then(|source| source.covered).unwrap_or_default()
        };
        let shares = [covered(&pair.first), covered(&pair.second)];
        let section = html! {
            section class="pair" id={ "r" (place + 1) } {
                h3 { "Pair " (place + 1) ": " (self.names.of(pair.first.as_ref())) " and " (self.names.of(pair.second.as_ref())) }
                p class="facts" {
                    (counted(pair.passages, "passage", "passages")) ". First covered: " (percent(&shares[0])) ", " (number(shares[0].words))
                    " of " (number(shares[0].of_words)) " words. Second covered: " (percent(&shares[1])) ", " (number(shares[1].words))
                    " of " (number(shares[1].of_words)) " words. "
                    @if let Some(older) = ages::older(pair.older(), ["first", "second"]) { (older) " " }
                    a href="#pairs" { "All pairs" }
                }
                (passages.0)
            }
        };
        section.into_string()
    }

    /// The end of the file.
    #[must_use]
    pub fn end(&self) -> String {
        let more = self.pairs.len() - self.shown;
        let mut out = String::new();
        html! {
            @if more > 0 {
                p class="note" { "The passages of " (counted(more as u64, "more pair", "more pairs")) " are not in this file." }
            }
            (guide::class())
            (overview::made(self.summary, self.options))
        }
        .render_to(&mut out);
        out.push_str(&page::end(Script::Class));
        out
    }
}
