//! Files of a data directory, apart from the texts and the ledger's tables.

pub(super) mod directory;
pub(super) mod held;
pub(super) mod overlay;
pub(super) mod records;
