//! Selections against a plain model, with changes in between and views of older revisions.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Selection, SourcePage};
use crate::corpus::view::{View, ViewRequest};
use crate::engine::Engine;
use crate::model::{
    CollectionName, Group, IfExists, Label, Labels, NewSource, Scope, SourceFilter, SourceId, SourceUpdate,
    Stop, Title,
};

/// A change of a source of some hundred.
#[derive(Debug, Clone)]
enum Step {
    Add { number: u8, group: u8 },
    Update { number: u8, group: u8 },
    Delete { number: u8 },
    DeleteGroup { group: u8 },
    Look,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..100_u8, 0..4_u8).prop_map(|(number, group)| Step::Add { number, group }),
        3 => (0..100_u8, 0..4_u8).prop_map(|(number, group)| Step::Update { number, group }),
        1 => (0..100_u8).prop_map(|number| Step::Delete { number }),
        1 => (0..4_u8).prop_map(|group| Step::DeleteGroup { group }),
        1 => Just(Step::Look),
    ]
}

fn id(number: u8) -> SourceId {
    SourceId::new(&format!("s{number:02}")).unwrap()
}

fn group(group: u8) -> Group {
    Group::new(["", "a", "b", "c"][usize::from(group) % 4]).unwrap()
}

fn labels(group: u8) -> Labels {
    Labels::new(vec![Label::new(&format!("label {group}")).unwrap(), Label::new("all").unwrap()]).unwrap()
}

fn of_group(number: u8) -> SourceFilter {
    match number {
        // Sources without a group have a label.
        0 => SourceFilter { labels: [Label::new("label 0").unwrap()].into(), ..SourceFilter::default() },
        _ => SourceFilter { groups: [group(number)].into(), ..SourceFilter::default() },
    }
}

/// The sources that a view has, with their titles and groups.
fn seen(view: &View) -> Vec<String> {
    let collection = view.collection(&CollectionName::default()).unwrap();
    let all = collection.all_in_scope(&Scope::default());
    let slots = all.iter().map(|entry| entry.slot());
    let one_by_one = collection.in_scope(slots, &Scope::default());
    assert!(one_by_one.iter().flatten().map(|entry| &entry.title).eq(all.iter().map(|entry| &entry.title)));
    all.iter().map(|entry| format!("{} {} {}", entry.id, entry.title, entry.group)).collect()
}

fn listed(engine: &Engine, filter: &SourceFilter, count: usize) -> Vec<SourceId> {
    let (mut after, mut found) = (None, Vec::new());
    loop {
        let default = CollectionName::default();
        let SourcePage { sources, next } =
            engine.select_sources(&default, filter, after.as_ref(), count, &Stop::never()).unwrap();
        assert!(sources.len() <= count);
        found.extend(sources.iter().map(|entry| entry.id.clone()));
        after = next;
        if after.is_none() {
            return found;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn selections_and_views_agree_with_a_model(steps in proptest::collection::vec(step(), 1..120), count in 1..9_usize) {
        let (engine, default) = (Engine::in_memory().unwrap(), CollectionName::default());
        let mut model: BTreeMap<SourceId, u8> = BTreeMap::new();
        let mut views: Vec<(View, Vec<String>)> = Vec::new();
        for (place, step) in steps.into_iter().enumerate() {
            // A selection that began before a change sees it.
            let collection = engine.state().collection(&default).unwrap();
            let selection = Selection::new(collection, of_group(2), &Stop::never()).unwrap();
            let title = || Title::new(&format!("title {place}")).unwrap();
            match step {
                Step::Add { number, group: of } => {
                    let source = NewSource::new(format!("the text of source {number} at {place} has some words"))
                        .with_id(id(number)).with_group(group(of)).with_labels(labels(of)).with_title(title());
                    engine.add_source(&default, source, IfExists::Replace).unwrap();
                    model.insert(id(number), of);
                }
                Step::Update { number, group: of } => {
                    let update = SourceUpdate {
                        title: Some(title()), group: Some(group(of)), labels: Some(labels(of)), ..SourceUpdate::default()
                    };
                    let updated = engine.update_source(&default, &id(number), update);
                    prop_assert_eq!(updated.is_ok(), model.contains_key(&id(number)));
                    model.entry(id(number)).and_modify(|group| *group = of);
                }
                Step::Delete { number } => {
                    let deleted = engine.delete_source(&default, &id(number));
                    prop_assert_eq!(deleted.is_ok(), model.remove(&id(number)).is_some());
                }
                Step::DeleteGroup { group: of } => {
                    let deleted = engine.delete_sources(&default, of_group(of)).unwrap();
                    let expected: Vec<SourceId> =
                        model.iter().filter(|(_, group)| **group == of).map(|(id, _)| id.clone()).collect();
                    prop_assert_eq!(deleted.sources, expected.len() as u64);
                    prop_assert_eq!(deleted.ids, expected);
                    model.retain(|_, group| *group != of);
                }
                Step::Look => {
                    let (scope, others, own_groups) =
                        (Scope::default(), BTreeSet::default(), BTreeSet::default());
                    let request = ViewRequest {
                        scope: &scope,
                        others: &others,
                        own_groups: &own_groups,
                        sources: &[],
                    };
                    let view = View::new(engine.state(), &request).unwrap();
                    let now = seen(&view);
                    prop_assert_eq!(now.len(), model.len());
                    views.push((view, now));
                }
            }
            let mut now: Vec<SourceId> = selection.now().iter().map(|entry| entry.id.clone()).collect();
            now.sort_unstable();
            let in_group = |of: u8| model.iter().filter(move |(_, group)| **group == of).map(|(id, _)| id.clone());
            prop_assert_eq!(now, in_group(2).collect::<Vec<_>>());
            prop_assert_eq!(engine.corpus().stats.sources, model.len() as u64);
            for of in 0..4 {
                prop_assert_eq!(listed(&engine, &of_group(of), count), in_group(of).collect::<Vec<_>>());
            }
        }
        let prefix = SourceFilter { id_prefix: "s1".to_owned(), ..SourceFilter::default() };
        let expected: Vec<_> = model.keys().filter(|id| id.as_str().starts_with("s1")).cloned().collect();
        prop_assert_eq!(listed(&engine, &prefix, count), expected);
        let created = SourceFilter {
            created: crate::model::TimeRange { from: Some(crate::model::Timestamp::new(0, 0).unwrap()), before: None },
            ..SourceFilter::default()
        };
        prop_assert_eq!(listed(&engine, &created, count), model.keys().cloned().collect::<Vec<_>>());
        // Updates and deletions since then change no view.
        for (view, then) in views {
            prop_assert_eq!(seen(&view), then);
        }
        let mut findings = Vec::new();
        engine.verify(&Stop::never(), &mut |verified| {
            findings.extend(verified.findings);
            std::ops::ControlFlow::Continue(())
        }).unwrap();
        prop_assert_eq!(findings, vec![]);
    }
}
