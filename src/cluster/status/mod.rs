//! The state of a cluster for its operators: what its streams hold, what its nodes say of themselves, and what is wrong.
//!
//! It is asked of NATS, so that it can be had without any node. Nothing is changed, and no stream is read.

mod problems;

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use tokio::time::timeout;

use super::asking::messages::decode;
use super::asking::peers::{Announcement, Peers};
use super::log::{Log, LogError, LogId, LogSettings, LogState};
use super::placement::Placement;
pub(crate) use problems::{Problem, Verdict, verdict};

/// The time for which nodes are heard: each announces itself three times in it.
pub(crate) const LISTENING: Duration = Duration::from_millis(1_500);

/// The partitions whose streams are asked before the number of all is known: the default number.
const USUAL_PARTITIONS: u16 = 16;

/// The state of a cluster.
#[derive(Debug, Clone)]
pub(crate) struct ClusterStatus {
    /// The name of the corpus.
    pub(crate) corpus: String,
    /// The stream of the meta log, and those of the partitions in order.
    pub(crate) streams: Vec<StreamStatus>,
    /// The nodes that were heard, by replica group and name.
    pub(crate) nodes: Vec<NodeStatus>,
    /// Announcements that this version can't read.
    pub(crate) unreadable: u64,
    /// What the monitoring ports of the servers say against them, or why they don't answer; empty without monitoring ports.
    pub(crate) complaints: Vec<String>,
}

/// A stream of the log.
#[derive(Debug, Clone)]
pub(crate) struct StreamStatus {
    /// Which it is.
    pub(crate) id: LogId,
    /// Its name at the servers.
    pub(crate) name: String,
    /// What is known of it.
    pub(crate) state: StreamState,
}

/// What is known of a stream.
#[derive(Debug, Clone)]
pub(crate) enum StreamState {
    /// What its leader says.
    Found(LogState),
    /// The servers have no such stream.
    Missing,
    /// No server answered for it: most often it has no leader.
    Silent {
        /// What happened to the call.
        reason: String,
    },
}

/// A node that was heard.
#[derive(Debug, Clone)]
pub(crate) struct NodeStatus {
    /// What it said last.
    pub(crate) said: Announcement,
    /// The time since then.
    pub(crate) heard: Duration,
}

impl ClusterStatus {
    /// Asks the servers for the state of each stream, and listens to the nodes for [`LISTENING`].
    ///
    /// # Errors
    ///
    /// [`LogError`] if no server can be reached. What a server does not answer later is part of the state.
    pub(crate) async fn ask(settings: LogSettings) -> Result<Self, LogError> {
        let corpus = settings.corpus.clone();
        // What is wrong with JetStream is part of the state.
        let log = Log::connect_unchecked(settings).await?;
        let (heard, streams, complaints) = tokio::join!(listen(&log), streams(&log), complaints(&log));
        let Heard { nodes, unreadable } = heard?;
        let streams = match partitions(&streams) {
            Some(_) => streams,
            None => of_partitions(&log, streams, announced(&nodes)).await,
        };
        let streams = without_passing_doubts(&log, streams).await;
        Ok(Self { corpus, streams, nodes, unreadable, complaints })
    }

    /// The nodes that hold what a stream says: all for the meta log.
    pub(crate) fn holders(&self, id: LogId) -> impl Iterator<Item = &NodeStatus> {
        self.nodes.iter().filter(move |node| node.applied(id).is_some())
    }

    /// How many messages of a stream the ready node that is most behind has to apply; `None` if none is ready, or if the stream
    /// does not answer. Nodes are heard after the stream was asked, so that this is 0 while changes come and all keep up.
    pub(crate) fn largest_lag(&self, stream: &StreamStatus) -> Option<u64> {
        let StreamState::Found(state) = &stream.state else { return None };
        let ready = self.holders(stream.id).filter(|node| node.said.ready);
        ready.filter_map(|node| Some(state.last.saturating_sub(node.applied(stream.id)?))).max()
    }
}

impl NodeStatus {
    /// The last sequence of a stream that the node has applied; `None` if it does not follow that.
    fn applied(&self, id: LogId) -> Option<u64> {
        match id {
            LogId::Meta => Some(self.said.meta),
            LogId::Partition(partition) => self.said.applied.get(&partition).copied(),
        }
    }
}

/// What was heard of nodes.
struct Heard {
    nodes: Vec<NodeStatus>,
    unreadable: u64,
}

/// Listens to the announcements of nodes.
async fn listen(log: &Log) -> Result<Heard, LogError> {
    let (peers, mut unreadable) = (Peers::default(), 0);
    let listening = async {
        let subject = format!("{}.nodes", log.settings().corpus);
        let mut announcements = log.client().subscribe(subject).await.map_err(|_| LogError::Closed)?;
        while let Some(message) = announcements.next().await {
            match decode::<Announcement>(&message.payload) {
                Ok(said) => peers.hear(said),
                Err(_) => unreadable += 1,
            }
        }
        Err(LogError::Closed)
    };
    if let Ok(ended) = timeout(LISTENING, listening).await {
        return ended;
    }
    let nodes = peers.all().into_iter().map(|(said, heard)| NodeStatus { said, heard });
    let mut nodes: Vec<NodeStatus> = nodes.collect();
    nodes.sort_by(|a, b| (a.said.group, &a.said.node).cmp(&(b.said.group, &b.said.node)));
    Ok(Heard { nodes, unreadable })
}

/// The state of the streams: of all if one that answers says how many there are, or else of as many as are usual.
async fn streams(log: &Log) -> Vec<StreamStatus> {
    let streams = asked(log, LogId::all(USUAL_PARTITIONS)).await;
    match partitions(&streams) {
        Some(partitions) => of_partitions(log, streams, partitions).await,
        None => streams,
    }
}

/// Exactly the streams of so many partitions, of some that are known.
async fn of_partitions(log: &Log, mut known: Vec<StreamStatus>, partitions: u16) -> Vec<StreamStatus> {
    let wanted = LogId::all(partitions.min(Placement::MOST_PARTITIONS));
    let more = asked(log, wanted.clone().skip(known.len())).await;
    known.extend(more);
    known.truncate(wanted.count());
    known
}

/// The partitions of the corpus, as the streams say.
fn partitions(streams: &[StreamStatus]) -> Option<u16> {
    streams.iter().find_map(|stream| match &stream.state {
        StreamState::Found(state) => state.partitions,
        _ => None,
    })
}

/// The partitions of the corpus, as far as nodes name them.
fn announced(nodes: &[NodeStatus]) -> u16 {
    let last = nodes.iter().filter_map(|node| node.said.applied.keys().next_back()).max();
    last.map_or(0, |last| last.saturating_add(1))
}

/// Asks for the state of streams, all at once.
async fn asked(log: &Log, ids: impl Iterator<Item = LogId>) -> Vec<StreamStatus> {
    let corpus = &log.settings().corpus;
    let each = ids.map(|id| async move {
        let state = match log.state(id).await {
            Ok(state) => StreamState::Found(state),
            Err(LogError::NoStream { .. }) => StreamState::Missing,
            Err(error) => StreamState::Silent { reason: error.to_string() },
        };
        StreamStatus { id, name: format!("{corpus}-{id}"), state }
    });
    join_all(each).await
}

/// The streams, of which those with a replica that was behind, or without a leader, are looked at again: while changes come, a
/// replica may be behind for a moment, and a new leader is there soon. What a stream holds stays as it was when it was first asked.
async fn without_passing_doubts(log: &Log, mut streams: Vec<StreamStatus>) -> Vec<StreamStatus> {
    let is_whole = |state: &LogState| state.leader.is_some() && state.replicas.iter().all(|one| one.current);
    let is_in_doubt = |stream: &&mut StreamStatus| match &stream.state {
        StreamState::Found(state) => !is_whole(state),
        _ => false,
    };
    let in_doubt: Vec<&mut StreamStatus> = streams.iter_mut().filter(is_in_doubt).collect();
    let again = asked(log, in_doubt.iter().map(|stream| stream.id)).await;
    for (stream, again) in in_doubt.into_iter().zip(again) {
        if let (StreamState::Found(first), StreamState::Found(again)) = (&mut stream.state, again.state) {
            (first.leader, first.replicas) = (again.leader, again.replicas);
        }
    }
    streams
}

/// What the monitoring ports say against the servers.
async fn complaints(log: &Log) -> Vec<String> {
    if log.settings().monitors.is_empty() {
        return Vec::new();
    }
    match log.require_sync().await {
        Ok(check) => check.unreachable,
        Err(error) => vec![error.to_string()],
    }
}
