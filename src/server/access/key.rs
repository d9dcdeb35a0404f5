//! One key.

use std::time::{Duration, SystemTime};

use humantime::{format_rfc3339_seconds, parse_rfc3339};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::engine::{InvalidValue, Pattern, Visibility};
use crate::service::Role;

/// What every key begins with, so that one that has strayed into a log or a repository is found.
const PREFIX: &str = "pal";

/// Random bytes of a key.
const SECRET_BYTES: usize = 32;

/// Random bytes of its id.
const ID_BYTES: usize = 4;

/// The longest name of a key.
const MAX_NAME_BYTES: usize = 128;

/// A key as the server knows it: what it allows, and what tells it from others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Line", into = "Line")]
pub struct Key {
    /// By what it is named: 8 hexadecimal digits.
    pub id: String,
    /// Whose it is, for people.
    pub name: String,
    /// What it allows.
    pub role: Role,
    /// The collections that it is for.
    pub collections: Vec<Pattern>,
    /// When it was made.
    pub created: SystemTime,
    /// Until when it is good, if not for ever.
    pub expires: Option<SystemTime>,
    pub(super) digest: Digest,
}

/// What is wrong with a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// Its name is.
    #[error(
        "the name has {bytes} bytes or a control character; it may have up to {MAX_NAME_BYTES} bytes and none"
    )]
    Name {
        /// Its length.
        bytes: usize,
    },
    /// Its id is.
    #[error("the id {0:?} is not 8 hexadecimal digits in lower case")]
    Id(String),
    /// A pattern of collections is.
    #[error("the collection {pattern:?} {problem}; name one, or end the beginning of many with *")]
    Collection {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        problem: InvalidValue,
    },
    /// Its hash is.
    #[error("sha256 is not 64 hexadecimal digits in lower case")]
    Digest,
    /// A time is.
    #[error("{field} is {value:?}, but must be a time such as 2026-01-31T00:00:00Z")]
    Time {
        /// Which.
        field: &'static str,
        /// What it says.
        value: String,
    },
    /// The system has no random numbers to give.
    #[error("the system has no random numbers to give: {0}")]
    NoRandomness(String),
    /// It would last too long to be counted.
    #[error("it would expire after the year 9999: leave --expires-in out")]
    TooLong,
}

impl Key {
    /// A new key that is good from now on, and the one secret by which its holder is known.
    ///
    /// # Errors
    ///
    /// [`InvalidKey::Name`], [`InvalidKey::NoRandomness`], [`InvalidKey::TooLong`].
    pub fn new(
        name: &str,
        role: Role,
        collections: Vec<Pattern>,
        lasts: Option<Duration>,
    ) -> Result<(Self, BearerToken), InvalidKey> {
        check_name(name)?;
        let id = random_hexadecimal::<ID_BYTES>()?;
        let token = BearerToken(format!("{PREFIX}_{id}_{}", random_hexadecimal::<SECRET_BYTES>()?));
        let created = SystemTime::now();
        let expires = lasts
            .map(|lasts| created.checked_add(lasts).filter(|at| is_writable(*at)).ok_or(InvalidKey::TooLong));
        let expires = expires.transpose()?;
        let digest = Digest::of(token.reveal());
        Ok((Self { id, name: name.to_owned(), role, collections, created, expires, digest }, token))
    }

    /// Whether it is no longer good.
    #[must_use]
    pub fn has_expired(&self, now: SystemTime) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    /// The collections that it is for.
    pub(super) fn visibility(&self) -> Visibility {
        Visibility::of(self.collections.clone())
    }
}

/// Whether a time has a year of four digits, as RFC 3339 wants it.
fn is_writable(time: SystemTime) -> bool {
    const YEAR_10000: Duration = Duration::from_hours(70_389_528);
    time.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|since| since < YEAR_10000)
}

fn check_name(name: &str) -> Result<(), InvalidKey> {
    let is_good = name.len() <= MAX_NAME_BYTES && !name.chars().any(char::is_control);
    is_good.then_some(()).ok_or(InvalidKey::Name { bytes: name.len() })
}

fn random_hexadecimal<const BYTES: usize>() -> Result<String, InvalidKey> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| InvalidKey::NoRandomness(error.to_string()))?;
    Ok(hexadecimal(&bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xF]);
    halves.filter_map(|half| char::from_digit(u32::from(half), 16)).collect()
}

/// The secret that makes its bearer the holder of a key. It is shown once, and kept nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct BearerToken(String);

impl BearerToken {
    /// The secret, for the one who is to hold it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Never the secret itself.
impl std::fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BearerToken(..)")
    }
}

/// SHA-256 (FIPS 180-4) of a token. A token has 256 random bits, so that nothing slower is needed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Digest([u8; 32]);

impl Digest {
    pub(super) fn of(token: &str) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(bytes)
    }

    fn parse(hexadecimal: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> = hexadecimal.bytes().map(digit).collect();
        let bytes: Vec<u8> =
            digits?.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, half| byte << 4 | half)).collect();
        (hexadecimal.len() == 64).then_some(())?;
        bytes.try_into().ok().map(Self)
    }
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..", hexadecimal(self.0.get(..4).unwrap_or_default()))
    }
}

/// A key as a line of a file holds it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    name: String,
    role: Role,
    collections: Vec<String>,
    created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    sha256: String,
}

impl TryFrom<Line> for Key {
    type Error = InvalidKey;

    fn try_from(line: Line) -> Result<Self, InvalidKey> {
        let Line { id, name, role, collections, created, expires, sha256 } = line;
        check_name(&name)?;
        if id.len() != 2 * ID_BYTES || !id.bytes().all(|byte| digit(byte).is_some()) {
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

impl From<Key> for Line {
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
            sha256: hexadecimal(&digest.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_and_read_without_its_secret() {
        let patterns = vec![Pattern::new("essays").unwrap(), Pattern::new("team-*").unwrap()];
        let (key, token) = Key::new("LMS", Role::Write, patterns, Some(Duration::from_hours(24))).unwrap();
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
    fn what_is_wrong_with_a_line_is_named() {
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
            let told = serde_json::from_str::<Key>(&good.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(told.contains(part), "{part:?} is not in {told}");
        }
        assert!(matches!(
            Key::new(&"x".repeat(129), Role::Check, Vec::new(), None),
            Err(InvalidKey::Name { .. })
        ));
        let for_ages = Some(Duration::from_secs(u64::MAX / 4));
        assert!(matches!(Key::new("n", Role::Check, Vec::new(), for_ages), Err(InvalidKey::TooLong)));
    }
}
