//! Copies of partitions from other nodes: past entries that the log has lost, and in place of a long log.

use std::time::{Duration, Instant};

use palimpsest::proto;
use prost::Message as _;
use tokio::task::JoinSet;

use super::rig::{Rig, has_nats, prose, source};

/// Sources of the tests.
const SOURCES: u64 = 32;

fn request(number: u64) -> proto::AddSourceRequest {
    proto::AddSourceRequest { request_id: format!("add-{number}"), ..source("", number) }
}

/// Adds sources by a node, and gives the answers.
async fn add(rig: &Rig, node: usize, numbers: std::ops::Range<u64>) -> Vec<proto::AddSourceResponse> {
    let mut answers = Vec::new();
    for number in numbers {
        answers.push(rig.corpus(node).await.add_source(request(number)).await.unwrap().into_inner());
    }
    answers
}

/// Deletes a message of each partition's log: the one so far before the last.
async fn lose_entries(rig: &Rig, before_last: u64) {
    for partition in 0..4 {
        let stream = format!("palimpsest-p{partition:02}");
        let last = rig.nats.last_sequence(&stream).await;
        assert!(last > before_last, "{stream} has {last} messages only");
        rig.nats.delete_message(&stream, last - before_last).await;
    }
}

/// The reports of a node on texts with passages of many sources, as bytes.
async fn reports(rig: &Rig, node: usize) -> Vec<Vec<u8>> {
    let mut reports = Vec::new();
    for salt in 0..4 {
        let copied = (salt..SOURCES).step_by(5).flat_map(|number| prose(number + 1, 120)[10..60].to_vec());
        let text = copied.collect::<Vec<_>>().join(" ");
        let check = proto::CheckRequest { text, ..proto::CheckRequest::default() };
        let report = rig.detection(node).await.check(check).await.unwrap().into_inner().report.unwrap();
        assert!(report.sources_found > 3);
        reports.push(report.encode_to_vec());
    }
    reports
}

/// The folders in the data directory of a node, without the files.
fn folders(rig: &Rig, node: usize) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(rig.data(node)) else { return Vec::new() };
    let entries = entries.map(Result::unwrap).filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

/// Waits until the folders of a node are as wanted, and looks all the time.
fn until_folders(rig: &Rig, node: usize, are_wanted: impl Fn(&[String]) -> bool) {
    let until = Instant::now() + Duration::from_mins(1);
    while !are_wanted(&folders(rig, node)) {
        assert!(Instant::now() < until, "{:?}", folders(rig, node));
    }
}

/// A new node takes what the log has lost from another, which it can stand in for then: also for retries.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_node_is_made_from_another_where_the_log_has_a_gap() {
    if !has_nats() {
        return;
    }
    let mut rig = Rig::start(1, &["1/1", "1/1"]).await;
    let answers = add(&rig, 0, 0..SOURCES).await;
    rig.kill(1);
    std::fs::remove_dir_all(rig.data(1)).unwrap();
    lose_entries(&rig, 2).await;
    let expected = reports(&rig, 0).await;
    rig.restart(1).await;
    assert_eq!(folders(&rig, 1), ["copies", "meta", "p00.1", "p01.1", "p02.1", "p03.1"]);
    assert_eq!(reports(&rig, 1).await, expected);
    // The new node alone decides now.
    rig.kill(0);
    assert_eq!(add(&rig, 1, 0..SOURCES).await, answers);
    add(&rig, 1, SOURCES..SOURCES + 8).await;
    let expected = reports(&rig, 1).await;
    rig.kill(1);
    rig.restart(1).await;
    assert_eq!(folders(&rig, 1), ["meta", "p00", "p01", "p02", "p03"]);
    assert_eq!(reports(&rig, 1).await, expected);
    // The other stands behind all gaps, and goes on by the log.
    rig.restart(0).await;
    assert_eq!(reports(&rig, 0).await, expected);
}

/// A node that was down while entries vanished comes back, and so does one that is killed while it is repaired.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_repairs_itself_also_if_it_is_killed_meanwhile() {
    if !has_nats() {
        return;
    }
    let mut rig = Rig::start(1, &["1/1", "1/1"]).await;
    let is_fetched = |name: &str| name == "copies";
    let is_unfinished = |name: &str| name.ends_with(".1.restoring");
    let is_whole = |name: &str| name.ends_with(".1");
    let stages: [Option<fn(&str) -> bool>; 4] = [None, Some(is_fetched), Some(is_unfinished), Some(is_whole)];
    for (round, stage) in (0..).zip(stages) {
        add(&rig, 0, round * SOURCES..round * SOURCES + SOURCES / 2).await;
        rig.kill(1);
        add(&rig, 0, round * SOURCES + SOURCES / 2..(round + 1) * SOURCES).await;
        lose_entries(&rig, 1).await;
        if let Some(is_there) = stage {
            rig.launch(1);
            // At its start it gives the copies of the last round their names. It repairs itself when it has heard the other.
            until_folders(&rig, 1, |names| names.iter().all(|name| !is_whole(name)));
            // A folder that is there for some milliseconds may be missed.
            let all_whole = |names: &[String]| names.iter().filter(|name| is_whole(name)).count() == 4;
            until_folders(&rig, 1, |names| names.iter().any(|name| is_there(name)) || all_whole(names));
            rig.kill(1);
        }
        rig.restart(1).await;
        assert_eq!(reports(&rig, 1).await, reports(&rig, 0).await, "round {round}");
    }
}

/// A new node takes a copy of a long log in place of applying it, and applies what came since.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_node_takes_a_copy_of_a_long_log() {
    if !has_nats() {
        return;
    }
    let mut rig = Rig::start_of_one_partition(&["1/1", "1/1"]).await;
    let mut adding = JoinSet::new();
    for first in 0..16 {
        let mut corpus = rig.corpus(0).await;
        adding.spawn(async move {
            for number in (first..1_100).step_by(16) {
                corpus.add_source(source("", number)).await.unwrap();
            }
        });
    }
    adding.join_all().await;
    rig.kill(1);
    std::fs::remove_dir_all(rig.data(1)).unwrap();
    rig.restart(1).await;
    assert_eq!(folders(&rig, 1), ["copies", "meta", "p00.1"]);
    assert_eq!(reports(&rig, 1).await, reports(&rig, 0).await);
    add(&rig, 0, 1_100..1_104).await;
    rig.kill(0);
    let list = proto::ListSourcesRequest { page_size: 1000, ..Default::default() };
    let listed = rig.corpus(1).await.list_sources(list).await.unwrap().into_inner();
    assert_eq!(listed.sources.len(), 1000);
    let corpus =
        rig.corpus(1).await.get_corpus(proto::GetCorpusRequest::default()).await.unwrap().into_inner();
    assert_eq!(corpus.stats.unwrap().sources, 1_104);
}
