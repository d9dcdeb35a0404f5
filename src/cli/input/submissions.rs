//! The submissions that arguments name: files, folders, patterns and standard input.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Paths};

use super::folder::{self, Entry};
use super::{InputError, Place, STANDARD_INPUT, Skipped};

/// A submission: its place, and the reason why it can't be read, if that is known already.
#[derive(Debug)]
pub(in crate::cli) struct Submission {
    /// The file.
    pub(in crate::cli) place: Place,
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
    /// The only file that `paths` name, unless they name several, a folder or a pattern.
    pub(in crate::cli) fn single(paths: &[PathBuf]) -> Option<&Path> {
        match paths {
            [path] if !path.is_dir() && !is_pattern(path) => Some(path),
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
        if path.is_dir() {
            self.add_folder(path);
        } else {
            self.add(Place::file(path), None);
        }
    }

    fn add_folder(&mut self, root: &Path) {
        let _end = folder::walk(root, &mut |entry| {
            match entry {
                Entry::Text(entry) => self.add(Place::file(entry.path()), None),
                Entry::Skipped(entry, skip) => self.skipped.add(Place::file(entry.path()), skip),
                Entry::Unreadable(place, problem) => self.add(place, Some(problem)),
            }
            ControlFlow::Continue(())
        });
    }

    fn add_matches(&mut self, pattern: &Path) {
        let matches = pattern.to_str().ok_or("its name is not valid UTF-8");
        let matches = matches.and_then(|text| matching(text).map_err(|error| error.msg));
        let mut matches = match matches {
            Ok(matches) => matches.peekable(),
            Err(problem) => return self.add(Place::file(pattern), Some(InputError::BadPattern(problem))),
        };
        if matches.peek().is_none() {
            self.add(Place::file(pattern), Some(InputError::NoMatch));
        }
        for found in matches {
            match found {
                Ok(path) => self.add_path(&path),
                Err(error) => {
                    let place = Place::file(error.path());
                    self.add(place, Some(InputError::Unreadable(error.into())));
                }
            }
        }
    }

    fn add(&mut self, place: Place, problem: Option<InputError>) {
        if self.seen.insert(place.path().to_owned()) {
            self.found.push(Submission { place, problem });
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
        for name in ["class/b.txt", "class/a.md", "class/scan.pdf", "class/.git/x.txt", "z[1].txt"] {
            fs::write(root.join(name), "text").unwrap();
        }
        let paths = ["class", "class/*.txt", "*.rtf", "z[1].txt", "missing.txt"].map(|path| root.join(path));
        let Submissions { found, skipped, .. } = Submissions::find(&paths);
        let name = |place: &Place| place.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let names: Vec<String> = found.iter().map(|found| name(&found.place)).collect();
        assert_eq!(names, ["class/a.md", "class/b.txt", "*.rtf", "z[1].txt", "missing.txt"]);
        assert_eq!(found[2].problem.as_ref().unwrap().to_string(), "matches no file");
        let skipped: Vec<String> = skipped.named().map(name).collect();
        assert_eq!(skipped, ["class/scan.pdf", "class/.git"]);
    }
}
