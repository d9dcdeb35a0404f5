//! Work on untrusted input in child processes, which are the same program with other duties.
//!
//! A child does one [`Job`]. It has no files, no network and no other processes, and limits on memory and time. Its parent kills
//! it when the time is over or the caller goes away, and checks everything that it says. Children start ahead of use.
//!
//! This module starts children and talks to them in frames ([`wire`]). What the frames say, and what of an answer is believed, is
//! up to the module of each job.

mod child;
mod conversation;
mod pool;
mod process;
mod program;
mod sandbox;
pub mod wire;

use std::time::Duration;

pub use self::child::{Requests, asked_job, serve};
pub use self::conversation::{Conversation, Interruption, malformed};
pub use self::pool::{Pool, PoolConfig, PoolError, Seat, Usage};
pub use self::process::{Child, Ended};
pub use self::program::{Program, set_program};
pub use self::sandbox::Protections;

/// Maximum time until a child that was started says that it is ready. Loaded machines are slow.
pub const START_TIME: Duration = Duration::from_secs(20);

/// What a child does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Reads one document.
    ReadDocument,
    /// Checks the grammar of paragraphs.
    CheckGrammar,
}

impl Job {
    /// All jobs.
    const ALL: [Self; 2] = [Self::ReadDocument, Self::CheckGrammar];

    /// The first argument of a program that is to do the job.
    const fn argument(self) -> &'static str {
        match self {
            Self::ReadDocument => "read-document",
            Self::CheckGrammar => "check-grammar",
        }
    }

    /// The name that the process has in lists of processes.
    const fn process_name(self) -> &'static str {
        match self {
            Self::ReadDocument => "palimpsest-reader",
            Self::CheckGrammar => "palimpsest-grammar",
        }
    }

    /// The command for people that does the job.
    const fn command(self) -> &'static str {
        match self {
            Self::ReadDocument => "palimpsest extract FILE",
            Self::CheckGrammar => "palimpsest grammar FILE",
        }
    }
}
