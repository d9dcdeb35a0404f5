//! `palimpsest sources`: list, show, update and delete sources.

mod delete;
mod filter;
mod update;

use std::io::Write;

use clap::{Args, Subcommand};

use self::delete::DeleteArgs;
use self::filter::FilterArgs;
use self::update::UpdateArgs;
use crate::cli::connection::{Client, ServerArgs};
use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;
use crate::cli::output::json;
use crate::cli::render::{self, Look, counted, printable};
use crate::proto;

/// Page size of a listing: the most that a server returns.
const PAGE_SIZE: u32 = 1000;

/// Sources that are listed unless the user asks for more.
const LISTED: u32 = 100;

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
    List(ListArgs),
    /// Print a source's text and metadata
    Get {
        /// The source's id
        id: String,
        /// Print the text alone, byte for byte
        #[arg(long)]
        text_only: bool,
        /// Print the source as JSON
        #[arg(long, conflicts_with = "text_only")]
        json: bool,
    },
    /// Change what is known of a source; its text stays as it is
    Update(UpdateArgs),
    /// Delete a source, or all sources that match a filter, together
    Delete(DeleteArgs),
}

#[derive(Debug, Clone, Args)]
struct ListArgs {
    #[command(flatten)]
    filter: FilterArgs,
    /// Most sources to list
    #[arg(long, value_name = "COUNT", default_value_t = LISTED)]
    limit: u32,
    /// Print the sources as JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(in crate::cli) async fn run(
    args: SourcesArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    let collection = args.collection;
    let all = || Action::List(ListArgs { filter: FilterArgs::default(), limit: LISTED, json: false });
    match args.action.unwrap_or_else(all) {
        Action::List(args) => list(&client, collection, args, out).await?,
        Action::Get { id, text_only, json } => {
            let source = get(&client, collection, id).await?;
            match (text_only, json) {
                // Not through `out`, which strips escape sequences.
                (true, _) => std::io::stdout().write_all(source.text.as_bytes())?,
                (_, true) => json::message(out, "Source", &source)?,
                _ => print(&source, out)?,
            }
        }
        Action::Update(args) => update::run(&client, collection, args, out).await?,
        Action::Delete(args) => delete::run(&client, collection, args, out).await?,
    }
    Ok(Outcome::Done)
}

async fn list(
    client: &Client,
    collection: String,
    args: ListArgs,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let ListArgs { filter, limit, json } = args;
    let filter = filter.into_proto();
    let (mut sources, mut page_token) = (Vec::new(), String::new());
    let limit = limit as usize;
    loop {
        let missing = u32::try_from(limit - sources.len()).unwrap_or(PAGE_SIZE);
        let request = proto::ListSourcesRequest {
            collection: collection.clone(),
            page_size: missing.clamp(1, PAGE_SIZE),
            page_token,
            filter: filter.clone(),
        };
        let page = client.response(client.corpus().list_sources(client.request(request)).await)?;
        sources.extend(page.sources);
        page_token = page.next_page_token;
        if page_token.is_empty() || sources.len() >= limit {
            break;
        }
    }
    let more = !page_token.is_empty() || sources.len() > limit;
    sources.truncate(limit);
    if json {
        let listed = proto::ListSourcesResponse { sources, next_page_token: page_token };
        return json::message(out, "ListSourcesResponse", &listed);
    }
    writeln!(out, "{}", render::sources(&sources, Look::of_stdout(false)))?;
    if more {
        let shown = counted(sources.len() as u64, "source", "sources");
        writeln!(out, "These are the first {shown}; --limit shows more.")?;
    }
    Ok(())
}

async fn get(client: &Client, collection: String, id: String) -> Result<proto::Source, CliError> {
    let request = proto::GetSourceRequest { collection, id, include_text: true, ..Default::default() };
    let response = client.response(client.corpus().get_source(client.request(request)).await)?;
    Ok(response.source.unwrap_or_default())
}

fn print(source: &proto::Source, out: &mut dyn Write) -> Result<(), CliError> {
    writeln!(out, "{}\n", render::source(source))?;
    for line in source.text.lines() {
        writeln!(out, "{}", printable(line))?;
    }
    Ok(())
}
