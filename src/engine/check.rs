//! A submission against the corpus.

use std::time::Instant;

use xxhash_rust::xxh3::Xxh3;

use super::ALGORITHM_VERSION;
use super::corpus::Engine;
use super::error::{Error, TextRole};
use super::exclusions::{in_regions, take_own_work, take_short_passages};
use super::names::CollectionName;
use super::options::{DetectionMode, DetectionOptions, Exclusions, Scope};
use super::subject::Subject;
use crate::fingerprint::FingerprintSettings;
use crate::matching::Stop;
use crate::report::{self, Draft, ExclusionReason, Report, ReportLimits};
use crate::text::{OffsetUnit, alerts};

impl Engine {
    /// Checks a submission against a scope of the corpus. The submission is not kept.
    ///
    /// Linear in the submission, in the postings of its fingerprints, and in the texts of the candidates.
    ///
    /// # Errors
    ///
    /// [`Error::NoWords`], [`Error::TooManyBytes`], [`Error::TooManyWords`],
    /// [`Error::CollectionNotFound`], [`Error::Stopped`].
    pub fn check(
        &self,
        submission: &str,
        scope: &Scope,
        options: &DetectionOptions,
        stop: &Stop,
    ) -> Result<Report, Error> {
        let began = Instant::now();
        let tokenized = self.tokenize(submission, TextRole::Submission)?;
        stop.check()?;
        let mut subject = Subject::new(submission, &tokenized, options.mode, &self.readers);
        let mut found = self.search(&mut subject, scope, options, stop)?;
        let (mut exclusions, boilerplate_revision) = self.in_boilerplate(&mut subject, options, stop)?;
        stop.check()?;
        exclusions.extend(in_regions(submission, &tokenized, &options.exclusions));
        stop.check()?;
        exclusions.extend(take_own_work(&mut found.findings, &options.exclusions));
        exclusions.extend(take_short_passages(&mut found.findings, options.min_passage_words.unwrap_or(0)));
        exclusions.push((ExclusionReason::Common, found.common));
        let names = scope.collections.iter().map(CollectionName::as_str);
        let settings: Vec<(&str, FingerprintSettings)> = names.zip(found.settings).collect();
        let candidates = found.candidates;
        let report = report::build(Draft {
            text: submission,
            tokenized: &tokenized,
            considered: found.considered,
            findings: found.findings,
            exclusions,
            alerts: alerts::alerts(submission),
            min_run_words: found.min_run_words,
            voids: found.voids,
            corpus_revision: found.revision,
            scope_revision: found.scope_revision.max(boilerplate_revision),
            settings_digest: settings_digest(&settings, scope, options, self),
            sources_in_scope: found.sources_in_scope,
            candidates: found.candidates,
            candidates_cut: found.candidates_cut,
            offset_unit: options.offset_unit,
            include_excerpts: options.include_excerpts,
            limits: report_limits(options),
        });
        self.shared.counters.candidates.record(candidates);
        self.shared.counters.checks.record_since(began);
        Ok(report)
    }
}

pub(super) fn report_limits(options: &DetectionOptions) -> ReportLimits {
    ReportLimits { max_sources: options.max_sources, max_passages: options.max_passages }
}

/// A digest of everything that a report depends on besides the text and the corpus's revision.
pub(super) fn settings_digest(
    collections: &[(&str, FingerprintSettings)],
    scope: &Scope,
    options: &DetectionOptions,
    engine: &Engine,
) -> u128 {
    let DetectionOptions {
        min_passage_words,
        mode,
        commonness_cap,
        commonness_percent,
        exclusions,
        offset_unit,
        include_excerpts,
        max_sources,
        max_passages,
    } = options;
    let Scope { collections: _, exclude_source_ids, exclude_groups, exclude_labels } = scope;
    let Exclusions {
        quotations,
        bibliography,
        citations,
        boilerplate_texts,
        boilerplate_collections,
        own_groups,
    } = exclusions;
    let unit = match offset_unit {
        OffsetUnit::Utf8Bytes => "utf8",
        OffsetUnit::Utf16CodeUnits => "utf16",
        OffsetUnit::CodePoints => "code points",
    };
    let altered_too = *mode == DetectionMode::AlteredToo;
    let limits = (engine.limits().max_candidates, engine.limits().max_common_postings);
    let settings = format!(
        "{ALGORITHM_VERSION} {min_passage_words:?} {altered_too} {commonness_cap:?} {commonness_percent:?} {unit} \
         {include_excerpts} {max_sources} {max_passages} {limits:?} {quotations} {bibliography} {citations}",
    );
    let names = collections.iter().map(|(name, FingerprintSettings { kgram, window })| {
        format!("collection {} {} {name}", kgram.get(), window.get())
    });
    let parts = std::iter::once(settings)
        .chain(names)
        .chain(exclude_source_ids.iter().map(|id| format!("id {id}")))
        .chain(exclude_groups.iter().map(|group| format!("group {}", group.as_str())))
        .chain(exclude_labels.iter().map(|label| format!("label {}", label.as_str())))
        .chain(boilerplate_texts.iter().map(|text| format!("boilerplate {text}")))
        .chain(boilerplate_collections.iter().map(|name| format!("boilerplate collection {name}")))
        .chain(own_groups.iter().map(|group| format!("own {}", group.as_str())));
    let mut digest = Xxh3::new();
    for part in parts {
        digest.update(&(part.len() as u64).to_le_bytes());
        digest.update(part.as_bytes());
    }
    digest.digest128()
}
