//! `palimpsest import`: files to sources, through one stream.
//!
//! A thread reads the files and hands each source through a bounded channel to the stream, from which
//! HTTP/2 takes it when the server is ready for more. So memory holds a few texts, whatever the corpus.

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

use self::ledger::Ledger;
use self::progress::Progress;
use super::Outcome;
use super::client::{ATTEMPTS, Client, ServerArgs, request_id, wait_before_again};
use super::error::CliError;
use super::input::{self, Item, Reading, SourceText};
use crate::proto;

/// Texts that wait between the files and the stream.
const WAITING_TEXTS: usize = 16;

/// Which files, and what to say of all of them.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "In a folder all .txt and .md files are read, those in its folders too; a source's id is its \
    path from there, its title the first Markdown heading or the file's name. A .jsonl file has one source a \
    line: {\"id\", \"text\", \"title\", \"group\", \"labels\"}, all but the text optional; without an id the server \
    assigns one. `-` reads such lines from standard input. All text must be UTF-8. What cannot be read or is \
    refused is listed at the end, and the others go on. An import that was interrupted can be run again: a \
    source that is there already, the same in every byte, is passed over; one without an id is added again."
)]
pub(super) struct ImportArgs {
    /// Folders, files, or - for JSON lines on standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The collection to add to
    #[arg(long, value_name = "NAME", default_value = "default")]
    collection: String,
    /// The group of the sources that name none of their own
    #[arg(long, value_name = "GROUP", default_value = "", hide_default_value = true)]
    group: String,
    /// A label for all of them; may be given several times
    #[arg(long = "label", value_name = "LABEL")]
    labels: Vec<String>,
    /// Put a source in the place of an older one with its id, instead of rejecting it
    #[arg(long)]
    replace: bool,
}

impl ImportArgs {
    fn request(&self, source: SourceText) -> proto::ImportSourcesRequest {
        let SourceText { id, title, mut group, mut labels, text } = source;
        // A source with an id is not added twice anyway.
        let request_id = if id.is_empty() { request_id() } else { String::new() };
        if group.is_empty() {
            group.clone_from(&self.group);
        }
        labels.extend(self.labels.iter().cloned());
        let if_exists =
            if self.replace { proto::IfExists::ReplaceDifferent } else { proto::IfExists::RejectDifferent };
        proto::ImportSourcesRequest {
            collection: self.collection.clone(),
            source: Some(proto::Source { id, title, group, labels, text, stats: None }),
            if_exists: if_exists.into(),
            request_id,
        }
    }
}

/// What is read of the files.
type Items = Arc<tokio::sync::Mutex<mpsc::Receiver<Item>>>;

/// What the sender and the receiver of the stream share.
#[derive(Debug, Clone)]
struct Import {
    args: Arc<ImportArgs>,
    limits: proto::Limits,
    ledger: Arc<Mutex<Ledger>>,
    progress: Progress,
    /// Cancelled when no more is to be sent.
    stop: CancellationToken,
}

/// Imports, and writes the summary.
pub(super) async fn run(
    args: ImportArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let client = Client::connect(server).await?;
    let limits = client.limits().await?;
    // A collection that is not there fails once, not once for each source.
    let collection = proto::GetCollectionRequest { name: args.collection.clone() };
    client.answer(client.corpus().get_collection(client.request(collection)).await)?;
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
        writeln!(out, "Interrupted: the rest was not sent.")?;
    }
    ended?;
    Ok(Outcome::of(ledger.is_complete() && !import.stop.is_cancelled()))
}

/// Reads the files in a thread of their own, which ends when the receiver is dropped.
fn read_in_a_thread(paths: Vec<PathBuf>, max_text_bytes: u64) -> mpsc::Receiver<Item> {
    let (sender, receiver) = mpsc::channel(WAITING_TEXTS);
    let reading = Reading { max_text_bytes, ids_as_given: false };
    std::thread::spawn(move || {
        input::read_all(&paths, reading, &mut |item| match sender.blocking_send(item) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        })
    });
    receiver
}

impl Import {
    /// Sends all, and sends what was not answered again while the server can't be reached.
    async fn run(&self, client: &Client, items: Items) -> Result<(), CliError> {
        let (mut attempt, mut answers) = (0, 0);
        loop {
            let ended = match client.corpus().import_sources(self.clone().requests(items.clone())).await {
                Ok(answers) => self.take_answers(answers.into_inner(), client).await,
                Err(status) => Err(client.failure(&status)),
            };
            let answered = self.ledger.lock().answers();
            attempt = if answered > answers { 1 } else { attempt + 1 };
            answers = answered;
            match ended {
                Err(error) if error.may_pass() && attempt < ATTEMPTS && !self.stop.is_cancelled() => {
                    wait_before_again(attempt).await;
                }
                ended => return ended,
            }
        }
    }

    /// The requests of the stream: those that were not answered, then the sources among the items. What is bad is
    /// noted and left out.
    fn requests(self, items: Items) -> impl Stream<Item = proto::ImportSourcesRequest> {
        async_stream::stream! {
            // A stream that was lost may hold it a moment longer.
            let mut items = items.lock().await;
            let again = self.ledger.lock().to_send_again();
            for request in again {
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

    /// The request for an item, noted as sent.
    fn admit(&self, item: Item) -> Option<proto::ImportSourcesRequest> {
        let (sent, source) = self.ledger.lock().admit(item, &self.progress)?;
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

    /// Takes answers until the stream ends, or Ctrl-C is pressed twice.
    async fn take_answers(
        &self,
        mut answers: Streaming<proto::ImportSourcesResponse>,
        client: &Client,
    ) -> Result<(), CliError> {
        loop {
            let answer = tokio::select! {
                answer = timeout(client.timeout(), answers.next()) => answer,
                pressed = tokio::signal::ctrl_c() => {
                    if pressed.is_err() || self.stop.is_cancelled() {
                        return Ok(());
                    }
                    self.stop.cancel();
                    continue;
                }
            };
            match answer {
                Ok(Some(Ok(answer))) => self.ledger.lock().answered(answer, &self.progress),
                Ok(Some(Err(status))) => return Err(client.failure(&status)),
                Ok(None) => break,
                // Nothing is due: the files are slow, not the server.
                Err(_) if self.ledger.lock().is_idle() => {}
                Err(_) => return Err(client.timed_out()),
            }
        }
        let ledger = self.ledger.lock();
        if self.stop.is_cancelled() && ledger.is_idle() || ledger.is_finished() {
            return Ok(());
        }
        Err(client.lost("it ended the stream before all was sent"))
    }
}
