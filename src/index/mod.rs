//! Fingerprints to postings: which sources hold a fingerprint.
//!
//! A posting takes 6 bytes and has no position: matching finds positions again in the source's text, in
//! microseconds. Postings stand in chunks of one cache line, chained from a table of heads (`table`),
//! so adding one touches a line or two, moves nothing and allocates nothing most of the time.
//!
//! A fingerprint that very many sources share has a chain of its own, and is counted (`common`): it slows no
//! other, and a look-up may leave it out, and say so. Whether it does depends on the postings that are visible at
//! the revision that is looked at (`budget`), not on how they stand or on what else is in the index.
//!
//! A small collection is a single table. A large one is split into shards by the first bits of the
//! hash, each behind a lock of its own; a shard that grows is rebuilt beside the old one while look-ups
//! go on in that.

mod budget;
mod chain;
mod common;
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
