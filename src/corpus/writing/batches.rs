//! Gathering pending changes into commits.

use std::collections::HashSet;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::Message;
use super::pending::Pending;
use crate::corpus::changes::Done;
use crate::store::Relocation;

/// The largest number of changes of one commit.
const CHANGES_A_COMMIT: usize = 2048;

/// The bytes of text of one commit, from which on no more changes are added to it.
const TEXT_BYTES_A_COMMIT: u64 = 32 << 20;

/// A commit of so many changes shows that many are coming: the next one waits for more, for a moment.
const MANY_CHANGES: usize = 8;

/// The next commit waits until there are so many,
const WORTH_A_COMMIT: usize = 256;

/// or so much time has passed.
const PATIENCE: Duration = Duration::from_millis(5);

/// A job of the committer.
pub(super) enum Job {
    /// Changes for one commit, in order.
    Commit(Vec<Pending>),
    /// Texts to be moved on the disk.
    Relocate { texts: Vec<Relocation>, done: Done<()> },
}

/// The jobs of the committer until the end. Two changes of one source are never in one commit, and a change of a
/// collection as a whole is alone in its commit.
pub(super) struct Batches<'a> {
    messages: &'a Receiver<Message>,
    held: Option<Message>,
    is_stopped: bool,
    /// The size of the last commit.
    last: usize,
}

impl<'a> Batches<'a> {
    pub(super) fn new(messages: &'a Receiver<Message>) -> Self {
        Self { messages, held: None, is_stopped: false, last: 0 }
    }

    /// The next message for a batch of so many changes. A batch that is not empty waits until `until` at most.
    fn next_message(&mut self, changes: usize, until: Instant) -> Result<Message, RecvTimeoutError> {
        if let Some(message) = self.held.take() {
            return Ok(message);
        }
        if changes == 0 {
            return Ok(self.messages.recv()?);
        }
        let patience = if changes < WORTH_A_COMMIT {
            until.saturating_duration_since(Instant::now())
        } else {
            Duration::ZERO
        };
        self.messages.recv_timeout(patience)
    }
}

impl Iterator for Batches<'_> {
    type Item = Job;

    fn next(&mut self) -> Option<Job> {
        let (mut batch, mut sources, mut bytes) = (Vec::new(), HashSet::new(), 0);
        let patience = if self.last >= MANY_CHANGES { PATIENCE } else { Duration::ZERO };
        let mut until = Instant::now();
        while !self.is_stopped && batch.len() < CHANGES_A_COMMIT && bytes < TEXT_BYTES_A_COMMIT {
            let Ok(message) = self.next_message(batch.len(), until) else { break };
            let waiting = match message {
                Message::Change(waiting) => waiting,
                Message::Stop => {
                    self.is_stopped = true;
                    break;
                }
                Message::Relocate { texts, done } if batch.is_empty() => {
                    return Some(Job::Relocate { texts, done });
                }
                relocation @ Message::Relocate { .. } => {
                    self.held = Some(relocation);
                    break;
                }
            };
            if batch.is_empty() {
                until = Instant::now() + patience;
            }
            let source = waiting.pending().and_then(Pending::source);
            let is_alone = source.is_none();
            let fits = source.is_some_and(|source| sources.insert(source));
            if !fits && !batch.is_empty() {
                self.held = Some(Message::Change(waiting));
                break;
            }
            let Some(pending) = waiting.take() else { continue };
            bytes += pending.text_bytes();
            batch.push(pending);
            if is_alone {
                break;
            }
        }
        self.last = batch.len();
        (!batch.is_empty()).then_some(Job::Commit(batch))
    }
}
