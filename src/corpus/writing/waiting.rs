//! A change on its way to the committing thread.

use std::sync::Arc;

use super::pending::{Pending, Reply};
use crate::corpus::state::Corpus;
use crate::store::StoreError;

/// A change that waits for the committing thread. If the thread ends first, the change is dropped, wherever it waits, and its
/// caller is answered that the corpus is closed.
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
mod tests {
    use std::sync::mpsc::{channel, sync_channel};

    use super::super::Message;
    use super::super::pending::Work;
    use super::*;
    use crate::corpus::changes::Outcome;
    use crate::corpus::error::Error;
    use crate::engine::Engine;

    /// A change whose answer goes to a channel.
    fn waiting(engine: &Engine) -> (Box<Waiting>, std::sync::mpsc::Receiver<Result<Outcome, Error>>) {
        let (sender, answer) = channel();
        let done = Box::new(move |answer| drop(sender.send(answer)));
        let work = Work::Known(Err(Error::Internal { what: "never decided" }));
        let pending = Pending { work, ticket: None, position: None, time: None, done };
        (Waiting::new(pending, engine.state()), answer)
    }

    #[test]
    fn a_change_that_nobody_takes_is_answered() {
        let engine = Engine::in_memory().unwrap();
        let (messages, receiver) = sync_channel(1);
        let (change, answer) = waiting(&engine);
        messages.send(Message::Change(change)).unwrap();
        assert!(answer.try_recv().is_err(), "it still waits");
        drop(receiver);
        assert!(matches!(answer.recv(), Ok(Err(Error::Store(StoreError::Closed)))));
        let (late, answer) = waiting(&engine);
        drop(messages.send(Message::Change(late)));
        assert!(matches!(answer.recv(), Ok(Err(Error::Store(StoreError::Closed)))));
    }

    #[test]
    fn a_change_that_is_taken_is_not_answered() {
        let engine = Engine::in_memory().unwrap();
        let (change, answer) = waiting(&engine);
        let pending = change.take();
        assert!(pending.is_some() && answer.try_recv().is_err());
    }
}
