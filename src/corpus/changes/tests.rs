//! What nodes send one another of changes, outcomes and errors is received as it was sent.

#![cfg(feature = "server")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Added, Change, Operation, Outcome, RequestDigest};
use crate::corpus::{CollectionInfo, CorpusInfo, Entry, Error, TextRole};
use crate::engine::Engine;
use crate::model::{
    Agreement, BandLabel, Calibration, CollectionName, CorpusSeed, FingerprintSettings, GradedWords, Grades,
    Group, IfExists, KgramLength, Label, Labels, Limits, Metadata, MetadataKey, MetadataValue, NewSource,
    PageKind, PageStart, Pages, Pattern, RequestId, RequestKey, Scale, ScaleBand, ScaleName, ScaleWeight,
    SourceFilter, SourceId, SourceRecord, SourceUpdate, Stop, StopReason, TimeRange, Timestamp, Title, Uri,
    Visibility,
};
use crate::service::Problem;
use crate::store::{StoreError, SystemError};

const TEXT: &str = "The lighthouse keeper wrote every storm into a ledger that nobody was meant to read.";

/// The value as another node receives it.
fn sent<T: Serialize, U: DeserializeOwned>(value: &T) -> U {
    let named: U = rmp_serde::from_slice(&rmp_serde::to_vec_named(value).unwrap()).unwrap();
    // The same without names, whose fields have fixed places.
    let _: U = rmp_serde::from_slice(&rmp_serde::to_vec(value).unwrap()).unwrap();
    named
}

fn collection() -> CollectionName {
    CollectionName::new("essays").unwrap()
}

fn id(id: &str) -> SourceId {
    SourceId::new(id).unwrap()
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::new(seconds, 999_999_999).unwrap()
}

fn metadata() -> Metadata {
    let (key, value) = (MetadataKey::new("shelf").unwrap(), MetadataValue::new("3\nb").unwrap());
    Metadata::new(BTreeMap::from([(key, value)])).unwrap()
}

fn labels() -> Labels {
    Labels::new(["x", "y"].map(|label| Label::new(label).unwrap()).to_vec()).unwrap()
}

fn source(name: &str) -> NewSource {
    let start = |offset, number, label: &str| PageStart { offset, number, label: label.into() };
    let starts = vec![start(0, 2, "the keeper"), start(40, 3, "")];
    NewSource::new(TEXT)
        .with_id(id(name))
        .with_title(Title::new("Stürme").unwrap())
        .with_group(Group::new("keepers").unwrap())
        .with_labels(labels())
        .with_uri(Uri::new("https://example.org/storms").unwrap())
        .submitted_at(time(-62_135_596_800))
        .with_metadata(metadata())
        .with_pages(Pages::new(PageKind::Slide, 0, starts, TEXT).unwrap())
}

fn scale() -> Scale {
    let agreement = Agreement { kappa: 0.5, low: -0.25, high: f64::INFINITY };
    Scale {
        name: ScaleName::new("levels").unwrap(),
        language: "en".to_owned(),
        bands: vec![ScaleBand { label: BandLabel::new("B1").unwrap(), min_grade: 0.1 }],
        texts: 90,
        words: GradedWords { least: 100, most: u64::MAX },
        grades: Grades { least: 1.0, greatest: 6.0, mean: 3.3, step: 0.5 },
        agreement,
        length_agreement: agreement,
        error: 0.3,
        error_90: 0.6,
        penalty: 1e-300,
        measures_version: 1,
        weights: vec![ScaleWeight {
            measure: "words_per_sentence".to_owned(),
            weight: -0.1,
            mean: 1.0 / 3.0,
            deviation: 2.0,
            least: 0.0,
            greatest: 9.0,
        }],
        created_at: None,
        revision: 4,
    }
}

#[expect(clippy::option_option, reason = "as the field")]
fn update(submitted_at: Option<Option<Timestamp>>) -> Change {
    let update = SourceUpdate {
        title: Some(Title::default()),
        labels: Some(Labels::default()),
        metadata: Some(metadata()),
        submitted_at,
        ..SourceUpdate::default()
    };
    Change::UpdateSource { collection: collection(), id: id("one"), update }
}

/// A change of each kind, in an order in which an empty corpus can make them.
fn changes() -> Vec<Change> {
    let collection = collection();
    let add = |name: &str, if_exists| Change::AddSource {
        collection: collection.clone(),
        source: source(name),
        if_exists,
    };
    let filter = SourceFilter {
        id_prefix: "o".to_owned(),
        groups: BTreeSet::from([Group::new("keepers").unwrap()]),
        labels: labels().as_slice().iter().cloned().collect(),
        submitted: TimeRange::default(),
        created: TimeRange { from: Some(time(5)), before: Some(time(9_000_000_000)) },
    };
    vec![
        Change::CreateCollection {
            collection: collection.clone(),
            settings: FingerprintSettings::new(3, 9).unwrap(),
        },
        add("one", IfExists::Reject),
        add("two", IfExists::ReplaceDifferent),
        add("other", IfExists::RejectDifferent),
        add("other", IfExists::Replace),
        update(None),
        update(Some(Some(time(0)))),
        update(Some(None)),
        Change::PutScale { collection: collection.clone(), scale: Box::new(scale()), replace: true },
        Change::DeleteScale { collection: collection.clone(), name: ScaleName::new("levels").unwrap() },
        Change::Calibrate {
            collection: collection.clone(),
            calibration: Calibration { rate: 2.1e-11, decay: 0.19, sources: 3, revision: 0 },
        },
        Change::DeleteSource { collection: collection.clone(), id: id("two") },
        Change::DeleteSources { collection: collection.clone(), filter },
        Change::DeleteCollection { collection },
    ]
}

/// An operation with each field.
fn operation(place: u64, change: Change) -> Operation {
    let request = RequestKey::new("owner", RequestId::new(&format!("request-{place}")).unwrap());
    let digest = RequestDigest::new(&change, &[b"a document"], CorpusSeed::new(3));
    let time = time(i64::try_from(place).unwrap());
    let operation = Operation::new(change).at_time(time).at_position(place).with_request(request);
    if place.is_multiple_of(2) { operation.with_request_digest(digest) } else { operation }
}

/// The outcome, with the records of its sources.
fn shown(outcome: &Outcome) -> String {
    let record = |entry: &Entry| -> SourceRecord { SourceRecord::clone(entry) };
    match outcome {
        Outcome::SourceAdded(Added { entry, replaced, unchanged, exact_duplicates }) => {
            format!("added {:?} {replaced} {unchanged} {exact_duplicates:?}", record(entry))
        }
        Outcome::SourceUpdated(entry) => format!("updated {:?}", record(entry)),
        other => format!("{other:?}"),
    }
}

#[test]
fn changes_are_received_as_they_were_sent() {
    for (place, change) in (1..).zip(changes()) {
        assert_eq!(sent::<_, Change>(&change), change);
        let operation = operation(place, change);
        assert_eq!(sent::<_, Operation>(&operation), operation);
    }
    let bare = Operation::new(update(None));
    assert_eq!(sent::<_, Operation>(&bare), bare);
}

#[test]
fn outcomes_and_entries_are_received_as_they_were_sent() {
    let engine = Engine::with_seed(Limits::default(), CorpusSeed::new(3));
    let mut operations: Vec<Operation> =
        (1..).zip(changes()).map(|(place, change)| operation(place, change)).collect();
    let last = operations.split_off(operations.len() - 2);
    let mut outcomes = engine.apply(operations, &Stop::never());

    let page =
        engine.select_sources(&collection(), &SourceFilter::default(), None, 1, &Stop::never()).unwrap();
    let received: crate::corpus::SourcePage = sent(&page);
    assert_eq!(received.next, page.next);
    let [here, there] = [&page, &received].map(|page| page.sources.clone());
    assert_eq!((here.len(), SourceRecord::clone(&here[0])), (1, SourceRecord::clone(&there[0])));
    assert!(there[0].pages.is_some() && there[0].content_digest > u128::from(u64::MAX));
    assert!(there[0].is_there_at(u64::MAX - 1) && !there[0].is_gone());
    let info = engine.get_collection(&collection()).unwrap();
    assert_eq!(sent::<_, CollectionInfo>(&info), info);
    assert_eq!(sent::<_, CorpusInfo>(&engine.corpus()), engine.corpus());

    outcomes.extend(engine.apply(last, &Stop::never()));
    assert_eq!(outcomes.len(), changes().len());
    for outcome in outcomes {
        // A source that another node deleted since is received as its record.
        let outcome = outcome.unwrap();
        assert_eq!(shown(&sent(&outcome)), shown(&outcome));
    }
    let refused = engine.apply(vec![operation(99, update(None))], &Stop::never());
    assert_eq!(sent::<_, Vec<Result<(), Error>>>(&vec![refused[0].clone().map(|_| ())])[0], {
        Err(refused[0].clone().unwrap_err())
    });
}

/// Errors that pass between nodes: one of each kind that a change or a search may fail with.
fn errors() -> Vec<Error> {
    let (collection, id) = (collection(), id("one"));
    let name = ScaleName::new("levels").unwrap();
    let mut errors = vec![
        Error::TooFewWords { role: TextRole::Source, words: 2, kgram_tokens: 5 },
        Error::TooManyBytes { role: TextRole::Source, bytes: 9, max_text_bytes: 8 },
        Error::TooManyNormalisedBytes { role: TextRole::Source, max_normalised_bytes: 8 },
        Error::TooManyWords { role: TextRole::Source, words: 9, max_text_words: 8 },
        Error::CollectionNotFound(collection.clone()),
        Error::CollectionExists(collection.clone()),
        Error::SourceNotFound { collection: collection.clone(), id: id.clone() },
        Error::SourceExists { collection: collection.clone(), id: id.clone() },
        Error::ScaleNotFound { collection: collection.clone(), name: name.clone() },
        Error::ScaleExists { collection: collection.clone(), name },
        Error::TooManyScales { max_scales: 100 },
        Error::TooManyCollections { max_collections: 7 },
        Error::TooManySources { max_sources: 7 },
        Error::TooManyCollectionBytes { bytes: 1, text_bytes: 2, max_collection_bytes: 2 },
        Error::RequestIdTaken { id: "request".to_owned() },
        Error::OwnBoilerplate { collection, place: 3 },
        Error::AlreadyApplied { position: 3, applied: 4 },
        Error::LogInterrupted { position: 4, failed: 3 },
        Error::TooManyCollectionsInScope { max_collections: 1000 },
        Error::SamePair { id },
        Error::Stopped(StopReason::DeadlinePassed),
        Error::Stopped(StopReason::CalledOff),
        Error::NoThread((&std::io::Error::from_raw_os_error(11)).into()),
        Error::from(getrandom::Error::UNSUPPORTED),
    ];
    let roles = [
        TextRole::Submission,
        TextRole::Source,
        TextRole::Compared(1),
        TextRole::Boilerplate(2),
        TextRole::Graded(3),
    ];
    errors.extend(roles.map(|role| Error::NoWords { role }));
    let path = || PathBuf::from("data/ledger.redb");
    let cause = SystemError::from(&std::io::Error::from_raw_os_error(28));
    let (what, found) = ("is cut".to_owned(), "log".to_owned());
    let of_store = [
        StoreError::Full { path: path() },
        StoreError::Io { path: path(), cause },
        StoreError::Damaged { path: path(), what: what.clone() },
        StoreError::Incomplete { path: path(), missing: found.clone(), found: found.clone() },
        StoreError::Lost { path: path(), what: what.clone() },
        StoreError::Interrupted { path: path(), cause: what.clone() },
        StoreError::ReadOnly { path: path() },
        StoreError::NewerFormat { path: path(), found: 9, known: 3 },
        StoreError::NotAFolder { path: path() },
        StoreError::Foreign { path: path(), found },
        StoreError::InUse { path: path(), holder: "process 7".to_owned() },
        StoreError::Missing { path: path() },
        StoreError::Exists { path: path() },
        StoreError::Broken { cause: what },
        StoreError::Closed,
    ];
    errors.extend(of_store.map(Error::Store));
    errors
}

/// What a caller is answered.
fn answer(error: Error) -> String {
    format!("{:?}", Problem::from(error))
}

#[test]
fn errors_are_received_as_they_were_sent() {
    for error in errors() {
        let received: Error = sent(&error);
        assert_eq!(received, error);
        assert_eq!(answer(received), answer(error));
    }
    let defect = Error::Internal { what: "a test" };
    let received: Error = sent(&defect);
    assert_eq!(received, Error::InternalElsewhere { what: "a test".to_owned() });
    assert_eq!(sent::<_, Error>(&received), received);
    assert!(received.is_of_this_node());
    assert_eq!((received.to_string(), answer(received)), (defect.to_string(), answer(defect)));
    assert_eq!(SystemError::other("odd"), sent(&SystemError::other("odd")));
}

#[cfg(unix)]
#[test]
fn errors_name_paths_that_are_no_text() {
    use std::os::unix::ffi::OsStringExt as _;

    let path = PathBuf::from(std::ffi::OsString::from_vec(b"data\xFF".to_vec()));
    let received: StoreError = sent(&StoreError::Full { path });
    assert_eq!(received, StoreError::Full { path: PathBuf::from("data\u{FFFD}") });
}

#[test]
fn values_that_break_the_rules_are_refused() {
    fn refused<T: DeserializeOwned>(value: impl Serialize) -> bool {
        rmp_serde::from_slice::<T>(&rmp_serde::to_vec_named(&value).unwrap()).is_err()
    }
    assert!(refused::<CollectionName>("two words"));
    assert!(refused::<SourceId>(""));
    assert!(refused::<Pattern>("two words*"));
    assert!(refused::<KgramLength>(99_u32));
    assert!(refused::<Timestamp>((0_i64, 1_000_000_000_u32)));
    assert!(refused::<Labels>(vec!["a"; 65]));
    let entry = |key| BTreeMap::from([("key", key), ("value", "x")]);
    assert!(refused::<Metadata>(vec![entry("two words")]));
    assert!(!refused::<Metadata>(vec![entry("one")]));
    let patterns = ["b*", "a", "bc"].map(|pattern| Pattern::new(pattern).unwrap());
    let visibility = Visibility::of(patterns.to_vec());
    assert_eq!(sent::<_, Visibility>(&visibility), visibility);
    assert_eq!(sent::<_, Visibility>(&vec!["bc", "b*", "a"]), visibility);
    assert_eq!(sent::<_, Arc<Scale>>(&Arc::new(scale())).as_ref(), &scale());
}
