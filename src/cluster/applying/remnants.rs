//! What is left of entries that were erased: enough to come to the same state without their texts.
//!
//! An entry is erased when its text is obsolete: its source was deleted, or has another text by now. A node that applies the log
//! from before it takes its remnant instead, in which single letters stand for the words of the text. They are as many, since a
//! text of too few or too many words is refused, and as long as the text was, since a collection has a limit of bytes. They are
//! equal for equal texts, since to replace a text by itself changes nothing. So all decisions and revisions are those of the other nodes; the text itself is gone by the end of the log in either case.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::entry::{LogEntry, LoggedChange, Remnant};
use super::sequenced::Sequenced;
use crate::cluster::log::{Erased, Log, LogError, LogId, Message, PullLimits, Topic};
use crate::engine::{Change, Engine};
use crate::model::IfExists;

/// What is read at once of what was erased.
const BATCH: PullLimits = PullLimits { messages: 256, bytes: 8 << 20, known_last: 0 };

impl Remnant {
    /// What is to be left of an entry that adds a source; `None` for another. Linear in its text.
    pub(crate) fn new(message: &Message, logged: LoggedChange, engine: &Engine) -> Option<Self> {
        let digest = logged.request_digest.unwrap_or_else(|| engine.change_digest(&logged.change));
        let Change::AddSource { collection, source, if_exists } = logged.change else { return None };
        let (words, length) = (engine.acceptable_words(&source.text), source.text.len());
        let content = Change::AddSource { collection, source, if_exists: IfExists::Replace };
        let number = engine.change_digest(&content).number();
        let Change::AddSource { collection, mut source, .. } = content else { return None };
        source.text = stand_in(number, words, length);
        source.pages = None;
        let change = Change::AddSource { collection, source, if_exists };
        let change = Box::new(LoggedChange { change, request_digest: Some(digest), ..logged });
        Some(Self { first: message.first, last: message.sequence, time: message.time, change })
    }

    /// The entry that takes the place of the erased one.
    fn entry(&self) -> Sequenced {
        let entry = LogEntry::Change(self.change.clone());
        Sequenced { sequence: self.last, time: self.time, entry }
    }
}

/// A text of so many words and bytes that stands for another one with a digest.
fn stand_in(digest: u128, words: usize, length: usize) -> String {
    let letters = format!("{digest:032x}").into_bytes().into_iter().map(|digit| match digit {
        b'0'..=b'9' => char::from(digit - b'0' + b'g'),
        letter => char::from(letter),
    });
    let of_others = 2 * words.saturating_sub(1);
    let of_first = if words == 0 { 0 } else { length.saturating_sub(of_others).clamp(1, 32) };
    let mut text: String = letters.take(of_first).collect();
    text.extend(std::iter::repeat_n(" a", words.saturating_sub(1)));
    text.truncate(length);
    let missing = length - text.len();
    text.extend(std::iter::repeat_n(' ', missing));
    text
}

/// The remnants of a log that are known to this reader.
#[derive(Debug, Default)]
pub(super) struct Remnants {
    /// By the last place of each.
    known: BTreeMap<u64, Remnant>,
    /// Their places.
    pub(super) erased: Erased,
    /// They are read up to here.
    read: u64,
}

impl Remnants {
    /// Reads what was erased of a log from a place on, and forgets what was before.
    ///
    /// # Errors
    ///
    /// [`LogError`].
    pub(super) async fn read(&mut self, log: &Log, id: LogId, from: u64) -> Result<(), LogError> {
        self.known = self.known.split_off(&from);
        self.erased.forget_before(from);
        let mut next = Some(from.max(self.read + 1));
        while let Some(place) = next {
            let scanned = log.scan(id, Some(Topic::Erased), place, BATCH).await?;
            for message in &scanned.messages {
                // One that can't be read is reported by what applies the log.
                let Ok(LogEntry::Erased { remnants, .. }) = LogEntry::decode(&message.payload) else {
                    continue;
                };
                for remnant in remnants.into_iter().filter(|remnant| remnant.last >= from) {
                    self.erased.add(remnant.places());
                    self.known.insert(remnant.last, remnant);
                }
                self.read = self.read.max(message.sequence);
            }
            next = scanned.next;
        }
        Ok(())
    }

    /// Puts remnants into the gaps between entries. Returns the first gap that is left; entries after it are dropped.
    pub(super) fn fill(
        &self,
        entries: &mut Vec<Sequenced>,
        gaps: &[RangeInclusive<u64>],
    ) -> Option<RangeInclusive<u64>> {
        for gap in gaps {
            let mut place = *gap.start();
            while place <= *gap.end() {
                let remnant = self.known.range(place..).next().map(|(_, remnant)| remnant);
                let Some(remnant) = remnant.filter(|remnant| remnant.first <= place) else {
                    entries.retain(|entry| entry.sequence < place);
                    entries.sort_by_key(|entry| entry.sequence);
                    return Some(place..=*gap.end());
                };
                entries.push(remnant.entry());
                place = remnant.last + 1;
            }
        }
        entries.sort_by_key(|entry| entry.sequence);
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::cluster::applying::held::Held;
    use crate::cluster::applying::meta::Meta;
    use crate::engine::Timestamp;
    use crate::model::{
        CollectionName, CorpusSeed, Limits, NewSource, RequestId, RequestKey, SourceId, Stop, Title,
    };

    fn engine() -> Arc<Engine> {
        let limits = Limits::default().with_max_collection_bytes(100_u64);
        Arc::new(Engine::with_seed(limits, CorpusSeed::new(3)))
    }

    fn logged(change: Change) -> LoggedChange {
        let publisher = "a".to_owned();
        LoggedChange { operation: 1, meta: 0, publisher, change, request: None, request_digest: None }
    }

    fn add(id: &str, text: &str, if_exists: IfExists) -> LoggedChange {
        let source = NewSource::new(text)
            .with_id(SourceId::new(id).unwrap())
            .with_title(Title::new("A title").unwrap());
        logged(Change::AddSource { collection: CollectionName::default(), source, if_exists })
    }

    fn delete(id: &str) -> LoggedChange {
        let id = SourceId::new(id).unwrap();
        logged(Change::DeleteSource { collection: CollectionName::default(), id })
    }

    #[test]
    fn a_stand_in_has_as_many_words_and_bytes() {
        let engine = engine();
        for (words, length) in [(0, 0), (0, 7), (1, 1), (1, 50), (5, 9), (5, 10), (5, 100), (200, 1_000)] {
            let text = stand_in(u128::MAX / 3, words, length);
            assert_eq!((engine.acceptable_words(&text), text.len()), (words, length), "{text:?}");
        }
        assert_ne!(stand_in(1, 5, 40), stand_in(2, 5, 40));
    }

    /// A log in which everything happens that an erased text may have an influence on.
    fn log() -> Vec<LoggedChange> {
        let [old, new] = ["The keeper wrote every storm into a ledger.", "Another text of the keeper."];
        vec![
            // Too few words.
            add("a", "Two words", IfExists::Reject),
            add("a", old, IfExists::Reject),
            add("a", old, IfExists::ReplaceDifferent),
            add("a", new, IfExists::RejectDifferent),
            add("a", new, IfExists::Replace),
            add("b", old, IfExists::Reject),
            // The collection is full of bytes.
            add("c", old, IfExists::Reject),
            delete("b"),
            add("c", old, IfExists::Reject),
            delete("a"),
            add("a", old, IfExists::Reject),
        ]
    }

    /// The entries of a log, each with a request of its own.
    fn sequenced(log: Vec<LoggedChange>) -> Vec<Sequenced> {
        let entry = |(sequence, mut logged): (u64, LoggedChange)| {
            let request = RequestId::new(&format!("request-{sequence}")).unwrap();
            logged.request = Some(RequestKey::new("me", request));
            Sequenced {
                sequence,
                time: Timestamp::new(1_000 + sequence.cast_signed(), 0).unwrap(),
                entry: LogEntry::Change(Box::new(logged)),
            }
        };
        (1..).zip(log).map(entry).collect()
    }

    fn outcomes(held: &Held, entries: Vec<Sequenced>) -> Vec<bool> {
        let (decisions, done) = held.apply(entries, &Meta::new(engine()), &Stop::never());
        done.unwrap();
        decisions.iter().map(|decision| decision.outcome.is_ok()).collect()
    }

    fn listing(held: &Held) -> Vec<String> {
        let found = held.engine().list_sources(&CollectionName::default(), None, usize::MAX).unwrap();
        found.iter().map(|entry| format!("{:?}", ***entry)).collect()
    }

    #[test]
    fn a_log_with_remnants_comes_to_the_same_state() {
        let whole = Held::new(0, engine());
        let decided = outcomes(&whole, sequenced(log()));
        assert_eq!(decided, [false, true, true, false, true, true, false, true, true, true, true]);

        let mut remnants = Remnants::default();
        let mut entries = Vec::new();
        let mut gaps = Vec::new();
        for entry in sequenced(log()) {
            let (at, LogEntry::Change(change)) = (entry.sequence, entry.entry.clone()) else { panic!() };
            // Those of sources that are there with the same text stay.
            if matches!(change.change, Change::DeleteSource { .. }) || at >= 9 {
                entries.push(entry);
                continue;
            }
            let message = Message { sequence: at, first: at, time: entry.time, payload: bytes::Bytes::new() };
            let remnant = Remnant::new(&message, *change, &whole.engine()).unwrap();
            assert!(!format!("{remnant:?}").contains("keeper"));
            remnants.erased.add(at..=at);
            remnants.known.insert(at, remnant);
            gaps.push(at..=at);
        }
        let gap = remnants.fill(&mut entries, &gaps);
        assert_eq!((gap, entries.len()), (None, 11));
        let replayed = Held::new(0, engine());
        assert_eq!(outcomes(&replayed, entries), decided);
        assert_eq!((listing(&replayed), replayed.applied()), (listing(&whole), whole.applied()));
    }

    #[test]
    fn a_gap_that_no_remnant_fills_is_reported_and_nothing_comes_after_it() {
        let mut remnants = Remnants::default();
        let mut all = sequenced(log());
        let LogEntry::Change(change) = all[1].entry.clone() else { panic!() };
        let message = Message { sequence: 2, first: 2, time: all[1].time, payload: bytes::Bytes::new() };
        remnants.known.insert(2, Remnant::new(&message, *change, &engine()).unwrap());
        all.retain(|entry| !(2..=4).contains(&entry.sequence));
        assert_eq!(remnants.fill(&mut all, &[2..=4]), Some(3..=4));
        assert_eq!(all.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [1, 2]);
    }
}
