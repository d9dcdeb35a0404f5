//! Checks in the engine: durations and results.

use palimpsest::{DetectionMode, Engine, Scope};

use crate::shared::checks::{Checked, check_all};
use crate::shared::workload::Submission;
use crate::table::{part, row};

/// Number of times that each submission is checked.
const ROUNDS: usize = 3;

/// Runs checks for verbatim passages, then for altered ones, too.
///
/// # Errors
///
/// A check that fails, or a guarantee that does not hold.
pub(crate) fn run(engine: &Engine, submissions: &[Submission]) -> Result<Checked, String> {
    let check = |mode| check_all(engine, submissions, &Scope::default(), mode, ROUNDS);
    let verbatim = check(DetectionMode::VerbatimOnly)?;
    let altered = check(DetectionMode::AlteredToo)?;
    part("a check in the engine, one thread, p50 / p90 / p99");
    row("verbatim only", verbatim.latencies.to_string(), "0.3 / - / 1.5 ms");
    row("altered text too", altered.latencies.to_string(), "1 / - / 4 ms");
    let candidates = format!("{:.1} / {:.1}", verbatim.candidates(), altered.candidates());
    row("sources compared, verbatim only / altered text too", candidates, "");
    Ok(altered)
}

/// Prints the results.
pub(crate) fn print_found(checked: &Checked) {
    let score = &checked.score;
    part("found, with altered text");
    let pairs = format!("{} of {}", score.pairs_found, score.pairs);
    row("planted pairs of submission and source", pairs, "all");
    let found = format!("{:.4} / {:.4}", score.recall(), score.precision());
    row("characters of the submissions, recall / precision", found, ".99 / .99");
    for (name, kind) in &score.kinds {
        let found = format!("{} of {}", kind.found, kind.cases);
        row(&format!("{name}: passages found"), found, "all");
        let as_one = format!("{} / {}", kind.as_one_passage, kind.edges_within_two_words);
        row(&format!("{name}: as one passage / edges within two words"), as_one, "");
        row(&format!("{name}: recall of characters"), format!("{:.4}", kind.recall()), ".99");
    }
    let unplanted = format!("{} / {}", score.unplanted, score.unplanted_in_both);
    row("passages nobody planted / the same words in both texts", unplanted, "");
    row("reports whose guarantee a limit voids", checked.voided.to_string(), "0");
}
