//! Random faults under changes and checks: what was acknowledged is there, nothing else is, and reports agree.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use palimpsest::proto;
use parking_lot::Mutex;
use prost::Message as _;
use tokio::sync::RwLock;
use tonic::Code;

use super::faults::texts;
use super::rig::{Rig, has_nats, prose};
use crate::harness::figure;

/// What can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    NodeKilled,
    NodeStopped,
    NodeEmptied,
    NodeDiskFull,
    ServerKilled,
    ServerStopped,
    ServerCutOff,
    ServerBitFlipped,
    ServerStreamTruncated,
    ServerEmptied,
}

const FAULTS: [Fault; 10] = [
    Fault::NodeKilled,
    Fault::ServerCutOff,
    Fault::NodeStopped,
    Fault::ServerBitFlipped,
    Fault::ServerKilled,
    Fault::ServerStreamTruncated,
    Fault::NodeEmptied,
    Fault::ServerStopped,
    Fault::ServerEmptied,
    Fault::NodeDiskFull,
];

/// How long something is stopped, cut off, down or full.
const LASTS: Duration = Duration::from_secs(4);

/// Sources of each client.
const SOURCES: u64 = 8;

/// A number that looks random, the same in each run.
fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB) >> 20
}

/// The text of a version of a source. Versions have no passage in common.
fn text(id: &str, version: u64) -> String {
    let salt = id.bytes().fold(version, |salt, byte| mixed(salt ^ u64::from(byte)));
    let words: Vec<String> = prose(salt, 40).into_iter().map(|word| format!("{word}v{version}")).collect();
    format!("{id} {}", words.join(" "))
}

/// What clients saw.
#[derive(Debug, Default)]
struct Seen {
    /// The texts that have to be there in the end.
    expected: Mutex<BTreeMap<String, String>>,
    /// Digests of reports by text and vector of revisions, and how many had one before.
    reports: Mutex<HashMap<(String, String), u128>>,
    compared: AtomicU64,
    changes: AtomicU64,
    checks: AtomicU64,
    /// The longest time without a success since it was looked at last, and the last success: of changes, and of checks.
    waits: [Mutex<(Duration, Option<Instant>)>; 2],
}

impl Seen {
    fn succeeded(&self, kind: usize) {
        let mut wait = self.waits[kind].lock();
        let now = Instant::now();
        let since = wait.1.map_or(Duration::ZERO, |last| now - last);
        *wait = (wait.0.max(since), Some(now));
    }

    /// The longest waits since the last look, those that last included.
    fn longest_waits(&self) -> [Duration; 2] {
        [0, 1].map(|kind| {
            let mut wait = self.waits[kind].lock();
            let longest = wait.0.max(wait.1.map_or(Duration::ZERO, |last| last.elapsed()));
            wait.0 = Duration::ZERO;
            longest
        })
    }
}

/// Calls again and again, at one node after the other, until there is an answer that is not for lack of one.
async fn answered<T, F: Future<Output = Result<T, tonic::Status>>>(
    mut call: impl FnMut(usize) -> F,
) -> Result<T, tonic::Status> {
    let began = Instant::now();
    for attempt in 0.. {
        match tokio::time::timeout(Duration::from_secs(40), call(attempt)).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(refused)) if matches!(refused.code(), Code::NotFound | Code::AlreadyExists) => {
                return Err(refused);
            }
            Ok(Err(_)) | Err(_) => {
                assert!(began.elapsed() < Duration::from_mins(5), "no answer for five minutes");
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unreachable!()
}

/// The addresses of nodes, which change when they start again.
type Addresses = RwLock<Vec<String>>;

async fn address(addresses: &Addresses, number: u64, attempt: usize) -> String {
    let addresses = addresses.read().await;
    addresses[(usize::try_from(number).unwrap() + attempt) % addresses.len()].clone()
}

async fn channel(address: String) -> Result<tonic::transport::Channel, tonic::Status> {
    let endpoint = tonic::transport::Endpoint::from_shared(address).unwrap();
    let endpoint = endpoint.connect_timeout(Duration::from_secs(2)).timeout(Duration::from_secs(35));
    endpoint.connect().await.map_err(|error| tonic::Status::unavailable(error.to_string()))
}

/// Changes a source of a client: replaces it, or deletes it.
async fn change(addresses: &Addresses, seen: &Seen, id: &str, version: u64) {
    use palimpsest::proto::corpus_service_client::CorpusServiceClient as Client;
    let request_id = format!("{id}-{version}");
    if version % 5 == 4 {
        let request = proto::DeleteSourceRequest { id: id.to_owned(), request_id, ..Default::default() };
        let delete = async |attempt| {
            let channel = channel(address(addresses, version, attempt).await).await?;
            Client::new(channel).delete_source(request.clone()).await
        };
        answered(delete).await.unwrap();
        seen.expected.lock().remove(id);
    } else {
        let source = proto::Source { id: id.to_owned(), text: text(id, version), ..Default::default() };
        let if_exists = proto::IfExists::Replace.into();
        let request =
            proto::AddSourceRequest { source: Some(source), if_exists, request_id, ..Default::default() };
        let add = async |attempt| {
            let channel = channel(address(addresses, version, attempt).await).await?;
            Client::new(channel).add_source(request.clone()).await
        };
        answered(add).await.unwrap();
        seen.expected.lock().insert(id.to_owned(), text(id, version));
    }
    seen.changes.fetch_add(1, Ordering::Relaxed);
    seen.succeeded(0);
}

/// Checks this version of a source and the one before: the first is found in the source alone, the second nowhere.
async fn check(addresses: &Addresses, seen: &Seen, id: &str, version: u64) {
    use palimpsest::proto::detection_service_client::DetectionServiceClient as Client;
    let before = version.saturating_sub(1);
    let is_there = version % 5 != 4;
    // Each at two nodes.
    for (place, (of, is_there)) in
        [(version, is_there), (version, is_there), (before, before == version && is_there)]
            .into_iter()
            .enumerate()
    {
        let first = version + of + place as u64;
        let text = text(id, of);
        let request = proto::CheckRequest { text: text.clone(), ..Default::default() };
        let check = async |attempt| {
            let channel = channel(address(addresses, first, attempt).await).await?;
            Client::new(channel).check(request.clone()).await
        };
        let report = answered(check).await.unwrap().into_inner().report.unwrap();
        let found: Vec<&str> = report.sources.iter().map(|source| source.source_id.as_str()).collect();
        let own = found.iter().filter(|found| **found == id).count();
        assert_eq!(own, usize::from(is_there), "{id}, version {of} at {version}: {found:?}");
        let vector = format!("{:?}", report.partition_revisions);
        let digest = xxhash_rust::xxh3::xxh3_128(&report.encode_to_vec());
        if let Some(known) = seen.reports.lock().insert((text, vector), digest) {
            seen.compared.fetch_add(1, Ordering::Relaxed);
            assert_eq!(digest, known, "two reports of one vector of revisions: {report:?}");
        }
        seen.checks.fetch_add(1, Ordering::Relaxed);
        seen.succeeded(1);
    }
}

/// A client: it changes its sources and checks them, one call after the other.
async fn client(number: u64, addresses: &Addresses, seen: &Seen, over: &AtomicBool) {
    for turn in 1.. {
        if over.load(Ordering::Relaxed) {
            return;
        }
        let id = format!("client{number}source{}", turn % SOURCES);
        let version = turn / SOURCES;
        if version % 5 == 4 && !seen.expected.lock().contains_key(&id) {
            continue;
        }
        change(addresses, seen, &id, version).await;
        check(addresses, seen, &id, version).await;
    }
}

fn signal(name: &str, process: u32) {
    let done = Command::new("kill").args([name, &process.to_string()]).status().unwrap();
    assert!(done.success());
}

/// The largest file with messages of a stream at a server.
fn stream_file(rig: &Rig, server: usize) -> Option<PathBuf> {
    let mut folders = vec![rig.nats.store(server)];
    let mut found: Vec<(u64, PathBuf)> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, size) = (entry.path(), entry.metadata().map_or(0, |known| known.len()));
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "blk")
                && path.iter().any(|part| part == "streams")
            {
                found.push((size, path));
            }
        }
    }
    found.into_iter().max().map(|(_, path)| path)
}

/// Does something to the files of a server while it does not run.
fn while_down(rig: &mut Rig, server: usize, damage: impl FnOnce(&Rig)) {
    rig.nats.kill(server);
    damage(rig);
    rig.nats.start(server);
}

/// Makes a fault, and mends it.
async fn strike(rig: &mut Rig, fault: Fault, number: u64) {
    let node = usize::try_from(mixed(number) % rig.nodes.len() as u64).unwrap();
    let server = usize::try_from(mixed(number) % 3).unwrap();
    match fault {
        Fault::NodeKilled | Fault::NodeEmptied => {
            rig.kill(node);
            tokio::time::sleep(LASTS).await;
            if fault == Fault::NodeEmptied {
                std::fs::remove_dir_all(rig.data(node)).unwrap();
            }
            rig.launch(node);
        }
        Fault::NodeStopped => {
            signal("-STOP", rig.node(node).id());
            tokio::time::sleep(LASTS).await;
            signal("-CONT", rig.node(node).id());
        }
        Fault::NodeDiskFull => {
            // No file may grow: writing fails as it does on a full disk.
            let limit = |most: &str| {
                let process = rig.node(node).id().to_string();
                let limit = format!("--fsize={most}:");
                let done = Command::new("prlimit").args(["--pid", &process, &limit]).status().unwrap();
                assert!(done.success(), "{limit}");
            };
            limit("1");
            tokio::time::sleep(LASTS).await;
            limit("unlimited");
        }
        Fault::ServerKilled => {
            rig.nats.kill(server);
            tokio::time::sleep(LASTS).await;
            rig.nats.start(server);
        }
        Fault::ServerStopped => {
            signal("-STOP", rig.nats.id(server));
            tokio::time::sleep(LASTS).await;
            signal("-CONT", rig.nats.id(server));
        }
        Fault::ServerCutOff => {
            rig.nats.cut_off(server, true);
            tokio::time::sleep(LASTS).await;
            rig.nats.cut_off(server, false);
        }
        Fault::ServerBitFlipped => while_down(rig, server, |rig| {
            let Some(path) = stream_file(rig, server) else { return };
            let mut bytes = std::fs::read(&path).unwrap();
            let place = usize::try_from(mixed(number + 1)).unwrap() % bytes.len().max(1);
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= 4;
            }
            std::fs::write(path, bytes).unwrap();
        }),
        Fault::ServerStreamTruncated => while_down(rig, server, |rig| {
            let Some(path) = stream_file(rig, server) else { return };
            let file = std::fs::File::options().write(true).open(path).unwrap();
            let length = file.metadata().unwrap().len();
            file.set_len(length - length / 4).unwrap();
        }),
        Fault::ServerEmptied => {
            while_down(rig, server, |rig| std::fs::remove_dir_all(rig.nats.store(server)).unwrap());
        }
    }
}

/// Waits until all nodes serve, and all servers have all messages: the next fault may hit another one.
async fn recover(rig: &Rig, addresses: &Addresses) {
    let until = Instant::now() + Duration::from_mins(3);
    rig.nats.wait_until_ready();
    for node in rig.nodes.iter().flatten() {
        while !node.is_serving().await {
            assert!(Instant::now() < until, "a node does not serve after three minutes");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    *addresses.write().await = rig.nodes.iter().flatten().map(|node| node.address.clone()).collect();
    while !rig.nats.has_all_replicas().await {
        assert!(Instant::now() < until, "streams lack replicas after three minutes");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// A table of the longest waits of each kind of fault.
fn table(waits: &BTreeMap<Fault, Vec<[Duration; 2]>>) -> String {
    let mut table = String::from(
        "| fault | times | changes: median, worst (s) | checks: median, worst (s) |\n|---|---|---|---|\n",
    );
    for (fault, waits) in waits {
        let of = |kind: usize| {
            let mut all: Vec<f64> = waits.iter().map(|wait| wait[kind].as_secs_f64()).collect();
            all.sort_by(f64::total_cmp);
            format!("{:.1}, {:.1}", all[all.len() / 2], all[all.len() - 1])
        };
        writeln!(table, "| {fault:?} | {} | {} | {} |", waits.len(), of(0), of(1)).unwrap();
    }
    table
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stderr, reason = "its figures are what the long run is for")]
async fn random_faults_lose_nothing_and_show_nothing_else() {
    if !has_nats() {
        return;
    }
    let groups = ["1/2", "2/2", "1/2", "2/2"];
    let mut rig = Rig::start_with_lines(&groups, &["--cluster-reads", "strict"]).await;
    let lasts = Duration::from_secs(figure("PALIMPSEST_CLUSTER_SECONDS", 20));
    let first = figure("PALIMPSEST_CLUSTER_SEED", 0);
    let (addresses, seen, over) = (Addresses::default(), Seen::default(), AtomicBool::new(false));
    recover(&rig, &addresses).await;
    let mut waits: BTreeMap<Fault, Vec<[Duration; 2]>> = BTreeMap::new();
    let clients =
        futures_util::future::join_all((0..4).map(|number| client(number, &addresses, &seen, &over)));
    let faults = async {
        let began = Instant::now();
        for number in first.. {
            tokio::time::sleep(Duration::from_secs(2)).await;
            if began.elapsed() > lasts {
                break;
            }
            let fault = FAULTS[usize::try_from(number % FAULTS.len() as u64).unwrap()];
            seen.longest_waits();
            strike(&mut rig, fault, number).await;
            recover(&rig, &addresses).await;
            // What was under way is answered.
            tokio::time::sleep(Duration::from_secs(1)).await;
            waits.entry(fault).or_default().push(seen.longest_waits());
        }
        over.store(true, Ordering::Relaxed);
    };
    tokio::join!(clients, faults);
    recover(&rig, &addresses).await;
    let expected = seen.expected.lock().clone();
    for node in 0..groups.len() {
        assert_eq!(texts(&rig, node).await, expected, "node {node}");
    }
    eprintln!(
        "{} changes, {} checks, of which {} had the text and the vector of another, {} sources at the end\n{}",
        seen.changes.load(Ordering::Relaxed),
        seen.checks.load(Ordering::Relaxed),
        seen.compared.load(Ordering::Relaxed),
        expected.len(),
        table(&waits)
    );
}
