//! Whose a node, its data directory and its streams are: found out before anything is changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::applying::entry::{Genesis, LogEntry};
use super::asking::asker::random;
use super::asking::transport::TransportError;
use super::log::{Erased, Log, LogError, LogId, LogSettings, PullLimits, Topic};
use super::member::Reads;
use super::placement::ReplicaGroup;
use crate::engine::Error;
use crate::model::Limits;
use crate::private;

/// The time in which the first entry of the meta log is written.
const GENESIS: Duration = Duration::from_secs(20);

/// A node that starts waits so long for streams that can be used,
const LONGEST_START: Duration = Duration::from_mins(2);

/// and tries again after this.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(500);

/// The file in the data directory of a node that says whose it is.
const IDENTITY: &str = "node.json";

/// What a node is started with.
#[derive(Debug, Clone)]
pub(crate) struct MemberSettings {
    /// The log.
    pub(crate) log: LogSettings,
    /// The node's replica group.
    pub(crate) group: ReplicaGroup,
    /// The partitions of a corpus that does not exist yet; of one that does, what it must have.
    pub(crate) partitions: u16,
    /// How recent searches are.
    pub(crate) reads: Reads,
    /// The data directory; in memory without one.
    pub(crate) data_dir: Option<PathBuf>,
    /// The limits, which all nodes have in common.
    pub(crate) limits: Limits,
    /// Bytes of texts in memory.
    pub(crate) text_cache_bytes: u64,
}

/// A node that can't be started. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MemberError {
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Messages between nodes.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The corpora of the partitions.
    #[error(transparent)]
    Engine(#[from] Error),
    /// Another corpus, or another setting of this one.
    #[error("{what} is {found}, and the corpus has {wanted}; {next}")]
    Differs {
        /// What differs.
        what: String,
        /// What this node has.
        found: String,
        /// What the corpus has.
        wanted: String,
        /// What to do.
        next: String,
    },
    /// A file of the data directory.
    #[error("{}: {problem}", path.display())]
    Directory {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it, and what to do.
        problem: String,
    },
    /// An entry that can't be read.
    #[error("entry {sequence} of the {log} log can't be used: {problem}")]
    Entry {
        /// The log.
        log: LogId,
        /// The entry.
        sequence: u64,
        /// What is wrong with it.
        problem: String,
    },
}

/// Whose a data directory is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Identity {
    /// The corpus.
    corpus: String,
    /// The node.
    node: String,
    /// Its replica group.
    group: ReplicaGroup,
}

/// Does something at the start that may fail while servers start too, or elect the leaders of streams.
pub(super) async fn patiently<T, F: Future<Output = Result<T, MemberError>>>(
    attempt: impl Fn() -> F,
) -> Result<T, MemberError> {
    let until = Instant::now() + LONGEST_START;
    loop {
        match attempt().await {
            Err(MemberError::Log(error)) if error.is_transient() && Instant::now() < until => {
                tracing::warn!(%error, "the log can't be used yet; trying again");
                tokio::time::sleep(BETWEEN_ATTEMPTS).await;
            }
            done => return done,
        }
    }
}

/// Connects to servers that do not lose what they acknowledge.
pub(super) async fn connect(settings: &MemberSettings) -> Result<Log, MemberError> {
    let log = Log::connect(settings.log.clone()).await?;
    log.require_sync().await?;
    Ok(log)
}

/// Creates the streams of a corpus that does not exist yet, or checks those of one that does: what is missing then was lost.
pub(super) async fn prepare_streams(log: &Log, partitions: u16) -> Result<(), MemberError> {
    let exists = match log.last_sequence(LogId::Meta).await {
        Ok(last) => last > 0,
        Err(LogError::NoStream { .. }) => false,
        Err(error) => return Err(error.into()),
    };
    let prepared =
        if exists { log.verify_streams(partitions).await } else { log.create_streams(partitions).await };
    prepared?;
    Ok(log.check_clock(LogId::Meta).await?)
}

/// What all nodes have in common: the first entry of the meta log, which the first node writes.
pub(super) async fn genesis(log: &Log, settings: &MemberSettings) -> Result<Genesis, MemberError> {
    let first = PullLimits { messages: 1, bytes: 1 << 20, known_last: 0 };
    if log.last_sequence(LogId::Meta).await? == 0 {
        let genesis = Genesis {
            corpus: random()?,
            seed: u64::try_from(random()? >> 64).unwrap_or(0),
            partitions: settings.partitions,
            limits: settings.limits,
        };
        let entry = LogEntry::Genesis(genesis).encode();
        let entry = entry.map_err(|_| Error::Internal { what: "the first entry can't be written" })?;
        // Of several nodes that start at once, the first to write counts.
        log.publish((LogId::Meta, Topic::Other), "genesis", entry, tokio::time::Instant::now() + GENESIS)
            .await?;
    }
    let until = Instant::now() + GENESIS;
    let message = loop {
        let pulled = log.pull(LogId::Meta, 1, first, &Erased::default()).await?;
        match pulled.messages.into_iter().next() {
            Some(message) => break message,
            None if Instant::now() >= until => {
                let problem = "it is missing; restore the streams, or create the corpus under another name";
                return Err(unusable(1, problem.to_owned()));
            }
            None => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    let entry =
        LogEntry::decode(&message.payload).map_err(|error| unusable(message.sequence, error.to_string()))?;
    let LogEntry::Genesis(genesis) = entry else {
        let problem = "it does not begin a corpus; these streams belong to another program".to_owned();
        return Err(unusable(message.sequence, problem));
    };
    if message.sequence != 1 {
        return Err(unusable(1, "it is missing; restore the streams".to_owned()));
    }
    compare(settings, &genesis)?;
    Ok(genesis)
}

fn unusable(sequence: u64, problem: String) -> MemberError {
    MemberError::Entry { log: LogId::Meta, sequence, problem }
}

/// Compares settings with those that the corpus was created with.
fn compare(settings: &MemberSettings, genesis: &Genesis) -> Result<(), MemberError> {
    let differs = |what: &str, found: String, wanted: String, next: &str| MemberError::Differs {
        what: what.to_owned(),
        found,
        wanted,
        next: next.to_owned(),
    };
    if settings.partitions != genesis.partitions {
        return Err(differs(
            "the number of partitions",
            settings.partitions.to_string(),
            genesis.partitions.to_string(),
            "start the node with that number, which is fixed for the life of a corpus",
        ));
    }
    if settings.group.groups > genesis.partitions {
        return Err(differs(
            "the number of replica groups",
            settings.group.groups.to_string(),
            format!("{} partitions", genesis.partitions),
            "use no more groups than partitions",
        ));
    }
    if settings.limits != genesis.limits {
        return Err(differs(
            "the limits of this node",
            format!("{:?}", settings.limits),
            format!("{:?}", genesis.limits),
            "start the node with the same limits: they decide which changes are refused",
        ));
    }
    Ok(())
}

/// The name of the node. Its data directory is of this corpus and replica group, or new.
pub(super) fn identify(settings: &MemberSettings, genesis: &Genesis) -> Result<String, MemberError> {
    let corpus = format!("{:032x}", genesis.corpus);
    let name = format!("{:016x}", random()? >> 64);
    let Some(folder) = &settings.data_dir else { return Ok(name) };
    let path = folder.join(IDENTITY);
    let at = |path: &Path, problem: String| MemberError::Directory { path: path.to_owned(), problem };
    match fs::read(&path) {
        Ok(bytes) => {
            let known: Identity = serde_json::from_slice(&bytes).map_err(|error| {
                at(&path, format!("it can't be read ({error}); restore it from a backup"))
            })?;
            if known.corpus != corpus {
                return Err(at(
                    &path,
                    format!(
                        "the data directory belongs to corpus {}, and the log to corpus {corpus}; use the data directory or the \
                         servers of one corpus",
                        known.corpus
                    ),
                ));
            }
            if known.group != settings.group {
                return Err(at(
                    &path,
                    format!(
                        "the data directory belongs to replica group {}, and the node is started as {}; use an empty directory for \
                         another group",
                        known.group, settings.group
                    ),
                ));
            }
            Ok(known.node)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let is_used = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
            if is_used {
                let problem =
                    "it holds other files and is no node's data directory; choose an empty one".to_owned();
                return Err(at(folder, problem));
            }
            let identity = Identity { corpus, node: name.clone(), group: settings.group };
            let written = private::create_folder(folder).and_then(|()| {
                let bytes = serde_json::to_vec_pretty(&identity).map_err(std::io::Error::other)?;
                fs::write(&path, bytes)
            });
            written.map_err(|error| at(&path, format!("it can't be written: {error}")))?;
            Ok(name)
        }
        Err(error) => Err(at(&path, format!("it can't be read: {error}"))),
    }
}
