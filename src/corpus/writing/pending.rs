//! Changes that wait for the committer.

use std::sync::Arc;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::prepare::{Prepared, PreparedUpdate};
use crate::corpus::changes::{Change, Done, Outcome, Ticket};
use crate::corpus::error::Error;
use crate::corpus::selecting::Selection;
use crate::corpus::state::Corpus;
use crate::model::{CollectionName, SourceId, Timestamp};

/// A change that waits for the committer.
pub(in crate::corpus) struct Pending {
    pub(super) work: Work,
    pub(super) ticket: Option<Arc<Ticket>>,
    pub(super) position: Option<u64>,
    pub(super) time: Option<Timestamp>,
    pub(super) done: Done<Outcome>,
}

/// A change that the committer can decide.
pub(super) type PreparedChange = Change<Box<Prepared>, CollectionName, PreparedUpdate, Selection>;

/// The work of a pending change.
pub(super) enum Work {
    /// A change to be decided.
    Change(PreparedChange),
    /// A result that is known. It passes the committer because its log position has to be stored in order.
    Known(Result<Outcome, Error>),
}

impl Pending {
    /// The source that it is about, if it is about one.
    pub(super) fn source(&self) -> Option<(CollectionName, SourceId)> {
        match &self.work {
            Work::Change(Change::AddSource { collection, source, .. }) => {
                Some((collection.clone(), source.record.id.clone()))
            }
            Work::Change(
                Change::UpdateSource { collection, id, .. } | Change::DeleteSource { collection, id },
            ) => Some((collection.clone(), id.clone())),
            Work::Change(
                Change::DeleteSources { .. }
                | Change::PutScale { .. }
                | Change::DeleteScale { .. }
                | Change::Calibrate { .. }
                | Change::CreateCollection { .. }
                | Change::DeleteCollection { .. },
            )
            | Work::Known(_) => None,
        }
    }

    /// The bytes of its text.
    pub(super) fn text_bytes(&self) -> u64 {
        match &self.work {
            Work::Change(Change::AddSource { source, .. }) => source.record.text_bytes,
            _ => 0,
        }
    }

    /// The reply of a change that is not made.
    pub(super) fn reply(self, answer: Result<Outcome, Error>) -> Reply {
        let undo = match self.work {
            Work::Change(Change::AddSource { source, .. }) => Some(source),
            _ => None,
        };
        Reply { done: self.done, answer, undo }
    }
}

/// An answer that is to be sent when no lock is held.
#[must_use = "the caller waits for it"]
pub(super) struct Reply {
    pub(super) done: Done<Outcome>,
    pub(super) answer: Result<Outcome, Error>,
    /// A source that is not committed: its postings are removed from the index first, so that the caller finds nothing left.
    pub(super) undo: Option<Box<Prepared>>,
}

impl Reply {
    /// Sends replies. Sources are undone on all cores, since a commit of many may have failed.
    pub(super) fn send_all(replies: Vec<Self>, corpus: &Corpus) {
        let (to_undo, others): (Vec<Self>, Vec<Self>) =
            replies.into_iter().partition(|reply| reply.undo.is_some());
        for reply in others {
            reply.send(corpus);
        }
        if to_undo.len() > 1 {
            to_undo.into_par_iter().for_each(|reply| reply.send(corpus));
        } else if let Some(reply) = to_undo.into_iter().next() {
            reply.send(corpus);
        }
    }

    fn send(self, corpus: &Corpus) {
        if let Some(source) = self.undo {
            source.undo(corpus);
        }
        (self.done)(self.answer);
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply").field("answer", &self.answer).finish_non_exhaustive()
    }
}
