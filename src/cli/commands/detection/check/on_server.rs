//! The check of many files on a server, over one stream.
//!
//! Threads read the files; HTTP/2 flow control takes texts from the stream when the server is ready, so memory holds only
//! a few of them. The server checks in parallel and answers in order.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;

use encoding_rs::Encoding;
use parking_lot::Mutex;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Code, Streaming};

use super::result::Checked;
use crate::cli::commands::detection::sources;
use crate::cli::commands::detection::texts::read_submission;
use crate::cli::connection::{ATTEMPTS, Client, wait_before_retry};
use crate::cli::error::{CliError, Refusal};
use crate::cli::input::{Submission, Text, map_in_order, readers};
use crate::cli::outcome::Outcome;
use crate::proto;
use crate::proto::check_stream_response::Result as Answer;
use crate::service::documents::attach;
use crate::text::OffsetUnit;

/// Capacity of the channel between the reader and the stream, in texts.
const CHANNEL_TEXTS: usize = 4;

/// The submissions.
pub(super) struct Subjects {
    /// Files.
    pub(super) found: Vec<Submission>,
    /// Stored sources.
    pub(super) stored: Vec<proto::SourceName>,
    /// The encoding of the files.
    pub(super) encoding: Option<&'static Encoding>,
    /// The unit of the reports' offsets.
    pub(super) unit: OffsetUnit,
}

/// A submission that is ready to be sent, or the reason why it can't be.
struct Ready {
    name: String,
    subject: Result<Subject, String>,
}

enum Subject {
    Text { text: String, document: Option<Box<proto::ExtractedDocument>> },
    Stored(proto::SourceName),
}

/// The submissions that were read; one stream at a time receives them.
type Files = Arc<tokio::sync::Mutex<mpsc::Receiver<Ready>>>;

/// A file without a result that was sent on.
enum Waiting {
    /// The server has its request.
    Sent {
        name: String,
        request: Box<proto::CheckStreamRequest>,
        /// What is known of the document of the submission.
        document: Option<Box<proto::ExtractedDocument>>,
    },
    /// It could not be sent.
    Failed { name: String, reason: String },
}

/// The state that the sender and the receiver of the stream share.
#[derive(Clone)]
struct Checks {
    client: Client,
    /// The request, without a text.
    request: proto::CheckRequest,
    limits: proto::Limits,
    /// Whether results have the texts.
    keep_texts: bool,
    /// The files without a result, in order.
    waiting: Arc<Mutex<VecDeque<Waiting>>>,
    results: mpsc::Sender<Checked>,
}

/// Checks all files, and sends the results in order.
pub(super) async fn start(
    client: Client,
    subjects: Subjects,
    request: proto::CheckRequest,
    keep_texts: bool,
    results: mpsc::Sender<Checked>,
) -> Result<JoinHandle<Result<Outcome, CliError>>, CliError> {
    let limits = client.limits().await?;
    let files = Arc::new(tokio::sync::Mutex::new(read_in_a_thread(subjects)));
    let checks = Checks { client, request, limits, keep_texts, waiting: Arc::default(), results };
    Ok(tokio::spawn(checks.run(files)))
}

/// Reads the files in a thread that ends when the receiver is dropped.
fn read_in_a_thread(subjects: Subjects) -> mpsc::Receiver<Ready> {
    let (sender, receiver) = mpsc::channel(CHANNEL_TEXTS);
    std::thread::spawn(move || {
        let Subjects { found, stored, encoding, unit } = subjects;
        let find = |give: &mut dyn FnMut(Submission) -> ControlFlow<()>| {
            let _end = found.into_iter().try_for_each(give);
        };
        let read = |submission| ready(submission, encoding, unit);
        let end = map_in_order(readers(), find, read, &mut |ready| match sender.blocking_send(ready) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        });
        if end.is_break() {
            return;
        }
        for source in stored {
            let ready = Ready { name: source.id.clone(), subject: Ok(Subject::Stored(source)) };
            if sender.blocking_send(ready).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Reads a submission.
fn ready(submission: Submission, encoding: Option<&'static Encoding>, unit: OffsetUnit) -> Ready {
    let Submission { file, problem } = submission;
    let content = match problem {
        Some(problem) => Err(problem.to_string()),
        None => match read_submission(&file, encoding) {
            Ok(Text { content, .. }) => Ok(content),
            Err(CliError::Unreadable { problem, .. }) => Err(problem.to_string()),
            Err(error) => Err(error.to_string()),
        },
    };
    let subject = content.map(|content| {
        let document = content.document(unit).map(Box::new);
        Subject::Text { text: content.into_text(), document }
    });
    Ready { name: file.place().to_string(), subject }
}

impl Checks {
    /// Checks all files. While the server is unavailable, it opens new streams and sends the unanswered requests again.
    async fn run(self, files: Files) -> Result<Outcome, CliError> {
        let mut attempt = 0;
        loop {
            let mut answers = 0;
            let ended = match self.client.detection().check_stream(self.clone().requests(files.clone())).await
            {
                Ok(responses) => self.receive(responses.into_inner(), &mut answers).await,
                Err(status) => Err(self.client.failure(&status)),
            };
            attempt = if answers > 0 { 1 } else { attempt + 1 };
            match ended {
                Err(error) if error.is_transient() && attempt < ATTEMPTS => wait_before_retry(attempt).await,
                ended => return ended.map(|()| Outcome::Done),
            }
        }
    }

    /// The requests of a stream: the unanswered ones first, then those of the files.
    fn requests(self, files: Files) -> impl Stream<Item = proto::CheckStreamRequest> {
        async_stream::stream! {
            // The previous, lost stream may still hold the lock for a moment.
            let mut files = files.lock().await;
            let unanswered: Vec<proto::CheckStreamRequest> = self.waiting.lock().iter().filter_map(sent).collect();
            for request in unanswered {
                yield request;
            }
            while let Some(file) = files.recv().await {
                let waiting = self.admit(file);
                let request = sent(&waiting);
                self.waiting.lock().push_back(waiting);
                if let Some(request) = request {
                    yield request;
                }
            }
        }
    }

    /// The request for a file, if it can be sent.
    fn admit(&self, Ready { name, subject }: Ready) -> Waiting {
        let request = self.request.clone();
        let mut document = None;
        let check = match subject {
            Ok(Subject::Text { text, document: known }) => {
                document = known;
                proto::CheckRequest { text, ..request }
            }
            Ok(Subject::Stored(source)) => proto::CheckRequest { source: Some(source), ..request },
            Err(reason) => return Waiting::Failed { name, reason },
        };
        let request = proto::CheckStreamRequest { key: String::new(), check: Some(check) };
        let (bytes, max) = (prost::Message::encoded_len(&request) as u64, self.limits.max_message_bytes);
        if bytes > max {
            let reason = format!(
                "its request has {bytes} bytes, but the server accepts at most {max}; split the text"
            );
            return Waiting::Failed { name, reason };
        }
        Waiting::Sent { name, request: Box::new(request), document }
    }

    /// Receives the responses of a stream, and counts them.
    async fn receive(
        &self,
        mut responses: Streaming<proto::CheckStreamResponse>,
        answers: &mut u64,
    ) -> Result<(), CliError> {
        loop {
            match timeout(self.client.timeout(), responses.next()).await {
                Ok(Some(Ok(response))) => {
                    *answers += 1;
                    self.answered(response).await?;
                }
                Ok(Some(Err(status))) => return Err(self.client.failure(&status)),
                Ok(None) => break,
                // No response is due: the files are slow, not the server.
                Err(_) if self.waiting.lock().iter().all(|waiting| sent(waiting).is_none()) => {}
                Err(_) => return Err(self.client.timed_out()),
            }
        }
        self.send_failed().await;
        if self.waiting.lock().is_empty() {
            Ok(())
        } else {
            Err(self.client.lost("it ended the stream early"))
        }
    }

    /// Sends the result of the first file whose request was sent, after those of the files before it.
    async fn answered(&self, response: proto::CheckStreamResponse) -> Result<(), CliError> {
        self.send_failed().await;
        let first = self.waiting.lock().pop_front();
        let Some(Waiting::Sent { name, request, document }) = first else { return Ok(()) };
        let check = request.check.unwrap_or_default();
        let result = match response.result {
            Some(Answer::Report(mut report)) => {
                if let Some(document) = document {
                    attach(&mut report, &check.text, *document);
                }
                Ok(report)
            }
            Some(Answer::Error(error)) => {
                let refusal = Refusal::of_item(error);
                if concerns_all(&refusal) {
                    return Err(CliError::Refused(refusal));
                }
                Err(refusal.to_string())
            }
            None => Err("the server sent an empty response; see its log".to_owned()),
        };
        let text = if self.keep_texts { self.text(check).await } else { None };
        self.send(Checked { name, text, result }).await;
        Ok(())
    }

    /// The text of a submission; `None` for a stored source that the key may not read.
    async fn text(&self, check: proto::CheckRequest) -> Option<String> {
        match check.source {
            Some(source) => sources::stored_text(&self.client, source).await,
            None => Some(check.text),
        }
    }

    /// Sends the results of the first files if they could not be sent.
    async fn send_failed(&self) {
        loop {
            let failed = {
                let mut waiting = self.waiting.lock();
                match waiting.pop_front() {
                    Some(Waiting::Failed { name, reason }) => {
                        Checked { name, text: None, result: Err(reason) }
                    }
                    Some(sent) => return waiting.push_front(sent),
                    None => return,
                }
            };
            self.send(failed).await;
        }
    }

    /// Sends a result. If nobody receives it, the command ends.
    async fn send(&self, checked: Checked) {
        drop(self.results.send(checked).await);
    }
}

fn sent(waiting: &Waiting) -> Option<proto::CheckStreamRequest> {
    match waiting {
        Waiting::Sent { request, .. } => Some(request.as_ref().clone()),
        Waiting::Failed { .. } => None,
    }
}

/// Whether a refusal is about the options, which all files share.
fn concerns_all(refusal: &Refusal) -> bool {
    let is_text = |field: &str| field.rsplit('.').next() == Some("text");
    match refusal.code {
        Code::NotFound => refusal.missing_collection.is_some(),
        Code::PermissionDenied | Code::Unauthenticated => true,
        Code::InvalidArgument => refusal.violations.iter().any(|wrong| !is_text(&wrong.field)),
        _ => false,
    }
}
