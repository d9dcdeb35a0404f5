//! Errors of the command line, with their messages for people.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tonic::Code;

use super::input::{InputError, Place};
pub(super) use super::refusal::Refusal;
use crate::cluster::LogError;
use crate::engine::InvalidValue;
use crate::server::{InvalidKey, KeyFileError, ServeError};
use crate::writing::grammar::CheckError;

/// The reason why a command failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum CliError {
    /// The arguments contradict one another.
    #[error("{0}")]
    Usage(&'static str),
    /// The value of an option is not valid.
    #[error("{option} {problem}")]
    BadOption {
        /// The option.
        option: &'static str,
        /// The problem with its value.
        problem: InvalidValue,
    },
    /// The address of the server can't be used.
    #[error("{address:?} is not the address of a server ({problem}); write it like http://127.0.0.1:50051")]
    BadAddress {
        /// The address as given.
        address: String,
        /// The problem with it.
        problem: String,
    },
    /// Nothing listens at the address.
    #[error(
        "no server answers at {address} ({cause}); start one with `palimpsest serve`, or name another with --server"
    )]
    NoServer {
        /// The address.
        address: String,
        /// The error of the system.
        cause: String,
    },
    /// A TLS file can't be used.
    #[error("{0}")]
    BadTls(String),
    /// The TLS handshake failed.
    #[error("no encrypted connection to the server at {address}: {problem}")]
    NoTls {
        /// The address.
        address: String,
        /// The problem and the next step.
        problem: String,
    },
    /// The peer does not speak gRPC.
    #[error(
        "the peer at {address} does not speak gRPC without TLS ({cause}); write https:// if it wants TLS, or name a \
         Palimpsest server with --server"
    )]
    NotGrpc {
        /// The address.
        address: String,
        /// The error of the transport.
        cause: String,
    },
    /// The connection to the server was lost.
    #[error(
        "the connection to the server at {address} was lost ({cause}); see the server's log, and try again"
    )]
    ServerLost {
        /// The address.
        address: String,
        /// The error of the transport.
        cause: String,
    },
    /// The server exceeded the time limit.
    #[error(
        "the server at {address} did not answer within {}; allow more time with --timeout",
        humantime::format_duration(*.after)
    )]
    TimedOut {
        /// The address.
        address: String,
        /// The time limit.
        after: Duration,
    },
    /// The server refused the request.
    #[error("{0}")]
    Refused(Refusal),
    /// The text of a stored source can't be read.
    #[error(
        "the text of source {id:?} can't be read with this key, and the page shows it; use a key of the role write"
    )]
    NoText {
        /// The source.
        id: String,
    },
    /// No file is a submission.
    #[error("nothing was checked: no text or document was found")]
    NothingToCheck,
    /// A text could not be read.
    #[error("{place}: {problem}")]
    Unreadable {
        /// The file.
        place: Place,
        /// The problem with it.
        problem: InputError,
    },
    /// The text of a document could not be extracted.
    #[error("{place}: {problem}")]
    NotExtracted {
        /// The file.
        place: Place,
        /// The problem with it.
        problem: InputError,
    },
    /// A collection of a server breaks a rule of this program's version.
    #[error(
        "collection {collection:?} of the server can't be written: {problem}; use this program in the server's version"
    )]
    BadCollection {
        /// The collection.
        collection: String,
        /// The problem with it.
        problem: String,
    },
    /// A collection has other settings than its counterpart in a data directory.
    #[error(
        "collection {collection:?} is there with k = {} and w = {}, and has k = {} and w = {} in the data directory; nothing was sent: delete the one, or \
         export and import the other under another name",
        there.0, there.1, here.0, here.1
    )]
    OtherSettings {
        /// The collection.
        collection: String,
        /// Its `k` and `w` in the data directory.
        here: (u32, u32),
        /// Its `k` and `w` at the server.
        there: (u32, u32),
    },
    /// The journal of an import is that of another one.
    #[error("{path:?} is the journal of another import ({difference}); name another file, or remove it")]
    OtherImport {
        /// The journal.
        path: PathBuf,
        /// The difference.
        difference: String,
    },
    /// The engine in this process failed.
    #[error(transparent)]
    Engine(#[from] crate::engine::Error),
    /// The grammar of a text could not be checked in this process.
    #[error(transparent)]
    Grammar(#[from] CheckError),
    /// The server could not be started, or failed.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The log of a cluster can't be reached.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The arguments do not make a key.
    #[error(transparent)]
    BadKey(#[from] InvalidKey),
    /// The key file can't be used.
    #[error(transparent)]
    Keys(#[from] KeyFileError),
    /// The key file has no key with the id.
    #[error("{path:?} has no key {id:?}; `palimpsest key list` shows its keys")]
    NoKey {
        /// The id.
        id: String,
        /// The key file.
        path: PathBuf,
    },
    /// The output could not be written.
    #[error("the output could not be written: {0}")]
    Write(#[from] io::Error),
    /// A file could not be written.
    #[error("{path:?} was not written: {cause}")]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        cause: io::Error,
    },
    /// The temporary file of another command stands in the way.
    #[error("{path:?} was not written: {unfinished:?} {problem}")]
    Unfinished {
        /// The file to write.
        path: PathBuf,
        /// The temporary file.
        unfinished: PathBuf,
        /// The problem with it and the next step.
        problem: String,
    },
    /// A signal ended the command before the file was complete.
    #[error(
        "interrupted by {signal}: {path:?} was not written, and no part of it is left; run the command again"
    )]
    Interrupted {
        /// The file.
        path: PathBuf,
        /// Name of the signal.
        signal: &'static str,
        /// Number of the signal.
        number: u8,
    },
    /// The result could not be written as JSON.
    #[error("the result could not be written as JSON: {0}")]
    Json(String),
    /// The system could not create threads.
    #[error("the system could not create threads ({0}); raise the limit on threads, or end other processes")]
    NoThreads(io::Error),
    /// The user did not confirm.
    #[error("nothing was deleted: {0}")]
    NotConfirmed(&'static str),
}

impl CliError {
    /// Whether the same request may succeed soon.
    pub(super) fn is_transient(&self) -> bool {
        match self {
            Self::ServerLost { .. } => true,
            Self::Refused(refusal) => refusal.code == Code::Unavailable,
            _ => false,
        }
    }

    /// The exit code: 2 for wrong usage, wrong settings and addresses that can't be listened on, 3 if there was nothing to
    /// check, 128 and its number for a signal, 1 for all else.
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_)
            | Self::BadOption { .. }
            | Self::BadAddress { .. }
            | Self::BadTls(_)
            | Self::Log(
                LogError::CorpusName { .. }
                | LogError::NoServers
                | LogError::ServerUrl { .. }
                | LogError::Credentials { .. },
            )
            | Self::BadKey(InvalidKey::Name { .. } | InvalidKey::TooLong)
            | Self::Serve(
                ServeError::Settings(_)
                | ServeError::Certificates(_)
                | ServeError::InUse(_)
                | ServeError::Listen { .. }
                | ServeError::MetricsListen { .. }
                | ServeError::Traces(_),
            ) => 2,
            Self::Unreadable { problem, .. } if problem.is_without_text() => 3,
            Self::NothingToCheck => 3,
            // The convention of shells.
            Self::Interrupted { number, .. } => 128 + number,
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_usage_has_an_exit_code_of_its_own() {
        assert_eq!(CliError::Usage("x").exit_code(), 2);
        assert_eq!(CliError::NotConfirmed("x").exit_code(), 1);
    }
}
