//! Erasing messages.

use std::ops::RangeInclusive;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use serde_json::json;

use super::{Log, LogError, LogId, codes};

/// Messages that are erased at the same time.
const AT_ONCE: usize = 32;

/// The answer of `STREAM.MSG.DELETE`.
#[derive(Deserialize)]
struct Deleted {
    success: bool,
}

impl Log {
    /// Erases messages: each server overwrites them with random bytes, the leader before it answers. Their sequences are gaps
    /// from then on. Those that are erased already are passed over.
    ///
    /// A message that is published with the same id within two minutes is acknowledged as a duplicate, and
    /// not stored. The servers' Raft logs keep the bytes for some minutes.
    ///
    /// # Errors
    ///
    /// Those of a call: [`LogError::TimedOut`] while the stream has no leader, [`LogError::Refused`]. Some may be erased then.
    pub(crate) async fn erase(&self, log: LogId, runs: Vec<RangeInclusive<u64>>) -> Result<(), LogError> {
        let each = runs.into_iter().flatten().map(|sequence| self.erase_one(log, sequence));
        stream::iter(each).buffer_unordered(AT_ONCE).try_for_each(|()| async { Ok(()) }).await
    }

    async fn erase_one(&self, log: LogId, sequence: u64) -> Result<(), LogError> {
        let call = format!("STREAM.MSG.DELETE.{}", self.stream(log));
        match self.call::<Deleted>(&call, &json!({ "seq": sequence, "no_erase": false })).await {
            Ok(Deleted { success: true })
            | Err(LogError::Refused { error_code: codes::NOT_DELETED | codes::NO_MESSAGE, .. }) => Ok(()),
            Ok(Deleted { success: false }) => Err(LogError::Malformed {
                call,
                cause: "a message was neither erased nor missing".to_owned(),
            }),
            Err(error) => Err(error),
        }
    }
}
