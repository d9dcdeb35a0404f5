//! Facts of a text as a piece of writing: its measures, and scales that a caller's grades define.

pub mod measures;
pub mod scales;
