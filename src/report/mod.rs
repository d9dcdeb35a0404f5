//! Passages to coverage and percentages.
//!
//! Everything a report counts, it counts in words of the text, each once, and never in sampled
//! fingerprints; a percentage is a [`Share`], which carries the two counts that it comes from.

mod build;
mod coverage;
mod finding;
mod types;

pub use build::{Draft, ExcludedWords, Void, build};
pub use coverage::Coverage;
pub use finding::{Finding, FoundPassage, FoundSource};
pub use types::{
    CoveredSpan, Excerpts, Exclusion, ExclusionReason, Guarantee, GuaranteeVoid, Report, ReportLimits,
    ReportedPassage, Share, SourceOverlap, VoidReason,
};
