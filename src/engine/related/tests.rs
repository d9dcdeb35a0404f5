//! The list of several partitions is that of one corpus with all sources.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::partition::{RelatedCandidate, RelatedFound, RelatedPartitions, RelatedQuery};
use super::{Related, RelatedOptions, RelatedSubject, RelatedText};
use crate::corpus::{Error, View, ViewRequest};
use crate::engine::Engine;
use crate::model::{CollectionName, CorpusSeed, Group, IfExists, Limits, NewSource, Scope, SourceId, Stop};

const PARTS: usize = 3;

/// Partitions in this process.
struct Parts(Vec<View>);

impl RelatedPartitions for Parts {
    fn find(&self, query: RelatedQuery, stop: &Stop) -> Result<Vec<RelatedFound>, Error> {
        #[cfg(feature = "server")]
        let query = rmp_serde::from_slice(&rmp_serde::to_vec_named(&query).unwrap()).unwrap();
        self.0.iter().map(|view| RelatedFound::of(view, &query, stop)).collect()
    }

    fn texts(&self, candidates: &[RelatedCandidate], stop: &Stop) -> Result<Vec<Arc<str>>, Error> {
        let text = |candidate: &RelatedCandidate| {
            let one = std::slice::from_ref(candidate);
            let holds = |view: &&View| {
                let viewed = view.collection(&candidate.collection).unwrap();
                viewed.all_in_scope(&Scope::default()).iter().any(|entry| entry.id == candidate.entry.id)
            };
            Ok(self.0.iter().find(holds).unwrap().texts(one, stop)?.remove(0))
        };
        candidates.iter().map(text).collect()
    }
}

/// All but the revisions.
fn shown(related: &Related) -> String {
    let sources = related.sources.iter().map(|one| {
        let (id, group) = (&one.entry.id, &one.entry.group);
        format!(
            "{} {id} {group:?} {} {:?} {:?} {}\n",
            one.collection, one.similarity, one.terms, one.excerpt, one.text
        )
    });
    format!("{} {:?} {}", sources.collect::<String>(), related.warnings, related.sources_in_scope)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn parts_list_what_the_whole_lists(
        texts in proptest::collection::vec(proptest::collection::vec("[ab]{5}|[a-c]{7}", 6..90), 1..24),
        query in proptest::collection::vec("[ab]{5}|[a-c]{7}", 6..90),
        max_sources in 1_usize..6, exclude_near_copies: bool, excluded in 0_usize..4,
    ) {
        let engine = || Engine::with_seed(Limits::default(), CorpusSeed::new(5));
        let (whole, parts) = (engine(), (0..PARTS).map(|_| engine()).collect::<Vec<_>>());
        let names = [CollectionName::default(), CollectionName::new("essays").unwrap()];
        for engine in parts.iter().chain([&whole]) {
            engine.create_collection(&names[1], crate::model::FingerprintSettings::default()).unwrap();
        }
        for (number, words) in texts.iter().enumerate() {
            let source = NewSource::new(words.join(" "))
                .with_id(SourceId::new(&format!("s{number:02}")).unwrap())
                .with_group(Group::new(["", "a", "b"][number % 3]).unwrap());
            for engine in [&parts[number * 7 % PARTS], &whole] {
                engine.add_source(&names[number % 2], source.clone(), IfExists::Reject).unwrap();
            }
        }
        let groups = ["a", "b", "nobody"].into_iter().take(excluded).map(|group| Group::new(group).unwrap());
        let scope = Scope::of(names).with_exclude_groups(groups.collect::<BTreeSet<_>>());
        let options = RelatedOptions { max_sources, exclude_near_copies, exclude_own_group: false };
        let text = query.join(" ");
        let expected =
            whole.list_related(RelatedSubject::Text(&text), &scope, &options, &Stop::never()).unwrap();
        let (others, own_groups) = (BTreeSet::new(), BTreeSet::new());
        let request = ViewRequest { scope: &scope, others: &others, own_groups: &own_groups, sources: &[] };
        let views = Parts(parts.iter().map(|engine| View::new(engine.state(), &request).unwrap()).collect());
        let given = RelatedText::Given(&text);
        let found =
            whole.related_among(given, (&scope, &scope), options, &views, &Stop::never()).unwrap();
        prop_assert_eq!(shown(&found), shown(&expected));
    }
}
