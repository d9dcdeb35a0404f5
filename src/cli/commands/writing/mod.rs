//! Commands about texts as pieces of writing.

pub(in crate::cli) mod analyze;
