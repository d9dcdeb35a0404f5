//! Scales and scores as messages.

use super::times::timestamp;
use crate::engine::{Agreement, CollectionName, Contribution, Scale, ScaleWeight, Score};
use crate::proto;

/// A scale with its weights.
pub(in crate::service) fn scale(collection: &CollectionName, scale: &Scale) -> proto::Scale {
    let weights = scale.weights.iter().map(weight).collect();
    proto::Scale { weights, ..summary(collection, scale) }
}

/// A scale without its weights.
pub(in crate::service) fn summary(collection: &CollectionName, scale: &Scale) -> proto::Scale {
    proto::Scale {
        collection: collection.to_string(),
        name: scale.name.to_string(),
        bands: scale
            .bands
            .iter()
            .map(|band| proto::ScaleBand { label: band.label.to_string(), min_grade: band.min_grade })
            .collect(),
        texts: scale.texts,
        min_grade: scale.grades.least,
        max_grade: scale.grades.greatest,
        grade_step: scale.grades.step,
        agreement: Some(agreement(scale.agreement)),
        length_agreement: Some(agreement(scale.length_agreement)),
        error: scale.error,
        weights: Vec::new(),
        language: scale.language.clone(),
        created_at: scale.created_at.map(timestamp),
        error_90: scale.error_90,
        mean_grade: scale.grades.mean,
        min_words: scale.words.least,
        max_words: scale.words.most,
        penalty: scale.penalty,
    }
}

fn agreement(agreement: Agreement) -> proto::Agreement {
    let Agreement { kappa, low, high } = agreement;
    proto::Agreement { kappa, low, high }
}

fn weight(weight: &ScaleWeight) -> proto::ScaleWeight {
    let ScaleWeight { measure, weight, mean, deviation, least, greatest } = weight.clone();
    proto::ScaleWeight { measure, weight, mean, deviation, min_value: least, max_value: greatest }
}

/// A score on a scale.
pub(in crate::service) fn score(
    collection: &CollectionName,
    scale: &Scale,
    score: Score,
) -> proto::ScoreTextResponse {
    let Score { score, low, high, band, contributions, warnings } = score;
    let contribution = |one: Contribution| {
        let Contribution { measure, value, contribution } = one;
        proto::ScoreContribution { measure, value, contribution }
    };
    proto::ScoreTextResponse {
        score,
        low,
        high,
        band: band.map_or_else(String::new, |label| label.to_string()),
        contributions: contributions.into_iter().map(contribution).collect(),
        mean_grade: scale.grades.mean,
        scale: Some(summary(collection, scale)),
        warnings: warnings.iter().map(ToString::to_string).collect(),
    }
}
