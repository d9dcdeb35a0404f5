//! Folders of texts, read recursively.

use std::ops::ControlFlow;
use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use super::file::{Entry, TextFile};
use super::{InputError, Place, Skip, archive, kinds};

/// Calls `each` for every entry under `root` but folders that are not hidden, in the order of their names; of archives, for
/// their entries. Links are followed, except back to a folder that contains them.
pub(super) fn walk(root: &Path, each: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> ControlFlow<()> {
    let mut entries = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
    while let Some(entry) = entries.next() {
        match entry {
            Ok(entry) if is_hidden(&entry) => {
                if entry.file_type().is_dir() {
                    entries.skip_current_dir();
                }
                each(Entry::Skipped(Place::file(entry.path()), Skip::Hidden))?;
            }
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) if entry.file_type().is_file() && kinds::is_document(entry.path()) => {
                each(Entry::Text(TextFile::at(entry.path())))?;
            }
            Ok(entry) if kinds::is_zip(entry.path()) && archive::is_archive(entry.path()) => {
                archive::walk(entry.path(), each)?;
            }
            Ok(entry) => each(Entry::Skipped(Place::file(entry.path()), Skip::OtherKind))?,
            Err(error) => {
                let place = Place::file(error.path().unwrap_or(root));
                let reason = error.loop_ancestor().map(|ancestor| InputError::Loop(ancestor.to_owned()));
                each(Entry::Unreadable(place, reason.unwrap_or_else(|| plain_io(&error))))?;
            }
        }
    }
    ControlFlow::Continue(())
}

/// Whether an entry of a folder is hidden. The folder that was given is not hidden, also if its name begins with a dot.
fn is_hidden(entry: &DirEntry) -> bool {
    entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// The I/O error without the path, which the message has already.
fn plain_io(error: &walkdir::Error) -> InputError {
    let kind = error.io_error().map_or(std::io::ErrorKind::Other, std::io::Error::kind);
    let code = error.io_error().and_then(std::io::Error::raw_os_error);
    InputError::Unreadable(code.map_or_else(|| kind.into(), std::io::Error::from_raw_os_error))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::super::{Found, Ids, Reading, read_all, totals};
    use super::*;

    fn reading(paths: &[PathBuf]) -> Reading {
        Reading { max_text_bytes: 20, ids: Ids::of_import(paths), ..Reading::default() }
    }

    fn found(paths: &[PathBuf], reading: &Reading) -> Vec<String> {
        let mut seen = Vec::new();
        let end = read_all(paths, reading, &mut |item| {
            seen.push(match item.found {
                Found::Source(source) => format!("{} | {} | {}", source.id, source.title, source.text),
                Found::Unreadable(error) => {
                    format!("{:?} {}", item.place.path.file_name().unwrap(), error.reason())
                }
                Found::Skipped(skip) => {
                    format!("{:?} {skip:?}", item.place.path.file_name().unwrap())
                }
                Found::Known => panic!("nothing is known"),
            });
            ControlFlow::Continue(())
        });
        assert!(end.is_continue());
        seen
    }

    #[test]
    fn reads_what_can_be_read_and_names_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("b/deep")).unwrap();
        fs::write(root.join("a.TXT"), "alpha").unwrap();
        fs::write(root.join("b/deep/c.md"), "# Gamma\ntext").unwrap();
        fs::write(root.join("picture.png"), b"\x89PNG").unwrap();
        fs::create_dir_all(root.join(".git/inner")).unwrap();
        fs::write(root.join(".git/inner/x.txt"), "x").unwrap();
        fs::write(root.join(".hidden.txt"), "x").unwrap();
        fs::write(root.join("z.txt"), "more than twenty bytes").unwrap();
        assert_eq!(
            found(&[root.to_owned()], &reading(&[root.to_owned()])),
            [
                "\".git\" Hidden",
                "\".hidden.txt\" Hidden",
                "a.TXT | a | alpha",
                "b/deep/c.md | Gamma | # Gamma\ntext",
                "\"picture.png\" OtherKind",
                "\"z.txt\" too large",
            ]
        );
        let totals = totals(&[root.to_owned()]);
        assert_eq!((totals.files, totals.bytes), (3, 5 + 12 + 22));
    }

    #[test]
    fn a_single_file_has_its_name_as_id_unless_paths_are_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("one.txt");
        fs::write(&file, "one").unwrap();
        assert_eq!(
            found(std::slice::from_ref(&file), &reading(std::slice::from_ref(&file))),
            ["one.txt | one | one"]
        );
        let as_given = Reading { ids: Ids::AsGiven, ..reading(&[]) };
        assert_eq!(
            found(std::slice::from_ref(&file), &as_given),
            [format!("{} | one | one", file.display())]
        );
        let missing = folder.path().join("missing.txt");
        assert_eq!(found(std::slice::from_ref(&missing), &reading(&[])), ["\"missing.txt\" cannot be read"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_back_to_its_own_folder_is_named_and_ends() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.txt"), "alpha").unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
        assert_eq!(
            found(&[folder.path().to_owned()], &reading(&[folder.path().to_owned()])),
            ["a.txt | a | alpha", "\"again\" link back to a folder that contains it"]
        );
    }

    #[test]
    fn stops_when_told_to() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.txt", "b.txt"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let mut seen = 0;
        let end = read_all(&[folder.path().to_owned()], &reading(&[]), &mut |_| {
            seen += 1;
            ControlFlow::Break(())
        });
        assert_eq!((end, seen), (ControlFlow::Break(()), 1));
    }
}
