//! Access to the server: keys, roles, and the collections that they show.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use palimpsest::Pattern;
use palimpsest::proto::admin_service_client::AdminServiceClient;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use palimpsest::proto::{self};
use palimpsest::server::{Key, KeyFile, NewKey, Settings};
use palimpsest::service::Role;
use tonic::metadata::AsciiMetadataValue;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

use crate::harness::{RELOADED, TestServer, add, check, eventually, pass};
use crate::process::{Process, palimpsest, said};

/// A channel whose requests all carry a key.
pub type Keyed = InterceptedService<Channel, Show>;

#[derive(Clone)]
pub struct Show(Option<AsciiMetadataValue>);

impl tonic::service::Interceptor for Show {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(key) = &self.0 {
            request.metadata_mut().insert("authorization", key.clone());
        }
        Ok(request)
    }
}

/// A file of keys.
pub struct Keys {
    _folder: tempfile::TempDir,
    pub path: PathBuf,
}

impl Keys {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        fs::write(&path, "").unwrap();
        Self { _folder: folder, path }
    }

    /// Makes a new key. Returns it with its id.
    pub fn make(&self, role: Role, patterns: &[&str]) -> (String, String) {
        let patterns = patterns.iter().map(|pattern| Pattern::new(pattern).unwrap()).collect();
        let NewKey { key, token } = Key::create("a test's", role, patterns, None).unwrap();
        let id = key.id.clone();
        KeyFile::change(&self.path, |keys| keys.add(key)).unwrap();
        (token.reveal().to_owned(), id)
    }

    pub fn set(&self, settings: &mut Settings) {
        settings.access.keys = Some(self.path.clone());
    }
}

pub async fn keyed(server: &TestServer, key: &str) -> Keyed {
    let value = (!key.is_empty()).then(|| format!("Bearer {key}").parse().unwrap());
    InterceptedService::new(server.channel().await, Show(value))
}

fn collection(name: &str) -> proto::CreateCollectionRequest {
    proto::CreateCollectionRequest { name: name.to_owned(), ..Default::default() }
}

const TEXT: &str =
    "The harbour master counted the herring boats twice before the fog let him see the third mole.";

#[tokio::test]
async fn nobody_is_let_in_without_a_key_but_the_health_answers() {
    let keys = Keys::new();
    let (token, _) = keys.make(Role::Check, &["*"]);
    let server = TestServer::start_with(|settings| keys.set(settings)).await;
    for bad in ["", "pal_00000000_00", &token[..token.len() - 1], &token.to_uppercase()] {
        let refused = CorpusServiceClient::new(keyed(&server, bad).await)
            .get_corpus(proto::GetCorpusRequest {})
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated, "{bad}: {refused:?}");
        let refused = CorpusServiceClient::new(keyed(&server, bad).await)
            .import_sources(tokio_stream::empty())
            .await
            .unwrap_err();
        assert_eq!(refused.code(), Code::Unauthenticated, "{bad}: {refused:?}");
    }
    let mut corpus = CorpusServiceClient::new(keyed(&server, &token).await);
    corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap();
    let mut health = tonic_health::pb::health_client::HealthClient::new(server.channel().await);
    health.check(tonic_health::pb::HealthCheckRequest::default()).await.unwrap();
    let reflection = tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient::new(
        server.channel().await,
    )
    .server_reflection_info(tokio_stream::empty())
    .await;
    assert_eq!(reflection.unwrap_err().code(), Code::Unauthenticated);
}

#[tokio::test]
async fn a_role_allows_what_it_says() {
    let keys = Keys::new();
    let (checker, _) = keys.make(Role::Check, &["*"]);
    let (writer, _) = keys.make(Role::Write, &["*"]);
    let (admin, _) = keys.make(Role::Admin, &["*"]);
    let (part, _) = keys.make(Role::Admin, &["default"]);
    let server = TestServer::start_with(|settings| keys.set(settings)).await;
    let mut corpus = CorpusServiceClient::new(keyed(&server, &checker).await);
    let refused = corpus.add_source(add("a", TEXT)).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert!(refused.message().contains("AddSource needs a key with the role write"), "{refused:?}");
    CorpusServiceClient::new(keyed(&server, &writer).await).add_source(add("a", TEXT)).await.unwrap();
    let wanted =
        |include_text| proto::GetSourceRequest { id: "a".to_owned(), include_text, ..Default::default() };
    corpus.get_source(wanted(false)).await.unwrap();
    assert_eq!(corpus.get_source(wanted(true)).await.unwrap_err().code(), Code::PermissionDenied);
    let mut detection = DetectionServiceClient::new(keyed(&server, &checker).await);
    let report = detection.check(check(TEXT)).await.unwrap().into_inner().report.unwrap();
    assert_eq!(report.sources.len(), 1);
    for (key, export, verify) in [(&writer, false, false), (&admin, true, true), (&part, true, false)] {
        let mut client = AdminServiceClient::new(keyed(&server, key).await);
        let exported = client.export_sources(proto::ExportSourcesRequest::default()).await;
        assert_eq!(exported.is_ok(), export);
        assert_eq!(client.verify(proto::VerifyRequest {}).await.is_ok(), verify);
    }
}

#[tokio::test]
async fn what_a_key_is_not_for_is_not_there() {
    let keys = Keys::new();
    let (all, _) = keys.make(Role::Admin, &["*"]);
    let (some, _) = keys.make(Role::Admin, &["mine-*", "shared"]);
    let server = TestServer::start_with(|settings| keys.set(settings)).await;
    let mut corpus = CorpusServiceClient::new(keyed(&server, &all).await);
    for name in ["mine-1", "mine-2", "shared", "other"] {
        corpus.create_collection(collection(name)).await.unwrap();
        let request = proto::AddSourceRequest { collection: name.to_owned(), ..add(name, TEXT) };
        corpus.add_source(request).await.unwrap();
    }
    let mut mine = CorpusServiceClient::new(keyed(&server, &some).await);
    let mut listed = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = proto::ListCollectionsRequest { page_size: 1, page_token };
        let page = mine.list_collections(request).await.unwrap().into_inner();
        listed.extend(page.collections.into_iter().map(|collection| collection.name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(listed, ["mine-1", "mine-2", "shared"]);
    let totals = mine.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner();
    assert_eq!((totals.collections, totals.stats.unwrap().sources), (3, 3));
    for name in ["other", "", "absent"] {
        let request = proto::GetCollectionRequest { name: name.to_owned() };
        let refused = mine.get_collection(request).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound, "{name}");
    }
    let denied = mine.create_collection(collection("other")).await.unwrap_err();
    assert_eq!(denied.code(), Code::PermissionDenied);
    let mut detection = DetectionServiceClient::new(keyed(&server, &some).await);
    let of = |collections: &[&str]| {
        let collections = collections.iter().map(|name| (*name).to_owned()).collect();
        proto::CheckRequest { scope: Some(proto::Scope { collections, ..Default::default() }), ..check(TEXT) }
    };
    let report = detection.check(of(&["mine-1", "shared"])).await.unwrap().into_inner().report.unwrap();
    assert_eq!(report.sources.len(), 2);
    assert_eq!(detection.check(of(&["mine-1", "other"])).await.unwrap_err().code(), Code::NotFound);
    assert_eq!(detection.check(check(TEXT)).await.unwrap_err().code(), Code::NotFound);
    // Changes in other collections don't change the revision.
    let request = proto::AddSourceRequest { collection: "other".to_owned(), ..add("more", TEXT) };
    corpus.add_source(request).await.unwrap();
    let again = detection.check(of(&["mine-1", "shared"])).await.unwrap().into_inner().report.unwrap();
    assert_eq!(again, report);
    let request = proto::AddSourceRequest { collection: "shared".to_owned(), ..add("more", TEXT) };
    let added = mine.add_source(request).await.unwrap().into_inner();
    let after = detection.check(of(&["mine-1", "shared"])).await.unwrap().into_inner().report.unwrap();
    assert_eq!(after.corpus_revision, added.stats.unwrap().revision);
    assert_ne!(after.corpus_revision, report.corpus_revision);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_come_and_go_while_the_server_runs() {
    let keys = Keys::new();
    let (kept, _) = keys.make(Role::Write, &["*"]);
    let (lost, id) = keys.make(Role::Write, &["*"]);
    let server = TestServer::start_with(|settings| keys.set(settings)).await;
    let mut client = CorpusServiceClient::new(keyed(&server, &lost).await);
    let (sender, receiver) = tokio::sync::mpsc::channel(1);
    let requests = tokio_stream::wrappers::ReceiverStream::new(receiver);
    let mut answers = client.import_sources(requests).await.unwrap().into_inner();
    let item = |id: &str| proto::ImportSourcesRequest { source: add(id, TEXT).source, ..Default::default() };
    sender.send(item("a")).await.unwrap();
    assert!(answers.message().await.unwrap().is_some());
    KeyFile::change(&keys.path, |keys| keys.remove(&id)).unwrap();
    let (new, _) = keys.make(Role::Check, &["*"]);
    // The stream of the revoked key ends, though no message is sent on it.
    let ended = tokio::time::timeout(Duration::from_secs(20), answers.message()).await.unwrap();
    assert_eq!(ended.unwrap_err().code(), Code::Unauthenticated);
    let corpus = async |key: &str| {
        CorpusServiceClient::new(keyed(&server, key).await).get_corpus(proto::GetCorpusRequest {}).await
    };
    assert_eq!(corpus(&lost).await.unwrap_err().code(), Code::Unauthenticated);
    assert!(corpus(&kept).await.is_ok());
    eventually("the new key is known", async || corpus(&new).await.is_ok()).await;
    // A wrong or missing file changes nothing.
    fs::write(&keys.path, "nonsense\n").unwrap();
    pass(RELOADED).await;
    assert!(corpus(&kept).await.is_ok() && corpus(&new).await.is_ok());
    fs::remove_file(&keys.path).unwrap();
    pass(RELOADED).await;
    assert!(corpus(&kept).await.is_ok());
}

#[tokio::test]
async fn who_calls_too_often_is_told_to_wait_and_others_are_not() {
    let keys = Keys::new();
    let (busy, _) = keys.make(Role::Check, &["*"]);
    let (calm, _) = keys.make(Role::Check, &["*"]);
    let server = TestServer::start_with(|settings| {
        keys.set(settings);
        settings.access.max_calls_per_second = 20;
    })
    .await;
    let mut client = CorpusServiceClient::new(keyed(&server, &busy).await);
    let mut refused = None;
    for _ in 0..100 {
        if let Err(status) = client.get_corpus(proto::GetCorpusRequest {}).await {
            refused = Some(status);
            break;
        }
    }
    let refused = refused.unwrap();
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused:?}");
    let wait = refused.get_details_retry_info().unwrap().retry_delay.unwrap();
    assert!(wait <= Duration::from_millis(60), "{wait:?}");
    let mut other = CorpusServiceClient::new(keyed(&server, &calm).await);
    other.get_corpus(proto::GetCorpusRequest {}).await.unwrap();
    // The items of a stream are slowed down, not refused.
    let items = (0..30).map(|_| proto::CheckStreamRequest { key: String::new(), check: Some(check(TEXT)) });
    let began = std::time::Instant::now();
    let mut detection = DetectionServiceClient::new(keyed(&server, &calm).await);
    let mut answers =
        detection.check_stream(tokio_stream::iter(items.collect::<Vec<_>>())).await.unwrap().into_inner();
    let mut answered = 0;
    while let Some(answer) = answers.message().await.unwrap() {
        assert!(matches!(answer.result, Some(proto::check_stream_response::Result::Report(_))), "{answer:?}");
        answered += 1;
    }
    assert_eq!(answered, 30);
    assert!(began.elapsed() > Duration::from_millis(400), "{:?}", began.elapsed());
}

#[test]
fn a_file_that_is_wrong_is_refused_at_start_with_each_of_its_lines() {
    let keys = Keys::new();
    keys.make(Role::Check, &["*"]);
    let good = fs::read_to_string(&keys.path).unwrap();
    fs::write(&keys.path, format!("{good}nonsense\n{good}")).unwrap();
    let serve = |path: &Path, more: &[&str]| {
        let mut command = palimpsest();
        command.args(["serve", "--in-memory", "--listen", "127.0.0.1:0", "--keys"]).arg(path).args(more);
        command.output().unwrap()
    };
    for more in [&[][..], &["--check-config"]] {
        let output = serve(&keys.path, more);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        for part in ["line 2: expected", "line 3: the id"] {
            assert!(said(&output).contains(part), "{part:?} is not in {}", said(&output));
        }
        let output = serve(&keys.path.with_extension("none"), more);
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        assert!(said(&output).contains("palimpsest key create"), "{}", said(&output));
    }
}

#[tokio::test]
async fn the_command_line_makes_keys_and_calls_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let key = |arguments: &[&str]| {
        palimpsest().arg("key").args(arguments).env("PALIMPSEST_KEYS", &path).output().unwrap()
    };
    let made = key(&["create", "--name", "the library", "--role", "write", "--collection", "default"]);
    assert!(made.status.success(), "{}", said(&made));
    let token = String::from_utf8(made.stdout.clone()).unwrap().trim().to_owned();
    assert!(token.starts_with("pal_") && !fs::read_to_string(&path).unwrap().contains(&token));
    let id = token.split('_').nth(1).unwrap();
    let listed = key(&["list"]);
    for part in [id, "the library", "write", "default", "never"] {
        assert!(said(&listed).contains(part), "{part:?} is not in {}", said(&listed));
    }
    let mut command = palimpsest();
    command.args(["serve", "--in-memory", "--keys"]).arg(&path);
    let process = Process::start_command(command).await;
    let stats = |key: &str| {
        let mut command = palimpsest();
        command.args(["stats", "--server", &process.address]);
        command.env("PALIMPSEST_KEY", key).output().unwrap()
    };
    let output = stats(&token);
    assert!(output.status.success() && said(&output).contains("default"), "{}", said(&output));
    for bad in ["", "pal_x"] {
        let refused = stats(bad);
        assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
        assert!(said(&refused).contains("PALIMPSEST_KEY"), "{}", said(&refused));
    }
    assert_eq!(key(&["revoke", "00000000"]).status.code(), Some(1));
    assert!(key(&["revoke", id]).status.success());
    eventually("the revoked key is refused", async || !stats(&token).status.success()).await;
    for wrong in [
        &["create", "--name", "n", "--role", "owner", "--collection", "*"][..],
        &["create", "--name", "n", "--role", "check", "--collection", "a b"],
        &["create", "--name", "n", "--role", "check"],
        &["create", "--name", "n\u{7}", "--role", "check", "--collection", "*"],
    ] {
        let output = key(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", said(&output));
    }
}
