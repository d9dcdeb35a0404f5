//! The other nodes, by what they say of themselves twice a second.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use crate::cluster::placement::ReplicaGroup;

/// The time between two announcements of a node.
pub(crate) const INTERVAL: Duration = Duration::from_millis(500);

/// A node that was silent for so long is not asked any more.
const GONE_AFTER: Duration = Duration::from_millis(2_500);

/// A node that was silent for so long is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(10);

/// The version of the messages between nodes.
pub(crate) const WIRE: u16 = 3;

/// What a node says of itself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Announcement {
    /// Its name.
    pub(crate) node: String,
    /// Its replica group.
    pub(crate) group: ReplicaGroup,
    /// The version of its program.
    pub(crate) version: String,
    /// The version of its messages.
    pub(crate) wire: u16,
    /// Whether it has applied all that it knows of the log, and answers searches.
    pub(crate) ready: bool,
    /// Why it is not ready; empty if it is.
    pub(crate) reason: String,
    /// The number of the announcement in its process.
    pub(crate) number: u64,
    /// The last sequence number of the meta log that it has applied.
    pub(crate) meta: u64,
    /// The last sequence number that it has applied of each of its partitions.
    pub(crate) applied: BTreeMap<u16, u64>,
}

/// A node and when it was heard.
#[derive(Debug, Clone)]
struct Peer {
    said: Announcement,
    heard: Instant,
    /// It did not answer since it was last heard.
    failed: bool,
}

/// The other nodes that were heard.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    heard: Mutex<BTreeMap<String, Peer>>,
    /// The groups that had no ready node when one was looked for, and since when.
    without_node: Mutex<BTreeMap<ReplicaGroup, Instant>>,
    turn: std::sync::atomic::AtomicUsize,
}

impl Peers {
    /// Notes what a node said.
    pub(crate) fn hear(&self, said: Announcement) {
        let mut heard = self.heard.lock();
        let now = Instant::now();
        heard.retain(|_, peer| now.duration_since(peer.heard) < FORGOTTEN_AFTER);
        heard.insert(said.node.clone(), Peer { said, heard: now, failed: false });
    }

    /// Notes that a node did not answer: until it is heard again, others are asked first.
    pub(crate) fn failed(&self, node: &str) {
        if let Some(peer) = self.heard.lock().get_mut(node) {
            peer.failed = true;
        }
    }

    /// Notes that a node has ended: it is there again when it is heard.
    pub(crate) fn ended(&self, node: &str) {
        self.heard.lock().remove(node);
    }

    /// Whether a node was heard lately.
    pub(crate) fn is_there(&self, node: &str) -> bool {
        self.heard.lock().get(node).is_some_and(|peer| peer.heard.elapsed() < GONE_AFTER)
    }

    /// The ready nodes of a replica group, each as often the first as the others; those that did not answer come last.
    pub(crate) fn ready(&self, group: ReplicaGroup) -> Vec<String> {
        let turn = self.turn.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let heard = self.heard.lock();
        let is_ready = |peer: &&Peer| {
            let Announcement { group: of, ready, wire, .. } = &peer.said;
            *of == group && *ready && *wire == WIRE && peer.heard.elapsed() < GONE_AFTER
        };
        let mut ready: Vec<(bool, &str)> =
            heard.values().filter(is_ready).map(|peer| (peer.failed, peer.said.node.as_str())).collect();
        if !ready.is_empty() {
            let count = ready.len();
            ready.rotate_left(turn % count);
        }
        ready.sort_by_key(|(failed, _)| *failed);
        ready.into_iter().map(|(_, node)| node.to_owned()).collect()
    }

    /// Since when a replica group is known to have no ready node; `None` if it has one.
    pub(crate) fn without_node_since(&self, group: ReplicaGroup) -> Option<Instant> {
        let has_ready = !self.ready(group).is_empty();
        let mut without_node = self.without_node.lock();
        if has_ready {
            without_node.remove(&group);
            return None;
        }
        Some(*without_node.entry(group).or_insert_with(Instant::now))
    }

    /// The nodes of a replica group that have applied the log of a partition up to an entry. Ready ones come first, and those that
    /// did not answer last.
    pub(crate) fn beyond(&self, group: ReplicaGroup, partition: u16, sequence: u64) -> Vec<String> {
        let heard = self.heard.lock();
        let has_it = |peer: &&Peer| {
            let Announcement { group: of, wire, applied, .. } = &peer.said;
            let is_beyond = applied.get(&partition).is_some_and(|applied| *applied >= sequence);
            *of == group && *wire == WIRE && is_beyond && peer.heard.elapsed() < GONE_AFTER
        };
        let mut found: Vec<(bool, bool, &str)> = heard
            .values()
            .filter(has_it)
            .map(|peer| (peer.failed, !peer.said.ready, peer.said.node.as_str()))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(.., node)| node.to_owned()).collect()
    }

    /// What all nodes said last, with the time since.
    pub(crate) fn all(&self) -> Vec<(Announcement, Duration)> {
        self.heard.lock().values().map(|peer| (peer.said.clone(), peer.heard.elapsed())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(node: &str, group: &str, ready: bool) -> Announcement {
        Announcement {
            node: node.to_owned(),
            group: group.parse().unwrap(),
            version: "1".to_owned(),
            wire: WIRE,
            ready,
            reason: String::new(),
            number: 1,
            meta: 1,
            applied: BTreeMap::new(),
        }
    }

    #[test]
    fn ready_nodes_of_the_group_take_turns() {
        let peers = Peers::default();
        peers.hear(said("a", "1/2", true));
        peers.hear(said("b", "1/2", true));
        peers.hear(said("c", "1/2", false));
        peers.hear(said("d", "2/2", true));
        // Another number of groups deals the partitions out in another way.
        peers.hear(said("f", "1/3", true));
        peers.hear(Announcement { wire: WIRE + 1, ..said("e", "1/2", true) });
        let [first, second] = ["1/2", "2/2"].map(|group| group.parse::<ReplicaGroup>().unwrap());
        assert_eq!(peers.ready(first), ["a", "b"]);
        assert_eq!(peers.ready(first), ["b", "a"]);
        peers.failed("b");
        assert_eq!(
            (peers.ready(first), peers.ready(first)),
            (vec!["a".to_owned(), "b".to_owned()], vec!["a".to_owned(), "b".to_owned()])
        );
        peers.hear(said("b", "1/2", true));
        assert_eq!(peers.ready(second), ["d"]);
        assert_eq!(peers.all().len(), 6);
    }

    #[test]
    fn nodes_that_have_applied_an_entry_are_found_also_if_they_are_not_ready() {
        let peers = Peers::default();
        let applied = |node: &str, ready, sequence| Announcement {
            applied: BTreeMap::from([(3, sequence)]),
            ..said(node, "1/2", ready)
        };
        peers.hear(applied("a", false, 9));
        peers.hear(applied("b", true, 9));
        peers.hear(applied("c", true, 7));
        peers.hear(Announcement { group: "2/2".parse().unwrap(), ..applied("d", true, 9) });
        let group = "1/2".parse::<ReplicaGroup>().unwrap();
        assert_eq!(peers.beyond(group, 3, 8), ["b", "a"]);
        assert_eq!(peers.beyond(group, 3, 10), Vec::<String>::new());
        assert_eq!(peers.beyond(group, 1, 1), Vec::<String>::new());
        peers.failed("b");
        assert_eq!(peers.beyond(group, 3, 5), ["c", "a", "b"]);
    }
}
