//! Trains scales on graded texts and scores them in five folds: each text by a scale that has not seen it.
//!
//! ```text
//! cargo run --release --example scales -- essays.jsonl --text text --grade score [--by prompt]
//! ```
//!
//! Each line of the file is a JSON object. With `--by`, texts with the same value of that field have a scale of their own. Prints
//! for each scale the quadratic weighted kappa of the grades with the scores, which are rounded to the nearest grade, and what
//! the server itself states: its agreement in cross-validation, and that of the number of words alone.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]
#![expect(clippy::cast_precision_loss, reason = "numbers of texts are far below 2^52")]

use std::collections::BTreeMap;
use std::error::Error;

use palimpsest::{CollectionName, Engine, GradedText, Scale, ScalePlan, Stop};
use serde_json::Value;

const FOLDS: usize = 5;

struct Arguments {
    file: String,
    text: String,
    grade: String,
    by: Option<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments()?;
    let mut prompts: BTreeMap<String, Vec<GradedText>> = BTreeMap::new();
    for line in std::fs::read_to_string(&arguments.file)?.lines().filter(|line| !line.trim().is_empty()) {
        let value: Value = serde_json::from_str(line)?;
        let text = value.get(&arguments.text).and_then(Value::as_str).ok_or("a line has no text")?.to_owned();
        let grade = value.get(&arguments.grade).and_then(Value::as_f64).ok_or("a line has no grade")?;
        let prompt =
            arguments.by.as_ref().and_then(|by| value.get(by)).map_or_else(String::new, Value::to_string);
        prompts.entry(prompt).or_default().push(GradedText { text, grade });
    }
    let mut kappas = Vec::new();
    for (prompt, texts) in &prompts {
        match folds(prompt, texts) {
            Ok(kappa) => kappas.push(kappa),
            Err(error) => println!("{prompt:24} {:5} texts: {error}", texts.len()),
        }
    }
    println!("mean of {} scales: {:.3}", kappas.len(), kappas.iter().sum::<f64>() / kappas.len() as f64);
    Ok(())
}

/// Scores each text by a scale that was trained on the other folds. Returns the agreement with the grades.
fn folds(prompt: &str, texts: &[GradedText]) -> Result<f64, Box<dyn Error>> {
    let engine = Engine::in_memory()?;
    let collection = CollectionName::default();
    let train = |name: String, texts: &[GradedText]| {
        let plan = ScalePlan { name: name.parse()?, bands: Vec::new(), created_at: None };
        Ok::<_, Box<dyn Error>>(engine.train_scale(&collection, plan, texts, false, &Stop::never())?)
    };
    let (mut scored, mut within) = (Vec::new(), 0);
    for fold in 0..FOLDS {
        let seen = |place: &usize| place % FOLDS != fold;
        let others: Vec<GradedText> =
            texts.iter().enumerate().filter(|(place, _)| seen(place)).map(|(_, text)| text.clone()).collect();
        let scale = train(format!("fold-{fold}"), &others)?;
        for text in texts.iter().enumerate().filter(|(place, _)| !seen(place)).map(|(_, text)| text) {
            let score = engine.score_text(&collection, &scale.name, &text.text)?;
            within += usize::from((score.low..=score.high).contains(&text.grade));
            scored.push((text.grade, nearest(&scale, score.score)));
        }
    }
    let kappa = kappa(&scored);
    let whole = train("whole".to_owned(), texts)?;
    let (scale, length) = (whole.agreement, whole.length_agreement);
    println!(
        "{prompt:24} {:5} texts: kappa {kappa:.3}; stated {:.3} ({:.3} to {:.3}), number of words {:.3}; intervals hold {:.1} %",
        texts.len(),
        scale.kappa,
        scale.low,
        scale.high,
        length.kappa,
        100.0 * within as f64 / texts.len() as f64,
    );
    Ok(kappa)
}

/// The nearest grade on the step of the scale.
fn nearest(scale: &Scale, score: f64) -> f64 {
    let grades = scale.grades;
    grades.least + ((score - grades.least) / grades.step).round() * grades.step
}

/// Quadratic weighted kappa: 1 - observed / expected squared difference.
fn kappa(pairs: &[(f64, f64)]) -> f64 {
    let count = pairs.len() as f64;
    let observed: f64 = pairs.iter().map(|(a, b)| (a - b) * (a - b)).sum::<f64>() / count;
    let squares: f64 = pairs.iter().map(|(a, b)| a * a + b * b).sum::<f64>() / count;
    let (a, b) = pairs.iter().fold((0.0, 0.0), |(a, b), pair| (a + pair.0, b + pair.1));
    1.0 - observed / (squares - 2.0 * a / count * b / count)
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut found =
        Arguments { file: String::new(), text: "text".to_owned(), grade: "grade".to_owned(), by: None };
    let mut rest = std::env::args().skip(1);
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--text" => found.text = value()?,
            "--grade" => found.grade = value()?,
            "--by" => found.by = Some(value()?),
            _ => found.file = argument,
        }
    }
    if found.file.is_empty() {
        return Err("usage: scales FILE.jsonl [--text FIELD] [--grade FIELD] [--by FIELD]".into());
    }
    Ok(found)
}
