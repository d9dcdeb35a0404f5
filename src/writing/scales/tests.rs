//! Tests of training and scoring.

use super::*;
use crate::model::{Scale, ScaleBand, Stop};

/// Texts whose grades follow how they are written: words of plain or rare kinds, with more or fewer mistakes; and lengths
/// that do not.
pub(crate) fn graded(count: u64) -> Vec<GradedText> {
    const PLAIN: [&str; 8] = ["we", "go", "to", "the", "big", "house", "and", "eat"];
    const RARE: [&str; 8] = [
        "nevertheless",
        "consequently",
        "deliberate",
        "magnificent",
        "architecture",
        "of",
        "which",
        "emphasises",
    ];
    (0..count)
        .map(|number| {
            let level = number % 5;
            let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1;
            let mut next = move |bound: u64| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state % bound
            };
            let words = 80 + next(200);
            let mut text = String::new();
            for word in 0..words {
                let list = if next(6) < level { RARE } else { PLAIN };
                text.push_str(list[next(8) as usize]);
                text.push_str(if word % 11 == 10 { ". " } else { " " });
            }
            let noise = (next(3) as f64 - 1.0) / 2.0;
            GradedText { text, grade: 1.0 + level as f64 + noise }
        })
        .collect()
}

pub(crate) fn plan(name: &str) -> Plan {
    let band = |label: &str, min_grade| ScaleBand { label: label.parse().unwrap(), min_grade };
    let bands = vec![band("Weak", 0.0), band("Good", 3.0), band("Best", 4.5)];
    Plan { name: name.parse().unwrap(), bands, created_at: None }
}

fn trained(texts: &[GradedText]) -> Result<Scale, TrainingRefusal> {
    train(plan("style"), texts, &Stop::never())
}

#[test]
fn a_scale_follows_grades_of_how_a_text_is_written() {
    let texts = graded(200);
    let scale = trained(&texts).unwrap();
    assert!(scale.agreement.kappa > 0.85 && scale.agreement.low > scale.length_agreement.high, "{scale:?}");
    assert_eq!((scale.grades.least, scale.grades.step, scale.language.as_str()), (0.5, 0.5, "en"));
    let weak = score(&scale, &texts[0].text).unwrap();
    let best = score(&scale, &texts[4].text).unwrap();
    assert!(weak.score < 2.5 && best.score > 4.0, "{} {}", weak.score, best.score);
    assert_eq!(weak.band.unwrap().as_str(), "Weak");
    assert!(best.low < best.score && best.score <= best.high);
    let sum: f64 = best.contributions.iter().map(|one| one.contribution).sum();
    assert!((scale.grades.limit(scale.grades.mean + sum) - best.score).abs() < 1e-9);
    assert!(best.contributions.is_sorted_by(|a, b| a.contribution.abs() >= b.contribution.abs()));
}

#[test]
fn the_order_of_texts_does_not_matter() {
    let mut texts = graded(150);
    let scale = trained(&texts).unwrap();
    texts.reverse();
    texts.rotate_left(37);
    assert_eq!(trained(&texts).unwrap(), scale);
}

#[test]
fn an_interval_holds_nine_in_ten_new_texts() {
    let texts = graded(600);
    let scale = trained(&texts[..300]).unwrap();
    let held = texts[300..].iter().filter(|text| {
        let score = score(&scale, &text.text).unwrap();
        (score.low..=score.high).contains(&text.grade)
    });
    let held = held.count();
    assert!((255..=294).contains(&held), "{held} of 300");
}

#[test]
fn grades_of_length_are_refused() {
    let mut texts = graded(200);
    for text in &mut texts {
        text.grade = (text.text.split(' ').count() / 50) as f64;
    }
    let refused = trained(&texts).unwrap_err();
    assert!(matches!(refused, TrainingRefusal::NoBetterThanLength { .. }), "{refused:?}");
    assert!(refused.to_string().contains("the number of words"), "{refused}");
}

#[test]
fn grades_by_chance_are_refused() {
    let mut texts = graded(300);
    for (place, text) in texts.iter_mut().enumerate() {
        text.grade = (place * place * 31 % 97 % 4) as f64;
    }
    assert!(matches!(trained(&texts), Err(TrainingRefusal::NoBetterThanLength { .. })));
}

#[test]
fn too_few_texts_and_one_grade_are_refused() {
    let texts = graded(99);
    assert_eq!(trained(&texts), Err(TrainingRefusal::TooFewTexts { texts: 99, min_texts: 100 }));
    let copies: Vec<GradedText> = std::iter::repeat_n(texts, 3).flatten().collect();
    assert_eq!(trained(&copies), Err(TrainingRefusal::TooFewTexts { texts: 99, min_texts: 100 }));
    let mut texts = graded(120);
    for text in &mut texts {
        text.grade = 3.0;
    }
    assert_eq!(trained(&texts), Err(TrainingRefusal::OneGrade { grade: 3.0 }));
    let mut texts = graded(120);
    texts[7].text = "... !?".to_owned();
    assert_eq!(trained(&texts), Err(TrainingRefusal::NoWords { place: 7 }));
    let stopped = Stop::never();
    stopped.call_off();
    assert!(matches!(train(plan("style"), &graded(120), &stopped), Err(TrainingRefusal::Stopped(_))));
}

#[test]
fn odd_texts_are_scored_within_the_grades_with_a_warning_or_refused() {
    let scale = trained(&graded(150)).unwrap();
    for text in ["word", "a b c", &"long ".repeat(100_000), "海岸の灯台は夜に光る。", "1 2 3"] {
        let score = score(&scale, text).unwrap();
        assert!((0.5..=5.5).contains(&score.score) && !score.warnings.is_empty(), "{}", &text[..1]);
    }
    assert_eq!(score(&scale, ""), Err(ScoreRefusal::NoWords));
    assert_eq!(score(&scale, "?! ..."), Err(ScoreRefusal::NoWords));
    let german =
        "Der Leuchtturmwärter schrieb jeden Sturm in ein Buch, das niemand lesen sollte, und dann ging er. ";
    let refused = score(&scale, &german.repeat(5)).unwrap_err();
    assert_eq!(refused, ScoreRefusal::OtherLanguage { text: "de", scale: "en".to_owned() });
    let old = Scale { measures_version: 0, ..scale };
    assert!(matches!(score(&old, "word"), Err(ScoreRefusal::OtherMeasures { .. })));
}
