//! Parts to messages.

use std::ops::RangeInclusive;

use bytes::{Bytes, BytesMut};

use super::Message;
use super::stored::{Part, Stored};
use crate::Timestamp;

/// What is known of one place of a stream, or of several that are missing.
#[derive(Debug, Clone)]
pub(super) enum Slot {
    /// A message, or a part of one.
    Present(Stored),
    /// No server has these.
    Missing(RangeInclusive<u64>),
}

/// What slots come to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Joined {
    /// Whole messages, ascending.
    pub(super) messages: Vec<Message>,
    /// Missing places, and those of messages that are not whole, ascending and apart.
    pub(super) gaps: Vec<RangeInclusive<u64>>,
    /// The first part of the message that the slots end in, if they end inside one.
    pub(super) open: Option<u64>,
    /// The last part of that message.
    pub(super) lacking: Option<u64>,
}

/// A message of which the first parts are there.
struct Open {
    first: u64,
    count: u64,
    time: Timestamp,
    parts: Vec<Bytes>,
}

impl Open {
    /// The number that its next part has.
    fn next_number(&self) -> u64 {
        self.parts.len() as u64 + 1
    }

    fn last(&self) -> u64 {
        self.first + self.count - 1
    }

    fn places(&self) -> RangeInclusive<u64> {
        self.first..=self.first + self.parts.len() as u64 - 1
    }
}

impl Joined {
    /// True if there is nothing to hand on.
    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.gaps.is_empty()
    }

    fn add_gap(&mut self, gap: RangeInclusive<u64>) {
        match self.gaps.last_mut() {
            Some(before) if *before.end() + 1 == *gap.start() => *before = *before.start()..=*gap.end(),
            _ => self.gaps.push(gap),
        }
    }

    fn give_up(&mut self, open: &mut Option<Open>) {
        if let Some(open) = open.take() {
            self.add_gap(open.places());
        }
    }
}

/// Joins parts to messages. The slots ascend without holes, and begin where a message does.
pub(super) fn join(slots: &[Slot]) -> Joined {
    let mut joined = Joined::default();
    let mut open: Option<Open> = None;
    for slot in slots {
        match slot {
            Slot::Missing(gap) => {
                joined.give_up(&mut open);
                joined.add_gap(gap.clone());
            }
            Slot::Present(stored) => take(stored, &mut open, &mut joined),
        }
    }
    joined.open = open.as_ref().map(|open| open.first);
    joined.lacking = open.as_ref().map(Open::last);
    joined
}

fn take(stored: &Stored, open: &mut Option<Open>, joined: &mut Joined) {
    let Stored { sequence, time, part, payload } = stored;
    let Some(Part { number, count }) = *part else {
        joined.give_up(open);
        let (sequence, time, payload) = (*sequence, *time, payload.clone());
        joined.messages.push(Message { sequence, first: sequence, time, payload });
        return;
    };
    let continues = open.as_ref().is_some_and(|open| open.next_number() == number && open.count == count);
    if !continues {
        joined.give_up(open);
        if number != 1 {
            // What it belongs to begins in a gap.
            joined.add_gap(*sequence..=*sequence);
            return;
        }
    }
    let message =
        open.get_or_insert_with(|| Open { first: *sequence, count, time: *time, parts: Vec::new() });
    message.parts.push(payload.clone());
    if number == count
        && let Some(whole) = open.take()
    {
        joined.messages.push(Message {
            sequence: *sequence,
            first: whole.first,
            time: whole.time,
            payload: concat(&whole.parts),
        });
    }
}

fn concat(parts: &[Bytes]) -> Bytes {
    if let [part] = parts {
        return part.clone();
    }
    let mut whole = BytesMut::with_capacity(parts.iter().map(Bytes::len).sum());
    for part in parts {
        whole.extend_from_slice(part);
    }
    whole.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A slot from a line as `5 2/3 text`, `5 - text` or `5..7`.
    fn slot(line: &str) -> Slot {
        if let Some((a, b)) = line.split_once("..") {
            return Slot::Missing(a.parse().unwrap()..=b.parse().unwrap());
        }
        let words: Vec<&str> = line.split(' ').collect();
        Slot::Present(Stored {
            sequence: words[0].parse().unwrap(),
            time: Timestamp::new(1, 0).unwrap(),
            part: (words[1] != "-").then(|| words[1].parse().unwrap()),
            payload: Bytes::from(words[2].to_owned()),
        })
    }

    /// Messages and gaps as text, and where the open message begins and ends.
    fn joined(lines: &[&str]) -> (String, Option<u64>, Option<u64>) {
        let joined = join(&lines.iter().map(|line| slot(line)).collect::<Vec<_>>());
        let mut all: Vec<(u64, String)> = Vec::new();
        for Message { sequence, payload, .. } in joined.messages {
            all.push((sequence, format!("{sequence}={}", String::from_utf8_lossy(&payload))));
        }
        for gap in joined.gaps {
            all.push((*gap.start(), format!("{}..{}", gap.start(), gap.end())));
        }
        all.sort();
        let all: Vec<String> = all.into_iter().map(|(_, text)| text).collect();
        (all.join(" "), joined.open, joined.lacking)
    }

    #[test]
    fn parts_are_joined() {
        for (lines, expected) in [
            (&["1 - a", "2 1/3 b", "3 2/3 c", "4 3/3 d", "5 - e"][..], "1=a 4=bcd 5=e"),
            (&["1 1/1 a"], "1=a"),
            (&["1 - a", "2..4", "5 - b"], "1=a 2..4 5=b"),
            (&["1..2", "3..4"], "1..4"),
            (&[], ""),
        ] {
            assert_eq!(joined(lines), (expected.to_owned(), None, None), "{lines:?}");
        }
    }

    #[test]
    fn a_message_that_is_not_whole_is_a_gap() {
        for (lines, expected) in [
            (&["1 - a", "2..2", "3 2/3 c", "4 3/3 d", "5 - e"][..], "1=a 2..4 5=e"),
            (&["2 1/3 b", "3..3", "4 3/3 d", "5 - e"], "2..4 5=e"),
            (&["2 1/3 b", "3 2/3 b", "4..4", "5 - e"], "2..4 5=e"),
            (&["2 1/2 b", "3 1/2 c", "4 2/2 d"], "2..2 4=cd"),
            (&["2 1/2 b", "3 - c"], "2..2 3=c"),
            (&["2 1/3 b", "3 2/2 c"], "2..3"),
        ] {
            assert_eq!(joined(lines), (expected.to_owned(), None, None), "{lines:?}");
        }
    }

    #[test]
    fn a_message_that_goes_on_is_held_back() {
        assert_eq!(joined(&["1 - a", "2 1/3 b", "3 2/3 c"]), ("1=a".to_owned(), Some(2), Some(4)));
        assert_eq!(joined(&["2..3", "4 1/2 b"]), ("2..3".to_owned(), Some(4), Some(5)));
    }
}
