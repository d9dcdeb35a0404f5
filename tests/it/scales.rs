//! Scales over gRPC and at the command line: trained, stored, scored, refused, and shown to those who may see them.

use std::fmt::Write as _;

use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::writing_service_client::WritingServiceClient;
use palimpsest::proto::{self};
use palimpsest::service::Role;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::access::{Keys, keyed};
use crate::cli::{Served, run, stderr, stdout};
use crate::harness::{TestServer, add};

const PLAIN: [&str; 10] = ["we", "go", "to", "the", "big", "house", "and", "eat", "dinner", "there"];
const RARE: [&str; 10] = [
    "nevertheless",
    "consequently",
    "deliberate",
    "magnificent",
    "architecture",
    "of",
    "which",
    "emphasises",
    "the",
    "proportion",
];

/// A text at one of five levels of how it is written, with a length that says nothing of the level, and its grade.
pub fn graded(number: u64) -> proto::GradedText {
    let level = number % 5;
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1;
    let mut next = move |bound: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % bound
    };
    let words = 80 + next(200);
    let mut text = String::new();
    for word in 0..words {
        let list = if next(6) < level { RARE } else { PLAIN };
        text.push_str(list[usize::try_from(next(10)).unwrap()]);
        text.push_str(if word % 11 == 10 { ". " } else { " " });
    }
    let noise = [-0.5, 0.0, 0.5][usize::try_from(next(3)).unwrap()];
    proto::GradedText { text, grade: 1.0 + f64::from(u32::try_from(level).unwrap()) + noise }
}

pub fn training(scale: &str, count: u64) -> proto::TrainScaleRequest {
    let band = |label: &str, min_grade| proto::ScaleBand { label: label.to_owned(), min_grade };
    proto::TrainScaleRequest {
        scale: scale.to_owned(),
        bands: vec![band("Satisfactory", 0.0), band("Good", 2.5), band("Best", 4.5)],
        texts: (0..count).map(graded).collect(),
        ..Default::default()
    }
}

fn score(scale: &str, text: &str) -> proto::ScoreTextRequest {
    proto::ScoreTextRequest { scale: scale.to_owned(), text: text.to_owned(), ..Default::default() }
}

async fn writing(server: &TestServer) -> WritingServiceClient<Channel> {
    WritingServiceClient::new(server.channel().await)
}

async fn train(
    client: &mut WritingServiceClient<Channel>,
    request: proto::TrainScaleRequest,
) -> Result<proto::Scale, Status> {
    let response = client.train_scale(tokio_stream::iter([request])).await?;
    Ok(response.into_inner().scale.unwrap())
}

fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

#[tokio::test]
async fn a_scale_is_trained_listed_shown_used_and_deleted() {
    let server = TestServer::start().await;
    let mut client = writing(&server).await;
    let whole = training("style", 150);
    // The texts may come in several messages.
    let messages = whole.texts.chunks(40).enumerate().map(|(place, texts)| {
        let first = if place == 0 { whole.clone() } else { proto::TrainScaleRequest::default() };
        proto::TrainScaleRequest { texts: texts.to_vec(), ..first }
    });
    let messages: Vec<_> = messages.collect();
    let scale = client.train_scale(tokio_stream::iter(messages)).await.unwrap().into_inner().scale.unwrap();
    assert_eq!((scale.texts, scale.language.as_str(), scale.collection.as_str()), (150, "en", "default"));
    assert_eq!((scale.min_grade, scale.max_grade, scale.grade_step), (0.5, 5.5, 0.5));
    let (agreement, length) = (scale.agreement.unwrap(), scale.length_agreement.unwrap());
    assert!(agreement.low <= agreement.kappa && agreement.kappa <= agreement.high, "{agreement:?}");
    assert!(agreement.low > length.high && agreement.kappa > 0.8, "{agreement:?} {length:?}");
    assert!(
        scale.weights.len() > 20 && scale.error > 0.0 && scale.error_90 > 0.0 && scale.created_at.is_some()
    );

    let again = train(&mut client, training("style", 150)).await.unwrap_err();
    assert_eq!((again.code(), reason(&again).as_str()), (Code::AlreadyExists, "SCALE_EXISTS"));
    let replace = proto::TrainScaleRequest { replace: true, ..training("style", 150) };
    let replaced = train(&mut client, replace).await.unwrap();
    assert_eq!(
        proto::Scale { created_at: scale.created_at, ..replaced },
        scale,
        "equal texts give equal scales"
    );

    let listed = client.list_scales(proto::ListScalesRequest::default()).await.unwrap().into_inner().scales;
    assert_eq!(listed.len(), 1);
    assert!(listed[0].weights.is_empty() && listed[0].agreement == scale.agreement);
    let get = proto::GetScaleRequest { scale: "style".to_owned(), ..Default::default() };
    let shown = client.get_scale(get.clone()).await.unwrap().into_inner().scale.unwrap();
    assert_eq!(shown.weights, scale.weights);

    for number in 200..205 {
        let text = graded(number);
        let found = client.score_text(score("style", &text.text)).await.unwrap().into_inner();
        assert!((found.score - text.grade).abs() < 1.5, "{} for {}", found.score, text.grade);
        assert!(found.low <= found.score && found.score <= found.high);
        let sum = found.contributions.iter().map(|one| one.contribution).sum::<f64>() + found.mean_grade;
        assert!((sum.clamp(0.5, 5.5) - found.score).abs() < 1e-9, "{sum} {}", found.score);
        let band = scale.bands.iter().rev().find(|band| band.min_grade <= found.score).unwrap();
        assert_eq!(found.band, band.label);
        assert!(found.contributions.is_sorted_by(|a, b| a.contribution.abs() >= b.contribution.abs()));
        assert_eq!(client.score_text(score("style", &text.text)).await.unwrap().into_inner(), found);
    }
    let text = graded(301).text;
    server.corpus().await.add_source(add("essay", &text)).await.unwrap();
    let source = proto::SourceName { collection: "default".to_owned(), id: "essay".to_owned() };
    let stored = proto::ScoreTextRequest { source: Some(source), ..score("style", "") };
    let stored = client.score_text(stored).await.unwrap().into_inner();
    assert_eq!(stored, client.score_text(score("style", &text)).await.unwrap().into_inner());

    let delete = proto::DeleteScaleRequest { scale: "style".to_owned(), ..Default::default() };
    assert!(client.delete_scale(delete.clone()).await.unwrap().into_inner().deleted);
    assert!(!client.delete_scale(delete).await.unwrap().into_inner().deleted);
    for status in [
        client.get_scale(get).await.unwrap_err(),
        client.score_text(score("style", "a b")).await.unwrap_err(),
    ] {
        assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "SCALE_NOT_FOUND"));
    }
}

#[tokio::test]
async fn a_scale_that_is_no_better_than_length_is_refused() {
    let server = TestServer::start().await;
    let mut client = writing(&server).await;
    let mut by_length = training("length", 200);
    for text in &mut by_length.texts {
        text.grade = f64::from(u32::try_from(text.text.split(' ').count() / 40).unwrap());
    }
    let mut by_chance = training("chance", 200);
    for (place, text) in by_chance.texts.iter_mut().enumerate() {
        text.grade = f64::from(u32::try_from(place * place * 31 % 97 % 4).unwrap());
    }
    for request in [by_length, by_chance] {
        let status = train(&mut client, request).await.unwrap_err();
        assert_eq!(status.code(), Code::FailedPrecondition, "{status:?}");
        let details = status.get_details_error_info().unwrap();
        assert_eq!(details.reason, "SCALE_NO_BETTER_THAN_LENGTH");
        assert!(details.metadata.contains_key("kappa") && details.metadata.contains_key("length_kappa"));
    }
    let listed = client.list_scales(proto::ListScalesRequest::default()).await.unwrap().into_inner().scales;
    assert!(listed.is_empty());
}

#[tokio::test]
async fn every_invalid_field_of_a_training_is_named() {
    let server = TestServer::start().await;
    let mut client = writing(&server).await;
    let whole = training("style", 120);
    let one_grade = || {
        let texts = whole.texts.iter().map(|text| proto::GradedText { grade: 3.0, ..text.clone() });
        proto::TrainScaleRequest { texts: texts.collect(), ..whole.clone() }
    };
    let with = |change: &dyn Fn(&mut proto::TrainScaleRequest)| {
        let mut request = whole.clone();
        change(&mut request);
        request
    };
    let cases = [
        (training("style", 99), "texts"),
        (one_grade(), "texts"),
        (training("", 120), "scale"),
        (training("no name", 120), "scale"),
        (with(&|request| request.collection = "-".to_owned()), "collection"),
        (with(&|request| request.texts[3].grade = f64::NAN), "texts[3].grade"),
        (with(&|request| request.texts[4].grade = 1e12), "texts[4].grade"),
        (with(&|request| request.texts[5].text = String::new()), "texts[5].text"),
        (with(&|request| request.texts[6].text = "?! ...".to_owned()), "texts[6].text"),
        (with(&|request| request.bands[1].label = String::new()), "bands[1].label"),
        (with(&|request| request.bands[1].min_grade = 9.0), "bands[2].min_grade"),
        (with(&|request| request.bands[2].label = "Good".to_owned()), "bands[2].label"),
        (with(&|request| request.bands[0].min_grade = f64::INFINITY), "bands[0].min_grade"),
    ];
    for (request, field) in cases {
        let status = train(&mut client, request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{field}: {status:?}");
        let violations = status.get_details_bad_request().unwrap().field_violations;
        assert!(violations.iter().any(|one| one.field == field), "{field}: {violations:?}");
    }
    let nothing = client.train_scale(tokio_stream::iter(Vec::new())).await.unwrap_err();
    assert_eq!(nothing.code(), Code::InvalidArgument, "{nothing:?}");
    let missing = proto::TrainScaleRequest { collection: "missing".to_owned(), ..whole.clone() };
    assert_eq!(reason(&train(&mut client, missing).await.unwrap_err()), "COLLECTION_NOT_FOUND");
    let texts = vec![proto::GradedText { text: "word".to_owned(), grade: 1.0 }; 20_001];
    let many = train(&mut client, proto::TrainScaleRequest { texts, ..whole.clone() }).await.unwrap_err();
    assert_eq!(many.code(), Code::OutOfRange, "{many:?}");
}

#[tokio::test]
async fn odd_texts_are_scored_with_warnings_or_refused() {
    let server = TestServer::start().await;
    let mut client = writing(&server).await;
    train(&mut client, training("style", 150)).await.unwrap();
    for text in ["word", &"word and more ".repeat(100_000), "海岸の灯台は夜に光る。", "1 2 3"] {
        let found = client.score_text(score("style", text)).await.unwrap().into_inner();
        assert!((0.5..=5.5).contains(&found.score) && !found.warnings.is_empty(), "{:?}", found.warnings);
    }
    for (text, code, why) in [
        ("", Code::InvalidArgument, "INVALID_FIELD"),
        ("?! ...", Code::InvalidArgument, "NO_WORDS"),
        (
            &"Der Wärter schrieb jeden Sturm in ein Buch, das niemand lesen sollte, und ging. ".repeat(6),
            Code::FailedPrecondition,
            "SCALE_NOT_APPLICABLE",
        ),
    ] {
        let status = client.score_text(score("style", text)).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (code, why), "{status:?}");
    }
}

#[tokio::test]
async fn a_key_sees_the_scales_of_its_collections_alone() {
    let keys = Keys::new();
    let (all, _) = keys.make(Role::Write, &["*"]);
    let (some, _) = keys.make(Role::Write, &["mine"]);
    let (reader, _) = keys.make(Role::Check, &["mine"]);
    let server = TestServer::start_with(|settings| keys.set(settings)).await;
    let mut corpus = CorpusServiceClient::new(keyed(&server, &all).await);
    for name in ["mine", "theirs"] {
        let create = proto::CreateCollectionRequest { name: name.to_owned(), ..Default::default() };
        corpus.create_collection(create).await.unwrap();
    }
    let request = |collection: &str, scale: &str| proto::TrainScaleRequest {
        collection: collection.to_owned(),
        ..training(scale, 120)
    };
    let mut whole = WritingServiceClient::new(keyed(&server, &all).await);
    for (collection, scale) in [("mine", "open"), ("theirs", "secret")] {
        whole.train_scale(tokio_stream::iter([request(collection, scale)])).await.unwrap();
    }
    let mut client = WritingServiceClient::new(keyed(&server, &some).await);
    let (collection, scale) = ("theirs".to_owned(), "secret".to_owned());
    let list = proto::ListScalesRequest { collection: collection.clone() };
    let get = proto::GetScaleRequest { collection: collection.clone(), scale: scale.clone() };
    let delete = proto::DeleteScaleRequest { collection: collection.clone(), scale: scale.clone() };
    let place =
        proto::ScoreTextRequest { collection: collection.clone(), ..score("secret", "words of a text") };
    let refused = [
        client.list_scales(list).await.unwrap_err(),
        client.get_scale(get).await.unwrap_err(),
        client.delete_scale(delete).await.unwrap_err(),
        client.score_text(place).await.unwrap_err(),
        client.train_scale(tokio_stream::iter([request("theirs", "secret")])).await.unwrap_err(),
    ];
    for status in refused {
        assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "COLLECTION_NOT_FOUND"));
    }
    // A source that the key does not see can't be scored on a scale that it sees.
    let theirs = proto::AddSourceRequest { collection, ..add("essay", &graded(1).text) };
    corpus.add_source(theirs).await.unwrap();
    let source = proto::SourceName { collection: "theirs".to_owned(), id: "essay".to_owned() };
    let stolen =
        proto::ScoreTextRequest { collection: "mine".to_owned(), source: Some(source), ..score("open", "") };
    assert_eq!(reason(&client.score_text(stolen).await.unwrap_err()), "COLLECTION_NOT_FOUND");
    let mut reader = WritingServiceClient::new(keyed(&server, &reader).await);
    let list = proto::ListScalesRequest { collection: "mine".to_owned() };
    assert_eq!(reader.list_scales(list).await.unwrap().into_inner().scales.len(), 1);
    let denied = reader.train_scale(tokio_stream::iter([request("mine", "other")])).await.unwrap_err();
    assert_eq!(denied.code(), Code::PermissionDenied);
}

#[test]
fn the_command_line_trains_lists_shows_scores_and_deletes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("graded.jsonl");
    let mut lines = String::new();
    for number in 0..150 {
        let proto::GradedText { text, grade } = graded(number);
        let _ = writeln!(lines, r#"{{"essay": "{text}", "score": {grade}, "id": {number}}}"#);
    }
    std::fs::write(&file, lines).unwrap();
    let essay = folder.path().join("essay.txt");
    std::fs::write(&essay, graded(204).text).unwrap();
    let (file, essay) = (file.to_str().unwrap(), essay.to_str().unwrap());
    let served = Served::start(&[]);
    let run = |arguments: &[&str]| run(&[&["scale"], arguments].concat(), &served.address);
    let train = [
        "train",
        "style",
        file,
        "--text-field",
        "essay",
        "--grade-field",
        "score",
        "--band",
        "Low=0",
        "--band",
        "High=3",
    ];
    let trained = run(&train);
    assert!(trained.status.success(), "{}", stderr(&trained));
    assert!(
        stdout(&trained).contains("quadratic weighted kappa") && stdout(&trained).contains("length alone")
    );
    assert!(stderr(&run(&train)).contains("--replace") || stderr(&run(&train)).contains("replace it"));
    assert!(stdout(&run(&["list"])).contains("style"));
    assert!(stdout(&run(&["show", "style"])).contains("Low from 0, High from 3"));
    let scored = stdout(&run(&["score", "style", essay]));
    assert!(scored.contains("High") && scored.contains("with 90 % confidence"), "{scored}");
    let scored: serde_json::Value =
        serde_json::from_str(&stdout(&run(&["score", "style", essay, "--json"]))).unwrap();
    assert_eq!(scored["band"], "High");
    let wrong = run(&["train", "other", file]);
    assert!(stderr(&wrong).contains("--text-field"), "{}", stderr(&wrong));
    assert!(stdout(&run(&["delete", "style", "--yes"])).contains("Deleted scale style"));
    assert!(stdout(&run(&["list"])).contains("no scales"));
}
