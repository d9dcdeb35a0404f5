//! Texts and known passages from files.

use std::collections::HashMap;
use std::fmt::Display;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::workload::{Case, Submission};

/// A line of a .jsonl file.
#[derive(Deserialize)]
pub(crate) struct Text {
    pub(crate) id: String,
    pub(crate) text: String,
}

#[derive(Deserialize)]
struct Truth {
    spans: Vec<Span>,
    #[serde(default)]
    natural: Vec<serde_json::Value>,
}

/// A planted passage: `q` and `d` are half-open byte ranges of the submission and of the source `doc`.
#[derive(Deserialize)]
struct Span {
    q: (usize, usize),
    d: (usize, usize),
    doc: String,
    words: usize,
    kind: String,
}

/// The texts of a .jsonl file of objects `{id, text}`, one a line.
///
/// # Errors
///
/// The problem, with the file and the line.
pub(crate) fn lines(file: &Path) -> Result<Vec<Text>, String> {
    let lines: Result<Vec<Text>, String> = read(file)?
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.trim().is_empty())
        .map(|(line, number)| {
            parse(line).map_err(|error| at(file, format!("in line {number}, {}", of_one_line(&error))))
        })
        .collect();
    match lines {
        Ok(lines) if lines.is_empty() => Err(at(file, "has no texts")),
        lines => lines,
    }
}

/// The texts of a .jsonl file, without their ids.
///
/// # Errors
///
/// The problem, with the file and the line.
pub(crate) fn texts(file: &Path) -> Result<Vec<String>, String> {
    Ok(lines(file)?.into_iter().map(|line| line.text).collect())
}

/// Submissions with their known passages: an object that maps the id of each to its `spans`, and to `natural`, sources
/// that share text with it independently of planting.
///
/// # Errors
///
/// The problem, with the file and the position.
pub(crate) fn submissions(file: &Path, truth_file: &Path) -> Result<Vec<Submission>, String> {
    let mut truth: HashMap<String, Truth> =
        parse(&read(truth_file)?).map_err(|error| at(truth_file, error))?;
    let mut out = Vec::new();
    for Text { id, text } in lines(file)? {
        let Some(Truth { spans, natural }) = truth.remove(&id) else {
            return Err(at(
                truth_file,
                format!("has nothing on the submission {id:?} of {}", file.display()),
            ));
        };
        for span in &spans {
            let (start, end) = span.q;
            if start >= end || text.get(start..end).is_none() {
                return Err(at(truth_file, format!("submission {id:?} has no bytes {start} to {end}")));
            }
        }
        // Either an id, or an id and a count.
        let natural = natural.iter().filter_map(|id| id.as_str().or_else(|| id.get(0)?.as_str()));
        out.push(Submission {
            natural: natural.map(str::to_owned).collect(),
            cases: spans.into_iter().map(Case::from).collect(),
            id,
            text,
        });
    }
    Ok(out)
}

impl From<Span> for Case {
    fn from(Span { q, d, doc, words, kind }: Span) -> Self {
        Self { submission: q.0..q.1, source: d.0..d.1, source_id: doc, words, kind }
    }
}

fn read(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| at(file, error))
}

fn parse<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    serde_json::from_str(text)
}

/// The problem with a line, without the line number in serde's message.
fn of_one_line(error: &serde_json::Error) -> String {
    error.to_string().replace(" at line 1 column ", " at column ")
}

fn at(file: &Path, what: impl Display) -> String {
    format!("{}: {what}", file.display())
}
