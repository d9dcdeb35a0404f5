//! A corpus on many machines: a log of changes in NATS JetStream, and nodes that are views of it.
//!
//! The sources are divided into partitions, each with a log of its own; one more log, the *meta log*, has what concerns all. A
//! node holds the partitions of its replica group, each as a corpus of its own, and applies their logs in order: what a
//! partition holds is a function of its log. A change is published by the node that is asked for it, decided by all that apply
//! it, and acknowledged by the first. A check asks a node of each replica group, and its report is that of one corpus with all
//! sources.

mod applying;
mod asking;
mod backend;
mod boot;
mod calls;
mod copying;
mod counters;
mod erasing;
mod identity;
mod log;
mod member;
mod placement;
mod reading;
mod status;
mod token;
mod writing;

pub(crate) use identity::MemberSettings;
pub(crate) use log::{LogError, LogId, LogSettings, LogTls};
pub(crate) use member::Member;
pub use member::Reads;
pub use placement::{InvalidReplicaGroup, ReplicaGroup};
pub(crate) use status::{ClusterStatus, NodeStatus, Problem, StreamState, StreamStatus, Verdict, verdict};
