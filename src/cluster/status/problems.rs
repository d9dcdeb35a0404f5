//! What is wrong with a cluster, and how bad that is.

use std::collections::{BTreeMap, BTreeSet};

use super::{ClusterStatus, LISTENING, StreamState};
use crate::cluster::placement::ReplicaGroup;

/// Names that are listed; more are counted.
const LISTED: usize = 4;

/// How a cluster fares. A later one is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Nothing is wrong.
    Well,
    /// Everything is served, but one more failure may end that.
    Degraded,
    /// Some changes or searches are not served.
    NotServed,
}

/// Something that is wrong with a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// How bad it is.
    pub(crate) verdict: Verdict,
    /// What it is, for people.
    pub(crate) what: String,
}

/// The verdict on a cluster with these problems: the worst of them.
pub(crate) fn verdict(problems: &[Problem]) -> Verdict {
    problems.iter().map(|problem| problem.verdict).max().unwrap_or(Verdict::Well)
}

impl ClusterStatus {
    /// Everything that is wrong, the worst first.
    pub(crate) fn problems(&self) -> Vec<Problem> {
        let mut problems = Problems::default();
        self.streams_not_served(&mut problems);
        self.groups(&mut problems);
        self.nodes(&mut problems);
        self.replicas(&mut problems);
        for complaint in &self.complaints {
            problems.add(Verdict::Degraded, complaint.clone());
        }
        problems.0.sort_by_key(|problem| std::cmp::Reverse(problem.verdict));
        problems.0
    }

    /// Streams that take no changes.
    fn streams_not_served(&self, problems: &mut Problems) {
        let named = |is_so: fn(&StreamState) -> bool| -> Vec<&str> {
            let those = self.streams.iter().filter(|stream| is_so(&stream.state));
            those.map(|stream| stream.name.as_str()).collect()
        };
        let missing = named(|state| matches!(state, StreamState::Missing));
        if missing.len() == self.streams.len() {
            let what = format!(
                "the servers have no streams of the corpus {}: no node was started yet, or the corpus has another name",
                self.corpus
            );
            return problems.add(Verdict::NotServed, what);
        }
        problems.add_streams(Verdict::NotServed, &missing, "missing");
        let leaderless = named(|state| matches!(state, StreamState::Found(found) if found.leader.is_none()));
        problems.add_streams(Verdict::NotServed, &leaderless, "without a leader");
        let without_majority = named(
            |state| matches!(state, StreamState::Found(found) if found.leader.is_some() && !found.takes_messages()),
        );
        problems.add_streams(
            Verdict::NotServed,
            &without_majority,
            "without a majority of servers, so that they take no changes",
        );
        let silent = named(|state| matches!(state, StreamState::Silent { .. }));
        let reason = self.streams.iter().find_map(|stream| match &stream.state {
            StreamState::Silent { reason } => Some(reason.as_str()),
            _ => None,
        });
        let what = format!("without a leader that answers ({})", reason.unwrap_or_default());
        problems.add_streams(Verdict::NotServed, &silent, &what);
    }

    /// Servers that keep less than they should.
    fn replicas(&self, problems: &mut Problems) {
        let (mut gone, mut behind) = (BTreeMap::new(), BTreeMap::new());
        let mut short = Vec::new();
        for stream in &self.streams {
            let StreamState::Found(state) = &stream.state else { continue };
            if state.leader.is_none() {
                // Others know little of the replicas.
                continue;
            }
            let name = stream.name.as_str();
            for replica in state.replicas.iter().filter(|replica| replica.offline || !replica.current) {
                let of_server = if replica.is_reached() { &mut behind } else { &mut gone };
                of_server.entry(replica.name.as_str()).or_insert_with(Vec::new).push(name);
            }
            if 1 + state.replicas.len() < state.wanted_replicas {
                short.push(name);
            }
        }
        for (of_server, is) in [(gone, "is not there for"), (behind, "is behind in")] {
            for (server, streams) in of_server {
                let what = format!("the NATS server {server} {is} {}", listed(&streams));
                problems.add(Verdict::Degraded, what);
            }
        }
        problems.add_streams(Verdict::Degraded, &short, "kept by fewer servers than they should");
    }

    /// Replica groups with fewer than two ready nodes.
    fn groups(&self, problems: &mut Problems) {
        if self.nodes.is_empty() {
            let what = format!("no node was heard within {:.1} s", LISTENING.as_secs_f64());
            return problems.add(Verdict::NotServed, what);
        }
        let numbers: BTreeSet<u16> = self.nodes.iter().map(|node| node.said.group.groups).collect();
        for groups in &numbers {
            for index in 0..*groups {
                let group = ReplicaGroup { index, groups: *groups };
                let ready = self.nodes.iter().filter(|node| node.said.group == group && node.said.ready);
                match ready.count() {
                    0 => problems
                        .add(Verdict::NotServed, format!("replica group {group} has no node that is ready")),
                    1 => problems.add(
                        Verdict::Degraded,
                        format!("replica group {group} has only one node that is ready"),
                    ),
                    _ => {}
                }
            }
        }
        if numbers.len() > 1 {
            let numbers: Vec<String> = numbers.iter().map(u16::to_string).collect();
            let what = format!(
                "nodes divide the partitions into different numbers of replica groups ({}); start all with the same number",
                numbers.join(" and ")
            );
            problems.add(Verdict::Degraded, what);
        }
    }

    /// Nodes that are not ready, or are not understood.
    fn nodes(&self, problems: &mut Problems) {
        for node in self.nodes.iter().filter(|node| !node.said.ready) {
            let what = format!("node {} is not ready ({})", node.said.node, node.said.reason);
            problems.add(Verdict::Degraded, what);
        }
        if self.unreadable > 0 {
            let what = "a node announced itself in another version of the messages; use the program of the nodes' version";
            problems.add(Verdict::Degraded, what.to_owned());
        }
    }
}

/// Problems that were found.
#[derive(Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, verdict: Verdict, what: String) {
        self.0.push(Problem { verdict, what });
    }

    /// Adds a problem of some streams, if there are any.
    fn add_streams(&mut self, verdict: Verdict, streams: &[&str], are: &str) {
        if !streams.is_empty() {
            self.add(verdict, format!("{}: {are}", listed(streams)));
        }
    }
}

/// Names of streams, of which the first few are listed.
fn listed(names: &[&str]) -> String {
    let first: Vec<&str> = names.iter().take(LISTED).copied().collect();
    let stream = if names.len() == 1 { "stream" } else { "streams" };
    match names.len() - first.len() {
        0 => format!("{stream} {}", first.join(", ")),
        more => format!("{stream} {} and {more} more", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{NodeStatus, StreamStatus};
    use super::*;
    use crate::cluster::asking::peers::{Announcement, WIRE};
    use crate::cluster::log::state::Replica;
    use crate::cluster::log::{LogId, LogState};

    fn node(name: &str, group: &str, applied: u64) -> NodeStatus {
        let group: ReplicaGroup = group.parse().unwrap();
        let held = (0..4).filter(|partition| partition % group.groups == group.index);
        NodeStatus {
            said: Announcement {
                node: name.to_owned(),
                group,
                version: "1".to_owned(),
                wire: WIRE,
                ready: true,
                reason: String::new(),
                number: 1,
                meta: 2,
                applied: held.map(|partition| (partition, applied)).collect(),
            },
            heard: Duration::ZERO,
        }
    }

    fn stream(id: LogId) -> StreamStatus {
        let replica = |name: &str| Replica {
            name: name.to_owned(),
            current: true,
            offline: false,
            heard: Duration::from_secs(1),
            lag: 0,
        };
        let state = LogState {
            first: 1,
            last: 9,
            messages: 9,
            bytes: 900,
            leader: Some("n0".to_owned()),
            replicas: vec![replica("n1"), replica("n2")],
            wanted_replicas: 3,
            partitions: Some(4),
        };
        StreamStatus { id, name: format!("c-{id}"), state: StreamState::Found(state) }
    }

    fn whole() -> ClusterStatus {
        let nodes = vec![node("a", "1/2", 9), node("b", "1/2", 7), node("c", "2/2", 9), node("d", "2/2", 9)];
        let streams = LogId::all(4).map(stream).collect();
        ClusterStatus { corpus: "c".to_owned(), streams, nodes, unreadable: 0, complaints: Vec::new() }
    }

    /// The verdict on a cluster after a change, and the problems in one line.
    fn judged(change: impl FnOnce(&mut ClusterStatus)) -> (Verdict, String) {
        let mut status = whole();
        change(&mut status);
        let problems = status.problems();
        let what: Vec<String> = problems.iter().map(|problem| problem.what.clone()).collect();
        (verdict(&problems), what.join("; "))
    }

    fn state(status: &mut ClusterStatus, place: usize) -> &mut LogState {
        match &mut status.streams[place].state {
            StreamState::Found(state) => state,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_whole_cluster_is_well() {
        assert_eq!(judged(|_| {}), (Verdict::Well, String::new()));
        let status = whole();
        let lags: Vec<_> = status.streams.iter().map(|stream| status.largest_lag(stream)).collect();
        assert_eq!(lags, [Some(7), Some(2), Some(0), Some(2), Some(0)]);
        assert_eq!(status.holders(LogId::Partition(1)).count(), 2);
    }

    #[test]
    fn what_is_missing_degrades_while_all_is_served() {
        let degraded = |change: fn(&mut ClusterStatus)| {
            let (verdict, what) = judged(change);
            assert_eq!(verdict, Verdict::Degraded, "{what}");
            what
        };
        let what = degraded(|status| {
            for place in 0..5 {
                state(status, place).replicas[1].offline = true;
            }
        });
        assert_eq!(
            what,
            "the NATS server n2 is not there for streams c-meta, c-p00, c-p01, c-p02 and 1 more"
        );
        let what = degraded(|status| state(status, 2).replicas[0].current = false);
        assert_eq!(what, "the NATS server n1 is behind in stream c-p01");
        let what = degraded(|status| {
            let replica = &mut state(status, 2).replicas[0];
            (replica.current, replica.heard) = (false, Duration::from_secs(11));
        });
        assert_eq!(what, "the NATS server n1 is not there for stream c-p01");
        let what = degraded(|status| drop(state(status, 2).replicas.pop()));
        assert_eq!(what, "stream c-p01: kept by fewer servers than they should");
        let what = degraded(|status| drop(status.nodes.pop()));
        assert_eq!(what, "replica group 2/2 has only one node that is ready");
        let what = degraded(|status| {
            status.nodes.push(node("e", "1/2", 0));
            status.nodes[4].said.ready = false;
            "log p00: 9 entries are to be applied".clone_into(&mut status.nodes[4].said.reason);
        });
        assert_eq!(what, "node e is not ready (log p00: 9 entries are to be applied)");
        assert!(degraded(|status| status.unreadable = 3).contains("another version"));
        assert_eq!(
            degraded(|status| status.complaints.push("n0 does not sync".to_owned())),
            "n0 does not sync"
        );
    }

    #[test]
    fn what_is_not_served_comes_first() {
        let not_served = |change: fn(&mut ClusterStatus)| {
            let (verdict, what) = judged(change);
            assert_eq!(verdict, Verdict::NotServed, "{what}");
            what
        };
        let what = not_served(|status| {
            status.nodes.truncate(3);
            status.nodes[2].said.ready = false;
            state(status, 1).leader = None;
        });
        assert!(what.starts_with("stream c-p00: without a leader; replica group 2/2 has no node"), "{what}");
        let what = not_served(|status| status.nodes.truncate(1));
        assert_eq!(
            what,
            "replica group 2/2 has no node that is ready; replica group 1/2 has only one node that is ready"
        );
        let what =
            not_served(|status| state(status, 1).replicas.iter_mut().for_each(|one| one.offline = true));
        assert!(what.starts_with("stream c-p00: without a majority of servers"), "{what}");
        assert_eq!(not_served(|status| status.nodes.clear()), "no node was heard within 1.5 s");
        let what = not_served(|status| status.streams[3].state = StreamState::Missing);
        assert_eq!(what, "stream c-p02: missing");
        let silent = |status: &mut ClusterStatus| {
            status.streams[3].state = StreamState::Silent { reason: "no answer".to_owned() };
        };
        assert_eq!(not_served(silent), "stream c-p02: without a leader that answers (no answer)");
        let nothing = |status: &mut ClusterStatus| {
            status.streams.truncate(1);
            status.streams[0].state = StreamState::Missing;
        };
        assert!(not_served(nothing).contains("no streams of the corpus c"));
    }

    #[test]
    fn nodes_that_divide_the_partitions_differently_are_named() {
        let (verdict, what) = judged(|status| status.nodes.push(node("e", "1/1", 9)));
        assert_eq!(verdict, Verdict::Degraded);
        assert!(
            what.contains("replica group 1/1 has only one") && what.contains("groups (1 and 2)"),
            "{what}"
        );
    }
}
