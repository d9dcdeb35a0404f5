//! The log of changes: one stream of NATS JetStream for each partition, and one for the corpus as a whole.
//!
//! JetStream is used through plain requests and answers: its API in JSON, publishing with an acknowledgement,
//! and direct gets in batches. So reading keeps no state at the server, and each call has a deadline.
//!
//! The names: stream `<corpus>-p03` takes the subjects `<corpus>.log.p03.>`, of which a [`Topic`] is one;
//! `<corpus>.wake.p03` announces its last sequence, outside JetStream, to nodes that wait for messages.

mod api;
mod codes;
mod connection;
mod erase;
mod error;
mod publish;
mod pull;
mod requirements;
pub(super) mod state;
mod streams;
mod sync;
mod wakes;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use error::LogError;
pub(crate) use pull::{Erased, Message, PullLimits};
pub(crate) use state::LogState;

/// What a log is reached with.
#[derive(Clone)]
pub(crate) struct LogSettings {
    /// URLs of NATS servers, as `nats://host:4222` or `tls://user:password@host:4222`. One that answers is
    /// enough: it names the others. The first user, password or token of a URL is used at all servers.
    pub(crate) servers: Vec<String>,
    /// The corpus, which names the streams: 1 to 64 of `A-Z a-z 0-9 _ -`.
    pub(crate) corpus: String,
    /// A file with a user's JWT and key (`.creds`).
    pub(crate) credentials: Option<PathBuf>,
    /// TLS to the servers.
    pub(crate) tls: LogTls,
    /// The deadline of each call to a server. A message of several parts takes a call for each.
    pub(crate) call_timeout: Duration,
    /// How many servers keep each stream: 1, 3 or 5.
    pub(crate) replicas: usize,
    /// URLs of the servers' monitoring endpoints, as `http://host:8222`: one for each server.
    pub(crate) monitors: Vec<String>,
}

impl fmt::Debug for LogSettings {
    /// URLs may have passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogSettings").field("corpus", &self.corpus).finish_non_exhaustive()
    }
}

/// TLS to the servers of a log.
#[derive(Debug, Clone, Default)]
pub(crate) struct LogTls {
    /// Certificates of authorities, in PEM, in place of those that the system trusts.
    pub(crate) ca: Option<PathBuf>,
    /// The client's certificate and its key, in PEM.
    pub(crate) identity: Option<(PathBuf, PathBuf)>,
    /// Whether a server without TLS is refused.
    pub(crate) required: bool,
}

/// One stream of a log. Its display form is `meta` or `p03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum LogId {
    /// Collections, scales and settings.
    Meta,
    /// The sources of a partition, counted from 0.
    Partition(u16),
}

impl LogId {
    /// All streams of a log of so many partitions.
    pub(crate) fn all(partitions: u16) -> impl Iterator<Item = Self> + Clone {
        std::iter::once(Self::Meta).chain((0..partitions).map(Self::Partition))
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Meta => f.write_str("meta"),
            Self::Partition(number) => write!(f, "p{number:02}"),
        }
    }
}

/// What a message is about, by which it can be found again: a part of its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    /// One source, by the hash of its name.
    Source(u64),
    /// What was erased.
    Erased,
    /// All else.
    Other,
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(hash) => write!(f, "source.{hash:016x}"),
            Self::Erased => f.write_str("erased"),
            Self::Other => f.write_str("other"),
        }
    }
}

/// A connection to a log. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    shared: Arc<Shared>,
}

/// What the clones of a [`Log`] share.
#[derive(Debug)]
struct Shared {
    client: async_nats::Client,
    settings: LogSettings,
}

impl Log {
    /// The connection, for messages outside the log.
    pub(crate) fn client(&self) -> &async_nats::Client {
        &self.shared.client
    }

    /// Most bytes of one message of NATS, headers included. [`Log::publish`] splits what is larger.
    pub(crate) fn max_payload(&self) -> usize {
        self.shared.client.max_payload()
    }

    /// What the log was connected with.
    pub(crate) fn settings(&self) -> &LogSettings {
        &self.shared.settings
    }

    /// The name of a stream.
    fn stream(&self, log: LogId) -> String {
        format!("{}-{log}", self.shared.settings.corpus)
    }

    /// The subject of the messages of a stream about something.
    fn subject(&self, log: LogId, topic: Topic) -> String {
        format!("{}.log.{log}.{topic}", self.shared.settings.corpus)
    }

    /// The subjects that a stream takes.
    fn subjects(&self, log: LogId) -> String {
        format!("{}.log.{log}.>", self.shared.settings.corpus)
    }

    /// The subject that announces a stream's last sequence.
    fn wake_subject(&self, log: LogId) -> String {
        format!("{}.wake.{log}", self.shared.settings.corpus)
    }
}

#[cfg(test)]
mod tests {
    use super::LogId;

    #[test]
    fn streams_are_numbered_with_two_digits() {
        let names: Vec<String> = LogId::all(2).map(|log| log.to_string()).collect();
        assert_eq!(names, ["meta", "p00", "p01"]);
        assert_eq!(LogId::Partition(117).to_string(), "p117");
    }
}
