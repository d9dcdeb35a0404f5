//! Calibrating a collection: some of its sources are checked against the others.

use std::sync::Arc;

use super::check::Subject;
use super::detector::Detector;
use super::options::{DetectionMode, DetectionOptions, Exclusions};
use super::search::{LocalNode, Prepared, search};
use super::submission::Submission;
use crate::chance::{MatchedPair, fit};
use crate::corpus::{Entry, Error, View, ViewedCollection};
use crate::model::{Calibration, Scope, SourceName, Stop};
use crate::report::{Finding, FoundPassage};

/// The number of sources that are checked: enough for a few hundred runs by chance in a large collection.
const SAMPLE: usize = 1_000;

impl Detector {
    /// What the sources of a collection say of chance; `None` if there are too few of them. `view` has the collection in scope.
    ///
    /// A sample of them, evenly spread over the order in which they came, is checked for runs without themselves. Linear in their
    /// texts and the texts of their candidates: a second or so.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`], [`Error::Store`].
    pub(crate) fn calibrate(
        &self,
        collection: &ViewedCollection,
        view: &View,
        stop: &Stop,
    ) -> Result<Option<Calibration>, Error> {
        let sources = collection.sources();
        if sources < Calibration::LEAST_SOURCES {
            return Ok(None);
        }
        let scope = Scope::of([collection.name().clone()]);
        let mut entries = collection.all_in_scope(&scope);
        entries.sort_unstable_by_key(|entry| entry.slot());
        let every = entries.len().div_ceil(SAMPLE).max(1);
        let (mut pairs, mut searched) = (Vec::new(), 0.0);
        for (sampled, entry) in entries.iter().skip(every / 2).step_by(every).enumerate() {
            stop.check()?;
            let (findings, words) = self.shared_runs(collection, view, &scope, entry, stop)?;
            pairs.extend(findings.iter().map(|finding| MatchedPair { sampled, runs: runs(finding) }));
            #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53 words")]
            let others = collection.words().saturating_sub(words) as f64;
            #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^53 words")]
            let own = words as f64;
            searched += own * others;
        }
        Ok(Some(fit(&pairs, searched, sources)))
    }

    /// The runs that a source shares with the others of its collection, and its number of words.
    fn shared_runs(
        &self,
        collection: &ViewedCollection,
        view: &View,
        scope: &Scope,
        entry: &Arc<Entry>,
        stop: &Stop,
    ) -> Result<(Vec<Finding>, u64), Error> {
        let text = collection.text(entry)?;
        let tokenized = Subject::stored(&text, None).tokenize(self)?;
        let name = SourceName { collection: collection.name().clone(), id: entry.id.clone() };
        let scope = scope.clone().with_exclude_source(name);
        let options = DetectionOptions {
            mode: DetectionMode::VerbatimOnly,
            exclusions: Exclusions::none(),
            ..DetectionOptions::default()
        };
        let submission = Submission::new(&text, &tokenized, options.mode, &self.profilers);
        let settings = vec![collection.settings()];
        let prepared = Prepared::new(self, &submission, &scope, &options, settings, stop)?;
        let found = search(self, &prepared, &[&LocalNode::whole(view)], stop)?;
        Ok((found.findings, u64::from(tokenized.lengths().total())))
    }
}

/// The first token and the score of each run of a finding.
fn runs(finding: &Finding) -> Vec<(u32, f64)> {
    let run = |found: &FoundPassage| Some((found.passage.submission.start, found.chance?.run_score));
    finding.passages.iter().filter_map(run).collect()
}
