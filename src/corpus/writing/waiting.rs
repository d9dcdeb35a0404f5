//! A change on its way to the committing thread.

use std::sync::Arc;

use super::pending::{Pending, Reply};
use crate::corpus::state::Corpus;
use crate::store::StoreError;

/// A change that waits for the committing thread. If the thread ends first, the change is dropped, and its caller gets the
/// answer that the corpus is closed.
pub(super) struct Waiting {
    pending: Option<Pending>,
    corpus: Arc<Corpus>,
}

impl Waiting {
    pub(super) fn new(pending: Pending, corpus: &Arc<Corpus>) -> Box<Self> {
        Box::new(Self { pending: Some(pending), corpus: Arc::clone(corpus) })
    }

    /// The change, which the caller of this has to answer now.
    pub(super) fn take(mut self: Box<Self>) -> Option<Pending> {
        self.pending.take()
    }

    /// The change, to look at.
    pub(super) fn pending(&self) -> Option<&Pending> {
        self.pending.as_ref()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(pending) = self.pending.take() {
            Reply::send_all(vec![pending.reply(Err(StoreError::Closed.into()))], &self.corpus);
        }
    }
}

#[cfg(test)]
mod tests;
