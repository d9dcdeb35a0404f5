//! Collections and sources over gRPC.

use palimpsest::proto;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;

use crate::harness::{TestServer, add, fill};
use crate::words::Words;

#[tokio::test]
async fn collections_are_created_listed_and_deleted() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    let default = corpus.get_collection(proto::GetCollectionRequest::default()).await.unwrap().into_inner();
    let default = default.collection.unwrap();
    assert_eq!((default.name.as_str(), default.kgram_tokens, default.window_kgrams), ("default", 5, 4));
    assert_eq!(default.guarantee_words, 8);

    for name in ["b-class", "a-class", "c-class"] {
        let request = proto::CreateCollectionRequest {
            name: name.to_owned(),
            kgram_tokens: Some(7),
            window_kgrams: Some(2),
            ..Default::default()
        };
        let created = corpus.create_collection(request).await.unwrap().into_inner().collection.unwrap();
        assert_eq!((created.kgram_tokens, created.window_kgrams, created.guarantee_words), (7, 2, 8));
    }
    let mut names = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = proto::ListCollectionsRequest { page_size: 3, page_token };
        let page = corpus.list_collections(request).await.unwrap().into_inner();
        assert!(page.collections.len() <= 3);
        names.extend(page.collections.into_iter().map(|collection| collection.name));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(names, ["a-class", "b-class", "c-class", "default"]);

    let mut request = add("x", "seven words are what this collection wants");
    request.collection = "a-class".to_owned();
    corpus.add_source(request).await.unwrap();
    let delete = |name: &str| proto::DeleteCollectionRequest { name: name.to_owned(), ..Default::default() };
    let deleted = corpus.delete_collection(delete("a-class")).await.unwrap().into_inner();
    assert_eq!(deleted.sources_deleted, 1);
    let gone = corpus.delete_collection(delete("a-class")).await.unwrap_err();
    assert_eq!(gone.code(), tonic::Code::NotFound);
    // `DeleteCollection` empties `default`.
    fill(&mut corpus, &[("x", "one two three four five six")]).await;
    assert_eq!(corpus.delete_collection(delete("default")).await.unwrap().into_inner().sources_deleted, 1);
    let stats = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner();
    assert_eq!((stats.collections, stats.stats.unwrap().sources), (3, 0));
}

#[tokio::test]
async fn counts_and_revision_follow_every_change() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    let text = Words::new(1).text(500);
    let added = corpus.add_source(add("a", &text)).await.unwrap().into_inner();
    let counted = added.stats.unwrap();
    assert_eq!((counted.words, counted.text_bytes, counted.revision), (500, text.len() as u64, 1));
    let now = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner().stats.unwrap();
    assert_eq!((now.sources, now.words, now.revision), (1, 500, 1));
    assert_eq!((now.fingerprints, now.text_bytes), (counted.fingerprints, text.len() as u64));
    assert!(counted.fingerprints > 100 && now.index_bytes > 6 * now.fingerprints);
    let delete = proto::DeleteSourceRequest { id: "a".to_owned(), ..Default::default() };
    assert_eq!(corpus.delete_source(delete).await.unwrap().into_inner().revision, 2);
    let now = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner().stats.unwrap();
    assert_eq!((now.sources, now.words, now.fingerprints, now.text_bytes, now.revision), (0, 0, 0, 0, 2));
}

#[tokio::test]
async fn sources_are_added_replaced_read_and_deleted() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    let mut request = add("essay/1", "The river carried the old ferry past the sleeping town.");
    request.source.as_mut().unwrap().title = "Ferry".to_owned();
    request.source.as_mut().unwrap().group = "class 4b".to_owned();
    request.source.as_mut().unwrap().labels = vec!["z".to_owned(), "a".to_owned(), "z".to_owned()];
    let added = corpus.add_source(request.clone()).await.unwrap().into_inner();
    assert!(!added.replaced && added.exact_duplicates.is_empty());
    assert_eq!(corpus.add_source(request.clone()).await.unwrap_err().code(), tonic::Code::AlreadyExists);

    // The text has the same words in another spelling.
    let same = add("", "THE RIVER carried the old ferry—past the sleeping town");
    let duplicate = corpus.add_source(same).await.unwrap().into_inner();
    assert_eq!(
        (duplicate.exact_duplicates, duplicate.exact_duplicates_found),
        (vec!["essay/1".to_owned()], 1)
    );
    assert_eq!(duplicate.id.len(), 32, "an id was assigned");

    let get = |include_text| proto::GetSourceRequest {
        id: "essay/1".to_owned(),
        include_text,
        ..Default::default()
    };
    let read = corpus.get_source(get(true)).await.unwrap().into_inner().source.unwrap();
    assert_eq!(read.text, "The river carried the old ferry past the sleeping town.");
    assert_eq!(
        (read.title.as_str(), read.group.as_str(), read.labels),
        ("Ferry", "class 4b", vec!["a".to_owned(), "z".to_owned()])
    );
    assert_eq!(corpus.get_source(get(false)).await.unwrap().into_inner().source.unwrap().text, "");

    request.if_exists = proto::IfExists::Replace.into();
    request.source.as_mut().unwrap().text = "Nothing but the new words of the second version.".to_owned();
    let replaced = corpus.add_source(request).await.unwrap().into_inner();
    assert!(replaced.replaced && replaced.exact_duplicates.is_empty());
    let read = corpus.get_source(get(true)).await.unwrap().into_inner().source.unwrap();
    assert_eq!(read.text, "Nothing but the new words of the second version.");
    assert_eq!(read.stats.unwrap().revision, 3);

    let delete = proto::DeleteSourceRequest { id: "essay/1".to_owned(), ..Default::default() };
    corpus.delete_source(delete.clone()).await.unwrap();
    assert_eq!(corpus.delete_source(delete).await.unwrap_err().code(), tonic::Code::NotFound);
    assert_eq!(corpus.get_source(get(true)).await.unwrap_err().code(), tonic::Code::NotFound);
}

#[tokio::test]
async fn pages_of_sources_are_stable_under_writes() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    let id = |i: usize| format!("source {i:03}");
    for i in 0..100 {
        corpus.add_source(add(&id(i), &Words::new(i as u64).text(20))).await.unwrap();
    }
    let mut seen = Vec::new();
    let mut page_token = String::new();
    for round in 0.. {
        let request = proto::ListSourcesRequest { page_size: 7, page_token, ..Default::default() };
        let page = corpus.list_sources(request).await.unwrap().into_inner();
        assert!(page.sources.iter().all(|source| source.text.is_empty() && source.stats.is_some()));
        seen.extend(page.sources.into_iter().map(|source| source.id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
        // Between pages one source is deleted, one is added and one is replaced.
        let delete = proto::DeleteSourceRequest { id: id(round * 5 + 3), ..Default::default() };
        corpus.delete_source(delete).await.unwrap();
        corpus
            .add_source(add(&format!("another {round}"), "a text that came while somebody was listing"))
            .await
            .unwrap();
        let mut replace = add(&id(round * 5 + 1), "a text that was replaced while somebody was listing");
        replace.if_exists = proto::IfExists::Replace.into();
        corpus.add_source(replace).await.unwrap();
    }
    let stayed: Vec<String> = (0..100).filter(|i| i % 5 != 3).map(id).collect();
    for id in stayed {
        assert_eq!(seen.iter().filter(|seen| **seen == id).count(), 1, "{id}");
    }
}

#[tokio::test]
async fn what_is_gone_is_purged_and_what_stays_is_found() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let text = |i: u64| Words::new(i).text(120);
    for i in 0..300 {
        corpus.add_source(add(&format!("s{i}"), &text(i))).await.unwrap();
    }
    for i in (0..300).filter(|i| i % 3 != 0) {
        let delete = proto::DeleteSourceRequest { id: format!("s{i}"), ..Default::default() };
        corpus.delete_source(delete).await.unwrap();
    }
    for i in 300..350 {
        corpus.add_source(add(&format!("s{i}"), &text(i))).await.unwrap();
    }
    for i in 0..350 {
        let report = crate::harness::report(&mut detection, crate::harness::check(&text(i))).await;
        let expected = u64::from(i % 3 == 0 || i >= 300);
        assert_eq!(report.sources_found, expected, "source {i}");
        assert_eq!(report.sources_in_scope, 150);
        assert_eq!(report.coverage.unwrap().words, 120 * expected);
    }
}

#[tokio::test]
async fn concurrent_writers_lose_nothing() {
    let server = TestServer::start().await;
    let writers: Vec<_> = (0..8_u64)
        .map(|writer| {
            let endpoint = format!("http://{}", server.address);
            tokio::spawn(async move {
                let mut corpus = CorpusServiceClient::connect(endpoint).await.unwrap();
                for i in 0..40 {
                    let text = Words::new(writer * 1000 + i).text(60);
                    // All writers compete for half of the ids.
                    let id = if i % 2 == 0 { format!("shared {i}") } else { format!("{writer} {i}") };
                    let mut request = add(&id, &text);
                    request.if_exists = proto::IfExists::Replace.into();
                    corpus.add_source(request).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let mut corpus = server.corpus().await;
    let stats = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner().stats.unwrap();
    assert_eq!((stats.sources, stats.words, stats.revision), (20 + 8 * 20, (20 + 8 * 20) * 60, 320));
    let mut detection = server.detection().await;
    for writer in 0..8 {
        let own = Words::new(writer * 1000 + 7).text(60);
        let report = crate::harness::report(&mut detection, crate::harness::check(&own)).await;
        assert_eq!(report.sources[0].source_id, format!("{writer} 7"));
        assert_eq!(report.coverage.unwrap().percent, 100.0);
    }
}
