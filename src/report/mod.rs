//! Reports: passages to coverage and percentages.
//!
//! A report counts words of the text, each once, and never sampled fingerprints. A percentage is a [`Share`], which
//! holds its numerator and denominator.

mod build;
mod counting;
mod coverage;
mod finding;
mod hidden;
mod types;

pub use build::{Draft, ExcludedWords, Void, build};
pub use counting::remaining;
pub use coverage::Coverage;
pub use finding::{Finding, FoundPassage, FoundSource};
pub use types::{
    CoveredSpan, Excerpts, Exclusion, ExclusionReason, Guarantee, GuaranteeVoid, Report, ReportLimits,
    ReportedPassage, Share, SourceOverlap, VoidReason,
};
