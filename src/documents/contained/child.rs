//! The child: reads one document, and ends.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use super::wire::{self, Answer, Request};
use crate::contained::{self, Job, Requests};
use crate::documents::{Document, Extraction, Failure, Limits, read};

/// Reads the document that the parent sends, and returns the exit code of this process.
#[must_use]
pub fn run() -> ExitCode {
    contained::serve(Job::ReadDocument, || (), |requests, ()| serve(requests))
}

/// Reads the one document.
fn serve(requests: &mut Requests) -> io::Result<()> {
    let Some(request) = requests.receive::<Request>()? else { return Ok(()) };
    let Request { limits, name, encoding } = request.head;
    let document = Document { content: &request.body, name: &name, encoding: &encoding };
    // The hook has said where; the thread that waits for this one sees only that it failed.
    let read = catch_unwind(AssertUnwindSafe(|| read(document, &limits)));
    let read = read.map_err(|_| io::Error::other("the reader panicked"))?;
    answer(requests, read, &limits)
}

fn answer(requests: &mut Requests, read: Result<Extraction, Failure>, limits: &Limits) -> io::Result<()> {
    match read {
        Ok(mut extraction) => {
            let text = std::mem::take(&mut extraction.text);
            let opening = contained::wire::opening(&Answer::Read(Box::new(extraction)), text.len())?;
            let max_bytes = wire::max_answer_head_bytes(limits);
            if opening.len() > max_bytes {
                let quantity = "bytes of pages, labels, and hidden and removed text".to_owned();
                let failure = Failure::Limit { limit: max_bytes as u64, quantity };
                return requests.answer(&Answer::Failed(failure), &[]);
            }
            requests.answer_in_pieces(&opening, text.as_bytes())
        }
        Err(failure) => requests.answer(&Answer::Failed(failure), &[]),
    }
}
