//! Compaction: live texts are moved out of segments with many deleted ones, whose files are then deleted.

use std::time::{Duration, SystemTime};

use super::segments::{Frame, Place, Segments};
use crate::store::error::StoreError;
use crate::store::ledger::{self, seconds_since_1970};
use crate::store::{Disk, InDoubt, SourceKey, Store};

/// A text that is to be moved to another segment.
#[derive(Debug)]
pub struct Relocation {
    key: SourceKey,
    from: Place,
    frame: Frame,
}

impl Store {
    /// Reads the live texts of segments that are due: those with more dead bytes than live ones, and those in which a
    /// text was deleted longer ago than `erase_after`. Passes the texts, some megabytes at a time, to `relocate`,
    /// until that returns `false`. The committer calls [`Self::relocate`] with them. A segment without live texts is
    /// deleted.
    ///
    /// If a segment is due, linear in all sources and in the live texts of the segment.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if a text can't be read; the texts before it were passed on.
    pub fn compact(
        &self,
        erase_after: Duration,
        relocate: &mut dyn FnMut(Vec<Relocation>) -> bool,
    ) -> Result<(), StoreError> {
        const BYTES_AT_ONCE: usize = 4 << 20;
        let Some(disk) = &self.disk else { return Ok(()) };
        let now = SystemTime::now();
        disk.strays.delete_old(now)?;
        let known = disk.ledger.view()?.segments()?;
        let died_by = seconds_since_1970(now).saturating_sub(erase_after.as_secs());
        let is_due =
            |number| known.get(&number).and_then(|known| known.dead_since).is_some_and(|at| at <= died_by);
        let emptied = disk.segments.begin_emptying(is_due);
        if emptied.is_empty() {
            return Ok(());
        }
        let (mut texts, mut bytes) = (Vec::new(), 0);
        for (from, key) in self.texts.in_segments(&emptied) {
            // The segment was deleted meanwhile, so the text was too.
            let Some(frame) = disk.segments.read(key, from)? else { continue };
            bytes += frame.bytes.len();
            texts.push(Relocation { key, from, frame });
            if bytes >= BYTES_AT_ONCE {
                bytes = 0;
                if !relocate(std::mem::take(&mut texts)) {
                    return Ok(());
                }
            }
        }
        if !texts.is_empty() {
            relocate(texts);
        }
        Ok(())
    }

    /// Moves texts to the current segment durably, all of them or none.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; then they stay at their places.
    pub fn relocate(&self, texts: &[Relocation]) -> Result<(), StoreError> {
        let Some(disk) = &self.disk else { return Ok(()) };
        disk.check_writable()?;
        let frames = texts.iter().map(|text| (text.key, text.frame.bytes.as_slice(), text.frame.text_bytes));
        let places = disk.segments.append(frames)?;
        let appended = Segments::appended(&places);
        let moved: Vec<(SourceKey, Place, Place)> =
            texts.iter().zip(places).map(|(text, to)| (text.key, text.from, to)).collect();
        let committed = disk.ledger.view().and_then(|view| view.segments()).and_then(|known| {
            let removed_segments = disk.segments.gone(known.into_keys());
            let moved = moved.clone();
            disk.ledger.commit(&ledger::Rows { moved, appended, removed_segments, ..ledger::Rows::default() })
        });
        match &committed {
            Ok(()) => self.note_moves(disk, moved),
            Err(StoreError::Broken { .. }) => {
                *disk.in_doubt.lock() = InDoubt { moved, ..InDoubt::default() };
            }
            Err(_) => moved.into_iter().for_each(|(_, _, to)| disk.segments.release(to)),
        }
        committed
    }

    /// Changes the places of texts that were moved from the first place to the second.
    pub(in crate::store) fn note_moves(&self, disk: &Disk, moved: Vec<(SourceKey, Place, Place)>) {
        for (key, from, to) in moved {
            // A text that went meanwhile is at neither place.
            let is_there = self.texts.moved(key, from, to);
            disk.segments.release(if is_there { from } else { to });
        }
    }
}
