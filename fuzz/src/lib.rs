//! Code that the fuzz targets share: texts made of numbers, and files made of records.

#![forbid(unsafe_code)]

pub mod corpus;
pub mod documents;
pub mod records;
pub mod requests;
pub mod seeds;
pub mod words;
