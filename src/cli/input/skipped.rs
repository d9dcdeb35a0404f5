//! The entries of folders and archives that were not read.

use super::{EXTENSIONS, Place, Skip};
use crate::cli::render::counted;

/// Number of entries of each kind that are named; the rest are counted.
const NAMED: usize = 20;

/// The entries of folders and archives that were not read, by the reason.
#[derive(Debug, Default)]
pub(in crate::cli) struct Skipped {
    hidden: Entries,
    other_kinds: Entries,
    archives: Entries,
}

#[derive(Debug, Default)]
struct Entries {
    count: u64,
    named: Vec<Place>,
}

impl Skipped {
    /// Adds an entry.
    pub(in crate::cli) fn add(&mut self, place: Place, skip: Skip) {
        let entries = match skip {
            Skip::Hidden => &mut self.hidden,
            Skip::OtherKind => &mut self.other_kinds,
            Skip::Archive => &mut self.archives,
        };
        entries.count += 1;
        if entries.named.len() < NAMED {
            entries.named.push(place);
        }
    }

    /// Number of files of other kinds, and of archives inside others.
    pub(in crate::cli) fn other_kinds(&self) -> u64 {
        self.other_kinds.count + self.archives.count
    }

    /// Number of hidden files and folders.
    pub(in crate::cli) fn hidden(&self) -> u64 {
        self.hidden.count
    }

    /// The first of all entries.
    pub(in crate::cli) fn named(&self) -> impl Iterator<Item = &Place> {
        self.other_kinds.named.iter().chain(&self.archives.named).chain(&self.hidden.named)
    }

    /// A line for each reason, with the names.
    pub(in crate::cli) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.other_kinds.count > 0 {
            let files = counted(self.other_kinds.count, "file", "files");
            let [others @ .., last] = EXTENSIONS.map(|extension| format!(".{extension}"));
            let read = format!("{} and {last}", others.join(", "));
            let named = self.other_kinds.names();
            lines.push(format!(
                "Skipped {files} in folders and archives: only {read} files are read there: {named}"
            ));
        }
        if self.archives.count > 0 {
            let archives = counted(self.archives.count, "archive inside another", "archives inside others");
            lines.push(format!("Skipped {archives}: unpack them first: {}", self.archives.names()));
        }
        if self.hidden.count > 0 {
            let files = counted(self.hidden.count, "hidden file or folder", "hidden files and folders");
            lines.push(format!("Skipped {files}: {}", self.hidden.names()));
        }
        lines
    }
}

impl Entries {
    fn names(&self) -> String {
        let names: Vec<String> = self.named.iter().map(Place::to_string).collect();
        match self.count - names.len() as u64 {
            0 => names.join(", "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    }
}
