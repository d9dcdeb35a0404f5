//! What a server must be and have before the log is used.

use std::ops::RangeInclusive;

use serde::Deserialize;
use serde_json::json;

use super::pull::read_time;
use super::{Log, LogError, LogId, codes};
use crate::Timestamp;

/// The oldest version of the server that the log was tested with.
const OLDEST: Version = Version { major: 2, minor: 15, patch: 1 };

/// The most seconds by which clocks may differ. Times of sources are those of the servers, and a node does not send the outcome of
/// a change that seems to be a minute old.
const MOST_SECONDS: u64 = 10;

/// A version of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Version {
    /// Reads `2.15.1`; of `2.15.1-beta.1` what is before the hyphen.
    fn read(text: &str) -> Option<Self> {
        let numbers = text.trim_start_matches('v').split(['-', '+']).next()?;
        let mut numbers = numbers.split('.').map(str::parse);
        let mut next = || numbers.next()?.ok();
        Some(Self { major: next()?, minor: next()?, patch: next()? })
    }
}

/// The answer of `$JS.API.INFO`, of which only an error matters.
#[derive(Deserialize)]
struct AccountInfo {}

/// Fails if a server is too old for the log.
///
/// # Errors
///
/// [`LogError::TooOld`]
pub(super) fn check_version(server: &str, found: &str) -> Result<(), LogError> {
    if Version::read(found).is_some_and(|version| version >= OLDEST) {
        return Ok(());
    }
    let Version { major, minor, patch } = OLDEST;
    Err(LogError::TooOld {
        server: server.to_owned(),
        found: found.to_owned(),
        wanted: format!("{major}.{minor}.{patch}"),
    })
}

impl Log {
    /// Checks the server that the client is connected with: its version, headers, and JetStream for the
    /// account.
    ///
    /// # Errors
    ///
    /// [`LogError::TooOld`], [`LogError::NoHeaders`], [`LogError::NoJetStream`], or what a call fails with.
    pub(super) async fn check_server(&self) -> Result<(), LogError> {
        let info = self.client().server_info();
        let server = if info.server_name.is_empty() { &info.host } else { &info.server_name };
        check_version(server, &info.version)?;
        if !info.headers {
            return Err(LogError::NoHeaders { server: server.clone() });
        }
        let no_jetstream = |cause: String| LogError::NoJetStream { server: server.clone(), cause };
        match self.call::<AccountInfo>("INFO", &json!({})).await {
            Ok(AccountInfo {}) => Ok(()),
            Err(LogError::Refused { error_code: codes::NO_JETSTREAM, description, .. }) => {
                Err(no_jetstream(description))
            }
            Err(LogError::Unavailable { cause, .. }) => Err(no_jetstream(cause)),
            Err(error) => Err(error),
        }
    }

    /// Compares the clock of this machine with that of the leader of a stream.
    ///
    /// # Errors
    ///
    /// [`LogError::Clock`] if they differ by more than ten seconds; those of a call.
    pub(crate) async fn check_clock(&self, log: LogId) -> Result<(), LogError> {
        let before = Timestamp::now().seconds();
        let info = self.info(log).await?;
        let after = Timestamp::now().seconds();
        let Some(theirs) = info.ts.and_then(|text| read_time(&text).ok()) else { return Ok(()) };
        match difference(theirs.seconds(), before..=after) {
            seconds if seconds > MOST_SECONDS => Err(LogError::Clock { seconds, most: MOST_SECONDS }),
            _ => Ok(()),
        }
    }
}

/// The seconds between a time and a range of times.
fn difference(theirs: i64, ours: RangeInclusive<i64>) -> u64 {
    let (start, end) = ours.into_inner();
    // The clock may have been set back meanwhile.
    theirs.abs_diff(theirs.clamp(start, end.max(start)))
}

#[cfg(test)]
mod tests {
    use super::{check_version, difference};

    #[test]
    fn clocks_differ_by_what_the_call_did_not_take() {
        let found = [5, 10, 12, 15, 30].map(|theirs| difference(theirs, 10..=15));
        assert_eq!(found, [5, 0, 0, 0, 15]);
    }

    #[test]
    fn versions_are_compared_by_number() {
        for good in ["2.15.1", "2.15.10", "2.16.0", "3.0.0", "v2.15.1", "2.15.2-beta.1"] {
            assert!(check_version("n", good).is_ok(), "{good}");
        }
        for bad in ["2.15.0", "2.9.25", "1.99.99", "", "2.15", "latest"] {
            let error = check_version("n", bad).unwrap_err().to_string();
            assert!(error.contains(&format!("version {bad},")) && error.contains("Debian"), "{error}");
        }
    }
}
