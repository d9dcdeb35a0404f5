//! What a commit changes, and how it is made.

use std::sync::Arc;

use super::error::StoreError;
use super::packing::PackedText;
use super::requests::StoredRequest;
use super::rows::{self, StoredCalibration, StoredCollection, StoredCorpus, StoredScale, StoredSource};
use super::segments::{Place, Segments};
use super::{Disk, InDoubt, Store, ledger};
use crate::model::{CollectionNumber, Profile, ScaleName, SourceKey, SourceRecord};

/// A change of rows and texts in a [`Batch`].
#[derive(Debug)]
pub enum RowChange<'a> {
    /// Writes a source into its slot.
    PutSource {
        /// Its collection and slot.
        key: SourceKey,
        /// Its record.
        record: &'a SourceRecord,
        /// The heaviest stems of its text.
        profile: &'a Profile,
        /// Its text.
        text: &'a PackedText,
    },
    /// Writes the record of a source again. Its text stays where it is, and its profile as it is.
    RewriteSource {
        /// Its collection and slot.
        key: SourceKey,
        /// Its record.
        record: &'a SourceRecord,
    },
    /// Removes a source. Its text can be read until it is [forgotten](super::Store::forget).
    RemoveSource(SourceKey),
    /// Writes a collection.
    PutCollection(StoredCollection),
    /// Writes a scale of a collection.
    PutScale(StoredScale),
    /// Removes a scale of a collection.
    RemoveScale(CollectionNumber, ScaleName),
    /// Writes the calibration of a collection.
    PutCalibration(StoredCalibration),
    /// Removes a collection with all its sources and scales. Their texts can be read until they are forgotten.
    RemoveCollection(CollectionNumber),
    /// Writes a request that was done, and removes those before a sequence number.
    Remember(StoredRequest, u64),
}

/// Changes that are committed together, or not at all.
#[derive(Debug)]
pub struct Batch<'a> {
    /// The corpus after the changes.
    pub corpus: StoredCorpus,
    /// The changes, in order.
    pub changes: Vec<RowChange<'a>>,
}

/// A source whose text is to be appended.
struct NewText<'a> {
    key: SourceKey,
    record: &'a SourceRecord,
    profile: &'a Profile,
    frame: &'a [u8],
    text_bytes: u32,
}

impl Store {
    /// Makes changes, durably, all of them or none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Broken`] if the commit is in doubt: [`Self::settle`] finds out when the store works again. All other
    /// errors: none was made.
    pub fn commit(&self, batch: &Batch<'_>) -> Result<(), StoreError> {
        match &self.disk {
            None => self.commit_in_memory(batch),
            Some(disk) => self.commit_to_disk(disk, batch)?,
        }
        Ok(())
    }

    fn commit_in_memory(&self, batch: &Batch<'_>) {
        for change in &batch.changes {
            if let RowChange::PutSource { key, text: PackedText::Plain(text), .. } = change {
                self.texts.put(*key, Arc::clone(text));
            }
        }
    }

    fn commit_to_disk(&self, disk: &Disk, batch: &Batch<'_>) -> Result<(), StoreError> {
        disk.check_writable()?;
        let mut rows = ledger::Rows { corpus: Some(batch.corpus), ..ledger::Rows::default() };
        let mut sources = Vec::new();
        for change in &batch.changes {
            match change {
                RowChange::PutSource { key, record, profile, text } => {
                    let (frame, text_bytes) = text.frame().ok_or_else(|| disk.is_not_packed(record))?;
                    sources.push(NewText { key: *key, record, profile, frame, text_bytes });
                }
                RowChange::RewriteSource { key, record } => {
                    let (key, record) = (*key, (*record).clone());
                    rows.rewritten.push(StoredSource { key, record, profile: None });
                }
                RowChange::RemoveSource(key) => rows.removed.push(*key),
                RowChange::PutCollection(collection) => rows.collections.push(collection.clone()),
                RowChange::RemoveCollection(number) => rows.removed_collections.push(*number),
                RowChange::PutScale(scale) => rows.scales.push(scale.clone()),
                RowChange::PutCalibration(calibration) => rows.calibrations.push(*calibration),
                RowChange::RemoveScale(number, name) => rows.removed_scales.push((*number, name.clone())),
                RowChange::Remember(request, first) => {
                    rows.requests.push(request.clone());
                    rows.first_request = *first;
                }
            }
        }
        let places = disk.segments.append(sources.iter().map(|new| (new.key, new.frame, new.text_bytes)))?;
        rows.appended = Segments::appended(&places);
        let mut put = Vec::with_capacity(places.len());
        for (NewText { key, record, profile, .. }, place) in sources.into_iter().zip(places) {
            rows.sources.push((key, rows::encode_source(record, Some(profile), place)));
            put.push((key, place));
        }
        let committed = disk.ledger.commit(&rows);
        match &committed {
            Ok(()) => self.refer(disk, put),
            Err(StoreError::Broken { .. }) => {
                *disk.in_doubt.lock() = InDoubt { put, ..InDoubt::default() };
            }
            Err(_) => put.into_iter().for_each(|(_, place)| disk.segments.release(place)),
        }
        committed
    }

    fn refer(&self, disk: &Disk, put: Vec<(SourceKey, Place)>) {
        for (key, place) in put {
            if let Some(before) = self.texts.put_at(key, place) {
                disk.segments.release(before);
            }
        }
    }

    /// True if the commit in doubt is durable.
    ///
    /// # Errors
    ///
    /// [`StoreError`] while the store still fails.
    pub fn settle(&self) -> Result<bool, StoreError> {
        let Some(disk) = &self.disk else { return Ok(false) };
        let kept = disk.ledger.was_kept()?;
        let InDoubt { put, moved } = std::mem::take(&mut *disk.in_doubt.lock());
        if kept {
            self.refer(disk, put);
            self.note_moves(disk, moved);
        } else {
            let unused = put.into_iter().map(|(_, place)| place).chain(moved.into_iter().map(|(.., to)| to));
            unused.for_each(|place| disk.segments.release(place));
        }
        Ok(kept)
    }
}
