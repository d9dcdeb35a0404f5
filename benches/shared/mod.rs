//! What the workload bench and the scale bench have in common.

pub(crate) mod checks;
pub(crate) mod files;
pub(crate) mod import;
pub(crate) mod latency;
pub(crate) mod memory;
pub(crate) mod planted;
pub(crate) mod score;
pub(crate) mod workload;
