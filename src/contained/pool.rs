//! The children: how many at once, and which are started ahead.
//!
//! One thread starts all children. The system ends a child with the thread that started it, and callers' threads come and go.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Job;
use super::process::{Allowance, Child};

/// The longest time without a look at whether to stop.
const PATIENCE: Duration = Duration::from_millis(50);

/// Time until the next attempt to start a child ahead of use, after one that failed.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_mins(1);

/// How children are started, and what they may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolConfig {
    /// What they do.
    pub job: Job,
    /// Children at work at once; at least 1.
    pub running: usize,
    /// Children that are started ahead of use.
    pub warm: usize,
    /// Maximum bytes of memory of one child.
    pub memory_bytes: u64,
    /// Maximum time of one child on a processor.
    pub cpu_time: Duration,
}

/// Why there is no child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PoolError {
    /// The caller asked to stop.
    Stopped,
    /// No process could be started; with the problem.
    CouldNotStart(String),
}

/// Children, started by a thread of the pool.
#[derive(Debug)]
pub struct Pool {
    shared: Arc<Shared>,
    max_running: usize,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// Notified when the thread of the pool has something to do.
    work: Condvar,
    /// Notified when a child is there, or a seat is free.
    change: Condvar,
    warm: usize,
    /// Children that wait after their work, at most.
    kept: usize,
    job: Job,
    allowance: Allowance,
}

#[derive(Debug, Default)]
struct State {
    /// Children to be used, and failures to start one for somebody who waits.
    children: VecDeque<Result<Child, String>>,
    /// Children that have done their work.
    dismissed: Vec<Child>,
    /// Seats that are taken.
    running: usize,
    /// Callers that wait for a seat.
    queued: usize,
    /// Seats that wait for a child.
    wanted: usize,
    /// Children that are looked at and come back.
    borrowed: usize,
    started: u64,
    /// No child is started ahead of use before.
    pause_until: Option<Instant>,
    is_closed: bool,
    thread: Option<JoinHandle<()>>,
}

/// What is going on in a pool.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// Seats that are taken.
    pub running: usize,
    /// Callers that wait for a seat.
    pub waiting: usize,
    /// Children that were started.
    pub started: u64,
}

impl Pool {
    /// A pool by `config`. Nothing is started before somebody asks for a seat.
    #[must_use]
    pub fn new(config: PoolConfig) -> Self {
        let PoolConfig { job, running, warm, memory_bytes, cpu_time } = config;
        let allowance = Allowance { memory_bytes, cpu_time };
        let max_running = running.max(1);
        let shared = Shared {
            state: Mutex::default(),
            work: Condvar::new(),
            change: Condvar::new(),
            warm: warm.min(max_running),
            kept: max_running,
            job,
            allowance,
        };
        Self { shared: Arc::new(shared), max_running }
    }

    /// What is going on.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let state = self.shared.lock();
        Usage { running: state.running, waiting: state.queued, started: state.started }
    }

    /// Waits until fewer than the maximum of children are at work.
    ///
    /// # Errors
    ///
    /// [`PoolError`].
    pub fn seat(&self, is_stopped: &dyn Fn() -> bool) -> Result<Seat<'_>, PoolError> {
        let mut state = self.shared.lock();
        self.ensure_thread(&mut state)?;
        state.queued += 1;
        while state.running >= self.max_running && !is_stopped() {
            state = self.shared.wait(state);
        }
        state.queued -= 1;
        if is_stopped() {
            return Err(PoolError::Stopped);
        }
        state.running += 1;
        Ok(Seat { shared: &self.shared })
    }

    /// Starts the thread of the pool, unless it runs.
    fn ensure_thread(&self, state: &mut State) -> Result<(), PoolError> {
        if state.thread.is_none() {
            let shared = Arc::clone(&self.shared);
            let thread = std::thread::Builder::new().name(self.shared.job.argument().to_owned());
            let thread = thread.spawn(move || shared.keep_children());
            state.thread =
                Some(thread.map_err(|error| PoolError::CouldNotStart(format!("no thread: {error}")))?);
        }
        Ok(())
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.is_closed = true;
        let thread = state.thread.take();
        drop(state);
        self.shared.work.notify_all();
        if let Some(thread) = thread {
            // The thread has no way to panic.
            drop(thread.join());
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.change.wait_timeout(state, PATIENCE).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Starts children as they are needed, and takes leave of those that are done, until the pool is dropped.
    fn keep_children(&self) {
        let mut state = self.lock();
        while !state.is_closed {
            let dismissed = std::mem::take(&mut state.dismissed);
            let is_needed = self.is_needed(&mut state);
            if dismissed.is_empty() && !is_needed {
                // Without a pause this waits for a notification, which comes with every change.
                let pause = state
                    .pause_until
                    .map_or(Duration::from_hours(1), |until| until.saturating_duration_since(Instant::now()));
                state = self.work.wait_timeout(state, pause).unwrap_or_else(PoisonError::into_inner).0;
                continue;
            }
            drop(state);
            let started = is_needed.then(|| Child::start(self.job, self.allowance));
            for child in dismissed {
                child.end();
            }
            state = self.lock();
            if let Some(started) = started {
                self.add(&mut state, started);
            }
        }
        let left = (std::mem::take(&mut state.children), std::mem::take(&mut state.dismissed));
        drop(state);
        drop(left);
    }

    fn is_needed(&self, state: &mut State) -> bool {
        if state.pause_until.is_some_and(|until| until <= Instant::now()) {
            state.pause_until = None;
        }
        let ahead = if state.pause_until.is_some() { 0 } else { self.warm };
        state.children.len() < state.wanted || state.children.len() + state.borrowed < ahead
    }

    fn add(&self, state: &mut State, started: Result<Child, String>) {
        match &started {
            Ok(_) => state.started += 1,
            Err(problem) => {
                let job = self.job.argument();
                tracing::warn!(problem, job, "no process could be started");
                state.pause_until = Instant::now().checked_add(PAUSE_AFTER_FAILURE);
            }
        }
        match started {
            // One was given back meanwhile.
            Ok(child) if state.children.len() >= state.wanted.max(self.warm) => state.dismissed.push(child),
            Err(_) if state.wanted == 0 => {}
            started => {
                state.children.push_back(started);
                self.change.notify_all();
            }
        }
    }
}

/// The right to a child, which is given up when this is dropped.
#[derive(Debug)]
pub struct Seat<'a> {
    shared: &'a Shared,
}

impl Seat<'_> {
    /// Takes a child, or waits for one.
    ///
    /// # Errors
    ///
    /// [`PoolError`].
    pub fn child(&self, is_stopped: &dyn Fn() -> bool) -> Result<Child, PoolError> {
        self.take(is_stopped, false)
    }

    fn take(&self, is_stopped: &dyn Fn() -> bool, is_borrowed: bool) -> Result<Child, PoolError> {
        let mut state = self.shared.lock();
        state.wanted += 1;
        let taken = loop {
            match state.children.pop_front() {
                Some(Ok(mut child)) => {
                    if !child.ended_while_idle() {
                        break Ok(child);
                    }
                    state.dismissed.push(child);
                }
                Some(Err(problem)) => break Err(PoolError::CouldNotStart(problem)),
                None if is_stopped() => break Err(PoolError::Stopped),
                None => {
                    self.shared.work.notify_one();
                    state = self.shared.wait(state);
                }
            }
        };
        state.wanted -= 1;
        state.borrowed += usize::from(is_borrowed && taken.is_ok());
        if state.wanted == 0 {
            // Failures that nobody waits for.
            state.children.retain(Result::is_ok);
        }
        drop(state);
        self.shared.work.notify_one();
        taken
    }

    /// Takes a child that [`Self::give_back`] or [`Self::lose`] follows, so that none is started in its place.
    ///
    /// # Errors
    ///
    /// [`PoolError`].
    pub fn borrow(&self, is_stopped: &dyn Fn() -> bool) -> Result<Child, PoolError> {
        self.take(is_stopped, true)
    }

    /// A borrowed child ended.
    pub fn lose(&self) {
        self.shared.lock().borrowed -= 1;
        self.shared.work.notify_one();
    }

    /// Returns a borrowed child, unless there are enough.
    pub fn give_back(&self, child: Child) {
        let mut state = self.shared.lock();
        state.borrowed -= 1;
        if state.children.len() < self.shared.warm.max(state.wanted) {
            state.children.push_front(Ok(child));
            drop(state);
            self.shared.change.notify_all();
        } else {
            drop(state);
            self.dismiss(child);
        }
    }

    /// Returns a child that can do more work, unless the pool has enough for all seats.
    pub fn keep(&self, child: Child) {
        let mut state = self.shared.lock();
        if state.children.len() < self.shared.kept {
            state.children.push_front(Ok(child));
            drop(state);
            self.shared.change.notify_all();
        } else {
            drop(state);
            self.dismiss(child);
        }
    }

    /// Leaves a child that has done its work to the thread of the pool, which waits for its end.
    pub fn dismiss(&self, child: Child) {
        self.shared.lock().dismissed.push(child);
        self.shared.work.notify_one();
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.shared.lock().running -= 1;
        self.shared.change.notify_all();
    }
}
