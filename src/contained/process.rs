//! One child process.

use std::fmt;
use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use super::Job;
use super::program;
use super::sandbox::Protections;

/// Bytes that are read of what a child said on standard error. A pipe holds as many.
const MAX_SAID_BYTES: u64 = 64 << 10;

/// Characters of it that are repeated.
const MAX_TOLD_CHARS: usize = 200;

/// The environment of a child. Its allocator must take memory as it is needed: the limit counts what it reserves.
pub(super) const ENVIRONMENT: [(&str, &str); 2] = [("MIMALLOC_ARENA_EAGER_COMMIT", "0"), ("LC_ALL", "C")];

/// What a child may take of the system.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance {
    /// Maximum bytes of its memory.
    pub(super) memory_bytes: u64,
    /// Maximum time on a processor.
    pub(super) cpu_time: Duration,
}

/// A child process, which is killed when this is dropped.
#[derive(Debug)]
pub struct Child {
    process: std::process::Child,
    /// The parent's end of the connection.
    pub(super) stream: UnixStream,
    /// What restricts it, once it said so.
    pub protections: Option<Protections>,
}

impl Child {
    /// Starts a child. The thread that calls this must outlive it, since the system ends children with the thread that
    /// started them.
    ///
    /// # Errors
    ///
    /// A message.
    pub(super) fn start(job: Job, allowance: Allowance) -> Result<Self, String> {
        let path = program::path()?;
        let (stream, of_child) = UnixStream::pair().map_err(|error| error.to_string())?;
        let cpu_seconds = allowance.cpu_time.as_secs().saturating_add(2);
        let process = Command::new(&path)
            .arg0(job.process_name())
            .arg(job.argument())
            .arg(allowance.memory_bytes.to_string())
            .arg(cpu_seconds.to_string())
            .env_clear()
            .envs(ENVIRONMENT)
            .stdin(Stdio::from(OwnedFd::from(of_child)))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            // Out of reach of Ctrl-C in a terminal, so that a server can finish what it has begun.
            .process_group(0)
            .spawn()
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { process, stream, protections: None })
    }

    /// Whether the process was ready, and ended since: somebody killed it while it waited. One that has never been ready is
    /// another case: it could not be started.
    pub(super) fn ended_while_idle(&mut self) -> bool {
        let has_ended = !matches!(self.process.try_wait(), Ok(None));
        let was_ready = || {
            let mut stream = &self.stream;
            stream.set_nonblocking(true).is_ok() && stream.read(&mut [0]).is_ok_and(|count| count > 0)
        };
        has_ended && (self.protections.is_some() || was_ready())
    }

    /// Kills the process, unless it has ended, and returns how it ended.
    #[expect(clippy::must_use_candidate, reason = "most callers know why it ends")]
    pub fn end(mut self) -> Ended {
        // Fails if it has ended, and was waited for.
        let _ = self.process.kill();
        let status = self.process.wait();
        let mut said = Vec::new();
        if let Some(pipe) = self.process.stderr.take() {
            // All writers are gone, so this ends.
            let _ = pipe.take(MAX_SAID_BYTES).read_to_end(&mut said);
        }
        status.map_or(Ended::Killed, |status| Ended::new(status, &String::from_utf8_lossy(&said)))
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Both do nothing if it was waited for.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// How a child ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// It had too little memory.
    OutOfMemory,
    /// It used up its processor time.
    OutOfTime,
    /// Somebody killed it: this process or another.
    Killed,
    /// Some other way.
    Otherwise {
        /// The status, and what it said on standard error.
        how: String,
    },
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutOfMemory => "out of memory",
            Self::OutOfTime => "out of processor time",
            Self::Killed => "it was killed",
            Self::Otherwise { how } => how,
        })
    }
}

/// Signals by number, as all systems that are supported have them.
mod signal {
    pub(super) const HUP: i32 = 1;
    pub(super) const INT: i32 = 2;
    pub(super) const KILL: i32 = 9;
    pub(super) const TERM: i32 = 15;
    pub(super) const XCPU: i32 = 24;
}

impl Ended {
    fn new(status: ExitStatus, said: &str) -> Self {
        match status.signal() {
            Some(signal::XCPU) => return Self::OutOfTime,
            Some(signal::HUP | signal::INT | signal::KILL | signal::TERM) => return Self::Killed,
            _ => {}
        }
        // The words of Rust's standard library.
        if said.contains("memory allocation of") {
            return Self::OutOfMemory;
        }
        let said = printable(said);
        let how = if said.is_empty() { status.to_string() } else { format!("{status}: {said}") };
        Self::Otherwise { how }
    }
}

/// The beginning of what a child said, without what a terminal or a log would act on. It may come from the input.
fn printable(said: &str) -> String {
    let plain = |c: char| if c.is_ascii_graphic() { c } else { ' ' };
    let words: String = said.chars().map(plain).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_TOLD_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_child_ended_is_told_in_printable_words() {
        let ended = |signal: i32, said: &str| Ended::new(ExitStatus::from_raw(signal), said);
        assert_eq!(ended(signal::KILL, ""), Ended::Killed);
        assert_eq!(ended(signal::XCPU, ""), Ended::OutOfTime);
        assert_eq!(ended(6, "memory allocation of 7 bytes failed"), Ended::OutOfMemory);
        let Ended::Otherwise { how } = ended(6, "pa\u{1b}[2J\nnic") else { panic!("another way") };
        assert!(how.contains("SIGABRT") && how.ends_with("pa [2J nic"), "{how}");
    }
}
