//! Asking other nodes: questions about sources, and the first step of a conversation.
//!
//! They go to a ready node of a replica group, and after a short time without an answer to another one too: a node that was
//! stopped or cut off costs that time only, and is asked after the others until it is heard again.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt;
use tokio::runtime::Handle;

use super::messages::{Question, Recency, Reply, Request, decode, encode};
use super::peers::Peers;
use super::transport::{Awaited, Transport, TransportError};
use crate::cluster::counters::Counters;
use crate::cluster::placement::ReplicaGroup;
use crate::engine::Error;
use crate::model::Stop;

/// Without an answer for so long, another node is asked too.
const HEDGE: Duration = Duration::from_millis(100);

/// The time that is waited for a ready node.
const LONGEST_SEARCH_FOR_A_NODE: Duration = Duration::from_secs(3);

/// The time between two looks at whether a node is still there.
const LOOK: Duration = Duration::from_millis(250);

/// An answer that is lost on its way is not waited for any longer: a node takes two minutes at most.
const LONGEST_ANSWER: Duration = Duration::from_secs(150);

/// The time between two looks at the stop.
const LOOK_AT_STOP: Duration = Duration::from_millis(20);

/// Asks the nodes of other replica groups.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(crate) transport: Transport,
    pub(crate) peers: Arc<Peers>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) runtime: Handle,
}

/// The answer of a node, as it comes. What is asked is sent at once; all else is done while the answer is awaited.
pub(in crate::cluster) struct Coming<T> {
    runtime: Handle,
    answer: Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>,
}

impl<T: Send + 'static> Coming<T> {
    /// Asks.
    pub(in crate::cluster) fn begin(
        runtime: &Handle,
        ask: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Self {
        let _context = runtime.enter();
        let mut ask = Box::pin(ask);
        let answer: Pin<Box<dyn Future<Output = _> + Send>> = match ask.as_mut().now_or_never() {
            Some(answer) => Box::pin(std::future::ready(answer)),
            None => ask,
        };
        Self { runtime: runtime.clone(), answer }
    }

    /// Waits for the answer. Not for async threads.
    ///
    /// # Errors
    ///
    /// [`Error`] of the node; [`Error::Unreachable`] if it does not answer; [`Error::Stopped`].
    pub(in crate::cluster) fn wait(mut self, stop: &Stop) -> Result<T, Error> {
        let until = Instant::now() + LONGEST_ANSWER;
        self.runtime.block_on(async move {
            loop {
                match tokio::time::timeout(LOOK_AT_STOP, &mut self.answer).await {
                    Ok(answer) => return answer,
                    Err(_) if Instant::now() >= until => {
                        let waited = LONGEST_ANSWER.as_secs();
                        let what = format!("another node did not answer within {waited} s");
                        return Err(Error::Unreachable { what });
                    }
                    Err(_) => stop.check()?,
                }
            }
        })
    }
}

impl Asker {
    /// Asks a node of a replica group a question. Not for async threads.
    ///
    /// # Errors
    ///
    /// [`Error`] of the node; [`Error::Unreachable`] if none answers; [`Error::Stopped`].
    pub(crate) fn ask(
        &self,
        group: ReplicaGroup,
        recency: Recency,
        question: Question,
        stop: &Stop,
    ) -> Result<Reply, Error> {
        self.begin_question(group, recency, question)?.wait(stop)
    }

    /// Asks a question; the answer comes.
    pub(crate) fn begin_question(
        &self,
        group: ReplicaGroup,
        recency: Recency,
        question: Question,
    ) -> Result<Coming<Reply>, Error> {
        let request = encode(&Request::Ask(recency, question))?;
        let this = self.clone();
        Ok(Coming::begin(&self.runtime, async move {
            this.first_of(group, |_| Ok(request.clone())).await.map(|(_, reply)| reply)
        }))
    }

    /// Whether a replica group has had no ready node for some seconds. Waits for as long. Not for async threads.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`].
    pub(crate) fn is_silent(&self, group: ReplicaGroup, stop: &Stop) -> Result<bool, Error> {
        while let Some(since) = self.peers.without_node_since(group) {
            if since.elapsed() >= LONGEST_SEARCH_FOR_A_NODE {
                return Ok(true);
            }
            stop.check()?;
            std::thread::sleep(LOOK_AT_STOP);
        }
        Ok(false)
    }

    /// The node of a group that answers first, with its answer. `request` makes the request to each node.
    pub(super) async fn first_of(
        &self,
        group: ReplicaGroup,
        request: impl Fn(&Asked) -> Result<Bytes, Error>,
    ) -> Result<(Asked, Reply), Error> {
        let until = Instant::now() + LONGEST_SEARCH_FOR_A_NODE;
        loop {
            let nodes = self.ready(group, until).await?;
            match self.first_of_nodes(group, nodes, &request).await {
                // A node that has ended was asked. Another may be there, or be heard in a moment.
                Err(Error::Unreachable { .. }) if Instant::now() < until => {
                    tokio::time::sleep(LOOK_AT_STOP).await;
                }
                done => return done,
            }
        }
    }

    /// The answer of the first of some nodes of a group.
    async fn first_of_nodes(
        &self,
        group: ReplicaGroup,
        nodes: Vec<String>,
        request: &impl Fn(&Asked) -> Result<Bytes, Error>,
    ) -> Result<(Asked, Reply), Error> {
        let mut left = nodes.into_iter().enumerate();
        let mut under_way: Vec<(Asked, Awaited)> = Vec::new();
        let mut failure = None;
        loop {
            if let Some((place, node)) = left.next() {
                if place > 0 {
                    self.counters.hedged();
                    // One that is slow is asked after the others, until it is heard again.
                    for (asked, _) in &under_way {
                        self.peers.failed(&asked.node);
                    }
                }
                let asked = Asked { place, node };
                let awaited = self.transport.send(&asked.node, request(&asked)?);
                under_way.push((asked, awaited));
            }
            let until = Instant::now() + if left.len() > 0 { HEDGE } else { LOOK };
            match first(&mut under_way, until).await {
                First::Answered(asked, bytes) => {
                    return decode::<Result<Reply, Error>>(&bytes)?.map(|reply| (asked, reply));
                }
                First::Failed(asked, error) => {
                    match error {
                        TransportError::NoNode { .. } => self.peers.ended(&asked.node),
                        _ => self.peers.failed(&asked.node),
                    }
                    failure = Some(error);
                }
                First::None => {}
            }
            under_way.retain(|(asked, _)| self.peers.is_there(&asked.node));
            if under_way.is_empty() && left.len() == 0 {
                let detail = failure.map_or_else(|| "they fell silent".to_owned(), |error| error.to_string());
                return Err(silent(group, &detail));
            }
        }
    }

    /// The ready nodes of a group, of which there is one at least.
    async fn ready(&self, group: ReplicaGroup, until: Instant) -> Result<Vec<String>, Error> {
        loop {
            let ready = self.peers.ready(group);
            if !ready.is_empty() {
                return Ok(ready);
            }
            if Instant::now() >= until {
                let waited = LONGEST_SEARCH_FOR_A_NODE.as_secs();
                return Err(silent(group, &format!("none was ready within {waited} s")));
            }
            tokio::time::sleep(LOOK_AT_STOP).await;
        }
    }

    /// The answer of one node, for as long as it is there.
    pub(in crate::cluster) async fn of_node(&self, node: &str, request: Bytes) -> Result<Reply, Error> {
        let mut awaited = self.transport.send(node, request);
        loop {
            match awaited.until(Instant::now() + LOOK).await {
                Ok(bytes) => return decode::<Result<Reply, Error>>(&bytes)?,
                Err(TransportError::Silent { .. }) if self.peers.is_there(node) => {}
                Err(error) => {
                    self.peers.failed(node);
                    let what = format!("a node fell silent during a search ({error})");
                    return Err(Error::Unreachable { what });
                }
            }
        }
    }
}

fn silent(group: ReplicaGroup, detail: &str) -> Error {
    Error::Unreachable { what: format!("no node of replica group {group} answers ({detail})") }
}

/// A node that was asked, and its place among all that were.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) place: usize,
    pub(super) node: String,
}

/// What came first of some nodes.
enum First {
    Answered(Asked, Bytes),
    Failed(Asked, TransportError),
    None,
}

/// The first answer, or failure, of some nodes.
async fn first(under_way: &mut Vec<(Asked, Awaited)>, until: Instant) -> First {
    let waits = under_way.iter_mut().map(|(_, awaited)| Box::pin(awaited.until(until)));
    let waits: Vec<_> = waits.collect();
    if waits.is_empty() {
        return First::None;
    }
    let (answer, place, others) = futures_util::future::select_all(waits).await;
    drop(others);
    match answer {
        Err(TransportError::Silent { .. }) => First::None,
        Ok(bytes) => First::Answered(under_way.swap_remove(place).0, bytes),
        Err(error) => First::Failed(under_way.swap_remove(place).0, error),
    }
}

/// A random number.
pub(crate) fn random() -> Result<u128, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(u128::from_le_bytes(bytes))
}
