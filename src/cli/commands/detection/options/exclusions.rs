//! Arguments for exclusions, and their conversions for the engine and for a server.

use std::path::PathBuf;

use clap::Args;

use super::super::texts::read_text;
use crate::cli::error::CliError;
use crate::engine::{CollectionName, Exclusions, Group, InvalidValue};
use crate::proto;

/// Exclusions in every check and comparison.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli::commands::detection) struct ExclusionArgs {
    /// Count quotations, which are excluded by default
    #[arg(long)]
    count_quotations: bool,
    /// Count the bibliography, which is excluded by default
    #[arg(long)]
    count_bibliography: bool,
    /// Count in-text citations, which are excluded by default
    #[arg(long)]
    count_citations: bool,
    /// A file of boilerplate, such as the assignment's text: runs in common with it are excluded; repeatable
    #[arg(long, value_name = "FILE")]
    boilerplate: Vec<PathBuf>,
    /// A collection of boilerplate on the server: runs in common with its sources are excluded; repeatable
    #[arg(long = "boilerplate-collection", value_name = "NAME")]
    boilerplate_collections: Vec<String>,
}

/// Exclusions that depend on other sources of the corpus.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli::commands::detection) struct CorpusArgs {
    /// A group with the submitter's own earlier work: runs in common with its sources are excluded, and the
    /// sources are not listed; repeatable
    #[arg(long = "own-group", value_name = "GROUP")]
    own_groups: Vec<String>,
    /// Exclude runs that more than this many sources share [default: no cap]
    #[arg(long, value_name = "SOURCES", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) commonness_cap: Option<u32>,
    /// Exclude runs that more than this percentage of the sources share; of both, the lower cap applies
    #[arg(long, value_name = "PERCENT", value_parser = percentage)]
    pub(super) commonness_percent: Option<f64>,
    /// Exclude passages of which chance produces more than this many in a check of a text that copied nothing [default: 0.05]
    #[arg(long, value_name = "NUMBER", value_parser = expected)]
    pub(super) max_expected_by_chance: Option<f64>,
}

/// Parses a number of passages that chance produces.
pub(in crate::cli::commands::detection) fn expected(given: &str) -> Result<f64, String> {
    let expected = given.parse().ok().filter(|expected: &f64| *expected >= 0.0);
    expected.ok_or_else(|| "it must be a number of 0 or more, such as 0.05".to_owned())
}

/// Parses a percentage of more than 0 and at most 100.
pub(in crate::cli::commands::detection) fn percentage(given: &str) -> Result<f64, String> {
    let percent = given.parse().ok().filter(|percent: &f64| *percent > 0.0 && *percent <= 100.0);
    percent.ok_or_else(|| "it must be a number of more than 0 and at most 100".to_owned())
}

/// Parses a percentage from 0 to 100.
pub(in crate::cli::commands::detection) fn percentage_or_zero(given: &str) -> Result<f64, String> {
    let percent = given.parse().ok().filter(|percent: &f64| (0.0..=100.0).contains(percent));
    percent.ok_or_else(|| "it must be a number from 0 to 100".to_owned())
}

/// Parses the name of a group, which must not be empty.
pub(in crate::cli::commands::detection) fn non_empty_group(group: &str) -> Result<Group, InvalidValue> {
    if group.is_empty() { Err(InvalidValue::Empty) } else { Group::new(group) }
}

impl ExclusionArgs {
    /// Returns an error if an argument needs a server.
    pub(in crate::cli::commands::detection) fn ensure_no_server_needed(&self) -> Result<(), CliError> {
        if self.boilerplate_collections.is_empty() {
            return Ok(());
        }
        Err(CliError::Usage(
            "--boilerplate-collection needs a server: leave out --against, or, with compare, name the server \
             with --server; or give files with --boilerplate, which need none",
        ))
    }

    /// The exclusions as a type of the engine, with the contents of the boilerplate files.
    pub(in crate::cli::commands::detection) fn to_engine(
        &self,
        corpus: &CorpusArgs,
    ) -> Result<Exclusions, CliError> {
        let Self { count_quotations, count_bibliography, count_citations, .. } = *self;
        let bad = |option: &'static str| move |problem: InvalidValue| CliError::BadOption { option, problem };
        let texts = self.boilerplate.iter().map(|path| Ok(read_text(path, None)?.content.into_text()));
        let collections = self.boilerplate_collections.iter().map(|name| CollectionName::new(name));
        let own_groups = corpus.own_groups.iter().map(|group| non_empty_group(group));
        Ok(Exclusions {
            quotations: !count_quotations,
            bibliography: !count_bibliography,
            citations: !count_citations,
            boilerplate_collections: collections
                .collect::<Result<_, _>>()
                .map_err(bad("--boilerplate-collection"))?,
            own_groups: own_groups.collect::<Result<_, _>>().map_err(bad("--own-group"))?,
            boilerplate_texts: texts.collect::<Result<_, CliError>>()?,
        })
    }
}

/// The exclusions as a message for a server.
pub(in crate::cli::commands::detection) fn to_proto(exclusions: Exclusions) -> proto::Exclusions {
    let Exclusions {
        quotations,
        bibliography,
        citations,
        boilerplate_texts,
        boilerplate_collections,
        own_groups,
    } = exclusions;
    proto::Exclusions {
        quotations: Some(quotations),
        bibliography: Some(bibliography),
        citations: Some(citations),
        boilerplate_texts,
        boilerplate_collections: boilerplate_collections
            .iter()
            .map(|name| name.as_str().to_owned())
            .collect(),
        own_groups: own_groups.iter().map(|group| group.as_str().to_owned()).collect(),
    }
}

/// Sizes of the boilerplate texts in a message, in bytes.
pub(in crate::cli::commands::detection) fn boilerplate_sizes(
    exclusions: Option<&proto::Exclusions>,
) -> Vec<usize> {
    let texts = exclusions.into_iter().flat_map(|exclusions| &exclusions.boilerplate_texts);
    texts.map(String::len).collect()
}
