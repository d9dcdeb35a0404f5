//! Regions of a text that may be excluded from the count: quotations, the bibliography, and in-text citations.
//!
//! A false region hides copying; a missed one only counts a few honest words. So no region is reported where the text
//! is ambiguous. The language of the text need not be known.
//!
//! Regions of one kind are disjoint. A bibliography overlaps no other region: titles and years in it are neither
//! quotations nor *in-text* citations. A quotation and a citation may overlap ("so it is (Osei, 2011)" holds one
//! inside the other), because either may be requested without the other. [`claims`] makes disjoint spans of the
//! requested kinds.

mod attribution;
mod bibliography;
mod citations;
mod lexemes;
mod lines;
mod quotations;

#[cfg(test)]
mod tests;

pub use self::attribution::Citations;
pub(crate) use self::bibliography::bibliographies;
use super::{Span, peek};

/// The kind of a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegionKind {
    /// Text between quotation marks, the marks included, or lines that begin with `>`.
    Quotation,
    /// A list of works, with its heading where it has one.
    Bibliography,
    /// A pointer to a work in running text: `(Osei, 2011, p. 4)`, `(2009)`, `[3, 5-7]`, `(ibid.)`.
    Citation,
}

/// A region of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region {
    /// Its kind.
    pub kind: RegionKind,
    /// Its place in the original text.
    pub span: Span,
}

/// The regions of `text`, sorted by start. The [module](self) describes which may overlap.
///
/// Linear in every text: look-ahead and look-behind are bounded by constants.
///
/// ```
/// use palimpsest::text::regions::{RegionKind, regions};
///
/// let text = "Two kinds are distinguished (Osei, 2011, p. 4).";
/// let found = regions(text);
/// assert_eq!(found.len(), 1);
/// assert_eq!(found[0].kind, RegionKind::Citation);
/// assert_eq!(found[0].span.of(text), "(Osei, 2011, p. 4)");
/// ```
#[must_use]
pub fn regions(text: &str) -> Vec<Region> {
    let works = bibliographies(text);
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

/// The regions of the `wanted` kinds, cut so that they are disjoint: excluded words can then be counted by reason, and
/// the counts add up. Sorted by start.
///
/// Where a quotation and a citation overlap, the one that starts first keeps the bytes that both cover. `regions` must
/// be sorted by start, as [`regions()`] returns them.
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

/// The `spans` that start outside `holes`, each cut where a hole starts. Both lists are sorted and disjoint.
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
