//! Scales and scores for people.

use std::fmt::Write as _;

use crate::cli::render::{counted, number, printable};
use crate::proto;

/// The most weights and contributions that are listed.
const LISTED: usize = 15;

/// A scale.
pub(super) fn scale(scale: &proto::Scale) -> String {
    let proto::Scale { collection, name, texts, min_grade, max_grade, grade_step, error, error_90, .. } =
        scale;
    let texts = counted(*texts, "graded text", "graded texts");
    let language = if scale.language.is_empty() { "no single language" } else { &scale.language };
    let mut lines = format!(
        "Scale {} of collection {}: {texts} in {}, of {} to {} words\n",
        printable(name),
        printable(collection),
        printable(language),
        number(scale.min_words),
        number(scale.max_words),
    );
    let (agreement, length) =
        (scale.agreement.unwrap_or_default(), scale.length_agreement.unwrap_or_default());
    line(
        &mut lines,
        "grades",
        &format!("{min_grade} to {max_grade}, in steps of {grade_step}; mean {:.2}", scale.mean_grade),
    );
    line(
        &mut lines,
        "agreement",
        &format!("{} by quadratic weighted kappa, in cross-validation", kappa(agreement)),
    );
    line(&mut lines, "length alone", &kappa(length));
    line(
        &mut lines,
        "error",
        &format!("{error:.2} (root of the mean square); 90 % of the texts within {error_90:.2}"),
    );
    let bands = scale.bands.iter().map(|band| format!("{} from {}", printable(&band.label), band.min_grade));
    let bands = bands.collect::<Vec<_>>().join(", ");
    if !bands.is_empty() {
        line(&mut lines, "bands", &bands);
    }
    let mut weights: Vec<&proto::ScaleWeight> = scale.weights.iter().collect();
    weights.sort_by(|one, other| other.weight.abs().total_cmp(&one.weight.abs()));
    if !weights.is_empty() {
        lines.push_str("Weights in grades for each standard deviation, the largest first:\n");
    }
    for one in weights.iter().take(LISTED) {
        line(&mut lines, &one.measure, &format!("{:+.3}", one.weight));
    }
    more(&mut lines, weights.len());
    lines
}

/// A score.
pub(super) fn score(score: &proto::ScoreTextResponse) -> String {
    let scale = score.scale.clone().unwrap_or_default();
    let band = if score.band.is_empty() { String::new() } else { format!(": {}", printable(&score.band)) };
    let mut lines = format!(
        "{:.2}{band} ({:.2} to {:.2} with 90 % confidence) on scale {}, whose grades go from {} to {}\n",
        score.score,
        score.low,
        score.high,
        printable(&scale.name),
        scale.min_grade,
        scale.max_grade,
    );
    for warning in &score.warnings {
        line(&mut lines, "warning", &printable(warning));
    }
    let _ = writeln!(lines, "Mean grade {:.2}; what each measure adds, the largest first:", score.mean_grade);
    for one in score.contributions.iter().take(LISTED) {
        let value = one.value.map_or_else(|| "not defined".to_owned(), |value| format!("{value:.3}"));
        line(&mut lines, &one.measure, &format!("{:+.3}  ({value})", one.contribution));
    }
    more(&mut lines, score.contributions.len());
    lines.push_str("The score says nothing of content, truth or originality.\n");
    lines
}

fn kappa(agreement: proto::Agreement) -> String {
    let proto::Agreement { kappa, low, high } = agreement;
    format!("{kappa:.3} ({low:.3} to {high:.3})")
}

fn line(lines: &mut String, name: &str, value: &str) {
    let _ = writeln!(lines, "  {:<24} {value}", printable(name));
}

fn more(lines: &mut String, count: usize) {
    if count > LISTED {
        let _ = writeln!(lines, "  and {} more, with --json", count - LISTED);
    }
}
