//! All kinds of calls at once, against a durable server. Each call ends in time and with a correct status, `Verify`
//! finds no problem, and all acknowledged changes are there at the end. `PALIMPSEST_MIXED_SECONDS` sets the length.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use palimpsest::proto;
use palimpsest::proto::admin_service_client::AdminServiceClient;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use palimpsest::proto::import_sources_response::Result as Imported;
use tokio::task::JoinSet;
use tokio_stream::StreamExt;
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::harness::{figure, pass, source};
use crate::process::Process;
use crate::words::Words;

/// The collection whose contents are known at the end.
const KEPT: &str = "kept";

/// Collections that come and go while they are checked, compared and added to.
const PASSING: [&str; 2] = ["passing-0", "passing-1"];

/// Number of sources of one writer.
const IDS: usize = 30;

/// Longest time for a call, or a whole stream.
const DEADLINE: Duration = Duration::from_mins(1);

/// Codes, beside success, that a call may end with: none is the server's fault, whatever others do meanwhile.
const FAIR: [Code; 4] =
    [Code::NotFound, Code::AlreadyExists, Code::ResourceExhausted, Code::FailedPrecondition];

/// The acknowledged versions of a writer's sources; `None` for deleted ones.
type Known = BTreeMap<String, Option<u64>>;

/// State that every caller has.
#[derive(Clone)]
struct Caller {
    address: String,
    end: Instant,
    /// Number of successful calls of this kind.
    done: Arc<AtomicU64>,
}

impl Caller {
    fn goes_on(&self) -> bool {
        Instant::now() < self.end
    }

    async fn corpus(&self) -> CorpusServiceClient<Channel> {
        CorpusServiceClient::connect(self.address.clone()).await.unwrap()
    }

    async fn detection(&self) -> DetectionServiceClient<Channel> {
        let detection = DetectionServiceClient::connect(self.address.clone()).await.unwrap();
        detection.max_decoding_message_size(64 << 20)
    }

    async fn admin(&self) -> AdminServiceClient<Channel> {
        AdminServiceClient::connect(self.address.clone()).await.unwrap()
    }

    /// Awaits a call. Returns its answer, or `None` when it was refused with one of the codes in [`FAIR`].
    async fn call<T>(&self, what: &str, call: impl Future<Output = Result<T, Status>>) -> Option<T> {
        let ended = tokio::time::timeout(DEADLINE, call).await;
        match ended.unwrap_or_else(|_| panic!("{what} did not end within {DEADLINE:?}")) {
            Ok(answer) => {
                self.done.fetch_add(1, Ordering::Relaxed);
                Some(answer)
            }
            Err(status) if FAIR.contains(&status.code()) => None,
            Err(status) => panic!("{what}: {status:?}"),
        }
    }
}

fn text(id: &str, version: u64) -> String {
    let seed = id.bytes().fold(version, |seed, byte| seed.wrapping_mul(31).wrapping_add(u64::from(byte)));
    let own = Words::new(seed).text(60 + (version % 80) as usize);
    // All sources share a passage, so that checks have something to compare.
    format!("{id} version {version} {own} {}", Words::new(7).text(40))
}

fn new_source(collection: &str, id: &str, version: u64) -> proto::AddSourceRequest {
    proto::AddSourceRequest {
        collection: collection.to_owned(),
        source: Some(source(id, &text(id, version))),
        if_exists: proto::IfExists::Replace.into(),
        ..Default::default()
    }
}

/// Adds, replaces and deletes its own sources.
async fn write(caller: Caller, writer: usize) -> Known {
    let (mut corpus, mut known) = (caller.corpus().await, Known::new());
    let mut choice = Words::new(writer as u64);
    for version in 0.. {
        if !caller.goes_on() {
            break;
        }
        let id = format!("writer {writer} source {:02}", choice.below(IDS));
        if choice.below(4) == 0 {
            let collection = KEPT.to_owned();
            let request = proto::DeleteSourceRequest { collection, id: id.clone(), ..Default::default() };
            let deleted = caller.call("DeleteSource", corpus.delete_source(request)).await;
            let was_there = known.get(&id).copied().flatten().is_some();
            assert!(was_there || deleted.is_none(), "{id} was deleted, and was not there");
            if deleted.is_some() {
                known.insert(id, None);
            }
        } else {
            let added = caller.call("AddSource", corpus.add_source(new_source(KEPT, &id, version))).await;
            if added.is_some() {
                known.insert(id, Some(version));
            }
        }
    }
    known
}

/// Replaces its own sources through streams.
async fn import(caller: Caller) -> Known {
    let (mut corpus, mut known) = (caller.corpus().await, Known::new());
    let mut choice = Words::new(99);
    for round in 0.. {
        if !caller.goes_on() {
            break;
        }
        let items: Vec<_> = (0..40)
            .map(|number| (format!("import source {:02}", choice.below(IDS)), round * 100 + number))
            .collect();
        let requests: Vec<_> = items
            .iter()
            .map(|(id, version)| {
                let proto::AddSourceRequest { collection, source, if_exists, request_id } =
                    new_source(KEPT, id, *version);
                proto::ImportSourcesRequest { collection, source, if_exists, request_id }
            })
            .collect();
        let stream = async {
            let answers = corpus.import_sources(tokio_stream::iter(requests)).await?.into_inner();
            answers.collect::<Result<Vec<_>, _>>().await
        };
        let Some(answers) = caller.call("ImportSources", stream).await else { continue };
        assert_eq!(answers.len(), items.len());
        for answer in answers {
            let (id, version) = &items[answer.index as usize];
            match answer.result.unwrap() {
                Imported::Added(_) => drop(known.insert(id.clone(), Some(*version))),
                Imported::Error(error) => assert!(FAIR.contains(&Code::from(error.code)), "{error:?}"),
            }
        }
    }
    known
}

/// Creates a collection, adds to it, and deletes it.
async fn come_and_go(caller: Caller, name: &'static str) {
    let mut corpus = caller.corpus().await;
    let mut version = 0;
    while caller.goes_on() {
        let create = proto::CreateCollectionRequest { name: name.to_owned(), ..Default::default() };
        caller.call("CreateCollection", corpus.create_collection(create)).await;
        for number in 0..20 {
            version += 1;
            let request = new_source(name, &format!("{name} source {number}"), version);
            caller.call("AddSource", corpus.add_source(request)).await;
        }
        let delete = proto::DeleteCollectionRequest { name: name.to_owned(), ..Default::default() };
        caller.call("DeleteCollection", corpus.delete_collection(delete)).await;
    }
}

/// Checks against a collection that stays, and against one that comes and goes.
async fn check(caller: Caller, checker: u64) {
    let mut detection = caller.detection().await;
    let mut words = Words::new(500 + checker);
    while caller.goes_on() {
        for passing in PASSING {
            for collections in [vec![passing], vec![KEPT, passing], vec![KEPT]] {
                let collections = collections.into_iter().map(str::to_owned).collect();
                let scope = Some(proto::Scope { collections, ..Default::default() });
                let text = format!("{} {}", words.text(150), Words::new(7).text(40));
                let request = proto::CheckRequest { text, scope, ..Default::default() };
                caller.call("Check", detection.check(request)).await;
            }
        }
    }
}

async fn compare_all(caller: Caller) {
    let mut detection = caller.detection().await;
    while caller.goes_on() {
        for collection in [KEPT, PASSING[0], PASSING[1]] {
            let request =
                proto::CompareAllRequest { collection: collection.to_owned(), ..Default::default() };
            let stream = async {
                let events = detection.compare_all(request).await?.into_inner();
                events.collect::<Result<Vec<_>, _>>().await
            };
            caller.call("CompareAll", stream).await;
        }
    }
}

async fn verify(caller: Caller) {
    let mut admin = caller.admin().await;
    // The last verification begins after the test's time is over.
    loop {
        let goes_on = caller.goes_on();
        let stream = async {
            let progress = admin.verify(proto::VerifyRequest {}).await?.into_inner();
            progress.collect::<Result<Vec<_>, _>>().await
        };
        if let Some(progress) = caller.call("Verify", stream).await {
            let findings: Vec<_> = progress.iter().flat_map(|progress| &progress.findings).collect();
            assert!(findings.is_empty(), "{findings:?}");
            assert!(progress.last().is_some_and(|last| last.is_complete));
            if !goes_on {
                break;
            }
        }
    }
}

async fn back_up(caller: Caller) {
    let mut admin = caller.admin().await;
    while caller.goes_on() {
        let stream = async {
            let data = admin.backup(proto::BackupRequest {}).await?.into_inner();
            data.collect::<Result<Vec<_>, _>>().await
        };
        let data = caller.call("Backup", stream).await;
        assert!(data.is_none_or(|data| !data.is_empty()));
    }
}

async fn look(caller: Caller) {
    let (mut corpus, mut admin) = (caller.corpus().await, caller.admin().await);
    while caller.goes_on() {
        caller.call("GetCorpus", corpus.get_corpus(proto::GetCorpusRequest {})).await;
        caller
            .call("ListCollections", corpus.list_collections(proto::ListCollectionsRequest::default()))
            .await;
        caller.call("GetServerInfo", admin.get_server_info(proto::GetServerInfoRequest {})).await;
        for name in PASSING {
            let request = proto::GetCollectionRequest { name: name.to_owned() };
            caller.call("GetCollection", corpus.get_collection(request)).await;
        }
        pass(Duration::from_millis(5)).await;
    }
}

/// All sources of the collection that is kept, with their texts.
async fn contents(caller: &Caller) -> BTreeMap<String, String> {
    let mut corpus = caller.corpus().await;
    let collection = || KEPT.to_owned();
    let request =
        proto::ListSourcesRequest { collection: collection(), page_size: 1000, ..Default::default() };
    let page = corpus.list_sources(request).await.unwrap().into_inner();
    assert_eq!(page.next_page_token, "");
    let mut found = BTreeMap::new();
    for listed in page.sources {
        let request = proto::GetSourceRequest {
            collection: collection(),
            id: listed.id,
            include_text: true,
            ..Default::default()
        };
        let source = corpus.get_source(request).await.unwrap().into_inner().source.unwrap();
        found.insert(source.id, source.text);
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "the figures of a long run")]
async fn everything_at_once_ends_in_time_and_loses_nothing() {
    let seconds = figure("PALIMPSEST_MIXED_SECONDS", 3);
    let folder = tempfile::tempdir().unwrap();
    let mut server = Process::start(folder.path()).await;
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut counts: Vec<(&str, Arc<AtomicU64>)> = Vec::new();
    let mut caller = |kind| {
        let done = Arc::new(AtomicU64::new(0));
        counts.push((kind, Arc::clone(&done)));
        Caller { address: server.address.clone(), end, done }
    };
    let create = proto::CreateCollectionRequest { name: KEPT.to_owned(), ..Default::default() };
    let first = caller("set up");
    first.call("CreateCollection", first.corpus().await.create_collection(create)).await.unwrap();
    let mut tasks: JoinSet<Known> = JoinSet::new();
    let (first_writer, second_writer, importer) = (caller("writes"), caller("writes"), caller("imports"));
    tasks.spawn(write(first_writer, 0));
    tasks.spawn(write(second_writer, 1));
    tasks.spawn(import(importer));
    let mut others: JoinSet<()> = JoinSet::new();
    for name in PASSING {
        others.spawn(come_and_go(caller("creations, adds and deletions of collections"), name));
    }
    for checker in 0..2 {
        others.spawn(check(caller("checks"), checker));
    }
    others.spawn(compare_all(caller("comparisons of all pairs")));
    others.spawn(verify(caller("verifications")));
    others.spawn(back_up(caller("backups")));
    others.spawn(look(caller("looks")));
    // The first failure ends the test.
    while let Some(ended) = others.join_next().await {
        ended.unwrap();
    }
    let mut known = Known::new();
    while let Some(ended) = tasks.join_next().await {
        known.extend(ended.unwrap());
    }
    for (kind, done) in &counts {
        let done = done.load(Ordering::Relaxed);
        println!("{kind}: {done}");
        assert!(done > 0, "no {kind} went well");
    }
    let expected: BTreeMap<String, String> =
        known.iter().filter_map(|(id, version)| Some((id.clone(), text(id, (*version)?)))).collect();
    assert_eq!(contents(&first).await, expected);
    // The sources are on disk, too.
    server.kill();
    let server = Process::start(folder.path()).await;
    let again = Caller { address: server.address.clone(), end, done: Arc::default() };
    assert_eq!(contents(&again).await, expected);
    verify(again).await;
}
