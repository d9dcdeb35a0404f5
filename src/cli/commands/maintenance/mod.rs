//! Commands that back up, restore, verify and export a corpus.

pub(in crate::cli) mod backup;
pub(in crate::cli) mod export;
pub(in crate::cli) mod restore;
pub(in crate::cli) mod verify;
