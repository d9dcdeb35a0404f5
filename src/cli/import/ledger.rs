//! What became of each item of an import.

use std::collections::{BTreeMap, VecDeque};

use tonic::Code;

use super::super::error::Refusal;
use super::super::input::{Found, Item, Place, SourceText};
use super::progress::Progress;
use crate::proto;
use crate::proto::import_sources_response::Result as Answer;

/// Failures that are told in full; the others are counted by reason.
const FAILURES_IN_FULL: usize = 20;

/// Pairs of duplicates that are named.
const NAMED_DUPLICATES: usize = 3;

/// A source on its way.
#[derive(Debug)]
pub(super) struct Sent {
    place: Place,
    id: String,
    input_bytes: u64,
    text_bytes: u64,
    /// What was sent, to send it again should the connection be lost.
    request: proto::ImportSourcesRequest,
}

/// The count of an import, as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Sent, but not answered yet, in the order of the stream.
    on_their_way: VecDeque<Sent>,
    everything_sent: bool,
    /// Sources added, those that replaced one included.
    pub(super) added: u64,
    /// Sources that took the place of another.
    pub(super) replaced: u64,
    /// Sources that were there already, the same in every byte.
    pub(super) unchanged: u64,
    /// Items that failed.
    pub(super) failed: u64,
    /// Files of other kinds in folders.
    pub(super) passed_over: u64,
    /// Bytes of the texts that were added.
    pub(super) text_bytes: u64,
    /// Sources added that have the same words as another.
    pub(super) duplicates: u64,
    /// The first of them, each with such another.
    pub(super) named_duplicates: Vec<(String, String)>,
    /// The first failures: where, and why.
    pub(super) failures: Vec<(Place, String)>,
    /// The others, by reason.
    pub(super) other_failures: BTreeMap<String, u64>,
}

impl Ledger {
    /// Takes an item from the files: a source to send, or something to note.
    pub(super) fn admit(&mut self, item: Item, progress: &Progress) -> Option<(Sent, SourceText)> {
        let Item { place, input_bytes, found } = item;
        match found {
            Found::Source(source) => {
                let request = proto::ImportSourcesRequest::default();
                Some((Sent { place, id: source.id.clone(), input_bytes, text_bytes: 0, request }, source))
            }
            Found::Bad(error) => {
                self.fail(place, error.to_string(), error.reason());
                progress.advance(input_bytes, self);
                None
            }
            Found::PassedOver => {
                self.passed_over += 1;
                None
            }
        }
    }

    /// A source is handed to the stream.
    pub(super) fn sent(&mut self, sent: Sent, text_bytes: u64, request: proto::ImportSourcesRequest) {
        self.on_their_way.push_back(Sent { text_bytes, request, ..sent });
    }

    /// What was sent and not answered, in order.
    pub(super) fn to_send_again(&self) -> Vec<proto::ImportSourcesRequest> {
        self.on_their_way.iter().map(|sent| sent.request.clone()).collect()
    }

    /// How many items were answered.
    pub(super) fn answers(&self) -> u64 {
        self.added + self.unchanged + self.failed
    }

    /// A source's message is larger than the server takes, and was not sent.
    pub(super) fn too_large(&mut self, sent: Sent, bytes: u64, max: u64, progress: &Progress) {
        let message =
            format!("its message has {bytes} bytes, but the server takes {max} at most (max_message_bytes)");
        self.fail(sent.place, message, "too large");
        progress.advance(sent.input_bytes, self);
    }

    /// There is nothing more to send.
    pub(super) fn all_sent(&mut self) {
        self.everything_sent = true;
    }

    /// The server answered the source that was sent first of those on their way.
    pub(super) fn answered(&mut self, answer: proto::ImportSourcesResponse, progress: &Progress) {
        let Some(sent) = self.on_their_way.pop_front() else { return };
        match answer.result {
            Some(Answer::Added(added)) => self.add(added, sent.text_bytes),
            Some(Answer::Error(error)) => {
                let refusal = Refusal::of_item(error);
                let message = refusal.to_string();
                let said = sent.id.is_empty() || message.contains(&sent.id);
                let id = if said { String::new() } else { format!("source {:?}: ", sent.id) };
                let how = if refusal.code == Code::AlreadyExists { " (--replace)" } else { "" };
                self.fail(sent.place, format!("{id}{message}{how}"), &refusal.reason());
            }
            None => self.fail(sent.place, "the server did not say what became of it".to_owned(), "unknown"),
        }
        progress.advance(sent.input_bytes, self);
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
                self.named_duplicates.push((added.id, other));
            }
        }
    }

    fn fail(&mut self, place: Place, message: String, reason: &str) {
        self.failed += 1;
        if self.failures.len() < FAILURES_IN_FULL {
            self.failures.push((place, message));
        } else {
            *self.other_failures.entry(reason.to_owned()).or_default() += 1;
        }
    }

    /// Sources that were sent and not answered.
    pub(super) fn unanswered(&self) -> u64 {
        self.on_their_way.len() as u64
    }

    /// Whether no answer is due.
    pub(super) fn is_idle(&self) -> bool {
        self.on_their_way.is_empty()
    }

    /// Whether all was sent, and answered.
    pub(super) fn is_finished(&self) -> bool {
        self.everything_sent && self.is_idle()
    }

    /// Whether all was added.
    pub(super) fn is_complete(&self) -> bool {
        self.is_finished() && self.failed == 0
    }
}
