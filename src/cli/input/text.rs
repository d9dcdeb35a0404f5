//! Files of one text each, as submissions and as sources.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;

use super::document::Content;
use super::file::{Entry, TextFile};
use super::{Found, InputError, Item, Place, Reading, SourceDocument, SourceText, archive, folder, kinds};
use crate::documents::Format;
use crate::text::OffsetUnit;

/// Length limit of a title, in characters.
const MAX_TITLE_CHARS: usize = 200;

/// A text with the name of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Text {
    /// The path of the file as given.
    pub(in crate::cli) name: String,
    /// The content.
    pub(in crate::cli) content: Content,
}

impl Text {
    /// The text.
    pub(in crate::cli) fn text(&self) -> &str {
        self.content.text()
    }
}

/// A text that could not be read.
#[derive(Debug)]
pub(in crate::cli) struct UnreadableText {
    /// The file.
    pub(in crate::cli) place: Place,
    /// The problem with it.
    pub(in crate::cli) problem: InputError,
}

/// Reads a text from a file or from standard input. Without `encoding`, it is found.
pub(in crate::cli) fn read_text(
    file: &TextFile,
    encoding: Option<&'static Encoding>,
) -> Result<Text, UnreadableText> {
    let place = file.place();
    match file.read(encoding).and_then(Content::with_text) {
        Ok(content) => Ok(Text { name: place.to_string(), content }),
        Err(problem) => Err(UnreadableText { place, problem }),
    }
}

/// Reads a file that was found under `root` as a source, unless it is known.
pub(super) fn read_source(root: &Path, file: &TextFile, reading: &Reading) -> Item {
    let (place, input_bytes, stamp) = (file.place(), file.input_bytes(), file.stamp());
    let id = match reading.ids.id(root, file.path()) {
        Ok(id) => id,
        Err(error) => return Item { place, input_bytes, stamp, found: Found::Unreadable(error) },
    };
    if stamp.is_some_and(|stamp| reading.known.has(&id, stamp)) {
        return Item { place, input_bytes, stamp, found: Found::Known };
    }
    let source = file.read(reading.encoding).and_then(Content::with_text).and_then(|content| {
        let bytes = content.text().len() as u64;
        if bytes > reading.max_text_bytes {
            return Err(InputError::TooLarge { bytes, max_bytes: reading.max_text_bytes });
        }
        let title = title(file.path(), &content);
        let message = content.document(OffsetUnit::Utf8Bytes);
        let document = message.map(|message| Box::new(SourceDocument { message, pages: content.pages() }));
        Ok(SourceText { id, title, text: content.into_text(), document, ..SourceText::default() })
    });
    let found = source.map_or_else(Found::Unreadable, |source| Found::Source(Box::new(source)));
    Item { place, input_bytes, stamp, found }
}

/// The title of a text: what the document states, or the first heading of Markdown, or else the file name without its
/// extension.
fn title(path: &Path, content: &Content) -> String {
    let is_markdown = match content.format() {
        Some(format) => format == Format::Markdown,
        None => kinds::is_markdown(path),
    };
    let heading = is_markdown.then(|| first_heading(content.text())).flatten();
    let stated = Some(content.title()).filter(|title| !title.is_empty());
    let stem = || path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let title = stated.or(heading).map_or_else(stem, str::to_owned);
    title.chars().filter(|c| !c.is_control()).take(MAX_TITLE_CHARS).collect()
}

fn first_heading(text: &str) -> Option<&str> {
    let mut fenced = false;
    for line in text.trim_start_matches('\u{FEFF}').lines() {
        fenced ^= line.trim_start().starts_with("```");
        let heading = line.trim_start_matches('#');
        let level = line.len() - heading.len();
        let heading = heading.strip_prefix([' ', '\t']).map(|rest| rest.trim().trim_end_matches('#').trim());
        if let Some(heading) = heading
            && (1..=6).contains(&level)
            && !fenced
            && !heading.is_empty()
        {
            return Some(heading);
        }
    }
    None
}

/// How much there is to read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::cli) struct Totals {
    /// Files, those in archives included.
    pub(in crate::cli) files: u64,
    /// Their size, in bytes.
    pub(in crate::cli) bytes: u64,
}

/// How much [`read_all`](super::read_all) reads. Files that can't be read have no bytes.
pub(in crate::cli) fn totals(paths: &[PathBuf]) -> Totals {
    let mut totals = Totals::default();
    let mut add = |entry| {
        if let Entry::Text(file) = entry {
            totals.files += 1;
            totals.bytes += file.input_bytes();
        }
        ControlFlow::Continue(())
    };
    for path in paths {
        let _end = if path.is_dir() {
            folder::walk(path, &mut add)
        } else if archive::is_archive(path) {
            archive::walk(path, &mut add)
        } else {
            add(Entry::Text(TextFile::at(path)))
        };
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_headings_or_stems() {
        for (path, text, expected) in [
            ("a/essay.md", "\u{FEFF}intro\n\n## On Ships ##\n# Other", "On Ships"),
            ("a/essay.md", "#hashtag\n####### seven\n# \nplain", "essay"),
            ("a/essay.md", "```sh\n# a comment\n```\n# Real", "Real"),
            ("a/essay.md", "# with\u{7} a bell", "with a bell"),
            ("a/essay.v2.txt", "# not Markdown", "essay.v2"),
        ] {
            assert_eq!(title(Path::new(path), &Content::Plain(text.to_owned())), expected, "{text:?}");
        }
    }
}
