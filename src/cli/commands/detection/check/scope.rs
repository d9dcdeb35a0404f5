//! The scope of a check: command line arguments, and their conversions for the engine and for a server.

use clap::Args;

use crate::cli::commands::detection::options::non_empty_group;
use crate::cli::error::CliError;
use crate::engine::{CollectionName, InvalidValue, Label, Scope, SourceId};
use crate::proto;

/// The sources to check against.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct ScopeArgs {
    /// A collection to check against; repeatable [default: default]
    #[arg(long = "collection", value_name = "NAME", conflicts_with = "against")]
    pub(super) collections: Vec<String>,
    /// Check against all collections that the key allows
    #[arg(long, conflicts_with_all = ["against", "collections", "collection_prefixes"])]
    all_collections: bool,
    /// Check against the collections whose names begin so, such as essays-; repeatable
    #[arg(long = "collection-prefix", value_name = "PREFIX", conflicts_with = "against")]
    collection_prefixes: Vec<String>,
    /// Check against the sources of this group only; repeatable
    #[arg(long = "include-group", value_name = "GROUP")]
    include_groups: Vec<String>,
    /// Check against the sources with this label only; repeatable
    #[arg(long = "include-label", value_name = "LABEL")]
    include_labels: Vec<String>,
    /// Exclude the source with this id; repeatable
    #[arg(long = "exclude-source", value_name = "ID")]
    exclude_sources: Vec<String>,
    /// Exclude the sources of this group; repeatable
    #[arg(long = "exclude-group", value_name = "GROUP")]
    exclude_groups: Vec<String>,
    /// Exclude the sources with this label; repeatable
    #[arg(long = "exclude-label", value_name = "LABEL")]
    exclude_labels: Vec<String>,
}

impl ScopeArgs {
    /// The scope as a type of the engine, for the sources that `--against` names.
    pub(super) fn to_engine(&self) -> Result<Scope, CliError> {
        let bad = |option: &'static str| move |problem: InvalidValue| CliError::BadOption { option, problem };
        let ids = self.exclude_sources.iter().map(|id| SourceId::new(id));
        let groups =
            |names: &[String]| names.iter().map(|group| non_empty_group(group)).collect::<Result<_, _>>();
        let labels = |names: &[String]| names.iter().map(|label| Label::new(label)).collect::<Result<_, _>>();
        Ok(Scope {
            collections: [CollectionName::default()].into(),
            exclude_source_ids: ids.collect::<Result<_, _>>().map_err(bad("--exclude-source"))?,
            exclude_groups: groups(&self.exclude_groups).map_err(bad("--exclude-group"))?,
            exclude_labels: labels(&self.exclude_labels).map_err(bad("--exclude-label"))?,
            include_groups: groups(&self.include_groups).map_err(bad("--include-group"))?,
            include_labels: labels(&self.include_labels).map_err(bad("--include-label"))?,
            ..Scope::default()
        })
    }

    /// The scope as a message for a server.
    pub(super) fn to_proto(&self) -> proto::Scope {
        let Self {
            collections,
            all_collections,
            collection_prefixes,
            include_groups,
            include_labels,
            exclude_sources,
            exclude_groups,
            exclude_labels,
        } = self.clone();
        proto::Scope {
            collections,
            exclude_source_ids: exclude_sources,
            exclude_groups,
            exclude_labels,
            all_collections,
            collection_prefixes,
            include_groups,
            include_labels,
        }
    }
}
