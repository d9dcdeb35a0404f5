//! Server state and verification to messages.

use std::sync::atomic::Ordering;

use crate::engine::{Backend, CacheFigures, Defect, Distribution, Figures, Progress, Verified};
use crate::proto;
use crate::service::backpressure::load::Load;
use crate::service::backpressure::memory_usage::resident_memory_bytes;
use crate::service::context::ServiceContext;

pub(in crate::service) fn server_info(context: &ServiceContext) -> proto::GetServerInfoResponse {
    let backend = context.backend.opened();
    let Load { running, queued } = context.workers.load();
    let Progress { sources, of_sources } = context.backend.progress();
    let opening = proto::OpeningProgress { sources, of_sources };
    proto::GetServerInfoResponse {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime_seconds: context.process.started.elapsed().as_secs(),
        resident_memory_bytes: resident_memory_bytes(),
        open_connections: context.process.open_connections.load(Ordering::Relaxed) as u64,
        running_work: running as u64,
        queued_work: queued as u64,
        opening: backend.is_none().then_some(opening),
        activity: backend.map(|backend| activity(&*backend)),
    }
}

fn activity(backend: &dyn Backend) -> proto::CorpusActivity {
    let Figures {
        checks,
        candidates: _,
        commits,
        commit_changes,
        failed_commits,
        cache,
        stem_bytes: _,
        snapshot_written,
        last_verified,
    } = backend.figures();
    // If the clock was set back, the age is 0.
    let snapshot_age = snapshot_written.map(|at| at.elapsed().unwrap_or_default());
    proto::CorpusActivity {
        checks: Some(timing(&checks)),
        commits: Some(timing(&commits)),
        changes: commit_changes.sum,
        failed_commits,
        text_cache: cache.map(text_cache),
        snapshot_age_seconds: snapshot_age.map(|age| age.as_secs()),
        last_verify_age_seconds: last_verified.map(|last| last.age().as_secs()),
        last_verify_findings: last_verified.map_or(0, |last| last.findings),
    }
}

fn timing(microseconds: &Distribution) -> proto::Timing {
    let ms = |share| microseconds.quantile(share).unwrap_or(0.0) / 1000.0;
    proto::Timing { count: microseconds.count(), p50_ms: ms(0.5), p99_ms: ms(0.99) }
}

fn text_cache(figures: CacheFigures) -> proto::TextCache {
    let CacheFigures { hits, misses, bytes } = figures;
    proto::TextCache { hits, misses, bytes }
}

/// Returns the message for the state of a verification.
#[must_use]
pub fn verified_to_proto(verified: Verified) -> proto::VerifyResponse {
    let Verified { sources, of_sources, findings, is_complete } = verified;
    let finding = |defect: Defect| {
        let Defect { collection, source_id, problem } = defect;
        proto::VerifyFinding { collection, source_id, problem }
    };
    let findings = findings.into_iter().map(finding).collect();
    proto::VerifyResponse { sources, of_sources, findings, is_complete }
}
