//! The submissions that arguments name: files, folders, archives, patterns and standard input.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Paths};

use super::file::Entry;
use super::folder;
use super::{InputError, STANDARD_INPUT, Skipped, TextFile, archive};

/// A submission: its file, and the reason why it can't be read, if that is known already.
#[derive(Debug)]
pub(in crate::cli) struct Submission {
    /// The file.
    pub(in crate::cli) file: TextFile,
    /// The problem with it.
    pub(in crate::cli) problem: Option<InputError>,
}

/// The submissions, in the order of the arguments and of the names in folders.
#[derive(Debug, Default)]
pub(in crate::cli) struct Submissions {
    /// The submissions, each file once.
    pub(in crate::cli) found: Vec<Submission>,
    /// What was skipped in folders.
    pub(in crate::cli) skipped: Skipped,
    seen: HashSet<PathBuf>,
}

/// As shells match, `*` and `?` do not match a dot at the beginning of a name.
const MATCH: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

impl Submissions {
    /// The only file that `paths` name, unless they name several, a folder, an archive or a pattern.
    pub(in crate::cli) fn single(paths: &[PathBuf]) -> Option<&Path> {
        match paths {
            [path] if !path.is_dir() && !is_pattern(path) && !archive::is_archive(path) => Some(path),
            _ => None,
        }
    }

    /// Finds the submissions. Shells expand most patterns; those that are left are expanded here.
    pub(in crate::cli) fn find(paths: &[PathBuf]) -> Self {
        let mut submissions = Self::default();
        for path in paths {
            if is_pattern(path) {
                submissions.add_matches(path);
            } else {
                submissions.add_path(path);
            }
        }
        submissions
    }

    fn add_path(&mut self, path: &Path) {
        let mut add = |entry| {
            match entry {
                Entry::Text(file) => self.add(file, None),
                Entry::Skipped(place, skip) => self.skipped.add(place, skip),
                Entry::Unreadable(place, problem) => self.add(TextFile::at(place.path()), Some(problem)),
            }
            ControlFlow::Continue(())
        };
        let _end = if path.is_dir() {
            folder::walk(path, &mut add)
        } else if archive::is_archive(path) {
            archive::walk(path, &mut add)
        } else {
            add(Entry::Text(TextFile::at(path)))
        };
    }

    fn add_matches(&mut self, pattern: &Path) {
        let matches = pattern.to_str().ok_or("its name is not valid UTF-8");
        let matches = matches.and_then(|text| matching(text).map_err(|error| error.msg));
        let mut matches = match matches {
            Ok(matches) => matches.peekable(),
            Err(problem) => return self.add(TextFile::at(pattern), Some(InputError::BadPattern(problem))),
        };
        if matches.peek().is_none() {
            self.add(TextFile::at(pattern), Some(InputError::NoMatch));
        }
        for found in matches {
            match found {
                Ok(path) => self.add_path(&path),
                Err(error) => {
                    let file = TextFile::at(error.path());
                    self.add(file, Some(InputError::Unreadable(error.into())));
                }
            }
        }
    }

    fn add(&mut self, file: TextFile, problem: Option<InputError>) {
        if self.seen.insert(file.path().to_owned()) {
            self.found.push(Submission { file, problem });
        }
    }
}

fn matching(pattern: &str) -> Result<Paths, glob::PatternError> {
    glob::glob_with(pattern, MATCH)
}

/// Whether a path names no file, and has the special characters of a pattern.
fn is_pattern(path: &Path) -> bool {
    let has_special = path.as_os_str().as_encoded_bytes().iter().any(|byte| b"*?[".contains(byte));
    has_special && path.as_os_str() != STANDARD_INPUT && std::fs::symlink_metadata(path).is_err()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn files_folders_and_patterns_are_found_once_each() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("class/.git")).unwrap();
        for name in ["class/b.txt", "class/a.md", "class/scan.png", "class/.git/x.txt", "z[1].txt"] {
            fs::write(root.join(name), "text").unwrap();
        }
        let paths = ["class", "class/*.txt", "*.rtf", "z[1].txt", "missing.txt"].map(|path| root.join(path));
        let Submissions { found, skipped, .. } = Submissions::find(&paths);
        let name = |path: &Path| path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let names: Vec<String> = found.iter().map(|found| name(found.file.path())).collect();
        assert_eq!(names, ["class/a.md", "class/b.txt", "*.rtf", "z[1].txt", "missing.txt"]);
        assert_eq!(found[2].problem.as_ref().unwrap().to_string(), "matches no file");
        let skipped: Vec<String> = skipped.named().map(|place| name(place.path())).collect();
        assert_eq!(skipped, ["class/scan.png", "class/.git"]);
    }
}
