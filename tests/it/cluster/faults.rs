//! Servers and nodes that end, and what is there afterwards.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use palimpsest::proto;
use tonic::Code;

use super::rig::{Rig, has_nats, source};
use crate::harness::figure;

/// Adds a source, again and again with the same request id until it is acknowledged.
async fn add(rig: &Rig, nodes: &[usize], number: u64) {
    let mut request = source("", number);
    request.request_id = format!("add-{number}");
    let until = Instant::now() + Duration::from_mins(2);
    for attempt in 0.. {
        let node = nodes[attempt % nodes.len()];
        let Err(refused) = rig.corpus(node).await.add_source(request.clone()).await else { return };
        let may_pass = matches!(refused.code(), Code::Unavailable | Code::DeadlineExceeded | Code::Unknown);
        assert!(may_pass && Instant::now() < until, "{number}: {refused:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The texts of all sources, as a node says.
pub async fn texts(rig: &Rig, node: usize) -> BTreeMap<String, String> {
    let mut corpus = rig.corpus(node).await;
    let request = proto::ListSourcesRequest { page_size: 1000, ..Default::default() };
    let listed = corpus.list_sources(request).await.unwrap().into_inner();
    assert!(listed.next_page_token.is_empty());
    let mut texts = BTreeMap::new();
    for listed in listed.sources {
        let get = proto::GetSourceRequest { id: listed.id.clone(), include_text: true, ..Default::default() };
        let found = corpus.get_source(get).await.unwrap().into_inner().source.unwrap();
        texts.insert(listed.id, found.text);
    }
    texts
}

/// Servers and nodes are killed while sources are added: what was acknowledged is there, once, on all nodes.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kills_of_servers_and_nodes() {
    if !has_nats() {
        return;
    }
    let mut rig = Rig::start(3, &["1/2", "2/2", "1/2", "2/2"]).await;
    let rounds = figure("PALIMPSEST_CLUSTER_ROUNDS", 2);
    let mut number = 0;
    for round in 0..rounds {
        let victim = usize::try_from(round % 4).unwrap();
        let server = usize::try_from(round % 3).unwrap();
        let others: Vec<usize> = (0..4).filter(|node| *node != victim).collect();
        for step in 0..12 {
            if step == 4 {
                rig.kill(victim);
            }
            if step == 6 {
                rig.nats.kill(server);
            }
            add(&rig, &others, number).await;
            number += 1;
        }
        rig.nats.start(server);
        rig.nats.wait_until_ready();
        rig.restart(victim).await;
        let expected: BTreeMap<String, String> = (0..number)
            .map(|number| source("", number).source.unwrap())
            .map(|source| (source.id, source.text))
            .collect();
        for node in 0..4 {
            assert_eq!(texts(&rig, node).await, expected, "round {round}, node {node}");
        }
    }
}

/// A node that lost its data directory applies the log again.
#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_data_is_made_from_the_log() {
    if !has_nats() {
        return;
    }
    let mut rig = Rig::start(1, &["1/2", "2/2"]).await;
    for number in 0..10 {
        add(&rig, &[0, 1], number).await;
    }
    let before = texts(&rig, 1).await;
    rig.kill(0);
    // Without a node of a replica group nothing is answered as if all were there.
    let text = "Words of a text that nobody copied from anything at all, as far as is known.".to_owned();
    let check = proto::CheckRequest { text, ..Default::default() };
    let refused = rig.detection(1).await.check(check).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{refused:?}");
    assert!(refused.message().contains("no node of replica group 1/2 answers"), "{refused:?}");
    std::fs::remove_dir_all(rig.data(0)).unwrap();
    rig.restart(0).await;
    for node in [0, 1] {
        assert_eq!(texts(&rig, node).await, before);
    }
}
