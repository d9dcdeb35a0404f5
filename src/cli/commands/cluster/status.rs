//! `palimpsest cluster status`: the streams and nodes of a cluster, and a verdict as an exit code, for people and monitoring.

use std::io::Write;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;
use crate::cli::output::json;
use crate::cli::render::{self, Look};
use crate::cluster::{
    ClusterStatus, LogId, NodeStatus, Problem, StreamState, StreamStatus, Verdict, verdict,
};
use crate::server::{LogArgs, ServeError};

/// Arguments of `cluster status`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The nodes are heard for 1.5 seconds; the servers have 5 seconds to answer. docs/cluster.md describes the \
    columns.\n\nExit codes: 0 all is well; 3 degraded: all is served, but a replica of a stream is missing or behind, a replica \
    group has only one node that is ready, or a node is not ready; 4 something is not served: a replica group has no node that is \
    ready, or a stream is missing or has no leader with a majority of servers; 2 wrong usage or settings; 1 no NATS server can be reached."
)]
pub(super) struct StatusArgs {
    /// Print the state as JSON: {"corpus", "verdict", "problems": [...], "streams": [...], "nodes": [...]}
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    log: LogArgs,
}

/// Prints the state of a cluster. The outcome is [`Outcome::Done`] if all is well.
pub(super) async fn run(args: StatusArgs, out: &mut dyn Write) -> Result<Outcome, CliError> {
    let settings = args.log.settings().map_err(ServeError::from)?;
    let status = ClusterStatus::ask(settings).await?;
    let problems = status.problems();
    if args.json {
        json::value(out, &StatusFacts::of(&status, &problems))?;
    } else {
        writeln!(out, "{}", render::cluster_status(&status, &problems, Look::of_stdout(false)))?;
    }
    Ok(match verdict(&problems) {
        Verdict::Well => Outcome::Done,
        Verdict::Degraded => Outcome::Degraded,
        Verdict::NotServed => Outcome::NotServed,
    })
}

/// The state of a cluster, for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusFacts<'a> {
    corpus: &'a str,
    verdict: &'static str,
    problems: Vec<ProblemFacts<'a>>,
    streams: Vec<StreamFacts<'a>>,
    nodes: Vec<NodeFacts<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProblemFacts<'a> {
    verdict: &'static str,
    problem: &'a str,
}

/// A stream; of one that does not answer, only its name, the nodes and the problem are known.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct StreamFacts<'a> {
    stream: &'a str,
    /// Null for the meta log.
    partition: Option<u16>,
    problem: Option<&'a str>,
    leader: Option<&'a str>,
    current_replicas: Option<usize>,
    wanted_replicas: Option<usize>,
    replicas: Vec<ReplicaFacts<'a>>,
    last_sequence: Option<u64>,
    messages: Option<u64>,
    bytes: Option<u64>,
    nodes: Vec<&'a str>,
    largest_lag: Option<u64>,
}

/// A server that keeps a stream and does not lead it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReplicaFacts<'a> {
    server: &'a str,
    current: bool,
    offline: bool,
    /// Null if the leader never heard of it.
    heard_ms: Option<u64>,
    lag: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeFacts<'a> {
    node: &'a str,
    replica_group: String,
    version: &'a str,
    ready: bool,
    reason: Option<&'a str>,
    heard_ms: u64,
}

impl<'a> StatusFacts<'a> {
    fn of(status: &'a ClusterStatus, problems: &'a [Problem]) -> Self {
        let problem = |problem: &'a Problem| ProblemFacts {
            verdict: verdict_name(problem.verdict),
            problem: &problem.what,
        };
        Self {
            corpus: &status.corpus,
            verdict: verdict_name(verdict(problems)),
            problems: problems.iter().map(problem).collect(),
            streams: status.streams.iter().map(|stream| StreamFacts::of(status, stream)).collect(),
            nodes: status.nodes.iter().map(NodeFacts::of).collect(),
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Well => "well",
        Verdict::Degraded => "degraded",
        Verdict::NotServed => "not_served",
    }
}

impl<'a> StreamFacts<'a> {
    fn of(status: &'a ClusterStatus, stream: &'a StreamStatus) -> Self {
        let partition = match stream.id {
            LogId::Meta => None,
            LogId::Partition(partition) => Some(partition),
        };
        let nodes = status.holders(stream.id).map(|node| node.said.node.as_str()).collect();
        let unknown = Self { stream: &stream.name, partition, nodes, ..Self::default() };
        let state = match &stream.state {
            StreamState::Found(state) => state,
            StreamState::Missing => return Self { problem: Some("missing"), ..unknown },
            StreamState::Silent { reason } => return Self { problem: Some(reason), ..unknown },
        };
        let replicas = state.replicas.iter().map(|replica| ReplicaFacts {
            server: &replica.name,
            current: replica.current,
            offline: replica.offline,
            heard_ms: Some(milliseconds(replica.heard)).filter(|heard| *heard > 0),
            lag: replica.lag,
        });
        Self {
            leader: state.leader.as_deref(),
            current_replicas: Some(state.current_replicas()),
            wanted_replicas: Some(state.wanted_replicas),
            replicas: replicas.collect(),
            last_sequence: Some(state.last),
            messages: Some(state.messages),
            bytes: Some(state.bytes),
            largest_lag: status.largest_lag(stream),
            ..unknown
        }
    }
}

impl<'a> NodeFacts<'a> {
    fn of(node: &'a NodeStatus) -> Self {
        let said = &node.said;
        Self {
            node: &said.node,
            replica_group: said.group.to_string(),
            version: &said.version,
            ready: said.ready,
            reason: Some(said.reason.as_str()).filter(|reason| !reason.is_empty()),
            heard_ms: milliseconds(node.heard),
        }
    }
}
