//! Facts of a text as a piece of writing: its measures.

pub mod measures;
