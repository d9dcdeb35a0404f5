//! Attribution: whether words of a text are marked as another author's by a citation.
//!
//! A percentage never depends on it, so it reads signs that are too weak to exclude words: the number of a note, an author and
//! a page in brackets, a legal reference, an address. Where they may stand is decided here: in the words, in the sentence around their
//! start or their end, and before or after the quotation that they belong to.

mod brackets;
mod labels;
mod legal;
mod marks;
mod notes;
mod sentences;

#[cfg(test)]
mod tests;

use self::marks::Marks;
use self::sentences::{LOOK_BYTES, Sentences};
use super::quotations::ends_with_source;
use super::{Region, RegionKind, Span, peek};

/// The citations of a text and what they refer to.
#[derive(Debug)]
pub struct Citations<'a> {
    text: &'a str,
    marks: Marks,
    /// In-text citations alone, without notes and legal references.
    in_text: Marks,
    quotations: Vec<Span>,
}

impl<'a> Citations<'a> {
    /// The citations of a text with these regions. Linear.
    #[must_use]
    pub fn new(text: &'a str, regions: &[Region]) -> Self {
        let of = |kind| regions.iter().filter(move |region| region.kind == kind).map(|region| region.span);
        let quotations: Vec<Span> = of(RegionKind::Quotation).collect();
        let in_text: Vec<Span> =
            of(RegionKind::Citation).chain(brackets::brackets(text, &quotations)).collect();
        let others =
            notes::notes(text).into_iter().chain(legal::references(text)).chain(labels::labels(text));
        let all = in_text.iter().copied().chain(others);
        Self { text, marks: Marks::new(all.collect()), in_text: Marks::new(in_text), quotations }
    }

    /// Whether the words in `span` are cited. `is_quoted` is true if they are a quotation or a part of one: then what stands
    /// around the quotation counts too. Reads a bounded part of the text.
    #[must_use]
    pub fn cite(&self, span: Span, is_quoted: bool) -> bool {
        let (start, end) = (span.start as usize, span.end as usize);
        self.marks.any_in(start, end) || self.any_around(start, end) || (is_quoted && self.of_quotation(span))
    }

    /// Whether a citation stands in the sentence around `start`, before it, or in the sentence around `end`, after it.
    fn any_around(&self, start: usize, end: usize) -> bool {
        let sentences = Sentences { text: self.text, marks: &self.marks };
        self.marks.any_in(sentences.start(start), start) || self.marks.any_from(end, sentences.end(end))
    }

    /// Whether a quotation that holds an end of `span` is cited: around it, at the end of a block quote, or in the sentence
    /// before it.
    fn of_quotation(&self, span: Span) -> bool {
        let [first, last] = [span.start, span.end.saturating_sub(1)].map(|at| self.quotation_at(at));
        let whole = first.zip(last).or(first.zip(first)).or(last.zip(last));
        let Some((first, last)) = whole else { return false };
        let (start, end) = (first.start as usize, last.end as usize);
        self.any_around(start, end)
            || ends_with_source(last.of(self.text))
            || self.is_led_in(start)
            || self.is_cited_below(end)
    }

    fn quotation_at(&self, at: u32) -> Option<Span> {
        let place = self.quotations.partition_point(|quotation| quotation.end <= at);
        self.quotations.get(place).copied().filter(|quotation| quotation.start <= at)
    }

    /// Whether the sentence before a quotation names the source: "Osei (2011) puts it well." A citation at the end of that
    /// sentence belongs to what it says itself.
    fn is_led_in(&self, quotation: usize) -> bool {
        let sentences = Sentences { text: self.text, marks: &self.marks };
        let own = sentences.start(quotation);
        let near = self.text.ceil_char_boundary(own.saturating_sub(LOOK_BYTES));
        let is_sign = |c: char| !c.is_alphanumeric();
        let words = near + peek::slice(self.text, near, own).trim_end_matches(is_sign).len();
        let from = sentences.start(words);
        self.in_text
            .ends_in(from, words)
            .is_some_and(|end| peek::slice(self.text, end, words).contains(char::is_alphabetic))
    }

    /// Whether the next paragraph after a block quote is a citation and nothing else.
    fn is_cited_below(&self, end: usize) -> bool {
        let rest = peek::window(self.text, end, LOOK_BYTES);
        let next = end + rest.len() - rest.trim_start().len();
        let Some(mark) = self.marks.at(next) else { return false };
        let after = peek::window(self.text, mark.end as usize, 8).trim_start_matches(['.', ' ']);
        after.is_empty() || after.starts_with(['\n', '\r'])
    }
}
