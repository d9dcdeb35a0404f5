//! The kinds of files, by their extensions.

use std::path::Path;

/// Extensions of the files that are read in folders and archives. What they hold is found by their content.
pub(in crate::cli) const EXTENSIONS: [&str; 13] =
    ["txt", "text", "md", "markdown", "docx", "docm", "odt", "epub", "html", "htm", "xhtml", "rtf", "pdf"];

/// Whether a file has the extension of a text or a document.
pub(super) fn is_document(path: &Path) -> bool {
    has_extension(path, &EXTENSIONS)
}

/// Whether a file has the extension of Markdown.
pub(super) fn is_markdown(path: &Path) -> bool {
    has_extension(path, &["md", "markdown"])
}

/// Whether a file has the extension of JSON lines.
pub(in crate::cli) fn is_jsonl(path: &Path) -> bool {
    has_extension(path, &["jsonl", "ndjson"])
}

/// Whether a file has the extension of a zip archive.
pub(super) fn is_zip(path: &Path) -> bool {
    has_extension(path, &["zip"])
}

/// Whether a file has one of `extensions`, in upper or lower case.
fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(std::ffi::OsStr::to_str);
    extension.is_some_and(|found| extensions.iter().any(|wanted| found.eq_ignore_ascii_case(wanted)))
}
