//! Detection: what a submission shares with the sources of a view, and what sources share with one another.
//!
//! A [`Detector`] tokenizes and compares; it holds nothing of the corpus. A check [searches](search) the nodes that hold the
//! sources, one view or several, and builds a report of the findings, on any machine.

mod calibrate;
mod check;
mod compare;
mod detector;
mod digest;
mod exclusions;
mod options;
mod pairs;
mod profilers;
pub(crate) mod search;
mod submission;

pub(crate) use check::Subject;
pub use compare::ComparedText;
pub(crate) use compare::PairedSource;
pub(crate) use detector::Detector;
pub use options::{DetectionMode, DetectionOptions, Exclusions};
pub use pairs::{Cluster, Pair, PairOptions, Pairs, PairsProgress, PairsVoid, Side};
pub(crate) use search::LocalNode;
