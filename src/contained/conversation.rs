//! What a parent says to its child and hears, until a deadline.

use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::process::Child;
use super::sandbox::Protections;
use super::wire::{self, PREFIX_BYTES, Prefix, Ready};

/// The longest time without a look at whether to stop.
const PATIENCE: Duration = Duration::from_millis(50);

/// Bytes that are sent at once.
const PIECE_BYTES: usize = 256 << 10;

/// Why a conversation ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interruption {
    /// The caller asked to stop.
    Stopped,
    /// The time is over.
    TimedOut,
    /// The child closed its end: it ended.
    Closed,
    /// The child sent what no child sends.
    Malformed(&'static str),
}

/// Turns an error into the interruption of a conversation whose child sent what no child sends.
pub fn malformed<E>(problem: &'static str) -> impl FnOnce(E) -> Interruption {
    move |_| Interruption::Malformed(problem)
}

/// A conversation with a child.
pub struct Conversation<'a> {
    stream: &'a UnixStream,
    deadline: Instant,
    is_stopped: &'a dyn Fn() -> bool,
}

impl<'a> Conversation<'a> {
    /// A conversation that may take `time`, and looks at least every 50 ms whether `is_stopped`.
    #[must_use]
    pub fn new(child: &'a Child, time: Duration, is_stopped: &'a dyn Fn() -> bool) -> Self {
        let now = Instant::now();
        let deadline = now.checked_add(time).unwrap_or_else(|| now + Duration::from_hours(24));
        Self { stream: &child.stream, deadline, is_stopped }
    }

    /// Waits until the child is ready.
    ///
    /// # Errors
    ///
    /// [`Interruption`].
    pub fn ready(&mut self) -> Result<Protections, Interruption> {
        let prefix = self.prefix(wire::MAX_HEAD_BYTES, 0)?;
        let Ready { protections } = self.head(prefix)?;
        Ok(protections)
    }

    /// Sends a request.
    ///
    /// # Errors
    ///
    /// [`Interruption`].
    pub fn request(&mut self, head: &impl Serialize, body: &[u8]) -> Result<(), Interruption> {
        let opening = wire::opening(head, body.len());
        self.send(&opening.map_err(malformed("no request"))?)?;
        for piece in body.chunks(PIECE_BYTES) {
            self.send(piece)?;
        }
        Ok(())
    }

    /// Receives the lengths of a frame, which must be within these.
    ///
    /// # Errors
    ///
    /// [`Interruption`].
    pub fn prefix(&mut self, max_head_bytes: usize, max_body_bytes: usize) -> Result<Prefix, Interruption> {
        let mut bytes = [0; PREFIX_BYTES];
        self.fill(&mut bytes)?;
        let prefix = Prefix::parse(bytes);
        if prefix.head_bytes as usize > max_head_bytes || prefix.body_bytes > max_body_bytes as u64 {
            return Err(Interruption::Malformed("it is too long"));
        }
        Ok(prefix)
    }

    /// Receives the head of a frame.
    ///
    /// # Errors
    ///
    /// [`Interruption`].
    pub fn head<T: for<'de> Deserialize<'de>>(&mut self, prefix: Prefix) -> Result<T, Interruption> {
        let head = self.receive(prefix.head_bytes as usize)?;
        serde_json::from_slice(&head).map_err(malformed("its head is not understood"))
    }

    /// Receives bytes.
    ///
    /// # Errors
    ///
    /// [`Interruption`].
    pub fn receive(&mut self, bytes: usize) -> Result<Vec<u8>, Interruption> {
        let mut received = vec![0; bytes];
        self.fill(&mut received)?;
        Ok(received)
    }

    fn fill(&mut self, mut buffer: &mut [u8]) -> Result<(), Interruption> {
        while !buffer.is_empty() {
            let wait = self.wait()?;
            let mut stream = self.stream;
            let received = stream.set_read_timeout(Some(wait)).and_then(|()| stream.read(buffer));
            let count = moved(received)?;
            buffer = buffer.split_at_mut_checked(count).map_or(&mut [], |(_, rest)| rest);
        }
        Ok(())
    }

    fn send(&mut self, mut bytes: &[u8]) -> Result<(), Interruption> {
        while !bytes.is_empty() {
            let wait = self.wait()?;
            let mut stream = self.stream;
            let sent = stream.set_write_timeout(Some(wait)).and_then(|()| stream.write(bytes));
            let count = moved(sent)?;
            bytes = bytes.get(count..).unwrap_or_default();
        }
        Ok(())
    }

    /// How long to wait for the child before another look.
    fn wait(&self) -> Result<Duration, Interruption> {
        if (self.is_stopped)() {
            return Err(Interruption::Stopped);
        }
        match self.deadline.checked_duration_since(Instant::now()) {
            Some(left) if !left.is_zero() => Ok(left.min(PATIENCE)),
            _ => Err(Interruption::TimedOut),
        }
    }
}

/// The bytes that were moved; 0 if it is to be tried again.
fn moved(result: std::io::Result<usize>) -> Result<usize, Interruption> {
    match result {
        Ok(0) => Err(Interruption::Closed),
        Ok(count) => Ok(count),
        Err(error) => match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => Ok(0),
            _ => Err(Interruption::Closed),
        },
    }
}
