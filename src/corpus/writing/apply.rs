//! Applying changes in order, in batches.

use std::collections::VecDeque;
use std::sync::mpsc::channel;

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::Writer;
use super::pending::Pending;
use super::prepare::IdCheck;
use crate::corpus::changes::{Operation, Outcome};
use crate::corpus::error::Error;
use crate::model::Stop;
use crate::store::StoreError;

/// The largest number of changes that are prepared together.
const PREPARED_TOGETHER: usize = 256;

impl Writer {
    /// Makes changes in their order, and waits until they are durable. Sources are prepared on all cores.
    ///
    /// `stop` is checked now and then; the changes that are not made then are a suffix of the batch.
    pub(crate) fn apply(&self, operations: Vec<Operation>, stop: &Stop) -> Vec<Result<Outcome, Error>> {
        let mut outcomes = Vec::with_capacity(operations.len());
        let mut waiting = VecDeque::from(operations);
        while !waiting.is_empty() {
            if let Err(reason) = stop.check() {
                outcomes.extend(waiting.drain(..).map(|_| Err(Error::Stopped(reason))));
                break;
            }
            let chunk = next_chunk(&mut waiting);
            outcomes.extend(self.apply_chunk(chunk));
        }
        outcomes
    }

    fn apply_chunk(&self, operations: Vec<Operation>) -> Vec<Result<Outcome, Error>> {
        let count = operations.len();
        let (sender, receiver) = channel();
        let begun: Vec<_> = operations
            .into_iter()
            .enumerate()
            .filter_map(|(place, operation)| {
                let sender = sender.clone();
                // The receiver waits below.
                self.begin(operation, Box::new(move |outcome| drop(sender.send((place, outcome)))))
            })
            .collect();
        drop(sender);
        let prepared: Vec<Pending> =
            begun.into_par_iter().map(|begun| begun.prepare(&self.corpus, IdCheck::InOrder)).collect();
        for pending in prepared {
            self.hand_over(pending);
        }
        // A callback that is dropped without a call belongs to a writer that is closed.
        let mut outcomes: Vec<_> = (0..count).map(|_| Err(Error::Store(StoreError::Closed))).collect();
        for (place, outcome) in receiver {
            if let Some(known) = outcomes.get_mut(place) {
                *known = outcome;
            }
        }
        outcomes
    }
}

/// The next changes that can be prepared together. A change of a collection as a whole decides where later sources
/// go, so that it is alone.
fn next_chunk(waiting: &mut VecDeque<Operation>) -> Vec<Operation> {
    let of_sources = waiting.iter().take_while(|operation| operation.change.is_about_a_source());
    let count = of_sources.take(PREPARED_TOGETHER).count().max(1);
    waiting.drain(..count.min(waiting.len())).collect()
}
