//! The scope of a check or of a list of related sources: command line arguments, and their conversions for the engine and for a server.

use clap::Args;

use crate::cli::commands::detection::options::non_empty_group;
use crate::cli::error::CliError;
use crate::engine::{CollectionName, InvalidValue, Label, Scope, SourceId};
use crate::proto;

/// The sources in scope.
#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli::commands) struct ScopeArgs {
    /// A collection whose sources are in scope; repeatable [default: default]
    #[arg(long = "collection", value_name = "NAME")]
    collections: Vec<String>,
    /// The sources of all collections that the key allows
    #[arg(long, conflicts_with_all = ["collections", "collection_prefixes"])]
    all_collections: bool,
    /// The sources of the collections whose names begin so, such as essays-; repeatable
    #[arg(long = "collection-prefix", value_name = "PREFIX")]
    collection_prefixes: Vec<String>,
    /// The sources of this group only; repeatable
    #[arg(long = "include-group", value_name = "GROUP")]
    include_groups: Vec<String>,
    /// The sources with this label only; repeatable
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

/// The collection of a source whose collection is not named.
const DEFAULT_COLLECTION: &str = "default";

impl ScopeArgs {
    /// The name of the stored source with this id: in `collection`, or in the only collection of the scope.
    pub(in crate::cli::commands) fn source(&self, id: &str, collection: Option<&str>) -> proto::SourceName {
        let only = match self.collections.as_slice() {
            [only] => only.as_str(),
            _ => DEFAULT_COLLECTION,
        };
        proto::SourceName { collection: collection.unwrap_or(only).to_owned(), id: id.to_owned() }
    }

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
    pub(in crate::cli::commands) fn to_proto(&self) -> proto::Scope {
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
