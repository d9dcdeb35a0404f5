//! The parts of a text that its reader may want left out of the count: quotations, the bibliography,
//! and in-text citations.
//!
//! A region that is wrong hides copying, and a region that is missed only counts a few honest words:
//! wherever the text is ambiguous, no region is reported. Nothing here needs the language to be known.
//!
//! How regions lie: within one kind they are disjoint; a bibliography overlaps nothing else (titles and
//! years in it are neither quotations nor *in-text* citations); a quotation and a citation may overlap,
//! since "so it is (Osei, 2011)" holds one inside the other, and either may be asked for without the
//! other. [`claims`] makes disjoint spans of the kinds that are asked for.

mod bibliography;
mod block_quotes;
mod citation_part;
mod citation_words;
mod citations;
mod entries;
mod entry_start;
mod heading_words;
mod headings;
mod lexemes;
mod lines;
mod quotation_marks;
mod quotations;

#[cfg(test)]
mod tests;

use super::{Span, peek};

/// Why a part of a text may be left out of the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegionKind {
    /// Text between quotation marks, the marks included, or lines that begin with `>`.
    Quotation,
    /// A list of works, with its heading where it has one.
    Bibliography,
    /// A pointer to a work in running text: `(Osei, 2011, p. 4)`, `(2009)`, `[3, 5-7]`, `(ibid.)`.
    Citation,
}

/// A part of a text, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region {
    /// What it is.
    pub kind: RegionKind,
    /// Where it stands in the original text.
    pub span: Span,
}

/// The regions of `text`, sorted by where they start; see the [room](self) for how they may overlap.
///
/// Linear in the text, whatever it holds: every look ahead or back is bounded by a constant.
///
/// ```
/// use palimpsest::text::regions::{RegionKind, regions};
///
/// let text = "Two kinds are told apart (Osei, 2011, p. 4).";
/// let found = regions(text);
/// assert_eq!(found.len(), 1);
/// assert_eq!(found[0].kind, RegionKind::Citation);
/// assert_eq!(found[0].span.of(text), "(Osei, 2011, p. 4)");
/// ```
#[must_use]
pub fn regions(text: &str) -> Vec<Region> {
    let works = bibliography::bibliographies(text);
    let quotations = outside(&quotations::quotations(text), &works);
    let citations = outside(&citations::citations(text), &works);
    let of_kind = |kind, spans: Vec<Span>| spans.into_iter().map(move |span| Region { kind, span });
    let mut all: Vec<Region> = of_kind(RegionKind::Bibliography, works)
        .chain(of_kind(RegionKind::Quotation, quotations))
        .chain(of_kind(RegionKind::Citation, citations))
        .collect();
    all.sort_unstable_by_key(|region| (region.span.start, std::cmp::Reverse(region.span.end)));
    all
}

/// Disjoint, sorted claims on a text: each byte inside a region that is `wanted` goes to exactly one of
/// the kinds, so that words which are left out can be counted by reason and add up.
///
/// Where a quotation and a citation overlap, the one that starts first keeps what both cover.
/// `regions` must be sorted by start, as [`regions()`] returns them.
#[must_use]
pub fn claims(regions: &[Region], wanted: impl Fn(RegionKind) -> bool) -> Vec<Region> {
    let mut claimed = 0;
    let mut out = Vec::new();
    for region in regions.iter().filter(|region| wanted(region.kind)) {
        let span = Span { start: region.span.start.max(claimed), end: region.span.end };
        if span.start < span.end {
            claimed = span.end;
            out.push(Region { kind: region.kind, span });
        }
    }
    out
}

/// Those of `spans` that start outside `holes`, cut where they run into one. Both are sorted and disjoint.
fn outside(spans: &[Span], holes: &[Span]) -> Vec<Span> {
    let mut holes = holes.iter().peekable();
    let mut out = Vec::with_capacity(spans.len());
    for &span in spans {
        while holes.next_if(|hole| hole.end <= span.start).is_some() {}
        match holes.peek() {
            Some(hole) if hole.start <= span.start => {}
            Some(hole) if hole.start < span.end => out.push(Span { end: hole.start, ..span }),
            _ => out.push(span),
        }
    }
    out
}
