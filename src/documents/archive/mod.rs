//! Zip archives in memory, within limits.
//!
//! Names of entries are looked up, and are never paths of files. What an entry inflates to is counted as it inflates, so that
//! neither a false size nor entries that overlap get past the limits.

mod entries;
mod problem;

use std::collections::HashMap;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::Limits;

pub use self::entries::{Entries, Entry};
pub use self::problem::Problem;

/// Bytes that an archive may inflate to whatever its own size: paragraphs that are much alike are 50 MB in 200 KB.
const FREE_BYTES: u64 = 64 << 20;

/// An archive.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Where entries are, by name in lower case: names of parts are not case-sensitive.
    places: HashMap<String, usize>,
    /// Bytes that may still be inflated.
    left_bytes: u64,
    max_bytes: u64,
}

impl<'a> Archive<'a> {
    /// Opens an archive. Linear in its size.
    pub(super) fn open(content: &'a [u8], limits: &Limits) -> Result<Self, Problem> {
        let zip = ZipArchive::new(Cursor::new(content)).map_err(|error| Problem::of_directory(&error))?;
        if zip.len() as u64 > limits.max_entries {
            return Err(Problem::TooMuch { limit: limits.max_entries, quantity: "entries" });
        }
        let by_ratio = (content.len() as u64).saturating_mul(limits.max_inflation_ratio);
        let max_bytes = limits.max_inflated_bytes.min(FREE_BYTES.saturating_add(by_ratio));
        let mut places = HashMap::with_capacity(zip.len());
        for (place, name) in zip.file_names_raw().enumerate() {
            places.insert(key(&String::from_utf8_lossy(name)), place);
        }
        Ok(Self { zip, places, left_bytes: max_bytes, max_bytes })
    }

    /// The names of all entries, as they are written.
    pub(super) fn names(&self) -> impl Iterator<Item = String> + '_ {
        self.zip.file_names_raw().map(|name| String::from_utf8_lossy(name).into_owned())
    }

    /// Whether there is an entry of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.places.contains_key(&key(name))
    }

    /// Reads the entry of this name. `None` if there is none.
    pub(super) fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, Problem> {
        match self.places.get(&key(name)).copied() {
            Some(place) => self.read_at(place, name).map(Some),
            None => Ok(None),
        }
    }

    fn read_at(&mut self, place: usize, name: &str) -> Result<Vec<u8>, Problem> {
        let entry = self.zip.by_index(place).map_err(|error| Problem::of_entry(name, &error))?;
        let mut content = Vec::new();
        let read = entry.take(self.left_bytes.saturating_add(1)).read_to_end(&mut content);
        if content.len() as u64 > self.left_bytes {
            return Err(Problem::TooMuch { limit: self.max_bytes, quantity: "bytes when inflated" });
        }
        self.left_bytes -= content.len() as u64;
        match read {
            Ok(_) => Ok(content),
            Err(error) => Err(Problem::Damaged(format!("{name} can't be inflated: {error}"))),
        }
    }
}

/// The key of a name.
fn key(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

/// The name of what `reference` leads to, from the part `from`. Fragments are left out; `..` does not lead above the root.
pub(super) fn resolve(from: &str, reference: &str) -> String {
    let reference = reference.split(['#', '?']).next().unwrap_or_default();
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let start = if reference.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in start.split('/').chain(reference.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
pub(super) mod tests;
