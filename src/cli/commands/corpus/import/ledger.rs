//! The outcome of each item of an import.

use std::collections::{BTreeMap, VecDeque};

use tonic::Code;

use super::progress::{Counts, Progress};
use super::records::Records;
use crate::cli::commands::documents::DocumentTally;
use crate::cli::input::{Found, Item, Place, Skipped, SourceText, Stamp};
use crate::cli::refusal::Refusal;
use crate::proto;
use crate::proto::import_sources_response::Result as Answer;

/// Number of failures that are listed; the rest are counted by reason.
const LISTED_FAILURES: usize = 20;

/// Number of duplicates that are named.
const NAMED_DUPLICATES: usize = 3;

/// Number of ignored fields that are named; the rest are counted together.
const NAMED_FIELDS: usize = 50;

/// Stands for the other ignored fields.
const OTHER_FIELDS: &str = "others";

/// A source that was sent, or is about to be.
#[derive(Debug)]
pub(super) struct Sent {
    place: Place,
    id: String,
    /// Of the file, if it has one source.
    stamp: Option<Stamp>,
    input_bytes: u64,
    text_bytes: u64,
    /// The request, for sending it again if the connection is lost.
    request: proto::ImportSourcesRequest,
}

/// A source with the same words as another one.
#[derive(Debug)]
pub(super) struct Duplicate {
    pub(super) id: String,
    /// Id of the other source.
    pub(super) of: String,
}

/// An item that was not added.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) place: Place,
    pub(super) problem: String,
}

/// The counts of an import so far.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Sources without a response, in the order of the stream.
    unanswered: VecDeque<Sent>,
    everything_sent: bool,
    /// Sources added, including those that replaced one.
    pub(super) added: u64,
    /// Sources that replaced one.
    pub(super) replaced: u64,
    /// Sources that were there already, identical in every byte.
    pub(super) unchanged: u64,
    /// Items that failed.
    pub(super) failed: u64,
    /// Entries of folders that are not read.
    pub(super) skipped: Skipped,
    /// Fields that are not those of a source, with the number of lines that have them.
    pub(super) ignored_fields: BTreeMap<String, u64>,
    /// Size of the texts that were added, in bytes.
    pub(super) text_bytes: u64,
    /// Sources added that have the same words as another one.
    pub(super) duplicates: u64,
    /// The first of these.
    pub(super) named_duplicates: Vec<Duplicate>,
    /// The first failures.
    pub(super) failures: Vec<Failure>,
    /// Number of other failures, by reason.
    pub(super) other_failures: BTreeMap<String, u64>,
    /// Number of all failures, by reason.
    pub(super) failed_by_reason: BTreeMap<String, u64>,
    /// Files that the journal has, and that were not read again.
    pub(super) known: u64,
    /// The documents that were read.
    pub(super) documents: DocumentTally,
    /// The files that are written meanwhile.
    pub(super) records: Records,
}

/// A source to send, with its record.
#[derive(Debug)]
pub(super) struct ToSend {
    pub(super) sent: Sent,
    pub(super) source: SourceText,
}

impl Ledger {
    /// A ledger that keeps these files meanwhile.
    pub(super) fn new(records: Records) -> Self {
        Self { records, ..Self::default() }
    }

    /// Records an item from the files, and returns it if it is a source to send.
    pub(super) fn admit(&mut self, item: Item, progress: &Progress) -> Option<ToSend> {
        let Item { place, input_bytes, stamp, found } = item;
        match found {
            Found::Source(source) => {
                self.ignore(&source.ignored_fields);
                let document = source.document.as_ref().map(|document| &document.message);
                self.documents.add(&place.to_string(), document);
                let request = proto::ImportSourcesRequest::default();
                let sent = Sent { place, id: source.id.clone(), stamp, input_bytes, text_bytes: 0, request };
                Some(ToSend { sent, source: *source })
            }
            Found::Unreadable(error) => {
                self.fail(place, error.to_string(), error.reason());
                progress.advance(input_bytes, self.counts());
                None
            }
            Found::Known => {
                self.known += 1;
                progress.advance(input_bytes, self.counts());
                None
            }
            Found::Skipped(skip) => {
                self.skipped.add(place, skip);
                None
            }
        }
    }

    fn ignore(&mut self, fields: &[String]) {
        for name in fields {
            let is_counted =
                self.ignored_fields.contains_key(name) || self.ignored_fields.len() < NAMED_FIELDS;
            let name = if is_counted { name } else { OTHER_FIELDS };
            *self.ignored_fields.entry(name.to_owned()).or_default() += 1;
        }
    }

    /// Records that a source was sent.
    pub(super) fn sent(&mut self, sent: Sent, text_bytes: u64, request: proto::ImportSourcesRequest) {
        self.unanswered.push_back(Sent { text_bytes, request, ..sent });
    }

    /// The requests without a response, in order.
    pub(super) fn unanswered_requests(&self) -> Vec<proto::ImportSourcesRequest> {
        self.unanswered.iter().map(|sent| sent.request.clone()).collect()
    }

    /// Number of items with a response.
    pub(super) fn answers(&self) -> u64 {
        self.added + self.unchanged + self.failed
    }

    /// Records that a source was not sent because its request is larger than the server accepts.
    pub(super) fn too_large(&mut self, sent: Sent, bytes: u64, max: u64, progress: &Progress) {
        let message =
            format!("its request has {bytes} bytes, but the server accepts at most {max}; split the text");
        self.fail(sent.place, message, "too large");
        progress.advance(sent.input_bytes, self.counts());
    }

    fn counts(&self) -> Counts {
        Counts { done: self.answers() + self.known, added: self.added, failed: self.failed }
    }

    /// Records that every item was sent.
    pub(super) fn all_sent(&mut self) {
        self.everything_sent = true;
    }

    /// Records the response to the first source without one.
    pub(super) fn answered(&mut self, response: proto::ImportSourcesResponse, progress: &Progress) {
        let Some(sent) = self.unanswered.pop_front() else { return };
        match response.result {
            Some(Answer::Added(added)) => {
                if let Some(stamp) = sent.stamp {
                    self.records.imported(&sent.id, stamp);
                }
                self.add(added, sent.text_bytes);
            }
            Some(Answer::Error(error)) => {
                let refusal = Refusal::of_item(error);
                let message = refusal.to_string();
                let is_named = sent.id.is_empty() || message.contains(&sent.id);
                let id = if is_named { String::new() } else { format!("source {:?}: ", sent.id) };
                let how = if refusal.code == Code::AlreadyExists { "; --replace replaces it" } else { "" };
                self.fail(sent.place, format!("{id}{message}{how}"), &refusal.reason());
            }
            None => {
                self.fail(sent.place, "the server sent an empty response; see its log".to_owned(), "unknown");
            }
        }
        progress.advance(sent.input_bytes, self.counts());
    }

    fn add(&mut self, added: proto::AddSourceResponse, text_bytes: u64) {
        if added.unchanged {
            self.unchanged += 1;
            return;
        }
        self.added += 1;
        self.replaced += u64::from(added.replaced);
        self.text_bytes += text_bytes;
        if let Some(other) = added.exact_duplicates.into_iter().next() {
            self.duplicates += 1;
            if self.named_duplicates.len() < NAMED_DUPLICATES {
                self.named_duplicates.push(Duplicate { id: added.id, of: other });
            }
        }
    }

    fn fail(&mut self, place: Place, message: String, reason: &str) {
        self.failed += 1;
        *self.failed_by_reason.entry(reason.to_owned()).or_default() += 1;
        self.records.failed(&place, reason, &message);
        if self.failures.len() < LISTED_FAILURES {
            self.failures.push(Failure { place, problem: message });
        } else {
            *self.other_failures.entry(reason.to_owned()).or_default() += 1;
        }
    }

    /// Number of sources that were sent and have no response.
    pub(super) fn unanswered(&self) -> u64 {
        self.unanswered.len() as u64
    }

    /// Whether no response is due.
    pub(super) fn is_idle(&self) -> bool {
        self.unanswered.is_empty()
    }

    /// Whether every item was sent and has a response.
    pub(super) fn is_finished(&self) -> bool {
        self.everything_sent && self.is_idle()
    }

    /// Whether every item was added.
    pub(super) fn is_complete(&self) -> bool {
        self.is_finished() && self.failed == 0
    }
}
