//! Commands about texts as pieces of writing.

pub(in crate::cli) mod analyze;
pub(in crate::cli) mod grammar;
