//! Changes that the committing thread does not take.

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
