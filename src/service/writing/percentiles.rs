//! Where the measures of a text are among those of the sources of a collection.

use std::collections::BinaryHeap;
use std::sync::Arc;

use quick_cache::sync::Cache;
use xxhash_rust::xxh3::xxh3_64;

use crate::engine::{Backend, CollectionName, CollectionStats, Entry, Error, SourceId, Stop};
use crate::service::problem::Problem;
use crate::writing::measures::{CountId, MeasureId, Measures};

/// The most sources that are measured: a percentile among 1,000 is right to 3 points in 19 of 20 samples.
const MOST_SOURCES: usize = 1000;
/// The most bytes of text that are measured, about two seconds of work; at least one source is.
const MOST_BYTES: u64 = 16 << 20;
/// Sources that are listed at a time.
const LISTED: usize = 4096;
/// Collections whose distributions are kept, each at its latest revision: 97 values of 1,000 sources are 780 kB.
const KEPT_COLLECTIONS: usize = 16;
/// Sources whose values are kept, of 900 bytes each: a change of a collection measures the changed sources alone.
const KEPT_SOURCES: usize = 10_000;

/// The values of one text: all counts, then all measures, in order. Those that do not apply are not numbers.
pub(in crate::service) type Values = Arc<[f64]>;

/// The values of the counts and measures of a text, as percentiles compare them.
pub(in crate::service) fn values_of(measures: &Measures) -> Values {
    let counts = CountId::ALL.iter().map(|&id| measures.count(id).map_or(f64::NAN, f64::from));
    let values = measures.values().map(|(_, value)| value.unwrap_or(f64::NAN));
    counts.chain(values).collect()
}

/// The values of a sample of the sources of a collection.
#[derive(Debug, Default)]
pub(in crate::service) struct Distribution {
    /// Of each count and measure the values, in order of size.
    sorted: Vec<Vec<f64>>,
    /// The sources of the sample.
    pub(in crate::service) sampled: u64,
    /// The sources of the collection.
    pub(in crate::service) sources: u64,
}

impl Distribution {
    fn of(rows: &[Values], sources: u64) -> Self {
        let columns = CountId::ALL.len() + MeasureId::all().count();
        let column = |at: usize| {
            let values = rows.iter().filter_map(|row| row.get(at).copied());
            let mut values: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
            values.sort_unstable_by(f64::total_cmp);
            values
        };
        Self { sorted: (0..columns).map(column).collect(), sampled: rows.len() as u64, sources }
    }

    /// The percentiles of a text with these values, one for each; `None` where the text or all sources have no value.
    pub(in crate::service) fn percentiles(&self, values: &Values) -> Vec<Option<f64>> {
        values.iter().zip(&self.sorted).map(|(value, sorted)| percentile(*value, sorted)).collect()
    }
}

/// The share of values below `value`, plus half of the equal ones, in percent.
#[expect(clippy::cast_precision_loss, reason = "counts of sources, of which there are 1,000 at most")]
fn percentile(value: f64, sorted: &[f64]) -> Option<f64> {
    if value.is_nan() || sorted.is_empty() {
        return None;
    }
    let below = sorted.partition_point(|&other| other < value);
    let up_to = sorted.partition_point(|&other| other <= value);
    Some(50.0 * (below + up_to) as f64 / sorted.len() as f64)
}

/// A source as it was when it was measured.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Measured {
    collection: CollectionName,
    id: SourceId,
    added: u64,
}

/// The distribution of a collection at a revision.
#[derive(Debug, Clone)]
struct AtRevision {
    revision: u64,
    distribution: Arc<Distribution>,
}

/// The distributions of collections, and the values of sources, that were computed lately.
#[derive(Debug, Clone)]
pub struct Percentiles {
    distributions: Arc<Cache<CollectionName, AtRevision>>,
    values: Arc<Cache<Measured, Values>>,
}

impl Default for Percentiles {
    fn default() -> Self {
        Self {
            distributions: Arc::new(Cache::new(KEPT_COLLECTIONS)),
            values: Arc::new(Cache::new(KEPT_SOURCES)),
        }
    }
}

impl Percentiles {
    /// The distribution of a collection, which the caller sees. Linear in the number of its sources if it has changed.
    pub(in crate::service) fn of(
        &self,
        backend: &dyn Backend,
        collection: &CollectionName,
        stop: &Stop,
    ) -> Result<Arc<Distribution>, Problem> {
        let stats = backend.get_collection(collection)?.stats;
        if let Some(kept) = self.kept(collection, &stats) {
            return Ok(kept);
        }
        let mut rows = Vec::new();
        let mut bytes = 0_u64;
        for entry in sample(backend, collection, stop)? {
            stop.check()?;
            bytes = bytes.saturating_add(entry.text_bytes);
            if bytes > MOST_BYTES && !rows.is_empty() {
                break;
            }
            rows.extend(self.values(backend, collection, &entry)?);
        }
        let distribution = Arc::new(Distribution::of(&rows, stats.sources));
        if backend.get_collection(collection)?.stats.revision == stats.revision {
            let kept = AtRevision { revision: stats.revision, distribution: Arc::clone(&distribution) };
            self.distributions.insert(collection.clone(), kept);
        }
        Ok(distribution)
    }

    /// The distribution of a collection, if it is kept and the collection has not changed since.
    fn kept(&self, collection: &CollectionName, stats: &CollectionStats) -> Option<Arc<Distribution>> {
        let kept = self.distributions.get(collection)?;
        (kept.revision == stats.revision).then_some(kept.distribution)
    }

    /// The bytes of text that [`Self::of`] reads for a collection, at most.
    pub(in crate::service) fn bytes(
        &self,
        backend: &dyn Backend,
        collection: &CollectionName,
    ) -> Result<usize, Problem> {
        let stats = backend.get_collection(collection)?.stats;
        let is_kept = self.kept(collection, &stats).is_some();
        let bytes = if is_kept { 0 } else { stats.text_bytes.min(MOST_BYTES) };
        Ok(usize::try_from(bytes).unwrap_or(usize::MAX))
    }

    /// The values of a source; `None` if it is gone.
    fn values(
        &self,
        backend: &dyn Backend,
        collection: &CollectionName,
        entry: &Entry,
    ) -> Result<Option<Values>, Problem> {
        let key = Measured { collection: collection.clone(), id: entry.id.clone(), added: entry.added };
        if let Some(kept) = self.values.get(&key) {
            return Ok(Some(kept));
        }
        let source = match backend.get_source(collection, &entry.id) {
            Ok(source) => source,
            Err(Error::SourceNotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let values = values_of(&Measures::of(&source.text));
        if source.entry.added == entry.added {
            self.values.insert(key, Arc::clone(&values));
        }
        Ok(Some(values))
    }
}

/// A source, and the hash of its id, by which the sample is drawn.
struct Drawn {
    hash: u64,
    entry: Arc<Entry>,
}

impl Drawn {
    fn key(&self) -> (u64, &SourceId) {
        (self.hash, &self.entry.id)
    }
}

impl PartialEq for Drawn {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Drawn {}

impl PartialOrd for Drawn {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Drawn {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

/// The sources of a collection whose ids have the least hashes: a sample that does not depend on their order, and that another
/// source changes by one.
fn sample(
    backend: &dyn Backend,
    collection: &CollectionName,
    stop: &Stop,
) -> Result<Vec<Arc<Entry>>, Problem> {
    let mut drawn = BinaryHeap::new();
    let mut after: Option<SourceId> = None;
    loop {
        stop.check()?;
        let listed = backend.list_sources(collection, after.as_ref(), LISTED)?;
        let Some(last) = listed.last() else { break };
        after = Some(last.id.clone());
        for entry in listed {
            drawn.push(Drawn { hash: xxh3_64(entry.id.as_str().as_bytes()), entry });
            if drawn.len() > MOST_SOURCES {
                drawn.pop();
            }
        }
    }
    let mut sources = drawn.into_sorted_vec();
    Ok(sources.drain(..).map(|drawn| drawn.entry).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Engine, NewSource};

    #[test]
    fn equal_values_count_half() {
        let sorted = [1.0, 2.0, 2.0, 3.0];
        assert_eq!(
            [0.0, 1.0, 2.0, 3.0, 4.0].map(|value| percentile(value, &sorted).unwrap()),
            [0.0, 12.5, 50.0, 87.5, 100.0]
        );
        assert_eq!(percentile(f64::NAN, &sorted), None);
        assert_eq!(percentile(1.0, &[]), None);
    }

    #[test]
    fn a_sample_depends_on_ids_alone() {
        let name = CollectionName::default();
        let ids = |reversed: bool| {
            let engine = Engine::in_memory().unwrap();
            let mut numbers: Vec<u32> = (0..1500).collect();
            if reversed {
                numbers.reverse();
            }
            for number in numbers {
                let id = Some(SourceId::new(&format!("s{number}")).unwrap());
                let text = "a few words about nothing at all".to_owned();
                let source = NewSource { id, ..NewSource::new(text) };
                engine.add_source(&name, source, crate::engine::IfExists::Reject).unwrap();
            }
            let drawn = sample(&engine, &name, &Stop::never()).unwrap();
            drawn.iter().map(|entry| entry.id.as_str().to_owned()).collect::<Vec<_>>()
        };
        let drawn = ids(false);
        assert_eq!(drawn.len(), MOST_SOURCES);
        assert_eq!(drawn, ids(true));
    }
}
