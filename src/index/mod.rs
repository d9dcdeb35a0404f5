//! The index: fingerprints to the sources that have them.
//!
//! A posting takes 6 bytes and has no position: matching finds positions in the source's text, in microseconds.
//! Postings are in chunks of one cache line, chained from a table of heads (`table`). Adding one touches a line or
//! two, moves no other posting and seldom allocates.
//!
//! A fingerprint of very many sources has its own chain and is counted (`common`). It does not slow down other
//! fingerprints, and a look-up may skip it and report so. Whether it does depends only on the postings that are
//! visible at the revision of the look-up (`budget`), not on their layout or on the rest of the index.
//!
//! A small collection has a single table. A large one is split into shards by the first bits of the hash, each with its
//! own lock. A shard that grows is rebuilt beside the old table, which look-ups read meanwhile.

mod budget;
mod chain;
mod common;
mod items;
mod layout;
mod look_up;
mod shards;
mod slab;
mod snapshot;
mod table;
#[cfg(test)]
mod tests;

pub use crate::model::Slot;
pub use budget::ReadLimits;
pub use chain::{Hit, Visible};
pub use common::SAMPLE;
pub use look_up::{Counted, LookUp, Wanted};
pub use shards::Index;
pub use snapshot::EncodedTable;
