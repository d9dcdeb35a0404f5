//! Readers of documents as processes: whatever becomes of one, nothing else is affected, and nothing is left behind.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use palimpsest::proto::document_service_client::DocumentServiceClient;
use tonic::Code;
use tonic::transport::Channel;

use super::{extract, reason};
use crate::harness::{check, eventually, eventually_blocking, figure};
use crate::watched::Watched;

const TEXT: &str = "Every palimpsest was a frugal page before it was a riddle for patient readers.";

/// The processes that a process has started, by id, with the letter of their state.
pub fn children(of: u32) -> BTreeMap<u32, char> {
    let stat = |entry: fs::DirEntry| {
        let id: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        // The name is in parentheses, and may have anything in it.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        let state = fields.next()?.chars().next()?;
        (fields.next()? == of.to_string()).then_some((id, state))
    };
    fs::read_dir("/proc").unwrap().filter_map(|entry| stat(entry.ok()?)).collect()
}

/// Whether a process has given up its rights, which a reader does before it waits for a document.
fn is_restricted(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status.lines().any(|line| line.split_whitespace().eq(["Seccomp:", "2"]))
}

fn descriptors(of: u32) -> usize {
    fs::read_dir(format!("/proc/{of}/fd")).unwrap().count()
}

pub fn signal(name: &str, process: u32) {
    let sent = Command::new("kill").args([format!("-{name}"), process.to_string()]).status().unwrap();
    assert!(sent.success());
}

fn count(server: &Watched, metric: &str) -> f64 {
    server.metric(metric).unwrap_or(0.0)
}

/// A server with one reader, which waits for a document.
struct Scene {
    server: Watched,
    client: DocumentServiceClient<Channel>,
}

impl Scene {
    async fn start(more: &[&str]) -> Self {
        let arguments =
            [&["--in-memory", "--document-readers", "1", "--warm-document-readers", "1"], more].concat();
        let server = Watched::start(&arguments).await;
        let client = DocumentServiceClient::new(server.channel.clone());
        Self { server, client }
    }

    /// The reader that waits, once it has been the only one for a while: another may be about to start.
    fn waiting(&self) -> u32 {
        let mut waiting = None;
        eventually_blocking("one reader waits", || {
            let before = children(self.server.id());
            std::thread::sleep(Duration::from_millis(300));
            let children = children(self.server.id());
            if before != children {
                return false;
            }
            waiting = children.first_key_value().map(|(id, _)| *id);
            children.len() == 1 && children.iter().all(|(id, state)| *state == 'S' && is_restricted(*id))
        });
        waiting.unwrap()
    }

    async fn is_well(&mut self) {
        let read = extract(&mut self.client, "well.txt", TEXT.as_bytes()).await.unwrap();
        assert_eq!(read.text, TEXT);
        self.server.detection().check(check(TEXT)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_documents_leave_neither_processes_nor_descriptors() {
    let mut scene = Scene::start(&[]).await;
    scene.is_well().await;
    scene.waiting();
    let before = descriptors(scene.server.id());
    for number in 0..figure("PALIMPSEST_DOCUMENTS", 200) {
        let (name, content) = match number % 4 {
            0 => ("a.txt", TEXT.as_bytes()),
            1 => ("b.pdf", b"%PDF-1.7 and no more".as_slice()),
            2 => ("c.docx", b"PK\x03\x04 and no more".as_slice()),
            _ => ("d.md", b"".as_slice()),
        };
        let read = extract(&mut scene.client, name, content).await;
        assert!(matches!(read.map_err(|status| status.code()), Ok(_) | Err(Code::InvalidArgument)));
    }
    scene.waiting();
    // Connections of the metrics come and go.
    assert!(descriptors(scene.server.id()) <= before + 2, "{before}");
    scene.is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_takes_too_long_is_killed() {
    let mut scene = Scene::start(&["--document-seconds", "1"]).await;
    let reader = scene.waiting();
    signal("STOP", reader);
    let began = Instant::now();
    let mut client = scene.client.clone();
    let reading = tokio::spawn(async move { extract(&mut client, "a.txt", TEXT.as_bytes()).await });
    // Other calls go on meanwhile.
    scene.server.detection().check(check(TEXT)).await.unwrap();
    let refused = reading.await.unwrap().unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
    let (reason, metadata) = reason(&refused);
    assert_eq!((reason.as_str(), metadata["limit"].as_str()), ("DOCUMENT_TOO_COSTLY", "document_seconds"));
    assert!(!children(scene.server.id()).contains_key(&reader));
    let timed_out = "palimpsest_documents_total{format=\"unknown\",outcome=\"timed_out\"}";
    assert_eq!(count(&scene.server, timed_out), 1.0);
    assert_eq!(count(&scene.server, "palimpsest_document_readers_killed_total"), 1.0);
    scene.is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_somebody_kills_is_replaced() {
    let mut scene = Scene::start(&["--document-seconds", "60"]).await;
    // While it waits.
    signal("KILL", scene.waiting());
    scene.is_well().await;
    // While it reads.
    let reader = scene.waiting();
    signal("STOP", reader);
    let mut client = scene.client.clone();
    let reading = tokio::spawn(async move { extract(&mut client, "a.txt", TEXT.as_bytes()).await });
    eventually("it is given the document", async || {
        count(&scene.server, "palimpsest_running_documents") == 1.0
    })
    .await;
    signal("KILL", reader);
    assert_eq!(reading.await.unwrap().unwrap().text, TEXT);
    scene.is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_crashes_is_the_documents_fault_and_is_counted() {
    let mut scene = Scene::start(&["--document-seconds", "60"]).await;
    let reader = scene.waiting();
    signal("STOP", reader);
    let mut client = scene.client.clone();
    let reading = tokio::spawn(async move { extract(&mut client, "a.txt", TEXT.as_bytes()).await });
    eventually("it is given the document", async || {
        count(&scene.server, "palimpsest_running_documents") == 1.0
    })
    .await;
    signal("FPE", reader);
    signal("CONT", reader);
    let refused = reading.await.unwrap().unwrap_err();
    assert_eq!(reason(&refused).0, "DOCUMENT_TOO_COSTLY", "{refused:?}");
    assert!(refused.message().contains("crashed") && refused.message().contains("FPE"), "{refused:?}");
    assert_eq!(count(&scene.server, "palimpsest_document_readers_crashed_total"), 1.0);
    scene.is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_goes_away_ends_its_reader() {
    let mut scene = Scene::start(&["--document-seconds", "600"]).await;
    scene.is_well().await;
    let (reader, reading) = loop {
        let reader = scene.waiting();
        signal("STOP", reader);
        let mut client = scene.client.clone();
        let reading = tokio::spawn(async move { extract(&mut client, "a.txt", TEXT.as_bytes()).await });
        let is_given = || count(&scene.server, "palimpsest_running_documents") == 1.0;
        eventually("a reader is given the document", async || is_given() || reading.is_finished()).await;
        if !reading.is_finished() {
            break (reader, reading);
        }
        // Another one was started in between, and has read it.
        signal("CONT", reader);
    };
    reading.abort();
    eventually("the reader is gone", async || !children(scene.server.id()).contains_key(&reader)).await;
    scene.is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_end_with_their_server() {
    let mut scene = Scene::start(&[]).await;
    scene.is_well().await;
    let reader = scene.waiting();
    signal("STOP", reader);
    signal("KILL", scene.server.id());
    eventually("the reader is gone", async || {
        let stat = fs::read_to_string(format!("/proc/{reader}/stat")).unwrap_or_default();
        stat.is_empty() || stat.contains(") Z ")
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_document_may_take_is_limited() {
    let mut scene =
        Scene::start(&["--document-memory-bytes", "67108864", "--max-document-bytes", "33554432"]).await;
    let words = b"palimpsest ".repeat(3_100_000);
    let too_large = extract(&mut scene.client, "a.txt", &words).await.unwrap_err();
    assert_eq!(too_large.code(), Code::OutOfRange, "{too_large:?}");
    assert_eq!(reason(&too_large).1["limit"], "max_document_bytes");
    // A stack of 32 MiB is part of the memory.
    let fits = &words[..32 << 20];
    let too_much = extract(&mut scene.client, "a.txt", fits).await.unwrap_err();
    assert_eq!(too_much.code(), Code::InvalidArgument, "{too_much:?}");
    let (name, metadata) = reason(&too_much);
    assert_eq!((name.as_str(), metadata["limit"].as_str()), ("DOCUMENT_TOO_COSTLY", "document_memory_bytes"));
    let too_long = extract(&mut scene.client, "a.txt", &words[..11_000_000]).await.unwrap_err();
    let (name, metadata) = reason(&too_long);
    assert_eq!((name.as_str(), metadata["quantity"].as_str()), ("DOCUMENT_TOO_COSTLY", "bytes of text"));
    scene.is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_at_the_start_says_how_documents_are_read() {
    let scene = Scene::start(&[]).await;
    let said = |line: &serde_json::Value| {
        line["message"].as_str().is_some_and(|message| message.starts_with("documents are read in processes"))
    };
    scene.server.line(said).await;
}

#[test]
fn a_person_who_calls_a_reader_is_told_what_to_call() {
    let output = crate::process::palimpsest().arg("read-document").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(crate::process::said(&output).contains("palimpsest extract FILE"));
}
