//! What a server must be and have before the log is used.

use serde::Deserialize;
use serde_json::json;

use super::{Log, LogError, codes};

/// The oldest version of the server that the log was tested with.
const OLDEST: Version = Version { major: 2, minor: 15, patch: 1 };

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
}

#[cfg(test)]
mod tests {
    use super::check_version;

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
