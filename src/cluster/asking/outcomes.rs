//! Changes of this node that wait for their outcome, which some node that applies them sends.

use std::collections::HashMap;

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::messages::OutcomeMessage;

/// The changes that wait.
#[derive(Debug, Default)]
pub(crate) struct Outcomes {
    waiting: Mutex<HashMap<u128, oneshot::Sender<OutcomeMessage>>>,
}

/// A change that waits. Dropping it ends the wait.
pub(crate) struct Waiting<'a> {
    outcomes: &'a Outcomes,
    operation: u128,
    pub(crate) outcome: oneshot::Receiver<OutcomeMessage>,
}

impl Outcomes {
    /// Waits for the outcome of an operation.
    pub(crate) fn wait(&self, operation: u128) -> Waiting<'_> {
        let (sender, outcome) = oneshot::channel();
        self.waiting.lock().insert(operation, sender);
        Waiting { outcomes: self, operation, outcome }
    }

    /// Delivers an outcome. The first of several counts: all nodes decide alike.
    pub(crate) fn deliver(&self, outcome: OutcomeMessage) {
        let waiting = self.waiting.lock().remove(&outcome.operation);
        if let Some(waiting) = waiting {
            // The caller may have stopped waiting.
            drop(waiting.send(outcome));
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.outcomes.waiting.lock().remove(&self.operation);
    }
}
