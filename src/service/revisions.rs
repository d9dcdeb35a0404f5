//! Revisions as callers are told them.

use ring::hmac;

use super::caller::Caller;
use crate::engine::Engine;

/// How revisions are told to one caller.
///
/// The revision grows with every change to any collection, so that whoever sees only some could count what goes on
/// in the others. They are told a number that stands for the revision instead: HMAC-SHA-256 (RFC 2104) of it, cut to
/// 63 bits, under a secret of the corpus. The same number stands for the same revision, and tells nothing else.
#[derive(Debug)]
pub(super) struct Revisions(Option<hmac::Key>);

impl Revisions {
    pub(super) fn for_caller(caller: &Caller, engine: &Engine) -> Self {
        let key = || hmac::Key::new(hmac::HMAC_SHA256, &engine.secret("revisions"));
        Self((!caller.visible().is_all()).then(key))
    }

    /// What they are told for a revision at which something that they see has changed.
    pub(super) fn tell(&self, revision: u64) -> u64 {
        let Some(key) = &self.0 else { return revision };
        let tag = hmac::sign(key, &revision.to_le_bytes());
        tag.as_ref().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)) >> 1
    }

    /// What they are told for one of the whole corpus, as of which only `visible` was read that last changed then.
    pub(super) fn tell_of(&self, corpus: u64, visible: u64) -> u64 {
        if self.0.is_some() { self.tell(visible) } else { corpus }
    }
}
