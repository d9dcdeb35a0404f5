//! Readers for checks. They share the stems that are remembered, so that they cost little to make.

use std::hash::RandomState;
use std::sync::Arc;

use crate::matching::altered::{Reader, RememberedStems};

/// Makes readers, which hash alike.
#[derive(Default)]
pub(super) struct Readers {
    keys: RandomState,
    remembered: Arc<RememberedStems>,
}

impl Readers {
    /// A reader of one's own.
    pub(super) fn reader(&self) -> Reader {
        Reader::new(self.keys.clone(), Arc::clone(&self.remembered))
    }

    /// The stems that all readers remember.
    pub(super) fn remembered(&self) -> &RememberedStems {
        &self.remembered
    }
}
