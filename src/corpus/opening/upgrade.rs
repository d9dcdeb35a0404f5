//! Counts of a corpus that an older version of the algorithm made.
//!
//! The records of sources hold numbers of words and fingerprints and a digest of the words. All of them depend on the
//! tokens, and so on the version of the algorithm. A start counts them again before anything else reads them. The
//! version is written last: a start that is interrupted counts again.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};

use super::{Progress, TEXTS_AT_ONCE};
use crate::corpus::ALGORITHM_VERSION;
use crate::corpus::error::Error;
use crate::fingerprint::{Fingerprinter, Outliner};
use crate::model::{CollectionNumber, CorpusSeed};
use crate::store::{Loaded, Store, StoredCorpus, StoredSource};

/// Counts all sources again if an older version of the algorithm counted them; returns whether one did. On disk nothing is
/// changed if the store is read only. Linear in the texts, on all cores.
pub(super) fn upgrade(
    store: &Store,
    loaded: &mut Loaded,
    progress: &mut dyn FnMut(Progress),
) -> Result<bool, Error> {
    if loaded.corpus.algorithm_version >= ALGORITHM_VERSION {
        return Ok(false);
    }
    let Loaded { corpus, collections, sources, .. } = loaded;
    let seed = CorpusSeed::new(corpus.seed);
    tracing::info!(
        from = corpus.algorithm_version,
        to = ALGORITHM_VERSION,
        sources = sources.len(),
        "the algorithm has a new version: all sources are counted and fingerprinted again"
    );
    let fingerprinters: BTreeMap<CollectionNumber, Fingerprinter> = collections
        .iter()
        .map(|collection| (collection.number, Fingerprinter::new(seed, collection.settings)))
        .collect();
    let outliner = Outliner::new(seed);
    let of_sources = sources.len() as u64;
    let mut done = Progress { sources: 0, of_sources };
    for some in sources.chunks_mut(TEXTS_AT_ONCE) {
        progress(done);
        some.par_iter_mut().try_for_each(|source| {
            let fingerprinter = fingerprinters.get(&source.key.collection);
            fingerprinter.map_or(Ok(()), |fingerprinter| count(store, &outliner, fingerprinter, source))
        })?;
        if !store.is_read_only() {
            store.recount(some.to_vec(), None)?;
        }
        done.sources += some.len() as u64;
    }
    progress(done);
    *corpus = StoredCorpus { algorithm_version: ALGORITHM_VERSION, ..*corpus };
    if !store.is_read_only() {
        store.recount(Vec::new(), Some(*corpus))?;
    }
    Ok(true)
}

/// Counts the words and fingerprints of a source.
fn count(
    store: &Store,
    outliner: &Outliner,
    fingerprinter: &Fingerprinter,
    source: &mut StoredSource,
) -> Result<(), Error> {
    let text = store.read(source.key)?;
    let outline = outliner.outline(fingerprinter, &text);
    let record = &mut source.record;
    record.words = outline.words;
    record.words_digest = outline.words_digest;
    record.fingerprints = outline.postings();
    Ok(())
}
