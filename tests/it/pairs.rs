//! All pairs of a collection, and the clusters that they form.

use std::fs;
use std::time::{Duration, Instant};

use palimpsest::proto;
use palimpsest::proto::compare_all_response::Event;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use palimpsest::report::VoidReason;
use palimpsest::text::CorpusSeed;
use palimpsest::{
    CollectionName, ComparedText, DetectionMode, DetectionOptions, Engine, Error, Exclusions, Group,
    IfExists, Limits, NewSource, PairOptions, Pairs, SourceId, Stop, StopReason,
};
use tokio_stream::StreamExt;
use tonic::transport::Channel;
use tonic::{Code, Request};

use crate::cli::{Served, run, stderr, stdout};
use crate::harness::{TestServer, add};
use crate::words::Words;

/// Words `from..to` of the made-up text with a seed.
fn part(seed: u64, from: usize, to: usize) -> String {
    let text = Words::new(seed).text(to);
    text.split(' ').skip(from).collect::<Vec<&str>>().join(" ")
}

/// A class of 14: two rings of three, a chain of three, a pair of one group, a quotation, two clean texts.
fn class() -> Vec<(&'static str, &'static str, String)> {
    let own = |seed| part(seed, 0, 100);
    vec![
        // All three share the same 60 words.
        ("ring1-a", "red", format!("{} {}", part(1, 0, 60), own(11))),
        ("ring1-b", "blue", format!("{} {}", own(12), part(1, 0, 60))),
        ("ring1-c", "", format!("{} {}", part(1, 0, 60), part(13, 0, 40))),
        // Each shares a part with the next.
        ("ring2-a", "", format!("{} {} {}", part(21, 0, 50), own(24), part(22, 0, 50))),
        ("ring2-b", "", format!("{} {} {}", part(22, 0, 50), own(25), part(23, 0, 50))),
        ("ring2-c", "", format!("{} {} {}", part(23, 0, 50), own(26), part(21, 0, 50))),
        // The two ends share nothing.
        ("chain-a", "", format!("{} {}", part(31, 0, 30), own(34))),
        ("chain-b", "", format!("{} {} {}", part(31, 0, 30), own(35), part(32, 0, 40))),
        ("chain-c", "", format!("{} {}", own(36), part(32, 0, 40))),
        ("same-1", "green", format!("{} {}", part(41, 0, 80), own(42))),
        ("same-2", "green", format!("{} {}", part(41, 0, 80), own(43))),
        ("quotes", "", format!("{} “{}”", own(44), part(31, 0, 30))),
        ("clean-1", "red", own(51)),
        ("clean-2", "green", own(52)),
    ]
}

fn engine_with<'a>(
    limits: Limits,
    sources: impl IntoIterator<Item = (impl AsRef<str>, &'a str, impl Into<String>)>,
) -> Engine {
    let engine = Engine::with_seed(limits, CorpusSeed::new(7));
    for (id, group, text) in sources {
        let source = NewSource {
            id: Some(SourceId::new(id.as_ref()).unwrap()),
            group: Group::new(group).unwrap(),
            ..NewSource::new(text)
        };
        engine.add_source(&CollectionName::default(), source, IfExists::Reject).unwrap();
    }
    engine
}

fn compare_all(engine: &Engine, options: &PairOptions) -> Pairs {
    let mut last = None;
    let mut tell = |progress: palimpsest::PairsProgress| {
        if let Some(before) = last.replace(progress) {
            assert!(
                progress.sources_done >= before.sources_done && progress.pairs_found >= before.pairs_found
            );
        }
    };
    let pairs = engine.compare_all(&CollectionName::default(), options, &mut tell, &Stop::never()).unwrap();
    let last = last.unwrap();
    assert_eq!((last.sources_done, last.pairs_found), (pairs.sources, pairs.pairs_found));
    pairs
}

/// Pairs as `a b: words of words, words of words`, in the report's order.
fn shown(pairs: &Pairs) -> Vec<String> {
    let show = |pair: &palimpsest::Pair| {
        let [one, other] = [&pair.first, &pair.second].map(|side| side.covered);
        let (first, second) = (pair.first.source.id.as_str(), pair.second.source.id.as_str());
        format!("{first} {second}: {} of {}, {} of {}", one.words, one.of_words, other.words, other.of_words)
    };
    pairs.pairs.iter().map(show).collect()
}

fn clusters(pairs: &Pairs) -> Vec<Vec<&str>> {
    pairs
        .clusters
        .iter()
        .map(|cluster| cluster.sources.iter().map(|entry| entry.id.as_str()).collect())
        .collect()
}

fn all() -> PairOptions {
    PairOptions { min_coverage_percent: 0.0, ..PairOptions::default() }
}

const RINGS_AND_ALL: [&str; 10] = [
    "ring1-a ring1-c: 60 of 160, 60 of 100",
    "ring1-b ring1-c: 60 of 160, 60 of 100",
    "same-1 same-2: 80 of 180, 80 of 180",
    "ring1-a ring1-b: 60 of 160, 60 of 160",
    "chain-b chain-c: 40 of 170, 40 of 140",
    "ring2-a ring2-b: 50 of 200, 50 of 200",
    "ring2-a ring2-c: 50 of 200, 50 of 200",
    "ring2-b ring2-c: 50 of 200, 50 of 200",
    "chain-a chain-b: 30 of 130, 30 of 170",
    // The one source quotes the 30 words, and the others do not.
    "chain-a quotes: 30 of 130, 0 of 100",
];

#[test]
fn rings_chains_and_nothing_else() {
    let engine = engine_with(Limits::default(), class());
    let found = compare_all(&engine, &all());
    let mut expected: Vec<String> = RINGS_AND_ALL.map(str::to_owned).into();
    expected.push("chain-b quotes: 30 of 170, 0 of 100".to_owned());
    assert_eq!(shown(&found), expected);
    assert_eq!((found.sources, found.texts, found.pairs_found, found.pairs_below), (14, 14, 11, 0));
    assert_eq!((found.revision, found.min_run_words, found.voids.len()), (14, 8, 0));
    assert_eq!((found.clusters_found, found.sources_in_clusters), (4, 12));
    let expected: [&[&str]; 4] = [
        &["chain-a", "chain-b", "chain-c", "quotes"],
        &["ring1-a", "ring1-b", "ring1-c"],
        &["ring2-a", "ring2-b", "ring2-c"],
        &["same-1", "same-2"],
    ];
    assert_eq!(clusters(&found), expected);
    for pair in &found.pairs {
        let cluster = &found.clusters[pair.cluster as usize - 1];
        let ids: Vec<&str> = cluster.sources.iter().map(|entry| entry.id.as_str()).collect();
        assert!(
            ids.contains(&pair.first.source.id.as_str()) && ids.contains(&pair.second.source.id.as_str())
        );
    }
}

#[test]
fn the_same_question_gets_the_same_answer_whatever_the_order_and_the_threads() {
    let pools = [1, 4].map(rayon_pool);
    let mut reversed = class();
    reversed.reverse();
    let engines = [class(), reversed].map(|sources| engine_with(Limits::default(), sources));
    let first = compare_all(&engines[0], &all());
    for engine in &engines {
        for pool in pools.iter().cycle().take(6) {
            let again = pool.install(|| compare_all(engine, &all()));
            assert_eq!(shown(&again), shown(&first));
            assert_eq!(clusters(&again), clusters(&first));
            assert_eq!(again.settings_digest, first.settings_digest);
        }
    }
    let other = compare_all(&engines[0], &PairOptions::default());
    assert_ne!(other.settings_digest, first.settings_digest);
}

fn rayon_pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

#[test]
fn the_least_coverage_holds_for_the_larger_share_and_to_the_word() {
    let engine = engine_with(Limits::default(), class());
    let at = |percent: f64| {
        let options = PairOptions { min_coverage_percent: percent, ..PairOptions::default() };
        let found = compare_all(&engine, &options);
        (found.pairs_found, found.pairs_below, found.clusters_found)
    };
    // 60 of 100 words are exactly 60 %.
    assert_eq!(at(60.0), (2, 9, 1));
    assert_eq!(at(60.000_001), (0, 11, 0));
    assert_eq!(at(25.0), (8, 3, 4));
    assert_eq!(at(25.1), (5, 6, 3));
    assert_eq!(at(100.0), (0, 11, 0));
}

/// Copies of one text of 700 words, each with other words in five places.
fn near_copies(count: u64) -> Vec<(String, &'static str, String)> {
    let essay = Words::new(5).text(700);
    let copy = |number: u64| {
        let mut other = Words::new(100 + number);
        let mut words: Vec<String> = essay.split(' ').map(str::to_owned).collect();
        // Not in the first words and the last, which would be outside of the passage.
        (0..5).for_each(|_| words[10 + other.below(680)] = format!("other{}", other.word()));
        (format!("copy{number:03}"), "", words.join(" "))
    };
    (0..count).map(copy).collect()
}

#[test]
fn texts_that_differ_in_a_few_words_are_found_covered_and_compared_in_little_time() {
    const COPIES: u64 = 250;
    let pairs_of = |copies: u64| copies * (copies - 1) / 2;
    let engine = engine_with(Limits::default(), near_copies(COPIES));
    let begun = Instant::now();
    let found = compare_all(&engine, &PairOptions::default());
    // A full comparison takes a millisecond in a release build: half a minute for all.
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    assert_eq!(
        (found.texts, found.comparisons, found.pairs_found),
        (COPIES, pairs_of(COPIES), pairs_of(COPIES))
    );
    assert_eq!((found.clusters_found, found.voids.len(), found.comparisons_cut), (1, 0, 0));
    for pair in &found.pairs {
        assert_eq!(pair.passages, 1);
        for side in [&pair.first, &pair.second] {
            assert!(side.covered.of_words == 700 && side.covered.words >= 690, "{:?}", side.covered);
        }
    }
    let two = compare_all(&engine_with(Limits::default(), near_copies(2)), &PairOptions::default());
    assert!(shown(&found).contains(&shown(&two)[0]), "{:?}", shown(&two));
}

#[test]
fn near_copies_have_the_words_that_a_comparison_of_two_texts_covers() {
    let copies = near_copies(12);
    let engine = engine_with(Limits::default(), copies.clone());
    let options = DetectionOptions::default();
    for pair in compare_all(&engine, &PairOptions::default()).pairs {
        let text = |side: &palimpsest::Side| {
            copies.iter().find(|(id, ..)| id == side.source.id.as_str()).unwrap().2.as_str()
        };
        let other = ComparedText {
            id: String::new(),
            title: String::new(),
            text: text(&pair.second).into(),
            submitted_at: None,
            pages: None,
        };
        let report = engine.compare(text(&pair.first), &[other], &options, &Stop::never()).unwrap();
        assert_eq!(report.coverage.words, pair.first.covered.words, "{:?}", pair.first.source.id);
    }
}

#[test]
fn groups_are_left_out_as_asked() {
    let engine = engine_with(Limits::default(), class());
    let found = compare_all(&engine, &PairOptions { leave_out_same_group: true, ..all() });
    assert!(shown(&found).iter().all(|pair| !pair.starts_with("same-1")), "{:?}", shown(&found));
    assert_eq!((found.pairs_found, found.clusters_found, found.sources), (10, 3, 14));
    let exclude_groups = [Group::new("red").unwrap(), Group::new("green").unwrap()].into();
    let found = compare_all(&engine, &PairOptions { exclude_groups, ..all() });
    assert_eq!((found.sources, found.pairs_found), (9, 8));
    assert!(shown(&found).contains(&"ring1-b ring1-c: 60 of 160, 60 of 100".to_owned()));
}

#[test]
fn boilerplate_makes_no_pairs_on_either_side() {
    let engine = engine_with(Limits::default(), class());
    let exclusions =
        Exclusions { boilerplate_texts: vec![part(1, 0, 60), part(41, 0, 70)], ..Exclusions::default() };
    let found = compare_all(&engine, &PairOptions { exclusions, ..all() });
    let pairs = shown(&found);
    assert!(pairs.iter().all(|pair| !pair.contains("ring1")), "{pairs:?}");
    assert!(pairs.contains(&"same-1 same-2: 10 of 110, 10 of 110".to_owned()), "{pairs:?}");
    let own =
        Exclusions { boilerplate_collections: [CollectionName::default()].into(), ..Exclusions::default() };
    let options = PairOptions { exclusions: own, ..all() };
    let asked = engine.compare_all(&CollectionName::default(), &options, &mut |_| {}, &Stop::never());
    assert_eq!(asked.unwrap_err(), Error::OwnBoilerplate { collection: CollectionName::default(), place: 0 });
}

#[test]
fn no_more_than_asked_is_kept_and_the_rest_is_counted() {
    let engine = engine_with(Limits::default(), class());
    let everything = compare_all(&engine, &all());
    for max_pairs in [0, 1, 4, 100] {
        let found = compare_all(&engine, &PairOptions { max_pairs, max_clusters: max_pairs, ..all() });
        assert_eq!(shown(&found), shown(&everything)[..max_pairs.min(11)]);
        assert_eq!(clusters(&found), clusters(&everything)[..max_pairs.min(4)]);
        assert_eq!((found.pairs_found, found.pairs_cut()), (11, 11 - max_pairs.min(11) as u64));
        assert_eq!((found.clusters_found, found.sources_in_clusters), (4, 12));
    }
}

#[test]
fn a_replaced_or_deleted_source_makes_no_pairs() {
    let engine = engine_with(Limits::default(), class());
    let default = CollectionName::default();
    engine.delete_source(&default, &SourceId::new("ring1-a").unwrap()).unwrap();
    let replaced =
        NewSource { id: Some(SourceId::new("ring1-b").unwrap()), ..NewSource::new(part(99, 0, 50)) };
    engine.add_source(&default, replaced, IfExists::Replace).unwrap();
    let found = compare_all(&engine, &all());
    assert!(shown(&found).iter().all(|pair| !pair.contains("ring1")), "{:?}", shown(&found));
    assert_eq!((found.sources, found.revision), (13, 16));
}

#[test]
fn copies_are_compared_once_and_counted_all() {
    // Three hundred copies in two groups, three sources with half of the text, one with the text in quotation marks.
    let text = part(1, 0, 200);
    let copies =
        (0..300).map(|i| (format!("copy{i:03}"), if i % 3 == 0 { "red" } else { "blue" }, text.clone()));
    let halves =
        (0..3).map(|i| (format!("half{i}"), "red", format!("{} {}", part(1, 0, 100), part(50 + i, 0, 50))));
    let quoted = [("quoted".to_owned(), "", format!("“{text}”"))];
    let engine = engine_with(Limits::default(), copies.chain(halves).chain(quoted));
    let begun = Instant::now();
    let found = compare_all(&engine, &all());
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    // Pairs: copies among themselves, with the halves, and with the quotation; halves among themselves. The quoted
    // words do not count, so that the pair of the quotation and a half is covered on the other side only.
    assert_eq!(found.pairs_found, 300 * 299 / 2 + 300 * 3 + 300 + 3 + 3);
    assert_eq!((found.sources, found.texts), (304, 5));
    assert!(found.comparisons <= 10, "{}", found.comparisons);
    assert_eq!((found.clusters_found, found.clusters[0].size), (1, 304));
    assert_eq!(found.pairs.len(), 1000);
    assert_eq!(shown(&found)[0], "copy000 copy001: 200 of 200, 200 of 200");
    assert_eq!(shown(&found)[299], "copy001 copy002: 200 of 200, 200 of 200");

    let found = compare_all(&engine, &PairOptions { leave_out_same_group: true, ..all() });
    assert_eq!(found.pairs_found, 100 * 200 + 200 * 3 + 300 + 3);
    assert_eq!(shown(&found)[1], "copy000 copy002: 200 of 200, 200 of 200");
}

#[test]
fn limits_bound_the_work_and_are_told() {
    let shared = part(1, 0, 60);
    let sources: Vec<(String, &str, String)> =
        (0..40).map(|i| (format!("s{i:02}"), "", format!("{shared} {}", part(100 + i, 0, 60)))).collect();
    let limits = |max_candidates| Limits { max_candidates, ..Limits::default() };
    let whole = compare_all(&engine_with(limits(1000), sources.clone()), &all());
    assert_eq!((whole.pairs_found, whole.comparisons, whole.voids.len()), (780, 780, 0));
    // Runs that stand in more sources than the candidate limit make no pairs.
    let verbatim = PairOptions { mode: DetectionMode::VerbatimOnly, ..all() };
    let bounded = compare_all(&engine_with(limits(30), sources.clone()), &verbatim);
    assert_eq!((bounded.pairs_found, bounded.comparisons), (0, 0));
    let void = bounded.voids[0];
    assert_eq!((bounded.voids.len(), void.reason, void.limit), (1, VoidReason::PostingLimit, 30));
    assert!(void.sources == 40 && void.words >= 40 * 50, "{void:?}");
    // Altered text may still find such pairs, up to the candidate limit.
    let bounded = compare_all(&engine_with(limits(30), sources.clone()), &all());
    assert_eq!((bounded.comparisons, bounded.comparisons_cut), (735, 45));
    // Text that the caller's cap makes common doesn't count, by whichever mode it is found. A word or two at its ends
    // remain.
    for mode in [DetectionMode::VerbatimOnly, DetectionMode::AlteredToo] {
        let capped = PairOptions { commonness_cap: Some(39), mode, ..PairOptions::default() };
        let capped = compare_all(&engine_with(limits(1000), sources.clone()), &capped);
        let void = capped.voids[0];
        assert_eq!((void.reason, void.limit, void.sources), (VoidReason::CommonnessCap, 39, 40));
        assert_eq!((capped.pairs_found, shown(&capped)), (0, Vec::new()));
    }
}

#[test]
fn work_that_is_called_off_stops() {
    let engine = engine_with(Limits::default(), class());
    let stop = Stop::never();
    let mut calls = 0;
    let stopped = engine.compare_all(
        &CollectionName::default(),
        &all(),
        &mut |_| {
            calls += 1;
            stop.call_off();
        },
        &stop,
    );
    assert_eq!(stopped.unwrap_err(), Error::Stopped(StopReason::CalledOff));
    assert_eq!(calls, 1);
}

async fn ask(
    detection: &mut DetectionServiceClient<Channel>,
    request: proto::CompareAllRequest,
) -> Result<Vec<Event>, tonic::Status> {
    let events = detection.compare_all(request).await?.into_inner();
    events.map(|event| event.map(|event| event.event.unwrap())).collect().await
}

#[tokio::test]
async fn over_grpc_pairs_come_before_clusters_and_the_summary_last() {
    let server = TestServer::start().await;
    let (mut corpus, mut detection) = (server.corpus().await, server.detection().await);
    for (id, group, text) in class() {
        let mut request = add(id, &text);
        request.source.as_mut().unwrap().group = group.to_owned();
        corpus.add_source(request).await.unwrap();
    }
    let options =
        proto::PairOptions { min_coverage_percent: Some(25.0), max_pairs: Some(2), ..Default::default() };
    let request = proto::CompareAllRequest { options: Some(options), ..Default::default() };
    let events = ask(&mut detection, request).await.unwrap();
    let order = |event: &Event| match event {
        Event::Progress(_) => 0,
        Event::Pair(_) => 1,
        Event::Cluster(_) => 2,
        Event::Summary(_) => 3,
    };
    assert!(events.is_sorted_by_key(order), "{events:?}");
    let count = |kind| events.iter().filter(|event| order(event) == kind).count();
    assert_eq!((count(1), count(2), count(3)), (2, 4, 1));
    let Some(Event::Pair(pair)) = events.iter().find(|event| order(event) == 1) else { panic!() };
    let first = pair.first.clone().unwrap();
    assert_eq!((first.id.as_str(), first.group.as_str()), ("ring1-a", "red"));
    let covered = pair.second.clone().unwrap().covered.unwrap();
    assert_eq!((covered.words, covered.of_words, covered.percent, pair.passages), (60, 100, 60.0, 1));
    let Some(Event::Summary(summary)) = events.last() else { panic!() };
    assert_eq!((summary.pairs_found, summary.pairs_cut, summary.pairs_below), (8, 6, 3));
    assert_eq!((summary.clusters_found, summary.clusters_cut, summary.sources_in_clusters), (4, 0, 10));
    assert!(summary.holds && summary.min_run_words == 8 && summary.corpus_revision == 14);
}

#[tokio::test]
async fn bad_requests_are_refused() {
    let server = TestServer::start().await;
    let mut detection = server.detection().await;
    let request = |collection: &str, change: &dyn Fn(&mut proto::PairOptions)| {
        let mut options = proto::PairOptions::default();
        change(&mut options);
        proto::CompareAllRequest { collection: collection.to_owned(), options: Some(options) }
    };
    let boilerplate = |texts: &[&str], collections: &[&str]| {
        let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        Some(proto::Exclusions {
            boilerplate_texts: owned(texts),
            boilerplate_collections: owned(collections),
            ..Default::default()
        })
    };
    let cases = [
        (request("none", &|_| {}), Code::NotFound, "there is no collection"),
        (request("no such", &|_| {}), Code::InvalidArgument, "collection has ' '"),
        (request("", &|o| o.min_coverage_percent = Some(100.1)), Code::InvalidArgument, "from 0 to 100"),
        (request("", &|o| o.min_coverage_percent = Some(f64::NAN)), Code::InvalidArgument, "from 0 to 100"),
        (request("", &|o| o.max_pairs = Some(100_001)), Code::InvalidArgument, "options.max_pairs"),
        (request("", &|o| o.max_clusters = Some(10_001)), Code::InvalidArgument, "options.max_clusters"),
        (request("", &|o| o.min_passage_words = Some(0)), Code::InvalidArgument, "options.min_passage_words"),
        (request("", &|o| o.commonness_percent = Some(0.0)), Code::InvalidArgument, "commonness_percent"),
        (request("", &|o| o.mode = 9), Code::InvalidArgument, "options.mode"),
        (
            request("", &|o| {
                o.exclusions = Some(proto::Exclusions { own_groups: vec!["g".into()], ..Default::default() });
            }),
            Code::InvalidArgument,
            "leave_out_same_group",
        ),
        (
            request("", &|o| o.exclusions = boilerplate(&[], &["default"])),
            Code::InvalidArgument,
            "options.exclusions.boilerplate_collections[0]",
        ),
        (
            request("", &|o| o.exclusions = boilerplate(&[], &["none"])),
            Code::NotFound,
            "there is no collection",
        ),
        (
            request("", &|o| o.exclusions = boilerplate(&["…"], &[])),
            Code::InvalidArgument,
            "options.exclusions.boilerplate_texts[0]",
        ),
    ];
    for (request, code, message) in cases {
        let status = ask(&mut detection, request).await.unwrap_err();
        assert_eq!(status.code(), code, "{status:?}");
        assert!(status.message().contains(message), "{message:?} is not in {:?}", status.message());
    }
    let empty = ask(&mut detection, request("", &|_| {})).await.unwrap();
    assert!(matches!(&empty[..], [Event::Summary(summary)] if summary.sources == 0 && summary.holds));
}

/// A server with a collection that takes long to compare: 40 long sources that all share a few words.
async fn with_long_work() -> TestServer {
    let server = TestServer::start_with(|settings| settings.work.threads = 1).await;
    let mut corpus = server.corpus().await;
    let shared = Words::new(1).text(20);
    for i in 0..40 {
        let text = format!("{shared} {}", Words::new(100 + i).text(3_000));
        corpus.add_source(add(&format!("s{i}"), &text)).await.unwrap();
    }
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_or_a_caller_that_goes_away_ends_the_work() {
    let server = with_long_work().await;
    let mut detection = server.detection().await;
    let begun = Instant::now();
    let whole = ask(&mut detection, proto::CompareAllRequest::default()).await.unwrap();
    let all = begun.elapsed();
    assert!(matches!(whole.last(), Some(Event::Summary(summary)) if summary.pairs_below == 40 * 39 / 2));
    assert!(matches!(whole.first(), Some(Event::Progress(progress)) if progress.sources == 40), "{all:?}");

    let mut hurried = Request::new(proto::CompareAllRequest::default());
    hurried.set_timeout(all / 4);
    let mut events = detection.compare_all(hurried).await.unwrap().into_inner();
    let status = loop {
        match events.next().await.unwrap() {
            Ok(_) => {}
            Err(status) => break status,
        }
    };
    assert_eq!(status.code(), Code::DeadlineExceeded, "{status:?}");

    // A stream that is dropped before its end leaves no work behind. One worker runs such work one after the other.
    for _ in 0..4 {
        let mut events =
            detection.compare_all(proto::CompareAllRequest::default()).await.unwrap().into_inner();
        assert!(events.next().await.unwrap().is_ok());
    }
    // A check doesn't wait for them either.
    let begun = Instant::now();
    detection.check(crate::harness::check("the worker has to be free for this one")).await.unwrap();
    assert!(begun.elapsed() < all / 2, "{:?} of {all:?}", begun.elapsed());
    let begun = Instant::now();
    ask(&mut detection, proto::CompareAllRequest::default()).await.unwrap();
    assert!(begun.elapsed() < 4 * all, "{:?} of {all:?}: four calls were left behind", begun.elapsed());
}

#[test]
fn the_command_line_shows_pairs_as_a_table_as_csv_and_as_json() {
    let server = Served::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = class()
        .into_iter()
        .map(|(id, group, text)| serde_json::json!({"id": id, "group": group, "text": text}).to_string())
        .collect();
    let file = folder.path().join("class.jsonl");
    fs::write(&file, lines.join("\n")).unwrap();
    assert!(run(&["import", file.to_str().unwrap()], &server.address).status.success());

    let table = run(&["pairs", "--min-coverage", "25", "--top", "3"], &server.address);
    assert!(table.status.success(), "{}", stderr(&table));
    let said = stdout(&table);
    for part in [
        "1   37.5 %     60  ring1-a  red     60.0 %     60  ring1-c",
        "Not shown: 5 more pairs",
        "Cluster 1, 3 sources: ring1-a, ring1-b, ring1-c",
        "Cluster 4, 2 sources: same-1, same-2",
        "8 pairs, in 4 clusters of 10 sources together. 3 pairs share less",
        "Every run of 8 words or more that two of them share is found.",
    ] {
        assert!(said.contains(part), "{part:?} is not in {said}");
    }
    let csv = run(&["pairs", "default", "--csv", "--min-coverage", "25"], &server.address);
    let records: Vec<csv::StringRecord> =
        csv::Reader::from_reader(csv.stdout.as_slice()).records().map(Result::unwrap).collect();
    assert_eq!((records.len(), &records[0][0], &records[0][9], &records[0][11]), (8, "ring1-a", "60", "60"));

    let json = run(&["pairs", "--json", "--leave-out-same-group", "--verbatim-only"], &server.address);
    let found: serde_json::Value = serde_json::from_str(&stdout(&json)).unwrap();
    assert_eq!(found["pairs"].as_array().unwrap().len(), 10);
    assert_eq!(found["pairs"][0]["second"]["covered"]["ofWords"], "100");
    assert_eq!(found["clusters"][0]["sourceIds"][0], "chain-a");
    assert_eq!(found["summary"]["pairsFound"], "10");

    let missing = run(&["pairs", "none"], &server.address);
    assert_eq!(missing.status.code(), Some(1));
    assert!(stderr(&missing).contains("there is no collection"), "{}", stderr(&missing));
}
