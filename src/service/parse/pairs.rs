//! Requests of `CompareAll`.

use super::detection::MAX_IDS;
use super::places::Places;
use super::{Fields, group};
use crate::engine::{CollectionName, Exclusions, PairOptions};
use crate::proto;
use crate::service::convert::enums;
use crate::service::problem::Problem;

/// Maximum number of pairs in one response.
const MAX_PAIRS: u32 = 100_000;

/// Maximum number of clusters in one response.
const MAX_CLUSTERS: u32 = 10_000;

/// A comparison of all sources of a collection.
pub(in crate::service) struct AllPairs {
    pub(in crate::service) collection: CollectionName,
    pub(in crate::service) options: PairOptions,
    /// The places of the request's entries.
    pub(in crate::service) places: Places,
}

pub(in crate::service) fn compare_all(request: &proto::CompareAllRequest) -> Result<AllPairs, Problem> {
    let proto::CompareAllRequest { collection, options } = request;
    let mut fields = Fields::default();
    let collection = fields.collection("collection", collection);
    let options = options.clone().unwrap_or_default();
    let places = Places::of_pairs(&options);
    let options = fields.pair_options(&options);
    fields.done(AllPairs { collection, options, places })
}

impl Fields {
    fn pair_options(&mut self, options: &proto::PairOptions) -> PairOptions {
        let defaults = PairOptions::default();
        let proto::PairOptions {
            min_passage_words,
            mode,
            min_coverage_percent,
            commonness_cap,
            commonness_percent,
            exclusions,
            leave_out_same_group,
            exclude_groups,
            max_pairs,
            max_clusters,
            max_expected_by_chance,
        } = options;
        let percent = min_coverage_percent.unwrap_or(defaults.min_coverage_percent);
        if !(0.0..=100.0).contains(&percent) {
            self.invalid("options.min_coverage_percent", format!("is {percent}, but must be from 0 to 100"));
        }
        let exclusions = exclusions.as_ref().map_or_else(Exclusions::default, |given| self.exclusions(given));
        if !exclusions.own_groups.is_empty() {
            self.invalid(
                "options.exclusions.own_groups",
                "has no meaning where all sources are compared; set options.leave_out_same_group instead",
            );
        }
        let listed = |number: Option<u32>, default: usize| number.map_or(default, |number| number as usize);
        PairOptions {
            min_passage_words: self.min_passage_words(*min_passage_words),
            mode: self.get("options.mode", enums::mode(*mode)),
            min_coverage_percent: percent,
            commonness_cap: self.commonness_cap(*commonness_cap),
            commonness_percent: self.commonness_percent(*commonness_percent),
            max_expected_by_chance: self.max_expected_by_chance(*max_expected_by_chance),
            exclusions,
            leave_out_same_group: *leave_out_same_group,
            exclude_groups: self.set("options.exclude_groups", exclude_groups, MAX_IDS, group),
            max_pairs: listed(
                self.number("options.max_pairs", *max_pairs, 0..=MAX_PAIRS),
                defaults.max_pairs,
            ),
            max_clusters: listed(
                self.number("options.max_clusters", *max_clusters, 0..=MAX_CLUSTERS),
                defaults.max_clusters,
            ),
        }
    }
}
