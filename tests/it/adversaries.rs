//! Texts that grow when they are normalised, and collections that are full.

use palimpsest::proto;
use palimpsest::{
    CollectionName, ComparedText, DetectionOptions, Engine, Error, IfExists, Limits, NewSource, Scope,
    SourceId, Stop, TextRole,
};
use tonic::Code;

use crate::harness::{TestServer, add, check};
use crate::words::Words;

/// A character of 3 bytes that is normalised to 15 letters, 30 bytes.
const GROWS: &str = "\u{FDFA}";

fn engine(max_normalised_bytes: usize) -> Engine {
    Engine::with_limits(Limits { max_normalised_bytes, ..Limits::default() }).unwrap()
}

fn add_to(engine: &Engine, id: &str, text: &str) -> Result<(), Error> {
    let id = Some(SourceId::new(id).unwrap());
    let source = NewSource { id, ..NewSource::new(text) };
    engine.add_source(&CollectionName::default(), source, IfExists::Replace).map(drop)
}

/// Whether every call that takes a text accepts this one.
fn is_taken(engine: &Engine, text: &str) -> bool {
    let (scope, options, stop) = (Scope::default(), DetectionOptions::default(), Stop::never());
    let mut with_boilerplate = DetectionOptions::default();
    with_boilerplate.exclusions.boilerplate_texts = vec![text.to_owned()];
    let compared = ComparedText {
        id: "a".to_owned(),
        title: String::new(),
        text: text.into(),
        submitted_at: None,
        pages: None,
    };
    let refused = |role| {
        let max_normalised_bytes = engine.limits().max_normalised_bytes;
        Error::TooManyNormalisedBytes { role, max_normalised_bytes }
    };
    let tries = [
        (TextRole::Source, add_to(engine, "a", text)),
        (TextRole::Submission, engine.check(text, &scope, &options, &stop).map(drop)),
        (TextRole::Boilerplate(0), engine.check("a b c", &scope, &with_boilerplate, &stop).map(drop)),
        (TextRole::Compared(0), engine.compare("a b c", &[compared], &options, &stop).map(drop)),
    ];
    let all: Vec<bool> = tries
        .into_iter()
        .map(|(role, result)| match result {
            Ok(()) => true,
            Err(error) => {
                assert_eq!(error, refused(role));
                false
            }
        })
        .collect();
    assert!(all.iter().all(|taken| *taken == all[0]), "{all:?}");
    all[0]
}

#[test]
fn exactly_the_normalised_bytes_that_may_be_are_taken() {
    let grown = format!("six words stand before this one {GROWS}");
    let ascii = "seven words that are not much longer than that";
    for (text, bytes) in [(grown.as_str(), 26 + 30), (ascii, 38), (&"İİ ".repeat(10), 20)] {
        assert!(is_taken(&engine(bytes), text), "{text:?}");
        assert!(!is_taken(&engine(bytes - 1), text), "{text:?}");
    }
}

#[test]
fn a_text_that_would_grow_elevenfold_is_refused_at_once() {
    // The product's limits, scaled from texts of 8 MiB to texts of 1 MiB.
    let engine = engine(Limits::default().max_normalised_bytes / 8);
    for text in
        [GROWS.repeat(340_000), format!("{GROWS} ").repeat(250_000), format!("a{GROWS}").repeat(250_000)]
    {
        assert!(!is_taken(&engine, &text));
    }
    assert_eq!(engine.corpus().stats.sources, 0);
}

#[tokio::test]
async fn the_limits_are_told_and_met_over_grpc() {
    let server = TestServer::start_with(|settings| {
        settings.limits.max_normalised_bytes = 1000;
        settings.limits.max_collection_bytes = 2000;
    })
    .await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let limits = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner().limits.unwrap();
    assert_eq!((limits.max_normalised_bytes, limits.max_collection_bytes), (1000, 2000));

    let grown = format!("{GROWS} ").repeat(34);
    let said = "have more than 1000 bytes in their compared form, as many as they may (max_normalised_bytes)";
    for status in [
        corpus.add_source(add("a", &grown)).await.unwrap_err(),
        detection.check(check(&grown)).await.unwrap_err(),
    ] {
        assert_eq!(status.code(), Code::OutOfRange);
        assert!(status.message().contains(said), "{}", status.message());
    }

    // The texts have exactly the bytes that the collection may have, then one more.
    let text = |number: u64, bytes: usize| {
        let mut text = Words::new(number).text(400);
        text.truncate(bytes - 1);
        text + "x"
    };
    for number in 0..2 {
        corpus.add_source(add(&format!("s{number}"), &text(number, 900))).await.unwrap();
    }
    let full = corpus.add_source(add("s2", &text(2, 201))).await.unwrap_err();
    assert_eq!(full.code(), Code::ResourceExhausted);
    let said =
        "has 1800 bytes of texts and would have 201 more, but may have 2000 at most (max_collection_bytes)";
    assert!(full.message().contains(said), "{}", full.message());
    corpus.add_source(add("s2", &text(2, 200))).await.unwrap();
    assert_eq!(
        corpus.add_source(add("s3", "five words are no more")).await.unwrap_err().code(),
        Code::ResourceExhausted
    );
    // A replaced or deleted source makes room. Another collection has its own room.
    let mut replace = add("s0", &text(4, 900));
    replace.if_exists = proto::IfExists::Replace.into();
    corpus.add_source(replace.clone()).await.unwrap();
    replace.source.as_mut().unwrap().text = text(4, 901);
    assert_eq!(corpus.add_source(replace).await.unwrap_err().code(), Code::ResourceExhausted);
    let delete = proto::DeleteSourceRequest { id: "s1".to_owned(), ..Default::default() };
    corpus.delete_source(delete).await.unwrap();
    corpus.add_source(add("s5", &text(5, 900))).await.unwrap();
    let create = proto::CreateCollectionRequest { name: "other".to_owned(), ..Default::default() };
    corpus.create_collection(create).await.unwrap();
    let mut elsewhere = add("s6", &text(6, 900));
    elsewhere.collection = "other".to_owned();
    corpus.add_source(elsewhere).await.unwrap();
    let stats = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner().stats.unwrap();
    assert_eq!((stats.sources, stats.text_bytes), (4, 2900));
}

#[test]
fn sources_that_are_added_at_once_are_counted_together() {
    let limits = Limits { max_collection_bytes: 5_000, ..Limits::default() };
    let engine = Engine::with_limits(limits).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8_u64 {
            let engine = &engine;
            scope.spawn(move || {
                for number in 0..10 {
                    let mut text = Words::new(thread * 10 + number).text(100);
                    text.truncate(500);
                    let _full = add_to(engine, &format!("{thread}-{number}"), &text);
                }
            });
        }
    });
    let bytes = engine.corpus().stats.text_bytes;
    assert!((4_500..=5_000).contains(&bytes), "{bytes}");
}
