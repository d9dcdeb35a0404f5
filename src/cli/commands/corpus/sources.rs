//! `palimpsest sources`: list, show and delete sources.

use std::io::Write;

use clap::{Args, Subcommand};

use crate::cli::commands::confirm::confirm;
use crate::cli::connection::{Client, Corpus, ServerArgs, request_id};
use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;
use crate::cli::render::{self, Look, counted, printable};
use crate::proto;

/// Page size of a listing: the most that a server returns.
const PAGE_SIZE: u32 = 1000;

/// Arguments of `sources`; the default action is to list.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct SourcesArgs {
    /// The collection
    #[arg(long, global = true, value_name = "NAME", default_value = "default")]
    collection: String,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// List the sources in order of their ids (the default)
    List {
        /// Most sources to list
        #[arg(long, value_name = "COUNT", default_value_t = 100)]
        limit: u32,
    },
    /// Print a source's text and metadata
    Get {
        /// The source's id
        id: String,
        /// Print the text alone, byte for byte
        #[arg(long)]
        text_only: bool,
    },
    /// Delete a source
    Delete {
        /// The source's id
        id: String,
        /// Delete without asking
        #[arg(long)]
        yes: bool,
    },
}

/// Runs the command.
pub(in crate::cli) async fn run(
    args: SourcesArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    let collection = args.collection;
    match args.action.unwrap_or(Action::List { limit: 100 }) {
        Action::List { limit } => list(&client, collection, limit, out).await?,
        Action::Get { id, text_only } => get(&client, collection, id, text_only, out).await?,
        Action::Delete { id, yes } => {
            confirm(yes, &format!("Delete source {id} of collection {collection}?"))?;
            let request_id = request_id();
            let request = proto::DeleteSourceRequest { collection, id: id.clone(), request_id };
            let delete = |mut corpus: Corpus, request| async move { corpus.delete_source(request).await };
            client.call_with_retries(delete, request).await?;
            writeln!(out, "Deleted source {}.", printable(&id))?;
        }
    }
    Ok(Outcome::Done)
}

async fn list(client: &Client, collection: String, limit: u32, out: &mut dyn Write) -> Result<(), CliError> {
    let (mut sources, mut page_token) = (Vec::new(), String::new());
    let limit = limit as usize;
    loop {
        let missing = u32::try_from(limit - sources.len()).unwrap_or(PAGE_SIZE);
        let page_size = missing.clamp(1, PAGE_SIZE);
        let request =
            proto::ListSourcesRequest { collection: collection.clone(), page_size, page_token, filter: None };
        let page = client.response(client.corpus().list_sources(client.request(request)).await)?;
        sources.extend(page.sources);
        page_token = page.next_page_token;
        if page_token.is_empty() || sources.len() >= limit {
            break;
        }
    }
    let more = !page_token.is_empty() || sources.len() > limit;
    sources.truncate(limit);
    writeln!(out, "{}", render::sources(&sources, Look::of_stdout(false)))?;
    if more {
        let shown = counted(sources.len() as u64, "source", "sources");
        writeln!(out, "These are the first {shown}; --limit shows more.")?;
    }
    Ok(())
}

async fn get(
    client: &Client,
    collection: String,
    id: String,
    text_only: bool,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let request = proto::GetSourceRequest { collection, id, include_text: true };
    let response = client.response(client.corpus().get_source(client.request(request)).await)?;
    let source = response.source.unwrap_or_default();
    if text_only {
        // Not through `out`, which strips escape sequences.
        return Ok(std::io::stdout().write_all(source.text.as_bytes())?);
    }
    writeln!(out, "{}\n", render::source(&source))?;
    for line in source.text.lines() {
        writeln!(out, "{}", printable(line))?;
    }
    Ok(())
}
