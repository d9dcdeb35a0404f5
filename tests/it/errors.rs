//! Bad input gets a clear error: the right code, the field, and what to do.

use std::collections::HashMap;

use palimpsest::proto;
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::harness::{TestServer, add, check, fill};

fn fields(status: &Status) -> Vec<String> {
    let violations = status.get_details_bad_request().map(|bad| bad.field_violations).unwrap_or_default();
    violations.into_iter().map(|violation| violation.field).collect()
}

#[track_caller]
fn assert_status(status: &Status, code: Code, expected_fields: &[&str], message: &str) {
    assert_eq!(status.code(), code, "{status:?}");
    assert_eq!(fields(status), expected_fields, "{status:?}");
    assert!(status.message().contains(message), "{message:?} is not in {:?}", status.message());
    let info = status.get_details_error_info().unwrap_or_else(|| panic!("{status:?} has no reason"));
    assert_eq!(info.domain, "palimpsest");
    assert!(!info.reason.is_empty());
}

fn reason(status: &Status) -> (String, HashMap<String, String>) {
    let info = status.get_details_error_info().unwrap();
    (info.reason, info.metadata)
}

#[tokio::test]
async fn errors_have_reasons_and_facts() {
    let server = TestServer::start_with(|settings| settings.limits.max_text_bytes = 1000).await;
    let mut corpus = server.corpus().await;
    fill(&mut corpus, &[("a", "five words are quite enough")]).await;
    let facts = |facts: &[(&str, &str)]| {
        facts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<HashMap<_, _>>()
    };
    let exists = corpus.add_source(add("a", "five words are quite enough")).await.unwrap_err();
    let named = facts(&[("collection", "default"), ("id", "a")]);
    assert_eq!(reason(&exists), ("SOURCE_EXISTS".to_owned(), named));
    let missing = proto::GetSourceRequest { id: "b".into(), ..Default::default() };
    let missing = corpus.get_source(missing).await.unwrap_err();
    assert_eq!(reason(&missing).0, "SOURCE_NOT_FOUND");
    let short = corpus.add_source(add("c", "only four words here")).await.unwrap_err();
    assert_eq!(reason(&short), ("TOO_FEW_WORDS".to_owned(), facts(&[("words", "4"), ("min_words", "5")])));
    let large = corpus.add_source(add("c", &"x".repeat(1001))).await.unwrap_err();
    let limit = facts(&[("limit", "max_text_bytes"), ("limit_value", "1000"), ("bytes", "1001")]);
    assert_eq!(reason(&large), ("TEXT_TOO_LARGE".to_owned(), limit.clone()));
    // The item of a stream has the same.
    let items = [proto::CheckStreamRequest { key: "k".into(), check: Some(check(&"x".repeat(1001))) }];
    let mut detection = server.detection().await;
    let mut items = detection.check_stream(tokio_stream::iter(items)).await.unwrap().into_inner();
    let item = items.message().await.unwrap().unwrap();
    let Some(proto::check_stream_response::Result::Error(error)) = item.result else { panic!("{item:?}") };
    assert_eq!((error.reason.as_str(), error.metadata.into_iter().collect()), ("TEXT_TOO_LARGE", limit));
    // An error of the gRPC library, which knows no reasons.
    let mut unknown = tonic::client::Grpc::new(server.channel().await);
    unknown.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static("/palimpsest.v1.DetectionService/Guess");
    let codec = tonic_prost::ProstCodec::<proto::CheckRequest, proto::CheckResponse>::default();
    let status = unknown.unary(tonic::Request::new(check("text")), path, codec).await.unwrap_err();
    assert_eq!(status.code(), Code::Unimplemented);
    assert_eq!(reason(&status).0, "UNIMPLEMENTED");
}

#[tokio::test]
async fn bad_sources() {
    let server = TestServer::start_with(|settings| {
        settings.limits.max_text_bytes = 1000;
        settings.limits.max_text_words = 100;
        settings.limits.max_sources_per_collection = 3;
    })
    .await;
    let mut corpus = server.corpus().await;
    let good = "five words are quite enough";
    let edit = |change: &dyn Fn(&mut proto::AddSourceRequest)| {
        let mut request = add("id", good);
        change(&mut request);
        request
    };
    let long = "x".repeat(1001);
    let words = "a ".repeat(101);
    let cases: Vec<(proto::AddSourceRequest, Code, Vec<&str>, &str)> = vec![
        (edit(&|r| r.source = None), Code::InvalidArgument, vec!["source"], "is missing"),
        (add("id", ""), Code::InvalidArgument, vec!["source.text"], "has no words"),
        (add("id", "… — !"), Code::InvalidArgument, vec!["source.text"], "has no words"),
        (add("id", "only four words here"), Code::InvalidArgument, vec!["source.text"], "needs 5 at least"),
        (
            add("id", &long),
            Code::OutOfRange,
            vec![],
            "1001 bytes, but may have 1000 at most (max_text_bytes)",
        ),
        (add("id", &words), Code::OutOfRange, vec![], "101 words, but may have 100 at most (max_text_words)"),
        (add("a\nb", good), Code::InvalidArgument, vec!["source.id"], "U+000A at byte 1"),
        (
            add(&"x".repeat(513), good),
            Code::InvalidArgument,
            vec!["source.id"],
            "513 bytes, but may have 512",
        ),
        (
            edit(&|r| r.collection = "no such".into()),
            Code::InvalidArgument,
            vec!["collection"],
            "' ' at byte 2",
        ),
        (edit(&|r| r.collection = "none".into()), Code::NotFound, vec![], "no collection \"none\""),
        (edit(&|r| r.if_exists = 9), Code::InvalidArgument, vec!["if_exists"], "is 9"),
        (
            edit(&|r| {
                let source = r.source.as_mut().unwrap();
                source.title = "t".repeat(1025);
                source.group = "g\u{0}".into();
                source.labels = vec!["ok".into(), String::new(), "l".repeat(129)];
            }),
            Code::InvalidArgument,
            vec!["source.title", "source.group", "source.labels[1]", "source.labels[2]"],
            "must not be empty",
        ),
        (
            edit(&|r| r.source.as_mut().unwrap().labels = (0..65).map(|i| format!("l{i}")).collect()),
            Code::InvalidArgument,
            vec!["source.labels"],
            "65 entries, but may have 64",
        ),
    ];
    for (request, code, fields, message) in cases {
        let shown = format!("{request:?}");
        let status = corpus.add_source(request).await.expect_err(&shown);
        assert_status(&status, code, &fields, message);
    }
    let stats = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner().stats.unwrap();
    assert_eq!((stats.sources, stats.revision), (0, 0), "nothing was changed");
    // Values at the limits are accepted.
    fill(&mut corpus, &[("a", good), ("b", &"x ".repeat(100)), (&"i".repeat(512), good)]).await;
    let full = corpus.add_source(add("c", good)).await.unwrap_err();
    assert_status(&full, Code::ResourceExhausted, &[], "max_sources_per_collection");
    let mut replace = add("a", good);
    replace.if_exists = proto::IfExists::Replace.into();
    let full = corpus.add_source(replace).await;
    assert!(full.is_ok_and(|added| added.into_inner().replaced), "replacing needs no more room");
}

#[tokio::test]
async fn bad_names_ids_and_pages() {
    let server = TestServer::start_with(|settings| settings.limits.max_collections = 2).await;
    let mut corpus = server.corpus().await;
    let create = |name: &str, k, w| proto::CreateCollectionRequest {
        name: name.to_owned(),
        kgram_tokens: k,
        window_kgrams: w,
        ..Default::default()
    };
    let status = corpus.create_collection(create("", Some(2), Some(65))).await.unwrap_err();
    assert_status(
        &status,
        Code::InvalidArgument,
        &["name", "kgram_tokens", "window_kgrams"],
        "must be from 3 to 32",
    );
    let status = corpus.create_collection(create("default", None, None)).await.unwrap_err();
    assert_status(&status, Code::AlreadyExists, &[], "\"default\" already");
    corpus.create_collection(create("b", None, None)).await.unwrap();
    let status = corpus.create_collection(create("c", None, None)).await.unwrap_err();
    assert_status(&status, Code::ResourceExhausted, &[], "max_collections");

    let status =
        corpus.get_collection(proto::GetCollectionRequest { name: "x/y".to_owned() }).await.unwrap_err();
    assert_status(&status, Code::InvalidArgument, &["name"], "'/' at byte 1");
    let status =
        corpus.get_collection(proto::GetCollectionRequest { name: "xy".to_owned() }).await.unwrap_err();
    assert_status(&status, Code::NotFound, &[], "\"xy\"");
    let status = corpus.delete_collection(proto::DeleteCollectionRequest::default()).await.unwrap_err();
    assert_status(&status, Code::InvalidArgument, &["name"], "must not be empty");

    let status = corpus.get_source(proto::GetSourceRequest::default()).await.unwrap_err();
    assert_status(&status, Code::InvalidArgument, &["id"], "must not be empty");
    let unknown = proto::DeleteSourceRequest { id: "x".to_owned(), ..Default::default() };
    let status = corpus.delete_source(unknown).await.unwrap_err();
    assert_status(&status, Code::NotFound, &[], "no source \"x\" in collection \"default\"");

    fill(&mut corpus, &[("a", "five words are quite enough"), ("b", "five words are quite enough")]).await;
    let list = |page_token: &str, page_size| proto::ListSourcesRequest {
        page_token: page_token.to_owned(),
        page_size,
        ..Default::default()
    };
    let token = corpus.list_sources(list("", 1)).await.unwrap().into_inner().next_page_token;
    assert!(corpus.list_sources(list(&token, 1000)).await.is_ok());
    for token in ["x", &token[1..]] {
        let status = corpus.list_sources(list(token, 1)).await.unwrap_err();
        assert_eq!((status.code(), fields(&status)), (Code::InvalidArgument, vec!["page_token".to_owned()]));
    }
    let foreign = proto::ListCollectionsRequest { page_token: token, page_size: 1 };
    let status = corpus.list_collections(foreign).await.unwrap_err();
    assert_status(&status, Code::InvalidArgument, &["page_token"], "start from the beginning");
}

#[tokio::test]
async fn bad_checks() {
    let server = TestServer::start_with(|settings| settings.limits.max_text_bytes = 1000).await;
    let mut detection = server.detection().await;
    let status = detection.check(check(" ")).await.unwrap_err();
    assert_status(&status, Code::InvalidArgument, &["text"], "has no words");
    let status = detection.check(check(&"x".repeat(1001))).await.unwrap_err();
    assert_status(&status, Code::OutOfRange, &[], "the submission has 1001 bytes");

    let mut request = check("some words to check here");
    request.options = Some(proto::DetectionOptions {
        min_passage_words: Some(0),
        mode: 7,
        commonness_cap: Some(0),
        commonness_percent: Some(100.5),
        offset_unit: 12,
        include_excerpts: true,
        max_sources: Some(0),
        max_passages: Some(10_001),
        exclusions: Some(proto::Exclusions {
            boilerplate_texts: vec!["some text".to_owned(); 101],
            boilerplate_collections: vec!["a".to_owned(), "b b".to_owned(), "a".to_owned()],
            own_groups: vec!["anna".to_owned(), String::new()],
            ..Default::default()
        }),
        max_expected_by_chance: Some(-1.0),
        allow_partial: false,
    });
    let status = detection.check(request).await.unwrap_err();
    let expected = [
        "options.commonness_cap",
        "options.commonness_percent",
        "options.exclusions.boilerplate_collections[1]",
        "options.exclusions.boilerplate_collections[2]",
        "options.exclusions.boilerplate_texts",
        "options.exclusions.own_groups[1]",
        "options.include_excerpts",
        "options.max_expected_by_chance",
        "options.max_passages",
        "options.max_passages",
        "options.min_passage_words",
        "options.mode",
        "options.offset_unit",
    ];
    let mut named = fields(&status);
    named.sort();
    assert_eq!((status.code(), named), (Code::InvalidArgument, expected.map(str::to_owned).to_vec()));
    assert!(status.message().contains("unset one of the two"), "{}", status.message());

    let mut request = check("some words to check here");
    request.scope = Some(proto::Scope {
        collections: vec!["a".to_owned(), "b b".to_owned(), "a".to_owned()],
        exclude_groups: vec![String::new()],
        exclude_labels: (0..1001).map(|i| i.to_string()).collect(),
        ..Default::default()
    });
    let status = detection.check(request).await.unwrap_err();
    let expected =
        ["scope.collections[1]", "scope.collections[2]", "scope.exclude_groups[0]", "scope.exclude_labels"];
    assert_status(&status, Code::InvalidArgument, &expected, "stands in the list already");

    let mut request = check("some words to check here");
    request.scope = Some(proto::Scope { collections: vec!["gone".to_owned()], ..Default::default() });
    assert_status(&detection.check(request).await.unwrap_err(), Code::NotFound, &[], "\"gone\"");
}

#[tokio::test]
async fn bad_exclusions() {
    let server = TestServer::start_with(|settings| settings.limits.max_text_bytes = 1000).await;
    let mut detection = server.detection().await;
    let exclude = |exclusions: proto::Exclusions| {
        let mut request = check("some words to check here");
        request.options =
            Some(proto::DetectionOptions { exclusions: Some(exclusions), ..Default::default() });
        request
    };
    for percent in [0.0, -1.0, f64::NAN, f64::INFINITY, 100.000_1] {
        let mut request = check("some words to check here");
        let commonness_percent = Some(percent);
        request.options = Some(proto::DetectionOptions { commonness_percent, ..Default::default() });
        let status = detection.check(request).await.unwrap_err();
        let message = "must be more than 0, and 100 at most";
        assert_status(&status, Code::InvalidArgument, &["options.commonness_percent"], message);
    }
    for percent in [f64::MIN_POSITIVE, 100.0] {
        let mut request = check("some words to check here");
        let commonness_percent = Some(percent);
        request.options = Some(proto::DetectionOptions { commonness_percent, ..Default::default() });
        assert!(detection.check(request).await.is_ok(), "{percent}");
    }
    let texts = |texts: &[&str]| proto::Exclusions {
        boilerplate_texts: texts.iter().map(|text| (*text).to_owned()).collect(),
        ..Default::default()
    };
    let empty = exclude(texts(&["an assignment", " … "]));
    let status = detection.check(empty.clone()).await.unwrap_err();
    let field = "options.exclusions.boilerplate_texts[1]";
    assert_status(&status, Code::InvalidArgument, &[field], "has no words");
    let compare = proto::CompareRequest {
        submitted_at: None,
        text: "some words to compare".to_owned(),
        sources: vec![proto::ComparedText { text: "with others".to_owned(), ..Default::default() }],
        options: empty.options,
        ..Default::default()
    };
    let status = detection.compare(compare).await.unwrap_err();
    assert_status(&status, Code::InvalidArgument, &[field], "has no words");
    let status = detection.check(exclude(texts(&["fine", &"x".repeat(1001)]))).await.unwrap_err();
    assert_status(&status, Code::OutOfRange, &[], "1001 bytes, but may have 1000 at most");
    let gone = proto::Exclusions { boilerplate_collections: vec!["gone".to_owned()], ..Default::default() };
    assert_status(&detection.check(exclude(gone)).await.unwrap_err(), Code::NotFound, &[], "\"gone\"");
}

#[tokio::test]
async fn bad_comparisons_and_messages() {
    let server = TestServer::start_with(|settings| {
        settings.max_message_bytes = 100_000;
        settings.limits.max_text_bytes = 50_000;
    })
    .await;
    let mut detection = server.detection().await;
    let text = |id: &str, text: &str| proto::ComparedText {
        id: id.to_owned(),
        text: text.to_owned(),
        ..Default::default()
    };
    let compare = |sources| proto::CompareRequest {
        text: "a few words to compare".to_owned(),
        sources,
        options: None,
        ..Default::default()
    };
    let status = detection.compare(compare(vec![])).await.unwrap_err();
    assert_status(&status, Code::InvalidArgument, &["sources"], "has 0 texts");
    let status = detection.compare(compare(vec![text("", "one"); 1001])).await.unwrap_err();
    assert_status(&status, Code::InvalidArgument, &["sources"], "from 1 to 1000");
    let status = detection.compare(compare(vec![text("1", "one"), text("", "two")])).await.unwrap_err();
    assert_status(&status, Code::InvalidArgument, &["sources[1].id"], "give each its own");
    let status = detection.compare(compare(vec![text("", "one"), text("", "!")])).await.unwrap_err();
    assert_status(&status, Code::InvalidArgument, &["sources[1].text"], "has no words");
    let status = detection.compare(compare(vec![text("", &"x ".repeat(30_000))])).await.unwrap_err();
    assert_status(&status, Code::OutOfRange, &[], "text 0 of those to compare with has 60000 bytes");
    let status = detection.compare(compare(vec![text("", &"x".repeat(100_000))])).await.unwrap_err();
    let said = "at most (max_message_bytes), but this one has 100032 bytes; send less";
    assert_status(&status, Code::ResourceExhausted, &[], said);
}
