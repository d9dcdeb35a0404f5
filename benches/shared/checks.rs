//! Checks of submissions in an engine: first for the results, then for the time.

use palimpsest::report::Report;
use palimpsest::{DetectionMode, DetectionOptions, Engine, Scope, Stop};

use super::latency::Latencies;
use super::memory::ratio;
use super::score::Score;
use super::workload::Submission;

/// Kinds of passages that the guarantee covers.
const PROMISED: [&str; 2] = ["verbatim", "format"];

/// Results and durations of checks.
#[derive(Default)]
pub(crate) struct Checked {
    pub(crate) score: Score,
    pub(crate) latencies: Latencies,
    /// Covered words of each submission.
    pub(crate) covered_words: Vec<u64>,
    /// Number of checks whose guarantee a limit voids.
    pub(crate) voided: u64,
    candidates: u64,
}

impl Checked {
    /// Average number of sources compared with a submission.
    pub(crate) fn candidates(&self) -> f64 {
        ratio(self.candidates, self.covered_words.len() as u64)
    }
}

/// Checks all submissions once for their reports, then `rounds` times for the duration.
///
/// # Errors
///
/// A check that fails, a guarantee that does not hold, or a result that changes.
pub(crate) fn check_all(
    engine: &Engine,
    submissions: &[Submission],
    scope: &Scope,
    mode: DetectionMode,
    rounds: usize,
) -> Result<Checked, String> {
    let mut all = Checked::default();
    let options = DetectionOptions { mode, ..DetectionOptions::default() };
    let check = |submission: &Submission, options: &DetectionOptions| {
        let report = engine.check(&submission.text, scope, options, &Stop::never());
        report.map_err(|error| format!("{}: {error}", submission.id))
    };
    for submission in submissions {
        let report = check(submission, &DetectionOptions { include_excerpts: true, ..options.clone() })?;
        all.add(submission, &report);
    }
    all.keeps_promises()?;
    for _ in 0..rounds {
        for (submission, words) in submissions.iter().zip(&all.covered_words) {
            let report = all.latencies.time(|| check(submission, &options))?;
            if report.coverage.words != *words {
                return Err(format!(
                    "{}: {} words covered, then {words}",
                    submission.id, report.coverage.words
                ));
            }
        }
    }
    Ok(all)
}

impl Checked {
    fn add(&mut self, submission: &Submission, report: &Report) {
        self.score.add(submission, report);
        self.covered_words.push(report.coverage.words);
        self.candidates += report.candidates - report.candidates_cut;
        self.voided += u64::from(!report.guarantee.holds());
    }

    fn keeps_promises(&self) -> Result<(), String> {
        let promised = self.score.kinds.iter().filter(|(name, _)| PROMISED.contains(&name.as_str()));
        for (name, kind) in promised {
            if self.voided == 0 && kind.found < kind.cases {
                return Err(format!("{} of {} {name} passages found, not all", kind.found, kind.cases));
            }
        }
        Ok(())
    }
}
