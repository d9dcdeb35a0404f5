//! The metrics of a node of a cluster.

use std::fmt;

use prometheus_client::metrics::MetricType;

use super::Page;
use crate::engine::ClusterFigures;

/// Writes the metrics of a node.
pub(super) fn cluster(page: &mut Page<'_>, figures: &ClusterFigures) -> fmt::Result {
    page.gauge(
        "palimpsest_cluster_ready",
        "Whether the node answers searches (1) or not (0)",
        u64::from(figures.ready),
    )?;
    let help = "Entries of a log that are to be applied";
    let mut behind = page.family("palimpsest_cluster_entries_behind", help, MetricType::Gauge)?;
    for log in &figures.logs {
        behind.encode_family(&[("log", log.name.as_str())])?.encode_gauge(&log.entries_behind)?;
    }
    let gaps = figures.logs.iter().filter(|log| log.has_gap).count() as u64;
    page.gauge("palimpsest_cluster_gaps", "Logs in which entries are missing", gaps)?;
    for (name, help, count) in counters(figures) {
        page.counter(name, help, count)?;
    }
    Ok(())
}

/// The counters of a node: their names, what they count, and how far.
fn counters(figures: &ClusterFigures) -> [(&'static str, &'static str, u64); 9] {
    [
        (
            "palimpsest_cluster_hedged_questions",
            "Questions that were sent to one more node, since the first did not answer in time",
            figures.hedged_questions,
        ),
        (
            "palimpsest_cluster_repeated_searches",
            "Searches that began again, since a node fell silent",
            figures.repeated_searches,
        ),
        (
            "palimpsest_cluster_partial_reports",
            "Reports that lack partitions which no node answered for",
            figures.partial_reports,
        ),
        (
            "palimpsest_cluster_searches_served",
            "Searches of other nodes that this node took part in",
            figures.searches_served,
        ),
        (
            "palimpsest_cluster_questions_served",
            "Other questions of nodes that this node took",
            figures.questions_served,
        ),
        (
            "palimpsest_cluster_changes_published",
            "Changes that this node wrote to a log",
            figures.changes_published,
        ),
        (
            "palimpsest_cluster_changes_failed",
            "Changes that a log did not take for sure, or without an outcome in time",
            figures.changes_failed,
        ),
        (
            "palimpsest_cluster_copies_given",
            "Copies of partitions that this node began to give to others",
            figures.copies_given,
        ),
        (
            "palimpsest_cluster_copies_taken",
            "Copies of other nodes that took the place of partitions of this one",
            figures.copies_taken,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use prometheus_client::collector::Collector;
    use prometheus_client::encoding::{DescriptorEncoder, text};
    use prometheus_client::registry::Registry;

    use super::*;
    use crate::engine::LogFigures;

    #[derive(Debug)]
    struct OfCluster(ClusterFigures);

    impl Collector for OfCluster {
        fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
            cluster(&mut Page(encoder), &self.0)
        }
    }

    #[test]
    fn the_table_of_a_nodes_metrics_in_docs_is_what_is_served() {
        let log = |name: &str, entries_behind, has_gap| LogFigures {
            name: name.to_owned(),
            entries_behind,
            has_gap,
        };
        let logs = vec![log("meta", 0, false), log("p03", 7, true)];
        let figures = ClusterFigures { ready: true, logs, hedged_questions: 3, ..ClusterFigures::default() };
        let mut registry = Registry::default();
        registry.register_collector(Box::new(OfCluster(figures)));
        let mut page = String::new();
        text::encode(&mut page, &registry).unwrap();
        for line in [
            "palimpsest_cluster_ready 1",
            "palimpsest_cluster_entries_behind{log=\"meta\"} 0",
            "palimpsest_cluster_entries_behind{log=\"p03\"} 7",
            "palimpsest_cluster_gaps 1",
            "palimpsest_cluster_hedged_questions_total 3",
            "palimpsest_cluster_changes_failed_total 0",
        ] {
            assert!(page.lines().any(|one| one == line), "{line} is not in {page}");
        }
        let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
        let suffix = |kind: &str| if kind == "counter" { "_total" } else { "" };
        let served: BTreeSet<String> =
            types.map(|(name, kind)| format!("| `{name}{}` | {kind}", suffix(kind))).collect();
        let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md");
        let docs = std::fs::read_to_string(docs).unwrap();
        let rows = docs.lines().filter(|line| line.starts_with("| `palimpsest_cluster_"));
        let told: BTreeSet<String> =
            rows.map(|line| line.split(" | ").take(2).collect::<Vec<_>>().join(" | ")).collect();
        assert_eq!(told, served);
    }
}
