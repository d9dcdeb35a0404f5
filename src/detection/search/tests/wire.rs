//! What a search sends between partitions is received as it was sent: the report is the one of a search without a wire.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Divided, SEED, divided, indexed, options, submission};
use crate::corpus::{Error, View, ViewRequest};
use crate::detection::search::counts::{Caps, CollectionCounts, CollectionTotals, Extent};
use crate::detection::search::proposal::{Pick, Proposal};
use crate::detection::search::{Partition, PartitionSearch, Prepared};
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

/// A view behind a wire.
struct Remote<'a>(&'a View);

/// A search behind a wire.
struct RemoteSearch<'a>(Box<dyn PartitionSearch + 'a>);

impl Partition for Remote<'_> {
    fn settings(&self, collection: &CollectionName) -> Result<FingerprintSettings, Error> {
        self.0.settings(&sent(collection)).map(|settings| sent(&settings))
    }

    fn search<'a>(
        &'a self,
        detector: &'a Detector,
        prepared: &'a Prepared<'a>,
    ) -> Result<Box<dyn PartitionSearch + 'a>, Error> {
        Ok(Box::new(RemoteSearch(self.0.search(detector, prepared)?)))
    }
}

impl PartitionSearch for RemoteSearch<'_> {
    fn extent(&mut self) -> Result<Extent, Error> {
        self.0.extent().map(|extent| sent(&extent))
    }

    fn count(&mut self, caps: &[Caps], stop: &Stop) -> Result<Vec<CollectionCounts>, Error> {
        self.0.count(&sent(&caps.to_vec()), stop).map(|counts| sent(&counts))
    }

    fn propose(&mut self, totals: &[CollectionTotals], stop: &Stop) -> Result<Vec<Proposal>, Error> {
        self.0.propose(&sent(&totals.to_vec()), stop).map(|proposals| sent(&proposals))
    }

    fn compare(&mut self, picks: &[Pick], stop: &Stop) -> Result<Vec<Finding>, Error> {
        let found = self.0.compare(&sent(&picks.to_vec()), stop)?;
        let received = sent(&found);
        assert_eq!(found, received);
        Ok(received)
    }
}

impl Divided {
    /// The report that is gathered from the parts over a wire.
    fn report_over_wire(&self, submission: &str, scope: &Scope, options: &DetectionOptions) -> Report {
        let (scope, options) = (sent(scope), sent(options));
        let Exclusions { boilerplate_collections, own_groups, .. } = &options.exclusions;
        let request =
            ViewRequest { scope: &scope, others: boilerplate_collections, own_groups, sources: &[] };
        let view = |engine: &crate::engine::Engine| View::new(engine.state(), &request).unwrap();
        let views: Vec<View> = self.parts.iter().map(view).collect();
        let remote: Vec<Remote<'_>> = views.iter().map(Remote).collect();
        let partitions: Vec<&dyn Partition> = remote.iter().map(|one| one as &dyn Partition).collect();
        let detector = Detector::new(self.limits, SEED);
        let scope = sent(&views[0].resolved(&scope));
        let subject = Subject::of_request(submission);
        detector.check(subject, &scope, &options, &partitions, &Stop::never()).unwrap()
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
