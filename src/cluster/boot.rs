//! Boot: from settings to a node that follows the log.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::conversation::{Asker, random};
use super::counters::Counters;
use super::entry::{Genesis, LogEntry};
use super::followers::{Delivery, MetaFollower, PartitionFollower};
use super::following::{State, follow};
use super::held::Held;
use super::holding::Holding;
use super::log::{Log, LogError, LogId, LogSettings, PullLimits};
use super::member::{Member, Reads};
use super::messages::{OutcomeMessage, decode, encode};
use super::meta::Meta;
use super::outcomes::Outcomes;
use super::peers::{Announcement, INTERVAL, Peers};
use super::placement::{Placement, ReplicaGroup};
use super::serving::Serving;
use super::transport::{Handler, Transport, TransportError};
use crate::engine::{Engine, Error, Progress};
use crate::model::{CorpusSeed, Limits, Stop};
use crate::private;

/// The time in which the first entry of the meta log is written.
const GENESIS: Duration = Duration::from_secs(20);

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

impl Member {
    /// Starts a node. It has applied the meta log then, and goes on to apply those of its partitions.
    ///
    /// # Errors
    ///
    /// [`MemberError`].
    pub(crate) async fn start(
        settings: MemberSettings,
        progress: impl Fn(Progress) + Send + Sync + 'static,
    ) -> Result<Arc<Self>, MemberError> {
        let log = Log::connect(settings.log.clone()).await?;
        log.require_sync().await?;
        log.create_streams(settings.partitions).await?;
        log.verify_streams(settings.partitions).await?;
        let genesis = genesis(&log, &settings).await?;
        let name = identify(&settings, &genesis)?;
        let placement = Placement { partitions: genesis.partitions, groups: settings.group.groups };
        let opening = settings.clone();
        let seed = CorpusSeed::new(genesis.seed);
        let opened = tokio::task::spawn_blocking(move || open(&opening, placement, seed, &progress)).await;
        let (meta, partitions) =
            opened.map_err(|_| Error::Internal { what: "opening was interrupted" })??;
        let holding = Holding::new(placement, settings.group, Arc::new(meta), partitions, log.clone());
        run(settings, name, log, Arc::new(holding)).await
    }

    /// This node again.
    pub(super) fn itself(&self) -> Option<Arc<Self>> {
        self.this.upgrade()
    }
}

/// What all nodes have in common: the first entry of the meta log, which the first node writes.
async fn genesis(log: &Log, settings: &MemberSettings) -> Result<Genesis, MemberError> {
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
        log.publish(LogId::Meta, "genesis", entry, tokio::time::Instant::now() + GENESIS).await?;
    }
    let until = Instant::now() + GENESIS;
    let message = loop {
        let pulled = log.pull(LogId::Meta, 1, first).await?;
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
fn identify(settings: &MemberSettings, genesis: &Genesis) -> Result<String, MemberError> {
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

/// Opens the corpora of a node.
fn open(
    settings: &MemberSettings,
    placement: Placement,
    seed: CorpusSeed,
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<(Meta, Vec<Held>), MemberError> {
    let numbers = placement.of_group(settings.group.index);
    let cache = settings.text_cache_bytes / (numbers.len() as u64).max(1);
    let open = |folder: &str, cache: u64| {
        let engine = match &settings.data_dir {
            None => Engine::with_seed(settings.limits, seed),
            Some(path) => {
                Engine::open_seeded(&path.join(folder), settings.limits, cache, seed, &mut |some| {
                    progress(some)
                })?
            }
        };
        engine.warm_up();
        Ok::<_, MemberError>(Arc::new(engine))
    };
    let meta = Meta::new(open("meta", 0)?);
    let held: Result<Vec<Held>, MemberError> = numbers
        .into_iter()
        .map(|number| Ok(Held::new(number, open(&LogId::Partition(number).to_string(), cache)?)))
        .collect();
    Ok((meta, held?))
}

/// Starts the tasks of a node.
async fn run(
    settings: MemberSettings,
    name: String,
    log: Log,
    holding: Arc<Holding>,
) -> Result<Arc<Member>, MemberError> {
    let (shutdown, mut tasks) = (CancellationToken::new(), JoinSet::new());
    let (peers, counters) = (Arc::new(Peers::default()), Arc::new(Counters::default()));
    let serving = Arc::new(Serving::new(Arc::clone(&holding), Arc::clone(&counters)));
    let outcomes = Arc::new(Outcomes::default());
    let later: Arc<std::sync::OnceLock<Transport>> = Arc::default();
    let handler: Handler = {
        let later = Arc::clone(&later);
        Arc::new(move |request, reply_to| {
            if let Some(transport) = later.get() {
                serving.take(&request, reply_to, transport);
            }
        })
    };
    let client = log.client().clone();
    let corpus = settings.log.corpus.clone();
    let transport = Transport::start(client.clone(), &corpus, &name, handler, &mut tasks).await?;
    // It is set once.
    drop(later.set(transport.clone()));
    listen(&client, &corpus, &name, (&outcomes, &peers), &mut tasks).await?;
    let delivery =
        Delivery { node: name.clone(), outcomes: Arc::clone(&outcomes), transport: transport.clone() };
    let states = LogId::all(holding.placement.partitions)
        .filter(|id| *id == LogId::Meta || holding.held().any(|held| LogId::Partition(held.partition) == *id))
        .map(|id| (id, State::default()));
    let states: std::collections::BTreeMap<LogId, State> = states.collect();
    follow_all(&log, &holding, &delivery, &states, &shutdown, &mut tasks);
    let member = Arc::new_cyclic(|this| Member {
        this: this.clone(),
        name,
        holding,
        log,
        asker: Asker { transport, peers, counters, runtime: Handle::current() },
        outcomes,
        reads: settings.reads,
        runtime: Handle::current(),
        acknowledged: Mutex::default(),
        states,
        shutdown,
        tasks: Mutex::new(JoinSet::new()),
    });
    let announcing = Arc::downgrade(&member);
    tasks.spawn(async move {
        let mut number = 0;
        while let Some(member) = announcing.upgrade() {
            number += 1;
            if let Ok(message) = encode(&member.announcement(number)) {
                member.asker.transport.announce("nodes", message).await;
            }
            drop(member);
            tokio::time::sleep(INTERVAL).await;
        }
    });
    *member.tasks.lock() = tasks;
    Ok(member)
}

/// Listens to other nodes: to the outcomes of this node's changes, and to what nodes say of themselves.
async fn listen(
    client: &async_nats::Client,
    corpus: &str,
    name: &str,
    (outcomes, peers): (&Arc<Outcomes>, &Arc<Peers>),
    tasks: &mut JoinSet<()>,
) -> Result<(), MemberError> {
    let failed = |error: async_nats::SubscribeError| TransportError::Connection(error.to_string());
    let mut decided = client.subscribe(format!("{corpus}.outcome.{name}")).await.map_err(failed)?;
    let outcomes = Arc::clone(outcomes);
    tasks.spawn(async move {
        while let Some(message) = decided.next().await {
            if let Ok(outcome) = decode::<OutcomeMessage>(&message.payload) {
                outcomes.deliver(outcome);
            }
        }
    });
    let mut said = client.subscribe(format!("{corpus}.nodes")).await.map_err(failed)?;
    let (peers, name) = (Arc::clone(peers), name.to_owned());
    tasks.spawn(async move {
        while let Some(message) = said.next().await {
            match decode::<Announcement>(&message.payload) {
                Ok(said) if said.node != name => peers.hear(said),
                Ok(_) | Err(_) => {}
            }
        }
    });
    Ok(())
}

/// Follows the meta log, and those of the partitions.
fn follow_all(
    log: &Log,
    holding: &Arc<Holding>,
    delivery: &Delivery,
    states: &std::collections::BTreeMap<LogId, State>,
    shutdown: &CancellationToken,
    tasks: &mut JoinSet<()>,
) {
    let state = |id: LogId| states.get(&id).cloned().unwrap_or_default();
    let (meta, stop) = (Arc::clone(&holding.meta), Stop::never());
    let follower = MetaFollower { meta, delivery: delivery.clone(), stop: stop.clone() };
    tasks.spawn(follow(log.clone(), LogId::Meta, Arc::new(follower), state(LogId::Meta), shutdown.clone()));
    for held in holding.held() {
        let id = LogId::Partition(held.partition);
        let follower = PartitionFollower {
            held: Arc::clone(held),
            meta: Arc::clone(&holding.meta),
            log: log.clone(),
            delivery: delivery.clone(),
            stop: stop.clone(),
        };
        tasks.spawn(follow(log.clone(), id, Arc::new(follower), state(id), shutdown.clone()));
    }
}
