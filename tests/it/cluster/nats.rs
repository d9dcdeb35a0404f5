//! NATS servers with JetStream as child processes on loopback, each with a store of its own.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::cuts::Line;

/// How long the servers may take to elect a leader for their metadata; it takes 1 to 3 s.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// How the servers are configured.
#[derive(Debug, Clone)]
pub struct NatsSettings {
    /// Whether each message is on the disk before it is acknowledged.
    pub sync_always: bool,
    /// Further lines of the configuration of each server.
    pub more: String,
    /// Whether what servers and clients say passes through lines that can be cut.
    pub lines: bool,
}

impl Default for NatsSettings {
    fn default() -> Self {
        Self { sync_always: true, more: String::new(), lines: false }
    }
}

/// A cluster of NATS servers, killed when dropped.
#[derive(Debug)]
pub struct Nats {
    servers: Vec<Server>,
    folder: TempDir,
}

/// One server: its ports and folder stay the same over restarts.
#[derive(Debug)]
struct Server {
    client: u16,
    monitor: u16,
    child: Option<Child>,
    /// The line of its clients.
    line: Option<Line>,
    /// Its lines to other servers, by their numbers.
    routes: Vec<(usize, Line)>,
}

impl Nats {
    /// Starts `n` servers with `settings`, and waits until JetStream has a leader.
    pub fn start_with(n: usize, settings: &NatsSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ports = free_ports(3 * n);
        let routes: Vec<u16> = ports.iter().skip(2).step_by(3).copied().collect();
        let mut servers = Vec::new();
        for (i, ports) in ports.chunks(3).enumerate() {
            let mut server =
                Server { client: ports[0], monitor: ports[1], child: None, line: None, routes: Vec::new() };
            let mut urls = routes.clone();
            if settings.lines {
                server.line = Some(Line::to(server.client));
                server.routes = (0..n).filter(|j| *j != i).map(|j| (j, Line::to(routes[j]))).collect();
                urls = server.routes.iter().map(|(_, line)| line.port).collect();
            }
            let own_route = routes.get(i).filter(|_| n > 1).copied();
            let text = configuration(i, &server, own_route, &urls, folder.path(), settings);
            std::fs::write(folder.path().join(format!("n{i}.conf")), text).unwrap();
            servers.push(server);
        }
        let mut nats = Self { servers, folder };
        for i in 0..n {
            nats.start(i);
        }
        nats.wait_until_ready();
        nats
    }

    /// Starts server `i`, which must not be running, on its ports and its store.
    pub fn start(&mut self, i: usize) {
        let configuration = self.folder.path().join(format!("n{i}.conf"));
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join(format!("n{i}.log")))
            .unwrap();
        assert!(self.servers[i].child.is_none(), "server {i} is running");
        let mut command = Command::new(program().unwrap());
        command.arg("-c").arg(configuration).stdin(Stdio::null());
        command.stdout(log.try_clone().unwrap()).stderr(log);
        self.servers[i].child = Some(command.spawn().unwrap());
    }

    /// Kills server `i` with SIGKILL.
    pub fn kill(&mut self, i: usize) {
        if let Some(mut child) = self.servers[i].child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Deletes a message of a stream, as an operator may by mistake.
    pub async fn delete_message(&self, stream: &str, sequence: u64) {
        let client = async_nats::connect(self.urls().remove(0)).await.unwrap();
        let request = serde_json::json!({ "seq": sequence, "no_erase": true }).to_string();
        let subject = format!("$JS.API.STREAM.MSG.DELETE.{stream}");
        let answer = client.request(subject, request.into()).await.unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&answer.payload).unwrap();
        assert_eq!(answer["success"], true, "{answer}");
    }

    /// The sequence of the last message of a stream.
    pub async fn last_sequence(&self, stream: &str) -> u64 {
        let client = async_nats::connect(self.urls().remove(0)).await.unwrap();
        let answer = client.request(format!("$JS.API.STREAM.INFO.{stream}"), "".into()).await.unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&answer.payload).unwrap();
        answer["state"]["last_seq"].as_u64().unwrap()
    }

    /// What clients connect to, one URL a server.
    pub fn urls(&self) -> Vec<String> {
        let port = |server: &Server| server.line.as_ref().map_or(server.client, |line| line.port);
        self.servers.iter().map(|server| format!("nats://127.0.0.1:{}", port(server))).collect()
    }

    /// The monitoring endpoints, one URL a server.
    pub fn monitors(&self) -> Vec<String> {
        self.servers.iter().map(|server| format!("http://127.0.0.1:{}", server.monitor)).collect()
    }

    /// The folder with the files of server `i`.
    pub fn store(&self, i: usize) -> PathBuf {
        self.folder.path().join(format!("n{i}"))
    }

    /// The process of server `i`, which has to run.
    pub fn id(&self, i: usize) -> u32 {
        self.servers[i].child.as_ref().unwrap().id()
    }

    /// Whether servers can be cut off.
    pub fn has_lines(&self) -> bool {
        self.servers.iter().all(|server| server.line.is_some())
    }

    /// Cuts server `i` off from its clients and the other servers, or joins it to them again.
    pub fn cut_off(&self, i: usize, is_cut: bool) {
        for (j, server) in self.servers.iter().enumerate() {
            for (other, line) in &server.routes {
                if j == i || *other == i {
                    line.cut(is_cut);
                }
            }
        }
        self.servers[i].line.as_ref().unwrap().cut(is_cut);
    }

    /// Whether each stream has a leader, and all replicas have all of its messages.
    pub async fn has_all_replicas(&self) -> bool {
        let Ok(client) = async_nats::connect(self.urls()).await else { return false };
        let Ok(answer) = client.request("$JS.API.STREAM.LIST", "".into()).await else { return false };
        let Ok(answer) = serde_json::from_slice::<serde_json::Value>(&answer.payload) else { return false };
        let Some(streams) = answer["streams"].as_array() else { return false };
        let is_current = |replica: &serde_json::Value| {
            replica["current"] == true
                && replica["offline"] != true
                && replica["lag"].as_u64().unwrap_or(0) == 0
        };
        !streams.is_empty()
            && streams.iter().all(|stream| {
                let cluster = &stream["cluster"];
                let replicas = cluster["replicas"].as_array().map_or(&[][..], Vec::as_slice);
                cluster["leader"].is_string()
                    && replicas.len() + 1 == self.servers.len()
                    && replicas.iter().all(is_current)
            })
    }

    /// The folder with the files of all servers.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What server `i` wrote to its log.
    pub fn log(&self, i: usize) -> String {
        std::fs::read_to_string(self.folder.path().join(format!("n{i}.log"))).unwrap_or_default()
    }

    /// Waits until the servers that run serve JetStream with one leader.
    pub fn wait_until_ready(&self) {
        let end = Instant::now() + READY_WITHIN;
        let running = self.servers.iter().filter(|server| server.child.is_some()).count();
        loop {
            let ready = self.servers.iter().filter(|server| server.is_ready(self.servers.len())).count();
            if ready == running {
                return;
            }
            let logs: String = (0..self.servers.len()).map(|i| self.log(i)).collect();
            assert!(Instant::now() < end, "JetStream is not ready after {READY_WITHIN:?}:\n{logs}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        for server in &mut self.servers {
            if let Some(mut child) = server.child.take() {
                // What a test failed on is more useful than what its clean-up failed on.
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }
}

impl Server {
    /// True if the server runs, and knows the leader of a cluster of `n`.
    fn is_ready(&self, n: usize) -> bool {
        if self.child.is_none() {
            return false;
        }
        let Some(figures) = get(self.monitor, "/jsz") else { return false };
        let has_leader = !figures["meta_cluster"]["leader"].as_str().unwrap_or_default().is_empty();
        figures["config"].is_object() && (n == 1 || has_leader)
    }
}

/// The configuration of server `i`.
fn configuration(
    i: usize,
    server: &Server,
    own_route: Option<u16>,
    routes: &[u16],
    folder: &Path,
    settings: &NatsSettings,
) -> String {
    let store = folder.join(format!("n{i}"));
    let sync = if settings.sync_always { "sync_interval: always" } else { "" };
    let mut text = format!(
        "server_name: n{i}\nlisten: 127.0.0.1:{}\nhttp: 127.0.0.1:{}\n\
         jetstream {{ store_dir: \"{}\", max_memory_store: 256MB, max_file_store: 8GB\n {sync} }}\n",
        server.client,
        server.monitor,
        store.display(),
    );
    if let Some(own) = own_route {
        let urls: Vec<String> = routes.iter().map(|port| format!("nats-route://127.0.0.1:{port}")).collect();
        writeln!(
            text,
            "cluster {{ name: test, listen: 127.0.0.1:{own}, no_advertise: true, routes: [{}] }}",
            urls.join(", ")
        )
        .unwrap();
    }
    text + &settings.more + "\n"
}

/// The program of the server, if there is one.
pub fn program() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("PALIMPSEST_NATS_SERVER") {
        return Some(path.into());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join("nats-server")).find(|path| path.is_file())
}

/// Ports on which nothing listens. All are bound at once, so that they differ.
fn free_ports(n: usize) -> Vec<u16> {
    let listeners: Vec<TcpListener> = (0..n).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    listeners.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}

/// The JSON that a monitoring endpoint answers.
fn get(port: u16, path: &str) -> Option<serde_json::Value> {
    let timeout = Duration::from_secs(2);
    let mut stream = TcpStream::connect_timeout(&([127, 0, 0, 1], port).into(), timeout).ok()?;
    stream.set_read_timeout(Some(timeout)).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
}
