//! Commands on the contents of a server's corpus.

pub(in crate::cli) mod collections;
pub(in crate::cli) mod import;
pub(in crate::cli) mod sources;
pub(in crate::cli) mod stats;
