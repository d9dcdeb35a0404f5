//! A submission against given texts, or one stored source against another.

use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

use super::check::{Subject, last_changes, report_limits, settings_of};
use super::detector::Detector;
use super::digest::{ScopedCollection, settings_digest};
use super::exclusions::{TakenOut, in_regions, take_out};
use super::options::{DetectionMode, DetectionOptions};
use super::search::{Judge, Node, Prepared, Query, Surveyed, survey};
use super::submission::{Compared, Submission};
use crate::corpus::{Entry, Error, TextRole};
use crate::model::{
    CollectionName, FingerprintSettings, Pages, Scope, SourceName, Stop, Timestamp, Warnings,
};
use crate::report::{self, Draft, ExcludedWords, ExclusionReason, Finding, FoundSource, Report, SourceSide};
use crate::text::regions::regions;
use crate::text::{TokenizedText, alerts};

/// A text to compare a submission with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ComparedText {
    /// Its id in the report.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The text.
    pub text: Arc<str>,
    /// When it was submitted, if that is known.
    pub submitted_at: Option<Timestamp>,
    /// The pages of the document that it was extracted from, if they are known.
    pub pages: Option<Pages>,
}

/// A text that the submission is compared with in full.
struct Side<'a> {
    found: FoundSource,
    text: &'a str,
    /// Its pages, if they are known.
    pages: Option<&'a Pages>,
    /// Its place in the request; `None` if it is stored.
    place: Option<usize>,
}

impl<'a> Side<'a> {
    fn of_request(place: usize, compared: &'a ComparedText) -> Self {
        let ComparedText { id, title, text, submitted_at, pages } = compared;
        let found = FoundSource {
            source_id: id.clone(),
            title: title.clone(),
            submitted_at: *submitted_at,
            ..FoundSource::default()
        };
        Self { found, text, pages: pages.as_ref(), place: Some(place) }
    }
}

/// A digest of settings, and of the source that a text is compared with.
fn with_source(settings: u128, SourceName { collection, id }: &SourceName) -> u128 {
    let mut digest = Xxh3::new();
    digest.update(&settings.to_le_bytes());
    digest.update(format!("with {collection} {id}").as_bytes());
    digest.digest128()
}

/// A stored source that a submission is compared with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PairedSource<'a> {
    /// Its name.
    pub(crate) name: &'a SourceName,
    /// What is known of it.
    pub(crate) entry: &'a Entry,
    /// Its text.
    pub(crate) text: &'a str,
}

/// The way in which texts are compared.
struct Way<'a> {
    settings: FingerprintSettings,
    settings_digest: u128,
    /// The collection of the other source, and the postings of a k-gram that say nothing of chance in it.
    chance: Option<(&'a Scope, u32)>,
}

impl Detector {
    /// Compares a submission with texts. `nodes` hold the collections of boilerplate.
    ///
    /// All texts are compared in full, so that every run of `min_passage_words` is found: by default as
    /// many as the guaranteed run of the default settings, or the whole of a shorter submission. Linear in all texts.
    ///
    /// # Errors
    ///
    /// [`Error::NoWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`], [`Error::Stopped`], and of boilerplate those
    /// of [`Self::check`].
    pub(crate) fn compare(
        &self,
        submission: Subject<'_>,
        texts: &[ComparedText],
        options: &DetectionOptions,
        nodes: &[&dyn Node],
        stop: &Stop,
    ) -> Result<Report, Error> {
        let sides: Vec<Side<'_>> =
            texts.iter().enumerate().map(|(place, text)| Side::of_request(place, text)).collect();
        let way = Way {
            settings: FingerprintSettings::default(),
            settings_digest: settings_digest(&[], &Scope::default(), options, &self.limits),
            chance: None,
        };
        self.compare_with(submission, &sides, &way, options, nodes, stop)
    }

    /// Compares a stored source of a collection with another, in full, by the settings of the other's collection.
    /// `nodes` hold that collection, whose counts tell what chance produces, and those of boilerplate. Linear in both texts.
    ///
    /// # Errors
    ///
    /// As [`Self::compare`].
    pub(crate) fn compare_pair(
        &self,
        submission: Subject<'_>,
        submitted_from: &CollectionName,
        source: PairedSource<'_>,
        options: &DetectionOptions,
        nodes: &[&dyn Node],
        stop: &Stop,
    ) -> Result<Report, Error> {
        let PairedSource { name, entry, text } = source;
        let scope = Scope::of([name.collection.clone()]);
        let of_scope = settings_of(&scope, nodes)?;
        let settings = of_scope.first().copied().unwrap_or_default();
        let scoped = [ScopedCollection { name: &name.collection, settings }];
        let way = Way {
            settings,
            settings_digest: with_source(settings_digest(&scoped, &scope, options, &self.limits), name),
            chance: Some((&scope, 1 + u32::from(*submitted_from == name.collection))),
        };
        let found = FoundSource::of(&name.collection, entry);
        let sides = [Side { found, text, pages: entry.pages.as_deref(), place: None }];
        self.compare_with(submission, &sides, &way, options, nodes, stop)
    }

    fn compare_with(
        &self,
        subject: Subject<'_>,
        sides: &[Side<'_>],
        way: &Way<'_>,
        options: &DetectionOptions,
        nodes: &[&dyn Node],
        stop: &Stop,
    ) -> Result<Report, Error> {
        let tokenized = subject.tokenize(self)?;
        stop.check()?;
        let text = subject.text;
        let submission = Submission::new(text, &tokenized, options.mode, &self.profilers);
        submission.prepare();
        let (fingerprints, Surveyed { judge, revisions, changed_at }) = match way.chance {
            None => (Vec::new(), Surveyed::default()),
            Some((scope, own)) => {
                // Word pairs are not counted: they say nothing of chance.
                let counted = options.clone().with_mode(DetectionMode::VerbatimOnly);
                let settings = vec![way.settings];
                let prepared = Prepared::new(self, &submission, scope, &counted, settings, stop)?;
                let surveyed = survey(self, &prepared, own, nodes, stop)?;
                (prepared.into_fingerprints(), surveyed)
            }
        };
        let query = Query::new(&tokenized, fingerprints, way.settings, options);
        let mut findings = self.findings(&submission, sides, &query, judge.as_ref(), options, stop)?;
        let boilerplate = self.in_boilerplate(&submission, options, nodes, stop)?;
        stop.check()?;
        let regions = regions(text);
        let mut exclusions =
            vec![ExcludedWords { reason: ExclusionReason::Boilerplate, words: boilerplate.words }];
        exclusions.extend(in_regions(&regions, &tokenized, &options.exclusions));
        stop.check()?;
        let TakenOut { excluded, covered, commonplace } =
            take_out(&mut findings, tokenized.lengths(), options);
        exclusions.extend(excluded);
        Ok(report::build(Draft {
            text,
            tokenized: &tokenized,
            pages: subject.pages,
            regions: &regions,
            considered: true,
            findings,
            taken: covered,
            commonplace,
            exclusions,
            submitted_at: options.submitted_at,
            alerts: alerts::alerts(text),
            min_run_words: query.min_words.max(options.min_passage_words.unwrap_or(0)),
            voids: Vec::new(),
            corpus_revision: revisions.iter().map(|one| one.revision).sum(),
            scope_revision: last_changes(&changed_at, &boilerplate.changed_at),
            partition_revisions: revisions,
            settings_digest: way.settings_digest,
            sources_in_scope: sides.len() as u64,
            candidates: sides.len() as u64,
            candidates_cut: 0,
            warnings: Warnings::default(),
            offset_unit: options.offset_unit,
            limits: report_limits(options),
        }))
    }

    fn findings(
        &self,
        submission: &Submission<'_>,
        sides: &[Side<'_>],
        query: &Query<'_>,
        judge: Option<&Judge>,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Vec<Finding>, Error> {
        let mut comparer = submission.comparer();
        let mut findings = Vec::new();
        for side in sides {
            stop.check()?;
            let tokenized = self.tokenize_side(side)?;
            stop.check()?;
            let source = Compared { text: side.text, tokenized: &tokenized, altered: None };
            let passages = comparer.passages(&query.prepared, source, query.min_words, stop)?;
            let judged = match judge {
                Some(judge) => judge.judge(submission, query, source, &passages, stop)?,
                None => Vec::new(),
            };
            let is_own = options.exclusions.is_own(&side.found.group);
            let exact = if is_own { comparer.exact(source, &passages) } else { report::Coverage::default() };
            let source_side = SourceSide { text: side.text, tokenized: &tokenized, pages: side.pages };
            let finding = Finding::new(
                side.found.clone(),
                source_side,
                passages,
                options.offset_unit,
                options.include_excerpts,
            );
            let finding = finding.map(|finding| finding.judged(judged));
            findings.extend(finding.map(|finding| Finding { min_words: query.min_words, exact, ..finding }));
        }
        Ok(findings)
    }

    fn tokenize_side(&self, side: &Side<'_>) -> Result<TokenizedText, Error> {
        match side.place {
            Some(place) => self.tokenize(side.text, TextRole::Compared(place)),
            None => Ok(self.tokenize_source(side.text)),
        }
    }
}
