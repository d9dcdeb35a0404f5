//! Import of sources into an engine, on several threads.

use std::time::{Duration, Instant};

use palimpsest::{CollectionName, Engine, IfExists, NewSource};

/// Number of sources that are generated before they are added, so that their generation is not timed.
const BATCH: u64 = 1024;

/// Size and duration of an import.
#[derive(Default)]
pub(crate) struct Imported {
    pub(crate) sources: u64,
    pub(crate) bytes: u64,
    pub(crate) took: Duration,
}

impl Imported {
    /// Megabytes of text a second.
    pub(crate) fn megabytes_per_second(&self) -> f64 {
        megabytes_per_second(self.bytes, self.took)
    }
}

/// Megabytes of text a second.
#[expect(clippy::cast_precision_loss, reason = "a speed to print")]
pub(crate) fn megabytes_per_second(bytes: u64, took: Duration) -> f64 {
    bytes as f64 / took.as_secs_f64().max(1e-9) / 1e6
}

/// Adds the sources with these numbers, each to its collection.
///
/// # Errors
///
/// The error of the engine, with the number of the source.
pub(crate) fn import(
    engine: &Engine,
    numbers: std::ops::Range<u64>,
    threads: u64,
    make: impl Fn(u64) -> (CollectionName, NewSource) + Sync,
) -> Result<Imported, String> {
    let mut all = Imported::default();
    let mut start = numbers.start;
    while start < numbers.end {
        let end = numbers.end.min(start + BATCH);
        let batches = in_threads(threads, |thread| {
            (start + thread..end)
                .step_by(usize::try_from(threads).unwrap_or(1))
                .map(&make)
                .collect::<Vec<_>>()
        });
        let texts = batches.iter().flatten().map(|(_, source)| source.text.len() as u64);
        all.bytes += texts.sum::<u64>();
        all.sources += end - start;
        let begun = Instant::now();
        add(engine, batches)?;
        all.took += begun.elapsed();
        start = end;
    }
    Ok(all)
}

fn add(engine: &Engine, batches: Vec<Vec<(CollectionName, NewSource)>>) -> Result<(), String> {
    let add = |batch: Vec<(CollectionName, NewSource)>| {
        for (collection, source) in batch {
            let id = source.id.clone();
            let added = engine.add_source(&collection, source, IfExists::Reject);
            added.map_err(|error| format!("source {id:?} of collection {collection}: {error}"))?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = batches.into_iter().map(|batch| scope.spawn(move || add(batch))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or_else(|_| Err("a panic".to_owned())))
    })
}

/// The results of `work` for each number below `threads`, each on a separate thread.
pub(crate) fn in_threads<T: Send>(threads: u64, work: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let work = &work;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|thread| scope.spawn(move || work(thread))).collect();
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
