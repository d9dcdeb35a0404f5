//! What can go wrong, in words for a person.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::input::{InputError, Place};
use crate::engine::InvalidValue;
use crate::server::{InvalidKey, KeyFileError, ServeError};

/// Why a command did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum CliError {
    /// The arguments contradict one another.
    #[error("{0}")]
    Usage(&'static str),
    /// An option's value breaks the rules of its kind.
    #[error("{option} {problem}")]
    BadOption {
        /// The option.
        option: &'static str,
        /// What is wrong with its value.
        problem: InvalidValue,
    },
    /// The server's address cannot be used.
    #[error("{address:?} is no address of a server ({problem}); write it like http://127.0.0.1:50051")]
    BadAddress {
        /// What was given.
        address: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Nobody listens there.
    #[error(
        "no server answers at {address}: start one with `palimpsest serve`, or name another with --server \
         ({cause})"
    )]
    NoServer {
        /// Where.
        address: String,
        /// What the system said.
        cause: String,
    },
    /// A file for TLS can't be used.
    #[error("{0}")]
    BadTls(String),
    /// The server and this side could not agree on TLS.
    #[error("no encrypted connection to the server at {address}: {problem}")]
    NoTls {
        /// Where.
        address: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// Somebody listens there, but is no gRPC server.
    #[error(
        "what answers at {address} does not speak gRPC without TLS: write https:// if it wants TLS, or name a \
         palimpsest server with --server ({cause})"
    )]
    NotGrpc {
        /// Where.
        address: String,
        /// What the transport said.
        cause: String,
    },
    /// The server went away.
    #[error("the server at {address} went away ({cause}); see its log, and try again")]
    ServerLost {
        /// Where.
        address: String,
        /// What the transport said.
        cause: String,
    },
    /// The server took too long.
    #[error(
        "the server at {address} gave no answer within {}; allow it more time with --timeout",
        humantime::format_duration(*.after)
    )]
    TimedOut {
        /// Where.
        address: String,
        /// How long it was waited for.
        after: Duration,
    },
    /// The server said no.
    #[error("{0}")]
    Refused(Refusal),
    /// A text could not be read.
    #[error("{place}: {problem}")]
    Unreadable {
        /// Which.
        place: Place,
        /// Why not.
        problem: InputError,
    },
    /// The engine in this process said no.
    #[error(transparent)]
    Engine(#[from] crate::engine::Error),
    /// The server could not be started, or ended badly.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// A key can't be made as it was asked for.
    #[error(transparent)]
    BadKey(#[from] InvalidKey),
    /// The file of keys is not as it should be.
    #[error(transparent)]
    Keys(#[from] KeyFileError),
    /// There is no such key.
    #[error("there is no key {id:?} in {path:?}; `palimpsest key list` shows those that are")]
    NoKey {
        /// Its id.
        id: String,
        /// The file.
        path: PathBuf,
    },
    /// The answer could not be written.
    #[error("the answer could not be written: {0}")]
    Write(#[from] io::Error),
    /// A file could not be written.
    #[error("{path:?} was not written: {cause}")]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The rest of an earlier command stands where a file is to be written.
    #[error("{path:?} was not written: {unfinished:?} {problem}")]
    Unfinished {
        /// The file.
        path: PathBuf,
        /// What stands in its way.
        unfinished: PathBuf,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// A signal came before a file was whole.
    #[error("interrupted by {signal}: {path:?} was not written, and nothing is left of it")]
    Interrupted {
        /// The file.
        path: PathBuf,
        /// The signal's name.
        signal: &'static str,
        /// Its number.
        number: u8,
    },
    /// The answer could not be turned into JSON.
    #[error("the report could not be written as JSON: {0}")]
    Json(String),
    /// The system gave no threads to work with.
    #[error("the system gave no threads: {0}")]
    NoThreads(io::Error),
    /// The user did not confirm.
    #[error("nothing was deleted: {0}")]
    NotConfirmed(&'static str),
}

impl CliError {
    /// Whether the server may be reached again soon.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::ServerLost { .. } => true,
            Self::Refused(refusal) => refusal.code == Code::Unavailable,
            _ => false,
        }
    }

    /// 2 for wrong usage, which wrong settings and an address that can't be listened on are too, 1 for all else.
    #[must_use]
    pub(super) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_)
            | Self::BadOption { .. }
            | Self::BadAddress { .. }
            | Self::BadTls(_)
            | Self::BadKey(InvalidKey::Name { .. } | InvalidKey::TooLong)
            | Self::Serve(
                ServeError::Settings(_)
                | ServeError::Certificates(_)
                | ServeError::InUse(_)
                | ServeError::Listen { .. }
                | ServeError::MetricsListen { .. }
                | ServeError::Traces(_),
            ) => 2,
            // As shells have it.
            Self::Interrupted { number, .. } => 128 + number,
            _ => 1,
        }
    }
}

/// A server's no, with the fields that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The status code.
    pub code: Code,
    /// The server's message.
    pub message: String,
    /// The fields that are wrong, each with what is wrong with it.
    pub violations: Vec<(String, String)>,
}

impl Refusal {
    /// What a status says.
    #[must_use]
    pub(super) fn of(status: &Status) -> Self {
        let violations = status.get_details_bad_request().map(|details| details.field_violations);
        let pairs = violations.into_iter().flatten().map(|wrong| (wrong.field, wrong.description));
        Self { code: status.code(), message: status.message().to_owned(), violations: pairs.collect() }
    }

    /// What an item's error in a stream says.
    #[must_use]
    pub(super) fn of_item(error: crate::proto::ItemError) -> Self {
        let crate::proto::ItemError { code, message, field_violations } = error;
        let pairs = field_violations.into_iter().map(|wrong| (wrong.field, wrong.description));
        Self { code: Code::from_i32(code), message, violations: pairs.collect() }
    }

    /// A few words under which refusals of one kind are counted.
    #[must_use]
    pub(super) fn reason(&self) -> String {
        let kind = match self.code {
            Code::AlreadyExists => "id already exists (--replace replaces it)",
            Code::NotFound => "not found",
            Code::InvalidArgument => "not valid",
            Code::OutOfRange => "too long",
            Code::ResourceExhausted => "the server is full",
            other => other.description(),
        };
        let field = self.violations.first().map(|(field, _)| format!(": {field}"));
        format!("{kind}{}", field.unwrap_or_default())
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut said = String::new();
        match self.message.as_str() {
            "" => write!(said, "the server said: {}", self.code.description())?,
            message => said.push_str(message),
        }
        if self.code == Code::Unauthenticated {
            said.push_str(" (--key, or PALIMPSEST_KEY in the environment)");
        }
        for (field, problem) in &self.violations {
            // The message may well have said so already.
            if !said.contains(problem.as_str()) {
                write!(said, "; {field}: {problem}")?;
            }
        }
        f.write_str(&said)
    }
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn a_refusal_tells_the_message_and_each_field_once() {
        let mut details = ErrorDetails::new();
        details.add_bad_request_violation("text", "must not be empty");
        details.add_bad_request_violation("options.min_passage_words", "is 0, but must be from 1 to 10000");
        let status = Status::with_error_details(Code::InvalidArgument, "text must not be empty", details);
        let refusal = Refusal::of(&status);
        assert_eq!(
            refusal.to_string(),
            "text must not be empty; options.min_passage_words: is 0, but must be from 1 to 10000"
        );
        assert_eq!(refusal.reason(), "not valid: text");
    }

    #[test]
    fn wrong_usage_has_an_exit_code_of_its_own() {
        assert_eq!(CliError::Usage("x").exit_code(), 2);
        assert_eq!(CliError::NotConfirmed("x").exit_code(), 1);
    }
}
