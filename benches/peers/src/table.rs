//! The figures as tables, in Markdown.

use std::time::Duration;

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};

use crate::measure::Figures;
use crate::workload::Workload;

#[expect(clippy::cast_precision_loss, reason = "a figure to print")]
pub(crate) fn workload(workload: &Workload) -> String {
    format!(
        "{} sources, {:.1} MB; {} submissions, {} passages planted in them",
        workload.sources.len(),
        workload.source_bytes() as f64 / 1e6,
        workload.submissions.len(),
        workload.submissions.iter().map(|submission| submission.planted.len()).sum::<usize>(),
    )
}

/// A row for each system.
pub(crate) fn figures(all: &[Figures]) -> Table {
    let mut table = table(&[
        "system",
        "text to searchable, MB/s",
        "memory, B/B",
        "its index alone, B/B",
        "a check, p50 ms",
        "p90",
        "p99",
        "pairs found",
        "missed",
        "unplanted",
        "characters: recall",
        "precision",
    ]);
    for figures in all {
        let score = &figures.score;
        table.add_row([
            figures.name.title().to_owned(),
            format!("{:.1}", figures.megabytes_a_second()),
            format!("{:.2}", figures.for_each_byte(figures.allocated_bytes)),
            known(figures.own_bytes, |bytes| format!("{:.2}", figures.for_each_byte(bytes))),
            milliseconds(figures.check_at(50)),
            milliseconds(figures.check_at(90)),
            milliseconds(figures.check_at(99)),
            score.found_pairs.to_string(),
            (score.true_pairs - score.found_pairs).to_string(),
            score.unplanted_pairs.to_string(),
            score.bytes.map_or("no spans".to_owned(), |bytes| format!("{:.4}", bytes.recall())),
            score.bytes.map_or("no spans".to_owned(), |bytes| format!("{:.4}", bytes.precision())),
        ]);
    }
    table
}

/// The ratios of each configuration to each peer; above 1, Palimpsest is better.
pub(crate) fn ratios(all: &[Figures]) -> Table {
    let mut table = table(&["better than the peer, times", "peer", "MB/s", "memory", "p50", "p90", "p99"]);
    let (ours, peers): (Vec<&Figures>, Vec<&Figures>) =
        all.iter().partition(|figures| figures.name.is_ours());
    for (ours, peer) in ours.iter().flat_map(|ours| peers.iter().map(move |peer| (ours, peer))) {
        let at = |percent| {
            let (peer, ours) = (peer.check_at(percent), ours.check_at(percent));
            times(peer.as_secs_f64() / ours.as_secs_f64())
        };
        table.add_row([
            ours.name.title().to_owned(),
            peer.name.title().to_owned(),
            times(ours.megabytes_a_second() / peer.megabytes_a_second()),
            times(peer.for_each_byte(peer.allocated_bytes) / ours.for_each_byte(ours.allocated_bytes)),
            at(50),
            at(90),
            at(99),
        ]);
    }
    table
}

fn table(headings: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(ASCII_MARKDOWN).set_header(headings);
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    if let Some(systems) = table.column_mut(0) {
        systems.set_cell_alignment(CellAlignment::Left);
    }
    table
}

fn known<T>(figure: Option<T>, print: impl Fn(T) -> String) -> String {
    figure.map_or_else(|| "-".to_owned(), print)
}

fn milliseconds(time: Duration) -> String {
    format!("{:.3}", time.as_secs_f64() * 1e3)
}

fn times(ratio: f64) -> String {
    if ratio < 10.0 { format!("{ratio:.2}") } else { format!("{ratio:.0}") }
}
