//! `palimpsest collections`: list, create, delete.

use std::io::{self, BufRead as _, IsTerminal as _, Write};

use clap::{Args, Subcommand};

use super::Outcome;
use super::client::{Client, Corpus, ServerArgs, request_id};
use super::error::CliError;
use super::render::{self, Look, counted, number, printable};
use crate::proto;

/// Collections in a page of a listing: as many as the server gives.
const PAGE_SIZE: u32 = 1000;

/// What to do with collections; lists them by default.
#[derive(Debug, Clone, Args)]
pub(super) struct CollectionsArgs {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Clone, Subcommand)]
enum Action {
    /// List the collections (the default)
    List,
    /// Create an empty collection
    Create {
        /// Its name: letters a-z and A-Z, digits, '.', '_' and '-', the first a letter or a digit
        name: String,
        /// k: tokens in a k-gram, 3 to 32 [default: 5]
        #[arg(long, value_name = "K")]
        kgram_tokens: Option<u32>,
        /// w: k-grams in a winnowing window, 1 to 64 [default: 4]; every run of k + w - 1 words is found
        #[arg(long, value_name = "W")]
        window_kgrams: Option<u32>,
    },
    /// Delete a collection with all its sources
    Delete {
        /// Its name
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// Does it.
pub(super) async fn run(
    args: CollectionsArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    match args.action.unwrap_or(Action::List) {
        Action::List => {
            let collections = list(&client).await?;
            writeln!(out, "{}", render::collections(&collections, Look::of_stdout(false)))?;
        }
        Action::Create { name, kgram_tokens, window_kgrams } => {
            let request_id = request_id();
            let request = proto::CreateCollectionRequest { name, kgram_tokens, window_kgrams, request_id };
            let create = |mut corpus: Corpus, request| async move { corpus.create_collection(request).await };
            let answer = client.once(create, request).await?;
            let made = answer.collection.unwrap_or_default();
            let proto::Collection { name, kgram_tokens: k, window_kgrams: w, guarantee_words: t, stats: _ } =
                made;
            writeln!(
                out,
                "Created collection {name} with k = {k} and w = {w}: every copied run of {t} words is found."
            )?;
        }
        Action::Delete { name, yes } => {
            let request = proto::GetCollectionRequest { name: name.clone() };
            let answer = client.answer(client.corpus().get_collection(client.request(request)).await)?;
            let sources = answer.collection.and_then(|found| found.stats).unwrap_or_default().sources;
            let sources = counted(sources, "source", "sources");
            confirm(yes, &format!("Delete collection {name} with {sources}?"))?;
            let request = proto::DeleteCollectionRequest { name: name.clone(), request_id: request_id() };
            let delete = |mut corpus: Corpus, request| async move { corpus.delete_collection(request).await };
            let answer = client.once(delete, request).await?;
            let deleted = number(answer.sources_deleted);
            writeln!(out, "Deleted collection {name}; sources that went with it: {deleted}.")?;
        }
    }
    Ok(Outcome::Done)
}

/// All collections, in order of their names.
pub(super) async fn list(client: &Client) -> Result<Vec<proto::Collection>, CliError> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = proto::ListCollectionsRequest { page_size: PAGE_SIZE, page_token };
        let page = client.answer(client.corpus().list_collections(client.request(request)).await)?;
        all.extend(page.collections);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

/// Goes on only if the user has said yes, in the arguments or now.
pub(super) fn confirm(yes: bool, question: &str) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(CliError::NotConfirmed("say --yes where nobody can be asked"));
    }
    let mut terminal = anstream::stderr();
    write!(terminal, "{} [y/N] ", printable(question))?;
    terminal.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(CliError::NotConfirmed("you did not say yes")),
    }
}
