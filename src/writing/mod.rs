//! Facts of a text as a piece of writing: its measures, scales that a caller's grades define, and its grammar.

#[cfg(feature = "server")]
pub mod grammar;
pub mod measures;
pub mod scales;
