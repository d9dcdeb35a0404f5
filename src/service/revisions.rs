//! Masking of revisions.

use ring::hmac;

use super::caller::Caller;
use crate::engine::Backend;

/// Replaces revisions in responses to callers who see only some collections.
///
/// The revision grows with every change to any collection, so it would let such callers count changes that they don't see.
/// They get a number that stands for the revision instead: HMAC-SHA-256 (RFC 2104) of the revision, cut to 63 bits, under a
/// secret of the corpus. Equal revisions give equal numbers; nothing else can be derived.
#[derive(Debug)]
pub(super) struct RevisionMask(Option<hmac::Key>);

impl RevisionMask {
    /// For a caller who sees all collections.
    pub(super) fn none() -> Self {
        Self(None)
    }

    pub(super) fn for_caller(caller: &Caller, backend: &dyn Backend) -> Self {
        let key = || hmac::Key::new(hmac::HMAC_SHA256, &backend.secret("revisions"));
        Self((!caller.visible().is_all()).then(key))
    }

    /// The number for a revision at which something visible to the caller changed.
    pub(super) fn mask(&self, revision: u64) -> u64 {
        let Some(key) = &self.0 else { return revision };
        let tag = hmac::sign(key, &revision.to_le_bytes());
        tag.as_ref().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)) >> 1
    }

    /// The number for the corpus revision `corpus`, of which a part was read that last changed at `visible`.
    pub(super) fn mask_scoped(&self, corpus: u64, visible: u64) -> u64 {
        if self.0.is_some() { self.mask(visible) } else { corpus }
    }

    /// Whether revisions are replaced.
    pub(super) fn is_masking(&self) -> bool {
        self.0.is_some()
    }
}
