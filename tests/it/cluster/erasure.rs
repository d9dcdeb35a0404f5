//! Deleted texts: gone from all disks within ten minutes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use palimpsest::proto;

use super::faults::texts;
use super::rig::{Rig, has_nats, prose, source};
use crate::harness::eventually;

/// What is promised.
const WITHIN: Duration = Duration::from_mins(10);

/// The bytes of a needle. What is stored is compressed: so many bytes come by chance nowhere else.
const NEEDLE: usize = 40;

/// All files under a folder, with their contents. One that vanishes meanwhile is gone.
fn files(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if let Ok(bytes) = std::fs::read(&path) {
            found.insert(path, bytes);
        }
    }
}

fn all_files(rig: &Rig) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    files(rig.nats.folder(), &mut found);
    for node in 0..rig.nodes.len() {
        files(&rig.data(node), &mut found);
    }
    found
}

/// Bytes from the middle of each message that adds a text to a log, and of what the text files of nodes have more than before.
fn needles(
    now: &BTreeMap<PathBuf, Vec<u8>>,
    before: &BTreeMap<PathBuf, Vec<u8>>,
) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let (mut of_logs, mut of_views) = (Vec::new(), Vec::new());
    for (path, bytes) in now {
        let is_stream = path.iter().any(|part| part == "streams") && !path.iter().any(|part| part == "_js_");
        if is_stream && path.extension().is_some_and(|extension| extension == "blk") {
            for at in memchr::memmem::find_iter(bytes, b"PLOG") {
                of_logs.extend(bytes.get(at + 200..at + 200 + NEEDLE).map(<[u8]>::to_vec));
            }
        }
        if path.extension().is_some_and(|extension| extension == "texts") {
            let known = before.get(path).map_or(0, Vec::len);
            let more = bytes.get(known..).unwrap_or_default();
            of_views.extend(more.chunks_exact(400).map(|chunk| chunk[100..100 + NEEDLE].to_vec()));
        }
    }
    let mut old = Vec::new();
    if !before.is_empty() {
        old = needles(before, &BTreeMap::new()).0;
    }
    of_logs.retain(|needle| !old.contains(needle));
    of_logs.sort();
    of_logs.dedup();
    (of_logs, of_views)
}

/// The files that have a needle.
fn found(rig: &Rig, needles: &[Vec<u8>]) -> Vec<String> {
    let files = all_files(rig);
    let has_needle =
        |bytes: &[u8]| needles.iter().any(|needle| memchr::memmem::find(bytes, needle).is_some());
    files.iter().filter(|(_, bytes)| has_needle(bytes)).map(|(path, _)| path.display().to_string()).collect()
}

async fn add(rig: &Rig, collection: &str, number: u64, text: String) {
    let mut request = source(collection, number);
    request.source.as_mut().unwrap().text = text;
    request.if_exists = proto::IfExists::Replace.into();
    rig.corpus(0).await.add_source(request).await.unwrap();
}

/// Deletes all sources but number 0 and the second text of number 1: each in another way.
async fn delete(rig: &Rig) {
    let mut corpus = rig.corpus(1).await;
    add(rig, "", 1, prose(901, 700).join(" ")).await;
    let id = |number: u64| source("", number).source.unwrap().id;
    for number in [2, 5] {
        let delete = proto::DeleteSourceRequest { id: id(number), ..Default::default() };
        corpus.delete_source(delete).await.unwrap();
    }
    let filter = proto::SourceFilter {
        id_prefix: "source 00".to_owned(),
        groups: vec![group(3)],
        ..Default::default()
    };
    let delete = proto::DeleteSourcesRequest { filter: Some(filter), ..Default::default() };
    corpus.delete_sources(delete).await.unwrap();
    let delete = proto::DeleteCollectionRequest { name: "gone".to_owned(), ..Default::default() };
    corpus.delete_collection(delete).await.unwrap();
}

fn group(number: u64) -> String {
    format!("group {number}")
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_texts_are_gone_from_all_disks_within_ten_minutes() {
    if !has_nats() {
        return;
    }
    // The part of the data directories, so that this takes as long as the Raft logs do.
    let more = ["--max-deleted-text-seconds", "30"];
    let mut rig = Rig::start_with(3, &["1/2", "2/2", "1/2"], &more).await;
    add(&rig, "", 0, prose(900, 700).join(" ")).await;
    // Until then the text that stays would be new on the disk of a node.
    for node in 0..3 {
        eventually("the node has the text that stays", async || texts(&rig, node).await.len() == 1).await;
    }
    let before = all_files(&rig);
    let create = proto::CreateCollectionRequest { name: "gone".to_owned(), ..Default::default() };
    rig.corpus(1).await.create_collection(create).await.unwrap();
    for number in 1..=4 {
        let mut request = source("", number);
        let given = request.source.as_mut().unwrap();
        given.text = prose(100 + number, 700).join(" ");
        given.group = group(if number == 1 { 1 } else { 3 });
        rig.corpus(0).await.add_source(request).await.unwrap();
        add(&rig, "gone", number, prose(200 + number, 700).join(" ")).await;
    }
    // A text of several parts.
    add(&rig, "", 5, prose(905, 700_000).join(" ")).await;
    let (of_logs, of_views) = needles(&all_files(&rig), &before);
    assert!(of_logs.len() >= 9 && of_views.len() >= 9, "{} {}", of_logs.len(), of_views.len());
    let all = [of_logs, of_views].concat();
    assert!(found(&rig, &all).iter().any(|path| path.contains("_js_")), "Raft logs have them too");

    delete(&rig).await;
    let deleted = Instant::now();
    loop {
        let left = found(&rig, &all);
        if left.is_empty() {
            break;
        }
        assert!(deleted.elapsed() < WITHIN, "after {WITHIN:?} there are texts in {left:#?}");
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    nodes_are_made_from_what_is_left(&mut rig).await;
}

/// Nodes without data come to the same state, from a log of which parts are erased.
async fn nodes_are_made_from_what_is_left(rig: &mut Rig) {
    let expected = texts(rig, 1).await;
    assert_eq!(expected.len(), 2, "{expected:?}");
    let check = proto::CheckRequest { text: prose(901, 700).join(" "), ..Default::default() };
    let revisions = |report: proto::CheckResponse| report.report.unwrap().partition_revisions;
    let before = revisions(rig.detection(1).await.check(check.clone()).await.unwrap().into_inner());
    // Both nodes of a group: there is none to copy from.
    for node in [0, 2] {
        rig.kill(node);
        std::fs::remove_dir_all(rig.data(node)).unwrap();
    }
    for node in [0, 2] {
        rig.restart(node).await;
        assert_eq!(texts(rig, node).await, expected);
    }
    let after = revisions(rig.detection(0).await.check(check).await.unwrap().into_inner());
    assert_eq!(before, after);
}
