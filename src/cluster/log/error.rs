//! What a call to the log can fail with.

use std::path::PathBuf;
use std::time::Duration;

use super::codes;

/// Why a call to the log failed.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum LogError {
    /// The corpus has a name that can't be part of the name of a stream.
    #[error("the corpus can't be named {name:?}: take 1 to 64 of A-Z, a-z, 0-9, _ and -")]
    CorpusName { name: String },

    /// The settings name no server.
    #[error("no NATS server is configured: name at least one, as nats://host:4222")]
    NoServers,

    /// The URL of a server can't be read.
    #[error("{url:?} is not the URL of a NATS server: {cause}; write nats://host:4222 or tls://host:4222")]
    ServerUrl { url: String, cause: String },

    /// The credentials can't be read.
    #[error("can't read the NATS credentials in {}: {cause}", path.display())]
    Credentials { path: PathBuf, cause: String },

    /// No server accepted the connection.
    #[error("can't connect to a NATS server at {servers} within {within:?}: {cause}")]
    NotConnected { servers: String, within: Duration, cause: String },

    /// The server is older than what was tested.
    #[error(
        "the NATS server {server} is version {found}, and {wanted} or later is needed; Debian's package \
         nats-server is too old: install a release of github.com/nats-io/nats-server"
    )]
    TooOld { server: String, found: String, wanted: String },

    /// The server has headers switched off.
    #[error(
        "the NATS server {server} refuses headers, which the log needs: remove no_header_support from its \
         configuration"
    )]
    NoHeaders { server: String },

    /// The account has no JetStream.
    #[error(
        "JetStream is not enabled for this account at the NATS server {server} ({cause}): add jetstream {{ \
         store_dir: \"/var/lib/nats\", sync_interval: always }} to the servers' configuration, and \
         jetstream: enabled to the account"
    )]
    NoJetStream { server: String, cause: String },

    /// No server answered in time. The call may have been done.
    #[error("no answer to {call} within {within:?}")]
    TimedOut { call: String, within: Duration },

    /// No server takes the call at the moment: a stream without a leader, or no connection. It was not done.
    #[error("no NATS server takes {call} at the moment: {cause}")]
    Unavailable { call: String, cause: String },

    /// The client has ended, as it does with the program.
    #[error("the connection to NATS is closed: start the program again")]
    Closed,

    /// JetStream refused a call.
    #[error("JetStream refused {call}: {description} (code {code}, error {error_code})")]
    Refused { call: String, code: u16, error_code: u32, description: String },

    /// An answer is not what the API promises.
    #[error("the answer to {call} can't be read: {cause}")]
    Malformed { call: String, cause: String },

    /// A stream of the log is missing.
    #[error(
        "the stream {stream} is missing although its corpus exists, so that it was lost: restore the files of the NATS servers before a node starts"
    )]
    NoStream { stream: String },

    /// The clocks differ too much.
    #[error(
        "the clock of this machine and that of a NATS server differ by {seconds} s, and may by {most} s: synchronise both \
         (NTP), and start the node again"
    )]
    Clock { seconds: u64, most: u64 },

    /// A stream is configured in another way than the log needs.
    #[error(
        "the stream {stream} has {field} {found} and needs {wanted}; nothing was changed: it belongs to \
         another program, or somebody changed it"
    )]
    StreamDiffers { stream: String, field: &'static str, found: String, wanted: String },

    /// The id of a message can't be a header.
    #[error("{id:?} can't be the id of a message: take 1 to 128 visible ASCII characters")]
    MessageId { id: String },

    /// A message has too many bytes.
    #[error("a message of {bytes} bytes is over the limit of {most}: raise max_payload at all NATS servers")]
    TooLarge { bytes: usize, most: usize },

    /// A message was not acknowledged in time. It may be in the stream.
    #[error("the message {id} was not acknowledged by {stream} within {within:?}: {cause}")]
    NotAcknowledged { stream: String, id: String, within: Duration, cause: String },

    /// The leader's stream ends before a message that was acknowledged.
    #[error(
        "the stream {stream} ends at {last} and message {known} was acknowledged: its leader has not \
         caught up yet, or the servers lost messages"
    )]
    LeaderBehind { stream: String, last: u64, known: u64 },

    /// A monitoring endpoint has no URL that can be read.
    #[error("{url:?} is not the URL of a monitoring endpoint: write http://host:8222")]
    MonitorUrl { url: String },

    /// No monitoring endpoint answered.
    #[error(
        "no monitoring endpoint of the NATS servers answered ({causes}): add http: 127.0.0.1:8222 to their \
         configuration, or correct the URLs"
    )]
    NoMonitor { causes: String },

    /// A server acknowledges messages before they are on its disk.
    #[error(
        "the NATS server {server} (monitored at {url}) acknowledges messages before they are on its disk: \
         write sync_interval: always into the jetstream {{ }} block of its configuration, and restart it"
    )]
    NotSynced { server: String, url: String },

    /// A server of the cluster has no monitoring URL.
    #[error("the NATS server {server} has no monitoring URL among {monitors}: add it")]
    NotMonitored { server: String, monitors: String },
}

/// What stands for the causes where no monitoring endpoint is named.
pub(super) const NONE_CONFIGURED: &str = "none is configured";

impl LogError {
    /// True if the same call may succeed later.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            Self::TimedOut { .. }
            | Self::Unavailable { .. }
            | Self::NotAcknowledged { .. }
            | Self::LeaderBehind { .. }
            // 409: an earlier try is being stored. 429: the stream has 50 batches under way, the most.
            | Self::Refused { code: 409 | 429 | 500.., .. }
            | Self::Refused { error_code: codes::BATCH_INCOMPLETE, .. } => true,
            Self::NoMonitor { causes } => causes != NONE_CONFIGURED,
            _ => false,
        }
    }

    /// True if the message of a failed publish may be in the stream all the same.
    pub(crate) fn may_be_stored(&self) -> bool {
        match self {
            Self::TimedOut { .. } | Self::NotAcknowledged { .. } | Self::Malformed { .. } | Self::Closed => {
                true
            }
            Self::Refused { code, .. } => *code >= 500 || *code == 409,
            _ => false,
        }
    }
}
