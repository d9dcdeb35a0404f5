//! Files of one text each.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;

use super::{
    Found, InputError, Item, MAX_FILE_BYTES, Place, Reading, STANDARD_INPUT, SourceText, encoding, folder,
    kinds,
};

/// Length limit of a title from a heading, in characters.
const MAX_TITLE_CHARS: usize = 200;

/// A text with the name of its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Text {
    /// The path of the file as given.
    pub(in crate::cli) name: String,
    /// The content.
    pub(in crate::cli) text: String,
}

/// A text that could not be read.
#[derive(Debug)]
pub(in crate::cli) struct UnreadableText {
    /// The file.
    pub(in crate::cli) place: Place,
    /// The problem with it.
    pub(in crate::cli) problem: InputError,
}

/// Reads a text from a file or from standard input, in UTF-8 or in `encoding`.
pub(in crate::cli) fn read_text(
    path: &Path,
    encoding: Option<&'static Encoding>,
) -> Result<Text, UnreadableText> {
    let place = Place::file(path);
    let text = if *path == *Path::new(STANDARD_INPUT) {
        read_from(&mut io::stdin().lock(), MAX_FILE_BYTES, encoding, &place)
    } else {
        read_file(path, MAX_FILE_BYTES, encoding, &place)
    };
    match text {
        Ok(text) => Ok(Text { name: place.to_string(), text }),
        Err(problem) => Err(UnreadableText { place, problem }),
    }
}

/// Reads the file `path`, found under `root`, as a source.
pub(super) fn read_source(root: &Path, path: &Path, reading: &Reading) -> Item {
    let place = Place::file(path);
    let input_bytes = path.metadata().map_or(0, |metadata| metadata.len());
    let source = reading.ids.id(root, path).and_then(|id| {
        let text = read_file(path, reading.max_text_bytes, reading.encoding, &place)?;
        Ok(SourceText { id, title: title(path, &text), text, ..SourceText::default() })
    });
    let found = source.map_or_else(Found::Unreadable, Found::Source);
    Item { place, input_bytes, found }
}

fn read_file(
    path: &Path,
    max_bytes: u64,
    encoding: Option<&'static Encoding>,
    place: &Place,
) -> Result<String, InputError> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(InputError::Folder);
    }
    if metadata.len() > max_bytes {
        return Err(InputError::TooLarge { bytes: metadata.len(), max_bytes });
    }
    read_from(&mut file, max_bytes, encoding, place)
}

fn read_from(
    reader: &mut dyn Read,
    max_bytes: u64,
    encoding: Option<&'static Encoding>,
    place: &Place,
) -> Result<String, InputError> {
    let mut bytes = Vec::new();
    reader.take(max_bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_bytes {
        return Err(InputError::TooLarge { bytes: bytes.len() as u64, max_bytes });
    }
    encoding::decode(bytes, 0, encoding, place)
}

/// The title of a text: the first heading of a Markdown file, or else the file name without its extension.
fn title(path: &Path, text: &str) -> String {
    let heading = kinds::has_extension(path, &["md", "markdown"]).then(|| first_heading(text)).flatten();
    let stem = || path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let title = heading.map_or_else(stem, str::to_owned);
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

/// Total size of the files that [`read_all`](super::read_all) reads, in bytes. Files that can't be read count 0.
pub(in crate::cli) fn total_bytes(paths: &[PathBuf]) -> u64 {
    paths
        .iter()
        .map(
            |path| {
                if path.is_dir() { folder::total_bytes(path) } else { path.metadata().map_or(0, |m| m.len()) }
            },
        )
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_at_the_limit_is_read_and_one_past_it_is_not() {
        let place = Place::file(Path::new("x.txt"));
        assert_eq!(read_from(&mut &b"abcd"[..], 4, None, &place).unwrap(), "abcd");
        let error = read_from(&mut &b"abcde"[..], 4, None, &place).unwrap_err();
        assert_eq!(error.to_string(), "has 5 bytes, but the limit is 4; split it");
    }

    #[test]
    fn titles_are_headings_or_stems() {
        for (path, text, expected) in [
            ("a/essay.md", "\u{FEFF}intro\n\n## On Ships ##\n# Other", "On Ships"),
            ("a/essay.md", "#hashtag\n####### seven\n# \nplain", "essay"),
            ("a/essay.md", "```sh\n# a comment\n```\n# Real", "Real"),
            ("a/essay.md", "# with\u{7} a bell", "with a bell"),
            ("a/essay.v2.txt", "# not Markdown", "essay.v2"),
        ] {
            assert_eq!(title(Path::new(path), text), expected, "{text:?}");
        }
    }
}
