//! Reports as one HTML file each.
//!
//! A file needs no server and no network, and is complete without JavaScript. Everything in it that a caller or an author
//! wrote is untrusted: it is escaped, its invisible characters are shown as glyphs (`glyphs`), and a content security
//! policy lets nothing run or load but the style and the script of this module (`page`).
//!
//! [`check()`] renders the report of one submission, [`ClassReport`] all pairs of a collection, piece by piece.

mod ages;
mod atoms;
mod check;
mod class;
mod glyphs;
mod language;
mod offsets;
mod options;
mod page;
mod passages;
mod sections;
mod submission;
#[cfg(test)]
mod tests;

pub use check::{check, excerpts};
pub use class::{ClassReport, PairPassages};
pub use options::{Link, RenderOptions, ReportKind, Setting, settings};
pub use page::content_security_policy;
