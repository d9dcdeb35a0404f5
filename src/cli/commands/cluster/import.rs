//! `palimpsest cluster import`: the corpus of a data directory to a node of a cluster.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde::Serialize;
use tokio::sync::mpsc;
use tonic::Code;

use crate::cli::commands::corpus::import::{CHANNEL_TEXTS, Imported, StoredSources};
use crate::cli::connection::{Client, Corpus, ServerArgs, request_id};
use crate::cli::error::CliError;
use crate::cli::input::{Found, InputError, Item, Place, SourceText};
use crate::cli::outcome::Outcome;
use crate::cli::output::json;
use crate::engine::{self, CollectionInfo, CollectionName, Engine, Entry, Limits, SourceId, Visibility};
use crate::proto;
use crate::service::stored_source;

/// Sources that are listed at once.
const PAGE_SIZE: usize = 64;

/// Arguments of `cluster import`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Collections that do not exist are created with their k and w. One that exists with another k or w is refused before \
    anything is sent; to one with the same, sources are added. A source that is already there, identical in every byte, is skipped, so that an \
    interrupted import can be run again. The command opens the data directory as a server would, with its index in memory, and \
    changes nothing in it.\n\nNot carried over: the times at which sources were added and updated, which are those of the import; revisions; scales, which \
    can be trained again; calibrations; and the outcomes of requests."
)]
pub(super) struct ImportArgs {
    /// The data directory of a server that is stopped
    #[arg(long, value_name = "FOLDER")]
    data_dir: PathBuf,
    /// Replace sources that have the same id and differ, instead of rejecting the new ones
    #[arg(long)]
    replace: bool,
    /// Print the counts of each collection as JSON: {"dataDir", "collections": [...]}, each as `import --json` does
    #[arg(long)]
    json: bool,
}

/// The result for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Facts<'a, Counts> {
    data_dir: &'a Path,
    collections: Vec<Counts>,
}

/// Imports all collections, one after the other.
pub(super) async fn run(
    args: ImportArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    let limits = client.limits().await?;
    let folder = args.data_dir.clone();
    let open = move || Engine::open_read_only(&folder, Limits::default(), &mut |_| {});
    let opened = tokio::task::spawn_blocking(open).await;
    let interrupted = engine::Error::Internal { what: "opening was interrupted" };
    let engine = Arc::new(opened.map_err(|_| interrupted)??);
    let collections = engine.list_collections(&Visibility::all(), None, usize::MAX);
    let missing = missing(&client, &collections).await?;
    let mut done: Vec<Imported> = Vec::new();
    let (mut outcome, mut ended) = (Outcome::Done, Ok(Outcome::Done));
    for collection in &collections {
        let is_created = missing.contains(&collection.name);
        if is_created {
            create(&client, collection).await?;
        } else if collection.stats.sources == 0 {
            continue;
        }
        let sources = StoredSources {
            collection: collection.name.to_string(),
            is_created,
            replace: args.replace,
            text_bytes: collection.stats.text_bytes,
            items: read_in_a_thread(Arc::clone(&engine), collection.name.clone()),
        };
        let mut imported = sources.import(&client, limits).await;
        if !args.json {
            imported.write(out)?;
        }
        ended = imported.outcome();
        outcome = outcome.max(*ended.as_ref().unwrap_or(&Outcome::Done));
        done.push(imported);
        if ended.is_err() || outcome == Outcome::Interrupted {
            break;
        }
    }
    if args.json {
        let collections: Vec<_> = done.iter().map(Imported::counts).collect();
        json::value(out, &Facts { data_dir: &args.data_dir, collections })?;
    } else if done.is_empty() {
        writeln!(out, "The data directory has no sources, and no collection that the server lacks.")?;
    }
    ended.map(|_| outcome)
}

/// The collections that the server does not have. One that it has with other settings is an error.
async fn missing(
    client: &Client,
    collections: &[CollectionInfo],
) -> Result<BTreeSet<CollectionName>, CliError> {
    let mut missing = BTreeSet::new();
    for CollectionInfo { name, settings, .. } in collections {
        let get = |mut corpus: Corpus, request| async move { corpus.get_collection(request).await };
        let request = proto::GetCollectionRequest { name: name.to_string() };
        match client.call_with_retries(get, request).await {
            Ok(response) => {
                let there = response.collection.unwrap_or_default();
                let here = (settings.kgram.get(), settings.window.get());
                let there = (there.kgram_tokens, there.window_kgrams);
                if here != there {
                    return Err(CliError::OtherSettings { collection: name.to_string(), here, there });
                }
            }
            Err(CliError::Refused(refusal)) if refusal.code == Code::NotFound => {
                missing.insert(name.clone());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(missing)
}

/// Creates a collection, unless another client did so meanwhile, with the same settings.
async fn create(client: &Client, collection: &CollectionInfo) -> Result<(), CliError> {
    let request = proto::CreateCollectionRequest {
        name: collection.name.to_string(),
        kgram_tokens: Some(collection.settings.kgram.get()),
        window_kgrams: Some(collection.settings.window.get()),
        request_id: request_id(),
    };
    let create = |mut corpus: Corpus, request| async move { corpus.create_collection(request).await };
    match client.call_with_retries(create, request).await {
        Err(CliError::Refused(refusal)) if refusal.code == Code::AlreadyExists => {
            missing(client, std::slice::from_ref(collection)).await.map(drop)
        }
        created => created.map(drop),
    }
}

/// Reads the sources of a collection in a thread that ends when the receiver is dropped.
fn read_in_a_thread(engine: Arc<Engine>, collection: CollectionName) -> mpsc::Receiver<Item> {
    let (sender, receiver) = mpsc::channel(CHANNEL_TEXTS);
    std::thread::spawn(move || {
        let mut after: Option<SourceId> = None;
        loop {
            // The collection is there: nothing changes in a corpus that is only read.
            let page = engine.list_sources(&collection, after.as_ref(), PAGE_SIZE).unwrap_or_default();
            let Some(last) = page.last() else { return };
            after = Some(last.id.clone());
            for entry in page {
                if sender.blocking_send(item(&engine, &collection, &entry)).is_err() {
                    return;
                }
            }
        }
    });
    receiver
}

/// A source as an item to send.
fn item(engine: &Engine, collection: &CollectionName, entry: &Entry) -> Item {
    let found = match engine.get_source(collection, &entry.id) {
        Ok(found) => Found::Source(Box::new(text_of(stored_source(&found.entry, &found.text)))),
        Err(error) => Found::Unreadable(InputError::Stored(error)),
    };
    let place = Place::file(Path::new(&format!("{collection}/{}", entry.id)));
    Item { place, input_bytes: entry.text_bytes, stamp: None, found }
}

fn text_of(source: proto::Source) -> SourceText {
    let proto::Source { id, title, group, labels, uri, submitted_at, metadata, text, pages, .. } = source;
    SourceText {
        id,
        title,
        group,
        labels,
        uri,
        submitted_at,
        metadata,
        text,
        pages: pages.map(Box::new),
        document: None,
        ignored_fields: Vec::new(),
    }
}
