//! The log (at any level), the metrics and the traces hold no word of a text, no title, no id and no name.

use std::collections::BTreeMap;
use std::time::Duration;

use palimpsest::proto;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

use crate::watched::{Collector, Watched};

/// The beginning of every word that is sent.
const SECRET: &str = "sesquipedal";

/// Words that occur nowhere else.
struct Words(u32);

impl Words {
    fn next(&mut self) -> String {
        self.0 += 1;
        format!("{SECRET}{}", self.0)
    }

    fn text(&mut self) -> String {
        (0..30).map(|_| self.next() + " ").collect()
    }

    fn source(&mut self) -> proto::Source {
        proto::Source {
            id: self.next(),
            title: self.next(),
            group: self.next(),
            labels: vec![self.next()],
            text: self.text(),
            ..proto::Source::default()
        }
    }

    /// Sources that each have one wrong field.
    fn bad_sources(&mut self) -> Vec<proto::Source> {
        let long = |words: &mut Self| (0..60).map(|_| words.next()).collect::<String>();
        let mut bad: Vec<proto::Source> = (0..6).map(|_| self.source()).collect();
        bad[0].id = format!("{}\u{7}", self.next());
        bad[1].id = long(self);
        bad[2].title = (0..4).map(|_| long(self)).collect();
        bad[3].labels = vec![format!("{}\n{}", self.next(), self.next()), long(self)];
        bad[4].text = String::new();
        bad[5].group = format!("{}\u{0}", long(self));
        bad
    }
}

/// Number of calls that ended with each code.
#[derive(Default)]
struct Ended(BTreeMap<i32, u32>);

impl Ended {
    fn note<T>(&mut self, answer: Result<T, Status>) -> Option<T> {
        let code = answer.as_ref().map_or_else(Status::code, |_| Code::Ok);
        *self.0.entry(code as i32).or_default() += 1;
        answer.ok()
    }
}

async fn write(server: &Watched, words: &mut Words, ended: &mut Ended) -> Vec<proto::Source> {
    let mut corpus = server.corpus();
    let collection = words.next();
    let create = proto::CreateCollectionRequest { name: collection.clone(), ..Default::default() };
    ended.note(corpus.create_collection(create.clone()).await);
    ended.note(corpus.create_collection(create).await);
    let bad_name = format!("{} {}", words.next(), words.next());
    ended.note(
        corpus
            .create_collection(proto::CreateCollectionRequest { name: bad_name, ..Default::default() })
            .await,
    );
    let mut added = Vec::new();
    for place in 0..12 {
        let source = words.source();
        let collection = if place % 2 == 0 { String::new() } else { collection.clone() };
        let request =
            proto::AddSourceRequest { collection, source: Some(source.clone()), ..Default::default() };
        ended.note(corpus.add_source(request.clone()).await);
        ended.note(corpus.add_source(request).await);
        added.push(source);
    }
    for source in words.bad_sources() {
        ended.note(
            corpus.add_source(proto::AddSourceRequest { source: Some(source), ..Default::default() }).await,
        );
    }
    let imported: Vec<proto::ImportSourcesRequest> = words
        .bad_sources()
        .into_iter()
        .chain([words.source(), added[0].clone()])
        .map(|source| proto::ImportSourcesRequest { source: Some(source), ..Default::default() })
        .collect();
    if let Some(answers) = ended.note(corpus.import_sources(tokio_stream::iter(imported)).await) {
        drain(answers.into_inner(), ended).await;
    }
    for id in [added[0].id.clone(), words.next(), format!("{}\u{7}", words.next())] {
        let get = proto::GetSourceRequest { id: id.clone(), include_text: true, ..Default::default() };
        ended.note(corpus.get_source(get).await);
        ended.note(corpus.delete_source(proto::DeleteSourceRequest { id, ..Default::default() }).await);
    }
    for name in [collection, words.next()] {
        let get = proto::GetCollectionRequest { name: name.clone() };
        ended.note(corpus.get_collection(get).await);
        let list =
            proto::ListSourcesRequest { collection: name, page_token: words.next(), ..Default::default() };
        ended.note(corpus.list_sources(list).await);
        let delete = proto::DeleteCollectionRequest { name: words.next(), ..Default::default() };
        ended.note(corpus.delete_collection(delete).await);
    }
    added
}

async fn drain<T>(mut answers: tonic::Streaming<T>, ended: &mut Ended) {
    loop {
        match answers.message().await {
            Ok(Some(_)) => {}
            Ok(None) => return,
            Err(status) => {
                ended.note::<()>(Err(status));
                return;
            }
        }
    }
}

async fn read(server: &Watched, words: &mut Words, added: &[proto::Source], ended: &mut Ended) {
    let mut detection = server.detection();
    let copied = || added.iter().map(|source| source.text.clone() + " ").collect::<String>();
    let scope = |name: String| Some(proto::Scope { collections: vec![name], ..Default::default() });
    let checks = [
        proto::CheckRequest { text: copied(), ..Default::default() },
        proto::CheckRequest { text: words.text(), scope: scope(words.next()), ..Default::default() },
        proto::CheckRequest {
            text: words.text(),
            scope: scope(format!("{} ", words.next())),
            ..Default::default()
        },
        proto::CheckRequest { text: words.text() + &"x ".repeat(200_000), ..Default::default() },
        proto::CheckRequest::default(),
    ];
    for check in &checks {
        ended.note(detection.check(check.clone()).await);
    }
    let items: Vec<proto::CheckStreamRequest> = checks
        .into_iter()
        .map(|check| proto::CheckStreamRequest { key: words.next(), check: Some(check) })
        .collect();
    if let Some(answers) = ended.note(detection.check_stream(tokio_stream::iter(items)).await) {
        drain(answers.into_inner(), ended).await;
    }
    let compared = added.iter().map(|source| proto::ComparedText {
        id: source.id.clone(),
        title: source.title.clone(),
        text: source.text.clone(),
        ..Default::default()
    });
    let compare = proto::CompareRequest {
        text: copied(),
        sources: compared.collect(),
        options: None,
        ..Default::default()
    };
    ended.note(detection.compare(compare).await);
    for collection in [String::new(), words.next()] {
        let all = proto::CompareAllRequest { collection: collection.clone(), ..Default::default() };
        if let Some(answers) = ended.note(detection.compare_all(all).await) {
            drain(answers.into_inner(), ended).await;
        }
        let export = proto::ExportSourcesRequest { collection };
        if let Some(answers) = ended.note(server.admin().export_sources(export).await) {
            drain(answers.into_inner(), ended).await;
        }
    }
    if let Some(answers) = ended.note(server.admin().verify(proto::VerifyRequest {}).await) {
        drain(answers.into_inner(), ended).await;
    }
    if let Some(answers) = ended.note(server.admin().backup(proto::BackupRequest {}).await) {
        drain(answers.into_inner(), ended).await;
    }
    ended.note(server.admin().get_server_info(proto::GetServerInfoRequest {}).await);
}

/// Sends messages of the wrong type for the method, and calls that their caller leaves after a millisecond.
async fn misbehave(server: &Watched, words: &mut Words, ended: &mut Ended) {
    for path in ["/palimpsest.v1.CorpusService/AddSource", "/palimpsest.v1.DetectionService/Check", "/x/y"] {
        let mut client = tonic::client::Grpc::new(server.channel.clone());
        client.ready().await.unwrap();
        let codec = ProstCodec::<proto::ComparedText, proto::CheckResponse>::default();
        let message = proto::ComparedText {
            id: words.text(),
            title: words.text(),
            text: words.text(),
            ..Default::default()
        };
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", format!("Bearer {}", words.next()).parse().unwrap());
        request.metadata_mut().insert("x-else", words.next().parse().unwrap());
        ended.note(client.unary(request, path.parse().unwrap(), codec).await);
    }
    for _ in 0..20 {
        let mut request =
            Request::new(proto::CheckRequest { text: words.text().repeat(500), ..Default::default() });
        request.set_timeout(Duration::from_millis(1));
        ended.note(server.detection().check(request).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_sent_is_in_the_log_the_metrics_or_the_traces() {
    let (collector, url) = Collector::start().await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments = ["--data-dir", data.to_str().unwrap(), "--otlp-endpoint", &url];
    let strict = ["--log", "trace", "--max-text-bytes", "300000"];
    let server = Watched::start(&[&arguments[..], &strict].concat()).await;
    let (mut words, mut ended) = (Words(0), Ended::default());
    let added = write(&server, &mut words, &mut ended).await;
    read(&server, &mut words, &added, &mut ended).await;
    misbehave(&server, &mut words, &mut ended).await;
    // Calls have ended in all of these ways.
    let ends = [Code::Ok, Code::InvalidArgument, Code::NotFound, Code::AlreadyExists, Code::OutOfRange];
    for code in ends.into_iter().chain([Code::Unimplemented]) {
        assert!(ended.0.contains_key(&(code as i32)), "{code:?} is not in {:?}", ended.0);
    }
    assert!(!ended.0.contains_key(&(Code::Internal as i32)), "a malformed message is the caller's fault");
    let metrics = server.metrics();
    let (status, log) = server.stop();
    assert!(status.success());
    let spans = format!("{:?}", collector.spans());
    assert!(log.lines().count() > 80 && spans.len() > 10_000 && metrics.len() > 1_000);
    for (name, told) in [("the log", &log), ("the metrics", &metrics), ("the traces", &spans)] {
        let leak = told.lines().find(|line| line.contains(SECRET));
        assert!(leak.is_none(), "{name}: {}", leak.unwrap_or_default());
    }
}
