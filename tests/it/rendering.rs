//! Reports as HTML over gRPC: every subject, keys, limits.

use palimpsest::proto;
use palimpsest::proto::render_report_request::Subject;
use palimpsest::proto::rendering_service_client::RenderingServiceClient;
use palimpsest::service::Role;
use tokio_stream::StreamExt;
use tonic::{Code, Status};

use crate::access::{Keyed, Keys, keyed};
use crate::harness::{TestServer, add, check, fill, report};
use crate::words::Words;

const COPIED: &str = "the harbour itself was dredged and widened and lit by gas before the war began";

fn essay() -> String {
    format!(
        "I wrote this for my teacher: {COPIED}, as everybody knows. Nothing else in it was taken from anyone."
    )
}

fn source() -> String {
    format!(
        "Secret beginning of the source. It is told that {COPIED}. Secret end of the source, which nobody copied."
    )
}

/// Renders a subject. Returns the file.
async fn rendered<T>(
    client: &mut RenderingServiceClient<T>,
    subject: Option<Subject>,
    options: proto::RenderOptions,
) -> Result<String, Status>
where
    T: tonic::client::GrpcService<tonic::body::Body>,
    T::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    T::ResponseBody: http_body::Body<Data = bytes::Bytes> + Send + 'static,
    <T::ResponseBody as http_body::Body>::Error: Into<Box<dyn std::error::Error + Send + Sync>> + Send,
{
    let request = proto::RenderReportRequest { subject, options: Some(options) };
    let mut pieces = client.render_report(request).await?.into_inner();
    let mut file = Vec::new();
    while let Some(piece) = pieces.next().await {
        let chunk = piece?.chunk;
        assert!(!chunk.is_empty() && chunk.len() <= 64 << 10);
        file.extend(chunk);
    }
    Ok(String::from_utf8(file).unwrap())
}

fn named(name: &str) -> proto::RenderOptions {
    proto::RenderOptions { submission_name: name.to_owned(), ..proto::RenderOptions::default() }
}

fn stored(id: &str) -> Option<proto::SourceName> {
    Some(proto::SourceName { collection: String::new(), id: id.to_owned() })
}

fn pair(first: &str, second: &str) -> Subject {
    Subject::Pair(proto::ComparePairRequest {
        submission: stored(first),
        source: stored(second),
        options: None,
    })
}

fn is_file(html: &str) {
    assert!(html.starts_with("<!DOCTYPE html>") && html.ends_with("</html>\n"), "{html}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_subject_is_one_file() {
    let server = TestServer::start().await;
    let (source, essay) = (source(), essay());
    fill(&mut server.corpus().await, &[("harbour", &source), ("essay", &essay)]).await;
    let mut client = RenderingServiceClient::new(server.channel().await);
    let scope = Some(proto::Scope { exclude_source_ids: vec!["essay".into()], ..Default::default() });
    let of_text = proto::CheckRequest { scope, ..check(&essay) };
    let checked =
        rendered(&mut client, Some(Subject::Check(of_text.clone())), named("essay <1>")).await.unwrap();
    let compared = proto::ComparedText {
        id: "given".into(),
        title: "A title".into(),
        text: source.clone(),
        ..Default::default()
    };
    let comparison =
        proto::CompareRequest { text: essay.clone(), sources: vec![compared], ..Default::default() };
    let compared = rendered(&mut client, Some(Subject::Compare(comparison)), named("")).await.unwrap();
    let of_stored = proto::CheckRequest { source: stored("essay"), ..Default::default() };
    let of_stored = rendered(&mut client, Some(Subject::Check(of_stored)), named("")).await.unwrap();
    let of_pair = rendered(&mut client, Some(pair("essay", "harbour")), named("")).await.unwrap();
    for (html, parts) in [
        (&checked, ["essay &lt;1&gt;", "harbour", "Corpus revision"]),
        (&compared, ["A title", "given", "A comparison with given texts"]),
        (&of_stored, ["essay", "harbour", "A check against a corpus"]),
        (&of_pair, ["essay", "harbour", "A comparison of two sources"]),
    ] {
        is_file(html);
        assert!(html.contains("I wrote this for my teacher") && html.contains(COPIED), "{html}");
        assert!(!html.contains("Secret beginning"), "{html}");
        for part in parts {
            assert!(html.contains(part), "{part}: {html}");
        }
    }
    // A finished report of any unit gives the same page.
    let options = proto::DetectionOptions {
        include_excerpts: true,
        offset_unit: proto::OffsetUnit::Utf16CodeUnits.into(),
        ..Default::default()
    };
    let of_text = proto::CheckRequest { options: Some(options), ..of_text };
    let report = report(&mut server.detection().await, of_text).await;
    let finished = |text: &str| {
        Some(Subject::Finished(proto::FinishedReport { report: Some(report.clone()), text: text.to_owned() }))
    };
    let again = rendered(&mut client, finished(&essay), named("essay <1>")).await.unwrap();
    let text = |html: &str| {
        html.split("id=\"text\"").nth(1).unwrap().split("id=\"guide\"").next().unwrap().to_owned()
    };
    assert_eq!(text(&again), text(&checked));
    let refused = rendered(&mut client, finished("another text"), named("")).await.unwrap_err();
    assert!(
        refused.code() == Code::InvalidArgument && refused.message().contains("finished.text"),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pairs_are_one_file() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    for number in 0..4_u64 {
        let text = format!(
            "{}\n\n{COPIED}\n\n{}",
            Words::new(10 + number).text(40),
            Words::new(20 + number).text(40)
        );
        let source = proto::Source {
            title: format!("Title <{number}>"),
            ..crate::harness::source(&format!("member-{number}"), &text)
        };
        corpus
            .add_source(proto::AddSourceRequest { source: Some(source), ..Default::default() })
            .await
            .unwrap();
    }
    let mut client = RenderingServiceClient::new(server.channel().await);
    let pairs = || Some(Subject::Pairs(proto::CompareAllRequest::default()));
    let html = rendered(&mut client, pairs(), named("Seminar")).await.unwrap();
    is_file(&html);
    assert_eq!(html.matches("<section class=\"pair\"").count(), 6, "{html}");
    assert!(html.contains("Title &lt;3&gt;") && html.contains("Cluster 1: 4 texts") && html.contains(COPIED));
    let options = proto::RenderOptions { hide_names: true, max_rendered_pairs: Some(2), ..named("Seminar") };
    let html = rendered(&mut client, pairs(), options).await.unwrap();
    is_file(&html);
    assert_eq!(html.matches("<section class=\"pair\"").count(), 2);
    for name in ["Title", "member-", "Seminar"] {
        assert!(!html.contains(name), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_may_not_read_texts_get_excerpts_of_stored_ones() {
    let keys = Keys::new();
    let (reader, _) = keys.make(Role::Write, &["*"]);
    let (checker, _) = keys.make(Role::Check, &["*"]);
    let (other, _) = keys.make(Role::Check, &["other-*"]);
    let server = TestServer::start_with(|settings| keys.set(settings)).await;
    let mut corpus = proto::corpus_service_client::CorpusServiceClient::new(keyed(&server, &reader).await);
    for (id, text) in [("essay", essay()), ("harbour", source())] {
        corpus.add_source(add(id, &text)).await.unwrap();
    }
    let client = async |key: &str| -> RenderingServiceClient<Keyed> {
        RenderingServiceClient::new(keyed(&server, key).await)
    };
    let whole =
        rendered(&mut client(&reader).await, Some(pair("essay", "harbour")), named("")).await.unwrap();
    let excerpts =
        rendered(&mut client(&checker).await, Some(pair("essay", "harbour")), named("")).await.unwrap();
    assert!(whole.contains("I wrote this for my teacher") && whole.contains(COPIED));
    assert!(!excerpts.contains("I wrote this for my teacher") && excerpts.contains(COPIED), "{excerpts}");
    let of_stored = proto::CheckRequest { source: stored("essay"), ..Default::default() };
    let excerpts =
        rendered(&mut client(&checker).await, Some(Subject::Check(of_stored)), named("")).await.unwrap();
    assert!(!excerpts.contains("I wrote this for my teacher") && excerpts.contains(COPIED), "{excerpts}");
    for subject in [
        pair("essay", "harbour"),
        Subject::Check(check(&essay())),
        Subject::Pairs(proto::CompareAllRequest::default()),
    ] {
        let refused = rendered(&mut client(&other).await, Some(subject), named("")).await.unwrap_err();
        assert_eq!(refused.code(), Code::NotFound, "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_requests_name_their_fields() {
    let server = TestServer::start().await;
    let mut client = RenderingServiceClient::new(server.channel().await);
    let long = named(&"x".repeat(513));
    let many = proto::RenderOptions { max_rendered_pairs: Some(1001), ..named("") };
    let options = proto::PairOptions { max_pairs: Some(10_001), ..Default::default() };
    let all = proto::CompareAllRequest { options: Some(options), ..Default::default() };
    for (subject, options, field) in [
        (None, named(""), "subject"),
        (Some(Subject::Check(check("some words"))), long, "options.submission_name"),
        (Some(Subject::Check(check("some words"))), many, "options.max_rendered_pairs"),
        (Some(Subject::Pairs(all)), named(""), "pairs.options.max_pairs"),
        (Some(Subject::Finished(proto::FinishedReport::default())), named(""), "finished.report"),
        (Some(Subject::Check(check(""))), named(""), ""),
    ] {
        let refused = rendered(&mut client, subject, options).await.unwrap_err();
        assert!(refused.code() == Code::InvalidArgument && refused.message().contains(field), "{refused:?}");
    }
}
