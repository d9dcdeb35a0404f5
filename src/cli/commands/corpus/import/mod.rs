//! `palimpsest import`: files to sources, over one stream.
//!
//! A thread reads the files and sends each source over a bounded channel to the stream. HTTP/2 flow control takes sources
//! from the stream when the server is ready, so memory holds only a few texts.

mod ledger;
mod progress;
mod summary;

use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use clap::Args;
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_stream::{Stream, StreamExt as _};
use tokio_util::sync::CancellationToken;
use tonic::Streaming;

use self::ledger::{Ledger, ToSend};
use self::progress::Progress;
use crate::cli::connection::{ATTEMPTS, Client, ServerArgs, request_id, wait_before_retry};
use crate::cli::error::CliError;
use crate::cli::input::{self, Ids, Item, Reading, SourceText};
use crate::cli::outcome::Outcome;
use crate::proto;

/// Capacity of the channel between the reader and the stream, in texts.
const CHANNEL_TEXTS: usize = 16;

/// Arguments of `import`.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "In a folder, all .txt and .md files are read, also those in folders within. The id of a source \
    is its path relative to the folder, its title the first Markdown heading or else the file name. A .jsonl \
    file has one source a line: {\"id\", \"text\", \"title\", \"group\", \"labels\"}; only the text is required, and \
    the server assigns an id if there is none. `-` reads such lines from standard input. All text must be \
    UTF-8. A source that can't be read or is refused does not stop the import; it is listed at the end. An \
    interrupted import can be run again: a source that is already there, identical in every byte, is \
    skipped; one without an id is added again."
)]
pub(in crate::cli) struct ImportArgs {
    /// Folders, files, or - for JSON lines on standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The collection to add to
    #[arg(long, value_name = "NAME", default_value = "default")]
    collection: String,
    /// The group of the sources that have none
    #[arg(long, value_name = "GROUP", default_value = "", hide_default_value = true)]
    group: String,
    /// A label for all sources; repeatable
    #[arg(long = "label", value_name = "LABEL")]
    labels: Vec<String>,
    /// Replace sources that have the same id and differ, instead of rejecting the new ones
    #[arg(long)]
    replace: bool,
}

impl ImportArgs {
    /// The request that adds a source.
    fn request(&self, source: SourceText) -> proto::ImportSourcesRequest {
        let SourceText {
            id,
            title,
            mut group,
            mut labels,
            uri,
            submitted_at,
            metadata,
            text,
            ignored_fields: _,
        } = source;
        // A source with an id is not added twice in any case.
        let request_id = if id.is_empty() { request_id() } else { String::new() };
        if group.is_empty() {
            group.clone_from(&self.group);
        }
        labels.extend(self.labels.iter().cloned());
        let if_exists =
            if self.replace { proto::IfExists::ReplaceDifferent } else { proto::IfExists::RejectDifferent };
        proto::ImportSourcesRequest {
            collection: self.collection.clone(),
            source: Some(proto::Source {
                id,
                title,
                group,
                labels,
                text,
                uri,
                submitted_at,
                metadata,
                ..proto::Source::default()
            }),
            if_exists: if_exists.into(),
            request_id,
        }
    }
}

/// The items read from the files; one stream at a time receives them.
type Items = Arc<tokio::sync::Mutex<mpsc::Receiver<Item>>>;

/// The state that the sender and the receiver of the stream share.
#[derive(Debug, Clone)]
struct Import {
    args: Arc<ImportArgs>,
    limits: proto::Limits,
    ledger: Arc<Mutex<Ledger>>,
    progress: Progress,
    /// Cancelled to stop sending.
    stop: CancellationToken,
}

/// Imports the sources, and prints the summary.
pub(in crate::cli) async fn run(
    args: ImportArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    let limits = client.limits().await?;
    // A missing collection is one error, not one for each source.
    let collection = proto::GetCollectionRequest { name: args.collection.clone() };
    client.response(client.corpus().get_collection(client.request(collection)).await)?;
    let progress = Progress::over(&args.paths);
    let import = Import {
        args: Arc::new(args),
        limits,
        ledger: Arc::default(),
        progress,
        stop: CancellationToken::new(),
    };
    let started = Instant::now();
    let items = read_in_a_thread(import.args.paths.clone(), limits.max_text_bytes);
    let ended = import.run(&client, Arc::new(tokio::sync::Mutex::new(items))).await;
    import.progress.finish();
    let ledger = std::mem::take(&mut *import.ledger.lock());
    summary::write(out, &ledger, started.elapsed(), &import.args.collection)?;
    if import.stop.is_cancelled() && ended.is_ok() {
        writeln!(out, "Interrupted: the rest was not sent. Run the command again to import it.")?;
    }
    ended?;
    Ok(Outcome::of(ledger.is_complete() && !import.stop.is_cancelled()))
}

/// Reads the files in a thread that ends when the receiver is dropped.
fn read_in_a_thread(paths: Vec<PathBuf>, max_text_bytes: u64) -> mpsc::Receiver<Item> {
    let (sender, receiver) = mpsc::channel(CHANNEL_TEXTS);
    let reading =
        Reading { max_text_bytes, ids: Ids::of_import(&paths), encoding: None, lenient: false };
    std::thread::spawn(move || {
        input::read_all(&paths, &reading, &mut |item| match sender.blocking_send(item) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        })
    });
    receiver
}

impl Import {
    /// Sends all items. While the server is unavailable, it opens new streams and resends the unanswered requests.
    async fn run(&self, client: &Client, items: Items) -> Result<(), CliError> {
        let (mut attempt, mut answers_before) = (0, 0);
        loop {
            let ended = match client.corpus().import_sources(self.clone().requests(items.clone())).await {
                Ok(responses) => self.receive(responses.into_inner(), client).await,
                Err(status) => Err(client.failure(&status)),
            };
            let answers = self.ledger.lock().answers();
            attempt = if answers > answers_before { 1 } else { attempt + 1 };
            answers_before = answers;
            match ended {
                Err(error) if error.is_transient() && attempt < ATTEMPTS && !self.stop.is_cancelled() => {
                    wait_before_retry(attempt).await;
                }
                ended => return ended,
            }
        }
    }

    /// The requests of a stream: the unanswered ones first, then the sources among the items. Items that can't be read
    /// are recorded as failures.
    fn requests(self, items: Items) -> impl Stream<Item = proto::ImportSourcesRequest> {
        async_stream::stream! {
            // The previous, lost stream may still hold the lock for a moment.
            let mut items = items.lock().await;
            let unanswered = self.ledger.lock().unanswered_requests();
            for request in unanswered {
                yield request;
            }
            loop {
                let item = tokio::select! {
                    biased;
                    () = self.stop.cancelled() => break,
                    item = items.recv() => item,
                };
                let Some(item) = item else {
                    self.ledger.lock().all_sent();
                    break;
                };
                if let Some(request) = self.admit(item) {
                    yield request;
                }
            }
        }
    }

    /// The request for an item, recorded as sent; `None` if the item is not a source or is too large.
    fn admit(&self, item: Item) -> Option<proto::ImportSourcesRequest> {
        let ToSend { sent, source } = self.ledger.lock().admit(item, &self.progress)?;
        let text_bytes = source.text.len() as u64;
        let request = self.args.request(source);
        let bytes = prost::Message::encoded_len(&request) as u64;
        let mut ledger = self.ledger.lock();
        if bytes > self.limits.max_message_bytes {
            ledger.too_large(sent, bytes, self.limits.max_message_bytes, &self.progress);
            return None;
        }
        ledger.sent(sent, text_bytes, request.clone());
        Some(request)
    }

    /// Receives responses until the stream ends or Ctrl-C is pressed twice.
    async fn receive(
        &self,
        mut responses: Streaming<proto::ImportSourcesResponse>,
        client: &Client,
    ) -> Result<(), CliError> {
        loop {
            let response = tokio::select! {
                response = timeout(client.timeout(), responses.next()) => response,
                pressed = tokio::signal::ctrl_c() => {
                    if pressed.is_err() || self.stop.is_cancelled() {
                        return Ok(());
                    }
                    self.stop.cancel();
                    continue;
                }
            };
            match response {
                Ok(Some(Ok(response))) => self.ledger.lock().answered(response, &self.progress),
                Ok(Some(Err(status))) => return Err(client.failure(&status)),
                Ok(None) => break,
                // No response is due: the files are slow, not the server.
                Err(_) if self.ledger.lock().is_idle() => {}
                Err(_) => return Err(client.timed_out()),
            }
        }
        let ledger = self.ledger.lock();
        if self.stop.is_cancelled() && ledger.is_idle() || ledger.is_finished() {
            return Ok(());
        }
        Err(client.lost("it ended the stream early"))
    }
}
