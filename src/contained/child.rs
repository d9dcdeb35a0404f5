//! The child: restricts itself, and answers what its parent sends.

use std::io;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::io::Errno;
use rustix::stdio::{stderr, stdin};
use serde::{Deserialize, Serialize};

use super::Job;
use super::program;
use super::sandbox::{self, Resources};
use super::wire::{self, MAX_HEAD_BYTES, PREFIX_BYTES, Prefix, Ready};

/// Bytes of the stack on which the work is done.
const STACK_BYTES: usize = 32 << 20;

/// Panics that are reported, at most: a pipe holds 64 KiB, and a writer of more waits for a reader.
const MAX_COMPLAINTS: u32 = 50;

/// The job that the arguments of this process ask for. A program whose children run this program calls it before anything
/// else, and [`serve`] if there is a job.
#[must_use]
pub fn asked_job() -> Option<Job> {
    let job = program::asked_job(std::env::args_os().nth(1).as_deref());
    if job.is_none() {
        program::set_program(program::Program::ThisOne);
    }
    job
}

/// Restricts this process, calls `work` with the requests of the parent, and returns the exit code of the process. `prepare` is
/// called before system calls are restricted and the parent hears that the child is ready, so that it may start threads.
pub fn serve<T: 'static>(
    job: Job,
    prepare: impl FnOnce() -> T + Send + 'static,
    work: impl FnOnce(&mut Requests, T) -> io::Result<()> + Send + 'static,
) -> ExitCode {
    let mut arguments = std::env::args_os().skip(2);
    let mut number = || arguments.next()?.to_str()?.parse::<u64>().ok();
    let (Some(memory_bytes), Some(cpu_seconds)) = (number(), number()) else {
        complain(&format!("{} is for palimpsest itself; use: {}\n", job.argument(), job.command()));
        return ExitCode::from(2);
    };
    // The message of a panic may quote the input. A child that goes on may panic again and again, and nobody reads what it says
    // while it runs.
    let panics = AtomicU32::new(0);
    std::panic::set_hook(Box::new(move |panic| {
        if panics.fetch_add(1, Ordering::Relaxed) < MAX_COMPLAINTS {
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            complain(&format!("panic at {place}\n"));
        }
    }));
    // Fails nowhere, and a child that stays where it is can still open nothing there.
    let _ = std::env::set_current_dir("/");
    sandbox::be_ended_first();
    // Before limits, as it takes a descriptor for a moment.
    let files_closed = sandbox::close_files();
    let resources_limited = sandbox::limit_resources(Resources { memory_bytes, cpu_seconds });
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        // Before the restriction of calls: it has no input yet, and may start threads.
        let prepared = prepare();
        let calls_restricted = sandbox::restrict_calls();
        let protections = sandbox::protections(resources_limited, files_closed, calls_restricted);
        let mut requests = Requests { _private: () };
        requests.answer(&Ready { protections }, &[])?;
        work(&mut requests, prepared)
    });
    let done = worker.map(std::thread::JoinHandle::join);
    match done {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(error))) => {
            complain(&format!("{error}\n"));
            ExitCode::FAILURE
        }
        Ok(Err(_)) | Err(_) => ExitCode::FAILURE,
    }
}

/// The requests of the parent, on standard input.
#[derive(Debug)]
pub struct Requests {
    _private: (),
}

/// A request of the parent.
#[derive(Debug)]
pub struct Request<T> {
    /// Its head.
    pub head: T,
    /// Its body.
    pub body: Vec<u8>,
}

impl Requests {
    /// The next request; `None` if there is none.
    ///
    /// # Errors
    ///
    /// It is not a request.
    pub fn receive<T: for<'de> Deserialize<'de>>(&mut self) -> io::Result<Option<Request<T>>> {
        let Some(prefix) = receive_prefix()? else { return Ok(None) };
        if prefix.head_bytes as usize > MAX_HEAD_BYTES {
            return Err(io::Error::other("the request is too long"));
        }
        let head = serde_json::from_slice(&receive(prefix.head_bytes as usize)?)?;
        let body = receive(usize::try_from(prefix.body_bytes).map_err(io::Error::other)?)?;
        Ok(Some(Request { head, body }))
    }

    /// Sends an answer.
    ///
    /// # Errors
    ///
    /// The parent is gone.
    pub fn answer(&mut self, head: &impl Serialize, body: &[u8]) -> io::Result<()> {
        let opening = wire::opening(head, body.len())?;
        self.answer_in_pieces(&opening, body)
    }

    /// Sends an answer whose head is made already.
    ///
    /// # Errors
    ///
    /// The parent is gone.
    pub fn answer_in_pieces(&mut self, opening: &[u8], body: &[u8]) -> io::Result<()> {
        send_bytes(opening)?;
        send_bytes(body)
    }
}

fn send_bytes(mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(stdin(), bytes) {
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The lengths of the request; `None` if the parent has none.
fn receive_prefix() -> io::Result<Option<Prefix>> {
    let mut bytes = [0; PREFIX_BYTES];
    match fill(&mut bytes) {
        Ok(()) => Ok(Some(Prefix::parse(bytes))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

fn receive(bytes: usize) -> io::Result<Vec<u8>> {
    let mut received = vec![0; bytes];
    fill(&mut received)?;
    Ok(received)
}

fn fill(mut buffer: &mut [u8]) -> io::Result<()> {
    while !buffer.is_empty() {
        match rustix::io::read(stdin(), &mut *buffer) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => buffer = buffer.split_at_mut_checked(count).map_or(&mut [], |(_, rest)| rest),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Writes to standard error, which the parent reads after this process has ended.
fn complain(message: &str) {
    // Nobody is left to hear that this failed.
    let _ = rustix::io::write(stderr(), message.as_bytes());
}
