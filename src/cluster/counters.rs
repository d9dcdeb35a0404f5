//! Counters of a node, for monitoring.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::engine::{ClusterFigures, LogFigures};

/// What a node counts since its start.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    hedged_questions: AtomicU64,
    repeated_searches: AtomicU64,
    searches_served: AtomicU64,
    questions_served: AtomicU64,
    changes_published: AtomicU64,
    changes_failed: AtomicU64,
    partial_reports: AtomicU64,
    copies_given: AtomicU64,
    copies_taken: AtomicU64,
}

impl Counters {
    /// A question was sent to one more node, since the first did not answer.
    pub(crate) fn hedged(&self) {
        add_one(&self.hedged_questions);
    }

    /// A search began again, since a node fell silent.
    pub(crate) fn repeated(&self) {
        add_one(&self.repeated_searches);
    }

    /// A report lacks partitions that no node answered for.
    pub(crate) fn partial(&self) {
        add_one(&self.partial_reports);
    }

    /// This node takes part in a search of another.
    pub(crate) fn search_served(&self) {
        add_one(&self.searches_served);
    }

    /// This node took a question of another.
    pub(crate) fn question_served(&self) {
        add_one(&self.questions_served);
    }

    /// A log took a change of this node.
    pub(crate) fn published(&self) {
        add_one(&self.changes_published);
    }

    /// A log did not take a change of this node for sure, or its outcome did not come in time.
    pub(crate) fn failed(&self) {
        add_one(&self.changes_failed);
    }

    /// A copy of a partition was begun for another node.
    pub(crate) fn copy_given(&self) {
        add_one(&self.copies_given);
    }

    /// A copy of another node took the place of a partition.
    pub(crate) fn copy_taken(&self) {
        add_one(&self.copies_taken);
    }

    /// What was counted so far, with the state of the node.
    pub(crate) fn figures(&self, ready: bool, logs: Vec<LogFigures>) -> ClusterFigures {
        let so_far = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        ClusterFigures {
            ready,
            logs,
            hedged_questions: so_far(&self.hedged_questions),
            repeated_searches: so_far(&self.repeated_searches),
            searches_served: so_far(&self.searches_served),
            questions_served: so_far(&self.questions_served),
            changes_published: so_far(&self.changes_published),
            changes_failed: so_far(&self.changes_failed),
            partial_reports: so_far(&self.partial_reports),
            copies_given: so_far(&self.copies_given),
            copies_taken: so_far(&self.copies_taken),
        }
    }
}

fn add_one(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
