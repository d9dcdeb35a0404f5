//! Hash maps by keys that are hashes under a secret already.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map by tokens or stems, or by q-grams of them. Authors of texts don't know the secret that made the keys, so they
/// can't make them collide.
pub(crate) type KeyMap<K, V> = HashMap<K, V, BuildHasherDefault<KeyHasher>>;

/// Folds keys by multiplication.
#[derive(Default)]
pub(crate) struct KeyHasher(u64);

/// An odd multiplier with its bits spread evenly (the fraction of the golden ratio).
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let mut block = [0; 8];
            block.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
            self.write_u64(u64::from_le_bytes(block));
        }
    }

    #[inline]
    fn write_u32(&mut self, key: u32) {
        self.write_u64(key.into());
    }

    #[inline]
    fn write_u64(&mut self, key: u64) {
        self.0 = (self.0.rotate_left(29) ^ key).wrapping_mul(MULTIPLIER);
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}
