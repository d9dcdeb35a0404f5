//! Nodes leave and join, and servers are restarted one after the other, under load: no call fails.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use palimpsest::proto;

use super::faults::texts;
use super::rig::{Rig, has_nats, source};

/// Adds sources at some nodes and checks their texts, each call once.
async fn load(rig: &Rig, nodes: &[usize], next: &AtomicU64, over: &AtomicBool) {
    while !over.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let node = nodes[usize::try_from(number).unwrap() % nodes.len()];
        let request = source("", number);
        let text = request.source.as_ref().unwrap().text.clone();
        rig.corpus(node).await.add_source(request).await.unwrap();
        let check = proto::CheckRequest { text, ..Default::default() };
        let report = rig.detection(node).await.check(check).await.unwrap().into_inner().report.unwrap();
        assert!(report.sources_found > 0 && report.guarantee.unwrap().holds, "source {number}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Does something while there is load at some nodes.
async fn under_load(rig: &Rig, nodes: &[usize], next: &AtomicU64, work: impl Future<Output = ()>) {
    let over = AtomicBool::new(false);
    let work = Box::pin(async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        work.await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        over.store(true, Ordering::Relaxed);
    });
    let loads = [0, 1].map(|_| Box::pin(load(rig, nodes, next, &over)));
    tokio::join!(work, futures_util::future::join_all(loads));
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_and_servers_come_and_go_without_a_failed_call() {
    if !has_nats() {
        return;
    }
    let mut rig = Rig::start(3, &["1/2", "2/2", "1/2", "2/2"]).await;
    let next = AtomicU64::new(0);
    for node in 0..4 {
        let others: Vec<usize> = (0..4).filter(|other| *other != node).collect();
        let leaving = rig.nodes[node].take().unwrap();
        let leave = async {
            tokio::task::spawn_blocking(|| leaving.stop()).await.unwrap();
        };
        Box::pin(under_load(&rig, &others, &next, leave)).await;
        // Another node takes its place.
        if node.is_multiple_of(2) {
            std::fs::remove_dir_all(rig.data(node)).unwrap();
        }
        rig.launch(node);
        let joining = rig.nodes[node].take().unwrap();
        let join = async {
            while !joining.is_serving().await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        Box::pin(under_load(&rig, &others, &next, join)).await;
        rig.nodes[node] = Some(joining);
    }
    let count = next.load(Ordering::Relaxed);
    let expected = texts(&rig, 0).await;
    assert_eq!(expected.len() as u64, count);
    for node in 1..4 {
        assert_eq!(texts(&rig, node).await, expected);
    }
}
