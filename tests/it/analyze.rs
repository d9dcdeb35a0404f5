//! Analyze: counts and measures over gRPC, percentiles, and the command.

use palimpsest::proto::writing_service_client::WritingServiceClient;
use palimpsest::proto::{self, AnalyzeRequest, AnalyzeResponse, LanguageBasis, NotApplicableReason};
use palimpsest::service::Role;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::access::{Keys, keyed};
use crate::harness::{TestServer, add};

/// A sentence of eleven words, one of them long.
const SENTENCE: &str = "The keeper of the lamp climbed the stairs every single evening. ";

async fn client(server: &TestServer) -> WritingServiceClient<Channel> {
    WritingServiceClient::new(server.channel().await)
}

async fn analyze(server: &TestServer, request: AnalyzeRequest) -> Result<AnalyzeResponse, Status> {
    Ok(client(server).await.analyze(request).await?.into_inner())
}

fn text(text: &str) -> AnalyzeRequest {
    AnalyzeRequest { text: text.to_owned(), ..AnalyzeRequest::default() }
}

fn count(response: &AnalyzeResponse, name: &str) -> Option<u64> {
    response.counts.iter().find(|count| count.name == name).unwrap().count
}

fn measure<'a>(response: &'a AnalyzeResponse, name: &str) -> &'a proto::TextMeasure {
    response.measures.iter().find(|measure| measure.name == name).unwrap()
}

fn reason(response: &AnalyzeResponse, name: &str) -> NotApplicableReason {
    let measure = measure(response, name);
    assert_eq!(measure.value, None, "{name}");
    measure.not_applicable.as_ref().unwrap().reason()
}

#[tokio::test]
async fn every_value_can_be_computed_again() {
    let server = TestServer::start().await;
    let response = analyze(&server, text(&SENTENCE.repeat(40))).await.unwrap();
    assert_eq!((count(&response, "words"), count(&response, "sentences")), (Some(440), Some(40)));
    let length = response.length.unwrap();
    assert_eq!((length.words, length.pages, length.page_basis()), (440, 2, proto::PageBasis::Words));
    assert_eq!((response.language.as_str(), response.language_basis()), ("en", LanguageBasis::Detected));
    let mut stated = 0;
    for measure in &response.measures {
        assert!(measure.value.is_some() != measure.not_applicable.is_some(), "{}", measure.name);
        assert!(!measure.formula.is_empty() && !measure.reference.is_empty() && !measure.title.is_empty());
        let Some(value) = measure.value else { continue };
        let terms = measure.terms.iter().map(|term| term.weight * term.numerator / term.denominator);
        assert!((measure.constant + terms.sum::<f64>() - value).abs() < 1e-9, "{}", measure.name);
        stated += 1;
    }
    assert!(stated > 50, "{stated}");
    let flesch = measure(&response, "flesch_reading_ease");
    let syllables = f64::from(u32::try_from(count(&response, "syllables").unwrap()).unwrap());
    assert!((flesch.value.unwrap() - (206.835 - 1.015 * 11.0 - 84.6 * syllables / 440.0)).abs() < 1e-9);
    let ratio = measure(&response, "type_token_ratio");
    assert_eq!((ratio.numerator, ratio.denominator), (Some(9.0), Some(440.0)));
    assert_eq!(response, analyze(&server, text(&SENTENCE.repeat(40))).await.unwrap());
}

#[tokio::test]
async fn what_does_not_apply_says_why() {
    let server = TestServer::start().await;
    let ask = async |request| analyze(&server, request).await.unwrap();
    let few = ask(text(&SENTENCE.repeat(3))).await;
    assert_eq!(reason(&few, "gunning_fog"), NotApplicableReason::TooFewWords);
    assert!(measure(&few, "gunning_fog").not_applicable.as_ref().unwrap().message.contains("33 words"));
    assert_eq!(reason(&ask(text(&SENTENCE.repeat(20))).await, "smog"), NotApplicableReason::TooFewSentences);
    let word = ask(text("lamp")).await;
    assert_eq!(
        (count(&word, "words"), count(&word, "sentences"), count(&word, "syllables")),
        (Some(1), Some(1), None)
    );
    assert_eq!(reason(&word, "flesch_reading_ease"), NotApplicableReason::UnknownLanguage);
    let stated = ask(AnalyzeRequest { language: "en-GB".to_owned(), ..text("lamp") }).await;
    assert_eq!((count(&stated, "syllables"), stated.language_basis()), (Some(1), LanguageBasis::Stated));
    let signs = ask(text("?! … 🙂")).await;
    assert_eq!((count(&signs, "words"), count(&signs, "characters")), (Some(0), Some(4)));
    assert_eq!(reason(&signs, "mean_word_letters"), NotApplicableReason::NoWords);
    let french = "Le gardien du phare montait chaque soir les marches de la tour, et personne ne le voyait. "
        .repeat(10);
    let other = ask(text(&french)).await;
    assert_eq!(
        (other.language.as_str(), reason(&other, "flesch_reading_ease")),
        ("fr", NotApplicableReason::OtherLanguage)
    );
    assert!(measure(&other, "lix").value.is_some());
    let mixed = ask(text(&format!("{french}\n\n{}", SENTENCE.repeat(14)))).await;
    assert_eq!((mixed.language_basis(), mixed.language.as_str()), (LanguageBasis::Mixed, ""));
    assert_eq!(reason(&mixed, "dale_chall"), NotApplicableReason::MixedLanguages);
    let japanese = ask(text(&"灯台守は毎晩塔の階段を登りました。".repeat(20))).await;
    assert_eq!(reason(&japanese, "mtld"), NotApplicableReason::UnspacedScript);
    assert_eq!(count(&japanese, "sentences"), Some(20));
}

#[tokio::test]
async fn bad_requests_name_their_fields() {
    let server = TestServer::start_with(|settings| settings.limits.max_text_words = 100).await;
    let named = async |request| {
        let status = analyze(&server, request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        let fields = status.get_details_bad_request().map(|bad| bad.field_violations).unwrap_or_default();
        fields.into_iter().map(|violation| violation.field).collect::<Vec<_>>()
    };
    let name = |id: &str| Some(proto::SourceName { collection: String::new(), id: id.to_owned() });
    assert_eq!(named(text("")).await, ["text"]);
    assert_eq!(named(AnalyzeRequest { source: name("a"), ..text("b") }).await, ["text"]);
    assert_eq!(
        named(AnalyzeRequest { document: Some(proto::Document::default()), ..text("b") }).await,
        ["document"]
    );
    assert_eq!(named(AnalyzeRequest { language: "xx".to_owned(), ..text("b") }).await, ["language"]);
    let collection = AnalyzeRequest { percentiles_collection: "no name".to_owned(), ..text("b") };
    assert_eq!(named(collection).await, ["percentiles_collection"]);
    let missing = analyze(&server, AnalyzeRequest { source: name("a"), ..AnalyzeRequest::default() }).await;
    assert_eq!(missing.unwrap_err().code(), Code::NotFound);
    let missing = AnalyzeRequest { percentiles_collection: "absent".to_owned(), ..text("b") };
    assert_eq!(analyze(&server, missing).await.unwrap_err().code(), Code::NotFound);
    let long = analyze(&server, text(&SENTENCE.repeat(10))).await.unwrap_err();
    assert!(long.message().contains("max_text_words"), "{long:?}");
}

#[tokio::test]
async fn percentiles_are_among_the_sources_of_a_collection() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    for (id, sentences) in [("a", 10), ("b", 20), ("c", 30), ("d", 40)] {
        corpus.add_source(add(id, &SENTENCE.repeat(sentences))).await.unwrap();
    }
    let request = |text: String| AnalyzeRequest {
        text,
        percentiles_collection: "default".to_owned(),
        ..AnalyzeRequest::default()
    };
    let response = analyze(&server, request(SENTENCE.repeat(20))).await.unwrap();
    assert_eq!((response.percentile_sources, response.collection_sources), (4, 4));
    let words = response.counts.iter().find(|count| count.name == "words").unwrap();
    assert_eq!(words.percentile, Some(37.5));
    // All have the same value, and two of them enough sentences for SMOG.
    assert_eq!(measure(&response, "flesch_reading_ease").percentile, Some(50.0));
    assert_eq!(measure(&response, "smog").percentile, None);
    let long = analyze(&server, request(SENTENCE.repeat(50))).await.unwrap();
    assert_eq!(measure(&long, "smog").percentile, Some(50.0));
    assert_eq!(long.counts[0].percentile, Some(100.0));
    // A change is seen at once.
    corpus.add_source(add("e", &SENTENCE.repeat(60))).await.unwrap();
    let long = analyze(&server, request(SENTENCE.repeat(50))).await.unwrap();
    assert_eq!((long.percentile_sources, long.counts[0].percentile), (5, Some(80.0)));
    // A stored source in place of the text.
    let stored = AnalyzeRequest {
        source: Some(proto::SourceName { collection: String::new(), id: "e".to_owned() }),
        ..request(String::new())
    };
    assert_eq!(count(&analyze(&server, stored).await.unwrap(), "words"), Some(660));
    // Without a collection there are none.
    let without = analyze(&server, text(SENTENCE)).await.unwrap();
    assert!(without.measures.iter().all(|measure| measure.percentile.is_none()));
}

#[tokio::test]
async fn hidden_collections_are_as_absent_ones() {
    let keys = Keys::new();
    let (token, _) = keys.make(Role::Check, &["mine"]);
    let server = TestServer::start_with(|settings| keys.set(settings)).await;
    let mut client = WritingServiceClient::new(keyed(&server, &token).await);
    let mut ask = async |collection: &str| {
        let source = Some(proto::SourceName { collection: collection.to_owned(), id: "a".to_owned() });
        let stored = AnalyzeRequest { source, ..AnalyzeRequest::default() };
        let percentiles = AnalyzeRequest { percentiles_collection: collection.to_owned(), ..text(SENTENCE) };
        let mut told = Vec::new();
        for request in [stored, percentiles] {
            let status = client.analyze(request).await.unwrap_err();
            told.push((status.code(), status.message().replace(collection, "NAME")));
        }
        told
    };
    // `default` is there, and hidden.
    assert_eq!(ask("default").await, ask("absent").await);
}

#[tokio::test]
async fn a_million_words_are_analyzed() {
    let server = TestServer::start_with(|settings| settings.max_message_bytes = 32 << 20).await;
    let response = analyze(&server, text(&"word and ".repeat(500_000))).await.unwrap();
    assert_eq!((count(&response, "words"), count(&response, "sentences")), (Some(1_000_000), Some(1)));
}
