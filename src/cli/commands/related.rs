//! `palimpsest related`: sources on the subject of a text.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::detection::{ScopeArgs, UnitArg, read_submission};
use super::encoding::EncodingArgs;
use crate::cli::connection::{Client, ServerArgs, block_on};
use crate::cli::error::CliError;
use crate::cli::input::{STANDARD_INPUT, TextFile};
use crate::cli::outcome::Outcome;
use crate::cli::output::json;
use crate::cli::render::{self, Look, warn};
use crate::proto;

/// Arguments of `related`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Related sources are on the same subject: they share the words that say most about both texts. They need not share a passage; \
    `palimpsest check` finds copies. The text is not stored.\n\nExit code 3: no source is in scope."
)]
pub(in crate::cli) struct RelatedArgs {
    /// A text or a document, or - for standard input
    #[arg(value_name = "FILE", required_unless_present = "id", conflicts_with = "id")]
    file: Option<PathBuf>,
    /// List sources related to the source with this id, which the server has; it is not listed itself
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// The collection of the source that --id names [default: the only one that --collection names, or else default]
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    id_collection: Option<String>,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Sources to list, at most
    #[arg(
        long,
        visible_alias = "max-sources",
        value_name = "COUNT",
        default_value = "10",
        value_parser = clap::value_parser!(u32).range(1..=100)
    )]
    limit: u32,
    /// Leave out near copies of the text, and of sources that are listed before
    #[arg(long)]
    exclude_near_copies: bool,
    /// Leave out sources of the group of the source that --id names
    #[arg(long, conflicts_with = "file")]
    exclude_own_group: bool,
    /// Print the sources as JSON: the protobuf JSON of palimpsest.v1.ListRelatedResponse, with all fields
    #[arg(long)]
    json: bool,
    /// With --json: the unit of the offsets
    #[arg(long, value_name = "UNIT", value_enum, default_value_t, requires = "json")]
    offset_unit: UnitArg,
    #[command(flatten)]
    encoding: EncodingArgs,
}

/// Prints the sources, the best first.
pub(in crate::cli) fn run(
    args: &RelatedArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let response = block_on(ask(args, server))?;
    response.warnings.iter().for_each(|warning| warn(&warning.message));
    if args.json {
        json::message(out, "ListRelatedResponse", &response)?;
    } else {
        render::related(out, &response, &args.subject(), Look::of_stdout(false))?;
    }
    Ok(if response.sources_in_scope == 0 { Outcome::NotChecked } else { Outcome::Done })
}

impl RelatedArgs {
    fn path(&self) -> &Path {
        self.file.as_deref().unwrap_or(Path::new(STANDARD_INPUT))
    }

    /// The name of the text whose subject is looked for.
    fn subject(&self) -> String {
        self.id.clone().unwrap_or_else(|| TextFile::at(self.path()).place().to_string())
    }

    fn request(&self) -> Result<proto::ListRelatedRequest, CliError> {
        let source = self.id.as_ref().map(|id| self.scope.source(id, self.id_collection.as_deref()));
        let text = match &source {
            Some(_) => String::new(),
            None => {
                let text = read_submission(&TextFile::at(self.path()), self.encoding.encoding())?;
                text.content.into_text()
            }
        };
        Ok(proto::ListRelatedRequest {
            text,
            scope: Some(self.scope.to_proto()),
            source,
            max_sources: self.limit,
            exclude_near_copies: self.exclude_near_copies,
            exclude_own_group: self.exclude_own_group,
            offset_unit: proto::OffsetUnit::from(self.offset_unit).into(),
            ..proto::ListRelatedRequest::default()
        })
    }
}

/// Asks the server.
async fn ask(args: &RelatedArgs, server: &ServerArgs) -> Result<proto::ListRelatedResponse, CliError> {
    let request = args.request()?;
    let client = Client::connect(server).await?;
    client.ensure_accepted(&[request.text.len()]).await?;
    client.response(client.related().list_related(client.request(request)).await)
}
