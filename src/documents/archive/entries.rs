//! The files in a zip archive, one after the other.

use super::{Archive, Problem};
use crate::documents::Limits;

/// The files in a zip archive, in the order of its directory. Folders, and what systems put beside files, are left out. Archives
/// in it are files as well: nothing is read inside them.
pub struct Entries<'a> {
    archive: Archive<'a>,
    names: Vec<Name>,
    next: usize,
}

#[derive(Clone)]
struct Name {
    place: usize,
    name: String,
}

/// A file in an archive.
#[derive(Debug)]
pub struct Entry {
    /// Its name with its folders, separated by `/`. It is text from the archive, not a path.
    pub name: String,
    /// Its bytes, or why they can't be read. After [`Problem::TooMuch`] nothing more is read.
    pub content: Result<Vec<u8>, Problem>,
}

impl<'a> Entries<'a> {
    /// Opens an archive. Linear in its size.
    ///
    /// # Errors
    ///
    /// [`Problem`] if its list of entries can't be read, or is too long.
    pub fn open(content: &'a [u8], limits: &Limits) -> Result<Self, Problem> {
        let archive = Archive::open(content, limits)?;
        let names = archive.names().enumerate().map(|(place, name)| Name { place, name: plain(&name) });
        let names = names.filter(|name| is_file(&name.name)).collect();
        Ok(Self { archive, names, next: 0 })
    }

    /// How many files there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// The name of the file that comes next.
    #[must_use]
    pub fn next_name(&self) -> Option<&str> {
        self.names.get(self.next).map(|name| name.name.as_str())
    }

    /// Goes past the file that comes next, without inflating it.
    pub fn skip(&mut self) {
        self.next += 1;
    }
}

impl Iterator for Entries<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let Name { place, name } = self.names.get(self.next)?.clone();
        let content = self.archive.read_at(place, &name);
        self.next =
            if matches!(content, Err(Problem::TooMuch { .. })) { self.names.len() } else { self.next + 1 };
        Some(Entry { name, content })
    }
}

fn plain(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_owned()
}

/// Whether an entry is a file that somebody put there: no folder, no resource fork, no hidden file.
fn is_file(name: &str) -> bool {
    let is_hidden = |part: &str| part.starts_with('.') || part == "__MACOSX";
    !name.is_empty() && !name.ends_with('/') && !name.split('/').any(is_hidden)
}
