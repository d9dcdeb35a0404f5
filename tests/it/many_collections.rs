//! Calls that concern the whole corpus, with tens of thousands of collections in it.

use std::time::{Duration, Instant};

use palimpsest::proto;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use tonic::Code;
use tonic::transport::Channel;

use crate::harness::{TestServer, add, check, eventually};
use crate::words::Words;

/// Number of collections: enough for a sum over all of them in each call to be measurable.
const COLLECTIONS: usize = if cfg!(debug_assertions) { 10_000 } else { 30_000 };

/// Number of callers that ask for the totals repeatedly.
const LOOPS: usize = 4;

async fn create(server: &TestServer, collections: usize) {
    const CALLERS: usize = 32;
    let mut callers = Vec::new();
    for caller in 0..CALLERS {
        let mut corpus = server.corpus().await;
        callers.push(tokio::spawn(async move {
            for number in (caller..collections).step_by(CALLERS) {
                let name = format!("c{number:06}");
                let request = proto::CreateCollectionRequest { name, ..Default::default() };
                corpus.create_collection(request).await.unwrap();
            }
        }));
    }
    for caller in callers {
        caller.await.unwrap();
    }
}

/// Time of a check: the median of several.
async fn latency(detection: &mut DetectionServiceClient<Channel>) -> Duration {
    let request = check(&Words::new(1).text(200));
    let mut took = Vec::new();
    for _ in 0..31 {
        let begun = Instant::now();
        let report = detection.check(request.clone()).await.unwrap().into_inner().report.unwrap();
        assert_eq!(report.sources.len(), 1);
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    took[took.len() / 2]
}

/// Time of a check while other callers ask for the totals repeatedly.
async fn latency_beside_totals(server: &TestServer) -> Duration {
    let mut detection = server.detection().await;
    let mut loops = tokio::task::JoinSet::new();
    for _ in 0..LOOPS {
        let mut corpus: CorpusServiceClient<Channel> = server.corpus().await;
        loops.spawn(async move {
            loop {
                corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap();
            }
        });
    }
    let took = latency(&mut detection).await;
    loops.abort_all();
    took
}

/// A check reads one collection, so that neither the others nor requests for totals slow it down.
#[tokio::test(flavor = "multi_thread")]
async fn asking_for_the_totals_of_many_collections_slows_no_check() {
    let start = || TestServer::start_with(|settings| settings.limits.max_collections = 2 * COLLECTIONS);
    let (few, many) = (start().await, start().await);
    create(&many, COLLECTIONS).await;
    for server in [&few, &many] {
        server.corpus().await.add_source(add("a", &Words::new(1).text(200))).await.unwrap();
    }
    // The ratio is the best of several, since other processes use the machine, too.
    let mut ratio = f64::INFINITY;
    for _ in 0..4 {
        let beside_few = latency_beside_totals(&few).await + Duration::from_millis(2);
        let beside_many = latency_beside_totals(&many).await;
        ratio = ratio.min(beside_many.as_secs_f64() / beside_few.as_secs_f64());
    }
    assert!(
        ratio < 3.0,
        "while others ask for the totals of many collections, a check takes {ratio:.1} times as long"
    );
    let totals = many.corpus().await.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner();
    assert_eq!((totals.collections, totals.stats.unwrap().sources), (COLLECTIONS as u64 + 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_counted_as_soon_as_it_is_acknowledged() {
    let server = TestServer::start_with(|settings| settings.work.threads = 4).await;
    let mut corpus = server.corpus().await;
    create(&server, 300).await;
    let (mut sources, mut collections) = (0, 301);
    for number in 0..60_u64 {
        let collection = format!("c{:06}", number % 7);
        let id = format!("s{}", number % 11);
        let mut request = add(&id, &Words::new(number).text(60));
        request.collection.clone_from(&collection);
        request.if_exists = proto::IfExists::Replace.into();
        sources += u64::from(!corpus.add_source(request).await.unwrap().into_inner().replaced);
        if number % 5 == 4 {
            let delete =
                proto::DeleteSourceRequest { collection: collection.clone(), id, ..Default::default() };
            corpus.delete_source(delete).await.unwrap();
            sources -= 1;
        }
        if number % 17 == 16 {
            let delete = proto::DeleteCollectionRequest { name: collection.clone(), ..Default::default() };
            sources -= corpus.delete_collection(delete).await.unwrap().into_inner().sources_deleted;
            collections -= 1;
            let create = proto::CreateCollectionRequest { name: collection, ..Default::default() };
            corpus.create_collection(create).await.unwrap();
            collections += 1;
        }
        let totals = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner();
        let stats = totals.stats.unwrap();
        assert_eq!((totals.collections, stats.sources), (collections, sources), "after {number}");
    }
    // The totals are the sums of each collection's own statistics.
    let list = proto::ListCollectionsRequest { page_size: 1000, ..Default::default() };
    let listed = corpus.list_collections(list).await.unwrap().into_inner().collections;
    let totals = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner().stats.unwrap();
    let sum = |count: fn(&proto::CollectionStats) -> u64| {
        listed.iter().map(|one| count(one.stats.as_ref().unwrap())).sum::<u64>()
    };
    assert_eq!(totals.words, sum(|stats| stats.words));
    assert_eq!(totals.fingerprints, sum(|stats| stats.fingerprints));
    assert_eq!(totals.text_bytes, sum(|stats| stats.text_bytes));
    // The bytes of the index are summed at intervals.
    let index_bytes = sum(|stats| stats.index_bytes);
    eventually("the bytes of the index are summed again", async || {
        let totals = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner();
        totals.stats.unwrap().index_bytes == index_bytes
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_waits_in_the_queue_like_other_work_and_is_refused_when_it_is_full() {
    let server = TestServer::start_with(|settings| {
        settings.work.threads = 1;
        settings.work.max_queued = 0;
        settings.max_message_bytes = 64 << 20;
    })
    .await;
    let mut corpus = server.corpus().await;
    corpus.add_source(add("a", &Words::new(1).text(60))).await.unwrap();
    let text = Words::new(1).text(120_000);
    let source = |seed| proto::ComparedText { text: Words::new(seed).text(120_000), ..Default::default() };
    let heavy = proto::CompareRequest {
        text,
        sources: (0..30).map(source).collect(),
        options: None,
        ..Default::default()
    };
    let mut busy = server.detection().await;
    // The call may compete with the checks below for the only slot.
    let call = tokio::spawn(async move { while busy.compare(heavy.clone()).await.is_err() {} });
    let mut detection = server.detection().await;
    eventually("the queue is full", async || {
        detection.check(check("is there room for one more")).await.is_err()
    })
    .await;
    let get = proto::GetSourceRequest { id: "a".to_owned(), include_text: true, ..Default::default() };
    for (what, status) in [
        ("GetCorpus", corpus.get_corpus(proto::GetCorpusRequest {}).await.err()),
        ("GetCollection", corpus.get_collection(proto::GetCollectionRequest::default()).await.err()),
        ("ListCollections", corpus.list_collections(proto::ListCollectionsRequest::default()).await.err()),
        ("ListSources", corpus.list_sources(proto::ListSourcesRequest::default()).await.err()),
        ("GetSource", corpus.get_source(get).await.err()),
    ] {
        let status = status.unwrap_or_else(|| panic!("{what} did not wait for its turn"));
        assert_eq!(status.code(), Code::ResourceExhausted, "{what}: {status:?}");
        assert!(status.message().contains("max_queued"), "{what}: {status:?}");
    }
    call.abort();
}
