//! Taking a copy of a partition from another node.
//!
//! It is fetched chunk by chunk into a file, restored into a folder of its own, opened, and takes the place of the present corpus
//! in one step. Searches that have begun read the present one to their end.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use xxhash_rust::xxh3::xxh3_64;

use super::corpora::{Corpora, failure, next, remove, sync};
use super::giving::{PURPOSE, remove_file};
use crate::cluster::applying::held::Held;
use crate::cluster::applying::meta::Meta;
use crate::cluster::applying::position::Position;
use crate::cluster::asking::asker::Asker;
use crate::cluster::asking::messages::{CopyReply, CopyRequest, Reply, Request, decode, encode};
use crate::cluster::asking::transport::TransportError;
use crate::cluster::log::LogId;
use crate::cluster::placement::ReplicaGroup;
use crate::engine::{Engine, Error};
use crate::private;

/// Copies that a node takes at once.
const MOST_COPIES: usize = 2;

/// An answer is waited for this long,
const LONGEST_ANSWER: Duration = Duration::from_secs(10);

/// and a request is sent so often.
const ATTEMPTS: u32 = 3;

/// The time after which a chunk that is not written yet is asked for again.
const WRITTEN_LATER: Duration = Duration::from_millis(100);

/// A copy that does not grow for so long is given up.
const LONGEST_STANDSTILL: Duration = Duration::from_mins(1);

/// Why no copy was taken. The node is as before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoCopy {
    /// The meta log.
    #[error("the meta log is not copied: each node applies all of it")]
    OfMeta,
    /// A node in memory.
    #[error("a node in memory takes no copies")]
    InMemory,
    /// No node has one.
    #[error("no other node of the replica group is there that has applied entry {beyond}")]
    NoNode {
        /// The entry that is needed.
        beyond: u64,
    },
    /// All nodes that have one give others.
    #[error("the other nodes give as many copies as they may at once; it is tried again")]
    Busy,
    /// It can't be fetched or opened.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Takes copies of partitions from other nodes.
#[derive(Debug, Clone)]
pub(crate) struct Taking {
    asker: Asker,
    corpora: Corpora,
    meta: Arc<Meta>,
    /// This node.
    node: String,
    group: ReplicaGroup,
    at_once: Arc<Semaphore>,
}

/// A file that a copy is fetched into. It is removed with it.
#[derive(Debug)]
struct Fetched {
    path: PathBuf,
}

impl Drop for Fetched {
    fn drop(&mut self) {
        remove_file(&self.path);
    }
}

impl Taking {
    /// Takes copies for a node of a replica group.
    pub(crate) fn new(
        asker: Asker,
        corpora: Corpora,
        meta: Arc<Meta>,
        node: String,
        group: ReplicaGroup,
    ) -> Self {
        Self { asker, corpora, meta, node, group, at_once: Arc::new(Semaphore::new(MOST_COPIES)) }
    }

    /// Puts a copy in the place of a partition: of a node that has applied the log up to the entry `beyond` at least. Its folder is
    /// whole at every moment. The log must not be applied meanwhile.
    ///
    /// Linear in the texts of the partition, on all cores.
    ///
    /// # Errors
    ///
    /// [`NoCopy`]; the partition is as before then.
    pub(crate) async fn replace(&self, held: &Arc<Held>, beyond: u64) -> Result<Position, NoCopy> {
        let nodes = || self.asker.peers.beyond(self.group, held.partition, beyond);
        if nodes().is_empty() {
            return Err(NoCopy::NoNode { beyond });
        }
        // The semaphore is never closed.
        let _permit = self.at_once.acquire().await;
        let mut why = NoCopy::NoNode { beyond };
        for node in nodes() {
            match self.fetch(&node, held.partition, beyond).await {
                Ok(fetched) => return self.install(held, fetched, beyond).await,
                Err(error) => {
                    let id = LogId::Partition(held.partition);
                    tracing::debug!(log = %id, node, %error, "another node gives no copy of a partition");
                    why = error;
                }
            }
        }
        Err(why)
    }

    /// Fetches a copy from a node.
    async fn fetch(&self, node: &str, partition: u16, beyond: u64) -> Result<Fetched, NoCopy> {
        let folder = self.corpora.copies()?.ok_or(NoCopy::InMemory)?;
        let secret = self.meta.engine.secret(PURPOSE);
        let begin = CopyRequest::Begin { partition, beyond, node: self.node.clone(), secret };
        let copy = match self.ask(node, begin).await? {
            CopyReply::Begun { copy } => copy,
            CopyReply::Busy => return Err(NoCopy::Busy),
            CopyReply::Chunk(_) | CopyReply::Ended => return Err(mismatch().into()),
        };
        let fetched = Fetched { path: folder.join(format!("from-{copy:032x}")) };
        let done = self.fetch_all(node, copy, &fetched.path).await;
        // The next copy finds room then. If it is lost, the node ends the copy after a while.
        drop(self.ask(node, CopyRequest::End { copy }).await);
        done?;
        Ok(fetched)
    }

    /// Fetches all chunks of a copy into a file.
    async fn fetch_all(&self, node: &str, copy: u128, path: &Path) -> Result<(), Error> {
        let created = private::create_new_file(path).map_err(|error| failure(path, &error));
        let (mut file, mut offset, mut grown, mut damaged) = (created?, 0, Instant::now(), 0);
        loop {
            let CopyReply::Chunk(chunk) = self.ask(node, CopyRequest::Chunk { copy, offset }).await? else {
                return Err(mismatch());
            };
            if chunk.bytes.is_empty() && !chunk.is_last {
                if grown.elapsed() > LONGEST_STANDSTILL {
                    let waited = LONGEST_STANDSTILL.as_secs();
                    return Err(unusable(&format!("node {node} wrote nothing of it for {waited} s")));
                }
                tokio::time::sleep(WRITTEN_LATER).await;
                continue;
            }
            if xxh3_64(&chunk.bytes) != chunk.checksum {
                damaged += 1;
                if damaged == ATTEMPTS {
                    return Err(unusable(&format!("bytes of it from node {node} do not fit their checksum")));
                }
                continue;
            }
            (offset, grown) = (offset + chunk.bytes.len() as u64, Instant::now());
            let written = tokio::task::spawn_blocking(move || file.write_all(&chunk.bytes).map(|()| file));
            let written = written.await.map_err(|_| interrupted())?;
            file = written.map_err(|error| failure(path, &error))?;
            if chunk.is_last {
                return Ok(());
            }
        }
    }

    /// The answer of a node to a request about a copy.
    async fn ask(&self, node: &str, request: CopyRequest) -> Result<CopyReply, Error> {
        let request = encode(&Request::Copy(request))?;
        let mut attempt = 1;
        loop {
            let mut awaited = self.asker.transport.send(node, request.clone());
            match awaited.until(Instant::now() + LONGEST_ANSWER).await {
                Ok(bytes) => {
                    return match decode::<Result<Reply, Error>>(&bytes)?? {
                        Reply::Copy(reply) => Ok(reply),
                        _ => Err(mismatch()),
                    };
                }
                Err(TransportError::Silent { .. }) if attempt < ATTEMPTS => attempt += 1,
                Err(error) => {
                    match error {
                        TransportError::NoNode { .. } => self.asker.peers.ended(node),
                        _ => self.asker.peers.failed(node),
                    }
                    return Err(unusable(&error.to_string()));
                }
            }
        }
    }

    /// Restores a copy, opens it, and puts it in the place of the present corpus.
    async fn install(&self, held: &Arc<Held>, fetched: Fetched, beyond: u64) -> Result<Position, NoCopy> {
        let (corpora, held) = (self.corpora.clone(), Arc::clone(held));
        let installed = tokio::task::spawn_blocking(move || install(&corpora, &held, &fetched.path, beyond));
        let position = installed.await.map_err(|_| NoCopy::Failed(interrupted()))??;
        self.asker.counters.copy_taken();
        Ok(position)
    }
}

/// Restores a copy beside the present corpus of a partition, and puts it in its place. It blocks.
///
/// # Errors
///
/// [`NoCopy`]; then all is as before.
pub(super) fn install(corpora: &Corpora, held: &Held, copy: &Path, beyond: u64) -> Result<Position, NoCopy> {
    let present = held.engine().folder().ok_or(NoCopy::InMemory)?;
    let folder = next(&present);
    Engine::restore(copy, &folder).map_err(Error::Store)?;
    match open(corpora, held, &folder, beyond) {
        Ok(engine) => {
            let before = held.replace(Arc::new(engine));
            before.retire();
            if let Err(error) = remove(&present) {
                tracing::warn!(%error, "the folder of a corpus that a copy replaced is not removed; the next start does that");
            }
            Ok(held.applied().position)
        }
        Err(error) => {
            remove(&folder)?;
            Err(error.into())
        }
    }
}

/// Opens a restored copy. It must have applied the entry `beyond`.
fn open(corpora: &Corpora, held: &Held, folder: &Path, beyond: u64) -> Result<Engine, Error> {
    folder.parent().map_or(Ok(()), sync)?;
    let engine = corpora.open_in(folder, LogId::Partition(held.partition), &mut |_| {})?;
    let reached = Position::unpack(engine.log_position()).sequence;
    if reached < beyond.max(held.applied().position.sequence) {
        return Err(unusable(&format!("it ends with entry {reached}, before entry {beyond}")));
    }
    Ok(engine)
}

fn unusable(what: &str) -> Error {
    Error::Unreachable { what: format!("a copy of a partition can't be used: {what}") }
}

fn mismatch() -> Error {
    unusable("a node answered another question than it was asked")
}

fn interrupted() -> Error {
    Error::Internal { what: "the work on a copy of a partition was interrupted" }
}
