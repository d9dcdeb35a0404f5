//! A search of another node over a wire gives the report of a search without one.

use std::sync::mpsc::{Receiver, Sender, channel};

use parking_lot::Mutex;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Divided, SEED, divided, indexed, options, submission};
use crate::corpus::{Error, View, ViewRequest};
use crate::detection::search::{
    Answer, Answered, Begin, CollectionTotals, Counting, LocalNode, Node, NodeCounts, NodeSearch, Pick,
    Prepared, Proposal, Step, serve,
};
use crate::detection::{DetectionOptions, Detector, Exclusions, Subject};
use crate::model::{
    CollectionName, FingerprintSettings, Group, Limits, NewSource, PageKind, PageStart, Pages, Pattern,
    Scope, SourceId, Stop, Timestamp, Visibility,
};
use crate::report::{Finding, Report};

/// The value as another node receives it.
fn sent<T: Serialize + DeserializeOwned>(value: &T) -> T {
    rmp_serde::from_slice(&rmp_serde::to_vec_named(value).unwrap()).unwrap()
}

/// A node behind a wire, which answers in a thread of its own.
struct Remote<'a> {
    views: &'a [View],
    steps: Sender<Vec<u8>>,
    answers: Mutex<Receiver<Vec<u8>>>,
}

impl Remote<'_> {
    fn ask(&self, step: &Step) -> Answered {
        self.steps.send(rmp_serde::to_vec_named(step).unwrap()).unwrap();
        rmp_serde::from_slice(&self.answers.lock().recv().unwrap()).unwrap()
    }
}

impl Node for Remote<'_> {
    fn settings(&self, collection: &CollectionName) -> Result<FingerprintSettings, Error> {
        self.views[0].collection(collection).map(|viewed| sent(&viewed.settings()))
    }

    fn search<'a>(
        &'a self,
        _: &'a Detector,
        prepared: &'a Prepared<'a>,
    ) -> Result<Box<dyn NodeSearch + 'a>, Error> {
        Ok(Box::new(RemoteSearch { remote: self, prepared }))
    }
}

/// A search behind a wire.
struct RemoteSearch<'a> {
    remote: &'a Remote<'a>,
    prepared: &'a Prepared<'a>,
}

impl NodeSearch for RemoteSearch<'_> {
    fn count(&mut self, counting: Counting) -> Answer<'_, NodeCounts> {
        let begin = Begin::of(self.prepared, counting);
        let Answered::Counts(counts) = self.remote.ask(&Step::Begin(Box::new(begin))) else { panic!() };
        Box::new(|_| Ok(counts))
    }

    fn propose<'s>(&'s mut self, totals: &'s [CollectionTotals]) -> Answer<'s, Vec<Vec<Proposal>>> {
        let Answered::Proposals(proposals) = self.remote.ask(&Step::Propose(totals.to_vec())) else {
            panic!()
        };
        Box::new(|_| Ok(proposals))
    }

    fn compare<'s>(&'s mut self, picks: &'s [Vec<Pick>]) -> Answer<'s, Vec<Finding>> {
        let Answered::Findings(findings) = self.remote.ask(&Step::Compare(picks.to_vec())) else { panic!() };
        Box::new(|_| Ok(findings))
    }
}

impl Divided {
    /// The report that is gathered from the parts, all but the first of which are behind a wire.
    fn report_over_wire(&self, submission: &str, scope: &Scope, options: &DetectionOptions) -> Report {
        let (scope, options) = (sent(scope), sent(options));
        let Exclusions { boilerplate_collections, own_groups, .. } = &options.exclusions;
        let request =
            ViewRequest { scope: &scope, others: boilerplate_collections, own_groups, sources: &[] };
        let view = |engine: &crate::engine::Engine| View::new(engine.state(), &request).unwrap();
        let views: Vec<View> = self.parts.iter().map(view).collect();
        let detector = Detector::new(self.limits, SEED);
        let scope = sent(&views[0].resolved(&scope));
        let subject = Subject::of_request(submission);
        let (here, there) = views.split_at(1);
        let (steps, asked) = channel::<Vec<u8>>();
        let (answered, answers) = channel();
        std::thread::scope(|threads| {
            threads.spawn(|| {
                let node = LocalNode { views: there, partitions: &[1, 2, 3] };
                let asked = asked;
                let mut exchange = |answer: Option<Answered>| {
                    if let Some(answer) = answer {
                        answered.send(rmp_serde::to_vec_named(&answer).unwrap()).unwrap();
                    }
                    asked.recv().ok().map(|step| rmp_serde::from_slice(&step).unwrap())
                };
                // It has a tokenizer of its own, as another process.
                serve(&Detector::new(self.limits, SEED), &node, subject, &mut exchange, &Stop::never())
                    .unwrap();
            });
            let remote = Remote { views: there, steps, answers: Mutex::new(answers) };
            let nodes: [&dyn Node; 2] = [&LocalNode { views: here, partitions: &[0] }, &remote];
            detector.check(subject, &scope, &options, &nodes, &Stop::never()).unwrap()
        })
    }
}

#[test]
fn a_search_over_a_wire_gives_the_same_report() {
    let limits = Limits { max_common_postings: 700, ..indexed() };
    assert_eq!(sent(&limits), limits);
    let (mut divided, sources) = divided(limits, 40);
    let text = sources[3].join(" ");
    let starts = [(0, 1, "i"), (40, 7, "")].map(|(offset, number, label)| PageStart {
        offset,
        number,
        label: label.into(),
    });
    let pages = Pages::new(PageKind::Chapter, 9, starts.to_vec(), &text).unwrap();
    let with_pages = NewSource::new(text.as_str())
        .with_id(SourceId::new("paged").unwrap())
        .submitted_at(Timestamp::new(-5, 7).unwrap())
        .with_pages(pages);
    divided.add(&CollectionName::default(), &with_pages);
    let patterns = ["de*", "other"].map(|pattern| Pattern::new(pattern).unwrap());
    let own_groups = [Group::new("a").unwrap(), Group::new("nobody").unwrap()];
    let mut passages = 0;
    for salt in 0..8 {
        let scope =
            Scope { patterns: patterns.clone().into(), visible: Visibility::all(), ..Scope::default() };
        let exclusions = Exclusions { own_groups: own_groups.clone().into(), ..Exclusions::default() };
        let options = DetectionOptions {
            exclusions,
            submitted_at: Some(Timestamp::new(1_700_000_000, 999_999_999).unwrap()),
            ..options(salt)
        };
        assert_eq!((sent(&scope), sent(&options)), (scope.clone(), options.clone()));
        let text = format!("{} {text}", submission(&sources, salt));
        let [_, gathered] = divided.reports(&text, &scope, &options);
        let over_wire = divided.report_over_wire(&text, &scope, &options);
        assert_eq!(super::bytes(&gathered), super::bytes(&over_wire), "{salt}");
        passages += gathered.passages_found;
    }
    assert!(passages > 20, "{passages}");
}
