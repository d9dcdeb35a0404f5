//! Figures of a node of a cluster, for monitoring.

/// Figures of a node of a cluster. Counts begin at 0 with the process. They reveal nothing of any text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct ClusterFigures {
    /// Whether the node answers searches.
    pub(crate) ready: bool,
    /// The logs that the node follows.
    pub(crate) logs: Vec<LogFigures>,
    /// Questions that were sent to one more node, since the first did not answer in time.
    pub(crate) hedged_questions: u64,
    /// Searches that began again, since a node fell silent.
    pub(crate) repeated_searches: u64,
    /// Searches of other nodes that this node took part in.
    pub(crate) searches_served: u64,
    /// Other questions of nodes that this node took.
    pub(crate) questions_served: u64,
    /// Changes that this node wrote to a log.
    pub(crate) changes_published: u64,
    /// Changes of this node that a log did not take for sure, or whose outcome did not come in time.
    pub(crate) changes_failed: u64,
    /// Reports that lack partitions which no node answered for.
    pub(crate) partial_reports: u64,
    /// Copies of partitions that this node began to give to others.
    pub(crate) copies_given: u64,
    /// Copies of other nodes that took the place of partitions here.
    pub(crate) copies_taken: u64,
}

/// A log that a node follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogFigures {
    /// Its name: `meta`, or `p03` for partition 3.
    pub(crate) name: String,
    /// The entries to apply, as of the last look. A text in parts has an entry for each.
    pub(crate) entries_behind: u64,
    /// Whether entries are missing in it, so that nothing after them is applied.
    pub(crate) has_gap: bool,
}
