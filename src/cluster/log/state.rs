//! What a stream holds, and who keeps it.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::streams::PARTITIONS_KEY;
use super::{Log, LogError, LogId, codes};

/// A replica that the leader did not hear for longer counts as gone, as it does for the leader.
const GONE_AFTER: Duration = Duration::from_secs(10);

/// What a stream holds, and who keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogState {
    /// The lowest sequence that is there, or one more than `last` if none is.
    pub(crate) first: u64,
    /// The highest sequence ever given; 0 if none was.
    pub(crate) last: u64,
    /// How many messages are there; each part of a message in parts counts.
    pub(crate) messages: u64,
    /// Bytes of the messages with headers and bookkeeping.
    pub(crate) bytes: u64,
    /// The server that decides the order, or the only server; `None` if there is none at the moment.
    pub(crate) leader: Option<String>,
    /// The other servers that keep the stream.
    pub(crate) replicas: Vec<Replica>,
    /// How many servers should keep it, the leader included.
    pub(crate) wanted_replicas: usize,
    /// The partitions of the corpus, as the stream's metadata has it; `None` for the stream of another program.
    pub(crate) partitions: Option<u16>,
}

/// A server that keeps a stream, and does not lead it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Replica {
    /// The name of the server.
    pub(crate) name: String,
    /// Whether it has all that the leader has.
    pub(crate) current: bool,
    /// Whether it is known to be down.
    pub(crate) offline: bool,
    /// The time since the leader heard of it; zero if it never did.
    pub(crate) heard: Duration,
    /// How many operations it is behind.
    pub(crate) lag: u64,
}

/// The answer of `STREAM.INFO`, as far as it is read.
#[derive(Debug, Deserialize)]
pub(super) struct StreamInfo {
    pub(super) config: serde_json::Map<String, serde_json::Value>,
    state: StateAnswer,
    /// A server without a cluster has none.
    cluster: Option<ClusterAnswer>,
    /// The time at the server that answers.
    pub(super) ts: Option<String>,
}

#[derive(Debug, Deserialize)]
struct StateAnswer {
    messages: u64,
    bytes: u64,
    first_seq: u64,
    last_seq: u64,
}

#[derive(Debug, Deserialize)]
struct ClusterAnswer {
    leader: Option<String>,
    #[serde(default)]
    replicas: Vec<ReplicaAnswer>,
}

#[derive(Debug, Deserialize)]
struct ReplicaAnswer {
    name: String,
    #[serde(default)]
    current: bool,
    #[serde(default)]
    offline: bool,
    /// In nanoseconds.
    #[serde(default)]
    active: u64,
    #[serde(default)]
    lag: u64,
}

impl LogState {
    /// How many servers have all that the stream has, the leader included.
    pub(crate) fn current_replicas(&self) -> usize {
        let current = self.replicas.iter().filter(|replica| replica.current && !replica.offline);
        usize::from(self.leader.is_some()) + current.count()
    }

    /// Whether it has a leader that reaches enough servers to take messages. A leader that lost them stays for a while.
    pub(crate) fn takes_messages(&self) -> bool {
        let reached = self.replicas.iter().filter(|replica| replica.is_reached()).count();
        self.leader.is_some() && 2 * (1 + reached) > 1 + self.replicas.len()
    }
}

impl Replica {
    /// Whether its leader hears of it.
    pub(crate) fn is_reached(&self) -> bool {
        let was_heard = !self.heard.is_zero() && self.heard <= GONE_AFTER;
        !self.offline && (self.current || was_heard)
    }
}

impl Log {
    /// The highest sequence of a stream, as its leader knows it: no message that was acknowledged before the
    /// call has a higher one. A leader that was cut off from the others may answer for some seconds before it
    /// steps down; for that time this can be too low.
    ///
    /// # Errors
    ///
    /// [`LogError::NoStream`]; [`LogError::TimedOut`] while the stream has no leader.
    pub(crate) async fn last_sequence(&self, log: LogId) -> Result<u64, LogError> {
        Ok(self.info(log).await?.state.last_seq)
    }

    /// What a stream holds, and who keeps it, as its leader knows it.
    ///
    /// # Errors
    ///
    /// [`LogError::NoStream`]; [`LogError::TimedOut`] while the stream has no leader.
    pub(crate) async fn state(&self, log: LogId) -> Result<LogState, LogError> {
        let info = self.info(log).await?;
        let only = info.cluster.is_none().then(|| self.client().server_info().server_name);
        let state = LogState::from(info);
        Ok(LogState { leader: state.leader.or(only), ..state })
    }

    /// The configuration and state of a stream.
    ///
    /// # Errors
    ///
    /// As [`Log::state`].
    pub(super) async fn info(&self, log: LogId) -> Result<StreamInfo, LogError> {
        let stream = self.stream(log);
        match self.call(&format!("STREAM.INFO.{stream}"), &json!({})).await {
            Err(LogError::Refused { error_code: codes::NO_STREAM, .. }) => Err(LogError::NoStream { stream }),
            result => result,
        }
    }
}

impl From<StreamInfo> for LogState {
    fn from(info: StreamInfo) -> Self {
        let StreamInfo { config, state, cluster, ts: _ } = info;
        let (leader, replicas) =
            cluster.map(|cluster| (cluster.leader, cluster.replicas)).unwrap_or_default();
        let wanted = config.get("num_replicas").and_then(serde_json::Value::as_u64).unwrap_or(1);
        let partitions = config.get("metadata").and_then(|metadata| metadata.get(PARTITIONS_KEY)?.as_str());
        let replica = |ReplicaAnswer { name, current, offline, active, lag }| {
            let heard = Duration::from_nanos(active);
            Replica { name, current, offline, heard, lag }
        };
        Self {
            first: state.first_seq,
            last: state.last_seq,
            messages: state.messages,
            bytes: state.bytes,
            leader: leader.filter(|leader| !leader.is_empty()),
            replicas: replicas.into_iter().map(replica).collect(),
            wanted_replicas: usize::try_from(wanted).unwrap_or(usize::MAX),
            partitions: partitions.and_then(|partitions| partitions.parse().ok()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LogState, StreamInfo};
    use crate::cluster::log::api::read;

    #[test]
    fn the_answer_of_a_cluster_is_read() {
        let answer =
            br#"{"config":{"name":"t-p00","num_replicas":3,"metadata":{"palimpsest.partitions":"16"}},"state":{"messages":6,"bytes":682,"first_seq":1,"last_seq":7},
            "cluster":{"leader":"n2","replicas":[{"name":"n0","current":true,"active":1416066509},
            {"name":"n1","current":false,"offline":true,"lag":3}]}}"#;
        let state: LogState = read::<StreamInfo>("x", answer).unwrap().into();
        assert_eq!((state.first, state.last, state.messages), (1, 7, 6));
        assert_eq!(state.leader.as_deref(), Some("n2"));
        assert_eq!(state.replicas.iter().map(|replica| replica.lag).collect::<Vec<_>>(), [0, 3]);
        assert!(state.replicas[1].offline && state.replicas[0].current);
        assert_eq!(state.replicas.iter().map(super::Replica::is_reached).collect::<Vec<_>>(), [true, false]);
        assert!(state.takes_messages());
        assert_eq!((state.wanted_replicas, state.partitions), (3, Some(16)));
    }

    #[test]
    fn a_single_server_has_no_cluster() {
        let answer = br#"{"config":{},"state":{"messages":0,"bytes":0,"first_seq":0,"last_seq":0}}"#;
        let state: LogState = read::<StreamInfo>("x", answer).unwrap().into();
        assert_eq!((state.leader, state.wanted_replicas, state.partitions), (None, 1, None));
    }
}
