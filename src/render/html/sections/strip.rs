//! The strip that shows where the passages are: a lane for all of them, one for each of the first sources, and one for
//! exclusions.

use std::ops::Range;

use maud::{Markup, html};

use super::sources::badge;
use crate::render::counted;
use crate::render::html::atoms::{Atom, Atoms, Listed};

/// Columns of the strip. Several passages may share one.
const COLUMNS: usize = 500;

/// Lanes of single sources.
const LANES: usize = 8;

/// The strip; nothing without passages and exclusions.
pub(in crate::render::html) fn strip(atoms: &Atoms, listed: &[Listed<'_>], text_bytes: usize) -> Markup {
    let mut all = Lane::new(text_bytes);
    for passage in listed {
        all.link(&passage.range, passage.number);
    }
    mark(&mut all, atoms, |atom| atom.is_counted);
    let mut excluded = Lane::new(text_bytes);
    mark(&mut excluded, atoms, |atom| atom.excluded.is_some());
    let sources = listed.last().map_or(0, |passage| passage.source);
    html! {
        @if !listed.is_empty() || excluded.is_marked() {
            figure class="strip" {
                figcaption { "Where the passages are, from the start of the text to its end" }
                (all.show(&html! { "all" }, "all"))
                @for source in 1..=sources.min(LANES) {
                    @let lane = Lane::of_source(listed, source, text_bytes);
                    (lane.show(&badge(source), &format!("f{}", source % 8)))
                }
                @if excluded.is_marked() { (excluded.show(&html! { "excluded" }, "ex")) }
                @if let more @ 1.. = sources.saturating_sub(LANES) {
                    p class="note" { (counted(more as u64, "more source has", "more sources have")) " no lane." }
                }
            }
        }
    }
}

/// Marks the atoms that pass a test.
fn mark(lane: &mut Lane, atoms: &Atoms, test: impl Fn(&Atom) -> bool) {
    atoms.all().iter().filter(|atom| test(atom)).for_each(|atom| lane.mark(&atom.range));
}

/// A column: whether it is marked, and the first passage there.
#[derive(Debug, Clone, Copy, Default)]
struct Column {
    is_marked: bool,
    passage: Option<usize>,
}

/// A lane.
#[derive(Debug)]
struct Lane {
    columns: Vec<Column>,
    text_bytes: usize,
}

impl Lane {
    fn new(text_bytes: usize) -> Self {
        Self { columns: vec![Column::default(); COLUMNS], text_bytes }
    }

    /// The lane of a source. Passages are sorted by their source.
    fn of_source(listed: &[Listed<'_>], source: usize, text_bytes: usize) -> Self {
        let mut lane = Self::new(text_bytes);
        let first = listed.partition_point(|passage| passage.source < source);
        for passage in listed.iter().skip(first).take_while(|passage| passage.source == source) {
            lane.link(&passage.range, passage.number);
            passage.covered.iter().for_each(|range| lane.mark(range));
        }
        lane
    }

    /// The columns of a range of bytes: one at least.
    fn columns(&mut self, range: &Range<usize>) -> &mut [Column] {
        let column = |byte: usize| byte.saturating_mul(COLUMNS) / self.text_bytes.max(1);
        let start = column(range.start).min(COLUMNS - 1);
        let end = column(range.end).clamp(start + 1, COLUMNS);
        self.columns.get_mut(start..end).unwrap_or_default()
    }

    fn mark(&mut self, range: &Range<usize>) {
        self.columns(range).iter_mut().for_each(|column| column.is_marked = true);
    }

    /// Links columns without a passage to one.
    fn link(&mut self, range: &Range<usize>, number: usize) {
        self.columns(range).iter_mut().for_each(|column| {
            column.passage.get_or_insert(number);
        });
    }

    fn is_marked(&self) -> bool {
        self.columns.iter().any(|column| column.is_marked)
    }

    /// The lane with its runs of marked columns, each linked to the first passage in it. The lane repeats what the text and
    /// the cards say, so screen readers and the keyboard skip it.
    fn show(&self, label: &Markup, class: &str) -> Markup {
        html! {
            div class="lane" aria-hidden="true" {
                span { (label) }
                svg viewBox={ "0 0 " (COLUMNS) " 1" } preserveAspectRatio="none" {
                    rect class="back" width=(COLUMNS) height="1" {}
                    @for run in self.runs() {
                        @let bar = html! { rect class=(class) x=(run.start) width=(run.len()) height="1" {} };
                        @let passage = self.columns.get(run).unwrap_or_default().iter().find_map(|column| column.passage);
                        @if let Some(number) = passage { a href={ "#m" (number) } tabindex="-1" { (bar) } } @else { (bar) }
                    }
                }
            }
        }
    }

    /// The runs of marked columns.
    fn runs(&self) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (column, _) in self.columns.iter().enumerate().filter(|(_, column)| column.is_marked) {
            match runs.last_mut() {
                Some(last) if last.end == column => last.end += 1,
                _ => runs.push(column..column + 1),
            }
        }
        runs
    }
}
