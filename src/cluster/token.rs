//! Tokens of consistency: what a later call has to know, for any node of the cluster.
//!
//! A token has the revisions of partitions that a node acknowledged, and its place in the meta log. It is sealed under a secret of
//! the corpus (ChaCha20-Poly1305, RFC 8439), since revisions tell how often others change the corpus, and a forged one would have
//! nodes wait for what never comes.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// The most bytes of a token: callers take some 8 KiB of metadata.
const MOST_BYTES: usize = 6 << 10;

/// What a call has to know.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub(super) struct Seen {
    /// The place in the meta log.
    pub(super) meta: u64,
    /// The revisions of partitions.
    pub(super) revisions: BTreeMap<u16, u64>,
}

impl Seen {
    /// The token; `None` if it is too long for the metadata of a call, or if the system has no random numbers.
    pub(super) fn seal(&self, secret: &[u8; 32]) -> Option<String> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).ok()?;
        let mut sealed = rmp_serde::to_vec(self).ok()?;
        let key = key(secret)?;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed).ok()?;
        let token = BASE64URL_NOPAD.encode(&[nonce.as_slice(), &sealed].concat());
        (token.len() <= MOST_BYTES).then_some(token)
    }

    /// What a token says; `None` if it is not one of this corpus.
    pub(super) fn open(token: &str, secret: &[u8; 32]) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut sealed = sealed.to_vec();
        let key = key(secret)?;
        let opened =
            key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::empty(), &mut sealed).ok()?;
        rmp_serde::from_slice(opened).ok()
    }
}

fn key(secret: &[u8; 32]) -> Option<LessSafeKey> {
    UnboundKey::new(&CHACHA20_POLY1305, secret).ok().map(LessSafeKey::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_what_it_was_made_of_and_can_not_be_changed() {
        let seen = Seen { meta: 7, revisions: BTreeMap::from([(0, 1), (15, 1_000_000)]) };
        let token = seen.seal(&[1; 32]).unwrap();
        assert_eq!(Seen::open(&token, &[1; 32]).as_ref(), Some(&seen));
        assert_eq!(Seen::open(&token, &[2; 32]), None);
        for place in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(changed == token || Seen::open(&changed, &[1; 32]).is_none(), "{place}");
        }
        for other in ["", "x", "AAAA", "tökén", &token[1..]] {
            assert_eq!(Seen::open(other, &[1; 32]), None, "{other}");
        }
    }

    #[test]
    fn a_token_of_the_default_partitions_is_short() {
        let revisions = (0..16).map(|partition| (partition, 1 << 30)).collect();
        assert!(Seen { meta: 1 << 20, revisions }.seal(&[1; 32]).unwrap().len() < 250);
        let revisions = (0..1024).map(|partition| (partition, 1 << 40)).collect();
        assert_eq!(Seen { meta: 1 << 20, revisions }.seal(&[1; 32]), None);
    }
}
