//! Readers that are lent to checks: they remember stems, so they are worth keeping.

use std::hash::RandomState;
use std::ops::{Deref, DerefMut};

use parking_lot::Mutex;

use crate::matching::altered::Reader;

/// The readers that nobody uses now; as many in all as were ever used at once. They hash alike.
#[derive(Default)]
pub(super) struct Readers {
    keys: RandomState,
    idle: Mutex<Vec<Reader>>,
}

impl Readers {
    /// A reader, for as long as it is kept.
    pub(super) fn lend(&self) -> Lent<'_> {
        let idle = self.idle.lock().pop();
        Lent { reader: idle.unwrap_or_else(|| Reader::new(self.keys.clone())), readers: self }
    }
}

/// A reader that goes back when it is dropped.
pub(super) struct Lent<'a> {
    reader: Reader,
    readers: &'a Readers,
}

impl Deref for Lent<'_> {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl DerefMut for Lent<'_> {
    fn deref_mut(&mut self) -> &mut Reader {
        &mut self.reader
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.readers.idle.lock().push(std::mem::take(&mut self.reader));
    }
}
