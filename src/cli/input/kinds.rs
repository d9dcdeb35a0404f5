//! The kinds of files, by their extensions.

use std::path::Path;

/// Extensions of the files that are read in folders.
pub(in crate::cli) const EXTENSIONS: [&str; 4] = ["txt", "text", "md", "markdown"];

/// Whether a file has the extension of JSON lines.
pub(super) fn is_jsonl(path: &Path) -> bool {
    has_extension(path, &["jsonl", "ndjson"])
}

/// Whether a file has one of `extensions`, in upper or lower case.
pub(super) fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(std::ffi::OsStr::to_str);
    extension.is_some_and(|found| extensions.iter().any(|wanted| found.eq_ignore_ascii_case(wanted)))
}
