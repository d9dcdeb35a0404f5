//! `palimpsest sources delete`.

use std::io::Write;

use clap::Args;

use super::filter::FilterArgs;
use crate::cli::commands::confirm::confirm;
use crate::cli::connection::{Client, Corpus, request_id};
use crate::cli::error::CliError;
use crate::cli::output::json;
use crate::cli::render::{counted, printable};
use crate::proto;

/// Ids that a dry run prints, at most.
const PRINTED_IDS: usize = 20;

/// Arguments of `sources delete`.
#[derive(Debug, Clone, Args)]
pub(super) struct DeleteArgs {
    /// The source's id
    id: Option<String>,
    #[command(flatten)]
    filter: FilterArgs,
    /// Print what would be deleted, and delete nothing
    #[arg(long, conflicts_with = "id")]
    dry_run: bool,
    /// Delete without asking
    #[arg(long)]
    yes: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    client: &Client,
    collection: String,
    args: DeleteArgs,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let DeleteArgs { id, filter, dry_run, yes, json } = args;
    match (id, filter.into_proto()) {
        (Some(_), Some(_)) => Err(CliError::Usage(
            "give the id of one source or a filter, not both; --id-prefix deletes several by their ids",
        )),
        (None, None) => Err(CliError::Usage(
            "name the source to delete, or the sources by --id-prefix, --group, --label or a time; `palimpsest \
             collections delete` deletes all",
        )),
        (Some(id), None) => one(client, collection, id, yes, json, out).await,
        (None, filter) => {
            let request =
                proto::DeleteSourcesRequest { collection, filter, dry_run: true, request_id: String::new() };
            if dry_run {
                return preview(client, request, json, out).await;
            }
            together(client, request, yes, json, out).await
        }
    }
}

async fn one(
    client: &Client,
    collection: String,
    id: String,
    yes: bool,
    json: bool,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    confirm(yes, &format!("Delete source {id} of collection {collection}?"))?;
    let request = proto::DeleteSourceRequest { collection, id: id.clone(), request_id: request_id() };
    let delete = |mut corpus: Corpus, request| async move { corpus.delete_source(request).await };
    let deleted = client.call_with_retries(delete, request).await?;
    if json {
        return json::message(out, "DeleteSourceResponse", &deleted);
    }
    Ok(writeln!(out, "Deleted source {}.", printable(&id))?)
}

async fn preview(
    client: &Client,
    request: proto::DeleteSourcesRequest,
    json: bool,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let collection = printable(&request.collection);
    let found = client.response(client.corpus().delete_sources(client.request(request)).await)?;
    if json {
        return json::message(out, "DeleteSourcesResponse", &found);
    }
    let sources = counted(found.sources_deleted, "source", "sources");
    writeln!(out, "This would delete {sources} of collection {collection}.")?;
    for id in found.source_ids.iter().take(PRINTED_IDS) {
        writeln!(out, "  {}", printable(id))?;
    }
    let others = found.sources_deleted.saturating_sub(PRINTED_IDS as u64);
    if others > 0 {
        writeln!(out, "  and {}", counted(others, "other", "others"))?;
    }
    Ok(())
}

async fn together(
    client: &Client,
    request: proto::DeleteSourcesRequest,
    yes: bool,
    json: bool,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let collection = printable(&request.collection);
    if !yes {
        let preview = client.corpus().delete_sources(client.request(request.clone())).await;
        let sources = counted(client.response(preview)?.sources_deleted, "source", "sources");
        confirm(false, &format!("Delete {sources} of collection {collection}?"))?;
    }
    let request = proto::DeleteSourcesRequest { dry_run: false, request_id: request_id(), ..request };
    let delete = |mut corpus: Corpus, request| async move { corpus.delete_sources(request).await };
    let deleted = client.call_with_retries(delete, request).await?;
    if json {
        return json::message(out, "DeleteSourcesResponse", &deleted);
    }
    let sources = counted(deleted.sources_deleted, "source", "sources");
    Ok(writeln!(out, "Deleted {sources} of collection {collection}.")?)
}
