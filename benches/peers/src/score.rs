//! Comparison of a system's results with the known passages.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::systems::Found;
use crate::workload::Submission;

/// Counts over all submissions.
#[derive(Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Score {
    /// Pairs of a submission and a source with a planted passage.
    pub(crate) true_pairs: usize,
    pub(crate) found_pairs: usize,
    /// Pairs found that were not planted and are not known to share text otherwise.
    pub(crate) unplanted_pairs: usize,
    /// `None` if a system has no spans.
    pub(crate) bytes: Option<Bytes>,
}

/// Bytes of the submissions.
#[derive(Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bytes {
    planted: usize,
    reported: usize,
    both: usize,
}

impl Bytes {
    pub(crate) fn recall(self) -> f64 {
        ratio(self.both, self.planted)
    }

    pub(crate) fn precision(self) -> f64 {
        ratio(self.both, self.reported)
    }
}

impl Score {
    /// `spans`: whether the system has spans.
    pub(crate) fn add(&mut self, submission: &Submission, found: &[Found], spans: bool) {
        let planted: BTreeSet<u32> = submission.planted.iter().map(|planted| planted.source).collect();
        let found: Vec<&Found> =
            found.iter().filter(|found| !submission.natural.contains(&found.source)).collect();
        let right = found.iter().filter(|found| planted.contains(&found.source)).count();
        self.true_pairs += planted.difference(&submission.natural).count();
        self.found_pairs += right;
        self.unplanted_pairs += found.len() - right;
        if spans {
            self.add_spans(submission, found.iter().flat_map(|found| &found.spans));
        }
    }

    fn add_spans<'a>(&mut self, submission: &Submission, reported: impl Iterator<Item = &'a Range<usize>>) {
        let length = submission.text.len();
        let planted = marked(length, submission.planted.iter().map(|planted| &planted.span));
        let reported = marked(length, reported);
        let count = |marks: &[bool]| marks.iter().filter(|mark| **mark).count();
        let bytes = self.bytes.get_or_insert_default();
        bytes.planted += count(&planted);
        bytes.reported += count(&reported);
        bytes.both += planted.iter().zip(&reported).filter(|(a, b)| **a && **b).count();
    }
}

fn marked<'a>(length: usize, spans: impl Iterator<Item = &'a Range<usize>>) -> Vec<bool> {
    let mut marks = vec![false; length];
    for span in spans {
        if let Some(marks) = marks.get_mut(span.clone()) {
            marks.fill(true);
        }
    }
    marks
}

#[expect(clippy::cast_precision_loss, reason = "a ratio to print")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}
