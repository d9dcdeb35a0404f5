//! The reasons of errors: the one table that docs/contract.md lists, and that programs tell errors apart by.

use tonic::Code;

/// The domain of every reason in a `google.rpc.ErrorInfo`.
pub(super) const DOMAIN: &str = "palimpsest";

/// Declares the reasons, each with its code and its name on the wire.
macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $code:ident $name:literal,)+) => {
        /// Why a call failed. A reason has one status code; one code may have several reasons.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Reason {
            $($(#[$doc])* $variant,)+
        }

        impl Reason {
            /// All reasons.
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The status code of errors with this reason.
            pub(super) fn code(self) -> Code {
                match self {
                    $(Self::$variant => Code::$code,)+
                }
            }

            /// The name on the wire.
            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

reasons! {
    /// Fields of the request are invalid; `google.rpc.BadRequest` names each.
    InvalidField = InvalidArgument "INVALID_FIELD",
    /// A text has no words.
    NoWords = InvalidArgument "NO_WORDS",
    /// A source has fewer words than a k-gram.
    TooFewWords = InvalidArgument "TOO_FEW_WORDS",
    /// The request id was used for another request.
    RequestIdReused = InvalidArgument "REQUEST_ID_REUSED",
    /// A document is empty, damaged, or of a format that is not read.
    DocumentUnreadable = InvalidArgument "DOCUMENT_UNREADABLE",
    /// A document is encrypted.
    DocumentEncrypted = InvalidArgument "DOCUMENT_ENCRYPTED",
    /// A document has no text.
    DocumentWithoutText = InvalidArgument "DOCUMENT_WITHOUT_TEXT",
    /// A document takes more time, memory or output than it may.
    DocumentTooCostly = InvalidArgument "DOCUMENT_TOO_COSTLY",
    /// The bytes of the request are not a message of its type.
    MalformedMessage = InvalidArgument "MALFORMED_MESSAGE",
    /// The header `grpc-timeout` is malformed.
    MalformedTimeout = InvalidArgument "MALFORMED_TIMEOUT",
    /// The call has no valid key.
    InvalidKey = Unauthenticated "INVALID_KEY",
    /// The key does not allow the call.
    KeyForbids = PermissionDenied "KEY_FORBIDS",
    /// No such collection.
    CollectionNotFound = NotFound "COLLECTION_NOT_FOUND",
    /// No such source.
    SourceNotFound = NotFound "SOURCE_NOT_FOUND",
    /// No such scale.
    ScaleNotFound = NotFound "SCALE_NOT_FOUND",
    /// No such service, in a health check.
    ServiceNotFound = NotFound "SERVICE_NOT_FOUND",
    /// A file of the server is missing.
    FileNotFound = NotFound "FILE_NOT_FOUND",
    /// The name of a collection is taken.
    CollectionExists = AlreadyExists "COLLECTION_EXISTS",
    /// The id of a source is taken.
    SourceExists = AlreadyExists "SOURCE_EXISTS",
    /// The name of a scale is taken.
    ScaleExists = AlreadyExists "SCALE_EXISTS",
    /// A file of the server that was to be created exists.
    FileExists = AlreadyExists "FILE_EXISTS",
    /// A text exceeds a limit, as sent or in its compared form.
    TextTooLarge = OutOfRange "TEXT_TOO_LARGE",
    /// A document has more bytes than it may have.
    DocumentTooLarge = OutOfRange "DOCUMENT_TOO_LARGE",
    /// The queue for worker threads is full.
    QueueFull = ResourceExhausted "QUEUE_FULL",
    /// The maximum number of calls of this kind is running.
    TooManyRunning = ResourceExhausted "TOO_MANY_RUNNING",
    /// The rate limit of the key is exceeded.
    RateLimited = ResourceExhausted "RATE_LIMITED",
    /// The server has too little memory left to add anything.
    MemoryLimit = ResourceExhausted "MEMORY_LIMIT",
    /// The disk of the server is full.
    DiskFull = ResourceExhausted "DISK_FULL",
    /// A message is larger than `max_message_bytes`, as sent or after decompression.
    MessageTooLarge = ResourceExhausted "MESSAGE_TOO_LARGE",
    /// The pending requests of a connection exceed `max_pending_bytes`.
    TooManyPendingBytes = ResourceExhausted "TOO_MANY_PENDING_BYTES",
    /// The corpus has the maximum number of collections.
    CorpusFull = ResourceExhausted "CORPUS_FULL",
    /// The collection has the maximum number of sources, of bytes of texts, or of scales.
    CollectionFull = ResourceExhausted "COLLECTION_FULL",
    /// The deadline of the call passed.
    DeadlinePassed = DeadlineExceeded "DEADLINE_PASSED",
    /// The caller of a stream was inactive for too long.
    StreamIdle = DeadlineExceeded "STREAM_IDLE",
    /// The call was cancelled.
    Cancelled = Cancelled "CANCELLED",
    /// The server is starting.
    Starting = Unavailable "STARTING",
    /// The server is stopping.
    Stopping = Unavailable "STOPPING",
    /// No process could be started that reads a document.
    ReaderUnavailable = Unavailable "READER_UNAVAILABLE",
    /// No process could be started, and no LanguageTool server be reached, that checks grammar.
    CheckerUnavailable = Unavailable "CHECKER_UNAVAILABLE",
    /// The disk or another part of the system failed.
    StoreFailed = Unavailable "STORE_FAILED",
    /// Another node of the cluster, or its log, does not answer.
    Unreachable = Unavailable "UNREACHABLE",
    /// A scale would be no better than the number of words.
    ScaleNoBetterThanLength = FailedPrecondition "SCALE_NO_BETTER_THAN_LENGTH",
    /// A scale does not apply to a text: it is too short, or in another language.
    ScaleNotApplicable = FailedPrecondition "SCALE_NOT_APPLICABLE",
    /// The corpus is only in memory, and has no backup.
    InMemory = FailedPrecondition "IN_MEMORY",
    /// A collection is too large for a node of a cluster to compare all its sources.
    CollectionTooLarge = FailedPrecondition "COLLECTION_TOO_LARGE",
    /// A change does not follow the last one applied of a log.
    OutOfOrder = FailedPrecondition "OUT_OF_ORDER",
    /// A file of the server is damaged.
    DataDamaged = DataLoss "DATA_DAMAGED",
    /// The server has no such method, or does not know the encoding of the request.
    Unimplemented = Unimplemented "UNIMPLEMENTED",
    /// A cluster does not offer this yet.
    NotInCluster = Unimplemented "NOT_IN_CLUSTER",
    /// A defect of the server.
    Defect = Internal "DEFECT",
}

impl Reason {
    /// The reason of a status that the gRPC library made by itself: a method that does not exist, or a violation of the protocol.
    pub(super) fn of_library(code: Code) -> Self {
        match code {
            Code::Unimplemented => Self::Unimplemented,
            Code::Cancelled => Self::Cancelled,
            Code::DeadlineExceeded => Self::DeadlinePassed,
            Code::InvalidArgument => Self::MalformedMessage,
            Code::ResourceExhausted => Self::MessageTooLarge,
            Code::Unavailable => Self::Stopping,
            _ => Self::Defect,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_listed_in_the_docs() {
        let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/contract.md")).unwrap();
        let rows: BTreeSet<&str> =
            docs.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        let names: BTreeSet<&str> = Reason::ALL.iter().map(|reason| reason.name()).collect();
        assert_eq!(names.len(), Reason::ALL.len());
        let missing: Vec<_> = names.difference(&rows).collect();
        assert!(missing.is_empty(), "docs/contract.md lacks {missing:?}");
    }
}
