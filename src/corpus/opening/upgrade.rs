//! Counts of a corpus that an older version of the algorithm made, and profiles that an older version did not make.
//!
//! The records of sources hold numbers of words and fingerprints and a digest of the words. All of them depend on the
//! tokens, and so on the version of the algorithm. A start counts them again before anything else reads them. The
//! version is written last: a start that is interrupted counts again. Rows of a format before 5 have no profiles; a start makes them of the texts.

use std::collections::BTreeMap;

use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};

use super::{Progress, TEXTS_AT_ONCE};
use crate::corpus::COUNTS_VERSION;
use crate::corpus::error::Error;
use crate::fingerprint::{Fingerprinter, Outliner};
use crate::model::{CollectionNumber, CorpusSeed, Profile};
use crate::related::Commonness;
use crate::store::{Loaded, Store, StoreError, StoredCollection, StoredCorpus, StoredSource};
use crate::text::Tokenizer;

/// Counts all sources again if an older version of the algorithm counted them; returns whether one did. Otherwise it does so
/// with those whose profile is not known. On disk nothing is changed if the store is read only. Linear in the texts, on all cores.
pub(super) fn upgrade(
    store: &Store,
    loaded: &mut Loaded,
    progress: &mut dyn FnMut(Progress),
) -> Result<bool, Error> {
    let is_older = loaded.corpus.algorithm_version < COUNTS_VERSION;
    let Loaded { corpus, collections, sources, .. } = loaded;
    let mut due: Vec<&mut StoredSource> =
        sources.iter_mut().filter(|source| is_older || source.profile.is_none()).collect();
    if !is_older && due.is_empty() {
        return Ok(false);
    }
    tracing::info!(
        from = corpus.algorithm_version,
        to = COUNTS_VERSION,
        sources = due.len(),
        "the algorithm or the format has a new version: sources are counted again"
    );
    let counting = Counting::new(store, CorpusSeed::new(corpus.seed), collections);
    let of_sources = due.len() as u64;
    let mut done = Progress { sources: 0, of_sources };
    for some in due.chunks_mut(TEXTS_AT_ONCE) {
        progress(done);
        some.par_iter_mut().try_for_each(|source| match counting.count(source) {
            // What needs no new counts can be opened without this text, as before.
            Err(error @ Error::Store(StoreError::Damaged { .. })) if !is_older => {
                tracing::warn!(%error, "a source can't be found as a related one, since its text is damaged");
                Ok(())
            }
            counted => counted,
        })?;
        if !store.is_read_only() {
            store.recount(some.iter().map(|source| (**source).clone()).collect(), None)?;
        }
        done.sources += some.len() as u64;
    }
    progress(done);
    if is_older {
        *corpus = StoredCorpus { algorithm_version: COUNTS_VERSION, ..*corpus };
        if !store.is_read_only() {
            store.recount(Vec::new(), Some(*corpus))?;
        }
    }
    Ok(is_older)
}

/// Makes counts and profiles.
struct Counting<'a> {
    store: &'a Store,
    outliner: Outliner,
    fingerprinters: BTreeMap<CollectionNumber, Fingerprinter>,
    commonness: Commonness,
}

impl<'a> Counting<'a> {
    fn new(store: &'a Store, seed: CorpusSeed, collections: &[StoredCollection]) -> Self {
        let fingerprinters = collections
            .iter()
            .map(|collection| (collection.number, Fingerprinter::new(seed, collection.settings)))
            .collect();
        let commonness = Commonness::new(&Tokenizer::new(seed));
        Self { store, outliner: Outliner::new(seed), fingerprinters, commonness }
    }

    /// Counts the words and fingerprints of a source, and makes its profile.
    fn count(&self, source: &mut StoredSource) -> Result<(), Error> {
        let Some(fingerprinter) = self.fingerprinters.get(&source.key.collection) else { return Ok(()) };
        let text = self.store.read(source.key)?;
        let outline = self.outliner.outline(fingerprinter, &text);
        let record = &mut source.record;
        record.words = outline.words;
        record.words_digest = outline.words_digest;
        record.fingerprints = outline.postings();
        source.profile = Some(Profile::new(&outline.stems, &self.commonness));
        Ok(())
    }
}
