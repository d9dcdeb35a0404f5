//! The state of a server, for people.

use std::time::Duration;

use super::table::list;
use super::{bytes, counted, number, printable};
use crate::proto;

/// The state of a server, one value a line.
pub(in crate::cli) fn server_info(info: &proto::GetServerInfoResponse) -> String {
    let proto::GetServerInfoResponse {
        version,
        uptime_seconds,
        resident_memory_bytes,
        open_connections,
        running_work,
        queued_work,
        opening,
        activity,
    } = info;
    let opening = opening.map(|progress| {
        let proto::OpeningProgress { sources, of_sources } = progress;
        format!("{} of {} sources are in the index", number(sources), number(of_sources))
    });
    let mut lines = vec![
        ("running", format!("version {}, for {}", printable(version), time(*uptime_seconds))),
        ("opening", opening.unwrap_or_default()),
        ("memory", resident_memory_bytes.map(bytes).unwrap_or_default()),
        ("connections", number(*open_connections)),
        ("work", format!("{} running, {} waiting", number(*running_work), number(*queued_work))),
    ];
    if let Some(activity) = activity {
        lines.extend(activity_lines(activity));
    }
    list(&lines)
}

fn activity_lines(activity: &proto::CorpusActivity) -> Vec<(&'static str, String)> {
    let proto::CorpusActivity {
        checks,
        commits,
        changes,
        failed_commits,
        text_cache,
        snapshot_age_seconds,
        last_verify_age_seconds,
        last_verify_findings,
    } = activity;
    let cache = text_cache.map(|proto::TextCache { hits, misses, bytes: held }| {
        format!("{} cached and {} read from disk, {} held", number(hits), number(misses), bytes(held))
    });
    let verified = last_verify_age_seconds
        .map(|age| format!("{} ago, {}", time(age), counted(*last_verify_findings, "finding", "findings")));
    let failed =
        if *failed_commits > 0 { format!(", {} failed", number(*failed_commits)) } else { String::new() };
    vec![
        ("checks", timing(checks.unwrap_or_default())),
        (
            "commits",
            format!(
                "{} with {}{failed}",
                timing(commits.unwrap_or_default()),
                counted(*changes, "change", "changes")
            ),
        ),
        ("texts", cache.unwrap_or_default()),
        ("snapshot", snapshot_age_seconds.map(|age| format!("{} old", time(age))).unwrap_or_default()),
        ("verified", verified.unwrap_or_default()),
    ]
}

fn timing(timing: proto::Timing) -> String {
    let proto::Timing { count, p50_ms, p99_ms } = timing;
    match count {
        0 => number(count),
        _ => format!(
            "{} (about {p50_ms:.1} ms at the median, {p99_ms:.1} ms at the 99th percentile)",
            number(count)
        ),
    }
}

fn time(seconds: u64) -> String {
    humantime::format_duration(Duration::from_secs(seconds)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_opens_and_one_that_works() {
        let mut info = proto::GetServerInfoResponse {
            version: "1.2.3".into(),
            uptime_seconds: 3_725,
            resident_memory_bytes: Some(1_500_000),
            open_connections: 2,
            running_work: 1,
            queued_work: 0,
            opening: Some(proto::OpeningProgress { sources: 10, of_sources: 2_000 }),
            activity: None,
        };
        let expected = "\
running      version 1.2.3, for 1h 2m 5s
opening      10 of 2,000 sources are in the index
memory       1.50 MB
connections  2
work         1 running, 0 waiting";
        assert_eq!(server_info(&info), expected);
        info.opening = None;
        info.activity = Some(proto::CorpusActivity {
            checks: Some(proto::Timing { count: 1_000, p50_ms: 1.44, p99_ms: 3.0 }),
            commits: None,
            changes: 1,
            failed_commits: 3,
            text_cache: Some(proto::TextCache { hits: 5, misses: 1, bytes: 999 }),
            snapshot_age_seconds: Some(60),
            last_verify_age_seconds: Some(1),
            last_verify_findings: 0,
        });
        let expected = "\
running      version 1.2.3, for 1h 2m 5s
memory       1.50 MB
connections  2
work         1 running, 0 waiting
checks       1,000 (about 1.4 ms at the median, 3.0 ms at the 99th percentile)
commits      0 with 1 change, 3 failed
texts        5 cached and 1 read from disk, 999 B held
snapshot     1m old
verified     1s ago, 0 findings";
        assert_eq!(server_info(&info), expected);
    }
}
