//! Code that several benches share.

pub(crate) mod checks;
pub(crate) mod files;
pub(crate) mod import;
pub(crate) mod latency;
pub(crate) mod memory;
pub(crate) mod outcome;
pub(crate) mod planted;
pub(crate) mod score;
pub(crate) mod workload;
