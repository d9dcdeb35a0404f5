//! The whole submission in order, with marks.

use std::ops::Range;

use maud::{Markup, PreEscaped, Render, html};

use super::atoms::{Atom, Atoms, Listed};
use super::glyphs::Visible;
use super::offsets::Offsets;
use crate::proto::{DocumentPage, DocumentPages, ExclusionReason, PageRange, Report};
use crate::render::page_range;

/// Bytes from which a paragraph is cut at the next line break, so that a browser can lay out the text in parts.
const LONG_BYTES: usize = 4 << 10;

/// Bytes from which it is cut at the next space.
const LONGEST_BYTES: usize = 16 << 10;

/// The first byte of each paragraph: the text after a blank line, or a part of a long one.
pub(super) fn paragraphs(text: &str) -> Vec<usize> {
    let mut starts = vec![0];
    let (mut start, mut is_after_break) = (0, false);
    for (at, byte) in text.bytes().enumerate() {
        let (length, next) = (at - start, at + 1);
        let is_end = match byte {
            b'\n' => is_after_break || length > LONG_BYTES,
            b' ' => length > LONGEST_BYTES && !is_after_break,
            _ => false,
        };
        match byte {
            b'\n' => is_after_break = true,
            b' ' | b'\t' | b'\r' => {}
            _ => is_after_break = false,
        }
        // Further blank lines belong to the paragraph before.
        let continues = text.as_bytes().get(next).is_none_or(|next| matches!(next, b'\n' | b'\r'));
        if is_end && !continues {
            starts.push(next);
            (start, is_after_break) = (next, false);
        }
    }
    starts
}

/// Something that stands between two characters of the text.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    /// The byte.
    pub(super) byte: usize,
    pub(super) kind: MarkKind,
}

/// The kind of a mark.
#[derive(Debug, Clone)]
pub(super) enum MarkKind {
    /// A place that can be linked to: the alert with this number.
    Alert(usize),
    /// The beginning of a page.
    Page(PageRange),
}

impl Render for Mark {
    fn render_to(&self, out: &mut String) {
        match &self.kind {
            MarkKind::Alert(number) => html! { span id={ "a" (number) } {} },
            MarkKind::Page(page) => html! { span class="tag" { (page_range(page)) } },
        }
        .render_to(out);
    }
}

/// The marks of a report, in the order of the text.
fn marks(report: &Report, offsets: &Offsets<'_>) -> Vec<Mark> {
    let alerts = report.alerts.iter().zip(1..).map(|(alert, number)| Mark {
        byte: offsets.range(alert.span.as_ref()).start,
        kind: MarkKind::Alert(number),
    });
    let pages = report.document.as_ref().and_then(|document| document.pages.as_ref());
    let page = |pages: &DocumentPages, page: &DocumentPage| {
        let range =
            PageRange { kind: pages.kind, first: page.number, last: page.number, ..PageRange::default() };
        Mark { byte: offsets.range(page.span.as_ref()).start, kind: MarkKind::Page(range) }
    };
    let pages = pages.into_iter().flat_map(|pages| pages.pages.iter().map(move |one| page(pages, one)));
    let mut marks: Vec<Mark> = pages.chain(alerts).collect();
    marks.sort_by_key(|mark| mark.byte);
    marks
}

/// Renders the text.
pub(super) struct Submission<'a> {
    /// The text.
    pub(super) text: &'a str,
    /// Its atoms.
    pub(super) atoms: &'a Atoms,
    /// The first bytes of its paragraphs.
    pub(super) paragraphs: &'a [usize],
    /// The passages, by their start.
    pub(super) passages: Vec<&'a Listed<'a>>,
    /// The exclusions, by their start.
    pub(super) exclusions: Vec<(usize, ExclusionReason)>,
    /// Alerts and pages, by their start.
    pub(super) marks: Vec<Mark>,
}

impl<'a> Submission<'a> {
    /// The parts of a report, sorted as the text needs them.
    pub(super) fn new(
        report: &'a Report,
        offsets: &Offsets<'a>,
        atoms: &'a Atoms,
        listed: &'a [Listed<'a>],
        paragraphs: &'a [usize],
    ) -> Self {
        let mut passages: Vec<&Listed<'_>> = listed.iter().collect();
        passages.sort_by_key(|passage| (passage.range.start, passage.source));
        let exclusions = report
            .exclusions
            .iter()
            .map(|exclusion| (offsets.range(exclusion.span.as_ref()).start, exclusion.reason()));
        let mut exclusions: Vec<(usize, ExclusionReason)> = exclusions.collect();
        exclusions.sort_unstable();
        let marks = marks(report, offsets);
        Self { text: offsets.text(), atoms, paragraphs, passages, exclusions, marks }
    }
}

impl Render for Submission<'_> {
    fn render_to(&self, out: &mut String) {
        let mut passages = self.passages.iter().peekable();
        let mut exclusions = self.exclusions.iter().peekable();
        let mut marks = self.marks.iter().peekable();
        let mut paragraphs = self.paragraphs.iter().peekable();
        for atom in self.atoms.all() {
            let start = atom.range.start;
            if paragraphs.next_if(|byte| **byte <= start).is_some() {
                out.push_str(if start == 0 {
                    "<div class=\"p\" dir=\"auto\">"
                } else {
                    "</div><div class=\"p\" dir=\"auto\">"
                });
            }
            let end = atom.range.end;
            let mut cut = start;
            // Alerts and pages begin at any byte, so an atom may be interrupted by their marks.
            while let Some(mark) = marks.next_if(|mark| mark.byte < end) {
                if mark.byte > cut && atom.is_plain() {
                    Visible::part(self.text, &(cut..mark.byte)).render_to(out);
                    cut = mark.byte;
                }
                mark.render_to(out);
            }
            while let Some((_, reason)) = exclusions.next_if(|(byte, _)| *byte <= start) {
                html! { span class="tag" { (tag(*reason)) } }.render_to(out);
            }
            while let Some(passage) = passages.next_if(|passage| passage.range.start <= start) {
                passage_link(passage).render_to(out);
            }
            self.atom(atom, cut..end).render_to(out);
        }
        // Spans of a report of another text may begin after its end.
        passages.for_each(|passage| passage_link(passage).render_to(out));
        marks.for_each(|mark| mark.render_to(out));
        if !self.text.is_empty() {
            out.push_str("</div>");
        }
    }
}

impl Submission<'_> {
    fn atom(&self, atom: &Atom, range: Range<usize>) -> Markup {
        let text = Visible::part(self.text, &range);
        let reason = atom.excluded.map(|reason| reason as i32);
        let state = match (atom.is_counted, atom.is_covered()) {
            (true, _) => Some("c"),
            (false, true) => Some("h"),
            (false, false) => None,
        };
        let unsure = atom.is_unsure.then_some("u");
        let Some(source) = atom.source else {
            if atom.is_plain() {
                return html! { (text) };
            }
            // Counted text without a listed passage is of sources that the report does not list.
            let class = if atom.is_counted { Some("o") } else { unsure };
            return html! { span class=[class] data-w=(atom.words) data-k=[state] data-x=[reason] { (text) } };
        };
        let gap = if atom.is_covered() { "" } else { " g" };
        let many = if atom.sources > 1 { " m" } else { "" };
        let class = format!("s{}{gap}{many}", source % 8);
        html! { mark class=(class) data-w=(atom.words) data-k=[state] data-x=[reason] { (text) } }
    }
}

/// The link from the start of a passage to where both sides are shown.
fn passage_link(passage: &Listed<'_>) -> Markup {
    html! {
        a class="n" id={ "m" (passage.number) } href={ "#p" (passage.number) }
            aria-label={ "Source " (passage.source) ", passage " (passage.number) } { (passage.source) }
    }
}

/// The word for an exclusion where it begins.
pub(super) fn tag(reason: ExclusionReason) -> PreEscaped<&'static str> {
    PreEscaped(match reason {
        ExclusionReason::Boilerplate => "boilerplate",
        ExclusionReason::Bibliography => "bibliography",
        ExclusionReason::Quotation => "quotation",
        ExclusionReason::Citation => "citation",
        ExclusionReason::OwnWork => "own work",
        ExclusionReason::Common => "common",
        ExclusionReason::ShortPassage => "short",
        ExclusionReason::Commonplace => "commonplace",
        ExclusionReason::Unspecified => "excluded",
    })
}
