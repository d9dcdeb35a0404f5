//! Idempotent requests: a request with an id is done once, however often it is sent.
//!
//! A caller without an answer sends the same request with the same id again, and gets the first answer, also while the
//! first is still under way. The outcome is stored in the commit of the change, so that this holds after a crash too. A
//! request that failed is forgotten: it changed nothing, and its id can be used again.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use xxhash_rust::xxh3::Xxh3;

use super::done::Done;
use super::outcome::Outcome;
use crate::corpus::error::Error;
use crate::model::{CorpusSeed, RequestKey, Timestamp};

/// The time for which an outcome is remembered, unless there are too many.
const KEPT_FOR: Duration = Duration::from_hours(24);

/// The largest number of remembered outcomes, and their largest size in memory.
const MOST: usize = 250_000;
const MOST_BYTES: usize = 64 << 20;

/// The id of a request, and a digest of everything that it asks for.
#[derive(Debug)]
pub(in crate::corpus) struct Ticket {
    key: Arc<RequestKey>,
    digest: u128,
}

impl Ticket {
    /// The ticket of a request with this digest.
    pub(in crate::corpus) fn of_digest(key: RequestKey, digest: u128) -> Arc<Self> {
        Arc::new(Self { key: Arc::new(key), digest })
    }

    /// The digest of a request of a kind with some parts. It is seeded.
    pub(in crate::corpus) fn digest_of(kind: &str, parts: &[&[u8]], seed: CorpusSeed) -> u128 {
        let mut digest = Xxh3::with_seed(seed.derive("request"));
        for part in [kind.as_bytes()].iter().chain(parts) {
            digest.update(&(part.len() as u64).to_le_bytes());
            digest.update(part);
        }
        digest.digest128()
    }

    pub(in crate::corpus) fn key(&self) -> &RequestKey {
        &self.key
    }

    pub(in crate::corpus) fn digest(&self) -> u128 {
        self.digest
    }

    pub(in crate::corpus) fn taken(&self) -> Error {
        Error::RequestIdTaken { id: self.key.id().as_str().to_owned() }
    }
}

/// The ticket of a request that is being committed, its place among all, and the time in seconds since 1970.
#[derive(Debug, Clone)]
pub(in crate::corpus) struct Receipt {
    pub(in crate::corpus) ticket: Arc<Ticket>,
    pub(in crate::corpus) sequence: u64,
    pub(in crate::corpus) time: u64,
}

impl Receipt {
    /// The receipt of a stored request.
    pub(in crate::corpus) fn stored(key: RequestKey, digest: u128, sequence: u64, time: u64) -> Self {
        Self { ticket: Arc::new(Ticket { key: Arc::new(key), digest }), sequence, time }
    }
}

/// The requests that were done recently, and those that are under way.
#[derive(Debug, Default)]
pub(in crate::corpus) struct Once {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    done: HashMap<Arc<RequestKey>, Record>,
    /// The keys in the order in which their requests were done.
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
    outcome: Outcome,
}

/// A request that is under way, and its retries that wait for its answer.
struct UnderWay {
    digest: u128,
    waiting: Vec<Done<Outcome>>,
}

impl std::fmt::Debug for UnderWay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnderWay").field("waiting", &self.waiting.len()).finish_non_exhaustive()
    }
}

impl Once {
    /// Begins a request. Returns the callback to use, or `None` if there is nothing to do: the request was done already
    /// and is answered; or it is under way and will be answered with its first.
    pub(in crate::corpus) fn begin(
        self: &Arc<Self>,
        ticket: &Arc<Ticket>,
        at: Option<Timestamp>,
        done: Done<Outcome>,
    ) -> Option<Done<Outcome>> {
        let mut state = self.state.lock();
        if let Some(answer) = state.answer(ticket, seconds(at)) {
            drop(state);
            done(answer);
            return None;
        }
        if let Some(first) = state.under_way.get_mut(&ticket.key) {
            if first.digest == ticket.digest {
                first.waiting.push(done);
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
        Some(Box::new(move |answer: Result<Outcome, Error>| {
            for retry in first.end() {
                retry(answer.clone());
            }
            done(answer);
        }))
    }

    /// The answer to a request that was done, as of a time or now.
    pub(in crate::corpus) fn answered(
        &self,
        ticket: &Ticket,
        at: Option<Timestamp>,
    ) -> Option<Result<Outcome, Error>> {
        self.state.lock().answer(ticket, seconds(at))
    }

    /// The receipt of a request that is about to be committed, at a time or now.
    pub(in crate::corpus) fn receipt(&self, ticket: Arc<Ticket>, at: Option<Timestamp>) -> Receipt {
        let mut state = self.state.lock();
        state.last_time = seconds(at).max(state.last_time);
        state.next += 1;
        Receipt { ticket, sequence: state.next, time: state.last_time }
    }

    /// Remembers the outcome of a request that changed nothing. It is not stored.
    pub(in crate::corpus) fn remember_only(&self, ticket: Arc<Ticket>, outcome: Outcome) {
        let receipt = self.receipt(ticket, None);
        self.remember(receipt, outcome);
    }

    /// Remembers an outcome.
    pub(in crate::corpus) fn remember(&self, receipt: Receipt, outcome: Outcome) {
        self.state.lock().remember(receipt, outcome);
    }

    /// The place of the first request that is remembered.
    pub(in crate::corpus) fn first(&self) -> u64 {
        let state = self.state.lock();
        state.order.keys().next().map_or(state.next, |sequence| *sequence)
    }
}

impl State {
    fn answer(&self, ticket: &Ticket, now: u64) -> Option<Result<Outcome, Error>> {
        let record = self.done.get(&ticket.key).filter(|record| !is_old(record.time, now))?;
        let is_same = record.digest == ticket.digest;
        Some(if is_same { Ok(record.outcome.clone()) } else { Err(ticket.taken()) })
    }

    fn remember(&mut self, receipt: Receipt, outcome: Outcome) {
        let Receipt { ticket, sequence, time } = receipt;
        let key = Arc::clone(&ticket.key);
        let bytes = outcome.bytes() + key.owner().len() + key.id().as_str().len();
        let record = Record { sequence, time, digest: ticket.digest, bytes, outcome };
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

/// The first of the requests with an id. Its end answers the retries. If it is dropped without an end, their callbacks are
/// dropped too, which ends their wait.
struct First {
    once: Arc<Once>,
    /// `None` when it has ended.
    key: Option<Arc<RequestKey>>,
}

impl First {
    /// The callbacks of its retries.
    fn end(&mut self) -> Vec<Done<Outcome>> {
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

/// Seconds since 1970, of a time or now. What a log says is old by the times of the log, so that all that apply it agree.
fn seconds(at: Option<Timestamp>) -> u64 {
    if let Some(at) = at {
        return u64::try_from(at.seconds()).unwrap_or(0);
    }
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
