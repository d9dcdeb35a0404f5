//! Reading the tables of the ledger as of one commit.

use std::collections::BTreeMap;
use std::path::PathBuf;

use redb::{ReadableTable, TableDefinition};

use super::{CALIBRATIONS, COLLECTIONS, REQUESTS, SCALES, SEGMENTS, SOURCES, failure, meta_of};
use crate::store::error::StoreError;
use crate::store::requests::StoredRequest;
use crate::store::rows::{
    StoredCalibration, StoredCollection, StoredCorpus, StoredScale, StoredSegment, StoredSource,
};
use crate::store::segments::Place;
use crate::store::{CollectionNumber, SourceKey};

/// The corpus as of one commit.
pub(in crate::store) struct View {
    pub(super) path: PathBuf,
    pub(super) transaction: redb::ReadTransaction,
}

impl View {
    /// The row of the whole corpus; `None` if the database is new.
    pub(in crate::store) fn corpus(&self) -> Result<Option<StoredCorpus>, StoreError> {
        let meta = meta_of(&self.transaction).map_err(|error| failure(&self.path, &error))?;
        Ok(meta.corpus)
    }

    /// All collections, by number.
    pub(in crate::store) fn collections(&self) -> Result<Vec<StoredCollection>, StoreError> {
        let mut found = Vec::new();
        self.rows(COLLECTIONS, |number, row| {
            let collection = StoredCollection::decode(CollectionNumber(number), row);
            found.push(collection.ok_or_else(|| self.malformed("collections", number))?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The completed requests, in order.
    pub(in crate::store) fn requests(&self) -> Result<Vec<StoredRequest>, StoreError> {
        let mut found = Vec::new();
        self.rows(REQUESTS, |sequence, row| {
            let request = StoredRequest::decode(sequence, row);
            found.push(request.ok_or_else(|| self.malformed("requests", sequence))?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Passes all sources to `each`, by collection and slot.
    pub(in crate::store) fn sources<E: From<StoreError>>(
        &self,
        each: &mut dyn FnMut(StoredSource, Place) -> Result<(), E>,
    ) -> Result<(), E> {
        self.rows(SOURCES, |key, row| {
            let source = SourceKey::from_u64(key).and_then(|key| StoredSource::decode(key, row));
            let (source, place) = source.ok_or_else(|| self.malformed("sources", key))?;
            each(source, place)
        })
    }

    /// All scales, by collection and name.
    pub(in crate::store) fn scales(&self) -> Result<Vec<StoredScale>, StoreError> {
        let failed = |error: redb::Error| failure(&self.path, &error);
        let table = match self.transaction.open_table(SCALES) {
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            table => table.map_err(|error| failed(error.into()))?,
        };
        let mut found = Vec::new();
        for row in table.iter().map_err(|error| failed(error.into()))? {
            let (key, row) = row.map_err(|error| failed(error.into()))?;
            let (number, name) = key.value();
            let scale = StoredScale::decode(CollectionNumber(number), name, row.value());
            found.push(scale.ok_or_else(|| self.malformed("scales", format!("{number}/{name}")))?);
        }
        Ok(found)
    }

    /// All calibrations, by collection.
    pub(in crate::store) fn calibrations(&self) -> Result<Vec<StoredCalibration>, StoreError> {
        let mut found = Vec::new();
        self.rows(CALIBRATIONS, |number, row| {
            let stored = StoredCalibration::decode(CollectionNumber(number), row);
            found.push(stored.ok_or_else(|| self.malformed("calibrations", number))?);
            Ok::<(), StoreError>(())
        })?;
        Ok(found)
    }

    /// The segments, by number.
    pub(in crate::store) fn segments(&self) -> Result<BTreeMap<u32, StoredSegment>, StoreError> {
        let mut found = BTreeMap::new();
        self.rows(SEGMENTS, |number, row| {
            let segment = StoredSegment::decode(row).ok_or_else(|| self.malformed("segments", number))?;
            found.insert(number, segment);
            Ok(())
        })?;
        Ok(found)
    }

    fn malformed(&self, table: &str, key: impl std::fmt::Display) -> StoreError {
        StoreError::damaged(&self.path, format!("row {key} of table {table} is malformed"))
    }

    fn rows<K: redb::Key + for<'k> redb::Value<SelfType<'k> = K>, E: From<StoreError>>(
        &self,
        table: TableDefinition<'static, K, &'static [u8]>,
        mut each: impl FnMut(K, &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let failed = |error: redb::Error| failure(&self.path, &error);
        let table = match self.transaction.open_table(table) {
            Err(redb::TableError::TableDoesNotExist(_)) => return Ok(()),
            table => table.map_err(|error| failed(error.into()))?,
        };
        for row in table.iter().map_err(|error| failed(error.into()))? {
            let (key, row) = row.map_err(|error| failed(error.into()))?;
            each(key.value(), row.value())?;
        }
        Ok(())
    }
}
