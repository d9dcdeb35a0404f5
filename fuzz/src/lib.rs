//! What the fuzz targets have in common: texts made of numbers, and files made of records.

#![forbid(unsafe_code)]

pub mod corpus;
pub mod records;
pub mod requests;
pub mod seeds;
pub mod words;
