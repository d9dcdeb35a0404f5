//! The whole submission in order, with marks.

use std::ops::Range;

use maud::{Markup, PreEscaped, Render, html};

use super::atoms::{Atom, Atoms, Listed};
use super::glyphs::Visible;
use super::offsets::Offsets;
use crate::proto::{ExclusionReason, Report};

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

/// Something that a place of the text can be linked to.
#[derive(Debug, Clone)]
pub(super) struct Anchor {
    /// The byte.
    pub(super) byte: usize,
    /// The id of the element.
    pub(super) id: String,
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
    /// The places of alerts, by their start.
    pub(super) anchors: Vec<Anchor>,
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
        let alerts = report.alerts.iter().zip(1..).map(|(alert, number)| Anchor {
            byte: offsets.range(alert.span.as_ref()).start,
            id: format!("a{number}"),
        });
        let mut anchors: Vec<Anchor> = alerts.collect();
        anchors.sort_by_key(|anchor| anchor.byte);
        Self { text: offsets.text(), atoms, paragraphs, passages, exclusions, anchors }
    }
}

impl Render for Submission<'_> {
    fn render_to(&self, out: &mut String) {
        let mut passages = self.passages.iter().peekable();
        let mut exclusions = self.exclusions.iter().peekable();
        let mut anchors = self.anchors.iter().peekable();
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
            // Alerts begin at any byte, so an atom may be interrupted by their anchors.
            while let Some(anchor) = anchors.next_if(|anchor| anchor.byte < end) {
                if anchor.byte > cut && atom.is_plain() {
                    Visible::part(self.text, &(cut..anchor.byte)).render_to(out);
                    cut = anchor.byte;
                }
                html! { span id=(anchor.id) {} }.render_to(out);
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
        anchors.for_each(|anchor| html! { span id=(anchor.id) {} }.render_to(out));
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
        ExclusionReason::Unspecified => "excluded",
    })
}
