//! Inputs built to cost much cost no more than their share: pages that thousands of sources hold, copies of one
//! source, the largest source, many collections at once. The report says which parts the limits left out.

use palimpsest::Limits;
use palimpsest::proto;
use palimpsest::proto::compare_all_response::Event;
use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::import_sources_response::Result as Imported;
use prost::Message;
use tokio_stream::StreamExt;
use tonic::Code;
use tonic::transport::Channel;

use crate::harness::{TestServer, add, check, report, source};
use crate::words::Words;

const PAGE_WORDS: usize = 150;
const OWN_WORDS: usize = 40;
/// Most candidates that a check compares where a few pages are the only evidence for most of them.
const MOST_COMPARED: u64 = 40;
/// Most words by which an unread span may differ from the page, on each side. An unread fingerprint concerns every
/// run of `t` words that holds it.
const WORDS_AROUND: usize = 8;
/// Bytes of the index for each posting at most. A small index has much unused space; a large one takes eight bytes.
const MOST_BYTES_A_POSTING: u64 = 12;

/// The words of one source that no other source has.
fn own(source: u64) -> String {
    Words::new(1_000 + source).text(OWN_WORDS)
}

fn page(number: u64) -> String {
    Words::new(500 + number).text(PAGE_WORDS)
}

fn part(text: &str, words: std::ops::Range<usize>) -> String {
    text.split(' ').skip(words.start).take(words.len()).collect::<Vec<&str>>().join(" ")
}

/// Adds sources through one stream, and returns the server's response to each.
async fn import(
    corpus: &mut CorpusServiceClient<Channel>,
    sources: impl IntoIterator<Item = proto::Source>,
) -> Vec<proto::AddSourceResponse> {
    let item = |source| proto::ImportSourcesRequest { source: Some(source), ..Default::default() };
    let items: Vec<_> = sources.into_iter().map(item).collect();
    let responses = corpus.import_sources(tokio_stream::iter(items)).await.unwrap().into_inner();
    let added = responses.map(|response| match response.unwrap().result.unwrap() {
        Imported::Added(added) => added,
        Imported::Error(error) => panic!("{error:?}"),
    });
    added.collect().await
}

/// Adds sources that each hold one of the pages, between their own words.
async fn import_pages(corpus: &mut CorpusServiceClient<Channel>, sources: u64, pages: u64) {
    let text = |i: u64| {
        let own = own(i);
        format!("{} {} {}", part(&own, 0..5), page(i % pages), part(&own, 5..OWN_WORDS))
    };
    let added = import(corpus, (0..sources).map(|i| source(&format!("s{i:05}"), &text(i)))).await;
    assert_eq!(added.len() as u64, sources);
}

async fn stats(corpus: &mut CorpusServiceClient<Channel>) -> proto::CollectionStats {
    let get = proto::GetCollectionRequest { name: "default".to_owned() };
    corpus.get_collection(get).await.unwrap().into_inner().collection.unwrap().stats.unwrap()
}

/// A request in verbatim mode, so that passages end where the copies do.
fn verbatim(text: &str) -> proto::CheckRequest {
    let mut options = proto::DetectionOptions::default();
    options.set_mode(proto::DetectionMode::VerbatimOnly);
    proto::CheckRequest { options: Some(options), ..check(text) }
}

fn slice(text: &str, span: Option<proto::Span>) -> &str {
    let span = span.unwrap();
    &text[span.start as usize..span.end as usize]
}

/// Asserts that not all candidates were compared, and that the report says so of the pages and of nothing else.
#[track_caller]
fn assert_bounded(report: &proto::Report, submission: &str, pages: &[String]) {
    let compared = report.candidates - report.candidates_cut;
    assert!(compared <= MOST_COMPARED, "{compared} of {} candidates compared", report.candidates);
    assert!(report.candidates > MOST_COMPARED, "{} candidates", report.candidates);
    let guarantee = report.guarantee.as_ref().unwrap();
    assert!(!guarantee.holds);
    let reasons: Vec<_> = guarantee.voids.iter().map(proto::GuaranteeVoid::reason).collect();
    assert_eq!(reasons, [proto::GuaranteeVoidReason::PostingLimit]);
    let void = &guarantee.voids[0];
    assert_eq!(void.limit, u64::from(Limits::default().max_common_postings));
    assert_eq!(void.spans.len(), pages.len(), "{:?}", void.spans);
    for (span, page) in void.spans.iter().zip(pages) {
        let start = submission.find(page.as_str()).unwrap();
        let end = start + page.len();
        let (from, to) = (span.start as usize, span.end as usize);
        let words =
            |from: usize, to: usize| submission.get(from..to).map_or(0, |text| text.split(' ').count());
        assert!(words(from, start) <= WORDS_AROUND && words(start, from) <= WORDS_AROUND, "{span:?}");
        assert!(words(end, to) <= WORDS_AROUND && words(to, end) <= WORDS_AROUND, "{span:?}");
    }
}

/// A submission of each page, with its own words around them, and words of one source. The words next to a page stand
/// in no source, so that the page alone is shared.
fn submission_of(pages: &[String], taken_from: u64) -> String {
    let pages: String =
        (0..).zip(pages).map(|(i, page)| format!("{} 1961 {page} 1962 ", Words::new(i).text(30))).collect();
    format!(
        "{pages}{} {} {}",
        Words::new(77).text(30),
        part(&own(taken_from), 8..32),
        Words::new(78).text(30)
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_every_source_costs_a_bounded_number_of_comparisons_and_is_told() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    import_pages(&mut corpus, 3_000, 1).await;
    let stats = stats(&mut corpus).await;
    assert!(stats.index_bytes <= MOST_BYTES_A_POSTING * stats.fingerprints, "{stats:?}");

    let pages = [page(0)];
    let submission = submission_of(&pages, 2_345);
    for request in [check(&submission), verbatim(&submission)] {
        let found = report(&mut detection, request.clone()).await;
        assert_bounded(&found, &submission, &pages);
        let covered: Vec<&str> =
            found.covered_spans.iter().map(|covered| slice(&submission, covered.span)).collect();
        assert_eq!(covered, [pages[0].trim_end_matches('.'), &part(&own(2_345), 8..32)]);
        assert_eq!(found.coverage.unwrap().words, (PAGE_WORDS + 24) as u64);
        assert_eq!((found.sources[0].source_id.as_str(), found.sources[0].unique_words), ("s02345", 24));
        assert_eq!(found.sources_in_scope, 3_000);
        let again = report(&mut detection, request).await;
        assert_eq!(found.encode_to_vec(), again.encode_to_vec());
    }

    let without = report(&mut detection, check(&submission_of(&[], 2_345))).await;
    assert!(without.guarantee.as_ref().unwrap().holds, "{:?}", without.guarantee);
    assert_eq!((without.sources_found, without.coverage.unwrap().words), (1, 24));
    assert_eq!((without.sources[0].source_id.as_str(), without.candidates_cut), ("s02345", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn so_do_several_pages() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    import_pages(&mut corpus, 3_000, 3).await;
    let pages = [page(0), page(1), page(2)];
    let submission = submission_of(&pages, 1_234);
    for request in [check(&submission), verbatim(&submission)] {
        let found = report(&mut detection, request.clone()).await;
        assert_bounded(&found, &submission, &pages);
        assert_eq!(found.coverage.unwrap().words, (3 * PAGE_WORDS + 24) as u64);
        assert_eq!((found.sources[0].source_id.as_str(), found.sources[0].unique_words), ("s01234", 24));
        let again = report(&mut detection, request).await;
        assert_eq!(found.encode_to_vec(), again.encode_to_vec());
    }
    let without = report(&mut detection, check(&submission_of(&[], 1_234))).await;
    assert!(without.guarantee.as_ref().unwrap().holds);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pairs_of_sources_that_share_a_page_end_and_tell_what_was_left_out() {
    const SOURCES: u64 = 1_200;
    const MAX_CANDIDATES: u64 = 30;
    let server =
        TestServer::start_with(|settings| settings.limits.max_candidates = MAX_CANDIDATES as usize).await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    import_pages(&mut corpus, SOURCES, 1).await;
    // This source has words of another one, but not the page.
    let copy = format!("{} {}", own(7_777), part(&own(600), 5..OWN_WORDS));
    import(&mut corpus, [source("copy", &copy)]).await;
    let options = proto::PairOptions { max_pairs: Some(100_000), ..Default::default() };
    let request = proto::CompareAllRequest { options: Some(options), ..Default::default() };
    let events = detection.compare_all(request).await.unwrap().into_inner();
    let events: Vec<Event> = events.map(|event| event.unwrap().event.unwrap()).collect().await;
    let Some(Event::Summary(summary)) = events.last() else { panic!("{:?}", events.last()) };
    assert_eq!((summary.sources, summary.holds), (SOURCES + 1, false));
    assert!(summary.comparisons <= SOURCES * MAX_CANDIDATES, "{summary:?}");
    let is_of_postings = |void: &&proto::PairsVoid| void.reason() == proto::GuaranteeVoidReason::PostingLimit;
    let void = summary.voids.iter().find(is_of_postings).unwrap();
    assert_eq!((void.limit, void.sources), (MAX_CANDIDATES, SOURCES));
    let page = (PAGE_WORDS - 2 * WORDS_AROUND) as u64..=(PAGE_WORDS + 2 * WORDS_AROUND) as u64;
    assert!(page.contains(&(void.words / SOURCES)), "{void:?}");

    // Some pairs are found by chance, by shared words next to the page. The copy is found all the same.
    let of_copy = |event: &Event| match event {
        Event::Pair(pair) => pair.first.clone().filter(|first| first.id == "copy").zip(pair.second.clone()),
        _ => None,
    };
    let found: Vec<_> = events.iter().filter_map(of_copy).collect();
    let [(copy, of)] = &found[..] else { panic!("{found:?}") };
    assert_eq!((of.id.as_str(), copy.covered.unwrap().words, of.covered.unwrap().words), ("s00600", 35, 35));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_source_is_found_by_a_few_words_of_its_middle_and_one_byte_more_is_refused() {
    let most_bytes = if cfg!(debug_assertions) { 1 << 20 } else { Limits::default().max_text_bytes };
    let server = TestServer::start_with(|settings| settings.limits.max_text_bytes = most_bytes).await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let mut words = Words::new(1);
    let mut text = String::with_capacity(most_bytes + 100);
    while text.len() < most_bytes {
        text.push_str(&words.word());
        text.push(' ');
    }
    text.truncate(most_bytes);
    let added = corpus.add_source(add("largest", &text)).await.unwrap().into_inner().stats.unwrap();
    assert_eq!(added.text_bytes, most_bytes as u64);
    let middle = &text[most_bytes / 2..];
    let start = most_bytes / 2 + middle.find(' ').unwrap() + 1;
    let copied = part(&text[start..], 0..40);
    let submission = format!("{} {copied} {}", Words::new(2).text(30), Words::new(3).text(30));
    for request in [check(&submission), verbatim(&submission)] {
        let found = report(&mut detection, request).await;
        let [largest] = &found.sources[..] else { panic!("{} sources", found.sources.len()) };
        let [passage] = &largest.passages[..] else { panic!("{:?}", largest.passages) };
        assert_eq!(
            passage.source,
            Some(proto::Span { start: start as u64, end: (start + copied.len()) as u64 })
        );
        assert_eq!(slice(&submission, passage.submission), copied);
        assert_eq!((found.coverage.unwrap().words, found.guarantee.unwrap().holds), (40, true));
    }

    let before = stats(&mut corpus).await;
    text.push('x');
    for id in ["larger", "largest"] {
        let mut request = add(id, &text);
        request.if_exists = proto::IfExists::Replace.into();
        let status = corpus.add_source(request).await.unwrap_err();
        assert_eq!(status.code(), Code::OutOfRange);
        let said = format!(
            "has {} bytes, but may have {most_bytes} at most (max_text_bytes); split it",
            most_bytes + 1
        );
        assert!(status.message().contains(&said), "{}", status.message());
    }
    assert_eq!(stats(&mut corpus).await, before);
    assert_eq!(report(&mut detection, check(&submission)).await.coverage.unwrap().words, 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_copies_of_one_source_are_added_found_and_told_in_bounded_lists() {
    const COPIES: u64 = 1_000;
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let text = Words::new(1).text(200);
    let copies = (0..COPIES).map(|i| source(&format!("copy{i:04}"), &text));
    let added = import(&mut corpus, copies).await;
    let last = added.iter().max_by_key(|added| added.stats.unwrap().revision).unwrap();
    assert_eq!((last.exact_duplicates.len(), last.exact_duplicates_found), (10, 100));
    assert!(last.exact_duplicates.is_sorted() && !last.exact_duplicates.contains(&last.id));
    for added in &added {
        let before = added.stats.unwrap().revision - 1;
        assert_eq!(added.exact_duplicates_found, before.min(100), "{added:?}");
    }

    let submission = format!("{} {text} {}", Words::new(2).text(50), Words::new(3).text(50));
    let found = report(&mut detection, verbatim(&submission)).await;
    assert_bounded(&found, &submission, std::slice::from_ref(&text));
    assert_eq!((found.candidates, found.coverage.unwrap().words), (COPIES, 200));
    let whole = report(&mut detection, check(&text)).await;
    assert_eq!(whole.coverage.unwrap().percent, 100.0);
    assert_bounded(&whole, &text, std::slice::from_ref(&text));

    // When two of the copies are left, the report names these two and no others.
    for i in 2..COPIES {
        let delete = proto::DeleteSourceRequest { id: format!("copy{i:04}"), ..Default::default() };
        corpus.delete_source(delete).await.unwrap();
    }
    let found = report(&mut detection, check(&text)).await;
    let ids: Vec<&str> = found.sources.iter().map(|source| source.source_id.as_str()).collect();
    assert_eq!((ids, found.sources_in_scope), (vec!["copy0000", "copy0001"], 2));
    let again = corpus.add_source(add("again", &text)).await.unwrap().into_inner();
    assert_eq!(again.exact_duplicates, ["copy0000", "copy0001"]);
    assert_eq!(again.exact_duplicates_found, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_of_a_thousand_collections_finds_the_right_ones() {
    const COLLECTIONS: u64 = 1_000;
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let name = |i: u64| format!("class{i:04}");
    let mut items = Vec::new();
    for i in 0..COLLECTIONS {
        let create = proto::CreateCollectionRequest { name: name(i), ..Default::default() };
        corpus.create_collection(create).await.unwrap();
        // Every collection has one source, and every other collection a second one.
        items.extend((0..=i % 2).map(|which| proto::ImportSourcesRequest {
            collection: name(i),
            source: Some(source(&format!("s{which}"), &own(2 * i + which))),
            ..Default::default()
        }));
    }
    let sources = items.len() as u64;
    let responses = corpus.import_sources(tokio_stream::iter(items)).await.unwrap().into_inner();
    let are_added = responses.map(|added| matches!(added.unwrap().result, Some(Imported::Added(_))));
    assert!(are_added.collect::<Vec<bool>>().await.iter().all(|added| *added));

    // The submission has 20 words of the first source of one collection, and 15 of the second of another.
    let (one, other) = (part(&own(2 * 123), 10..30), part(&own(2 * 877 + 1), 5..20));
    let submission = format!("{} {one} {} {other}", Words::new(1).text(30), Words::new(2).text(30));
    let mut request = check(&submission);
    let collections = (0..COLLECTIONS).map(name).collect();
    request.scope = Some(proto::Scope { collections, ..Default::default() });
    let found = report(&mut detection, request.clone()).await;
    let overlaps: Vec<_> = found
        .sources
        .iter()
        .map(|source| (source.collection.as_str(), source.source_id.as_str(), source.covered.unwrap().words))
        .collect();
    assert_eq!(overlaps, [("class0123", "s0", 20), ("class0877", "s1", 15)]);
    assert_eq!((found.sources_in_scope, sources), (1_500, 1_500));
    assert!(found.guarantee.as_ref().unwrap().holds && found.candidates <= MOST_COMPARED);
    let again = report(&mut detection, request).await;
    assert_eq!(found.encode_to_vec(), again.encode_to_vec());
}
