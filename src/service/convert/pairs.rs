//! Results of comparing all pairs to messages.

use super::report::{age_order, guarantee_void_reason, share};
use super::times::timestamp;
use super::warnings::{ListedWarnings, warnings};
use crate::engine::{ALGORITHM_VERSION, Cluster, Pair, Pairs, PairsProgress, PairsVoid, Side};
use crate::proto;
use crate::service::parse::places::Places;
use crate::service::revisions::RevisionMask;

pub(in crate::service) fn pairs_progress(progress: PairsProgress) -> proto::PairsProgress {
    let PairsProgress { sources_done, sources, comparisons, pairs_found } = progress;
    proto::PairsProgress { sources_done, sources, comparisons, pairs_found }
}

pub(in crate::service) fn pair(pair: &Pair) -> proto::SourcePair {
    let Pair { first, second, passages, cluster, older } = pair;
    proto::SourcePair {
        first: Some(side(first)),
        second: Some(side(second)),
        passages: *passages,
        cluster: *cluster,
        older: age_order(*older).into(),
    }
}

fn side(Side { source, covered }: &Side) -> proto::PairedSource {
    proto::PairedSource {
        id: source.id.as_str().to_owned(),
        title: source.title.as_str().to_owned(),
        group: source.group.as_str().to_owned(),
        covered: Some(share(*covered)),
        words: source.words,
        submitted_at: source.submitted_at.map(timestamp),
    }
}

pub(in crate::service) fn cluster(cluster: &Cluster, number: u64) -> proto::SourceCluster {
    let Cluster { size, sources } = cluster;
    let source_ids = sources.iter().map(|source| source.id.as_str().to_owned()).collect();
    proto::SourceCluster { number, size: *size, source_ids }
}

pub(in crate::service) fn pairs_summary(
    found: &Pairs,
    places: &Places,
    revisions: &RevisionMask,
) -> proto::PairsSummary {
    let ListedWarnings { listed, cut } = warnings(found.warnings.clone(), places);
    let Pairs {
        revision,
        scope_revision,
        settings_digest,
        min_run_words,
        voids,
        sources,
        texts,
        comparisons,
        comparisons_cut,
        pairs_found,
        pairs_below,
        pairs: _,
        clusters,
        clusters_found,
        sources_in_clusters,
        warnings: _,
    } = found;
    proto::PairsSummary {
        corpus_revision: revisions.mask_scoped(*revision, *scope_revision),
        settings_digest: format!("{settings_digest:032x}"),
        algorithm_version: ALGORITHM_VERSION,
        min_run_words: *min_run_words,
        holds: voids.is_empty(),
        voids: voids.iter().map(void).collect(),
        sources: *sources,
        texts: *texts,
        comparisons: *comparisons,
        comparisons_cut: *comparisons_cut,
        pairs_found: *pairs_found,
        pairs_cut: found.pairs_cut(),
        pairs_below: *pairs_below,
        clusters_found: *clusters_found,
        clusters_cut: clusters_found - clusters.len() as u64,
        sources_in_clusters: *sources_in_clusters,
        warnings: listed,
        warnings_cut: cut,
    }
}

fn void(void: &PairsVoid) -> proto::PairsVoid {
    let PairsVoid { reason, limit, sources, words } = *void;
    proto::PairsVoid { reason: guarantee_void_reason(reason).into(), limit, sources, words }
}
