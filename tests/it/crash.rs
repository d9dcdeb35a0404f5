//! A corpus after its server was killed at any moment: it holds all acknowledged changes, and nothing else.
//!
//! Each round starts the real server on one data directory, lets several clients add, replace and delete sources,
//! kills the server with SIGKILL, and after the next start compares the corpus with the answers that the clients
//! received. `PALIMPSEST_CRASH_ROUNDS` sets the number of rounds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use palimpsest::proto;
use palimpsest::proto::admin_service_client::AdminServiceClient;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::import_sources_response::Result as Imported;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Channel;

use crate::harness::{figure, pass};
use crate::process::Process;
use crate::words::Words;

const CLIENTS: u64 = 4;

/// The collection of the client that sends unanswered requests again.
const RETRIED: &str = "retried";

/// Number of sources of one client.
const IDS: u64 = 40;

/// Possible states of a source after a crash: versions of its text, or gone. They are the last acknowledged state,
/// and those of operations sent after it and not acknowledged.
type Possible = BTreeSet<Option<u64>>;

/// The states that one client expects, by the number of the source.
type Knowledge = BTreeMap<u64, Possible>;

#[derive(Debug, Default)]
struct Figures {
    acknowledged: AtomicU64,
    lost: u64,
    phantom: u64,
}

fn text(client: u64, id: u64, version: u64) -> String {
    format!(
        "version {version} {}",
        Words::new(client << 40 | id << 20 | version).text(60 + version as usize % 50)
    )
}

fn id(client: u64, number: u64) -> String {
    format!("client {client} source {number:02}")
}

/// Adds, replaces and deletes its own sources until the server is gone.
async fn write(
    address: String,
    client: u64,
    mut known: Knowledge,
    first: u64,
    figures: Arc<Figures>,
) -> Knowledge {
    let Ok(mut corpus) = CorpusServiceClient::connect(address).await else { return known };
    let mut choice = Words::new(first << 8 | client);
    for version in first.. {
        let number = choice.below(IDS as usize) as u64;
        let possible = known.entry(number).or_insert_with(|| BTreeSet::from([None]));
        let delete = choice.below(4) == 0;
        let outcome = if delete { None } else { Some(version) };
        possible.insert(outcome);
        let answer = if delete {
            let request = proto::DeleteSourceRequest { id: id(client, number), ..Default::default() };
            corpus.delete_source(request).await.map(drop)
        } else {
            let mut request = crate::harness::add(&id(client, number), &text(client, number, version));
            request.if_exists = proto::IfExists::Replace.into();
            corpus.add_source(request).await.map(drop)
        };
        match answer {
            Ok(()) => *possible = BTreeSet::from([outcome]),
            // The source was gone already, which is an acknowledgement too.
            Err(status) if status.code() == tonic::Code::NotFound => *possible = BTreeSet::from([None]),
            Err(_) => return known,
        }
        figures.acknowledged.fetch_add(1, Ordering::Relaxed);
    }
    known
}

/// Adds, replaces and deletes through one stream, whose answers come while more is sent.
async fn stream(
    address: String,
    client: u64,
    mut known: Knowledge,
    first: u64,
    figures: Arc<Figures>,
) -> Knowledge {
    let Ok(mut corpus) = CorpusServiceClient::connect(address).await else { return known };
    let (sender, receiver) = tokio::sync::mpsc::channel(64);
    let sent = tokio::spawn(async move {
        for version in first.. {
            let source = Some(crate::harness::source(
                &id(client, version % IDS),
                &text(client, version % IDS, version),
            ));
            let if_exists = proto::IfExists::Replace.into();
            if sender
                .send(proto::ImportSourcesRequest { source, if_exists, ..Default::default() })
                .await
                .is_err()
            {
                return version;
            }
        }
        first
    });
    if let Ok(answers) = corpus.import_sources(ReceiverStream::new(receiver)).await {
        let mut answers = answers.into_inner();
        while let Some(Ok(answer)) = answers.next().await {
            let version = first + answer.index;
            assert!(matches!(answer.result, Some(Imported::Added(_))), "{answer:?}");
            known.insert(version % IDS, BTreeSet::from([Some(version)]));
            figures.acknowledged.fetch_add(1, Ordering::Relaxed);
        }
    }
    drop(corpus);
    for version in first..=sent.await.unwrap() {
        let possible = known.entry(version % IDS).or_insert_with(|| BTreeSet::from([None]));
        // Versions before the last acknowledged one were overwritten in order.
        if possible.iter().all(|known| known.is_none_or(|known| known < version)) {
            possible.insert(Some(version));
        }
    }
    known
}

/// Adds sources without ids to its own collection until the server is gone. It first sends again the request that was
/// not answered, with the same request id.
async fn retry(address: String, sent: Arc<Mutex<Vec<(u64, Option<String>)>>>, figures: Arc<Figures>) {
    let Ok(mut corpus) = CorpusServiceClient::connect(address).await else { return };
    let create = proto::CreateCollectionRequest {
        name: RETRIED.to_owned(),
        request_id: RETRIED.to_owned(),
        ..Default::default()
    };
    if corpus.create_collection(create).await.is_err() {
        return;
    }
    loop {
        let number = {
            let mut sent = sent.lock().unwrap();
            let next = sent.len() as u64;
            if sent.last().is_none_or(|(_, answered)| answered.is_some()) {
                sent.push((next, None));
            }
            sent.last().unwrap().0
        };
        let mut request = crate::harness::add("", &text(99, number, number));
        (request.collection, request.request_id) = (RETRIED.to_owned(), format!("add-{number}"));
        let Ok(added) = corpus.add_source(request).await else { return };
        sent.lock().unwrap().last_mut().unwrap().1 = Some(added.into_inner().id);
        figures.acknowledged.fetch_add(1, Ordering::Relaxed);
    }
}

/// Compares the collection of repeated requests with their answers: each source is there once, under the id that was
/// returned. The source of the last request may be there, too.
async fn compare_retried(corpus: &mut CorpusServiceClient<Channel>, sent: &[(u64, Option<String>)]) {
    let request =
        proto::ListSourcesRequest { collection: RETRIED.to_owned(), page_size: 1000, ..Default::default() };
    let Ok(mut page) = corpus.list_sources(request.clone()).await else { return };
    let mut found: BTreeSet<String> = BTreeSet::new();
    loop {
        let proto::ListSourcesResponse { sources, next_page_token } = page.into_inner();
        found.extend(sources.into_iter().map(|source| source.id));
        if next_page_token.is_empty() {
            break;
        }
        let next = proto::ListSourcesRequest { page_token: next_page_token, ..request.clone() };
        page = corpus.list_sources(next).await.unwrap();
    }
    let answered: BTreeSet<String> = sent.iter().filter_map(|(_, id)| id.clone()).collect();
    assert_eq!(
        answered.len(),
        sent.iter().filter(|(_, id)| id.is_some()).count(),
        "an id was returned twice"
    );
    assert!(found.is_superset(&answered), "lost");
    let in_doubt = sent.len() - answered.len();
    assert!(found.len() <= answered.len() + in_doubt, "{} sources for {} requests", found.len(), sent.len());
}

/// All sources of the corpus with their texts.
async fn contents(corpus: &mut CorpusServiceClient<Channel>) -> BTreeMap<String, String> {
    let (mut found, mut page_token) = (BTreeMap::new(), String::new());
    loop {
        let request = proto::ListSourcesRequest { page_size: 1000, page_token, ..Default::default() };
        let page = corpus.list_sources(request).await.unwrap().into_inner();
        for source in page.sources {
            let request = proto::GetSourceRequest { id: source.id, include_text: true, ..Default::default() };
            let source = corpus.get_source(request).await.unwrap().into_inner().source.unwrap();
            found.insert(source.id, source.text);
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return found;
        }
    }
}

/// Compares the corpus with the states that a client expects, and narrows these to the states found.
fn compare(client: u64, known: &mut Knowledge, there: &BTreeMap<String, String>, figures: &mut Figures) {
    for (number, possible) in known.iter_mut() {
        let found = there.get(&id(client, *number));
        let is_found = |version: &Option<u64>| version.map(|v| text(client, *number, v)).as_ref() == found;
        match possible.iter().find(|version| is_found(version)).copied() {
            Some(version) => *possible = BTreeSet::from([version]),
            None if found.is_some() => figures.phantom += 1,
            None => figures.lost += 1,
        }
    }
    let mine = format!("client {client} ");
    let unknown = |key: &&String| {
        let number = key.strip_prefix(&mine).and_then(|rest| rest.strip_prefix("source ")?.parse().ok());
        number.is_some_and(|number: u64| !known.contains_key(&number))
    };
    figures.phantom += there.keys().filter(unknown).count() as u64;
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "the figures of a long run")]
async fn what_was_acknowledged_survives_sigkill_at_any_moment() {
    let rounds = figure("PALIMPSEST_CRASH_ROUNDS", 6);
    let folder = tempfile::tempdir().unwrap();
    let mut figures = Arc::new(Figures::default());
    let mut known: Vec<Knowledge> = vec![Knowledge::new(); CLIENTS as usize + 1];
    let mut moment = Words::new(rounds);
    let retried: Arc<Mutex<Vec<(u64, Option<String>)>>> = Arc::default();
    for round in 0..=rounds {
        let mut server = Process::start(folder.path()).await;
        let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
        let there = contents(&mut corpus).await;
        let sent = retried.lock().unwrap().clone();
        compare_retried(&mut corpus, &sent).await;
        let judged = Arc::get_mut(&mut figures).unwrap();
        for (client, known) in (0..).zip(&mut known) {
            compare(client, known, &there, judged);
        }
        let mut admin = AdminServiceClient::connect(server.address.clone()).await.unwrap();
        let verified = admin.verify(proto::VerifyRequest {}).await.unwrap().into_inner();
        let verified: Vec<_> = verified.map(Result::unwrap).collect().await;
        let findings: Vec<_> = verified.iter().flat_map(|progress| &progress.findings).collect();
        assert!(findings.is_empty(), "round {round}: {findings:?}");
        assert_eq!((judged.lost, judged.phantom), (0, 0), "round {round}: {judged:?}");
        if round == rounds {
            break;
        }
        let first = (round + 1) * 1_000_000;
        let writers: Vec<_> = (0..)
            .zip(std::mem::take(&mut known))
            .map(|(client, known)| {
                let (address, figures) = (server.address.clone(), Arc::clone(&figures));
                tokio::spawn(async move {
                    if client == CLIENTS {
                        stream(address, client, known, first, figures).await
                    } else {
                        write(address, client, known, first, figures).await
                    }
                })
            })
            .collect();
        let retrying = retry(server.address.clone(), Arc::clone(&retried), Arc::clone(&figures));
        let retrying = tokio::spawn(retrying);
        pass(Duration::from_millis(20 + moment.below(400) as u64)).await;
        server.kill();
        for writer in writers {
            known.push(writer.await.unwrap());
        }
        retrying.await.unwrap();
    }
    let acknowledged = figures.acknowledged.load(Ordering::Relaxed);
    println!("{rounds} rounds: {acknowledged} operations acknowledged, 0 lost, 0 phantom, 0 disagreements");
    assert!(acknowledged > 20 * rounds, "only {acknowledged} operations were acknowledged");
}
