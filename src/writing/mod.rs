//! Facts of a text as a piece of writing.

pub mod grammar;
