//! Checks and comparisons over gRPC.

use palimpsest::proto::{self, PassageKind};
use prost::Message;

use crate::harness::{TestServer, add, check, fill, report};
use crate::words::Words;

const FERRY: &str = "The river carried the old ferry past the sleeping town. Nobody on the bank saw its lantern, \
                     and the boatman sang to keep himself awake until the morning bell.";

fn options(change: impl FnOnce(&mut proto::DetectionOptions)) -> Option<proto::DetectionOptions> {
    let mut options = proto::DetectionOptions::default();
    change(&mut options);
    Some(options)
}

fn slice(text: &str, span: Option<proto::Span>) -> &str {
    let span = span.unwrap();
    &text[span.start as usize..span.end as usize]
}

#[tokio::test]
async fn a_report_is_exact_on_both_sides() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    fill(&mut corpus, &[("ferry", FERRY), ("other", &Words::new(5).text(300))]).await;
    let submission = "As I heard: “the RIVER carried the old ferry past the\nsleeping town!” It was late.";
    let mut request = check(submission);
    request.options = options(|options| {
        options.include_excerpts = true;
        // The text is a quotation, which does not count by default.
        options.exclusions = Some(proto::Exclusions { quotations: Some(false), ..Default::default() });
    });
    let report = report(&mut detection, request).await;

    assert_eq!((report.words, report.too_few_words, report.excluded_words), (16, 0, 0));
    let coverage = report.coverage.unwrap();
    assert_eq!((coverage.words, coverage.of_words, coverage.percent), (10, 16, 62.5));
    assert_eq!((report.sources_in_scope, report.sources_found, report.passages_found), (2, 1, 1));
    assert_eq!((report.corpus_revision, report.algorithm_version), (2, palimpsest::ALGORITHM_VERSION));
    let guarantee = report.guarantee.unwrap();
    assert!(guarantee.holds && guarantee.min_run_words == 8 && guarantee.voids.is_empty());
    let source = &report.sources[0];
    assert_eq!((source.source_id.as_str(), source.unique_words), ("ferry", 10));
    assert_eq!((source.source_used.unwrap().words, source.source_used.unwrap().of_words), (10, 29));
    let passage = &source.passages[0];
    assert_eq!(passage.kind(), PassageKind::Verbatim);
    assert_eq!((passage.submission_words, passage.source_words, passage.matched_words), (10, 10, 10));
    assert_eq!((passage.similarity, passage.counted_words), (1.0, 10));
    assert_eq!(
        slice(submission, passage.submission),
        "the RIVER carried the old ferry past the\nsleeping town"
    );
    assert_eq!(slice(FERRY, passage.source), "The river carried the old ferry past the sleeping town");
    assert_eq!(passage.submission_excerpt, slice(submission, passage.submission));
    assert_eq!(passage.source_excerpt, slice(FERRY, passage.source));
    assert_eq!(report.covered_spans.len(), 1);
    assert_eq!(report.covered_spans[0].span, passage.submission);
}

#[tokio::test]
async fn identical_texts_give_exactly_100_percent() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let texts =
        ["five words are quite enough", "seven words are even more than enough", FERRY, &"one ".repeat(5000)];
    for (i, text) in texts.iter().enumerate() {
        fill(&mut corpus, &[(&format!("s{i}"), text)]).await;
        let report = report(&mut detection, check(text)).await;
        let overlap = report.sources.iter().find(|source| source.source_id == format!("s{i}")).unwrap();
        assert_eq!(report.coverage.unwrap().percent, 100.0, "{text:.40}");
        assert_eq!(overlap.source_used.unwrap().percent, 100.0, "{text:.40}");
        assert_eq!((overlap.passages.len(), overlap.passages[0].similarity), (1, 1.0));
    }
}

#[tokio::test]
async fn altered_passages_are_merged_or_not_as_asked() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    fill(&mut corpus, &[("ferry", FERRY)]).await;
    let submission = FERRY.replace("sleeping town", "quiet village").replace("lantern", "dim old lamp");
    let merged = report(&mut detection, check(&submission)).await;
    assert_eq!(merged.passages_found, 1);
    let passage = &merged.sources[0].passages[0];
    assert_eq!(
        (passage.kind(), passage.submission_words, passage.source_words),
        (PassageKind::Altered, 31, 29)
    );
    assert_eq!(passage.matched_words, 26);
    // The similarity is twice the number of shared words, divided by the number of words of both texts.
    assert!((passage.similarity - 2.0 * 26.0 / (31.0 + 29.0)).abs() < 1e-6);
    assert!(passage.evidence_nats > 0.0);

    let mut request = check(&submission);
    request.options = options(|options| options.set_mode(proto::DetectionMode::VerbatimOnly));
    let runs = report(&mut detection, request).await;
    assert_eq!(runs.coverage.unwrap().words, 8 + 12);
    assert!(runs.sources[0].passages.iter().all(|passage| passage.kind() == PassageKind::Verbatim));
}

#[tokio::test]
async fn scope_leaves_out_ids_groups_and_labels() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    for (id, group, label) in [("a", "anna", "draft"), ("b", "ben", "final"), ("c", "", "draft")] {
        let mut request = add(id, FERRY);
        request.source.as_mut().unwrap().group = group.to_owned();
        request.source.as_mut().unwrap().labels = vec![label.to_owned()];
        corpus.add_source(request).await.unwrap();
    }
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<String>>();
    for (exclude_ids, groups, labels, left) in [
        (ids(&[]), ids(&[]), ids(&[]), ids(&["a", "b", "c"])),
        (ids(&["b", "unknown"]), ids(&[]), ids(&[]), ids(&["a", "c"])),
        (ids(&[]), ids(&["anna"]), ids(&[]), ids(&["b", "c"])),
        (ids(&["c"]), ids(&[]), ids(&["draft"]), ids(&["b"])),
        (ids(&["a"]), ids(&["ben"]), ids(&["draft"]), ids(&[])),
    ] {
        let mut request = check(FERRY);
        request.scope = Some(proto::Scope {
            collections: vec![],
            exclude_source_ids: exclude_ids,
            exclude_groups: groups,
            exclude_labels: labels,
            ..proto::Scope::default()
        });
        let report = report(&mut detection, request).await;
        assert_eq!(report.sources.iter().map(|s| s.source_id.clone()).collect::<Vec<_>>(), left);
        assert_eq!(report.sources_in_scope, left.len() as u64);
        // All sources cover the same words: none has unique words, unless it is the only one.
        let unique = if left.len() == 1 { 29 } else { 0 };
        assert!(report.sources.iter().all(|source| source.unique_words == unique));
    }
}

#[tokio::test]
async fn collections_have_settings_of_their_own_and_are_checked_together() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    for (name, k, w) in [("short", 3, 1), ("long", 12, 9)] {
        let request = proto::CreateCollectionRequest {
            name: name.to_owned(),
            kgram_tokens: Some(k),
            window_kgrams: Some(w),
            ..Default::default()
        };
        corpus.create_collection(request).await.unwrap();
        let mut request = add("ferry", FERRY);
        request.collection = name.to_owned();
        corpus.add_source(request).await.unwrap();
    }
    let submission = format!("Then {} And so on.", &FERRY[..54]);
    for (collections, found, t) in [
        (vec!["short"], vec!["short"], 3),
        (vec!["long"], vec![], 20),
        (vec!["long", "default", "short"], vec!["short"], 20),
    ] {
        let mut request = check(&submission);
        let collections = collections.into_iter().map(str::to_owned).collect();
        request.scope = Some(proto::Scope { collections, ..proto::Scope::default() });
        let report = report(&mut detection, request).await;
        assert_eq!(report.sources.iter().map(|s| s.collection.as_str()).collect::<Vec<_>>(), found);
        assert_eq!(report.guarantee.unwrap().min_run_words, t);
    }
}

#[tokio::test]
async fn offsets_come_in_the_unit_asked_for() {
    let server = TestServer::start().await;
    let mut detection = server.detection().await;
    let source = "😀 Über den Fluß trug die alte Fähre müde Leute in die schlafende Stadt 数据.";
    let submission = "„Œuvre“ 😀😀 über den fluss trug die alte fähre müde leute in die schlafende STADT!";
    for (unit, start, end) in [
        (proto::OffsetUnit::Unspecified, "„Œuvre“ 😀😀 ".len(), submission.len() - 1),
        (proto::OffsetUnit::Utf16CodeUnits, 13, submission.encode_utf16().count() - 1),
        (proto::OffsetUnit::CodePoints, 11, submission.chars().count() - 1),
    ] {
        let request = proto::CompareRequest {
            submitted_at: None,
            text: submission.to_owned(),
            sources: vec![proto::ComparedText { text: source.to_owned(), ..Default::default() }],
            options: options(|options| options.set_offset_unit(unit)),
            ..Default::default()
        };
        let report = detection.compare(request).await.unwrap().into_inner().report.unwrap();
        let passage = &report.sources[0].passages[0];
        let span = passage.submission.unwrap();
        assert_eq!((span.start as usize, span.end as usize), (start, end), "{unit:?}");
        assert_eq!(passage.matched_words, 13);
        let expected =
            if unit == proto::OffsetUnit::Unspecified { proto::OffsetUnit::Utf8Bytes } else { unit };
        assert_eq!(report.offset_unit(), expected);
    }
}

#[tokio::test]
async fn what_is_cut_is_counted() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let (one, two) = (Words::new(1).text(20), Words::new(2).text(20));
    // The two copies are too far apart to make one passage.
    let between = Words::new(3).text(60);
    let submission = format!("{one} {between} {two}");
    fill(&mut corpus, &[("a", &one), ("b", &two), ("c", &submission.replace(&between, ""))]).await;
    for (max_sources, max_passages, sources_cut, passages_cut, listed) in
        [(None, None, 0, 0, 4), (Some(1), None, 2, 2, 2), (None, Some(1), 0, 1, 3), (Some(0), None, 3, 4, 0)]
    {
        let mut request = check(&submission);
        request.options = options(|options| {
            options.max_sources = max_sources;
            options.max_passages = max_passages;
        });
        let report = report(&mut detection, request).await;
        assert_eq!((report.sources_found, report.passages_found), (3, 4));
        assert_eq!((report.sources_cut, report.passages_cut), (sources_cut, passages_cut));
        assert_eq!(report.sources.iter().map(|source| source.passages.len()).sum::<usize>(), listed);
        // Counts do not depend on the part that is listed.
        assert_eq!(report.coverage.unwrap().words, 40);
        assert_eq!(report.covered_spans.iter().map(|span| span.words).sum::<u64>(), 40);
    }
}

#[tokio::test]
async fn a_limit_that_is_met_voids_the_guarantee_where_it_matters() {
    let server = TestServer::start_with(|settings| {
        settings.limits.max_candidates = 5;
        settings.limits.max_common_postings = 50;
    })
    .await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    let texts: Vec<(String, String)> =
        (0..600).map(|i| (format!("s{i}"), format!("{} {FERRY}", Words::new(i).text(30)))).collect();
    let texts: Vec<(&str, &str)> = texts.iter().map(|(id, text)| (id.as_str(), text.as_str())).collect();
    fill(&mut corpus, &texts).await;
    let submission = format!("{} {FERRY}", Words::new(3).text(30));
    let full = report(&mut detection, check(&submission)).await;
    let guarantee = full.guarantee.unwrap();
    assert!(!guarantee.holds);
    let reasons: Vec<_> = guarantee.voids.iter().map(proto::GuaranteeVoid::reason).collect();
    assert_eq!(
        reasons,
        [proto::GuaranteeVoidReason::PostingLimit, proto::GuaranteeVoidReason::CandidateLimit]
    );
    assert_eq!(guarantee.voids.iter().map(|void| void.limit).collect::<Vec<_>>(), [50, 5]);
    assert!(full.candidates > 5 && full.candidates_cut == full.candidates - 5);

    let mut request = check(&submission);
    request.options = options(|options| options.commonness_cap = Some(40));
    let capped = report(&mut detection, request).await;
    let guarantee = capped.guarantee.unwrap();
    let void = guarantee
        .voids
        .iter()
        .find(|void| void.reason() == proto::GuaranteeVoidReason::CommonnessCap)
        .unwrap();
    let ferry = submission.find("The river").unwrap() as u64;
    let end = void.spans.last().unwrap().end;
    assert!(void.spans.iter().all(|span| span.start < span.end) && end >= submission.len() as u64 - 20);
    assert!(void.spans[0].end > ferry);
    // One source's own words were copied too, and find it.
    assert_eq!(capped.sources[0].source_id, "s3");
    assert_eq!(capped.coverage.unwrap().percent, 100.0);
}

#[tokio::test]
async fn too_few_words_are_said_and_are_no_error() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    fill(&mut corpus, &[("ferry", FERRY)]).await;
    let report = report(&mut detection, check("The river carried the")).await;
    assert_eq!((report.words, report.too_few_words, report.sources_found), (4, 4, 0));
    assert_eq!((report.coverage.unwrap().of_words, report.coverage.unwrap().percent), (0, 0.0));
}

#[tokio::test]
async fn a_longer_least_passage_is_a_longer_guarantee() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    fill(&mut corpus, &[("ferry", FERRY)]).await;
    for (least, words) in [(None, 10), (Some(10), 10), (Some(11), 0), (Some(3), 10)] {
        let mut request = check("The river carried the old ferry past the sleeping town, they say.");
        request.options = options(|options| options.min_passage_words = least);
        let report = report(&mut detection, request).await;
        assert_eq!(report.coverage.unwrap().words, words);
        assert_eq!(report.guarantee.unwrap().min_run_words, least.unwrap_or(8).max(8));
    }
}

#[tokio::test]
async fn the_same_question_gets_the_same_bytes() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    for i in 0..60 {
        let text = format!("{} {FERRY} {}", Words::new(i % 7).text(40), Words::new(i).text(40));
        fill(&mut corpus, &[(&format!("s{i}"), &text)]).await;
    }
    let submission = format!("{} {FERRY} {}", Words::new(2).text(40), Words::new(9).text(40));
    let first = report(&mut detection, check(&submission)).await;
    for _ in 0..20 {
        assert_eq!(report(&mut detection, check(&submission)).await.encode_to_vec(), first.encode_to_vec());
    }
    let mut other = check(&submission);
    other.options = options(|options| options.max_passages = Some(1));
    let other = report(&mut detection, other).await;
    assert_ne!(other.settings_digest, first.settings_digest);
    assert_eq!(other.corpus_revision, first.corpus_revision);
}

#[tokio::test]
async fn compare_touches_no_corpus() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    fill(&mut corpus, &[("ferry", FERRY)]).await;
    let text = |id: &str, text: &str| proto::ComparedText {
        id: id.to_owned(),
        title: "T".to_owned(),
        text: text.to_owned(),
        ..Default::default()
    };
    let request = proto::CompareRequest {
        text: FERRY.to_owned(),
        sources: vec![text("", &Words::new(1).text(100)), text("mine", &format!("Well. {FERRY}"))],
        options: None,
        ..Default::default()
    };
    let report = detection.compare(request).await.unwrap().into_inner().report.unwrap();
    assert_eq!((report.sources.len(), report.sources_in_scope, report.corpus_revision), (1, 2, 0));
    assert_eq!((report.sources[0].source_id.as_str(), report.sources[0].title.as_str()), ("mine", "T"));
    assert_eq!(report.coverage.unwrap().percent, 100.0);
    let stats = corpus.get_corpus(proto::GetCorpusRequest {}).await.unwrap().into_inner().stats.unwrap();
    assert_eq!((stats.sources, stats.revision), (1, 1));
}
