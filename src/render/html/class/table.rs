//! The table of pairs.

use maud::{Markup, html};

use super::names::Names;
use crate::proto::{PairedSource, PairsSummary, SourcePair};
use crate::render::{counted, number, percent};

/// The columns that the script can sort.
const COLUMNS: [&str; 7] = ["Pair", "First", "Covered", "Second", "Covered", "Passages", "Cluster"];

/// The section with the table. The first `shown` pairs are linked to their passages.
pub(super) fn section(
    pairs: &[SourcePair],
    summary: &PairsSummary,
    names: &Names<'_>,
    shown: usize,
) -> Markup {
    html! {
        section id="pairs" aria-labelledby="pairs-h" {
            h2 id="pairs-h" { "Pairs" }
            @if pairs.is_empty() { p { "No pair is listed." } } @else {
                div class="scroll" tabindex="0" role="region" aria-label="Table of pairs" {
                    table class="pairs" {
                        thead { tr { @for column in COLUMNS { th scope="col" { (column) } } } }
                        tbody { @for (pair, place) in pairs.iter().zip(1..) { (row(pair, place, names, shown)) } }
                    }
                }
            }
            @if summary.pairs_cut > 0 {
                p class="note" { "Not listed: " (counted(summary.pairs_cut, "more pair", "more pairs")) ", of lower coverage." }
            }
        }
    }
}

fn row(pair: &SourcePair, place: usize, names: &Names<'_>, shown: usize) -> Markup {
    html! {
        tr {
            th scope="row" { @if place <= shown { a href={ "#r" (place) } { (place) } } @else { (place) } }
            td { (names.of(pair.first.as_ref())) }
            (covered(pair.first.as_ref()))
            td { (names.of(pair.second.as_ref())) }
            (covered(pair.second.as_ref()))
            td class="r" { (number(pair.passages)) }
            td class="r" { @if pair.cluster > 0 { (pair.cluster) } }
        }
    }
}

fn covered(source: Option<&PairedSource>) -> Markup {
    let share = source.and_then(|source| source.covered).unwrap_or_default();
    html! { td class="r" { (percent(&share)) " " small { (number(share.words)) " of " (number(share.of_words)) } } }
}
