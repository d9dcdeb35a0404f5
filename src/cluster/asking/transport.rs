//! Messages between nodes: requests and answers of any size over subjects of NATS.
//!
//! A node takes requests at `<corpus>.node.<node>` and answers at `<corpus>.reply.<node>`. A message that is larger than the
//! servers take is sent in parts, which arrive in order. A message may be lost: every wait for an answer has a deadline, and a
//! node that is not there is reported by the server at once.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_nats::{Client, HeaderMap, Message, StatusCode};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// The bytes of a message that are left for its subject and headers.
const RESERVED: usize = 16 << 10;

/// The largest message in parts.
const MOST_BYTES: usize = 1 << 30;

/// The time after which the parts of an incomplete message are dropped.
const PARTS_KEPT: Duration = Duration::from_secs(30);

/// The header of a part: its number from 1 on, and the number of all.
const PART: &str = "Palimpsest-Part";

/// A message could not be delivered, or has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TransportError {
    /// No node has this name now.
    #[error("no node {node} is there")]
    NoNode {
        /// The node.
        node: String,
    },
    /// There was no answer in time.
    #[error("node {node} did not answer within {} ms", waited.as_millis())]
    Silent {
        /// The node.
        node: String,
        /// The time that was waited.
        waited: Duration,
    },
    /// The connection to the servers is closed.
    #[error("the connection to NATS failed: {0}")]
    Connection(String),
}

/// The place that an answer goes to.
#[derive(Debug, Clone)]
pub(crate) struct ReplyTo(async_nats::Subject);

/// Takes the requests of other nodes. It must not block.
pub(crate) type Handler = Arc<dyn Fn(Bytes, ReplyTo) + Send + Sync>;

/// The messages of one node.
#[derive(Debug, Clone)]
pub(crate) struct Transport {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    client: Client,
    corpus: String,
    node: String,
    /// Requests are also sent from threads that know no runtime.
    runtime: Handle,
    next: AtomicU64,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Result<Bytes, NoNode>>>>,
}

/// The server knows no node of the name.
#[derive(Debug)]
struct NoNode;

/// An answer that is awaited. Dropping it ends the wait.
#[derive(Debug)]
pub(crate) struct Awaited {
    shared: Arc<Shared>,
    id: u64,
    node: String,
    began: Instant,
    answer: oneshot::Receiver<Result<Bytes, NoNode>>,
}

impl Transport {
    /// The messages of a node over a connection. `handler` takes the requests to it, and tasks are spawned into `tasks`.
    ///
    /// # Errors
    ///
    /// [`TransportError::Connection`].
    pub(crate) async fn start(
        client: Client,
        corpus: &str,
        node: &str,
        handler: Handler,
        tasks: &mut JoinSet<()>,
    ) -> Result<Self, TransportError> {
        let failed = |error: &dyn std::fmt::Display| TransportError::Connection(error.to_string());
        let requests = client.subscribe(format!("{corpus}.node.{node}"));
        let mut requests = requests.await.map_err(|error| failed(&error))?;
        let replies = client.subscribe(format!("{corpus}.reply.{node}.*"));
        let mut replies = replies.await.map_err(|error| failed(&error))?;
        let shared = Arc::new(Shared {
            client,
            corpus: corpus.to_owned(),
            node: node.to_owned(),
            runtime: Handle::current(),
            next: AtomicU64::new(0),
            waiting: Mutex::default(),
        });
        tasks.spawn(async move {
            let mut parts = Parts::default();
            while let Some(message) = requests.next().await {
                let Some(reply) = message.reply.clone() else { continue };
                if let Some(whole) = parts.add(reply.as_str(), message) {
                    handler(whole, ReplyTo(reply));
                }
            }
        });
        let of_replies = Arc::clone(&shared);
        tasks.spawn(async move {
            let mut parts = Parts::default();
            while let Some(message) = replies.next().await {
                of_replies.take_reply(message, &mut parts);
            }
        });
        Ok(Self { shared })
    }

    /// Sends a request to a node.
    pub(crate) fn send(&self, node: &str, request: Bytes) -> Awaited {
        let id = self.shared.next.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = oneshot::channel();
        self.shared.waiting.lock().insert(id, sender);
        let subject = format!("{}.node.{node}", self.shared.corpus);
        let reply = format!("{}.reply.{}.{id}", self.shared.corpus, self.shared.node);
        let shared = Arc::clone(&self.shared);
        self.begin(async move { shared.publish(subject, Some(reply), request).await });
        Awaited { shared: Arc::clone(&self.shared), id, node: node.to_owned(), began: Instant::now(), answer }
    }

    /// Answers a request.
    pub(crate) fn reply(&self, to: ReplyTo, answer: Bytes) {
        let shared = Arc::clone(&self.shared);
        self.begin(async move { shared.publish(to.0.to_string(), None, answer).await });
    }

    /// Publishes, in a task only if the connection does not take the message at once.
    fn begin(&self, publish: impl Future<Output = ()> + Send + 'static) {
        let mut publish = Box::pin(publish);
        if publish.as_mut().now_or_never().is_none() {
            self.shared.runtime.spawn(publish);
        }
    }

    /// Sends a message that has no answer.
    pub(crate) async fn announce(&self, subject: &str, message: Bytes) {
        self.shared.publish(format!("{}.{subject}", self.shared.corpus), None, message).await;
    }
}

impl Awaited {
    /// Waits for the answer.
    ///
    /// # Errors
    ///
    /// [`TransportError`].
    pub(crate) async fn until(&mut self, until: Instant) -> Result<Bytes, TransportError> {
        let node = || self.node.clone();
        match tokio::time::timeout_at(until.into(), &mut self.answer).await {
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(NoNode))) => Err(TransportError::NoNode { node: node() }),
            Ok(Err(_)) => Err(TransportError::Connection("it was closed".to_owned())),
            Err(_) => Err(TransportError::Silent { node: node(), waited: self.began.elapsed() }),
        }
    }
}

impl Drop for Awaited {
    fn drop(&mut self) {
        self.shared.waiting.lock().remove(&self.id);
    }
}

impl Shared {
    /// Publishes a message in as many parts as it needs. What can't be sent is lost, as on the way.
    async fn publish(&self, subject: String, reply: Option<String>, message: Bytes) {
        let most = self.client.server_info().max_payload.saturating_sub(RESERVED).max(RESERVED);
        let count = message.len().div_ceil(most).max(1);
        for number in 0..count {
            let begin = number * most;
            let part = message.slice(begin..message.len().min(begin + most));
            let mut headers = HeaderMap::new();
            headers.insert(PART, format!("{}/{count}", number + 1));
            let sent = match &reply {
                Some(reply) => {
                    let (subject, reply) = (subject.clone(), reply.clone());
                    self.client.publish_with_reply_and_headers(subject, reply, headers, part).await
                }
                None => self.client.publish_with_headers(subject.clone(), headers, part).await,
            };
            if let Err(error) = sent {
                tracing::debug!(%error, subject, "a message to another node was not sent");
                return;
            }
        }
    }

    fn take_reply(&self, message: Message, parts: &mut Parts) {
        let subject = message.subject.clone();
        let Some(id) = subject.as_str().rsplit('.').next().and_then(|id| id.parse::<u64>().ok()) else {
            return;
        };
        let answer = if message.status == Some(StatusCode::NO_RESPONDERS) {
            Some(Err(NoNode))
        } else {
            parts.add(subject.as_str(), message).map(Ok)
        };
        if let Some(answer) = answer {
            let waiting = self.waiting.lock().remove(&id);
            if let Some(waiting) = waiting {
                // The caller may have stopped waiting.
                drop(waiting.send(answer));
            }
        }
    }
}

/// The parts of messages that are not complete.
#[derive(Debug, Default)]
struct Parts {
    begun: HashMap<String, Begun>,
}

#[derive(Debug)]
struct Begun {
    bytes: Vec<u8>,
    parts: usize,
    since: Instant,
}

impl Parts {
    /// Adds a part; gives the whole message with the last. A message with a part that is lost is never whole.
    fn add(&mut self, key: &str, message: Message) -> Option<Bytes> {
        let part = message.headers.as_ref().and_then(|headers| headers.get(PART));
        let part = part.and_then(|part| part.as_str().split_once('/'));
        let (number, count): (usize, usize) = match part {
            Some((number, count)) => (number.parse().ok()?, count.parse().ok()?),
            None => (1, 1),
        };
        self.join(key, (number, count), message.payload)
    }

    fn join(&mut self, key: &str, (number, count): (usize, usize), payload: Bytes) -> Option<Bytes> {
        if count == 1 {
            return Some(payload);
        }
        if number == 1 {
            self.begun.retain(|_, begun| begun.since.elapsed() < PARTS_KEPT);
            let begun = Begun { bytes: Vec::new(), parts: 0, since: Instant::now() };
            self.begun.insert(key.to_owned(), begun);
        }
        let begun = self.begun.get_mut(key)?;
        let is_next = begun.parts + 1 == number && begun.bytes.len() + payload.len() <= MOST_BYTES;
        if !is_next {
            self.begun.remove(key);
            return None;
        }
        begun.bytes.extend_from_slice(&payload);
        begun.parts = number;
        if number < count {
            return None;
        }
        self.begun.remove(key).map(|begun| begun.bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_joined_in_order_and_never_with_a_hole() {
        let mut parts = Parts::default();
        let mut add = |key: &str, number, count, bytes: &'static [u8]| {
            parts.join(key, (number, count), Bytes::from_static(bytes))
        };
        assert_eq!(add("a", 1, 1, b"whole").as_deref(), Some(&b"whole"[..]));
        assert_eq!(add("a", 1, 3, b"one "), None);
        assert_eq!(add("b", 1, 2, b"other "), None);
        assert_eq!(add("a", 2, 3, b"two "), None);
        assert_eq!(add("b", 2, 2, b"message").as_deref(), Some(&b"other message"[..]));
        assert_eq!(add("a", 3, 3, b"three").as_deref(), Some(&b"one two three"[..]));
        assert_eq!(add("c", 1, 3, b"one "), None);
        assert_eq!(add("c", 3, 3, b"three"), None);
        assert_eq!(add("c", 2, 3, b"two"), None);
    }
}
