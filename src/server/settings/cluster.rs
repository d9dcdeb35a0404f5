//! Settings of a node of a cluster.

use std::path::PathBuf;

use crate::cluster::{Reads, ReplicaGroup};

/// What a node of a cluster is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterSettings {
    /// URLs of NATS servers.
    pub servers: Vec<String>,
    /// The name of the corpus, which begins the names of its streams.
    pub corpus: String,
    /// The replica group of the node.
    pub group: ReplicaGroup,
    /// The partitions of the corpus.
    pub partitions: u16,
    /// The NATS servers that keep each stream.
    pub replicas: usize,
    /// How recent searches are.
    pub reads: Reads,
    /// A file with the credentials of a NATS user.
    pub credentials: Option<PathBuf>,
    /// A PEM file with the CA certificates of the NATS servers.
    pub ca: Option<PathBuf>,
    /// PEM files with the certificate that the node presents, and its private key.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// URLs of the monitoring ports of the NATS servers.
    pub monitors: Vec<String>,
}

impl Default for ClusterSettings {
    fn default() -> Self {
        Self {
            servers: Vec::new(),
            corpus: "palimpsest".to_owned(),
            group: ReplicaGroup::WHOLE,
            partitions: 16,
            replicas: 3,
            reads: Reads::default(),
            credentials: None,
            ca: None,
            identity: None,
            monitors: Vec::new(),
        }
    }
}
