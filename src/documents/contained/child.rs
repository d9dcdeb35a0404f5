//! The child: restricts itself, reads one document, and ends.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use rustix::io::Errno;
use rustix::stdio::{stderr, stdin};
use serde::{Deserialize, Serialize};

use super::program;
use super::sandbox::{self, Resources};
use super::wire::{self, Answer, MAX_HEAD_BYTES, PREFIX_BYTES, Prefix, Ready, Request};
use crate::documents::{Document, Extraction, Failure, Limits, read};

/// Bytes of the stack on which a document is read.
const STACK_BYTES: usize = 32 << 20;

/// Reads a document, if the arguments of this process ask for that, and returns its exit code then. A program that has
/// documents read by itself calls this before anything else.
#[must_use]
pub fn run_if_asked() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    if !program::asks_to_read(arguments.next().as_deref()) {
        program::set_program(program::Program::ThisOne);
        return None;
    }
    let mut number = || arguments.next()?.to_str()?.parse::<u64>().ok();
    let (Some(memory_bytes), Some(cpu_seconds)) = (number(), number()) else {
        complain("read-document is for palimpsest itself; use: palimpsest extract FILE\n");
        return Some(ExitCode::from(2));
    };
    Some(run(Resources { memory_bytes, cpu_seconds }))
}

fn run(resources: Resources) -> ExitCode {
    // The message of a panic may quote the document.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        complain(&format!("panic at {place}\n"));
    }));
    // Fails nowhere, and a child that stays where it is can still open nothing there.
    let _ = std::env::set_current_dir("/");
    sandbox::be_ended_first();
    // Before limits, as it takes a descriptor for a moment.
    let files_closed = sandbox::close_files();
    let resources_limited = sandbox::limit_resources(resources);
    let reader = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let calls_restricted = sandbox::restrict_calls();
        serve(&Ready { protections: sandbox::protections(resources_limited, files_closed, calls_restricted) })
    });
    let done = reader.map(std::thread::JoinHandle::join);
    match done {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(error))) => {
            complain(&format!("{error}\n"));
            ExitCode::FAILURE
        }
        Ok(Err(_)) | Err(_) => ExitCode::FAILURE,
    }
}

/// Reads the one document.
fn serve(ready: &Ready) -> io::Result<()> {
    send(ready, &[])?;
    let Some(prefix) = receive_prefix()? else { return Ok(()) };
    if prefix.head_bytes as usize > MAX_HEAD_BYTES {
        return Err(io::Error::other("the request is too long"));
    }
    let Request { limits, name, encoding } = receive_head(prefix)?;
    let content = receive(usize::try_from(prefix.body_bytes).map_err(io::Error::other)?)?;
    let document = Document { content: &content, name: &name, encoding: &encoding };
    // The hook has said where; the thread that waits for this one sees only that it failed.
    let read = catch_unwind(AssertUnwindSafe(|| read(document, &limits)));
    let read = read.map_err(|_| io::Error::other("the reader panicked"))?;
    answer(read, &limits)
}

fn answer(read: Result<Extraction, Failure>, limits: &Limits) -> io::Result<()> {
    match read {
        Ok(mut extraction) => {
            let text = std::mem::take(&mut extraction.text);
            let opening = wire::opening(&Answer::Read(Box::new(extraction)), text.len())?;
            let max_bytes = wire::max_answer_head_bytes(limits);
            if opening.len() > max_bytes {
                let quantity = "bytes of pages, labels, and hidden and removed text".to_owned();
                return send(&Answer::Failed(Failure::Limit { limit: max_bytes as u64, quantity }), &[]);
            }
            send_bytes(&opening)?;
            send_bytes(text.as_bytes())
        }
        Err(failure) => send(&Answer::Failed(failure), &[]),
    }
}

fn send(head: &impl Serialize, body: &[u8]) -> io::Result<()> {
    send_bytes(&wire::opening(head, body.len())?)?;
    send_bytes(body)
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

fn receive_head<T: for<'de> Deserialize<'de>>(prefix: Prefix) -> io::Result<T> {
    Ok(serde_json::from_slice(&receive(prefix.head_bytes as usize)?)?)
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
