//! Giving copies of partitions to other nodes.
//!
//! A copy is written to a file, and read from there chunk by chunk while it is written. At most [`MOST_COPIES`] are under way at
//! once, one of each partition; one that nobody asks for is ended.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::runtime::Handle;
use xxhash_rust::xxh3::xxh3_64;

use super::corpora::{Corpora, failure};
use crate::cluster::applying::held::Held;
use crate::cluster::applying::holding::Holding;
use crate::cluster::asking::asker::random;
use crate::cluster::asking::messages::{Chunk, CopyReply, CopyRequest};
use crate::cluster::counters::Counters;
use crate::engine::Error;
use crate::private;

/// Copies under way at once.
const MOST_COPIES: usize = 2;

/// The bytes of a chunk.
const CHUNK_BYTES: u64 = 4 << 20;

/// A copy that nobody asks for is ended after this time,
const PATIENCE: Duration = Duration::from_mins(1);

/// which is looked at so often.
const LOOK: Duration = Duration::from_secs(1);

/// What the corpora of a cluster have in common is known by this purpose of their secret.
pub(super) const PURPOSE: &str = "copies of partitions";

/// Gives copies of the partitions that this node holds.
pub(crate) struct Giving {
    holding: Arc<Holding>,
    corpora: Corpora,
    counters: Arc<Counters>,
    copies: Arc<Mutex<BTreeMap<u128, Arc<Given>>>>,
    runtime: Handle,
}

/// A copy under way. Its file is removed with it.
#[derive(Debug)]
struct Given {
    partition: u16,
    /// The node that takes it.
    node: String,
    path: PathBuf,
    /// When it was asked for last.
    asked: Mutex<Instant>,
    progress: Mutex<Progress>,
    is_ended: AtomicBool,
}

/// How much of a copy is in its file.
#[derive(Debug, Clone)]
enum Progress {
    /// So many bytes; more follow.
    Writing(u64),
    /// All, which are so many bytes.
    Whole(u64),
    /// It can't be written.
    Failed(String),
}

impl Giving {
    /// Gives copies of what this node holds, and counts them.
    pub(crate) fn new(holding: Arc<Holding>, corpora: Corpora, counters: Arc<Counters>) -> Self {
        Self { holding, corpora, counters, copies: Arc::default(), runtime: Handle::current() }
    }

    /// Answers a request of another node. It reads a file.
    ///
    /// # Errors
    ///
    /// [`Error::Unreachable`] with the reason for which this node does not give the copy; [`Error::Store`].
    pub(crate) fn answer(&self, request: CopyRequest) -> Result<CopyReply, Error> {
        match request {
            CopyRequest::Begin { partition, beyond, node, secret } => {
                if secret != self.holding.meta.engine.secret(PURPOSE) {
                    return Err(refusal("this node is of another corpus"));
                }
                self.begin(partition, beyond, node)
            }
            CopyRequest::Chunk { copy, offset } => self.chunk(copy, offset).map(CopyReply::Chunk),
            CopyRequest::End { copy } => {
                let ended = self.copies.lock().remove(&copy);
                if let Some(copy) = ended {
                    copy.end();
                }
                Ok(CopyReply::Ended)
            }
        }
    }

    /// Begins to write a copy. It takes the place of another that the same node asked for.
    fn begin(&self, partition: u16, beyond: u64, node: String) -> Result<CopyReply, Error> {
        let held = self.holding.held().find(|held| held.partition == partition);
        let held = held.ok_or_else(|| refusal("this node does not hold the partition"))?;
        if held.applied().position.sequence < beyond {
            return Err(refusal(&format!("this node has not applied entry {beyond}")));
        }
        let folder = self.corpora.copies()?.ok_or_else(|| refusal("this node has its corpus in memory"))?;
        let id = random()?;
        let path = folder.join(format!("p{partition:02}-{id:032x}"));
        let copy = Arc::new(Given {
            partition,
            node,
            path,
            asked: Mutex::new(Instant::now()),
            progress: Mutex::new(Progress::Writing(0)),
            is_ended: AtomicBool::new(false),
        });
        let (before, is_begun) = {
            let mut copies = self.copies.lock();
            let is_before = |other: &Given| other.partition == partition && other.node == copy.node;
            let before = copies.iter().find_map(|(id, other)| is_before(other).then_some(*id));
            let before = before.and_then(|id| copies.remove(&id));
            let is_free =
                copies.len() < MOST_COPIES && copies.values().all(|other| other.partition != partition);
            if is_free {
                copies.insert(id, Arc::clone(&copy));
            }
            (before, is_free)
        };
        if let Some(before) = before {
            before.end();
        }
        if !is_begun {
            return Ok(CopyReply::Busy);
        }
        self.counters.copy_given();
        tracing::info!(partition, node = copy.node, "a copy of a partition is given to another node");
        self.runtime.spawn(end_when_forgotten(Arc::downgrade(&self.copies), id, Arc::downgrade(&copy)));
        let held = Arc::clone(held);
        self.runtime.spawn_blocking(move || write(&held, &copy));
        Ok(CopyReply::Begun { copy: id })
    }

    /// The bytes of a copy from an offset on; none if they are not written yet.
    fn chunk(&self, id: u128, offset: u64) -> Result<Chunk, Error> {
        let copy = self.copies.lock().get(&id).cloned();
        let copy = copy.ok_or_else(|| refusal("this node has ended the copy already"))?;
        *copy.asked.lock() = Instant::now();
        let progress = copy.progress.lock().clone();
        let (written, is_whole) = match progress {
            Progress::Writing(bytes) => (bytes, false),
            Progress::Whole(bytes) => (bytes, true),
            Progress::Failed(problem) => return Err(refusal(&problem)),
        };
        let length = written.saturating_sub(offset).min(CHUNK_BYTES);
        if length < CHUNK_BYTES && !is_whole {
            return Ok(Chunk::default());
        }
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        let read = File::open(&copy.path).and_then(|file| file.read_exact_at(&mut bytes, offset));
        read.map_err(|error| failure(&copy.path, &error))?;
        let checksum = xxh3_64(&bytes);
        Ok(Chunk { bytes, checksum, is_last: is_whole && offset + length >= written })
    }
}

impl Drop for Giving {
    fn drop(&mut self) {
        self.copies.lock().values().for_each(|copy| copy.end());
    }
}

fn refusal(what: &str) -> Error {
    Error::Unreachable { what: format!("no copy of a partition: {what}") }
}

/// Ends a copy once nobody asks for it.
async fn end_when_forgotten(copies: Weak<Mutex<BTreeMap<u128, Arc<Given>>>>, id: u128, copy: Weak<Given>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let (Some(copies), Some(copy)) = (copies.upgrade(), copy.upgrade()) else { return };
        if copy.asked.lock().elapsed() > PATIENCE {
            copies.lock().remove(&id);
            copy.end();
        }
    }
}

/// Writes a copy of a partition as it is now.
fn write(held: &Held, copy: &Arc<Given>) {
    // The corpus that is copied has at least what is applied now.
    let (applied, engine) = (held.applied().position, held.engine());
    let written = private::create_new_file(&copy.path).map_err(|error| error.to_string()).and_then(|file| {
        let counted = Counted { file, bytes: 0, copy };
        let mut out = BufWriter::with_capacity(1 << 20, counted);
        let applied = applied.pack().unwrap_or(0);
        engine.copy(&mut out, applied).map_err(|error| error.to_string())?;
        let counted = out.into_inner().map_err(|error| error.to_string())?;
        Ok(counted.bytes)
    });
    let progress = match written {
        Ok(bytes) => Progress::Whole(bytes),
        Err(problem) => {
            if !copy.is_ended.load(Ordering::Relaxed) {
                tracing::warn!(partition = copy.partition, problem, "a copy of a partition can't be written");
            }
            Progress::Failed(problem)
        }
    };
    *copy.progress.lock() = progress;
}

/// The file of a copy, which notes how much is in it.
struct Counted<'a> {
    file: File,
    bytes: u64,
    copy: &'a Given,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.copy.is_ended.load(Ordering::Relaxed) {
            return Err(io::Error::other("nobody takes it any more"));
        }
        let written = self.file.write(bytes)?;
        self.bytes += written as u64;
        *self.copy.progress.lock() = Progress::Writing(self.bytes);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Given {
    /// Nobody takes it any more.
    fn end(&self) {
        self.is_ended.store(true, Ordering::Relaxed);
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        remove_file(&self.path);
    }
}

/// Removes a file of a copy. What stays is removed at the next start.
pub(super) fn remove_file(path: &Path) {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(path = %path.display(), %error, "the file of a copy is not removed");
        }
        _ => {}
    }
}
