//! New records of sources whose texts stay as they are.

use super::Store;
use super::error::StoreError;
use super::ledger::Rows;
use super::rows::{StoredCorpus, StoredSource};

impl Store {
    /// Writes the records of sources again, with the places of their texts as they are, and the row of the corpus if
    /// there is one, durably, all or none. A source without a row is left out. Nothing is written of a store in memory.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; then none was written, or it is unknown whether they were.
    pub fn recount(
        &self,
        sources: Vec<StoredSource>,
        corpus: Option<StoredCorpus>,
    ) -> Result<(), StoreError> {
        let Some(disk) = &self.disk else { return Ok(()) };
        disk.check_writable()?;
        disk.ledger.commit(&Rows { corpus, rewritten: sources, ..Rows::default() })
    }

    /// Whether the store can't be written.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.disk.as_ref().is_some_and(|disk| disk.directory.is_read_only())
    }
}
