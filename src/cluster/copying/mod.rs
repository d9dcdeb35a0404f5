//! Copies of partitions: what a node can't make from the log, it takes from another node of its replica group.
//!
//! [`giving`] writes a copy to a file, from which another node takes it chunk by chunk; [`taking`] fetches one, and puts a corpus
//! made of it in the place of the present one; [`corpora`] knows the folders.

pub(super) mod corpora;
pub(super) mod giving;
pub(super) mod taking;
#[cfg(test)]
mod tests;
