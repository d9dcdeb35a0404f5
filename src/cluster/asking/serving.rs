//! Answering other nodes: conversations about submissions, and questions about sources.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use bytes::Bytes;
use parking_lot::Mutex;

use super::messages::{
    FoundText, Open, Question, Reply, Request, VerifiedPart, VerifyFrom, VerifyPart, decode, encode,
};
use super::transport::{ReplyTo, Transport};
use crate::cluster::applying::holding::Holding;
use crate::cluster::copying::giving::Giving;
use crate::cluster::counters::Counters;
use crate::corpus::{View, ViewRequest};
use crate::detection::Subject;
use crate::detection::search::{Answered, LocalNode, Step, serve};
use crate::engine::{CollectionStats, Error, RelatedFound, RelatedQuery, SourceText};
use crate::model::{SourceName, Stop};

/// Conversations of other nodes at once. Each waits in a thread of its own, which does nothing meanwhile.
const MOST_CONVERSATIONS: usize = 256;

/// A conversation whose next step does not come is ended.
const PATIENCE: Duration = Duration::from_secs(10);

/// A step of a conversation, or a part of a verification, takes no longer than this.
const LONGEST_STEP: Duration = Duration::from_mins(2);

/// A question takes no longer than this.
const LONGEST_QUESTION: Duration = Duration::from_secs(30);

/// No more sources are verified in one part after so much time,
const PART: Duration = Duration::from_secs(5);

/// or so many defects.
const MOST_FINDINGS: usize = 1_000;

/// A step and the place of its answer.
type Asked = (Option<Step>, ReplyTo);

/// Answers the requests of other nodes.
pub(crate) struct Serving {
    holding: Arc<Holding>,
    counters: Arc<Counters>,
    giving: Arc<Giving>,
    conversations: Mutex<HashMap<u128, SyncSender<Asked>>>,
    runtime: tokio::runtime::Handle,
}

impl Serving {
    /// Answers from what this node holds, and counts what it answers.
    pub(crate) fn new(holding: Arc<Holding>, counters: Arc<Counters>, giving: Giving) -> Self {
        let (giving, runtime) = (Arc::new(giving), tokio::runtime::Handle::current());
        Self { holding, counters, giving, conversations: Mutex::default(), runtime }
    }

    /// Takes a request; the answer is sent by `transport` when there is one.
    pub(crate) fn take(self: &Arc<Self>, request: &Bytes, reply_to: ReplyTo, transport: &Transport) {
        match decode::<Request>(request) {
            Err(error) => send(transport, reply_to, &Err(error)),
            Ok(Request::Search { conversation, open: Some(open), step }) => {
                self.begin(conversation, *open, (step, reply_to), transport.clone());
            }
            Ok(Request::Search { conversation, open: None, step }) => {
                let known = self.conversations.lock().get(&conversation).cloned();
                let gone = match known {
                    // A conversation takes one step after the other: there is room for one.
                    Some(known) => known.try_send((step, reply_to)).err().map(|refused| match refused {
                        std::sync::mpsc::TrySendError::Full((_, reply_to))
                        | std::sync::mpsc::TrySendError::Disconnected((_, reply_to)) => reply_to,
                    }),
                    None => Some(reply_to),
                };
                if let Some(reply_to) = gone {
                    let what = "a search that this node has ended already".to_owned();
                    send(transport, reply_to, &Err(Error::Unreachable { what }));
                }
            }
            Ok(Request::Copy(request)) => {
                let (giving, transport) = (Arc::clone(&self.giving), transport.clone());
                self.runtime.spawn_blocking(move || {
                    send(&transport, reply_to, &giving.answer(request).map(Reply::Copy));
                });
            }
            Ok(Request::Ask(recency, question)) => {
                self.counters.question_served();
                let (this, transport) = (Arc::clone(self), transport.clone());
                self.runtime.spawn_blocking(move || {
                    let longest = match question {
                        Question::Verify(_) => LONGEST_STEP,
                        _ => LONGEST_QUESTION,
                    };
                    let stop = Stop::at(Instant::now() + longest);
                    let answer = this
                        .holding
                        .wait_for(&recency, &stop)
                        .and_then(|()| answer(&this.holding, question, &stop));
                    send(&transport, reply_to, &answer);
                });
            }
        }
    }

    /// Begins a conversation in a thread of its own.
    fn begin(self: &Arc<Self>, id: u128, open: Open, first: Asked, transport: Transport) {
        let (sender, steps) = sync_channel(1);
        {
            let mut conversations = self.conversations.lock();
            if conversations.len() >= MOST_CONVERSATIONS {
                drop(conversations);
                let what = format!("a node that answers {MOST_CONVERSATIONS} searches of others already");
                return send(&transport, first.1, &Err(Error::Unreachable { what }));
            }
            conversations.insert(id, sender);
        }
        self.counters.search_served();
        let this = Arc::clone(self);
        self.runtime.spawn_blocking(move || {
            converse(&this.holding, &open, first, &steps, &transport);
            this.conversations.lock().remove(&id);
        });
    }
}

/// Holds a conversation to its end.
fn converse(holding: &Holding, open: &Open, first: Asked, steps: &Receiver<Asked>, transport: &Transport) {
    let (mut next, mut reply_to) = (Some(first.0), first.1);
    let mut exchange = |answer: Option<Answered>| {
        if let Some(answer) = answer {
            send(transport, reply_to.clone(), &Ok(Reply::Step(answer)));
        }
        if let Some(first) = next.take() {
            return first;
        }
        let (step, to) = steps.recv_timeout(PATIENCE).ok()?;
        reply_to = to;
        step
    };
    let stop = Stop::at(Instant::now() + LONGEST_STEP);
    let served = views(holding, open, &stop).and_then(|(views, partitions)| {
        let node = LocalNode { views: &views, partitions: &partitions };
        let subject =
            if open.is_stored { Subject::stored(&open.text, None) } else { Subject::of_request(&open.text) };
        serve(holding.detector(), &node, subject, &mut exchange, &stop)
    });
    if let Err(error) = served {
        send(transport, reply_to, &Err(error));
    }
}

/// A view of each partition for a conversation.
fn views(holding: &Holding, open: &Open, stop: &Stop) -> Result<(Vec<View>, Vec<u16>), Error> {
    holding.wait_for(&open.recency, stop)?;
    let Open { scope, boilerplate, own_groups, .. } = open;
    let request = ViewRequest { scope, others: boilerplate, own_groups, sources: &[] };
    holding.views(&request)
}

/// The answer to a question.
pub(crate) fn answer(holding: &Holding, question: Question, stop: &Stop) -> Result<Reply, Error> {
    let each = holding.held();
    match question {
        Question::Source { name, with_text } => {
            let engine = holding.of_source(&name)?.engine();
            if with_text {
                let found = engine.get_source(&name.collection, &name.id)?;
                return Ok(Reply::Source(found.entry, Some(found.text)));
            }
            Ok(Reply::Source(engine.find_source(&name.collection, &name.id)?, None))
        }
        Question::Sources { collection, filter, after, count } => {
            let pages = each
                .map(|held| held.engine().select_sources(&collection, &filter, after.as_ref(), count, stop));
            Ok(Reply::Sources(pages.collect::<Result<_, Error>>()?))
        }
        Question::Deletion { collection, filter } => {
            let deletions = each.map(|held| held.engine().preview_deletion(&collection, &filter, stop));
            Ok(Reply::Deletion(deletions.collect::<Result<_, Error>>()?))
        }
        Question::Collections(names) => {
            let mut all = vec![CollectionStats::default(); names.len()];
            for held in each {
                for (stats, name) in all.iter_mut().zip(&names) {
                    // One that is not there has no sources.
                    if let Ok(info) = held.engine().get_collection(name) {
                        *stats = stats.plus(info.stats);
                    }
                }
            }
            Ok(Reply::Collections(all))
        }
        Question::Totals => Ok(Reply::Totals(
            each.map(|held| held.engine().corpus().stats)
                .fold(CollectionStats::default(), CollectionStats::plus),
        )),
        Question::Texts(names) => texts(holding, &names, stop).map(Reply::Texts),
        Question::Related(query) => related(holding, &query, stop).map(Reply::Related),
        Question::Verify(part) => verify(holding, part, stop).map(Reply::Verified),
    }
}

/// Sources with their texts, of those that are there.
fn texts(holding: &Holding, names: &[SourceName], stop: &Stop) -> Result<Vec<FoundText>, Error> {
    let find = |name: &SourceName| {
        stop.check()?;
        match holding.of_source(name)?.engine().get_source(&name.collection, &name.id) {
            Ok(SourceText { entry, text }) => Ok(Some((entry, text))),
            Err(Error::SourceNotFound { .. } | Error::CollectionNotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    };
    names.iter().map(find).collect()
}

/// The sources of each partition on the subject of a text.
fn related(holding: &Holding, query: &RelatedQuery, stop: &Stop) -> Result<Vec<RelatedFound>, Error> {
    let (others, own_groups) = (BTreeSet::new(), BTreeSet::new());
    let request = ViewRequest { scope: &query.scope, others: &others, own_groups: &own_groups, sources: &[] };
    let (views, _) = holding.views(&request)?;
    views.iter().map(|view| RelatedFound::of(view, query, stop)).collect()
}

/// Verifies a part of one corpus.
fn verify(holding: &Holding, part: VerifyPart, stop: &Stop) -> Result<VerifiedPart, Error> {
    let engine = match part.partition {
        None => Some(Arc::clone(&holding.meta.engine)),
        Some(number) => holding.held().find(|held| held.partition == number).map(|held| held.engine()),
    };
    let elsewhere = || Error::Unreachable { what: "a partition that a node does not hold".to_owned() };
    let engine = engine.ok_or_else(elsewhere)?;
    let mut after = match part.from {
        VerifyFrom::Begin => None,
        VerifyFrom::After(name) => Some(name),
        VerifyFrom::Rest => {
            let findings = engine.verify_rest(part.found, stop)?;
            return Ok(VerifiedPart { sources: 0, findings, next: None });
        }
    };
    let began = Instant::now();
    let mut verified = VerifiedPart { sources: 0, findings: Vec::new(), next: Some(VerifyFrom::Rest) };
    while let Some(some) = engine.verify_sources(after.as_ref(), stop)? {
        verified.sources += some.sources;
        verified.findings.extend(some.findings);
        if began.elapsed() > PART || verified.findings.len() > MOST_FINDINGS {
            verified.next = Some(VerifyFrom::After(some.last));
            break;
        }
        after = Some(some.last);
    }
    Ok(verified)
}

fn send(transport: &Transport, to: ReplyTo, answer: &Result<Reply, Error>) {
    let bytes = encode(answer).or_else(|error| encode(&Err::<Reply, Error>(error)));
    if let Ok(bytes) = bytes {
        transport.reply(to, bytes);
    }
}
