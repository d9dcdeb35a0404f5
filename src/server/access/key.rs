//! API keys.

use std::time::{Duration, SystemTime};

use data_encoding::HEXLOWER;
use humantime::{format_rfc3339_seconds, parse_rfc3339};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::engine::{InvalidValue, Pattern, Visibility};
use crate::service::Role;

/// The prefix of every token, by which scanners find one that leaked into a log or a repository.
const PREFIX: &str = "pal";

/// Random bytes of a token.
const SECRET_BYTES: usize = 32;

/// Random bytes of a key's id.
const ID_BYTES: usize = 4;

/// Maximum bytes of a key's name.
const MAX_NAME_BYTES: usize = 128;

/// A key as the server stores it: its rights, and the hash of its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "KeyRecord", into = "KeyRecord")]
pub struct Key {
    /// The id of the key: 8 hexadecimal digits.
    pub id: String,
    /// The holder of the key, for people.
    pub name: String,
    /// The role of its holder.
    pub role: Role,
    /// The collections visible to its holder.
    pub collections: Vec<Pattern>,
    /// Time of creation.
    pub created: SystemTime,
    /// Time of expiry; `None` if the key does not expire.
    pub expires: Option<SystemTime>,
    pub(super) digest: Digest,
}

/// Why a key is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// The name is too long, or has a control character.
    #[error(
        "the name has {bytes} bytes or a control character; use at most {MAX_NAME_BYTES} bytes, without control characters"
    )]
    Name {
        /// Bytes of the name.
        bytes: usize,
    },
    /// The id is malformed.
    #[error(
        "the id {0:?} is not 8 hexadecimal digits in lower case; copy the line from `palimpsest key create` again"
    )]
    Id(String),
    /// A pattern of collections is malformed.
    #[error("the collection {pattern:?} {problem}; write a name, or a prefix that ends in *")]
    Collection {
        /// The pattern.
        pattern: String,
        /// The violated rule.
        problem: InvalidValue,
    },
    /// The hash is malformed.
    #[error(
        "sha256 is not 64 hexadecimal digits in lower case; copy the line from `palimpsest key create` again"
    )]
    Digest,
    /// A time is malformed.
    #[error("{field} is {value:?}, but must be a time such as 2026-01-31T00:00:00Z")]
    Time {
        /// The name of the field.
        field: &'static str,
        /// The value of the field.
        value: String,
    },
    /// The system provides no random numbers.
    #[error("the system provides no random numbers: {0}")]
    NoRandomness(String),
    /// The time of expiry can't be written.
    #[error("the key would expire after the year 9999: leave --expires-in out")]
    TooLong,
}

impl Key {
    /// Creates a key that is valid from now on, and the token that authenticates its holder.
    ///
    /// # Errors
    ///
    /// [`InvalidKey::Name`], [`InvalidKey::NoRandomness`], [`InvalidKey::TooLong`].
    pub fn create(
        name: &str,
        role: Role,
        collections: Vec<Pattern>,
        lifetime: Option<Duration>,
    ) -> Result<NewKey, InvalidKey> {
        check_name(name)?;
        let id = random_hex::<ID_BYTES>()?;
        let token = BearerToken(format!("{PREFIX}_{id}_{}", random_hex::<SECRET_BYTES>()?));
        let created = SystemTime::now();
        let expiry =
            |lifetime| created.checked_add(lifetime).filter(|at| is_writable(*at)).ok_or(InvalidKey::TooLong);
        let expires = lifetime.map(expiry).transpose()?;
        let digest = Digest::of(token.reveal());
        let key = Self { id, name: name.to_owned(), role, collections, created, expires, digest };
        Ok(NewKey { key, token })
    }

    /// True if the key has expired.
    #[must_use]
    pub fn has_expired(&self, now: SystemTime) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// The collections visible to its holder.
    pub(super) fn visibility(&self) -> Visibility {
        Visibility::of(self.collections.clone())
    }
}

/// True if the year of `time` has four digits, as RFC 3339 requires.
fn is_writable(time: SystemTime) -> bool {
    const YEAR_10000: Duration = Duration::from_hours(70_389_528);
    time.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|since| since < YEAR_10000)
}

fn check_name(name: &str) -> Result<(), InvalidKey> {
    let is_good = name.len() <= MAX_NAME_BYTES && !name.chars().any(char::is_control);
    is_good.then_some(()).ok_or(InvalidKey::Name { bytes: name.len() })
}

fn random_hex<const BYTES: usize>() -> Result<String, InvalidKey> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| InvalidKey::NoRandomness(error.to_string()))?;
    Ok(HEXLOWER.encode(&bytes))
}

/// A key that was just created, with its token.
#[derive(Debug)]
pub struct NewKey {
    /// The key, for the key file.
    pub key: Key,
    /// The token, for the holder.
    pub token: BearerToken,
}

/// The secret that authenticates the holder of a key. It is shown once, and not stored.
#[derive(Clone, PartialEq, Eq)]
pub struct BearerToken(String);

impl BearerToken {
    /// The secret, to show to its holder.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Hides the secret.
impl std::fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BearerToken(..)")
    }
}

/// SHA-256 (FIPS 180-4) of a token. A token has 256 random bits, so a slow password hash is not needed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Digest([u8; 32]);

impl Digest {
    pub(super) fn of(token: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(bytes)
    }

    fn parse(hex: &str) -> Option<Self> {
        HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok().map(Self)
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..", HEXLOWER.encode(self.0.get(..4).unwrap_or_default()))
    }
}

/// A key as a line of the key file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyRecord {
    id: String,
    name: String,
    role: Role,
    collections: Vec<String>,
    created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    sha256: String,
}

impl TryFrom<KeyRecord> for Key {
    type Error = InvalidKey;

    fn try_from(record: KeyRecord) -> Result<Self, InvalidKey> {
        let KeyRecord { id, name, role, collections, created, expires, sha256 } = record;
        check_name(&name)?;
        if !HEXLOWER.decode(id.as_bytes()).is_ok_and(|bytes| bytes.len() == ID_BYTES) {
            return Err(InvalidKey::Id(id));
        }
        let pattern = |pattern: String| {
            Pattern::new(&pattern).map_err(|problem| InvalidKey::Collection { pattern, problem })
        };
        let time =
            |field, value: String| parse_rfc3339(&value).map_err(|_| InvalidKey::Time { field, value });
        Ok(Self {
            id,
            name,
            role,
            collections: collections.into_iter().map(pattern).collect::<Result<_, _>>()?,
            created: time("created", created)?,
            expires: expires.map(|expires| time("expires", expires)).transpose()?,
            digest: Digest::parse(&sha256).ok_or(InvalidKey::Digest)?,
        })
    }
}

impl From<Key> for KeyRecord {
    fn from(key: Key) -> Self {
        let Key { id, name, role, collections, created, expires, digest } = key;
        let time = |time| format_rfc3339_seconds(time).to_string();
        Self {
            id,
            name,
            role,
            collections: collections.iter().map(Pattern::to_string).collect(),
            created: time(created),
            expires: expires.map(time),
            sha256: HEXLOWER.encode(&digest.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_and_read_without_its_secret() {
        let patterns = vec![Pattern::new("essays").unwrap(), Pattern::new("team-*").unwrap()];
        let NewKey { key, token } =
            Key::create("LMS", Role::Write, patterns, Some(Duration::from_hours(24))).unwrap();
        let written = serde_json::to_string(&key).unwrap();
        assert!(!written.contains(token.reveal().rsplit('_').next().unwrap()), "{written}");
        let read: Key = serde_json::from_str(&written).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), written);
        assert_eq!((read.digest, &read.id, read.role), (Digest::of(token.reveal()), &key.id, Role::Write));
        assert!(!read.has_expired(SystemTime::now()));
        assert!(read.has_expired(SystemTime::now() + Duration::from_hours(25)));
        assert!(!format!("{token:?} {key:?}").contains(token.reveal()));
    }

    #[test]
    fn the_hash_is_what_sha256sum_says() {
        let expected = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        assert_eq!(Digest::parse(expected), Some(Digest::of("hello")));
        assert_eq!(Digest::parse(&expected[1..]), None);
        assert_eq!(Digest::parse(&expected.to_uppercase()), None);
    }

    #[test]
    fn a_malformed_line_is_named() {
        let good = r#"{"id":"0123abcd","name":"n","role":"check","collections":["*"],"created":"2026-01-31T00:00:00Z","sha256":"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"}"#;
        assert!(serde_json::from_str::<Key>(good).is_ok());
        for (from, to, part) in [
            ("0123abcd", "0123", "id"),
            ("check", "owner", "unknown variant `owner`"),
            ("[\"*\"]", "[\"a b\"]", "the collection \"a b\" has ' '"),
            ("2026-01-31T00:00:00Z", "yesterday", "created is \"yesterday\""),
            ("2cf2", "2CF2", "sha256 is not"),
            ("\"name\":\"n\",", "", "missing field `name`"),
            ("{", "{\"secret\":1,", "unknown field `secret`"),
        ] {
            let error = serde_json::from_str::<Key>(&good.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(part), "{part:?} is not in {error}");
        }
        assert!(matches!(
            Key::create(&"x".repeat(129), Role::Check, Vec::new(), None),
            Err(InvalidKey::Name { .. })
        ));
        let for_ages = Some(Duration::from_secs(u64::MAX / 4));
        assert!(matches!(Key::create("n", Role::Check, Vec::new(), for_ages), Err(InvalidKey::TooLong)));
    }
}
