//! One corpus divided over four engines gives the report of the whole.

#[cfg(feature = "server")]
mod wire;

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use crate::corpus::{Corpus, View, ViewRequest};
use crate::detection::search::{LocalNode, Node};
use crate::detection::{DetectionMode, DetectionOptions, Detector, Exclusions, PairedSource, Subject};
use crate::engine::{CorpusSeed, Engine, IfExists, NewSource, Stop};
use crate::model::{
    CollectionName, FingerprintSettings, Group, Label, Labels, Limits, Pattern, Scope, SourceId, SourceName,
    Title,
};
use crate::report::{Report, VoidReason};
use crate::text::OffsetUnit;

const SEED: CorpusSeed = CorpusSeed::new(11);
const ENGINES: usize = 4;

/// Limits under which the index decides what is compared.
fn indexed() -> Limits {
    Limits { exhaustive_sources: 0, ..Limits::default() }
}

/// The same sources in one engine, and divided over several.
struct Divided {
    whole: Engine,
    parts: Vec<Engine>,
    limits: Limits,
    added: usize,
}

impl Divided {
    fn new(limits: Limits) -> Self {
        let engine = || Engine::with_seed(limits, SEED);
        Self { whole: engine(), parts: (0..ENGINES).map(|_| engine()).collect(), limits, added: 0 }
    }

    fn create(&self, collection: &CollectionName, settings: FingerprintSettings) {
        for engine in self.parts.iter().chain([&self.whole]) {
            engine.create_collection(collection, settings).unwrap();
        }
    }

    /// Adds a source to the whole and to one of the parts.
    fn add(&mut self, collection: &CollectionName, source: &NewSource) {
        let part = &self.parts[self.added % ENGINES];
        for engine in [part, &self.whole] {
            engine.add_source(collection, source.clone(), IfExists::Reject).unwrap();
        }
        self.added += 1;
    }

    /// The report of the whole, and the one that is gathered from the parts.
    fn reports(&self, submission: &str, scope: &Scope, options: &DetectionOptions) -> [Report; 2] {
        let whole = self.whole.check(submission, scope, options, &Stop::never()).unwrap();
        let Exclusions { boilerplate_collections, own_groups, .. } = &options.exclusions;
        let request = ViewRequest { scope, others: boilerplate_collections, own_groups, sources: &[] };
        let view = |corpus: &Arc<Corpus>| View::new(corpus, &request).unwrap();
        let views: Vec<View> = self.parts.iter().map(|engine| view(engine.state())).collect();
        // Two nodes, of one and of three partitions.
        let (numbers, at) = ([0, 1, 2, 3], 1);
        let here = LocalNode { views: &views[..at], partitions: &numbers[..at] };
        let there = LocalNode { views: &views[at..], partitions: &numbers[at..] };
        let nodes: [&dyn Node; 2] = [&here, &there];
        let detector = Detector::new(self.limits, SEED);
        let scope = views[0].resolved(scope);
        let subject = Subject::of_request(submission);
        let gathered = detector.check(subject, &scope, options, &nodes, &Stop::never()).unwrap();
        [whole, gathered]
    }
}

/// The reports of two sources: by the whole, and by the counts of the parts.
fn pair_reports(
    divided: &Divided,
    [one, other]: [&SourceName; 2],
    options: &DetectionOptions,
) -> [Report; 2] {
    let whole = divided.whole.compare_pair(one, other, options, &Stop::never()).unwrap();
    let Exclusions { boilerplate_collections, own_groups, .. } = &options.exclusions;
    let scope = Scope::of([other.collection.clone()]);
    let request = ViewRequest { scope: &scope, others: boilerplate_collections, own_groups, sources: &[] };
    let view = |engine: &Engine| View::new(engine.state(), &request).unwrap();
    let views: Vec<View> = divided.parts.iter().map(view).collect();
    let numbers = [0, 1, 2, 3];
    let here = LocalNode { views: &views[..3], partitions: &numbers[..3] };
    let there = LocalNode { views: &views[3..], partitions: &numbers[3..] };
    let found = divided.whole.get_source(&other.collection, &other.id).unwrap();
    let paired = PairedSource { name: other, entry: &found.entry, text: &found.text };
    let detector = Detector::new(divided.limits, SEED);
    let subject = Subject::stored(&whole.text, whole.source.pages.as_deref());
    let (nodes, from): ([&dyn Node; 2], _) = ([&here, &there], &one.collection);
    let gathered = detector.compare_pair(subject, from, paired, options, &nodes, &Stop::never()).unwrap();
    let (corpus_revision, scope_revision) = (gathered.corpus_revision, gathered.scope_revision);
    [Report { corpus_revision, scope_revision, ..whole.report }, gathered]
}

/// Words of a small vocabulary, so that texts share much by chance too.
fn prose(salt: u64, words: u64) -> Vec<String> {
    let mut state = salt.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = |most: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % most
    };
    (0..words).map(|_| format!("wörd{}", next(4_000) * next(3))).collect()
}

fn name(name: &str) -> CollectionName {
    CollectionName::new(name).unwrap()
}

fn source(number: usize, words: &[String]) -> NewSource {
    NewSource::new(words.join(" "))
        .with_id(SourceId::new(&format!("source {number:03}")).unwrap())
        .with_title(Title::new(&format!("Title {number}")).unwrap())
        .with_group(Group::new(["", "a", "b"][number % 3]).unwrap())
        .with_labels(Labels::new(vec![Label::new(["x", "y"][number % 2]).unwrap()]).unwrap())
}

/// A submission with passages of some sources: exact, and with words swapped and replaced.
fn submission(sources: &[Vec<String>], salt: u64) -> String {
    let mut words = prose(salt + 7_777, 80);
    for (place, source) in
        sources.iter().enumerate().filter(|(place, _)| (*place as u64 + salt).is_multiple_of(9))
    {
        let from = (salt as usize * 7 + place) % (source.len() / 2);
        let mut copied = source[from..(from + 60).min(source.len())].to_vec();
        if place % 2 == 0 {
            copied.chunks_exact_mut(3).for_each(|some| some.swap(0, 2));
            copied.iter_mut().step_by(6).for_each(|word| *word = "other".to_owned());
        }
        words.extend(copied);
        words.extend(prose(salt + place as u64, 30));
    }
    words.join(" ")
}

/// The whole report, byte for byte, but for how the revision is divided over partitions.
fn bytes(report: &Report) -> String {
    let report = Report { partition_revisions: Vec::new(), ..report.clone() };
    format!("{report:#?}")
}

fn options(salt: u64) -> DetectionOptions {
    DetectionOptions {
        mode: if salt.is_multiple_of(3) { DetectionMode::VerbatimOnly } else { DetectionMode::AlteredToo },
        commonness_cap: (salt % 5 == 1).then_some(6),
        commonness_percent: (salt % 5 == 2).then_some(3.0),
        min_passage_words: (salt % 4 == 3).then_some(12),
        offset_unit: [OffsetUnit::Utf8Bytes, OffsetUnit::Utf16CodeUnits, OffsetUnit::CodePoints]
            [salt as usize % 3],
        include_excerpts: salt.is_multiple_of(2),
        max_sources: 5 + salt as usize % 9,
        max_passages: 1 + salt as usize % 4,
        ..DetectionOptions::default()
    }
}

/// A collection of sources with a page that most of them share.
fn divided(limits: Limits, shared_words: u64) -> (Divided, Vec<Vec<String>>) {
    let mut divided = Divided::new(limits);
    let page = prose(1, shared_words);
    let sources: Vec<Vec<String>> = (0..240)
        .map(|number| [prose(number + 10, 150), page.clone(), prose(number + 900, 60)].concat())
        .collect();
    for (number, words) in sources.iter().enumerate() {
        divided.add(&CollectionName::default(), &source(number, words));
    }
    (divided, sources)
}

#[test]
fn four_engines_give_the_report_of_one() {
    let (divided, sources) = divided(indexed(), 0);
    let mut passages = 0;
    for salt in 0..30 {
        let text = submission(&sources, salt);
        let [whole, gathered] = divided.reports(&text, &Scope::default(), &options(salt));
        assert_eq!(bytes(&whole), bytes(&gathered), "{salt}");
        passages += whole.passages_found;
    }
    assert!(passages > 300, "{passages}");
}

#[test]
fn few_sources_are_all_compared_wherever_they_are() {
    let (divided, sources) = divided(Limits { max_common_postings: 700, ..Limits::default() }, 40);
    for salt in 0..4 {
        let text = format!("{} {}", prose(1, 40).join(" "), submission(&sources, salt));
        let [whole, gathered] = divided.reports(&text, &Scope::default(), &options(salt));
        assert_eq!(bytes(&whole), bytes(&gathered), "{salt}");
        if options(salt).mode == DetectionMode::AlteredToo {
            let reasons: Vec<VoidReason> = whole.guarantee.voids.iter().map(|void| void.reason).collect();
            assert!(!reasons.contains(&VoidReason::PostingLimit), "{reasons:?}");
            assert_eq!((whole.candidates, whole.candidates_cut), (sources.len() as u64, 0));
        }
    }
}

#[test]
fn limits_that_void_the_guarantee_are_those_of_the_whole() {
    for (limits, salt) in [
        (Limits { max_common_postings: 700, ..indexed() }, 3),
        (Limits { max_common_postings: 700, ..indexed() }, 4),
        (Limits { max_candidates: 5, ..indexed() }, 5),
        (Limits { max_common_postings: 2_000, max_candidates: 20, ..indexed() }, 7),
    ] {
        let (divided, sources) = divided(limits, 40);
        let text = format!("{} {}", prose(1, 40).join(" "), submission(&sources, salt));
        let [whole, gathered] = divided.reports(&text, &Scope::default(), &options(salt));
        assert!(!whole.guarantee.holds(), "{limits:?}");
        assert_eq!(bytes(&whole), bytes(&gathered), "{limits:?}");
    }
}

#[test]
fn collections_exclusions_and_boilerplate_are_gathered_too() {
    let mut divided = Divided::new(indexed());
    let (essays, template) = (name("essays"), name("template"));
    divided.create(&essays, FingerprintSettings::new(4, 6).unwrap());
    divided.create(&template, FingerprintSettings::default());
    let sources: Vec<Vec<String>> = (0..160).map(|number| prose(number + 50, 140)).collect();
    for (number, words) in sources.iter().enumerate() {
        let collection = if number % 3 == 0 { &essays } else { &CollectionName::default() };
        divided.add(collection, &source(number, words));
        if number % 20 == 0 {
            divided.add(&template, &source(1_000 + number, &words[20..60]));
        }
    }
    let own_groups = BTreeSet::from([Group::new("a").unwrap()]);
    for salt in 0..20 {
        let scope = Scope {
            exclude_labels: if salt % 4 == 1 {
                BTreeSet::from([Label::new("y").unwrap()])
            } else {
                BTreeSet::new()
            },
            ..Scope::of([essays.clone(), CollectionName::default()])
        };
        let exclusions = Exclusions {
            boilerplate_collections: if salt % 2 == 0 {
                BTreeSet::from([template.clone()])
            } else {
                BTreeSet::new()
            },
            boilerplate_texts: vec![sources[9][..50].join(" ")],
            own_groups: own_groups.clone(),
            ..Exclusions::default()
        };
        let options = DetectionOptions { exclusions, ..options(salt) };
        let [whole, mut gathered] = divided.reports(&submission(&sources, salt), &scope, &options);
        // The collections were created once in each part: revisions count more changes.
        assert!(gathered.corpus_revision > whole.corpus_revision);
        (gathered.corpus_revision, gathered.scope_revision) = (whole.corpus_revision, whole.scope_revision);
        assert_eq!(bytes(&whole), bytes(&gathered), "{salt}");
    }
}

#[test]
fn two_sources_are_judged_by_the_counts_of_all_parts() {
    let mut divided = Divided::new(indexed());
    let (essays, template) = (name("essays"), name("template"));
    divided.create(&essays, FingerprintSettings::new(4, 6).unwrap());
    divided.create(&template, FingerprintSettings::default());
    let text = |number: usize| {
        let (own, shared) = (number as u64 + 50, number as u64 / 4 + 700);
        [prose(own, 70), prose(shared, 60), prose(own + 200, 20)].concat()
    };
    let collection = |number: usize| if number % 4 == 3 { essays.clone() } else { CollectionName::default() };
    for number in 0..80 {
        divided.add(&collection(number), &source(number, &text(number)));
    }
    divided.add(&template, &source(1_000, &text(8)[75..100]));
    let source_name = |number: usize| SourceName {
        collection: collection(number),
        id: SourceId::new(&format!("source {number:03}")).unwrap(),
    };
    let mut passages = 0;
    for (salt, (one, other)) in (0..).zip([(0, 1), (1, 0), (8, 9), (9, 11), (11, 10), (3, 50), (7, 11)]) {
        let exclusions = Exclusions {
            boilerplate_collections: BTreeSet::from([template.clone()]),
            ..Exclusions::default()
        };
        let options = DetectionOptions { exclusions, max_expected_by_chance: 1e6, ..options(salt) };
        let [whole, gathered] = pair_reports(&divided, [&source_name(one), &source_name(other)], &options);
        assert_eq!(bytes(&whole), bytes(&gathered), "{one} and {other}");
        passages += whole.passages_found;
    }
    assert!(passages > 4, "{passages}");
}

#[test]
fn scopes_and_warnings_are_gathered_too() {
    for exhaustive_sources in [0, 400] {
        let mut divided = Divided::new(Limits { exhaustive_sources, ..Limits::default() });
        let essays = name("essays");
        divided.create(&essays, FingerprintSettings::default());
        let sources: Vec<Vec<String>> = (0..60).map(|number| prose(number + 50, 140)).collect();
        for (number, words) in sources.iter().enumerate() {
            let collection = if number % 3 == 0 { &essays } else { &CollectionName::default() };
            divided.add(collection, &source(number, words));
        }
        let labels = |labels: &[&str]| labels.iter().map(|one| Label::new(one).unwrap()).collect();
        let groups = |groups: &[&str]| groups.iter().map(|one| Group::new(one).unwrap()).collect();
        let id = |number| SourceId::new(&format!("source {number:03}")).unwrap();
        let all = Scope { patterns: [Pattern::all()].into(), ..Scope::of([]) };
        let prefixes = ["es", "none-"].map(|prefix| Pattern::prefix(prefix).unwrap());
        let scopes = [
            all.clone(),
            Scope { patterns: prefixes.into(), ..Scope::of([]) },
            Scope { include_groups: groups(&["a", "nobody"]), ..all.clone() },
            Scope { include_labels: labels(&["y"]), exclude_groups: groups(&["b", "zoe"]), ..all.clone() },
            Scope { include_groups: groups(&["nobody"]), exclude_labels: labels(&["z"]), ..all.clone() },
            Scope { exclude_source_ids: [id(9), id(999)].into(), ..all.clone() },
            Scope { exclude_source: Some(SourceName { collection: essays, id: id(9) }), ..all },
        ];
        let mut warnings = 0;
        for (place, scope) in scopes.iter().enumerate() {
            let own_groups = groups(&["b", "me"]);
            let exclusions = Exclusions { own_groups, ..Exclusions::default() };
            let options = DetectionOptions { exclusions, ..options(place as u64) };
            let text = format!("{} {}", sources[9].join(" "), submission(&sources, place as u64));
            let [whole, mut gathered] = divided.reports(&text, scope, &options);
            (gathered.corpus_revision, gathered.scope_revision) =
                (whole.corpus_revision, whole.scope_revision);
            assert_eq!(bytes(&whole), bytes(&gathered), "{scope:?}");
            let is_itself = scope.exclude_source.is_some();
            let has_itself = whole.sources.iter().any(|source| source.source_id == id(9).as_str());
            assert!(!(is_itself && has_itself), "{scope:?}");
            warnings += whole.warnings.listed.len();
        }
        // Each has an own group that is unknown; the second another, and a prefix; then two groups; then a group, a label and
        // a scope without sources; then an id.
        assert_eq!(warnings, 7 + 2 + 2 + 3 + 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Sources of very few words, so that nearly everything is shared.
    #[test]
    fn any_division_gives_the_same_report(
        texts in prop::collection::vec(prop::collection::vec(0_u8..12, 10..40), 1..30),
        submission in prop::collection::vec(0_u8..12, 8..60),
        salt in 0_u64..30,
    ) {
        let text = |words: &[u8]| words.iter().map(|word| format!("w{word}")).collect::<Vec<_>>();
        let exhaustive_sources = if salt % 2 == 0 { 0 } else { 400 };
        let mut divided = Divided::new(Limits { exhaustive_sources, ..Limits::default() });
        for (number, words) in texts.iter().enumerate() {
            divided.add(&CollectionName::default(), &source(number, &text(words)));
        }
        let [whole, gathered] = divided.reports(&text(&submission).join(" "), &Scope::default(), &options(salt));
        prop_assert_eq!(bytes(&whole), bytes(&gathered));
    }
}
