//! Sessions. A sealed cookie holds the session's id, its end and the key; the server keeps nothing but the ids of sessions that ended early.
//!
//! The cookie is sealed with AES-256-GCM under a key of the process, so that it can be neither read nor changed; sessions end when the
//! server restarts. The token that forms send back is HMAC-SHA-256 of the session's id, under another key of the process.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use http::{HeaderMap, HeaderValue, header};
use parking_lot::Mutex;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

/// Time after which a session ends.
const LIFETIME: Duration = Duration::from_hours(12);

/// The purpose of the sealed bytes; part of the seal.
const PURPOSE: &[u8] = b"palimpsest session v1";

/// Bytes of a session's id.
const ID_BYTES: usize = 16;

/// Maximum bytes of a key that a cookie holds. Keys of this server have 77.
pub(in crate::web) const MAX_KEY_BYTES: usize = 512;

/// Maximum number of remembered sessions that ended early.
const MAX_ENDED: usize = 100_000;

/// The id of a session.
pub(in crate::web) type SessionId = [u8; ID_BYTES];

/// The session of a browser.
#[derive(Clone)]
pub(in crate::web) struct Session {
    pub(in crate::web) id: SessionId,
    /// When it ends, in seconds since 1970.
    ends: u64,
    /// The key, once the visitor has logged in.
    pub(in crate::web) key: Option<String>,
}

impl Session {
    /// A new session, of a visitor with this key.
    pub(in crate::web) fn begin(key: Option<String>) -> Result<Self, getrandom::Error> {
        Ok(Self { id: random()?, ends: now().saturating_add(LIFETIME.as_secs()), key })
    }
}

/// Seals sessions, and checks them.
pub(in crate::web) struct Sessions {
    seal: LessSafeKey,
    forms: hmac::Key,
    cookie: String,
    /// Attributes of the cookie.
    attributes: String,
    /// Sessions that were ended before their time, with that time.
    ended: Mutex<HashMap<SessionId, u64>>,
}

impl Sessions {
    /// Sessions under new keys. With TLS, cookies are sent over TLS only.
    pub(in crate::web) fn new(has_tls: bool, port: u16) -> Result<Self, getrandom::Error> {
        let seal =
            UnboundKey::new(&AES_256_GCM, &random::<32>()?).map_err(|_| getrandom::Error::UNEXPECTED)?;
        let forms = hmac::Key::new(hmac::HMAC_SHA256, &random::<32>()?);
        let prefix = if has_tls { "__Host-" } else { "" };
        let secure = if has_tls { "; Secure" } else { "" };
        Ok(Self {
            seal: LessSafeKey::new(seal),
            forms,
            cookie: format!("{prefix}palimpsest-{port}"),
            attributes: format!("Path=/; HttpOnly; SameSite=Strict{secure}"),
            ended: Mutex::default(),
        })
    }

    /// The session of the cookie in these headers, if it is valid and has not ended.
    pub(in crate::web) fn find(&self, headers: &HeaderMap) -> Option<Session> {
        let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut own = pairs.filter(|(name, _)| *name == self.cookie).map(|(_, value)| value);
        let session = self.open(own.next()?)?;
        // A second cookie of the name comes from another host or path: neither is trusted.
        let is_current = own.next().is_none() && session.ends > now();
        (is_current && !self.ended.lock().contains_key(&session.id)).then_some(session)
    }

    /// Ends a session before its time.
    pub(in crate::web) fn end(&self, session: &Session) {
        let mut ended = self.ended.lock();
        if ended.len() >= MAX_ENDED {
            let now = now();
            ended.retain(|_, ends| *ends > now);
        }
        if ended.len() < MAX_ENDED {
            ended.insert(session.id, session.ends);
        }
    }

    /// The header `set-cookie` that gives a browser this session.
    pub(in crate::web) fn cookie(&self, session: &Session) -> Option<HeaderValue> {
        let (sealed, seconds) = (self.sealed(session)?, session.ends.saturating_sub(now()));
        format!("{}={sealed}; Max-Age={seconds}; {}", self.cookie, self.attributes).parse().ok()
    }

    /// The token that the forms of a session send back.
    pub(in crate::web) fn form_token(&self, session: &Session) -> String {
        BASE64URL_NOPAD.encode(hmac::sign(&self.forms, &session.id).as_ref())
    }

    /// True if `token` is the token of the session's forms.
    pub(in crate::web) fn is_form_token(&self, session: &Session, token: &str) -> bool {
        let tag = BASE64URL_NOPAD.decode(token.as_bytes());
        tag.is_ok_and(|tag| hmac::verify(&self.forms, &session.id, &tag).is_ok())
    }

    /// The session as a cookie's value: nonce, and sealed end, id and key.
    fn sealed(&self, session: &Session) -> Option<String> {
        let nonce: [u8; NONCE_LEN] = random().ok()?;
        let key = session.key.as_deref().unwrap_or_default();
        let mut sealed = [&session.ends.to_be_bytes()[..], &session.id, key.as_bytes()].concat();
        let (purpose, unique) = (Aad::from(PURPOSE), Nonce::assume_unique_for_key(nonce));
        self.seal.seal_in_place_append_tag(unique, purpose, &mut sealed).ok()?;
        Some(BASE64URL_NOPAD.encode(&[&nonce[..], &sealed].concat()))
    }

    fn open(&self, value: &str) -> Option<Session> {
        let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened: &[u8] = self.seal.open_in_place(nonce, Aad::from(PURPOSE), &mut sealed).ok()?;
        let (ends, rest) = opened.split_first_chunk()?;
        let (id, key) = rest.split_first_chunk::<ID_BYTES>()?;
        let key = std::str::from_utf8(key).ok()?;
        let key = (!key.is_empty()).then(|| key.to_owned());
        Some(Session { id: *id, ends: u64::from_be_bytes(*ends), key })
    }
}

fn random<const BYTES: usize>() -> Result<[u8; BYTES], getrandom::Error> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The headers of a browser that has this session.
    fn headers(sessions: &Sessions, session: &Session) -> HeaderMap {
        let cookie = sessions.cookie(session).unwrap();
        let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        HeaderMap::from_iter([(header::COOKIE, pair.parse().unwrap())])
    }

    #[test]
    fn a_session_comes_back_and_is_not_readable() {
        let sessions = Sessions::new(true, 8080).unwrap();
        let session = Session::begin(Some("pal_secret".to_owned())).unwrap();
        let sent = headers(&sessions, &session);
        let found = sessions.find(&sent).unwrap();
        assert_eq!((found.id, found.key.as_deref()), (session.id, Some("pal_secret")));
        let value = sent[header::COOKIE].to_str().unwrap().split_once('=').unwrap().1.to_owned();
        let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).unwrap();
        assert!(!bytes.windows(6).any(|part| part == b"secret"));
        let cookie = sessions.cookie(&session).unwrap();
        for part in ["__Host-palimpsest-8080=", "HttpOnly", "SameSite=Strict", "Secure", "Path=/", "Max-Age="]
        {
            assert!(cookie.to_str().unwrap().contains(part), "{part}");
        }
    }

    #[test]
    fn changed_foreign_ended_and_old_sessions_are_none() {
        let sessions = Sessions::new(false, 1).unwrap();
        let session = Session::begin(None).unwrap();
        let good = headers(&sessions, &session);
        assert!(sessions.find(&good).is_some());
        let value = good[header::COOKIE].to_str().unwrap().to_owned();
        for place in [14, value.len() / 2, value.len() - 2] {
            let mut changed = value.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed =
                HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_bytes(&changed).unwrap())]);
            assert!(sessions.find(&changed).is_none(), "{place}");
        }
        let twice = format!("{value}; {value}").parse().unwrap();
        assert!(sessions.find(&HeaderMap::from_iter([(header::COOKIE, twice)])).is_none());
        assert!(Sessions::new(false, 1).unwrap().find(&good).is_none());
        let old = Session { ends: now() - 1, ..session.clone() };
        assert!(sessions.find(&headers(&sessions, &old)).is_none());
        sessions.end(&session);
        assert!(sessions.find(&good).is_none());
    }

    #[test]
    fn a_form_token_is_of_one_session() {
        let sessions = Sessions::new(false, 1).unwrap();
        let (one, other) = (Session::begin(None).unwrap(), Session::begin(None).unwrap());
        let token = sessions.form_token(&one);
        assert!(sessions.is_form_token(&one, &token));
        assert!(!sessions.is_form_token(&other, &token) && !sessions.is_form_token(&one, ""));
    }
}
