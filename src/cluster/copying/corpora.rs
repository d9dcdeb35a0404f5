//! The corpora of a node: how they are opened, and the folders that they are in.
//!
//! The corpus of partition 3 is in `p03`. A copy that takes its place is in a folder of its own, `p03.1`, which has that name only
//! when all of the copy is in it. So a kill at any moment leaves a whole corpus: of several the last counts. The next start removes
//! the others, and gives it the name `p03`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::cluster::log::LogId;
use crate::engine::{Engine, Error, Progress, StoreError, SystemError};
use crate::model::{CorpusSeed, Limits};
use crate::private;

/// The folder of copies under way, in the data directory.
const COPIES: &str = "copies";

/// What a restore adds to the name of a folder that is not whole yet.
const UNFINISHED: &str = ".restoring";

/// The corpora of a node, all with the same seed and limits.
#[derive(Debug, Clone)]
pub(crate) struct Corpora {
    /// The data directory; in memory without one.
    pub(crate) data_dir: Option<PathBuf>,
    /// The limits.
    pub(crate) limits: Limits,
    /// The secret seed.
    pub(crate) seed: CorpusSeed,
    /// Bytes of texts in memory, of each partition.
    pub(crate) cache_bytes: u64,
}

impl Corpora {
    /// Opens the corpus of a log, which is created if it is not there.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::open`].
    pub(crate) fn open(&self, id: LogId, progress: &mut dyn FnMut(Progress)) -> Result<Engine, Error> {
        match &self.data_dir {
            None => Ok(warm(Engine::with_seed(self.limits, self.seed))),
            Some(path) => self.open_in(&path.join(id.to_string()), id, progress),
        }
    }

    /// Opens the corpus of a log in a folder.
    ///
    /// # Errors
    ///
    /// Those of [`Engine::open`].
    pub(super) fn open_in(
        &self,
        folder: &Path,
        id: LogId,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Engine, Error> {
        let cache = if id == LogId::Meta { 0 } else { self.cache_bytes };
        Engine::open_seeded(folder, self.limits, cache, self.seed, progress).map(warm)
    }

    /// Removes what an earlier process left of copies, and gives the last corpus of each partition its name. No other process may
    /// use the data directory.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] for a folder that can't be read, renamed or removed.
    pub(crate) fn settle(&self, partitions: &[u16]) -> Result<(), Error> {
        let Some(data_dir) = &self.data_dir else { return Ok(()) };
        remove(&data_dir.join(COPIES))?;
        for number in partitions {
            settle(data_dir, &LogId::Partition(*number).to_string())?;
        }
        Ok(())
    }

    /// The folder of copies under way, which is created if it is not there; `None` in memory.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if it can't be created.
    pub(super) fn copies(&self) -> Result<Option<PathBuf>, Error> {
        let Some(data_dir) = &self.data_dir else { return Ok(None) };
        let folder = data_dir.join(COPIES);
        private::create_folder(&folder).map_err(|error| failure(&folder, &error))?;
        Ok(Some(folder))
    }
}

/// Has read what searches need beside the corpus.
fn warm(engine: Engine) -> Engine {
    engine.warm_up();
    engine
}

/// The folder of the corpus that comes after the one in a folder.
pub(super) fn next(present: &Path) -> PathBuf {
    let name = present.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (partition, number) = name.split_once('.').unwrap_or((&name, "0"));
    let number: u32 = number.parse().unwrap_or(0);
    present.with_file_name(format!("{partition}.{}", number.saturating_add(1)))
}

/// Gives the last corpus of a partition its name, and removes the others.
fn settle(data_dir: &Path, name: &str) -> Result<(), Error> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(data_dir).map_err(|error| failure(data_dir, &error))? {
        let entry = entry.map_err(|error| failure(data_dir, &error))?;
        let found = entry.file_name().to_string_lossy().into_owned();
        let Some(of_copy) = found.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')) else {
            continue;
        };
        match of_copy.parse::<u32>() {
            Ok(number) => numbers.push(number),
            Err(_) if of_copy.ends_with(UNFINISHED) => remove(&entry.path())?,
            Err(_) => {}
        }
    }
    numbers.sort_unstable();
    let Some(last) = numbers.pop() else { return Ok(()) };
    // The last counts for as long as it has a later number: it is renamed when the others are gone.
    let own = data_dir.join(name);
    for other in numbers {
        remove(&data_dir.join(format!("{name}.{other}")))?;
    }
    remove(&own)?;
    fs::rename(data_dir.join(format!("{name}.{last}")), &own).map_err(|error| failure(&own, &error))?;
    sync(data_dir)
}

/// Makes the names in a folder durable.
///
/// # Errors
///
/// [`Error::Store`].
pub(super) fn sync(folder: &Path) -> Result<(), Error> {
    File::open(folder).and_then(|opened| opened.sync_all()).map_err(|error| failure(folder, &error))
}

/// Removes a folder if it is there.
///
/// # Errors
///
/// [`Error::Store`].
pub(super) fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failure(folder, &error)),
        _ => Ok(()),
    }
}

/// The error of a file or folder.
pub(super) fn failure(path: &Path, error: &io::Error) -> Error {
    Error::Store(StoreError::Io { path: path.to_owned(), cause: SystemError::from(error) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpora(data_dir: &Path) -> Corpora {
        Corpora {
            data_dir: Some(data_dir.to_owned()),
            limits: Limits::default(),
            seed: CorpusSeed::new(3),
            cache_bytes: 0,
        }
    }

    #[test]
    fn copies_take_folders_of_their_own_in_turn() {
        let names: Vec<PathBuf> = ["/d/p03", "/d/p03.1", "/d/p117.41"].map(|of| next(Path::new(of))).into();
        assert_eq!(names, ["/d/p03.1", "/d/p03.2", "/d/p117.42"].map(PathBuf::from));
    }

    /// Whenever a kill comes, the last whole corpus is there at the next start, and nothing else.
    #[test]
    fn of_several_corpora_of_a_partition_the_last_counts() {
        for (before, expected) in [
            (&["p03"][..], Some("p03")),
            (&["p03", "p03.1.restoring"], Some("p03")),
            (&["p03", "p03.1"], Some("p03.1")),
            (&["p03.1", "p03.2.restoring"], Some("p03.1")),
            (&["p03.9", "p03.10", "copies"], Some("p03.10")),
            (&["copies", "p03.1.restoring"], None),
        ] {
            let folder = tempfile::tempdir().unwrap();
            for name in before.iter().chain(&["meta", "p030", "p04"]) {
                fs::create_dir(folder.path().join(name)).unwrap();
                fs::write(folder.path().join(name).join("name"), name).unwrap();
            }
            corpora(folder.path()).settle(&[3]).unwrap();
            let mut names: Vec<String> = fs::read_dir(folder.path())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort_unstable();
            let others = ["meta", "p03", "p030", "p04"];
            let others = others.into_iter().filter(|name| *name != "p03" || expected.is_some());
            assert_eq!(names, others.collect::<Vec<_>>(), "{before:?}");
            let found = fs::read_to_string(folder.path().join("p03/name")).ok();
            assert_eq!(found.as_deref(), expected, "{before:?}");
        }
    }
}
