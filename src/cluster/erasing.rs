//! Erasing: texts that are obsolete leave the streams within minutes.
//!
//! A text is obsolete when its source was deleted, or has another text. A node of each replica group looks at the entries that came
//! since the last round, finds the obsolete texts of the sources that they are about, publishes what is left of them
//! ([`Remnant`]), and erases them then. When sources were deleted by a filter or with their collection, it looks at the whole log
//! of the partition.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::applying::entry::{LogEntry, LoggedChange, Remnant};
use super::applying::held::Held;
use super::applying::meta::Dated;
use super::applying::position::Position;
use super::asking::asker::random;
use super::log::{Log, LogError, LogId, Message, PullLimits, Topic};
use super::member::Member;
use super::placement::hash_of;
use crate::engine::{Change, Engine, Error};
use crate::model::{CollectionName, SourceId};

/// The time between two rounds. A text is erased in the second round after its deletion.
pub(super) const INTERVAL: Duration = Duration::from_secs(30);

/// What is read at once.
const BATCH: PullLimits = PullLimits { messages: 256, bytes: 8 << 20, known_last: 0 };

/// Remnants that are published at once.
const MOST_REMNANTS: usize = 500;

/// The time that publishing may take.
const PUBLISHING: Duration = Duration::from_secs(20);

/// A round of which nothing had to be erased is noted in the log after so many entries: a node that starts goes on there.
const NOTED_EVERY: u64 = 4096;

/// How far the partitions are looked at.
#[derive(Debug, Default)]
pub(super) struct Erasing {
    progress: BTreeMap<u16, Progress>,
}

/// How far a partition is looked at.
#[derive(Debug, Clone, Copy)]
struct Progress {
    /// What the entries up to here made obsolete is erased.
    up_to: Position,
    /// As the log says.
    noted: Position,
    /// What was applied in the last round.
    seen: Position,
}

/// Why a round failed.
#[derive(Debug, thiserror::Error)]
enum RoundError {
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Engine(#[from] Error),
}

impl Erasing {
    /// Does a round. A partition that fails is looked at again in the next one.
    pub(super) async fn round(&mut self, member: &Member) {
        for held in member.holding.held() {
            if !member.is_first_of_its_group() {
                // Another node does it. If that ends, this one begins where the log says.
                self.progress.clear();
                return;
            }
            if let Err(error) = self.round_of(member, held).await {
                let log = LogId::Partition(held.partition);
                tracing::warn!(%log, %error, "obsolete texts are not erased from a log; trying again");
            }
        }
    }

    async fn round_of(&mut self, member: &Member, held: &Arc<Held>) -> Result<(), RoundError> {
        let applied = held.applied().position;
        let log = &member.log;
        let known = self.progress.get(&held.partition).copied();
        let mut progress = if let Some(progress) = known {
            progress
        } else {
            let noted = noted(log, LogId::Partition(held.partition)).await?;
            Progress { up_to: noted, noted, seen: noted }
        };
        let deleted_collections =
            |dated: &(u64, Dated)| matches!(dated.1.change, Change::DeleteCollection { .. });
        if progress.seen.sequence > progress.up_to.sequence {
            let Progress { up_to, noted, seen } = progress;
            let changes = member.holding.meta.between(up_to.meta, seen.meta);
            let round = Round { log: log.clone(), held: Arc::clone(held), noted, up_to, end: seen };
            let has_erased = round.run(changes.iter().any(deleted_collections)).await?;
            progress.up_to = seen;
            if has_erased || seen.sequence - noted.sequence >= NOTED_EVERY {
                round.publish(Vec::new(), seen).await?;
                progress.noted = seen;
            }
        }
        progress.seen = applied;
        self.progress.insert(held.partition, progress);
        Ok(())
    }
}

/// How far a log is looked at, as it says itself.
async fn noted(log: &Log, id: LogId) -> Result<Position, LogError> {
    let mut found = Position::default();
    let mut next = Some(1);
    while let Some(from) = next {
        let scanned = log.scan(id, Some(Topic::Erased), from, BATCH).await?;
        for message in scanned.messages {
            if let Ok(LogEntry::Erased { up_to, .. }) = LogEntry::decode(&message.payload) {
                found = found.max(up_to);
            }
        }
        next = scanned.next;
    }
    Ok(found)
}

/// A round over one partition.
struct Round {
    log: Log,
    held: Arc<Held>,
    noted: Position,
    /// It begins after here.
    up_to: Position,
    /// It ends here.
    end: Position,
}

/// What entries are about.
#[derive(Debug, Default)]
struct About {
    sources: BTreeSet<(CollectionName, SourceId)>,
    /// Sources that the log does not name.
    others: bool,
}

impl Round {
    fn id(&self) -> LogId {
        LogId::Partition(self.held.partition)
    }

    /// Erases the texts that the entries of the round made obsolete. False if there were none.
    async fn run(&self, whole: bool) -> Result<bool, RoundError> {
        let mut about = About { others: whole, ..About::default() };
        let mut next = Some(self.up_to.sequence + 1);
        while let Some(from) = next.filter(|from| *from <= self.end.sequence && !about.others) {
            let scanned = self.log.scan(self.id(), None, from, BATCH).await?;
            about = self.blocking(scanned.messages, about, |messages, about, engine| {
                for message in messages {
                    note(&message, about, engine);
                }
                Ok(())
            })?;
            next = scanned.next;
        }
        if about.others {
            return self.erase_in(None).await;
        }
        let mut has_erased = false;
        for (collection, id) in about.sources {
            has_erased |= self.erase_in(Some(Topic::Source(hash_of(&collection, &id)))).await?;
        }
        Ok(has_erased)
    }

    /// Erases the obsolete texts of the whole log, or of a topic. False if there were none.
    async fn erase_in(&self, topic: Option<Topic>) -> Result<bool, RoundError> {
        let (mut next, mut has_erased) = (Some(1), false);
        while let Some(from) = next.filter(|from| *from <= self.end.sequence) {
            let scanned = self.log.scan(self.id(), topic, from, BATCH).await?;
            next = scanned.next;
            let mut messages = scanned.messages;
            messages.retain(|message| message.sequence <= self.end.sequence);
            let remnants = self.blocking(messages, Vec::new(), |messages, remnants, engine| {
                for message in messages {
                    remnants.extend(obsolete(&message, engine)?);
                }
                Ok(())
            })?;
            has_erased |= !remnants.is_empty();
            for remnants in remnants.chunks(MOST_REMNANTS) {
                self.publish(remnants.to_vec(), self.noted).await?;
                self.log.erase(self.id(), remnants.iter().map(Remnant::places).collect()).await?;
            }
        }
        Ok(has_erased)
    }

    /// Publishes what is left of entries that are erased then, and how far the log is looked at.
    async fn publish(&self, remnants: Vec<Remnant>, up_to: Position) -> Result<(), RoundError> {
        let entry = LogEntry::Erased { remnants, up_to };
        let encoded =
            entry.encode().map_err(|_| Error::Internal { what: "remnants that can't be written" })?;
        let id = format!("erased-{:032x}", random()?);
        let until = tokio::time::Instant::now() + PUBLISHING;
        self.log.publish((self.id(), Topic::Erased), &id, encoded, until).await?;
        Ok(())
    }

    /// Does something with messages that takes the processor or the disk a while.
    fn blocking<T>(
        &self,
        messages: Vec<Message>,
        mut into: T,
        work: impl FnOnce(Vec<Message>, &mut T, &Engine) -> Result<(), Error>,
    ) -> Result<T, Error> {
        tokio::task::block_in_place(|| work(messages, &mut into, &self.held.engine()))?;
        Ok(into)
    }
}

/// Notes what an entry is about, if a text may be obsolete by it.
fn note(message: &Message, about: &mut About, engine: &Engine) {
    // An entry that can't be read is reported by what applies the log.
    let Ok(LogEntry::Change(logged)) = LogEntry::decode(&message.payload) else { return };
    match logged.change {
        Change::AddSource { collection, source, .. } => {
            let Some(id) = source.id else { return };
            // The first text of a source makes none obsolete.
            let is_first = engine
                .find_source(&collection, &id)
                .is_ok_and(|entry| entry.created_at == Some(message.time) && entry.added == entry.changed);
            if !is_first {
                about.sources.insert((collection, id));
            }
        }
        Change::DeleteSource { collection, id } => drop(about.sources.insert((collection, id))),
        Change::DeleteSources { .. } => about.others = true,
        _ => {}
    }
}

/// What is to be left of an entry whose text is obsolete; `None` for another entry.
fn obsolete(message: &Message, engine: &Engine) -> Result<Option<Remnant>, Error> {
    let Ok(LogEntry::Change(logged)) = LogEntry::decode(&message.payload) else { return Ok(None) };
    let LoggedChange { change: Change::AddSource { collection, source, .. }, .. } = &*logged else {
        return Ok(None);
    };
    let Some(id) = &source.id else { return Ok(None) };
    let is_there = match engine.get_source(collection, id) {
        Ok(found) => *found.text == *source.text,
        Err(Error::CollectionNotFound { .. } | Error::SourceNotFound { .. }) => false,
        Err(error) => return Err(error),
    };
    Ok(if is_there { None } else { Remnant::new(message, *logged, engine) })
}
