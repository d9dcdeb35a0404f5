//! Related sources, for people.

use std::io::{self, Write};

use super::report::excerpt_lines;
use super::{FAINT, Look, STRONG, counted, printable};
use crate::proto;

/// Columns before what belongs to a source.
const INDENT: &str = "    ";

/// Writes the sources, each with its excerpt and terms.
pub(in crate::cli) fn related(
    out: &mut dyn Write,
    response: &proto::ListRelatedResponse,
    subject: &str,
    look: Look,
) -> io::Result<()> {
    let in_scope = counted(response.sources_in_scope, "source", "sources");
    let subject = printable(subject);
    if response.sources_in_scope == 0 {
        return writeln!(out, "{subject}: no source is in scope; add sources, or exclude fewer.");
    }
    if response.sources.is_empty() {
        return writeln!(out, "{subject}: no related source among the {in_scope} in scope.");
    }
    let related = counted(response.sources.len() as u64, "related source", "related sources");
    writeln!(out, "{subject}: {related}, of {in_scope} in scope.")?;
    for (place, one) in response.sources.iter().enumerate() {
        writeln!(out)?;
        source(out, place + 1, one, look)?;
    }
    Ok(())
}

fn source(out: &mut dyn Write, place: usize, source: &proto::RelatedSource, look: Look) -> io::Result<()> {
    let id = printable(&source.id);
    let title = if source.title.is_empty() { id.clone() } else { printable(&source.title) };
    let similarity = format!("{:.1} %", source.similarity * 100.0);
    writeln!(out, "{place:>2}. {}, similarity {similarity}", look.paint(STRONG, &title))?;
    let mut facts = Vec::new();
    if title != id {
        facts.push(format!("id {id}"));
    }
    facts.push(format!("collection {}", printable(&source.collection)));
    if !source.group.is_empty() {
        facts.push(format!("group {}", printable(&source.group)));
    }
    if let Some(length) = &source.length {
        let about = if length.page_basis() == proto::PageBasis::Words { "about " } else { "" };
        facts.push(counted(length.words, "word", "words"));
        facts.push(format!("{about}{}", counted(length.pages, "page", "pages")));
    }
    writeln!(out, "{INDENT}{}", look.paint(FAINT, &facts.join(", ")))?;
    if let Some(excerpt) = source.excerpt.as_ref().filter(|excerpt| !excerpt.text.is_empty()) {
        for line in excerpt_lines(&printable(&excerpt.text), INDENT.len(), look) {
            writeln!(out, "{INDENT}{line}")?;
        }
    }
    if !source.terms.is_empty() {
        let terms: Vec<String> = source.terms.iter().map(|term| printable(&term.term)).collect();
        writeln!(out, "{INDENT}{}", look.paint(FAINT, &format!("terms: {}", terms.join(", "))))?;
    }
    Ok(())
}
