//! The head of a class report: counts, guarantee, and the distribution of coverage.

use maud::{Markup, html};

use crate::proto::{PairsSummary, Share, SourcePair};
use crate::render::html::options::RenderOptions;
use crate::render::html::sections::sources::bar;
use crate::render::html::sections::summary::{provenance, void_reason, warnings};
use crate::render::{counted, number};

/// Bars of the distribution, of 10 % each.
const BARS: usize = 10;

/// The larger of the two shares of a pair.
pub(super) fn coverage(pair: &SourcePair) -> f64 {
    let shares = [&pair.first, &pair.second].into_iter().flatten().filter_map(|source| source.covered);
    shares.map(|share| share.percent).fold(0.0, f64::max)
}

/// The section of the summary.
pub(super) fn summary(summary: &PairsSummary) -> Markup {
    html! {
        section id="summary" aria-labelledby="summary-h" {
            h2 id="summary-h" class="sr" { "Summary" }
            @if summary.sources < 2 {
                p class="headline" { strong { "Not checked" } }
                p { "There are no two sources to compare." }
            } @else {
                p class="headline" {
                    strong { (number(summary.pairs_found)) }
                    " " (if summary.pairs_found == 1 { "pair" } else { "pairs" }) " of the requested coverage among "
                    (counted(summary.sources, "source", "sources"))
                }
                p {
                    (counted(summary.clusters_found, "cluster", "clusters")) " with "
                    (counted(summary.sources_in_clusters, "source", "sources")) ". "
                    @if summary.pairs_below > 0 {
                        (counted(summary.pairs_below, "more pair shares", "more pairs share")) " words, but fewer than requested. "
                    }
                    (counted(summary.comparisons, "comparison", "comparisons")) " of two texts."
                }
                (guarantee(summary))
            }
            (warnings(&summary.warnings, summary.warnings_cut))
        }
    }
}

fn guarantee(summary: &PairsSummary) -> Markup {
    let run = counted(summary.min_run_words.into(), "word", "words");
    html! {
        @if summary.holds {
            p class="guarantee" { "Guarantee: every run of " (run) " or more that two of the sources share is found." }
        } @else {
            div class="guarantee void" {
                p { "The guarantee does not hold: shared runs of " (run) " or more may have been missed." }
                ul {
                    @for void in &summary.voids {
                        li {
                            (void_reason(void.reason(), void.limit, 0)) ": "
                            (counted(void.words, "word", "words")) " in " (counted(void.sources, "source", "sources")) "."
                        }
                    }
                }
            }
        }
    }
}

/// The distribution of the pairs by coverage.
pub(super) fn distribution(pairs: &[SourcePair]) -> Markup {
    let mut counts = [0_u64; BARS];
    for pair in pairs {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 9")]
        let place = (coverage(pair) / 10.0).clamp(0.0, 9.0) as usize;
        counts.get_mut(place).into_iter().for_each(|count| *count += 1);
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    html! {
        section id="distribution" aria-labelledby="distribution-h" {
            h2 id="distribution-h" { "Distribution of coverage" }
            table class="bars" {
                caption { "The larger share of each listed pair" }
                thead { tr { th scope="col" { "Coverage" } th scope="col" { "Pairs" } td {} } }
                tbody {
                    @for (place, count) in counts.iter().enumerate().rev() {
                        tr {
                            th scope="row" { (place * 10) " to " (place * 10 + 10) " %" }
                            td { (number(*count)) }
                            td { (bar(&share(*count, most), 2)) }
                        }
                    }
                }
            }
        }
    }
}

fn share(words: u64, of_words: u64) -> Share {
    #[expect(clippy::cast_precision_loss, reason = "the width of a bar")]
    let percent = if of_words == 0 { 0.0 } else { 100.0 * words as f64 / of_words as f64 };
    Share { words, of_words, percent }
}

/// The section that says how the report was made.
pub(super) fn made(summary: &PairsSummary, options: &RenderOptions) -> Markup {
    html! {
        section id="made" aria-labelledby="made-h" {
            h2 id="made-h" { "How this report was made" }
            dl {
                dt { "Kind" } dd { "A comparison of all sources of a collection with one another" }
                dt { "Sources" } dd { (number(summary.sources)) ", with " (counted(summary.texts, "different text", "different texts")) }
                @if summary.corpus_revision > 0 { dt { "Corpus revision" } dd { (summary.corpus_revision) } }
                (provenance(&summary.settings_digest, summary.algorithm_version, options))
            }
        }
    }
}
