//! `ListSources` with a filter, and page sizes.

use palimpsest::proto;
use palimpsest::proto::SourceFilter;

use super::{add, ids, text, time, violations};
use crate::harness::TestServer;

async fn server() -> TestServer {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    for number in 0..30_i64 {
        let source = proto::Source {
            id: format!(
                "{}/{number:02}",
                ["math", "history", "histology"][number.unsigned_abs() as usize % 3]
            ),
            group: ["anna", "ben", ""][number.unsigned_abs() as usize % 3].to_owned(),
            labels: if number % 2 == 0 {
                vec!["even".to_owned(), "all".to_owned()]
            } else {
                vec!["all".to_owned()]
            },
            submitted_at: (number >= 10).then(|| time(number)),
            text: text(number.unsigned_abs()),
            ..Default::default()
        };
        add(&mut corpus, source).await;
    }
    server
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn a_source_is_listed_if_it_fulfils_all_conditions() {
    let server = server().await;
    let mut corpus = server.corpus().await;
    let all = ids(&mut corpus, SourceFilter::default(), 1000).await;
    assert_eq!(all.len(), 30);
    let number = |id: &String| id[id.len() - 2..].parse::<i64>().unwrap();
    let filters: [(SourceFilter, &dyn Fn(&String) -> bool); 11] = [
        (SourceFilter { id_prefix: "hist".to_owned(), ..Default::default() }, &|id| id.starts_with("hist")),
        (SourceFilter { id_prefix: "history/".to_owned(), ..Default::default() }, &|id| {
            id.starts_with("history/")
        }),
        (SourceFilter { id_prefix: "z".to_owned(), ..Default::default() }, &|_| false),
        (SourceFilter { groups: names(&["ben"]), ..Default::default() }, &|id| number(id) % 3 == 1),
        (SourceFilter { groups: names(&["ben", "anna", "nobody"]), ..Default::default() }, &|id| {
            number(id) % 3 < 2
        }),
        (SourceFilter { labels: names(&["even", "none"]), ..Default::default() }, &|id| number(id) % 2 == 0),
        (SourceFilter { groups: names(&["anna"]), labels: names(&["even"]), ..Default::default() }, &|id| {
            number(id) % 6 == 0
        }),
        (
            SourceFilter {
                submitted_from: Some(time(12)),
                submitted_before: Some(time(20)),
                ..Default::default()
            },
            &|id| (12..20).contains(&number(id)),
        ),
        (SourceFilter { submitted_before: Some(time(12)), ..Default::default() }, &|id| {
            (10..12).contains(&number(id))
        }),
        (SourceFilter { created_before: Some(time(12)), ..Default::default() }, &|_| false),
        (
            SourceFilter {
                id_prefix: "math".to_owned(),
                groups: names(&["anna"]),
                created_from: Some(time(12)),
                submitted_from: Some(time(15)),
                ..Default::default()
            },
            &|id| number(id) % 3 == 0 && number(id) >= 15,
        ),
    ];
    for (filter, expected) in filters {
        let expected: Vec<String> = all.iter().filter(|id| expected(id)).cloned().collect();
        for page_size in [1, 3, 1000] {
            assert_eq!(ids(&mut corpus, filter.clone(), page_size).await, expected, "{filter:?} {page_size}");
        }
    }
}

#[tokio::test]
async fn a_page_size_is_coerced_and_a_token_is_of_its_filter() {
    let server = server().await;
    let mut corpus = server.corpus().await;
    for page_size in [0, 1001, u32::MAX] {
        let request = proto::ListSourcesRequest { page_size, ..Default::default() };
        assert_eq!(corpus.list_sources(request).await.unwrap().into_inner().sources.len(), 30);
        let request = proto::ListCollectionsRequest { page_size, ..Default::default() };
        assert_eq!(corpus.list_collections(request).await.unwrap().into_inner().collections.len(), 1);
    }
    let of = |groups: &[&str], page_token: &str| proto::ListSourcesRequest {
        page_size: 2,
        page_token: page_token.to_owned(),
        filter: Some(SourceFilter { groups: names(groups), ..Default::default() }),
        ..Default::default()
    };
    let token = corpus.list_sources(of(&["anna"], "")).await.unwrap().into_inner().next_page_token;
    assert!(corpus.list_sources(of(&["anna"], &token)).await.is_ok());
    for request in [of(&["ben"], &token), of(&["anna", "ben"], &token), of(&[], &token)] {
        let found = violations(&corpus.list_sources(request).await.unwrap_err());
        assert!(found[0].starts_with("page_token is not a token that this listing gave"), "{found:?}");
    }
}

#[tokio::test]
async fn wrong_filters_name_their_fields() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    let many: Vec<String> = (0..1001).map(|number| number.to_string()).collect();
    let cases = [
        (SourceFilter { id_prefix: "i".repeat(513), ..Default::default() }, "filter.id_prefix has 513 bytes"),
        (
            SourceFilter { id_prefix: "\u{0}".to_owned(), ..Default::default() },
            "filter.id_prefix has the control character",
        ),
        (SourceFilter { groups: names(&[""]), ..Default::default() }, "filter.groups[0] must not be empty"),
        (
            SourceFilter { groups: names(&["a", "a"]), ..Default::default() },
            "filter.groups[1] stands in the list already",
        ),
        (
            SourceFilter { groups: many.clone(), ..Default::default() },
            "filter.groups has 1001 entries, but may have 1000 at most",
        ),
        (
            SourceFilter { labels: names(&["a", ""]), ..Default::default() },
            "filter.labels[1] must not be empty",
        ),
        (SourceFilter { labels: many, ..Default::default() }, "filter.labels has 1001 entries"),
        (
            SourceFilter { submitted_from: Some(time(i64::MIN)), ..Default::default() },
            "filter.submitted_from is",
        ),
        (
            SourceFilter {
                submitted_from: Some(time(5)),
                submitted_before: Some(time(5)),
                ..Default::default()
            },
            "filter.submitted_before is not after submitted_from",
        ),
        (
            SourceFilter { created_from: Some(time(6)), created_before: Some(time(5)), ..Default::default() },
            "filter.created_before is not after created_from",
        ),
    ];
    for (filter, problem) in cases {
        let request = proto::ListSourcesRequest { filter: Some(filter.clone()), ..Default::default() };
        let found = violations(&corpus.list_sources(request).await.unwrap_err());
        assert!(found.iter().any(|one| one.starts_with(problem)), "{found:?}, not {problem}");
        let request = proto::DeleteSourcesRequest { filter: Some(filter), ..Default::default() };
        let found = violations(&corpus.delete_sources(request).await.unwrap_err());
        assert!(found.iter().any(|one| one.starts_with(problem)), "{found:?}, not {problem}");
    }
}

#[tokio::test]
async fn a_page_fits_into_a_message() {
    let server = TestServer::start().await;
    let mut corpus = server.corpus().await;
    for number in 0..300 {
        let entry = |key: usize| (format!("{number}-{key}"), "v".repeat(1000));
        let metadata = (0..16).map(entry).collect();
        let source =
            proto::Source { id: format!("s{number:03}"), text: text(number), metadata, ..Default::default() };
        add(&mut corpus, source).await;
    }
    // A client with the usual limit of 4 MiB.
    let mut plain = proto::corpus_service_client::CorpusServiceClient::new(server.channel().await);
    let request = proto::ListSourcesRequest { page_size: 1000, ..Default::default() };
    let page = plain.list_sources(request).await.unwrap().into_inner();
    assert!((100..200).contains(&page.sources.len()), "{}", page.sources.len());
    assert_eq!(ids(&mut plain, SourceFilter::default(), 1000).await.len(), 300);
}
