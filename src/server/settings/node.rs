//! From layers to the settings of a node, and from these to what a node is started with.

use std::time::Duration;

use super::check::SettingsProblems;
use super::{ClusterSettings, Settings, SettingsLayer, Storage};
use crate::cluster::{LogSettings, LogTls, MemberSettings};

/// The deadline of each call to a NATS server.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);

impl ClusterSettings {
    /// The settings of a layer; `None` for a server that is alone.
    pub(super) fn of(layer: &SettingsLayer, problems: &mut SettingsProblems) -> Option<Self> {
        let default = Self::default();
        let identity = match (layer.cluster_certificate.clone(), layer.cluster_private_key.clone()) {
            (Some(certificate), Some(private_key)) => Some((certificate, private_key)),
            (None, None) => None,
            (Some(_), None) => {
                problems.add("cluster_certificate is set, but cluster_private_key is not; set both");
                None
            }
            (None, Some(_)) => {
                problems.add("cluster_private_key is set, but cluster_certificate is not; set both");
                None
            }
        };
        let settings = Self {
            servers: layer.cluster.clone().unwrap_or_default(),
            corpus: layer.cluster_corpus.clone().unwrap_or(default.corpus),
            group: layer.replica_group.unwrap_or(default.group),
            partitions: layer.cluster_partitions.unwrap_or(default.partitions),
            replicas: layer.cluster_replicas.unwrap_or(default.replicas),
            reads: layer.cluster_reads.unwrap_or(default.reads),
            credentials: layer.cluster_credentials.clone(),
            ca: layer.cluster_ca.clone(),
            identity,
            monitors: layer.cluster_monitors.clone().unwrap_or_default(),
        };
        if !settings.servers.is_empty() {
            return Some(settings);
        }
        if settings != Self::default() {
            problems.add("settings of a cluster have no effect without its NATS servers; set cluster");
        }
        None
    }

    /// A layer with these values alone.
    pub(super) fn layer(settings: Option<&Self>) -> SettingsLayer {
        let Some(settings) = settings else { return SettingsLayer::default() };
        let identity = settings.identity.clone();
        let (certificate, private_key) = identity.unzip();
        SettingsLayer {
            cluster: Some(settings.servers.clone()),
            cluster_corpus: Some(settings.corpus.clone()),
            replica_group: Some(settings.group),
            cluster_partitions: Some(settings.partitions),
            cluster_replicas: Some(settings.replicas),
            cluster_reads: Some(settings.reads),
            cluster_credentials: settings.credentials.clone(),
            cluster_ca: settings.ca.clone(),
            cluster_certificate: certificate,
            cluster_private_key: private_key,
            cluster_monitors: Some(settings.monitors.clone()),
            ..SettingsLayer::default()
        }
    }

    /// Finds values out of range.
    pub(super) fn check(&self, problems: &mut SettingsProblems) {
        let Self { servers, corpus, group, partitions, replicas, monitors, .. } = self;
        for url in servers.iter().filter(|url| !url.starts_with("nats://") && !url.starts_with("tls://")) {
            problems
                .add(format!("cluster has {url:?}, which is no NATS server; write it like nats://host:4222"));
        }
        for url in monitors.iter().filter(|url| !url.starts_with("http://")) {
            problems.add(format!(
                "cluster_monitors has {url:?}, which is no monitoring port; write it like http://host:8222"
            ));
        }
        let is_name = |name: &str| {
            let is_word = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_');
            (1..=64).contains(&name.len()) && name.bytes().all(is_word)
        };
        if !is_name(corpus) {
            problems.add(format!("cluster_corpus is {corpus:?}, but must be 1 to 64 of A-Z a-z 0-9 _ -"));
        }
        if !(1..=1024).contains(partitions) {
            problems.add(format!("cluster_partitions is {partitions}, but must be from 1 to 1024"));
        } else if group.groups() > *partitions {
            problems.add(format!(
                "replica_group is {group}, but there are only {partitions} partitions to deal out (cluster_partitions)"
            ));
        }
        if !matches!(replicas, 1 | 3 | 5) {
            problems.add(format!("cluster_replicas is {replicas}, but must be 1, 3 or 5"));
        }
    }

    /// What the log is reached with.
    pub(super) fn log(&self) -> LogSettings {
        let required = self.servers.iter().any(|url| url.starts_with("tls://")) || self.identity.is_some();
        LogSettings {
            servers: self.servers.clone(),
            corpus: self.corpus.clone(),
            credentials: self.credentials.clone(),
            tls: LogTls { ca: self.ca.clone(), identity: self.identity.clone(), required },
            call_timeout: CALL_TIMEOUT,
            replicas: self.replicas,
            monitors: self.monitors.clone(),
        }
    }

    /// What the node is started with.
    pub(in crate::server) fn member(&self, settings: &Settings) -> MemberSettings {
        let data_dir = match &settings.storage {
            Storage::InMemory => None,
            Storage::DataDirectory(path) => Some(path.clone()),
        };
        MemberSettings {
            log: self.log(),
            group: self.group,
            partitions: self.partitions,
            reads: self.reads,
            data_dir,
            limits: settings.limits,
            text_cache_bytes: settings.text_cache_bytes,
        }
    }
}
