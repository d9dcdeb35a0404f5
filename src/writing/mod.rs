//! Facts of a text as a piece of writing: its measures, its grammar, and scales that a caller's grades define.

#[cfg(feature = "server")]
pub mod grammar;
pub mod measures;
pub mod scales;
