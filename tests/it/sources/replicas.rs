//! A log of changes carries their times, so that engines that apply it have the same sources.

use palimpsest::{
    Change, CollectionName, CorpusSeed, Engine, Group, IfExists, Limits, NewSource, Operation, SourceFilter,
    SourceId, SourceRecord, SourceUpdate, Stop, TimeRange, Timestamp, Title,
};

use super::text;

fn id(number: u64) -> SourceId {
    SourceId::new(&format!("s{number}")).unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::new(seconds, 7).unwrap()
}

/// Adds, replaces, updates and deletes, each change a second after the one before it.
fn log() -> Vec<Operation> {
    let collection = CollectionName::default;
    let add = |number: u64, version: u64| {
        let source = NewSource::new(text(version)).with_id(id(number)).with_group(Group::new("g").unwrap());
        Change::AddSource { collection: collection(), source, if_exists: IfExists::Replace }
    };
    let update = |number: u64, title: &str| {
        let update = SourceUpdate { title: Some(Title::new(title).unwrap()), ..SourceUpdate::default() };
        Change::UpdateSource { collection: collection(), id: id(number), update }
    };
    let delete = |from: i64, before: i64| {
        let created = TimeRange { from: Some(at(from)), before: Some(at(before)) };
        let filter = SourceFilter { created, ..SourceFilter::default() };
        Change::DeleteSources { collection: collection(), filter }
    };
    let mut changes: Vec<Change> = (0..40).map(|number| add(number, number)).collect();
    // Two changes of one source in a row, and one of a source that is not there.
    changes.extend([
        update(3, "first"),
        update(3, "second"),
        update(99, "none"),
        add(5, 500),
        update(5, "replaced"),
    ]);
    changes.extend([
        delete(10, 20),
        update(12, "gone"),
        add(12, 1200),
        delete(1000, 2000),
        update(3, "second"),
    ]);
    let dated =
        changes.into_iter().zip(0..).map(|(change, second)| Operation::new(change).at_time(at(second)));
    dated.zip(1..).map(|(operation, position)| operation.at_position(position)).collect()
}

fn sources(engine: &Engine) -> Vec<SourceRecord> {
    let entries = engine.list_sources(&CollectionName::default(), None, 1000).unwrap();
    entries.iter().map(|entry| SourceRecord::clone(entry)).collect()
}

#[test]
fn engines_that_apply_one_log_have_the_same_sources_and_times() {
    let engine = || Engine::with_seed(Limits::default(), CorpusSeed::new(5));
    let (at_once, one_by_one) = (engine(), engine());
    let outcomes = at_once.apply(log(), &Stop::never());
    for operation in log() {
        drop(one_by_one.apply(vec![operation], &Stop::never()));
    }
    assert_eq!(sources(&at_once), sources(&one_by_one));
    let failed: Vec<usize> =
        (0..).zip(&outcomes).filter(|(_, outcome)| outcome.is_err()).map(|(place, _)| place).collect();
    assert_eq!(failed, [42, 46], "updates of sources that are not there");
    let found = |number| at_once.find_source(&CollectionName::default(), &id(number)).unwrap();
    assert_eq!(found(3).title.as_str(), "second");
    assert_eq!(
        (found(3).created_at, found(3).updated_at),
        (Some(at(3)), Some(at(41))),
        "the last changed nothing"
    );
    assert_eq!((found(5).created_at, found(5).updated_at), (Some(at(5)), Some(at(44))));
    assert_eq!((found(12).created_at, found(12).updated_at), (Some(at(47)), Some(at(47))));
    assert_eq!(sources(&at_once).len(), 31);
    // Nothing else is of the log's times: a change without one has the present time.
    let update = SourceUpdate { title: Some(Title::new("now").unwrap()), ..SourceUpdate::default() };
    let updated = at_once.update_source(&CollectionName::default(), &id(0), update).unwrap();
    assert!(updated.updated_at > Some(at(1_700_000_000)));
}
