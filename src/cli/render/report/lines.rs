//! Line numbers of spans.

use std::collections::HashMap;

use crate::cli::render::number;
use crate::proto;
use crate::proto::Span;

/// The lines of the sources of a report, as far as their texts are known.
#[derive(Debug, Default)]
pub(in crate::cli) struct SourceLines {
    by_name: HashMap<SourceName, Lines>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct SourceName {
    collection: String,
    id: String,
}

impl SourceLines {
    /// Adds the text of a source.
    pub(in crate::cli) fn add(&mut self, collection: &str, id: &str, text: &str) {
        let name = SourceName { collection: collection.to_owned(), id: id.to_owned() };
        self.by_name.insert(name, Lines::of(text));
    }

    /// The lines of a source, if its text is known.
    pub(super) fn of(&self, source: &proto::SourceOverlap) -> Option<&Lines> {
        let name = SourceName { collection: source.collection.clone(), id: source.source_id.clone() };
        self.by_name.get(&name)
    }
}

/// The offsets of the lines of a text.
#[derive(Debug)]
pub(super) struct Lines {
    /// Offset after each line break, in bytes; `None` if the text is not known.
    starts: Option<Vec<u64>>,
}

impl Lines {
    /// Finds the lines of `text`.
    pub(super) fn of(text: &str) -> Self {
        let breaks = text.bytes().zip(1..).filter(|(byte, _)| *byte == b'\n');
        Self { starts: Some(breaks.map(|(_, next)| next).collect()) }
    }

    /// The lines of a text that is not known.
    pub(super) fn unknown() -> Self {
        Self { starts: None }
    }

    /// The lines of a span of bytes: `line 3`, `lines 3-5`. If the text is not known, the bytes.
    pub(super) fn of_span(&self, span: &Span) -> String {
        let Some(starts) = &self.starts else {
            return format!("bytes {}-{}", number(span.start), number(span.end));
        };
        let line = |byte: u64| starts.partition_point(|start| *start <= byte) + 1;
        let (first, last) = (line(span.start), line(span.end.saturating_sub(1).max(span.start)));
        if first == last { format!("line {first}") } else { format!("lines {first}-{last}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_lines() {
        let lines = Lines::of("ab\ncd\n\nef");
        let at = |start, end| lines.of_span(&Span { start, end });
        assert_eq!((at(0, 2), at(0, 3), at(3, 5)), ("line 1".into(), "line 1".into(), "line 2".into()));
        assert_eq!((at(1, 4), at(4, 9), at(7, 9)), ("lines 1-2".into(), "lines 2-4".into(), "line 4".into()));
    }
}
