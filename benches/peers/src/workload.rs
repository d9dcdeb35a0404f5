//! The input of every system: sources, submissions, and the known passages.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Failure;

/// The files of a workload.
pub(crate) struct Files {
    pub(crate) sources: PathBuf,
    pub(crate) submissions: PathBuf,
    pub(crate) truth: PathBuf,
}

/// A source is identified by its place in the list.
pub(crate) struct Workload {
    pub(crate) sources: Vec<String>,
    pub(crate) submissions: Vec<Submission>,
}

pub(crate) struct Submission {
    pub(crate) text: String,
    pub(crate) planted: Vec<Planted>,
    /// Sources that share text with it independently of planting; finding them is neither right nor wrong.
    pub(crate) natural: BTreeSet<u32>,
}

/// A passage copied into a submission.
pub(crate) struct Planted {
    /// Byte range in the submission.
    pub(crate) span: Range<usize>,
    pub(crate) source: u32,
}

#[derive(Deserialize)]
struct Text {
    id: String,
    text: String,
}

#[derive(Deserialize)]
struct Truth {
    spans: Vec<TrueSpan>,
    #[serde(default)]
    natural: Vec<Value>,
}

#[derive(Deserialize)]
struct TrueSpan {
    q: (usize, usize),
    doc: String,
}

impl Workload {
    pub(crate) fn read(files: &Files) -> Result<Self, Failure> {
        let texts: Vec<Text> = json_lines(&files.sources)?;
        let numbers = texts.iter().map(|text| text.id.clone()).zip(0..).collect();
        let sources: Vec<String> = texts.into_iter().map(|text| text.text).collect();
        let mut truth: HashMap<String, Truth> = serde_json::from_str(&contents(&files.truth)?)?;
        let texts: Vec<Text> = json_lines(&files.submissions)?;
        if sources.is_empty() || texts.is_empty() {
            return Err("a workload has at least one source and one submission".into());
        }
        let submissions = texts.into_iter().map(|Text { id, text }| {
            let truth = truth.remove(&id).ok_or_else(|| format!("the truth has nothing on {id}"))?;
            Submission::new(text, truth, &numbers)
        });
        Ok(Self { submissions: submissions.collect::<Result<_, Failure>>()?, sources })
    }

    pub(crate) fn source_bytes(&self) -> usize {
        self.sources.iter().map(String::len).sum()
    }
}

impl Submission {
    fn new(text: String, truth: Truth, numbers: &HashMap<String, u32>) -> Result<Self, Failure> {
        let natural = truth.natural.iter().filter_map(natural_id);
        let natural = natural.filter_map(|id| numbers.get(id).copied()).collect();
        let planted = truth.spans.into_iter().map(|TrueSpan { q: (start, end), doc }| {
            let source = *numbers.get(&doc).ok_or_else(|| format!("the sources have no {doc}"))?;
            let span = start..end;
            text.get(span.clone()).ok_or_else(|| {
                format!("the truth has {span:?} for {doc}, which is no span of the submission")
            })?;
            Ok(Planted { span, source })
        });
        Ok(Self { planted: planted.collect::<Result<_, Failure>>()?, natural, text })
    }
}

/// The id of a source alone, or first in a list, before the number of k-grams that it shares.
fn natural_id(entry: &Value) -> Option<&str> {
    entry.get(0).unwrap_or(entry).as_str()
}

fn json_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Failure> {
    let contents = contents(path)?;
    let parsed = contents.lines().zip(1_u32..).map(|(line, number)| {
        serde_json::from_str(line)
            .map_err(|error| format!("{}, line {number}: {error}", path.display()).into())
    });
    parsed.collect()
}

fn contents(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
