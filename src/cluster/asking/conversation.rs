//! Conversations with other nodes about a submission, one with a node of each replica group.
//!
//! A conversation goes on with the node that answered its first step first. A node that falls silent later ends the search, which
//! the caller may begin again.

use std::sync::Arc;

use parking_lot::Mutex;

use super::asker::{Asked, Asker, Coming, random};
use super::messages::{Open, Reply, Request, encode};
use super::transport::Transport;
use crate::cluster::applying::meta::Meta;
use crate::cluster::placement::ReplicaGroup;
use crate::detection::Detector;
use crate::detection::search::{
    Answer, Answered, Begin, CollectionTotals, Counting, Node, NodeCounts, NodeSearch, Pick, Prepared,
    Proposal, Step,
};
use crate::engine::Error;
use crate::model::{CollectionName, FingerprintSettings};
use crate::report::Finding;

/// The partitions of another replica group, for the searches of one submission.
#[derive(Debug)]
pub(crate) struct RemoteNode {
    asker: Asker,
    group: ReplicaGroup,
    meta: Arc<Meta>,
    open: Arc<Open>,
    /// The conversations that were begun. When the first step is answered, one of them goes on.
    begun: Arc<Mutex<Vec<Conversation>>>,
}

/// A conversation with a node.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Conversation {
    id: u128,
    node: String,
}

impl Conversation {
    /// Ends it.
    fn end(&self, transport: &Transport) {
        let end = Request::Search { conversation: self.id, open: None, step: None };
        if let Ok(end) = encode(&end) {
            drop(transport.send(&self.node, end));
        }
    }
}

impl RemoteNode {
    /// The partitions of a replica group, which are asked about a submission.
    pub(crate) fn new(asker: Asker, group: ReplicaGroup, meta: Arc<Meta>, open: Arc<Open>) -> Self {
        Self { asker, group, meta, open, begun: Arc::default() }
    }

    /// Begins a search: in the conversation if there is one, or else in a new one with the node that answers first.
    fn begin(&self, step: Step) -> Result<Coming<Answered>, Error> {
        let known = self.begun.lock().first().cloned();
        if let Some(conversation) = known {
            return self.ask(&conversation, step);
        }
        let id: u128 = random()?;
        let open = Arc::clone(&self.open);
        let (asker, group, begun) = (self.asker.clone(), self.group, Arc::clone(&self.begun));
        Ok(Coming::begin(&self.asker.runtime, async move {
            // A node that is asked second has a conversation of its own.
            let conversation = |Asked { place, node }: &Asked| Conversation {
                id: id.wrapping_add(*place as u128),
                node: node.clone(),
            };
            let request = |asked: &Asked| {
                let conversation = conversation(asked);
                let open = Some(Box::new((*open).clone()));
                let request = encode(&Request::Search {
                    conversation: conversation.id,
                    open,
                    step: Some(step.clone()),
                })?;
                begun.lock().push(conversation);
                Ok(request)
            };
            let (first, reply) = asker.first_of(group, request).await?;
            let first = conversation(&first);
            let others = std::mem::replace(&mut *begun.lock(), vec![first.clone()]);
            others.into_iter().filter(|other| *other != first).for_each(|other| other.end(&asker.transport));
            step_of(reply)
        }))
    }

    /// Takes the next step of a conversation.
    fn ask(&self, conversation: &Conversation, step: Step) -> Result<Coming<Answered>, Error> {
        let Conversation { id, node } = conversation.clone();
        let request = encode(&Request::Search { conversation: id, open: None, step: Some(step) })?;
        let asker = self.asker.clone();
        Ok(Coming::begin(&self.asker.runtime, async move {
            asker.of_node(&node, request).await.and_then(step_of)
        }))
    }

    fn next(&self, step: Step) -> Result<Coming<Answered>, Error> {
        let known = self.begun.lock().first().cloned();
        let none = Error::Internal { what: "a step of a search that was not begun" };
        self.ask(&known.ok_or(none)?, step)
    }
}

fn step_of(reply: Reply) -> Result<Answered, Error> {
    match reply {
        Reply::Step(answered) => Ok(answered),
        _ => Err(mismatch()),
    }
}

fn mismatch() -> Error {
    Error::Unreachable { what: "a node answered another question than it was asked".to_owned() }
}

impl Drop for RemoteNode {
    /// Ends the conversations. If that is lost, the node ends them after a while.
    fn drop(&mut self) {
        let begun = std::mem::take(&mut *self.begun.lock());
        for conversation in begun {
            conversation.end(&self.asker.transport);
        }
    }
}

impl Node for RemoteNode {
    fn settings(&self, collection: &CollectionName) -> Result<FingerprintSettings, Error> {
        self.meta.engine.get_collection(collection).map(|info| info.settings)
    }

    fn search<'a>(
        &'a self,
        _: &'a Detector,
        prepared: &'a Prepared<'a>,
    ) -> Result<Box<dyn NodeSearch + 'a>, Error> {
        Ok(Box::new(RemoteSearch { node: self, prepared }))
    }
}

/// A search of another node.
struct RemoteSearch<'a> {
    node: &'a RemoteNode,
    prepared: &'a Prepared<'a>,
}

/// The answer to a step that was sent, taken out of its kind.
fn coming<'s, T: 's>(
    sent: Result<Coming<Answered>, Error>,
    of_kind: impl FnOnce(Answered) -> Option<T> + Send + 's,
) -> Answer<'s, T> {
    Box::new(move |stop| of_kind(sent?.wait(stop)?).ok_or_else(mismatch))
}

impl NodeSearch for RemoteSearch<'_> {
    fn count(&mut self, counting: Counting) -> Answer<'_, NodeCounts> {
        let begin = Begin::of(self.prepared, counting);
        coming(self.node.begin(Step::Begin(Box::new(begin))), |answered| match answered {
            Answered::Counts(counts) => Some(counts),
            _ => None,
        })
    }

    fn propose<'s>(&'s mut self, totals: &'s [CollectionTotals]) -> Answer<'s, Vec<Vec<Proposal>>> {
        coming(self.node.next(Step::Propose(totals.to_vec())), |answered| match answered {
            Answered::Proposals(proposals) => Some(proposals),
            _ => None,
        })
    }

    fn compare<'s>(&'s mut self, picks: &'s [Vec<Pick>]) -> Answer<'s, Vec<Finding>> {
        // Without picks there is nothing to ask.
        if picks.iter().all(Vec::is_empty) {
            return Box::new(|_| Ok(Vec::new()));
        }
        coming(self.node.next(Step::Compare(picks.to_vec())), |answered| match answered {
            Answered::Findings(findings) => Some(findings),
            _ => None,
        })
    }
}
