//! A search as another node asks for it: its steps and their answers as plain data, and the side that answers.

use super::counts::{CollectionTotals, Counting, NodeCounts};
use super::local::LocalNode;
use super::proposal::{Pick, Proposal};
use super::{Node, Prepared};
use crate::corpus::Error;
use crate::detection::check::Subject;
use crate::detection::detector::Detector;
use crate::detection::options::DetectionOptions;
use crate::detection::submission::Submission;
use crate::model::{FingerprintSettings, Scope, Stop};
use crate::report::Finding;

/// A step of a search.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) enum Step {
    /// Begins a search of a scope, and as [`NodeSearch::count`](super::NodeSearch::count). A conversation about one submission may
    /// have several: of the scope and of boilerplate.
    Begin(Box<Begin>),
    /// As [`NodeSearch::propose`](super::NodeSearch::propose).
    Propose(Vec<CollectionTotals>),
    /// As [`NodeSearch::compare`](super::NodeSearch::compare).
    Compare(Vec<Vec<Pick>>),
}

/// The beginning of a search.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) struct Begin {
    /// The scope, with all its collections by name.
    pub(crate) scope: Scope,
    /// The options, without the texts of boilerplate.
    pub(crate) options: DetectionOptions,
    /// Whether the sources are boilerplate.
    pub(crate) of_exclusions: bool,
    /// How far k-grams are counted.
    pub(crate) counting: Counting,
}

/// The answer to a step.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(crate) enum Answered {
    /// To [`Step::Begin`].
    Counts(NodeCounts),
    /// To [`Step::Propose`].
    Proposals(Vec<Vec<Proposal>>),
    /// To [`Step::Compare`].
    Findings(Vec<Finding>),
}

impl Begin {
    /// The beginning of a search of a prepared submission.
    pub(crate) fn of(prepared: &Prepared<'_>, counting: Counting) -> Self {
        let mut options = prepared.options.clone();
        options.exclusions.boilerplate_texts.clear();
        Self { scope: prepared.scope.clone(), options, of_exclusions: prepared.of_exclusions, counting }
    }
}

/// Answers the steps of another node's searches for one submission. `exchange` takes the answer to the last step, of which there
/// is none at first, and gives the next step, or `None` at the end. Linear as a search.
///
/// # Errors
///
/// Those of [`Detector::check`]; the conversation ends with them.
pub(crate) fn serve(
    detector: &Detector,
    node: &LocalNode<'_>,
    subject: Subject<'_>,
    exchange: &mut dyn FnMut(Option<Answered>) -> Option<Step>,
    stop: &Stop,
) -> Result<(), Error> {
    let tokenized = subject.tokenize(detector)?;
    let mut next = exchange(None);
    while let Some(Step::Begin(begin)) = next {
        let Begin { scope, options, of_exclusions, counting } = *begin;
        stop.check()?;
        let submission = Submission::new(subject.text, &tokenized, options.mode, &detector.profilers);
        let settings: Result<Vec<FingerprintSettings>, Error> =
            scope.collections.iter().map(|name| node.settings(name)).collect();
        let prepared = Prepared::new(detector, &submission, &scope, &options, settings?, stop)?;
        let prepared = if of_exclusions { prepared.of_exclusions() } else { prepared };
        let mut search = node.search(detector, &prepared)?;
        let mut answer = Answered::Counts(search.count(counting)(stop)?);
        next = loop {
            answer = match exchange(Some(answer)) {
                Some(Step::Propose(totals)) => Answered::Proposals(search.propose(&totals)(stop)?),
                Some(Step::Compare(picks)) => Answered::Findings(search.compare(&picks)(stop)?),
                other => break other,
            };
        };
    }
    Ok(())
}
