//! Writing the rows of one commit.

use std::collections::BTreeSet;
use std::time::SystemTime;

use redb::{Database, ReadableTable};

use super::{
    CALIBRATIONS, COLLECTIONS, COMMITS, CORPUS, FORMAT, META, REQUESTS, Rows, SCALES, SEGMENTS, SOURCES,
    seconds_since_1970,
};
use crate::store::rows::{StoredSegment, StoredSource};
use crate::store::segments::Place;
use crate::store::{FORMAT_VERSION, SourceKey};

/// Writes rows in one transaction, as commit number `commit`.
pub(super) fn write(database: &Database, rows: &Rows, commit: u64) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    {
        let mut meta = transaction.open_table(META)?;
        meta.insert(COMMITS, commit.to_le_bytes().as_slice())?;
        meta.insert(FORMAT, FORMAT_VERSION.to_le_bytes().as_slice())?;
        if let Some(corpus) = rows.corpus {
            meta.insert(CORPUS, corpus.encode().as_slice())?;
        }
        let mut collections = transaction.open_table(COLLECTIONS)?;
        for number in &rows.removed_collections {
            collections.remove(number.0)?;
        }
        for collection in &rows.collections {
            collections.insert(collection.number.0, collection.encode().as_slice())?;
        }
        write_scales(&transaction, rows)?;
        write_calibrations(&transaction, rows)?;
        let died = write_sources(&transaction, rows)?;
        write_segments(&transaction, rows, &died)?;
        if !rows.requests.is_empty() {
            let mut requests = transaction.open_table(REQUESTS)?;
            requests.retain_in(..rows.first_request, |_, _| false)?;
            for request in &rows.requests {
                requests.insert(request.sequence, request.encode().as_slice())?;
            }
        }
    }
    Ok(transaction.commit()?)
}

/// Writes the rows of scales, and removes those of collections that are gone.
fn write_scales(transaction: &redb::WriteTransaction, rows: &Rows) -> Result<(), redb::Error> {
    if rows.scales.is_empty() && rows.removed_scales.is_empty() && rows.removed_collections.is_empty() {
        return Ok(());
    }
    let mut scales = transaction.open_table(SCALES)?;
    for number in &rows.removed_collections {
        let after = number.0.checked_add(1);
        match after {
            Some(after) => scales.retain_in((number.0, "")..(after, ""), |_, _| false)?,
            None => scales.retain_in((number.0, "").., |_, _| false)?,
        }
    }
    for (number, name) in &rows.removed_scales {
        scales.remove((number.0, name.as_str()))?;
    }
    for stored in &rows.scales {
        scales.insert((stored.collection.0, stored.scale.name.as_str()), stored.encode().as_slice())?;
    }
    Ok(())
}

/// Writes the rows of calibrations, and removes those of collections that are gone.
fn write_calibrations(transaction: &redb::WriteTransaction, rows: &Rows) -> Result<(), redb::Error> {
    if rows.calibrations.is_empty() && rows.removed_collections.is_empty() {
        return Ok(());
    }
    let mut calibrations = transaction.open_table(CALIBRATIONS)?;
    for number in &rows.removed_collections {
        calibrations.remove(number.0)?;
    }
    for stored in &rows.calibrations {
        calibrations.insert(stored.collection.0, stored.encode().as_slice())?;
    }
    Ok(())
}

/// Writes the rows of sources. Returns the segments with texts that no row names any more.
fn write_sources(transaction: &redb::WriteTransaction, rows: &Rows) -> Result<BTreeSet<u32>, redb::Error> {
    let mut died = BTreeSet::new();
    let mut note =
        |row: &[u8]| died.extend(row.get(..Place::BYTES).and_then(Place::decode).map(|at| at.segment));
    let mut sources = transaction.open_table(SOURCES)?;
    for number in &rows.removed_collections {
        sources.retain_in(SourceKey::of_collection(*number), |_, row| {
            note(row);
            false
        })?;
    }
    for key in &rows.removed {
        sources.remove(key.to_u64())?.into_iter().for_each(|row| note(row.value()));
    }
    for (key, row) in &rows.sources {
        sources.insert(key.to_u64(), row.as_slice())?.into_iter().for_each(|old| note(old.value()));
    }
    for source in &rows.rewritten {
        let key = source.key.to_u64();
        let old = sources.get(key)?.map(|row| row.value().to_vec());
        if let Some(row) = old.and_then(|row| source.with_place_of(&row)) {
            sources.insert(key, row.as_slice())?;
        }
    }
    for (key, from, to) in &rows.moved {
        let old = sources.get(key.to_u64())?.map(|row| row.value().to_vec());
        let is_there = |row: &Vec<u8>| row.get(..Place::BYTES).and_then(Place::decode) == Some(*from);
        // No row names one of the two copies of the text any more.
        match old.filter(is_there).and_then(|row| StoredSource::moved(&row, *to)) {
            Some(row) => {
                note(&from.encode());
                sources.insert(key.to_u64(), row.as_slice())?;
            }
            None => note(&to.encode()),
        }
    }
    Ok(died)
}

/// Writes the lengths of segments, and the time since when they have texts to be erased.
fn write_segments(
    transaction: &redb::WriteTransaction,
    rows: &Rows,
    died: &BTreeSet<u32>,
) -> Result<(), redb::Error> {
    if rows.appended.is_none() && died.is_empty() && rows.removed_segments.is_empty() {
        return Ok(());
    }
    let mut segments = transaction.open_table(SEGMENTS)?;
    let appended = rows.appended.map(|appended| appended.segment);
    for number in died.iter().copied().chain(appended.filter(|number| !died.contains(number))) {
        let old = segments.get(number)?.and_then(|row| StoredSegment::decode(row.value()));
        let mut segment = old.unwrap_or_default();
        if let Some(appended) = rows.appended.filter(|appended| appended.segment == number) {
            segment.bytes = appended.end;
        }
        if died.contains(&number) {
            segment.dead_since.get_or_insert_with(|| seconds_since_1970(SystemTime::now()));
        }
        segments.insert(number, segment.encode().as_slice())?;
    }
    for number in &rows.removed_segments {
        segments.remove(number)?;
    }
    Ok(())
}
