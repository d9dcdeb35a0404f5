//! Requests of `DetectionService`, `CompareAll` excepted.

use std::collections::BTreeSet;

use super::places::Places;
use super::{Fields, group};
use crate::engine::{
    CollectionName, ComparedText, DetectionOptions, Exclusions, Label, Pattern, Scope, SourceId, SourceName,
    Title,
};
use crate::proto;
use crate::service::convert::enums;
use crate::service::documents::{GivenDocument, GivenText};
use crate::service::problem::Problem;

/// Maximum number of texts in one `Compare`.
pub(in crate::service) const MAX_COMPARED_TEXTS: usize = 1000;

/// Maximum number of entries of each list in a scope.
const MAX_COLLECTIONS: usize = 1000;
pub(super) const MAX_IDS: usize = 10_000;
const MAX_LABELS: usize = 1000;
const MAX_BOILERPLATE: usize = 100;

/// Maximum of the numbers in the options: listed sources and passages, and words of a passage.
const MAX_NUMBER: u32 = 10_000;

/// Maximum number of prefixes of collections.
const MAX_PREFIXES: usize = 100;

/// A submission to check.
pub(in crate::service) struct Check {
    pub(in crate::service) submission: Submission,
    pub(in crate::service) scope: Scope,
    pub(in crate::service) options: DetectionOptions,
    /// The places of the request's entries.
    pub(in crate::service) places: Places,
}

/// What takes the part of the submission.
pub(in crate::service) enum Submission {
    /// A text of the request, or a document.
    Given(GivenText),
    /// A stored source.
    Source(SourceName),
}

/// Two stored sources to compare.
pub(in crate::service) struct StoredPair {
    pub(in crate::service) submission: SourceName,
    pub(in crate::service) source: SourceName,
    pub(in crate::service) options: DetectionOptions,
}

/// A submission to compare with the texts of the request.
pub(in crate::service) struct Comparison {
    pub(in crate::service) submission: GivenText,
    pub(in crate::service) sources: Vec<ComparedSource>,
    pub(in crate::service) options: DetectionOptions,
}

/// A text to compare with, which is empty if it is to be extracted from a document.
pub(in crate::service) struct ComparedSource {
    pub(in crate::service) text: ComparedText,
    pub(in crate::service) document: Option<GivenDocument>,
}

pub(in crate::service) fn check(request: proto::CheckRequest) -> Result<Check, Problem> {
    // The handler reads `include_text`.
    let proto::CheckRequest { text, scope, options, source, submitted_at, document, include_text: _ } =
        request;
    let mut fields = Fields::default();
    let (scope, options) = (scope.unwrap_or_default(), options.unwrap_or_default());
    let (parsed_scope, parsed_options) = (fields.scope(&scope), fields.options(&options));
    let parsed_options = parsed_options.with_submitted_at(fields.time("submitted_at", submitted_at));
    let submission = fields.submission(text, source, document);
    let places = Places::of_check(scope, options);
    fields.done(Check { submission, scope: parsed_scope, options: parsed_options, places })
}

pub(in crate::service) fn compare_pair(request: &proto::ComparePairRequest) -> Result<StoredPair, Problem> {
    let proto::ComparePairRequest { submission, source, options } = request;
    let mut fields = Fields::default();
    let options = fields.options(options.as_ref().unwrap_or(&proto::DetectionOptions::default()));
    let [submission, source] = [("submission", submission), ("source", source)].map(|(field, name)| {
        if name.is_none() {
            fields.invalid(field, "is missing; name a stored source");
        }
        name.as_ref().and_then(|name| fields.stored_source(field, name))
    });
    if submission.is_some() && submission == source {
        fields.invalid("source", "is the submission itself; name another source");
    }
    match (submission, source) {
        (Some(submission), Some(source)) => fields.done(StoredPair { submission, source, options }),
        _ => Err(fields.refused()),
    }
}

/// The request of an item of `CheckStream`.
pub(in crate::service) fn check_item(
    key: &str,
    check: Option<proto::CheckRequest>,
) -> Result<proto::CheckRequest, Problem> {
    const MAX_KEY_BYTES: usize = 512;
    let mut fields = Fields::default();
    if key.len() > MAX_KEY_BYTES {
        fields.invalid("key", format!("has {} bytes, but may have {MAX_KEY_BYTES} at most", key.len()));
    }
    if check.is_none() {
        fields.invalid("check", "is missing");
    }
    fields.done(check.unwrap_or_default())
}

pub(in crate::service) fn compare(request: proto::CompareRequest) -> Result<Comparison, Problem> {
    // The handler reads `include_text`.
    let proto::CompareRequest { text, sources, options, submitted_at, document, include_text: _ } = request;
    let mut fields = Fields::default();
    let options = fields.options(&options.unwrap_or_default());
    let options = options.with_submitted_at(fields.time("submitted_at", submitted_at));
    let submission = fields.text_or_document("", text, document);
    if sources.is_empty() || sources.len() > MAX_COMPARED_TEXTS {
        let count = sources.len();
        fields.invalid("sources", format!("has {count} texts, but must have from 1 to {MAX_COMPARED_TEXTS}"));
    }
    let mut ids = BTreeSet::new();
    let mut texts = Vec::with_capacity(sources.len());
    for (place, proto::ComparedText { id, title, text, submitted_at, document, pages }) in
        sources.into_iter().enumerate()
    {
        let field = |name: &str| format!("sources[{place}].{name}");
        let id = if id.is_empty() { place.to_string() } else { id };
        fields.source_id(&field("id"), &id);
        fields.get(field("title"), Title::new(&title));
        if !ids.insert(id.clone()) {
            fields.invalid(field("id"), format!("is {id:?}, as another text's is; give each its own"));
        }
        let submitted_at = fields.time(&field("submitted_at"), submitted_at);
        let given = fields.text_or_document(&field(""), text, document);
        let pages = fields.pages(&field("pages"), pages, &given);
        let (text, document) = match given {
            GivenText::Text(text) => (text, None),
            GivenText::Document(document) => (String::new(), Some(document)),
        };
        let text = ComparedText { id, title, text: text.into(), submitted_at, pages };
        texts.push(ComparedSource { text, document });
    }
    fields.done(Comparison { submission, sources: texts, options })
}

impl Fields {
    pub(super) fn scope(&mut self, scope: &proto::Scope) -> Scope {
        let proto::Scope {
            collections,
            exclude_source_ids,
            exclude_groups,
            exclude_labels,
            all_collections,
            collection_prefixes,
            include_groups,
            include_labels,
        } = scope;
        let mut collections =
            self.set("scope.collections", collections, MAX_COLLECTIONS, CollectionName::new);
        let mut patterns =
            self.set("scope.collection_prefixes", collection_prefixes, MAX_PREFIXES, Pattern::prefix);
        patterns.extend(all_collections.then(Pattern::all));
        if collections.is_empty() && patterns.is_empty() {
            collections.insert(CollectionName::default());
        }
        Scope {
            collections,
            patterns,
            include_groups: self.set("scope.include_groups", include_groups, MAX_IDS, group),
            include_labels: self.set("scope.include_labels", include_labels, MAX_LABELS, Label::new),
            exclude_source_ids: self.set(
                "scope.exclude_source_ids",
                exclude_source_ids,
                MAX_IDS,
                SourceId::new,
            ),
            exclude_groups: self.set("scope.exclude_groups", exclude_groups, MAX_IDS, group),
            exclude_labels: self.set("scope.exclude_labels", exclude_labels, MAX_LABELS, Label::new),
            ..Scope::default()
        }
    }

    /// A text of the request, a document or a stored source in its place.
    pub(in crate::service) fn submission(
        &mut self,
        text: String,
        source: Option<proto::SourceName>,
        document: Option<proto::Document>,
    ) -> Submission {
        let Some(source) = source else {
            return Submission::Given(self.text_or_document("", text, document));
        };
        let given = [("text", !text.is_empty()), ("document", document.is_some())];
        for (field, _) in given.into_iter().filter(|(_, is_set)| *is_set) {
            self.invalid(field, "is set, and so is source; set one of the two");
        }
        let stored = self.stored_source("source", &source);
        stored.map_or_else(|| Submission::Given(GivenText::Text(text)), Submission::Source)
    }

    fn stored_source(&mut self, field: &str, name: &proto::SourceName) -> Option<SourceName> {
        let proto::SourceName { collection, id } = name;
        let collection = self.collection(&format!("{field}.collection"), collection);
        Some(SourceName { collection, id: self.source_id(&format!("{field}.id"), id)? })
    }

    fn options(&mut self, options: &proto::DetectionOptions) -> DetectionOptions {
        let defaults = DetectionOptions::default();
        let proto::DetectionOptions {
            min_passage_words,
            mode,
            commonness_cap,
            commonness_percent,
            offset_unit,
            include_excerpts,
            max_sources,
            max_passages,
            exclusions,
            max_expected_by_chance,
            allow_partial,
        } = options;
        let max_sources = self.number("options.max_sources", *max_sources, 0..=MAX_NUMBER);
        let max_passages = self.number("options.max_passages", *max_passages, 0..=MAX_NUMBER);
        if max_sources == Some(0) && max_passages.is_some_and(|most| most > 0) {
            self.invalid("options.max_passages", "asks for passages, but max_sources = 0 asks for no sources to list them under; unset one of the two");
        }
        if max_sources == Some(0) && *include_excerpts {
            self.invalid("options.include_excerpts", "asks for excerpts, but max_sources = 0 asks for no sources to list them under; unset one of the two");
        }
        let listed = |number: Option<u32>, default: usize| number.map_or(default, |number| number as usize);
        DetectionOptions {
            min_passage_words: self.min_passage_words(*min_passage_words),
            mode: self.get("options.mode", enums::mode(*mode)),
            exclusions: exclusions
                .as_ref()
                .map_or_else(Exclusions::default, |exclusions| self.exclusions(exclusions)),
            commonness_percent: self.commonness_percent(*commonness_percent),
            commonness_cap: self.commonness_cap(*commonness_cap),
            max_expected_by_chance: self.max_expected_by_chance(*max_expected_by_chance),
            offset_unit: self.get("options.offset_unit", enums::offset_unit(*offset_unit)),
            include_excerpts: *include_excerpts,
            max_sources: listed(max_sources, defaults.max_sources),
            max_passages: listed(max_passages, defaults.max_passages),
            allow_partial: *allow_partial,
            ..defaults
        }
    }

    pub(super) fn min_passage_words(&mut self, words: Option<u32>) -> Option<u32> {
        self.number("options.min_passage_words", words, 1..=MAX_NUMBER)
    }

    pub(super) fn commonness_cap(&mut self, sources: Option<u32>) -> Option<u32> {
        self.number("options.commonness_cap", sources, 1..=u32::MAX)
    }

    pub(super) fn commonness_percent(&mut self, percent: Option<f64>) -> Option<f64> {
        if let Some(percent) = percent.filter(|percent| !(*percent > 0.0 && *percent <= 100.0)) {
            self.invalid(
                "options.commonness_percent",
                format!("is {percent}, but must be more than 0, and 100 at most"),
            );
        }
        percent
    }

    pub(super) fn max_expected_by_chance(&mut self, given: Option<f64>) -> f64 {
        let expected = given.unwrap_or(DetectionOptions::MAX_EXPECTED_BY_CHANCE);
        if expected.is_nan() || expected < 0.0 {
            self.invalid("options.max_expected_by_chance", format!("is {expected}, but must be 0 or more"));
        }
        expected
    }

    pub(super) fn exclusions(&mut self, exclusions: &proto::Exclusions) -> Exclusions {
        const FIELD: &str = "options.exclusions";
        let proto::Exclusions {
            quotations,
            bibliography,
            citations,
            boilerplate_texts,
            boilerplate_collections,
            own_groups,
        } = exclusions;
        if boilerplate_texts.len() > MAX_BOILERPLATE {
            let count = boilerplate_texts.len();
            self.invalid(
                format!("{FIELD}.boilerplate_texts"),
                format!("has {count} entries, but may have {MAX_BOILERPLATE} at most"),
            );
        }
        let collections = format!("{FIELD}.boilerplate_collections");
        Exclusions {
            quotations: quotations.unwrap_or(true),
            bibliography: bibliography.unwrap_or(true),
            citations: citations.unwrap_or(true),
            boilerplate_texts: boilerplate_texts.clone(),
            boilerplate_collections: self.set(
                &collections,
                boilerplate_collections,
                MAX_BOILERPLATE,
                CollectionName::new,
            ),
            own_groups: self.set(&format!("{FIELD}.own_groups"), own_groups, MAX_IDS, group),
        }
    }
}
