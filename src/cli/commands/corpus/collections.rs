//! `palimpsest collections`: list, show, create and delete collections.

use std::io::Write;

use clap::{Args, Subcommand};

use crate::cli::commands::confirm::confirm;
use crate::cli::connection::{Client, Corpus, ServerArgs, request_id};
use crate::cli::error::CliError;
use crate::cli::outcome::Outcome;
use crate::cli::output::json;
use crate::cli::render::{self, Look, counted};
use crate::proto;

/// Page size of a listing: the most that a server returns.
const PAGE_SIZE: u32 = 1000;

/// Arguments of `collections`; the default action is to list.
#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct CollectionsArgs {
    /// Print the result as JSON: the protobuf JSON of the response, or of its collection
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// List the collections (the default)
    List,
    /// Show a collection with its settings and counts
    Get {
        /// The name
        name: String,
    },
    /// Create an empty collection
    Create {
        /// The name: letters a-z and A-Z, digits, '.', '_' and '-', first a letter or a digit
        name: String,
        /// k: tokens in a k-gram, 3 to 32 [default: 5]
        #[arg(long, value_name = "K")]
        kgram_tokens: Option<u32>,
        /// w: k-grams in a winnowing window, 1 to 64 [default: 4]; every copied run of k + w - 1 words is found
        #[arg(long, value_name = "W")]
        window_kgrams: Option<u32>,
    },
    /// Delete a collection with all its sources
    Delete {
        /// The name
        name: String,
        /// Delete without asking
        #[arg(long)]
        yes: bool,
    },
}

/// Runs the command.
pub(in crate::cli) async fn run(
    args: CollectionsArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    match args.action.unwrap_or(Action::List) {
        Action::List => {
            let collections = list(&client).await?;
            if args.json {
                let all = proto::ListCollectionsResponse { collections, next_page_token: String::new() };
                json::message(out, "ListCollectionsResponse", &all)?;
                return Ok(Outcome::Done);
            }
            writeln!(out, "{}", render::collections(&collections, Look::of_stdout(false)))?;
        }
        Action::Get { name } => {
            let collection = get(&client, name).await?;
            if args.json {
                json::message(out, "Collection", &collection)?;
            } else {
                writeln!(out, "{}", render::collection(&collection))?;
            }
        }
        Action::Create { name, kgram_tokens, window_kgrams } => {
            let request_id = request_id();
            let request = proto::CreateCollectionRequest { name, kgram_tokens, window_kgrams, request_id };
            let create = |mut corpus: Corpus, request| async move { corpus.create_collection(request).await };
            let response = client.call_with_retries(create, request).await?;
            let created = response.collection.unwrap_or_default();
            if args.json {
                json::message(out, "Collection", &created)?;
                return Ok(Outcome::Done);
            }
            let proto::Collection { name, kgram_tokens: k, window_kgrams: w, guarantee_words: t, stats: _ } =
                created;
            writeln!(
                out,
                "Created collection {name} with k = {k} and w = {w}: every copied run of {t} words is found."
            )?;
        }
        Action::Delete { name, yes } => {
            let sources = get(&client, name.clone()).await?.stats.unwrap_or_default().sources;
            let sources = counted(sources, "source", "sources");
            confirm(yes, &format!("Delete collection {name} with {sources}?"))?;
            let request = proto::DeleteCollectionRequest { name: name.clone(), request_id: request_id() };
            let delete = |mut corpus: Corpus, request| async move { corpus.delete_collection(request).await };
            let response = client.call_with_retries(delete, request).await?;
            if args.json {
                json::message(out, "DeleteCollectionResponse", &response)?;
                return Ok(Outcome::Done);
            }
            let deleted = counted(response.sources_deleted, "source", "sources");
            writeln!(out, "Deleted collection {name} with {deleted}.")?;
        }
    }
    Ok(Outcome::Done)
}

async fn get(client: &Client, name: String) -> Result<proto::Collection, CliError> {
    let request = proto::GetCollectionRequest { name };
    let response = client.response(client.corpus().get_collection(client.request(request)).await)?;
    Ok(response.collection.unwrap_or_default())
}

/// All collections, in order of their names.
pub(in crate::cli) async fn list(client: &Client) -> Result<Vec<proto::Collection>, CliError> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = proto::ListCollectionsRequest { page_size: PAGE_SIZE, page_token };
        let page = client.response(client.corpus().list_collections(client.request(request)).await)?;
        all.extend(page.collections);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}
