//! The ids of sources that are files: paths, with forward slashes.

use std::path::{Component, Path, PathBuf};

use super::{InputError, STANDARD_INPUT, kinds};

/// How the ids of files are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum Ids {
    /// The path as given.
    AsGiven,
    /// The path relative to the folder that was given.
    BelowFolder,
    /// The path relative to this absolute folder.
    Below(PathBuf),
}

impl Ids {
    /// The ids for an import of `paths`, such that two files never have the same: relative to the folder, if only one
    /// folder is given; otherwise relative to the current folder, or, if a path is outside it, to the deepest folder that
    /// contains all.
    pub(in crate::cli) fn of_import(paths: &[PathBuf]) -> Self {
        let here = std::env::current_dir().unwrap_or_default();
        Self::relative_to(&here, paths)
    }

    fn relative_to(here: &Path, paths: &[PathBuf]) -> Self {
        // Sources in JSON lines have ids of their own.
        let files = paths.iter().filter(|path| path.as_os_str() != STANDARD_INPUT && !kinds::is_jsonl(path));
        let files: Vec<&PathBuf> = files.collect();
        if let [only] = files.as_slice()
            && only.is_dir()
        {
            return Self::BelowFolder;
        }
        let whole: Vec<PathBuf> = files.iter().map(|path| clean(&here.join(path))).collect();
        if whole.iter().all(|path| path.starts_with(here) && path != here) {
            return Self::Below(here.to_owned());
        }
        let folders = whole.iter().map(|path| path.parent().unwrap_or(path).to_owned());
        Self::Below(folders.reduce(|one, other| shared(&one, &other)).unwrap_or_default())
    }

    /// The ids of files relative to the deepest folder that contains all of them.
    pub(in crate::cli) fn below_all<'a>(files: impl Iterator<Item = &'a Path>) -> Self {
        let here = std::env::current_dir().unwrap_or_default();
        let folders =
            files.map(|file| clean(&here.join(file)).parent().map(Path::to_owned).unwrap_or_default());
        Self::Below(folders.reduce(|one, other| shared(&one, &other)).unwrap_or_default())
    }

    /// The id of the source in `file`, which was found under `root`.
    pub(in crate::cli) fn id(&self, root: &Path, file: &Path) -> Result<String, InputError> {
        let path = match self {
            Self::AsGiven => file.to_owned(),
            Self::BelowFolder => file.strip_prefix(root).unwrap_or(file).to_owned(),
            Self::Below(folder) => {
                let here = std::env::current_dir().unwrap_or_default();
                let whole = clean(&here.join(file));
                whole.strip_prefix(folder).map(Path::to_owned).unwrap_or(whole)
            }
        };
        let id = path.to_str().ok_or(InputError::NameNotUtf8)?;
        Ok(id.replace(std::path::MAIN_SEPARATOR, "/"))
    }
}

/// A path without `.` and `..`.
fn clean(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => _ = clean.pop(),
            part => clean.push(part),
        }
    }
    clean
}

/// The deepest folder that contains both paths.
fn shared(one: &Path, other: &Path) -> PathBuf {
    one.components().zip(other.components()).take_while(|(a, b)| a == b).map(|(part, _)| part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(paths: &[&str]) -> Vec<String> {
        let here = std::env::current_dir().unwrap();
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let ids = Ids::relative_to(&here, &paths);
        paths.iter().map(|path| ids.id(path, path).unwrap()).collect()
    }

    #[test]
    fn files_below_the_current_folder_are_named_from_there() {
        assert_eq!(ids(&["a/essay.txt"]), ["a/essay.txt"]);
        assert_eq!(ids(&["./a/essay.txt", "b/x/../essay.txt"]), ["a/essay.txt", "b/essay.txt"]);
    }

    #[test]
    fn other_files_are_named_from_the_folder_that_contains_all() {
        assert_eq!(ids(&["/nowhere/a/essay.txt"]), ["essay.txt"]);
        assert_eq!(ids(&["/nowhere/a/essay.txt", "/nowhere/b/essay.txt"]), ["a/essay.txt", "b/essay.txt"]);
        let mixed = ids(&["/essay.txt", "essay.txt"]);
        assert!(mixed[0] == "essay.txt" && mixed[1].ends_with("/essay.txt"), "{mixed:?}");
    }

    #[test]
    fn files_in_the_only_folder_are_named_from_it() {
        let folder = tempfile::tempdir().unwrap();
        let paths = [folder.path().to_owned(), PathBuf::from("more.jsonl")];
        let ids = Ids::of_import(&paths);
        assert_eq!(ids, Ids::BelowFolder);
        assert_eq!(ids.id(&paths[0], &paths[0].join("a/b.txt")).unwrap(), "a/b.txt");
    }
}
