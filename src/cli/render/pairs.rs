//! The pairs and clusters of a collection, for people.

use std::io::{self, Write};

use super::{FAINT, Look, counted, number, printable, table};
use crate::proto;
use crate::proto::GuaranteeVoidReason;

/// Number of sources that are named for each cluster.
const NAMED_SOURCES: usize = 20;

/// The result of a comparison of all pairs.
#[derive(Debug, Default)]
pub(in crate::cli) struct ComparedPairs {
    pub(in crate::cli) pairs: Vec<proto::SourcePair>,
    pub(in crate::cli) clusters: Vec<proto::SourceCluster>,
    pub(in crate::cli) summary: proto::PairsSummary,
}

/// Writes the pairs, the clusters and the guarantee.
pub(in crate::cli) fn pairs(out: &mut dyn Write, found: &ComparedPairs, look: Look) -> io::Result<()> {
    let ComparedPairs { pairs, clusters, summary } = found;
    if !pairs.is_empty() {
        writeln!(out, "{}", table::pairs(pairs, look))?;
    }
    if summary.pairs_cut > 0 {
        let cut = counted(summary.pairs_cut, "more pair", "more pairs");
        writeln!(out, "Not shown: {cut} (--top shows them).")?;
    }
    for cluster in clusters {
        writeln!(out, "\n{}", named(cluster))?;
    }
    if summary.clusters_cut > 0 {
        let cut = counted(summary.clusters_cut, "smaller cluster", "smaller clusters");
        writeln!(out, "\nNot shown: {cut} (--json shows them).")?;
    }
    if !pairs.is_empty() || !clusters.is_empty() {
        writeln!(out)?;
    }
    counts(out, summary)?;
    guarantee(out, summary)?;
    let proto::PairsSummary { corpus_revision, settings_digest, algorithm_version, .. } = summary;
    let (revision, digest) = (number(*corpus_revision), printable(settings_digest));
    let line =
        format!("corpus revision {revision}, settings {digest}, algorithm version {algorithm_version}");
    writeln!(out, "\n{}", look.paint(FAINT, &line))
}

/// `Cluster 1, 3 sources: a, b, c`.
fn named(cluster: &proto::SourceCluster) -> String {
    let names: Vec<String> = cluster.source_ids.iter().take(NAMED_SOURCES).map(|id| printable(id)).collect();
    let more = match cluster.size - names.len() as u64 {
        0 => String::new(),
        more => format!(" and {} more", number(more)),
    };
    let size = counted(cluster.size, "source", "sources");
    format!("Cluster {}, {size}: {}{more}", number(cluster.number), names.join(", "))
}

/// Writes how much was compared and what was found.
fn counts(out: &mut dyn Write, summary: &proto::PairsSummary) -> io::Result<()> {
    let sources = counted(summary.sources, "source", "sources");
    let copies = match summary.sources - summary.texts {
        0 => String::new(),
        copies => format!(" ({} of them with the same words as another)", number(copies)),
    };
    let comparisons = counted(summary.comparisons, "comparison", "comparisons");
    writeln!(out, "Looked up {sources}{copies}; made {comparisons} of candidates.")?;
    let found = match summary.pairs_found {
        0 => "No pairs".to_owned(),
        found => counted(found, "pair", "pairs"),
    };
    let together = counted(summary.sources_in_clusters, "source", "sources");
    let clusters = counted(summary.clusters_found, "cluster", "clusters");
    let below = match summary.pairs_below {
        0 => String::new(),
        below => format!(" {} share less than --min-coverage asks for.", counted(below, "pair", "pairs")),
    };
    writeln!(out, "{found}, in {clusters} of {together} together.{below}")
}

/// Writes whether the guarantee holds, and the limits that void it.
fn guarantee(out: &mut dyn Write, summary: &proto::PairsSummary) -> io::Result<()> {
    let run = counted(summary.min_run_words.into(), "word", "words");
    if summary.holds {
        return writeln!(out, "Every run of {run} or more that two of them share is found.");
    }
    writeln!(out, "Runs of {run} or more that two of them share may have been missed:")?;
    for void in &summary.voids {
        let (words, sources) =
            (counted(void.words, "word", "words"), counted(void.sources, "source", "sources"));
        writeln!(out, "  in {words} of {sources}: {}", reason(void, summary))?;
    }
    Ok(())
}

fn reason(void: &proto::PairsVoid, summary: &proto::PairsSummary) -> String {
    let sources = counted(void.limit, "source", "sources");
    match void.reason() {
        GuaranteeVoidReason::CommonnessCap => {
            format!(
                "runs that more than {sources} share were excluded (--commonness-cap, --commonness-percent)"
            )
        }
        GuaranteeVoidReason::PostingLimit => {
            format!(
                "runs that more than {sources} share, the most that the server reads; name such text with --boilerplate"
            )
        }
        GuaranteeVoidReason::CandidateLimit => {
            let cut = counted(summary.comparisons_cut, "comparison", "comparisons");
            format!("{cut} beyond the first {} of a source were not made", number(void.limit))
        }
        GuaranteeVoidReason::MissingPartitions | GuaranteeVoidReason::Unspecified => {
            format!("a limit of {} was reached", number(void.limit))
        }
    }
}
