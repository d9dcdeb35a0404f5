//! Applying the logs: from entries to corpora.
//!
//! A task for each log pulls its entries ([`following`]) and has them applied in order: those of the meta log to [`meta`], those
//! of a partition to [`held`]. What a corpus stores as its position in the log is in [`position`], and what stands for an erased
//! entry in [`remnants`]. Where the log does not lead on, [`repairing`] takes a copy of another node.

pub(super) mod entry;
pub(super) mod followers;
pub(super) mod following;
pub(super) mod held;
pub(super) mod holding;
pub(super) mod meta;
pub(super) mod position;
pub(super) mod remnants;
mod repairing;
pub(super) mod sequenced;
