//! The places of all texts, and a cache of texts read from disk.

pub(super) mod compaction;
pub(super) mod packing;
mod pool;
pub(super) mod segments;
pub(super) mod strays;

use std::sync::Arc;

use dashmap::DashMap;
use quick_cache::{Weighter, sync::Cache};

use self::packing::Packer;
use self::segments::{Place, Segments};
use super::SourceKey;
use super::error::StoreError;

/// The segments and the packer of a store on disk.
type Disk<'a> = Option<(&'a Segments, &'a Packer)>;

/// The place of a text: in memory or on disk.
#[derive(Debug, Clone)]
enum Location {
    Memory(Arc<str>),
    Disk(Place),
}

/// The texts of all sources of all collections. All methods may be called from many threads at once.
#[derive(Debug)]
pub(in crate::store) struct Texts {
    locations: DashMap<SourceKey, Location>,
    /// Texts on disk that were read recently.
    cache: Cache<SourceKey, Arc<str>, Bytes>,
}

/// Figures of the cache of texts read from disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheFigures {
    /// Number of reads that found the text in the cache.
    pub hits: u64,
    /// Number of reads that did not find the text in the cache.
    pub misses: u64,
    /// Bytes of the cached texts.
    pub bytes: u64,
}

/// Weighs a text in the cache by its bytes.
#[derive(Debug, Clone)]
struct Bytes;

impl Weighter<SourceKey, Arc<str>> for Bytes {
    fn weight(&self, _: &SourceKey, text: &Arc<str>) -> u64 {
        // Estimated bytes of an entry besides its text: key, reference count and the cache's own fields.
        const OVERHEAD: u64 = 96;
        text.len() as u64 + OVERHEAD
    }
}

impl Texts {
    /// No texts, and a cache of at most `cache_bytes` for texts on disk.
    pub(in crate::store) fn new(cache_bytes: u64) -> Self {
        // Only the initial capacity of the cache depends on it.
        const TYPICAL_BYTES: u64 = 4096;
        let typical = usize::try_from(cache_bytes / TYPICAL_BYTES).unwrap_or(usize::MAX);
        Self { locations: DashMap::new(), cache: Cache::with_weighter(typical.max(1), cache_bytes, Bytes) }
    }

    pub(in crate::store) fn cache_figures(&self) -> CacheFigures {
        let Self { locations: _, cache } = self;
        CacheFigures { hits: cache.hits(), misses: cache.misses(), bytes: cache.weight() }
    }

    /// Clears the cache of texts on disk.
    pub(in crate::store) fn clear_cache(&self) {
        self.cache.clear();
    }

    /// Keeps a text in memory.
    pub(in crate::store) fn put(&self, key: SourceKey, text: Arc<str>) {
        self.locations.insert(key, Location::Memory(text));
    }

    /// Sets the place of a text on disk. Returns its place before.
    pub(in crate::store) fn put_at(&self, key: SourceKey, place: Place) -> Option<Place> {
        match self.locations.insert(key, Location::Disk(place))? {
            Location::Disk(before) => Some(before),
            Location::Memory(_) => None,
        }
    }

    /// Changes the place of a text from one to another. False if it is not at the first one any more.
    pub(in crate::store) fn moved(&self, key: SourceKey, from: Place, to: Place) -> bool {
        let Some(mut location) = self.locations.get_mut(&key) else { return false };
        let is_there = matches!(*location, Location::Disk(place) if place == from);
        if is_there {
            *location = Location::Disk(to);
        }
        is_there
    }

    /// Removes a text. Returns its place on disk.
    pub(in crate::store) fn remove(&self, key: SourceKey) -> Option<Place> {
        self.cache.remove(&key);
        match self.locations.remove(&key)?.1 {
            Location::Disk(place) => Some(place),
            Location::Memory(_) => None,
        }
    }

    /// The text of a source.
    pub(in crate::store) fn get(
        &self,
        key: SourceKey,
        disk: Disk<'_>,
    ) -> Result<Option<Arc<str>>, StoreError> {
        if let Some(text) = self.cache.get(&key) {
            return Ok(Some(text));
        }
        let Some((text, is_on_disk)) = self.read(key, disk)? else { return Ok(None) };
        if is_on_disk {
            self.cache.insert(key, Arc::clone(&text));
        }
        Ok(Some(text))
    }

    /// The text of a source, read without the cache, and whether it is on disk.
    pub(in crate::store) fn read(
        &self,
        key: SourceKey,
        disk: Disk<'_>,
    ) -> Result<Option<(Arc<str>, bool)>, StoreError> {
        // A text that was moved after its place was read is found at its new place.
        let mut last = None;
        while let Some(location) = self.locations.get(&key).map(|location| location.clone()) {
            let place = match location {
                Location::Memory(text) => return Ok(Some((text, false))),
                Location::Disk(place) => place,
            };
            let Some((segments, packer)) = disk else { return Ok(None) };
            if let Some(frame) = segments.read(key, place)? {
                let text = packer.unpack(&frame.bytes, frame.text_bytes);
                return Ok(Some((text.ok_or_else(|| segments.damaged(place))?.into(), true)));
            }
            if last.replace(place) == Some(place) {
                return Err(segments.damaged(place));
            }
        }
        Ok(None)
    }

    /// The sources whose texts are in these segments, with their places, sorted by place.
    pub(in crate::store) fn in_segments(&self, segments: &[u32]) -> Vec<(Place, SourceKey)> {
        let place = |location: &Location| match location {
            Location::Disk(place) if segments.contains(&place.segment) => Some(*place),
            _ => None,
        };
        let found =
            self.locations.iter().filter_map(|location| Some((place(location.value())?, *location.key())));
        let mut found: Vec<(Place, SourceKey)> = found.collect();
        found.sort_unstable();
        found
    }
}
