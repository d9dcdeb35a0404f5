//! Requests that are done once, however often they are sent.
//!
//! Whoever gives a request an id may send it again when no answer came: the same request with the same id gets
//! the first answer, also while the first is still being worked on. What was answered is kept in the commit
//! that did what was asked for, so that it holds after a crash too. A request that failed is forgotten: nothing
//! was done, and its id may be used again.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use xxhash_rust::xxh3::Xxh3;

use super::answer::{Answer, Answered};
use super::request::Done;
use crate::engine::error::Error;
use crate::engine::names::RequestKey;
use crate::text::CorpusSeed;

/// How long an answer is remembered, at least, unless there are too many.
const KEPT_FOR: Duration = Duration::from_hours(24);

/// Answers that are remembered at most, and the bytes of memory that they take.
const MOST: usize = 250_000;
const MOST_BYTES: usize = 64 << 20;

/// An id, and a digest of what was asked for under it.
#[derive(Debug)]
pub(in crate::engine) struct Ticket {
    key: Arc<RequestKey>,
    digest: u128,
}

impl Ticket {
    /// For a request of this kind with these parts. The digest is seeded, and covers all that the request asks
    /// for.
    pub(in crate::engine) fn new(
        key: RequestKey,
        kind: &str,
        parts: &[&[u8]],
        seed: CorpusSeed,
    ) -> Arc<Self> {
        let mut digest = Xxh3::with_seed(seed.derive("request"));
        for part in [kind.as_bytes()].iter().chain(parts) {
            digest.update(&(part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        Arc::new(Self { key: Arc::new(key), digest: digest.digest128() })
    }

    pub(super) fn key(&self) -> &RequestKey {
        &self.key
    }

    pub(super) fn digest(&self) -> u128 {
        self.digest
    }

    pub(super) fn taken(&self) -> Error {
        Error::RequestIdTaken { id: self.key.id().as_str().to_owned() }
    }
}

/// A ticket whose request is being kept: its place among all, and the time in seconds since 1970.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Receipt {
    pub(super) ticket: Arc<Ticket>,
    pub(super) sequence: u64,
    pub(super) time: u64,
}

impl Receipt {
    /// Of a request that was kept.
    pub(in crate::engine) fn kept(key: RequestKey, digest: u128, sequence: u64, time: u64) -> Self {
        Self { ticket: Arc::new(Ticket { key: Arc::new(key), digest }), sequence, time }
    }
}

/// The requests that were done lately, and those that are being worked on.
#[derive(Debug, Default)]
pub(in crate::engine) struct Once {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    done: HashMap<Arc<RequestKey>, Record>,
    /// In the order in which they were done.
    order: BTreeMap<u64, Arc<RequestKey>>,
    bytes: usize,
    next: u64,
    last_time: u64,
    under_way: HashMap<Arc<RequestKey>, UnderWay>,
}

#[derive(Debug)]
struct Record {
    sequence: u64,
    time: u64,
    digest: u128,
    bytes: usize,
    answer: Answer,
}

/// A request that is being worked on, and the retries of it that wait for its answer.
struct UnderWay {
    digest: u128,
    waiting: Vec<Done<Answer>>,
}

impl std::fmt::Debug for UnderWay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnderWay").field("waiting", &self.waiting.len()).finish_non_exhaustive()
    }
}

impl Once {
    /// Begins a request. Gives who is to be told when it is done, or `None` if there is nothing to do: it was done
    /// already, and that was told; or it is being worked on, and will be told.
    pub(in crate::engine) fn begin<T: Answered>(
        self: &Arc<Self>,
        ticket: &Arc<Ticket>,
        done: Done<T>,
    ) -> Option<Done<T>> {
        let mut state = self.state.lock();
        if let Some(answer) = state.answer(ticket) {
            drop(state);
            done(answer.and_then(|answer| T::from_answer(answer).ok_or_else(|| ticket.taken())));
            return None;
        }
        if let Some(first) = state.under_way.get_mut(&ticket.key) {
            if first.digest == ticket.digest {
                let ticket = Arc::clone(ticket);
                first.waiting.push(Box::new(move |answer| {
                    done(answer.and_then(|answer| T::from_answer(answer).ok_or_else(|| ticket.taken())));
                }));
            } else {
                drop(state);
                done(Err(ticket.taken()));
            }
            return None;
        }
        let under_way = UnderWay { digest: ticket.digest, waiting: Vec::new() };
        state.under_way.insert(Arc::clone(&ticket.key), under_way);
        drop(state);
        let mut first = First { once: Arc::clone(self), key: Some(Arc::clone(&ticket.key)) };
        Some(Box::new(move |answer: Result<T, Error>| {
            for tell in first.end() {
                tell(answer.clone().map(T::into_answer));
            }
            done(answer);
        }))
    }

    /// What was answered to the request, if it was done.
    pub(super) fn answered(&self, ticket: &Ticket) -> Option<Result<Answer, Error>> {
        self.state.lock().answer(ticket)
    }

    /// A place for a request that is about to be kept.
    pub(in crate::engine) fn receipt(&self, ticket: Arc<Ticket>) -> Receipt {
        let mut state = self.state.lock();
        state.last_time = now().max(state.last_time);
        state.next += 1;
        Receipt { ticket, sequence: state.next, time: state.last_time }
    }

    /// Tells what was answered, and remembers it first if it is to be.
    pub(super) fn answer<T: Answered>(&self, receipt: Option<Receipt>, answer: T, done: Done<T>) {
        if let Some(receipt) = receipt {
            self.remember(receipt, answer.clone().into_answer());
        }
        done(Ok(answer));
    }

    /// Remembers the answer to a request for which there was nothing to do, and nothing is kept.
    pub(in crate::engine) fn remember_only(&self, ticket: Arc<Ticket>, answer: Answer) {
        let receipt = self.receipt(ticket);
        self.remember(receipt, answer);
    }

    /// Remembers what was answered.
    pub(in crate::engine) fn remember(&self, receipt: Receipt, answer: Answer) {
        self.state.lock().remember(receipt, answer);
    }

    /// The place of the first request that is remembered.
    pub(super) fn first(&self) -> u64 {
        let state = self.state.lock();
        state.order.keys().next().map_or(state.next, |sequence| *sequence)
    }
}

impl State {
    fn answer(&self, ticket: &Ticket) -> Option<Result<Answer, Error>> {
        let record = self.done.get(&ticket.key).filter(|record| !is_old(record.time, now()))?;
        let is_same = record.digest == ticket.digest;
        Some(if is_same { Ok(record.answer.clone()) } else { Err(ticket.taken()) })
    }

    fn remember(&mut self, receipt: Receipt, answer: Answer) {
        let Receipt { ticket, sequence, time } = receipt;
        let key = Arc::clone(&ticket.key);
        let bytes = answer.bytes() + key.owner().len() + key.id().as_str().len();
        let record = Record { sequence, time, digest: ticket.digest, bytes, answer };
        (self.next, self.last_time) = (self.next.max(sequence), self.last_time.max(time));
        self.bytes += bytes;
        self.order.insert(sequence, Arc::clone(&key));
        if let Some(old) = self.done.insert(key, record) {
            self.bytes -= old.bytes;
        }
        self.forget_old();
    }

    fn forget_old(&mut self) {
        while let Some((sequence, key)) = self.order.first_key_value() {
            // An id that was used anew has a later place too.
            let record = self.done.get(key).filter(|record| record.sequence == *sequence);
            let is_due = self.done.len() > MOST || self.bytes > MOST_BYTES;
            if record.is_some_and(|record| !is_due && !is_old(record.time, self.last_time)) {
                return;
            }
            if record.is_some()
                && let Some(forgotten) = self.done.remove(key)
            {
                self.bytes -= forgotten.bytes;
            }
            self.order.pop_first();
        }
    }
}

/// The first of the requests with an id. When it ends, those that wait for it are told; when it is dropped before it
/// ended, they are dropped too, so that nobody waits for good.
struct First {
    once: Arc<Once>,
    /// `None` when it has ended.
    key: Option<Arc<RequestKey>>,
}

impl First {
    /// Those that wait for it.
    fn end(&mut self) -> Vec<Done<Answer>> {
        let Some(key) = self.key.take() else { return Vec::new() };
        let under_way = self.once.state.lock().under_way.remove(&key);
        under_way.map_or_else(Vec::new, |under_way| under_way.waiting)
    }
}

impl Drop for First {
    fn drop(&mut self) {
        drop(self.end());
    }
}

fn is_old(time: u64, now: u64) -> bool {
    time.saturating_add(KEPT_FOR.as_secs()) < now
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
