//! A small table by stem, for a few look-ups for each stem of a text.

use super::profile::Key;

/// Values by stem. A stem without one has the value of a free entry, so that a look-up need not tell both apart.
///
/// Keys are hashes under a secret, so that authors of texts can't make them collide. At most half of the entries are used.
#[derive(Debug)]
pub(super) struct KeyTable<V> {
    /// A power of two of them.
    entries: Vec<KeyValue<V>>,
    used: usize,
    free: V,
}

/// A stem with its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyValue<V> {
    pub(super) key: Key,
    pub(super) value: V,
}

impl<V: Copy + PartialEq> KeyTable<V> {
    /// Without stems, with room for `expected` of them.
    pub(super) fn new(free: V, expected: usize) -> Self {
        let entries = vec![KeyValue { key: 0, value: free }; (2 * expected).max(2).next_power_of_two()];
        Self { entries, used: 0, free }
    }

    /// The place of a stem, or the free one where it is to be put.
    #[inline]
    fn place(&self, key: Key) -> usize {
        let mask = self.entries.len() - 1;
        let mixed = key.wrapping_mul(0x9E37_79B1);
        let mut place = (mixed ^ mixed >> 16) as usize & mask;
        // One condition, which nearly always fails at once, so that the processor predicts it.
        while self.entries.get(place).is_some_and(|one| (one.key != key) && (one.value != self.free)) {
            place = (place + 1) & mask;
        }
        place
    }

    /// The value of a stem.
    #[inline]
    pub(super) fn get(&self, key: Key) -> V {
        self.entries.get(self.place(key)).map_or(self.free, |one| one.value)
    }

    /// Changes the value of a stem, to another than that of a free entry.
    #[inline]
    pub(super) fn update(&mut self, key: Key, change: impl FnOnce(V) -> V) {
        let place = self.place(key);
        let Some(entry) = self.entries.get_mut(place) else { return };
        self.used += usize::from(entry.value == self.free);
        *entry = KeyValue { key, value: change(entry.value) };
        if 2 * self.used > self.entries.len() {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let larger = Self::new(self.free, self.entries.len());
        for KeyValue { key, value } in std::mem::replace(self, larger).into_used() {
            self.update(key, |_| value);
        }
    }

    /// The stems with their values, in no order.
    pub(super) fn into_used(mut self) -> Vec<KeyValue<V>> {
        let mut used = 0;
        for place in 0..self.entries.len() {
            let Some(one) = self.entries.get(place).copied() else { break };
            if let Some(to) = self.entries.get_mut(used) {
                *to = one;
            }
            used += usize::from(one.value != self.free);
        }
        self.entries.truncate(used);
        self.entries
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counts_as_a_map_does(
            keys in proptest::collection::vec(prop_oneof![0_u32..40, any::<u32>()], 0..300), expected in 0_usize..99,
        ) {
            let mut table = KeyTable::new(0, expected);
            let mut map: BTreeMap<Key, u32> = BTreeMap::new();
            for key in &keys {
                table.update(*key, |count| count + 1);
                *map.entry(*key).or_default() += 1;
            }
            for key in keys.into_iter().chain(0..50) {
                prop_assert_eq!(table.get(key), map.get(&key).copied().unwrap_or(0));
            }
            let used: BTreeMap<Key, u32> = table.into_used().into_iter().map(|one| (one.key, one.value)).collect();
            prop_assert_eq!(used, map);
        }
    }
}
