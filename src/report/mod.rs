//! Reports: passages to coverage and percentages.
//!
//! A report counts words of the text, each once, and never sampled fingerprints. A percentage is a [`Share`], which
//! holds its numerator and denominator.

mod age;
mod attribution;
mod build;
mod counting;
mod coverage;
mod draft;
mod finding;
mod hidden;
mod listing;
mod types;

pub use age::AgeOrder;
pub use build::build;
pub use counting::remaining;
pub use coverage::Coverage;
pub use draft::{Draft, ExcludedWords, Void};
pub use finding::{ByChance, Finding, FoundPassage, FoundSource, SourceSide};
pub use types::{
    Attribution, CoveredSpan, Excerpts, Exclusion, ExclusionReason, Guarantee, GuaranteeVoid, NotChecked,
    PartitionRevision, Report, ReportLimits, ReportedPassage, Share, SourceOverlap, VoidReason,
};
