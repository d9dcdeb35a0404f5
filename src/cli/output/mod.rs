//! Output for programs: JSON, and files that are complete or absent.

pub(super) mod csv;
pub(super) mod json;
mod new_file;
mod signals;

use std::path::Path;

pub(super) use new_file::NewFile;
pub(super) use signals::unless_interrupted;

/// Whether a file name stands for standard output.
pub(super) fn is_stdout(file: &Path) -> bool {
    file == Path::new("-")
}
