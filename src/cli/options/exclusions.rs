//! What is left out of the count, from the command line.

use std::path::PathBuf;

use clap::Args;

use crate::cli::check::read_submission;
use crate::cli::error::CliError;
use crate::engine::{CollectionName, Exclusions, Group, InvalidValue};
use crate::proto;

/// What is left out of the count in any check or comparison.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct ExclusionArgs {
    /// Count quotations too, which are left out of the count otherwise
    #[arg(long)]
    count_quotations: bool,
    /// Count the bibliography too
    #[arg(long)]
    count_bibliography: bool,
    /// Count in-text citations too
    #[arg(long)]
    count_citations: bool,
    /// A file of boilerplate, such as the assignment's text: what stands in it is left out of the count; may
    /// be given several times
    #[arg(long, value_name = "FILE")]
    boilerplate: Vec<PathBuf>,
    /// A collection of boilerplate, on the server: what stands in its sources is left out of the count; may be
    /// given several times
    #[arg(long = "boilerplate-collection", value_name = "NAME")]
    boilerplate_collections: Vec<String>,
}

/// What is left out because of the sources around it: for checks against a corpus.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct CorpusArgs {
    /// A group whose sources are the submitter's own earlier work: what stands in them is left out of the
    /// count, and they are not listed; may be given several times
    #[arg(long = "own-group", value_name = "GROUP")]
    own_groups: Vec<String>,
    /// Leave out runs that stand in more than this many sources [default: no cap]
    #[arg(long, value_name = "SOURCES", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) commonness_cap: Option<u32>,
    /// Leave out runs that stand in more than this percentage of the sources; with both, the lower one holds
    #[arg(long, value_name = "PERCENT", value_parser = percentage)]
    pub(super) commonness_percent: Option<f64>,
}

/// A percentage that is more than 0, and 100 at most.
pub(in crate::cli) fn percentage(given: &str) -> Result<f64, String> {
    let percent = given.parse().ok().filter(|percent: &f64| *percent > 0.0 && *percent <= 100.0);
    percent.ok_or_else(|| "it must be a number of more than 0, and 100 at most".to_owned())
}

/// A group that is named, which can't be the empty one.
pub(in crate::cli) fn named_group(group: &str) -> Result<Group, InvalidValue> {
    if group.is_empty() { Err(InvalidValue::Empty) } else { Group::new(group) }
}

impl ExclusionArgs {
    /// An error if a server is needed.
    pub(super) fn need_no_server(&self) -> Result<(), CliError> {
        if self.boilerplate_collections.is_empty() {
            return Ok(());
        }
        Err(CliError::Usage(
            "--boilerplate-collection needs a server: leave out --against, or, with compare, name the server \
             with --server; files of boilerplate need none (--boilerplate)",
        ))
    }

    /// In the engine's terms; the files of boilerplate are read.
    pub(in crate::cli) fn to_engine(&self, corpus: &CorpusArgs) -> Result<Exclusions, CliError> {
        let Self { count_quotations, count_bibliography, count_citations, .. } = *self;
        let bad = |option: &'static str| move |problem: InvalidValue| CliError::BadOption { option, problem };
        let texts = self.boilerplate.iter().map(|path| Ok(read_submission(path)?.text));
        let collections = self.boilerplate_collections.iter().map(|name| CollectionName::new(name));
        let own_groups = corpus.own_groups.iter().map(|group| named_group(group));
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

/// In the server's terms.
pub(in crate::cli) fn to_proto(exclusions: Exclusions) -> proto::Exclusions {
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

/// The sizes of the boilerplate that a message carries, in bytes.
pub(in crate::cli) fn boilerplate_sizes(exclusions: Option<&proto::Exclusions>) -> Vec<usize> {
    let texts = exclusions.into_iter().flat_map(|exclusions| &exclusions.boilerplate_texts);
    texts.map(String::len).collect()
}
