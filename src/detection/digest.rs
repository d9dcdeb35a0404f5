//! The digest of the settings of a report.

use xxhash_rust::xxh3::Xxh3;

use super::options::{DetectionMode, DetectionOptions, Exclusions};
use crate::corpus::ALGORITHM_VERSION;
use crate::model::{CollectionName, FingerprintSettings, Limits, Scope, SourceName};
use crate::text::OffsetUnit;

/// A collection in scope, with its settings.
#[derive(Debug, Clone, Copy)]
pub(super) struct ScopedCollection<'a> {
    pub(super) name: &'a CollectionName,
    pub(super) settings: FingerprintSettings,
}

/// A digest of everything that a report depends on besides the text and the corpus's revision. It is part of reports: its
/// input must not change without [`ALGORITHM_VERSION`].
pub(super) fn settings_digest(
    collections: &[ScopedCollection<'_>],
    scope: &Scope,
    options: &DetectionOptions,
    limits: &Limits,
) -> u128 {
    let DetectionOptions {
        min_passage_words,
        mode,
        commonness_cap,
        commonness_percent,
        max_expected_by_chance,
        exclusions,
        offset_unit,
        include_excerpts,
        max_sources,
        max_passages,
        submitted_at,
        // The report names what it leaves out.
        allow_partial: _,
    } = options;
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
    let (min_passage_words, commonness_cap) = (optional(*min_passage_words), optional(*commonness_cap));
    let commonness_percent = optional(commonness_percent.map(percentage));
    let Limits { max_candidates, exhaustive_sources, max_common_postings, .. } = limits;
    let settings = format!(
        "{ALGORITHM_VERSION} {min_passage_words} {altered_too} {commonness_cap} {commonness_percent} {unit} \
         {include_excerpts} {max_sources} {max_passages} {max_expected_by_chance} ({max_candidates}, {exhaustive_sources}, {max_common_postings}) {quotations} \
         {bibliography} {citations}",
    );
    let names = collections.iter().map(
        |ScopedCollection { name, settings: FingerprintSettings { kgram, window } }| {
            format!("collection {} {} {name}", kgram.get(), window.get())
        },
    );
    let parts = std::iter::once(settings)
        .chain(names)
        .chain(scope_parts(scope))
        .chain(submitted_at.iter().map(|time| format!("submitted {} {}", time.seconds(), time.nanos())))
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

/// What a digest says of a scope, but for its collections.
fn scope_parts(scope: &Scope) -> Vec<String> {
    let Scope {
        // As they were resolved.
        collections: _,
        patterns,
        visible: _,
        exclude_source_ids,
        exclude_groups,
        exclude_labels,
        include_groups,
        include_labels,
        exclude_source,
    } = scope;
    let ids = exclude_source_ids.iter().map(|id| format!("id {id}"));
    ids.chain(exclude_groups.iter().map(|group| format!("group {}", group.as_str())))
        .chain(exclude_labels.iter().map(|label| format!("label {}", label.as_str())))
        .chain(patterns.iter().map(|pattern| format!("pattern {pattern}")))
        .chain(include_groups.iter().map(|group| format!("include group {}", group.as_str())))
        .chain(include_labels.iter().map(|label| format!("include label {}", label.as_str())))
        .chain(exclude_source.iter().map(|SourceName { collection, id }| format!("source {collection} {id}")))
        .collect()
}

/// An optional setting, as it was always written.
fn optional(value: Option<impl std::fmt::Display>) -> String {
    value.map_or_else(|| "None".to_owned(), |value| format!("Some({value})"))
}

/// A percentage, as it was always written: with a digit after the point.
fn percentage(percent: f64) -> String {
    if percent.fract() == 0.0 { format!("{percent:.1}") } else { percent.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_written_as_they_were_in_reports_before() {
        assert_eq!((optional(Some(7)), optional(None::<u32>)), ("Some(7)".to_owned(), "None".to_owned()));
        assert_eq!((percentage(10.0), percentage(0.25)), ("10.0".to_owned(), "0.25".to_owned()));
    }
}
