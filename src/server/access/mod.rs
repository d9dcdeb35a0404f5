//! Authentication by API keys. The key file holds only hashes of tokens, and is reloaded when it changes.

mod key;
mod key_file;
mod layer;

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::SystemTime;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use parking_lot::RwLock;
use tokio_util::sync::CancellationToken;

pub use key::{BearerToken, InvalidKey, Key, NewKey};
pub use key_file::{KeyFile, KeyFileError};
pub(super) use layer::AccessLayer;

use self::key::Digest;
use super::reload::FileWatcher;
use super::settings::{AccessSettings, SettingsError};
use crate::service::{Caller, Problem, RateLimit};

/// The scheme of the `authorization` header.
const SCHEME: &str = "bearer";

/// The valid keys.
#[derive(Debug)]
pub(super) struct Access {
    holders: RwLock<HashMap<Digest, Arc<KeyHolder>>>,
    per_second: Option<NonZeroU32>,
}

/// The holder of a key.
#[derive(Debug)]
struct KeyHolder {
    key: Key,
    caller: Caller,
    /// Cancelled when the key is removed from the file, or changed in it.
    revoked: CancellationToken,
}

impl Access {
    /// Reads the key file, if the settings name one, and reloads it when it changes, until `stop` is cancelled.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Invalid`] with all problems of the file.
    pub(super) fn open(
        settings: &AccessSettings,
        stop: CancellationToken,
    ) -> Result<Option<Arc<Self>>, SettingsError> {
        let Some(path) = settings.keys.clone() else { return Ok(None) };
        let watch = FileWatcher::new(vec![path.clone()]);
        let read = KeyFile::read(&path).map_err(|error| SettingsError::Invalid(error.lines()))?;
        let per_second = NonZeroU32::new(settings.max_calls_per_second);
        let access = Arc::new(Self { holders: RwLock::default(), per_second });
        tracing::info!(keys = read.keys().count(), path = %path.display(), "calls need a key");
        if read.keys().next().is_none() {
            tracing::warn!(
                "the key file has no keys, so every call is refused: make one with `palimpsest key create`"
            );
        }
        access.replace(read.keys().cloned());
        let reloaded = Arc::clone(&access);
        let reload = move || match KeyFile::read(&path) {
            Ok(read) => {
                reloaded.replace(read.keys().cloned());
                tracing::info!(keys = read.keys().count(), "the keys were read again");
            }
            Err(error) => {
                let problem = error.lines().join("; ");
                tracing::error!(problem, "the keys can't be read again: the previous ones stay in force");
            }
        };
        tokio::spawn(watch.run(stop, reload));
        Ok(Some(access))
    }

    /// Replaces the valid keys. Calls under a key that was removed or changed end; the rate limits of unchanged keys go on.
    fn replace(&self, keys: impl Iterator<Item = Key>) {
        let mut holders = self.holders.write();
        let mut before = std::mem::take(&mut *holders);
        for key in keys {
            let holder = match before.remove(&key.digest) {
                Some(same) if same.key == key => same,
                other => {
                    if let Some(changed) = other {
                        changed.revoked.cancel();
                    }
                    Arc::new(KeyHolder::new(key, self.per_second))
                }
            };
            holders.insert(holder.key.digest, holder);
        }
        for removed in before.into_values() {
            removed.revoked.cancel();
        }
    }

    /// The holder of the key in the headers.
    ///
    /// The key is looked up by its hash, in a map with a secret hasher, so that the time reveals nothing about the key.
    ///
    /// # Errors
    ///
    /// `UNAUTHENTICATED`.
    fn authenticate(&self, headers: &HeaderMap) -> Result<Arc<KeyHolder>, Problem> {
        let mut sent = headers.get_all(AUTHORIZATION).iter();
        let (Some(value), None) = (sent.next(), sent.next()) else {
            return Err(Problem::unauthenticated(
                "this server requires a key: send one header `authorization: Bearer <key>`",
            ));
        };
        let token = value.to_str().ok().and_then(|value| value.split_once(' '));
        let token =
            token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME)).map(|(_, token)| token.trim());
        let Some(token) = token else {
            return Err(Problem::unauthenticated(
                "the header authorization is malformed: send `Bearer <key>`",
            ));
        };
        self.holder(token)
    }

    /// The caller that `token` authenticates.
    ///
    /// # Errors
    ///
    /// `UNAUTHENTICATED`.
    pub(super) fn caller(&self, token: &str) -> Result<Caller, Problem> {
        self.holder(token).map(|holder| holder.caller.clone())
    }

    fn holder(&self, token: &str) -> Result<Arc<KeyHolder>, Problem> {
        let holder = self.holders.read().get(&Digest::of(token)).cloned();
        let holder = holder.filter(|holder| !holder.key.has_expired(SystemTime::now()));
        holder.ok_or_else(unknown_key)
    }
}

/// The problem of a key that is unknown, expired or revoked.
fn unknown_key() -> Problem {
    Problem::unauthenticated("this key is unknown, expired or revoked: ask the operator for another")
}

impl KeyHolder {
    fn new(key: Key, per_second: Option<NonZeroU32>) -> Self {
        let rate_limit = per_second.map(|per_second| Arc::new(RateLimit::new(per_second)));
        let caller = Caller::holder(&key.id, key.role, key.visibility(), rate_limit);
        Self { key, caller, revoked: CancellationToken::new() }
    }

    /// Resolves when the key expires or is revoked.
    async fn ended(self: Arc<Self>) {
        let left = self.key.expires.map(|at| at.duration_since(SystemTime::now()).unwrap_or_default());
        let expired = async {
            match left {
                Some(left) => tokio::time::sleep(left).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! { () = self.revoked.cancelled() => (), () = expired => () }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Role;

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())])
    }

    #[test]
    fn a_key_is_good_from_when_it_is_there_to_when_it_is_not() {
        let access = Access { holders: RwLock::default(), per_second: None };
        let NewKey { key, token } = Key::create("a", Role::Check, Vec::new(), None).unwrap();
        let sent = headers(&format!("Bearer {}", token.reveal()));
        let refused = tonic::Status::from(access.authenticate(&sent).unwrap_err());
        assert_eq!(refused.code(), tonic::Code::Unauthenticated);
        access.replace([key.clone()].into_iter());
        let holder = access.authenticate(&sent).unwrap();
        assert_eq!(holder.caller.key(), key.id);
        assert!(access.authenticate(&headers(&format!("bearer  {} ", token.reveal()))).is_ok());
        // An unchanged key keeps its holder; a changed one gets a new holder.
        access.replace([key.clone()].into_iter());
        assert!(!holder.revoked.is_cancelled());
        access.replace([Key { role: Role::Admin, ..key.clone() }].into_iter());
        assert!(holder.revoked.is_cancelled());
        let holder = access.authenticate(&sent).unwrap();
        access.replace(std::iter::empty());
        assert!(holder.revoked.is_cancelled());
        for bad in ["", "Bearer", "Bearer ", "Basic YTpi", token.reveal(), "Bearer é"] {
            let refused = tonic::Status::from(access.authenticate(&headers(bad)).unwrap_err());
            assert_eq!(refused.code(), tonic::Code::Unauthenticated, "{bad}");
        }
        let expired = Key { expires: Some(SystemTime::UNIX_EPOCH), ..key };
        access.replace([expired].into_iter());
        assert!(access.authenticate(&sent).is_err());
    }

    #[test]
    fn two_headers_are_none() {
        let access = Access { holders: RwLock::default(), per_second: None };
        let NewKey { key, token } = Key::create("a", Role::Check, Vec::new(), None).unwrap();
        access.replace([key].into_iter());
        let mut sent = headers(&format!("Bearer {}", token.reveal()));
        sent.append(AUTHORIZATION, "Bearer x".parse().unwrap());
        let refused = tonic::Status::from(access.authenticate(&sent).unwrap_err());
        assert!(refused.message().contains("send one header"));
        assert!(access.authenticate(&HeaderMap::new()).is_err());
    }
}
