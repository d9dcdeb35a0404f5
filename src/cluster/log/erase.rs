//! Erasing messages.

use std::ops::RangeInclusive;

use serde::Deserialize;
use serde_json::json;

use super::{Log, LogError, LogId, codes};

/// The answer of `STREAM.MSG.DELETE`.
#[derive(Deserialize)]
struct Deleted {
    success: bool,
}

impl Log {
    /// Erases a message with all its parts: the servers overwrite it with random bytes before they answer.
    /// Its sequence is a gap from then on. False if there is none (any more).
    ///
    /// The last part is erased last, so that a call after one that was interrupted finishes it.
    ///
    /// A message that is published with the same id within two minutes is acknowledged as a duplicate, and
    /// not stored. The servers' Raft logs keep the bytes for some minutes.
    ///
    /// # Errors
    ///
    /// Those of a call: [`LogError::TimedOut`] while the stream has no leader, [`LogError::Refused`].
    pub(crate) async fn erase(&self, log: LogId, sequence: u64) -> Result<bool, LogError> {
        let message = match self.at_leader(log, sequence).await? {
            // Others may have what the leader's disk lost.
            None => self.at_any(log, sequence).await?,
            found => found,
        };
        let part = message.and_then(|message| message.part);
        let parts = part.map_or(sequence..=sequence, |part| part.range(sequence));
        let mut erased = false;
        for sequence in up_to(parts, sequence) {
            erased = self.erase_one(log, sequence).await?;
        }
        Ok(erased)
    }

    async fn erase_one(&self, log: LogId, sequence: u64) -> Result<bool, LogError> {
        let call = format!("STREAM.MSG.DELETE.{}", self.stream(log));
        match self.call::<Deleted>(&call, &json!({ "seq": sequence, "no_erase": false })).await {
            Ok(Deleted { success }) => Ok(success),
            Err(LogError::Refused { error_code: codes::NOT_DELETED, .. }) => Ok(false),
            Err(LogError::Refused { error_code: codes::DELETE_FAILED, description, .. })
                if description.ends_with("EOF") =>
            {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}

/// Of the parts of a message those that are not after `sequence`.
fn up_to(parts: RangeInclusive<u64>, sequence: u64) -> RangeInclusive<u64> {
    *parts.start()..=sequence.min(*parts.end())
}
