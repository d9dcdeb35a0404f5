//! A collection that is emptied while sources are added, and a full disk.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use palimpsest::proto;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::server::Storage;
use tonic::Code;
use tonic::transport::Channel;

use crate::harness::{TestServer, add, check};
use crate::process::{Process, palimpsest};
use crate::words::Words;

fn text(number: u64, words: usize) -> String {
    Words::new(number).text(words)
}

/// The ids of all sources.
async fn ids(corpus: &mut CorpusServiceClient<Channel>) -> BTreeSet<String> {
    let (mut found, mut page_token) = (BTreeSet::new(), String::new());
    loop {
        let request = proto::ListSourcesRequest { page_size: 1000, page_token, ..Default::default() };
        let page = corpus.list_sources(request).await.unwrap().into_inner();
        found.extend(page.sources.into_iter().map(|source| source.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return found;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_collection_is_there_while_it_is_emptied() {
    const LEAST: u64 = 400;
    let folder = tempfile::tempdir().unwrap();
    let server = TestServer::start_with(|settings| {
        settings.storage = Storage::DataDirectory(folder.path().join("data"));
    })
    .await;
    let (stop, added) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut corpus = server.corpus().await;
    // Waits until the corpus is open.
    while corpus.get_corpus(proto::GetCorpusRequest {}).await.is_err() {
        tokio::task::yield_now().await;
    }
    let adders: Vec<_> = (0..4_u64)
        .map(|client| {
            let (mut corpus, stop, added) = (corpus.clone(), Arc::clone(&stop), Arc::clone(&added));
            tokio::spawn(async move {
                for number in 0.. {
                    let id = format!("{client} {number}");
                    corpus.add_source(add(&id, &text(client << 32 | number, 60))).await.unwrap();
                    added.fetch_add(1, Ordering::Relaxed);
                    let delete = proto::DeleteSourceRequest { id, ..Default::default() };
                    if number % 3 == 0
                        && let Err(status) = corpus.delete_source(delete).await
                    {
                        assert!(status.message().contains("there is no source"), "{status:?}");
                    }
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                }
            })
        })
        .collect();
    let mut detection = server.detection().await;
    let (mut reading, stopped) = (corpus.clone(), Arc::clone(&stop));
    let reader = tokio::spawn(async move {
        while !stopped.load(Ordering::Relaxed) {
            detection.check(check(&text(1, 60))).await.unwrap();
            let get = proto::GetCollectionRequest { name: "default".to_owned() };
            reading.get_collection(get).await.unwrap();
            reading.list_sources(proto::ListSourcesRequest::default()).await.unwrap();
        }
    });
    let mut emptied = 0;
    while (added.load(Ordering::Relaxed) < LEAST || emptied < 40)
        && !adders.iter().any(tokio::task::JoinHandle::is_finished)
        && !reader.is_finished()
    {
        let delete = proto::DeleteCollectionRequest { name: "default".to_owned(), ..Default::default() };
        corpus.delete_collection(delete).await.unwrap();
        emptied += 1;
    }
    stop.store(true, Ordering::Relaxed);
    for adder in adders {
        adder.await.unwrap();
    }
    reader.await.unwrap();
}

/// A command that runs the program with files of at most `kibibytes` KiB. Longer writes fail as on a full disk.
fn with_little_space(kibibytes: u32) -> Command {
    let mut command = Command::new("sh");
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", kibibytes * 2);
    command.args(["-c", &script]).arg(palimpsest().get_program()).args(["serve", "--data-dir"]);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn adds_that_a_full_disk_refuses_take_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut command = with_little_space(600);
    command.arg(&data);
    let server = Process::start_command(command).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    let mut kept = BTreeSet::new();
    for number in 0.. {
        assert!(number < 100_000, "the disk was never full");
        let id = format!("kept {number}");
        if corpus.add_source(add(&id, &text(number, 2000))).await.is_err() {
            break;
        }
        kept.insert(id);
    }
    assert!(kept.len() > 10, "{kept:?}");
    let stats = |answer: tonic::Response<proto::GetCorpusResponse>| answer.into_inner().stats.unwrap();
    let before = stats(corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap());
    // The adds take so long that the server retries some thirty times, at 100 ms each.
    let clients: Vec<_> = (0..4_u64)
        .map(|client| {
            let mut corpus = corpus.clone();
            tokio::spawn(async move {
                let mut kept = Vec::new();
                for number in 0..1500 {
                    let id = format!("more {client} {number}");
                    let text = text(1 << 40 | client << 32 | number, 2000);
                    match corpus.add_source(add(&id, &text)).await {
                        Ok(_) => kept.push(id),
                        Err(status) => {
                            let told = [Code::ResourceExhausted, Code::Unavailable].contains(&status.code());
                            let message = status.message();
                            let is_said = message.contains("full") && message.contains("free some space");
                            assert!(told && is_said && message.contains("data"), "{status:?}");
                        }
                    }
                }
                kept
            })
        })
        .collect();
    for client in clients {
        kept.extend(client.await.unwrap());
    }
    let after = stats(corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap());
    assert!(after.index_bytes * 2 < before.index_bytes * 3, "{before:?} became {after:?}");
    // The stored source is known, and an unchanged source needs no room.
    let again = proto::AddSourceRequest {
        if_exists: proto::IfExists::RejectDifferent.into(),
        ..add("kept 0", &text(0, 2000))
    };
    assert!(corpus.add_source(again).await.unwrap().into_inner().unchanged);
    assert!(server.stop().success());
    let server = Process::start(&data).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    let found = ids(&mut corpus).await;
    assert!(found.is_superset(&kept), "{:?} are lost", kept.difference(&found));
    // Sources whose commit was in doubt may have been kept.
    assert!(found.len() <= kept.len() + 8, "{} sources, {} acknowledged", found.len(), kept.len());
    corpus.add_source(add("there is room", &text(5, 2000))).await.unwrap();
}
