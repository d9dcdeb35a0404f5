//! The journal of an import, by which it is resumed: the files whose sources are in the corpus.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cli::error::CliError;
use crate::cli::input::{Known, Stamp};
use crate::private;

/// The version of the format.
const VERSION: u32 = 1;

/// What all sources of an import have in common. A journal is for one import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// The version of the format.
    #[serde(rename = "palimpsest_import")]
    version: u32,
    server: String,
    collection: String,
    id_prefix: String,
    group: String,
    labels: Vec<String>,
    encoding: String,
}

impl Head {
    /// The head of the journal of an import.
    pub(super) fn new(
        server: &str,
        collection: &str,
        id_prefix: &str,
        group: &str,
        labels: &[String],
        encoding: &str,
    ) -> Self {
        let texts = [server, collection, id_prefix, group, encoding].map(str::to_owned);
        let [server, collection, id_prefix, group, encoding] = texts;
        Self { version: VERSION, server, collection, id_prefix, group, labels: labels.to_vec(), encoding }
    }

    /// The first difference to the head of a journal, if there is one.
    fn difference(&self, there: &Self) -> Option<String> {
        let texts = [
            ("version", self.version.to_string(), there.version.to_string()),
            ("server", self.server.clone(), there.server.clone()),
            ("collection", self.collection.clone(), there.collection.clone()),
            ("prefix of ids", self.id_prefix.clone(), there.id_prefix.clone()),
            ("group", self.group.clone(), there.group.clone()),
            ("labels", self.labels.join(", "), there.labels.join(", ")),
            ("encoding", self.encoding.clone(), there.encoding.clone()),
        ];
        let other = texts.into_iter().find(|(_, here, there)| here != there);
        other.map(|(name, here, there)| format!("its {name} is {there:?}, and not {here:?}"))
    }
}

/// A file whose source is in the corpus.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    id: String,
    #[serde(flatten)]
    stamp: Stamp,
}

/// A journal that is open. Its first line is the head, and each other line a file.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    file: File,
}

/// A journal with the files that are in it.
pub(super) struct Opened {
    pub(super) journal: Journal,
    pub(super) known: Known,
}

impl Journal {
    /// Opens a journal, or creates it.
    pub(super) fn open(path: &Path, head: &Head) -> Result<Opened, CliError> {
        let failed = |cause: io::Error| CliError::NotWritten { path: path.to_owned(), cause };
        let created = match private::create_new_file(path) {
            Ok(file) => Some(file),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => None,
            Err(error) => return Err(failed(error)),
        };
        if let Some(file) = created {
            let mut journal = Self { path: path.to_owned(), file };
            journal.write(head)?;
            return Ok(Opened { journal, known: Known::default() });
        }
        let file = OpenOptions::new().read(true).append(true).open(path).map_err(failed)?;
        let known = Self::read(path, &file, head)?;
        Ok(Opened { journal: Self { path: path.to_owned(), file }, known })
    }

    /// Reads the files of a journal. The last line may be cut off, if the process was killed.
    fn read(path: &Path, file: &File, head: &Head) -> Result<Known, CliError> {
        let failed = |cause: io::Error| CliError::NotWritten { path: path.to_owned(), cause };
        let other = |difference: String| CliError::OtherImport { path: path.to_owned(), difference };
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line).map_err(failed)?;
        let there: Head =
            serde_json::from_slice(&line).map_err(|_| other("it does not begin as one".to_owned()))?;
        if let Some(difference) = head.difference(&there) {
            return Err(other(difference));
        }
        let mut known = HashMap::new();
        let mut is_cut_off = false;
        loop {
            line.clear();
            if reader.read_until(b'\n', &mut line).map_err(failed)? == 0 {
                break;
            }
            is_cut_off = line.last() != Some(&b'\n');
            if let Ok(Entry { id, stamp }) = serde_json::from_slice(&line) {
                known.insert(id, stamp);
            }
        }
        if is_cut_off {
            let mut file = file;
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok(Known(known.into()))
    }

    /// Adds a file whose source is in the corpus.
    pub(super) fn add(&mut self, id: &str, stamp: Stamp) -> Result<(), CliError> {
        self.write(&Entry { id: id.to_owned(), stamp })
    }

    fn write(&mut self, line: &impl Serialize) -> Result<(), CliError> {
        let mut text = serde_json::to_vec(line).map_err(|error| CliError::Json(error.to_string()))?;
        text.push(b'\n');
        let written = self.file.write_all(&text);
        written.map_err(|cause| CliError::NotWritten { path: self.path.clone(), cause })
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn head(collection: &str) -> Head {
        Head::new("http://x", collection, "", "", &[], "")
    }

    #[test]
    fn a_journal_is_read_again_also_if_it_was_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("import.journal");
        let stamp: Stamp = serde_json::from_str(r#"{"bytes": 7, "modified": 9}"#).unwrap();
        let mut opened = Journal::open(&path, &head("a")).unwrap();
        assert!(opened.known.0.is_empty());
        opened.journal.add("one.txt", stamp).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}{{\"id\":\"tw")).unwrap();
        let mut opened = Journal::open(&path, &head("a")).unwrap();
        opened.journal.add("three.txt", stamp).unwrap();
        let known = Journal::open(&path, &head("a")).unwrap().known.0;
        assert_eq!((known.len(), known.get("three.txt")), (2, Some(&stamp)));
        let other = Journal::open(&path, &head("b")).err().unwrap().to_string();
        assert!(other.contains(r#"its collection is "a", and not "b""#), "{other}");
        fs::write(&path, "an essay").unwrap();
        assert!(
            Journal::open(&path, &head("a")).err().unwrap().to_string().contains("does not begin as one")
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "an essay");
    }
}
