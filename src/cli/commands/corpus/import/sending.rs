//! The stream of an import: sources to a collection, their outcomes to the ledger.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_stream::{Stream, StreamExt as _};
use tokio_util::sync::CancellationToken;
use tonic::Streaming;

use super::ledger::{Ledger, ToSend};
use super::progress::Progress;
use crate::cli::connection::{ATTEMPTS, Client, request_id, wait_before_retry};
use crate::cli::error::CliError;
use crate::cli::input::{Item, SourceText};
use crate::proto;

/// Where the sources go, and what is added to them.
#[derive(Debug)]
pub(super) struct Target {
    /// The collection.
    pub(super) collection: String,
    /// Put in front of every id.
    pub(super) id_prefix: String,
    /// The group of the sources that have none.
    pub(super) group: String,
    /// Labels of all sources.
    pub(super) labels: Vec<String>,
    /// Whether sources replace others that have the same id and differ.
    pub(super) replace: bool,
}

impl Target {
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
            pages,
            document,
            ignored_fields: _,
        } = source;
        let pages = document.and_then(|document| document.message.pages).or(pages.map(|pages| *pages));
        // A source with an id is not added twice in any case.
        let request_id = if id.is_empty() { request_id() } else { String::new() };
        let id = if id.is_empty() { id } else { format!("{}{id}", self.id_prefix) };
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
                pages,
                ..proto::Source::default()
            }),
            if_exists: if_exists.into(),
            request_id,
        }
    }
}

/// The items to send; one stream at a time receives them.
type Items = Arc<tokio::sync::Mutex<mpsc::Receiver<Item>>>;

/// The state that the sender and the receiver of the stream share.
#[derive(Debug, Clone)]
pub(super) struct Import {
    target: Arc<Target>,
    limits: proto::Limits,
    ledger: Arc<Mutex<Ledger>>,
    progress: Progress,
    /// Cancelled to stop sending.
    stop: CancellationToken,
}

/// An import that ended.
pub(super) struct Ended {
    /// The outcomes.
    pub(super) ledger: Ledger,
    /// Whether Ctrl-C ended it before everything was sent.
    pub(super) is_interrupted: bool,
    /// Why it failed as a whole, if it did.
    pub(super) result: Result<(), CliError>,
}

impl Import {
    /// An import to a server with these limits.
    pub(super) fn new(target: Target, limits: proto::Limits, ledger: Ledger, progress: Progress) -> Self {
        let (target, ledger) = (Arc::new(target), Arc::new(Mutex::new(ledger)));
        Self { target, limits, ledger, progress, stop: CancellationToken::new() }
    }

    /// Sends all items, and removes the progress bar.
    pub(super) async fn send(self, client: &Client, items: mpsc::Receiver<Item>) -> Ended {
        let result = self.run(client, Arc::new(tokio::sync::Mutex::new(items))).await;
        self.progress.finish();
        let ledger = std::mem::take(&mut *self.ledger.lock());
        Ended { ledger, is_interrupted: self.stop.is_cancelled() && result.is_ok(), result }
    }

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
        let request = self.target.request(source);
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
