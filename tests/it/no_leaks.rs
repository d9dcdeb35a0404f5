//! No answer distinguishes hidden data from absent data. Two corpora, one with hidden collections that keep changing
//! and one without, give the same answers to every call.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use palimpsest::proto;
use palimpsest::proto::admin_service_client::AdminServiceClient;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use palimpsest::proto::related_service_client::RelatedServiceClient;
use palimpsest::server::Storage;
use palimpsest::service::Role;
use palimpsest::{Engine, Limits};
use tonic::{Code, Status};

use crate::access::{Keyed, Keys, keyed};
use crate::harness::{TestServer, copy_folder, eventually, source};
use crate::words::Words;

/// Number of cases in each `cargo test`. `PALIMPSEST_LEAK_CASES` sets another.
const CASES: usize = 1_500;

/// A word that stands in all hidden data, and nowhere else.
const MARK: &str = "zqxhidden";

const COLLECTIONS: [&str; 9] =
    ["", "default", "mine-a", "mine-b", "hidden", "hidden-too", "absent", "nothing-here", "not a name"];

const IDS: [&str; 6] = ["a", "b", "c", "h-1", "h-2", "\u{7}"];

/// Request ids, which all callers share.
const REQUEST_IDS: [&str; 6] = ["", "", "", "first", "second", "third"];

/// The clients of one caller.
struct Clients {
    corpus: CorpusServiceClient<Keyed>,
    detection: DetectionServiceClient<Keyed>,
    admin: AdminServiceClient<Keyed>,
    related: RelatedServiceClient<Keyed>,
}

/// A server on its own data directory, and its callers.
struct World {
    _server: TestServer,
    all: Clients,
    /// One caller sees `mine-*`, the other sees nothing.
    callers: [Clients; 2],
    /// Number of each revision, in the order in which the answers first named them.
    revisions: BTreeMap<u64, usize>,
}

impl World {
    async fn start(folder: &Path, keys: &Keys, tokens: &[String; 3]) -> Self {
        let server = TestServer::start_with(|settings| {
            keys.set(settings);
            settings.storage = Storage::DataDirectory(folder.to_owned());
        })
        .await;
        let clients = async |token: &str| {
            let channel = keyed(&server, token).await;
            Clients {
                corpus: CorpusServiceClient::new(channel.clone()),
                detection: DetectionServiceClient::new(channel.clone()),
                admin: AdminServiceClient::new(channel.clone()),
                related: RelatedServiceClient::new(channel),
            }
        };
        let mut all = clients(&tokens[0]).await;
        let mut corpus = all.corpus.clone();
        eventually("the keys are known", async || {
            corpus.get_corpus(proto::GetCorpusRequest {}).await.is_ok()
        })
        .await;
        for name in ["mine-a", "mine-b"] {
            let request = proto::CreateCollectionRequest { name: name.to_owned(), ..Default::default() };
            all.corpus.create_collection(request).await.unwrap();
        }
        let callers = [clients(&tokens[1]).await, clients(&tokens[2]).await];
        Self { _server: server, all, callers, revisions: BTreeMap::new() }
    }

    /// Changes hidden collections.
    async fn change_hidden(&mut self, words: &mut Words) {
        let collection = ["hidden", "hidden-too", "default"][words.below(3)].to_owned();
        let name = collection.clone();
        let request = proto::CreateCollectionRequest { name, ..Default::default() };
        drop(self.all.corpus.create_collection(request).await);
        let id = IDS[words.below(IDS.len() - 1)].to_owned();
        let text = format!("{MARK} {}", text(words));
        let request_id = REQUEST_IDS[words.below(REQUEST_IDS.len())].to_owned();
        let hidden = proto::Source { title: MARK.to_owned(), group: MARK.to_owned(), ..source(&id, &text) };
        let hidden = proto::Source { labels: vec![MARK.to_owned()], ..hidden };
        let if_exists = proto::IfExists::Replace.into();
        let request = proto::AddSourceRequest {
            collection: collection.clone(),
            source: Some(hidden),
            if_exists,
            request_id,
        };
        // The add may fail: its request id may belong to another source.
        drop(self.all.corpus.add_source(request).await);
        if words.below(4) == 0 {
            let request = proto::DeleteSourceRequest { collection, id, ..Default::default() };
            drop(self.all.corpus.delete_source(request).await);
        }
    }

    /// The answer that a caller gets, with revisions numbered in the order in which they first occur. Equal revisions
    /// must stay equal, but their values may differ, since the other corpus has more changes.
    async fn ask(&mut self, caller: usize, call: &Call) -> String {
        let answer = call.make(&mut self.callers[caller]).await;
        let mut told = String::new();
        let mut rest = answer.as_str();
        while let Some(at) = rest.find("revision: ") {
            let (before, after) = rest.split_at(at + "revision: ".len());
            let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
            let (revision, after) = after.split_at(digits);
            let next = self.revisions.len();
            let number = *self.revisions.entry(revision.parse().unwrap()).or_insert(next);
            told.push_str(before);
            write!(told, "the {number}th").unwrap();
            rest = after;
        }
        told + rest
    }
}

/// One of twelve texts, so that sources share passages.
fn text(words: &mut Words) -> String {
    let seed = words.below(12) as u64;
    Words::new(1000 + seed).text(40)
}

/// A call, by any caller.
#[derive(Debug)]
enum Call {
    GetCorpus,
    Create(proto::CreateCollectionRequest),
    Get(proto::GetCollectionRequest),
    List(proto::ListCollectionsRequest),
    Delete(proto::DeleteCollectionRequest),
    Add(proto::AddSourceRequest),
    Import(Vec<proto::ImportSourcesRequest>),
    GetSource(proto::GetSourceRequest),
    ListSources(proto::ListSourcesRequest),
    UpdateSource(proto::UpdateSourceRequest),
    DeleteSource(proto::DeleteSourceRequest),
    DeleteSources(proto::DeleteSourcesRequest),
    Check(proto::CheckRequest),
    CheckStream(Vec<proto::CheckStreamRequest>),
    Compare(proto::CompareRequest),
    CompareAll(proto::CompareAllRequest),
    ComparePair(proto::ComparePairRequest),
    Verify,
    Backup,
    Info,
    Export(proto::ExportSourcesRequest),
    Related(proto::ListRelatedRequest),
}

fn rendered<T: std::fmt::Debug>(answer: Result<T, Status>) -> String {
    match answer {
        Ok(answer) => undated(&format!("{answer:?}")),
        Err(status) => format!("{:?} {:?} {:?}", status.code(), status.message(), status.details()),
    }
}

/// A text without its times: two servers do not get a request at the same moment.
fn undated(text: &str) -> String {
    let mut parts = text.split("Timestamp {");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + "Timestamp {" + part.split_once('}').map_or(part, |(_, rest)| rest))
}

/// All messages of a stream, as text.
async fn rendered_stream<T: std::fmt::Debug>(
    answer: Result<tonic::Response<tonic::Streaming<T>>, Status>,
) -> String {
    let mut stream = match answer {
        Ok(answer) => answer.into_inner(),
        Err(status) => return rendered::<()>(Err(status)),
    };
    let mut all = String::new();
    loop {
        match stream.message().await {
            Ok(None) => return all,
            Ok(Some(message)) => all.push_str(&undated(&format!("{message:?}"))),
            Err(status) => return all + &rendered::<()>(Err(status)),
        }
    }
}

impl Call {
    fn any(words: &mut Words, tokens: &[String]) -> Self {
        let collection = COLLECTIONS[words.below(COLLECTIONS.len())].to_owned();
        let other = COLLECTIONS[words.below(COLLECTIONS.len())].to_owned();
        let other_collection = other.clone();
        let id = IDS[words.below(IDS.len())].to_owned();
        let request_id = REQUEST_IDS[words.below(REQUEST_IDS.len())].to_owned();
        let page_size = [0, 1, 2, 5][words.below(4)];
        let page_token = tokens[words.below(tokens.len())].clone();
        let if_exists = words.below(5) as i32;
        let new = || proto::Source { group: "g".to_owned(), ..source(&id, "") };
        let new = proto::Source { text: text(words), ..new() };
        let exclusions = proto::Exclusions {
            boilerplate_collections: if words.below(4) == 0 { vec![other.clone()] } else { Vec::new() },
            ..Default::default()
        };
        let options = proto::DetectionOptions {
            include_excerpts: words.below(2) == 0,
            exclusions: Some(exclusions.clone()),
            ..Default::default()
        };
        let collections =
            if words.below(2) == 0 { vec![collection.clone()] } else { vec![collection.clone(), other] };
        let scope = proto::Scope {
            collections: if words.below(3) == 0 { Vec::new() } else { collections },
            all_collections: words.below(4) == 0,
            collection_prefixes: if words.below(4) == 0 { vec![collection.clone()] } else { Vec::new() },
            exclude_groups: if words.below(4) == 0 { vec!["g".to_owned()] } else { Vec::new() },
            ..Default::default()
        };
        let name = Some(proto::SourceName { collection: collection.clone(), id: id.clone() });
        let is_stored = words.below(3) == 0;
        let check = proto::CheckRequest {
            text: if is_stored { String::new() } else { text(words) },
            source: name.clone().filter(|_| is_stored),
            scope: Some(scope),
            options: Some(options.clone()),
            ..Default::default()
        };
        let other_name = Some(proto::SourceName { collection: other_collection, id: id.clone() });
        let filter = || {
            let id_prefix = id.get(..1).unwrap_or_default().to_owned();
            Some(proto::SourceFilter { id_prefix, groups: vec!["g".to_owned()], ..Default::default() })
        };
        match words.below(22) {
            0 => Self::GetCorpus,
            1 => Self::Create(proto::CreateCollectionRequest {
                name: collection,
                request_id,
                ..Default::default()
            }),
            2 => Self::Get(proto::GetCollectionRequest { name: collection }),
            3 => Self::List(proto::ListCollectionsRequest { page_size, page_token }),
            4 if words.below(4) == 0 => {
                Self::Delete(proto::DeleteCollectionRequest { name: collection, request_id })
            }
            4 | 5 => {
                Self::Add(proto::AddSourceRequest { collection, source: Some(new), if_exists, request_id })
            }
            6 => {
                let item =
                    proto::ImportSourcesRequest { collection, source: Some(new), if_exists, request_id };
                Self::Import(vec![item; 2])
            }
            7 => Self::GetSource(proto::GetSourceRequest {
                collection,
                id,
                include_text: words.below(2) == 0,
                ..Default::default()
            }),
            8 => Self::ListSources(proto::ListSourcesRequest {
                collection,
                page_size,
                page_token,
                filter: if words.below(2) == 0 { None } else { filter() },
            }),
            9 => Self::DeleteSource(proto::DeleteSourceRequest { collection, id, request_id }),
            10 | 11 => Self::Check(check),
            12 => {
                let item = proto::CheckStreamRequest { key: "k".to_owned(), check: Some(check) };
                Self::CheckStream(vec![item; 2])
            }
            13 => {
                let texts = vec![proto::ComparedText { text: text(words), ..Default::default() }];
                Self::Compare(proto::CompareRequest {
                    text: text(words),
                    sources: texts,
                    options: Some(options),
                    ..Default::default()
                })
            }
            14 => {
                let options = proto::PairOptions { exclusions: Some(exclusions), ..Default::default() };
                Self::CompareAll(proto::CompareAllRequest { collection, options: Some(options) })
            }
            15 => Self::ComparePair(proto::ComparePairRequest {
                submission: name,
                source: other_name,
                options: Some(options),
            }),
            16 => vec![Self::Verify, Self::Backup, Self::Info].swap_remove(words.below(3)),
            17 => Self::Export(proto::ExportSourcesRequest { collection }),
            18 => {
                let source = Some(proto::Source { text: String::new(), ..new });
                Self::UpdateSource(proto::UpdateSourceRequest {
                    collection,
                    source,
                    request_id,
                    ..Default::default()
                })
            }
            19 | 20 => Self::Related(proto::ListRelatedRequest {
                text: check.text,
                source: check.source,
                scope: check.scope,
                exclude_near_copies: words.below(2) == 0,
                exclude_own_group: is_stored && words.below(2) == 0,
                ..Default::default()
            }),
            _ => Self::DeleteSources(proto::DeleteSourcesRequest {
                collection,
                filter: filter(),
                dry_run: words.below(2) == 0,
                request_id,
            }),
        }
    }

    async fn make(&self, clients: &mut Clients) -> String {
        let Clients { corpus, detection, admin, related } = clients;
        match self {
            Self::GetCorpus => rendered(plain(corpus.get_corpus(proto::GetCorpusRequest {}).await)),
            Self::Create(request) => rendered(plain(corpus.create_collection(request.clone()).await)),
            Self::Get(request) => rendered(plain(corpus.get_collection(request.clone()).await)),
            Self::List(request) => rendered(plain(corpus.list_collections(request.clone()).await)),
            Self::Delete(request) => rendered(plain(corpus.delete_collection(request.clone()).await)),
            Self::Add(request) => rendered(plain(corpus.add_source(request.clone()).await)),
            Self::Import(items) => {
                rendered_stream(corpus.import_sources(tokio_stream::iter(items.clone())).await).await
            }
            Self::GetSource(request) => rendered(plain(corpus.get_source(request.clone()).await)),
            Self::ListSources(request) => rendered(plain(corpus.list_sources(request.clone()).await)),
            Self::UpdateSource(request) => rendered(plain(corpus.update_source(request.clone()).await)),
            Self::DeleteSources(request) => rendered(plain(corpus.delete_sources(request.clone()).await)),
            Self::DeleteSource(request) => rendered(plain(corpus.delete_source(request.clone()).await)),
            Self::Check(request) => rendered(plain(detection.check(request.clone()).await)),
            Self::CheckStream(items) => {
                rendered_stream(detection.check_stream(tokio_stream::iter(items.clone())).await).await
            }
            Self::Compare(request) => rendered(plain(detection.compare(request.clone()).await)),
            Self::ComparePair(request) => rendered(plain(detection.compare_pair(request.clone()).await)),
            Self::CompareAll(request) => rendered_stream(detection.compare_all(request.clone()).await).await,
            Self::Verify => rendered_stream(admin.verify(proto::VerifyRequest {}).await).await,
            Self::Info => rendered(plain(admin.get_server_info(proto::GetServerInfoRequest {}).await)),
            Self::Backup => rendered_stream(admin.backup(proto::BackupRequest {}).await).await,
            Self::Related(request) => rendered(plain(related.list_related(request.clone()).await)),
            Self::Export(request) => rendered_stream(admin.export_sources(request.clone()).await).await,
        }
    }
}

fn plain<T>(answer: Result<tonic::Response<T>, Status>) -> Result<T, Status> {
    answer.map(tonic::Response::into_inner)
}

fn cases() -> usize {
    std::env::var("PALIMPSEST_LEAK_CASES").map_or(CASES, |cases| cases.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_tells_what_is_hidden() {
    let keys = Keys::new();
    let tokens = [
        keys.make(Role::Admin, &["*"]).0,
        keys.make(Role::Admin, &["mine-*"]).0,
        keys.make(Role::Admin, &[]).0,
    ];
    // Two corpora have one seed, so that everything that depends on the seed is the same.
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    Engine::open(&first, Limits::default(), 1 << 20, &mut |_| {}).unwrap().close();
    copy_folder(&first, &second);
    let mut with = World::start(&first, &keys, &tokens).await;
    let mut without = World::start(&second, &keys, &tokens).await;
    let seed = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    let mut words = Words::new(seed);
    let mut page_tokens = vec![String::new(), "0123456789abcdef61".to_owned()];
    for case in 0..cases() {
        if case % 5 == 0 {
            with.change_hidden(&mut words).await;
        }
        if case % 50 == 0 {
            // The page tokens were issued to a caller that sees more.
            let request = proto::ListCollectionsRequest { page_size: 1, ..Default::default() };
            page_tokens
                .push(with.all.corpus.list_collections(request).await.unwrap().into_inner().next_page_token);
        }
        let call = Call::any(&mut words, &page_tokens);
        let caller = words.below(2);
        let (hidden, absent) = (with.ask(caller, &call).await, without.ask(caller, &call).await);
        assert_eq!(hidden, absent, "seed {seed}, case {case}, caller {caller}: {call:?}");
        let sent = format!("{call:?}");
        assert!(
            !hidden.contains(MARK) || sent.contains(MARK),
            "seed {seed}, case {case}: {call:?}: {hidden}"
        );
        if caller == 1 {
            // A caller that sees nothing never finds anything.
            assert!(!hidden.contains("RelatedSource"), "{call:?}: {hidden}");
            assert!(!hidden.contains("SourceOverlap") || sent.contains("Compare"), "{call:?}: {hidden}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_takes_no_longer_than_what_is_not_there() {
    let keys = Keys::new();
    let (all, _) = keys.make(Role::Admin, &["*"]);
    let (none, _) = keys.make(Role::Admin, &[]);
    let server = TestServer::start_with(|settings| keys.set(settings)).await;
    let mut corpus = CorpusServiceClient::new(keyed(&server, &all).await);
    let name = "hidden".to_owned();
    corpus
        .create_collection(proto::CreateCollectionRequest { name: name.clone(), ..Default::default() })
        .await
        .unwrap();
    for number in 0..300 {
        let new = Some(source(&format!("s{number}"), &Words::new(number).text(300)));
        let request = proto::AddSourceRequest { collection: name.clone(), source: new, ..Default::default() };
        corpus.add_source(request).await.unwrap();
    }
    let mut detection = DetectionServiceClient::new(keyed(&server, &none).await);
    let submission = Words::new(7).text(300);
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..1_000 {
        // The two take turns to come first.
        for place in [round % 2, (round + 1) % 2] {
            let collections = vec![["hidden", "absent"][place].to_owned()];
            let scope = Some(proto::Scope { collections, ..Default::default() });
            let request = proto::CheckRequest { text: submission.clone(), scope, ..Default::default() };
            let began = Instant::now();
            let refused = detection.check(request).await.unwrap_err();
            times[place].push(began.elapsed());
            assert_eq!(refused.code(), Code::NotFound);
        }
    }
    let [hidden, absent] = times.map(|mut times| {
        times.sort();
        times[times.len() / 2].as_secs_f64()
    });
    assert!((0.8..1.25).contains(&(hidden / absent)), "{hidden} s and {absent} s");
}
