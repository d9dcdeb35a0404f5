//! No answer about measures and scales distinguishes hidden data from absent data: a server whose hidden collections keep
//! changing and one without them answer each caller equally.

use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::writing_service_client::WritingServiceClient;
use palimpsest::proto::{self, SourceName};
use palimpsest::service::Role;
use tonic::Status;

use crate::access::{Keyed, Keys, keyed};
use crate::harness::{TestServer, source};
use crate::scales::graded;
use crate::words::Words;

/// Number of calls. `PALIMPSEST_LEAK_CASES` sets another.
const CASES: usize = 400;

/// A word that all hidden names and texts have, and no other.
const MARK: &str = "zqxhidden";

const COLLECTIONS: [&str; 8] =
    ["", "default", "mine-a", "mine-b", "hidden", "hidden-too", "absent", "not a name"];
const IDS: [&str; 4] = ["a", "b", "c", "\u{7}"];
const SCALES: [&str; 4] = ["style", "other", "absent", "not a name"];

struct Clients {
    corpus: CorpusServiceClient<Keyed>,
    writing: WritingServiceClient<Keyed>,
}

/// A server and its callers.
struct World {
    _server: TestServer,
    all: Clients,
    /// One writes in `mine-*`, one reads there, one sees nothing.
    callers: [Clients; 3],
}

/// A training that succeeds, or one that has too few texts.
fn training(collection: &str, scale: &str, is_whole: bool) -> proto::TrainScaleRequest {
    let texts = (0..if is_whole { 110 } else { 20 }).map(graded).collect();
    proto::TrainScaleRequest {
        collection: collection.to_owned(),
        scale: scale.to_owned(),
        texts,
        ..Default::default()
    }
}

fn rendered<T: std::fmt::Debug>(answer: Result<tonic::Response<T>, Status>) -> String {
    match answer {
        Ok(answer) => undated(&format!("{:?}", answer.into_inner())),
        Err(status) => format!("{:?} {:?} {:?}", status.code(), status.message(), status.details()),
    }
}

/// A text without its times.
fn undated(text: &str) -> String {
    let mut parts = text.split("Timestamp {");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + "Timestamp {" + part.split_once('}').map_or(part, |(_, rest)| rest))
}

impl World {
    async fn start(keys: &Keys, tokens: &[String; 4]) -> Self {
        let server = TestServer::start_with(|settings| keys.set(settings)).await;
        let clients = async |token: &str| {
            let channel = keyed(&server, token).await;
            Clients {
                corpus: CorpusServiceClient::new(channel.clone()),
                writing: WritingServiceClient::new(channel),
            }
        };
        let mut all = clients(&tokens[0]).await;
        for name in ["mine-a", "mine-b"] {
            let request = proto::CreateCollectionRequest { name: name.to_owned(), ..Default::default() };
            all.corpus.create_collection(request).await.unwrap();
        }
        let training = training("mine-a", "style", true);
        all.writing.train_scale(tokio_stream::iter([training])).await.unwrap();
        let callers = [clients(&tokens[1]).await, clients(&tokens[2]).await, clients(&tokens[3]).await];
        Self { _server: server, all, callers }
    }

    /// Changes a hidden collection.
    async fn change_hidden(&mut self, words: &mut Words) {
        let collection = ["hidden", "hidden-too", "default"][words.below(3)].to_owned();
        let name = collection.clone();
        let request = proto::CreateCollectionRequest { name, ..Default::default() };
        drop(self.all.corpus.create_collection(request).await);
        let length = 20 + words.below(200);
        let text = format!("{MARK} {}", words.text(length));
        let id = IDS[words.below(IDS.len() - 1)];
        let request = proto::AddSourceRequest {
            collection: collection.clone(),
            source: Some(proto::Source { title: MARK.to_owned(), ..source(id, &text) }),
            if_exists: proto::IfExists::Replace.into(),
            ..Default::default()
        };
        self.all.corpus.add_source(request).await.unwrap();
        let scale = SCALES[words.below(2)];
        match words.below(6) {
            0 => {
                let delete = proto::DeleteScaleRequest { collection, scale: scale.to_owned() };
                self.all.writing.delete_scale(delete).await.unwrap();
            }
            1 => {
                let label = MARK.to_owned();
                let bands = vec![proto::ScaleBand { label, min_grade: 0.0 }];
                let training =
                    proto::TrainScaleRequest { bands, replace: true, ..training(&collection, scale, true) };
                self.all.writing.train_scale(tokio_stream::iter([training])).await.unwrap();
            }
            _ => {}
        }
    }
}

/// A call of any caller.
#[derive(Debug)]
enum Call {
    Add(Box<proto::AddSourceRequest>),
    Analyze(proto::AnalyzeRequest),
    Train(Box<proto::TrainScaleRequest>),
    List(proto::ListScalesRequest),
    Get(proto::GetScaleRequest),
    Delete(proto::DeleteScaleRequest),
    Score(proto::ScoreTextRequest),
}

impl Call {
    fn any(words: &mut Words) -> Self {
        let collection = COLLECTIONS[words.below(COLLECTIONS.len())].to_owned();
        let other = COLLECTIONS[words.below(COLLECTIONS.len())].to_owned();
        let id = IDS[words.below(IDS.len())].to_owned();
        let scale = SCALES[words.below(SCALES.len())].to_owned();
        let is_stored = words.below(2) == 0;
        let length = words.below(150);
        let text = if is_stored { String::new() } else { words.text(length) };
        let name = is_stored.then(|| SourceName { collection: other.clone(), id: id.clone() });
        match words.below(12) {
            0 | 1 => Self::Add(Box::new(proto::AddSourceRequest {
                collection,
                source: Some(source(&id, &words.text(120))),
                if_exists: proto::IfExists::Replace.into(),
                ..Default::default()
            })),
            2..=5 => Self::Analyze(proto::AnalyzeRequest {
                text,
                source: name,
                percentiles_collection: collection,
                ..Default::default()
            }),
            6 => Self::Train(Box::new(training(&collection, &scale, words.below(3) == 0))),
            7 => Self::List(proto::ListScalesRequest { collection }),
            8 => Self::Get(proto::GetScaleRequest { collection, scale }),
            9 => Self::Delete(proto::DeleteScaleRequest { collection, scale }),
            _ => Self::Score(proto::ScoreTextRequest {
                collection,
                scale,
                text,
                source: name,
                ..Default::default()
            }),
        }
    }

    async fn make(&self, clients: &mut Clients) -> String {
        let Clients { corpus, writing } = clients;
        match self {
            Self::Add(request) => match corpus.add_source(request.as_ref().clone()).await {
                Err(status) => rendered::<()>(Err(status)),
                // Without the revision, which counts all changes of the corpus.
                Ok(answer) => {
                    let stats = None;
                    rendered(Ok(answer.map(|answer| proto::AddSourceResponse { stats, ..answer })))
                }
            },
            Self::Analyze(request) => rendered(writing.analyze(request.clone()).await),
            Self::Train(request) => {
                rendered(writing.train_scale(tokio_stream::iter([request.as_ref().clone()])).await)
            }
            Self::List(request) => rendered(writing.list_scales(request.clone()).await),
            Self::Get(request) => rendered(writing.get_scale(request.clone()).await),
            Self::Delete(request) => rendered(writing.delete_scale(request.clone()).await),
            Self::Score(request) => rendered(writing.score_text(request.clone()).await),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_about_writing_tells_what_is_hidden() {
    let keys = Keys::new();
    let tokens = [
        keys.make(Role::Admin, &["*"]).0,
        keys.make(Role::Write, &["mine-*"]).0,
        keys.make(Role::Check, &["mine-*"]).0,
        keys.make(Role::Admin, &[]).0,
    ];
    let mut with = World::start(&keys, &tokens).await;
    let mut without = World::start(&keys, &tokens).await;
    let seed = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64;
    let mut words = Words::new(seed);
    let cases = std::env::var("PALIMPSEST_LEAK_CASES").map_or(CASES, |cases| cases.parse().unwrap());
    let mut answered = [0; 3];
    for case in 0..cases {
        if case % 5 == 0 {
            with.change_hidden(&mut words).await;
        }
        let call = Call::any(&mut words);
        let caller = words.below(3);
        let hidden = call.make(&mut with.callers[caller]).await;
        let absent = call.make(&mut without.callers[caller]).await;
        assert_eq!(hidden, absent, "seed {seed}, case {case}, caller {caller}: {call:?}");
        assert!(!hidden.contains(MARK), "seed {seed}, case {case}: {call:?}: {hidden}");
        answered[caller] += usize::from(hidden.contains('{'));
    }
    assert!(answered[0] > 0 && answered[1] > 0, "{answered:?}: some calls succeed");
}
