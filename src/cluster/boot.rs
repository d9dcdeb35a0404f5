//! Boot: from settings to a node that follows the log.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Weak};

use futures_util::StreamExt;
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::applying::followers::{Delivery, MetaFollower, PartitionFollower};
use super::applying::following::{State, follow};
use super::applying::held::Held;
use super::applying::holding::Holding;
use super::applying::meta::Meta;
use super::asking::asker::Asker;
use super::asking::messages::{OutcomeMessage, decode, encode};
use super::asking::outcomes::Outcomes;
use super::asking::peers::{Announcement, INTERVAL, Peers};
use super::asking::serving::Serving;
use super::asking::transport::{Handler, Transport, TransportError};
use super::copying::corpora::Corpora;
use super::copying::giving::Giving;
use super::copying::taking::Taking;
use super::counters::Counters;
use super::erasing::{self, Erasing};
use super::identity::{MemberError, MemberSettings, connect, genesis, identify, patiently, prepare_streams};
use super::log::{Log, LogId};
use super::member::Member;
use super::placement::Placement;
use crate::engine::{Error, Progress};
use crate::model::{CorpusSeed, Stop};

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
        let log = patiently(|| connect(&settings)).await?;
        patiently(|| prepare_streams(&log, settings.partitions)).await?;
        let genesis = patiently(|| genesis(&log, &settings)).await?;
        let name = identify(&settings, &genesis)?;
        let placement = Placement { partitions: genesis.partitions, groups: settings.group.groups };
        let numbers = placement.of_group(settings.group.index);
        let corpora = Corpora {
            data_dir: settings.data_dir.clone(),
            limits: settings.limits,
            seed: CorpusSeed::new(genesis.seed),
            cache_bytes: settings.text_cache_bytes / (numbers.len() as u64).max(1),
        };
        let opening = corpora.clone();
        let opened = tokio::task::spawn_blocking(move || open(&opening, &numbers, &progress)).await;
        let (meta, partitions) =
            opened.map_err(|_| Error::Internal { what: "opening was interrupted" })??;
        let holding = Holding::new(placement, settings.group, Arc::new(meta), partitions, log.clone());
        run(settings, name, log, Arc::new(holding), corpora).await
    }

    /// This node again.
    pub(super) fn itself(&self) -> Option<Arc<Self>> {
        self.this.upgrade()
    }
}

/// Opens the corpora of a node.
fn open(
    corpora: &Corpora,
    partitions: &[u16],
    progress: &(dyn Fn(Progress) + Send + Sync),
) -> Result<(Meta, Vec<Held>), MemberError> {
    // It comes first: who has it has the data directory.
    let meta = Meta::new(Arc::new(corpora.open(LogId::Meta, &mut |some| progress(some))?));
    corpora.settle(partitions)?;
    let held: Result<Vec<Held>, MemberError> = partitions
        .iter()
        .map(|number| {
            let engine = corpora.open(LogId::Partition(*number), &mut |some| progress(some))?;
            Ok(Held::new(*number, Arc::new(engine)))
        })
        .collect();
    Ok((meta, held?))
}

/// Starts the tasks of a node.
async fn run(
    settings: MemberSettings,
    name: String,
    log: Log,
    holding: Arc<Holding>,
    corpora: Corpora,
) -> Result<Arc<Member>, MemberError> {
    let (shutdown, mut tasks) = (CancellationToken::new(), JoinSet::new());
    let (peers, counters) = (Arc::new(Peers::default()), Arc::new(Counters::default()));
    let giving = Giving::new(Arc::clone(&holding), corpora.clone(), Arc::clone(&counters));
    let serving = Arc::new(Serving::new(Arc::clone(&holding), Arc::clone(&counters), giving));
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
    let asker = Asker { transport, peers, counters, runtime: Handle::current() };
    let meta = Arc::clone(&holding.meta);
    let taking = Taking::new(asker.clone(), corpora, meta, name.clone(), settings.group);
    let states = LogId::all(holding.placement.partitions)
        .filter(|id| *id == LogId::Meta || holding.held().any(|held| LogId::Partition(held.partition) == *id))
        .map(|id| (id, State::default()));
    let states: std::collections::BTreeMap<LogId, State> = states.collect();
    follow_all(&log, &holding, (&delivery, &taking), &states, &shutdown, &mut tasks);
    let member = Arc::new_cyclic(|this| Member {
        this: this.clone(),
        name,
        holding,
        log,
        asker,
        outcomes,
        reads: settings.reads,
        runtime: Handle::current(),
        acknowledged: Mutex::default(),
        seen_meta: AtomicU64::new(0),
        states,
        shutdown,
        tasks: Mutex::new(JoinSet::new()),
    });
    tasks.spawn(announce(Arc::downgrade(&member)));
    let weak = Arc::downgrade(&member);
    tasks.spawn(async move {
        let mut state = Erasing::default();
        loop {
            tokio::time::sleep(erasing::INTERVAL).await;
            let Some(member) = weak.upgrade() else { return };
            state.round(&member).await;
        }
    });
    *member.tasks.lock() = tasks;
    Ok(member)
}

/// Says twice a second what a node is.
async fn announce(member: Weak<Member>) {
    let mut number = 0;
    while let Some(member) = member.upgrade() {
        number += 1;
        if let Ok(message) = encode(&member.announcement(number)) {
            member.asker.transport.announce("nodes", message).await;
        }
        drop(member);
        tokio::time::sleep(INTERVAL).await;
    }
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
    (delivery, taking): (&Delivery, &Taking),
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
            taking: taking.clone(),
            stop: stop.clone(),
        };
        tasks.spawn(follow(log.clone(), id, Arc::new(follower), state(id), shutdown.clone()));
    }
}
