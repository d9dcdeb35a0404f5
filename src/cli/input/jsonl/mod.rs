//! JSON lines: one source a line, `{"id", "text", "title", "group", "labels", "uri", "submitted_at", "metadata",
//! "pages"}`, all but `text` optional.

mod lenient;
pub(in crate::cli) mod pages;
pub(super) mod times;

use std::collections::BTreeMap;
use std::io::{BufRead, Read as _};
use std::ops::ControlFlow;
use std::path::Path;

use serde::Deserialize;

use super::{Found, InputError, Item, Place, Reading, SourceText, encoding, unread};

/// Allowance for the parts of a line other than the text: field names, ids, titles, labels.
const LINE_SLACK_BYTES: u64 = 1 << 20;

/// The most bytes that one byte of text takes in JSON: `\u0007`.
const ESCAPED_BYTES: u64 = 6;

/// The object of a line. Unknown fields are an error, so that a misspelt one is not lost silently.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    text: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    group: Option<String>,
    #[serde(default)]
    labels: Option<Vec<String>>,
    #[serde(default)]
    uri: Option<String>,
    #[serde(default, deserialize_with = "times::optional")]
    submitted_at: Option<prost_types::Timestamp>,
    #[serde(default)]
    metadata: Option<BTreeMap<String, String>>,
    #[serde(default)]
    pages: Option<pages::Pages>,
}

/// Calls `each` for the source in each line. An invalid line does not affect the others.
pub(super) fn read(
    path: &Path,
    reader: &mut dyn BufRead,
    reading: &Reading,
    each: &mut dyn FnMut(Item) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let file = Place::file(path);
    let max_bytes = reading.max_text_bytes.saturating_mul(ESCAPED_BYTES).saturating_add(LINE_SLACK_BYTES);
    let (mut offset, mut number) = (0, 0);
    loop {
        number += 1;
        let place = file.line(number);
        let (found, input_bytes) = match next_line(reader, max_bytes) {
            Ok(NextLine::End) => return ControlFlow::Continue(()),
            Ok(NextLine::Line(line)) => {
                let bytes = line.len() as u64;
                (parse(line, offset, reading, &place), bytes)
            }
            Ok(NextLine::TooLong { bytes }) => {
                (Some(Found::Unreadable(InputError::LineTooLong { max_bytes })), bytes)
            }
            Err(error) => return each(unread(place, Found::Unreadable(error.into()))),
        };
        if let Some(found) = found {
            each(Item { place, input_bytes, stamp: None, found })?;
        }
        offset += input_bytes;
    }
}

/// The next line of a file.
enum NextLine {
    /// The file has no more lines.
    End,
    /// A line with its line break.
    Line(Vec<u8>),
    /// A line that was skipped because it is longer than the limit.
    TooLong { bytes: u64 },
}

/// Reads the next line. A line of more than `max_bytes` is skipped without being held in memory.
fn next_line(reader: &mut dyn BufRead, max_bytes: u64) -> std::io::Result<NextLine> {
    let mut line = Vec::new();
    let mut bytes = reader.take(max_bytes).read_until(b'\n', &mut line)? as u64;
    if bytes == 0 {
        return Ok(NextLine::End);
    }
    if bytes < max_bytes || line.last() == Some(&b'\n') {
        return Ok(NextLine::Line(line));
    }
    drop(line);
    loop {
        let mut rest = Vec::new();
        let read = reader.take(LINE_SLACK_BYTES).read_until(b'\n', &mut rest)? as u64;
        bytes += read;
        if read == 0 || rest.last() == Some(&b'\n') {
            return Ok(NextLine::TooLong { bytes });
        }
    }
}

/// The source in a line; `None` if the line is blank.
fn parse(line: Vec<u8>, offset: u64, reading: &Reading, place: &Place) -> Option<Found> {
    // A line of UTF-16 can't be told from its neighbours by a byte.
    let encoding = reading.encoding.filter(|encoding| encoding.is_ascii_compatible());
    let line = match encoding::decode(line, offset, encoding, place) {
        Ok(line) => line,
        Err(error) => return Some(Found::Unreadable(error)),
    };
    let object = if offset == 0 { line.trim_start_matches('\u{FEFF}') } else { &line };
    if object.trim().is_empty() {
        return None;
    }
    let skipped = line.len() - object.len();
    if !object.trim_start().starts_with('{') {
        // Serde would accept an array of the fields in their order.
        let problem = "expected an object, {\"text\": ...}".to_owned();
        return Some(Found::Unreadable(InputError::Json { column: skipped + 1, problem }));
    }
    let parsed = if reading.lenient {
        lenient::parse(object)
    } else {
        serde_json::from_str::<Line>(object).map(SourceText::from)
    };
    Some(match parsed {
        Ok(source) if source.text.len() as u64 > reading.max_text_bytes => {
            Found::Unreadable(InputError::TooLarge {
                bytes: source.text.len() as u64,
                max_bytes: reading.max_text_bytes,
            })
        }
        Ok(source) => Found::Source(Box::new(source)),
        Err(error) => Found::Unreadable(json_error(&error, skipped, reading.lenient)),
    })
}

impl From<Line> for SourceText {
    fn from(line: Line) -> Self {
        let Line { text, id, title, group, labels, uri, submitted_at, metadata, pages } = line;
        Self {
            id: id.unwrap_or_default(),
            title: title.unwrap_or_default(),
            group: group.unwrap_or_default(),
            labels: labels.unwrap_or_default(),
            uri: uri.unwrap_or_default(),
            submitted_at,
            metadata: metadata.unwrap_or_default(),
            text,
            pages: pages.map(|pages| Box::new(pages.into())),
            document: None,
            ignored_fields: Vec::new(),
        }
    }
}

/// The column and the problem. Each line is parsed separately, so the line number in serde's message is always 1.
fn json_error(error: &serde_json::Error, skipped: usize, lenient: bool) -> InputError {
    let message = error.to_string();
    let mut problem = message.split(" at line ").next().unwrap_or(&message).to_owned();
    if !lenient && problem.starts_with("unknown field") {
        problem.push_str(" (--lenient ignores other fields)");
    } else if !lenient && (problem.contains("type: integer") || problem.contains("type: floating")) {
        problem.push_str(" (--lenient takes numbers as ids)");
    }
    InputError::Json { column: error.column() + skipped, problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_lines(input: &[u8], max_text_bytes: u64) -> Vec<String> {
        let mut seen = Vec::new();
        let reading = Reading { max_text_bytes, ..Reading::default() };
        let end = read(Path::new("in.jsonl"), &mut &*input, &reading, &mut |item| {
            seen.push(match item.found {
                Found::Source(source) => format!("{}: {}", item.place, source.text),
                Found::Unreadable(error) => format!("{}: {error}", item.place),
                other => format!("{other:?}"),
            });
            ControlFlow::Continue(())
        });
        assert!(end.is_continue());
        seen
    }

    #[test]
    fn a_bad_line_fails_alone_and_says_where() {
        let input = b"\xEF\xBB\xBF{\"id\":\"a\",\"text\":\"one\"}\r\n\n   \n\
            {\"id\":\"b\",\"txet\":\"two\"}\n\
            {\"id\":\"c\"}\n\
            {\"id\":17,\"text\":\"x\"}\n\
            {\"text\":\"x\",\"submitted_at\":\"31.1.2026\"}\n\
            {\"text\":\"caf\xE9\"}\n\
            [1]\n\
            {\"text\":\"t\",}\n\
            {\"id\":null,\"text\":\"last\",\"labels\":[\"x\"]}";
        assert_eq!(
            read_lines(input, 100),
            [
                "in.jsonl, line 1: one",
                "in.jsonl, line 4: column 16: unknown field `txet`, expected one of `text`, `id`, `title`, \
                 `group`, `labels`, `uri`, `submitted_at`, `metadata`, `pages` (--lenient ignores other fields)",
                "in.jsonl, line 5: column 10: missing field `text`",
                "in.jsonl, line 6: column 8: invalid type: integer `17`, expected a string (--lenient takes numbers as ids)",
                "in.jsonl, line 7: column 39: submitted_at is \"31.1.2026\", but must be a time in RFC 3339, such as \
                 2026-01-31T12:00:00Z",
                "in.jsonl, line 8: is not valid UTF-8 at byte 141; it looks like windows-1252: convert it with `iconv -f \
                 WINDOWS-1252 -t UTF-8 in.jsonl`, or add --encoding windows-1252",
                "in.jsonl, line 9: column 1: expected an object, {\"text\": ...}",
                "in.jsonl, line 10: column 13: trailing comma",
                "in.jsonl, line 11: last",
            ]
        );
    }

    #[test]
    fn texts_and_lines_are_bounded() {
        let text = "x".repeat(40);
        let long = "y".repeat(3 << 20);
        let input = format!("{{\"text\":\"{text}\"}}\n{{\"text\":\"{long}\"}}\n{{\"text\":\"ok\"}}\n");
        let seen = read_lines(input.as_bytes(), 39);
        assert_eq!(seen[0], "in.jsonl, line 1: has 40 bytes, but the limit is 39; split it");
        assert!(seen[1].starts_with("in.jsonl, line 2: has more than 1048810 bytes"), "{}", seen[1]);
        assert_eq!(seen[2], "in.jsonl, line 3: ok");
    }
}
