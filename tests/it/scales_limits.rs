//! Scales under bad and large input: each refusal names what is wrong, its place, the limit and the next step.

use palimpsest::proto::writing_service_client::WritingServiceClient;
use palimpsest::proto::{self, TrainScaleRequest};
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::harness::TestServer;
use crate::scales::{graded, training};

async fn client(server: &TestServer) -> WritingServiceClient<Channel> {
    WritingServiceClient::new(server.channel().await)
}

async fn refused(client: &mut WritingServiceClient<Channel>, messages: Vec<TrainScaleRequest>) -> Status {
    client.train_scale(tokio_stream::iter(messages)).await.unwrap_err()
}

fn score(text: &str) -> proto::ScoreTextRequest {
    proto::ScoreTextRequest { scale: "style".to_owned(), text: text.to_owned(), ..Default::default() }
}

/// What is said of a field.
fn violation(status: &Status, field: &str) -> String {
    assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
    let violations = status.get_details_bad_request().unwrap().field_violations;
    let found = violations.iter().find(|one| one.field == field);
    found.unwrap_or_else(|| panic!("no {field} in {violations:?}")).description.clone()
}

/// Checks that a message of an error has all of these.
fn has(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "no {part:?} in {message:?}");
    }
}

#[tokio::test]
async fn a_hundred_thousand_texts_are_refused_at_the_limit() {
    let server = TestServer::start().await;
    let mut client = client(&server).await;
    let first = training("style", 1);
    let texts = || vec![proto::GradedText { text: "a few words".to_owned(), grade: 1.0 }; 5_000];
    let more = (0..20).map(|_| TrainScaleRequest { texts: texts(), ..Default::default() });
    let status = refused(&mut client, std::iter::once(first).chain(more).collect()).await;
    assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
    has(status.message(), &["texts", "20001", "20000", "max_scale_texts", "send"]);
    let details = status.get_details_error_info().unwrap();
    assert_eq!(
        (details.reason.as_str(), details.metadata["limit_value"].as_str()),
        ("TEXT_TOO_LARGE", "20000")
    );
}

#[tokio::test]
async fn a_text_that_is_too_large_is_named() {
    let server = TestServer::start_with(|settings| {
        settings.limits.max_text_bytes = 20_000;
        settings.limits.max_text_words = 3_000;
    })
    .await;
    let mut client = client(&server).await;
    let mut large = training("style", 120);
    large.texts[7].text = "word ".repeat(5_000);
    let status = refused(&mut client, vec![large]).await;
    assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
    has(status.message(), &["graded text 7", "25000 bytes", "20000", "max_text_bytes"]);
    let mut long = training("style", 120);
    long.texts[8].text = "be ".repeat(4_000);
    let status = refused(&mut client, vec![long]).await;
    has(status.message(), &["graded text 8", "4000 words", "3000", "max_text_words"]);
    client.train_scale(tokio_stream::iter([training("style", 120)])).await.unwrap();
    let status = client.score_text(score(&"be ".repeat(4_000))).await.unwrap_err();
    assert_eq!(status.code(), Code::OutOfRange, "{status:?}");
    has(status.message(), &["4000 words", "3000", "max_text_words"]);
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let server = TestServer::start().await;
    let mut client = client(&server).await;
    let few = refused(&mut client, vec![training("style", 99)]).await;
    has(&violation(&few, "texts"), &["99 different texts", "100", "send more"]);
    let mut copies = training("style", 150);
    for place in 0..60 {
        copies.texts[place].text = copies.texts[149].text.clone();
    }
    has(&violation(&refused(&mut client, vec![copies]).await, "texts"), &["90 different texts", "100"]);
    let mut equal = training("style", 120);
    equal.texts.iter_mut().for_each(|text| text.grade = 3.0);
    has(&violation(&refused(&mut client, vec![equal]).await, "texts"), &["grade 3", "send"]);
    for grade in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e10] {
        let mut odd = training("style", 120);
        odd.texts[5].grade = grade;
        has(&violation(&refused(&mut client, vec![odd]).await, "texts[5].grade"), &["1e9", "send"]);
    }
    // Places are counted over all messages.
    let mut later = training("", 10);
    later.texts[2].text = String::new();
    let status = refused(&mut client, vec![training("style", 120), later.clone()]).await;
    has(&violation(&status, "bands"), &["later message", "first one"]);
    later.bands.clear();
    let status = refused(&mut client, vec![training("style", 120), later]).await;
    has(&violation(&status, "texts[122].text"), &["empty", "leave"]);
    let mut signs = training("style", 120);
    signs.texts[119].text = "?! … 🙂".to_owned();
    has(&violation(&refused(&mut client, vec![signs]).await, "texts[119].text"), &["no words", "leave"]);
}

#[tokio::test]
async fn a_few_copies_and_other_languages_are_no_harm() {
    let server = TestServer::start().await;
    let mut client = client(&server).await;
    let mut texts = training("style", 150);
    texts.texts[3] = texts.texts[4].clone();
    texts.texts[5].text =
        "Der Wärter schrieb jeden Sturm in ein Buch, das niemand lesen sollte, und ging. ".repeat(6);
    texts.texts[6].text = "海岸の灯台は夜に光る。".repeat(20);
    texts.texts[7].text = "word".to_owned();
    let trained = client.train_scale(tokio_stream::iter([texts])).await.unwrap().into_inner().scale.unwrap();
    assert_eq!((trained.texts, trained.language.as_str()), (150, "en"));
    let english = graded(3).text;
    let mixed = format!(
        "{english}\n\nDer Wärter schrieb jeden Sturm in ein Buch, das niemand lesen sollte. {english}"
    );
    let found = client.score_text(score(&mixed)).await.unwrap().into_inner();
    assert!(found.low <= found.score && found.score <= found.high, "{found:?}");
    let million = client.score_text(score(&"word and ".repeat(200_000))).await.unwrap().into_inner();
    assert!(million.warnings.iter().any(|warning| warning.contains("longest")), "{:?}", million.warnings);
}

#[tokio::test]
async fn a_stream_that_ends_early_stores_nothing() {
    let server = TestServer::start().await;
    let mut client = client(&server).await;
    let (sender, receiver) = tokio::sync::mpsc::channel(4);
    let mut trainer = client.clone();
    let call = tokio::spawn(async move {
        trainer.train_scale(tokio_stream::wrappers::ReceiverStream::new(receiver)).await
    });
    sender.send(training("style", 120)).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    // The stream that ends after the first message of too few texts.
    let status = refused(&mut client, vec![training("style", 20)]).await;
    has(&violation(&status, "texts"), &["20 different texts", "100"]);
    let listed = client.list_scales(proto::ListScalesRequest::default()).await.unwrap().into_inner().scales;
    assert!(listed.is_empty(), "{listed:?}");
}
