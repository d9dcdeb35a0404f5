//! Texts prepared for many comparisons: read, tokenized and stemmed once, within bounded memory.

use std::sync::Arc;

use quick_cache::{Weighter, sync::Cache};

use crate::corpus::{Entry, Error, ViewedCollection};
use crate::detection::detector::Detector;
use crate::detection::options::DetectionMode;
use crate::detection::submission::Altered;
use crate::text::TokenizedText;

/// Bytes of the texts that are kept: some two thousand essays of 850 words. Of more texts those are kept that are needed most.
const MAX_BYTES: u64 = 128 << 20;
/// The usual bytes of a text, by which the cache is laid out.
const USUAL_BYTES: u64 = 64 << 10;

/// Bytes of a word beside those of the text: token, span, stem, boundary, clause, and the sum of its scores; and its share of
/// the stems.
const BYTES_A_WORD: u64 = 72;

/// A text of the collection, prepared to be compared with any number of others.
pub(super) struct PreparedText {
    pub(super) text: Arc<str>,
    pub(super) tokenized: TokenizedText,
    /// Its side of altered passages; `None` if they are not looked for.
    pub(super) altered: Option<Arc<Altered>>,
}

/// The texts that were prepared lately, by the places of their sources.
pub(super) struct PreparedTexts(Cache<usize, Arc<PreparedText>, Bytes>);

/// Weighs a text by its bytes once it is prepared in full.
#[derive(Debug, Clone)]
struct Bytes;

impl Weighter<usize, Arc<PreparedText>> for Bytes {
    fn weight(&self, _: &usize, prepared: &Arc<PreparedText>) -> u64 {
        prepared.text.len() as u64 + BYTES_A_WORD * prepared.tokenized.tokens().len() as u64
    }
}

impl PreparedTexts {
    pub(super) fn new() -> Self {
        let usual = usize::try_from(MAX_BYTES / USUAL_BYTES).unwrap_or(usize::MAX);
        Self(Cache::with_weighter(usual, MAX_BYTES, Bytes))
    }

    /// The text of a source, prepared. Two threads may prepare it at once; both get the same.
    pub(super) fn of(
        &self,
        place: usize,
        entry: &Entry,
        (detector, collection): (&Detector, &ViewedCollection),
        mode: DetectionMode,
    ) -> Result<Arc<PreparedText>, Error> {
        if let Some(known) = self.0.get(&place) {
            return Ok(known);
        }
        let text = collection.text(entry)?;
        let tokenized = detector.tokenize_source(&text);
        let altered = match mode {
            DetectionMode::VerbatimOnly => None,
            DetectionMode::AlteredToo => Some(Arc::new(Altered::of(&text))),
        };
        let prepared = Arc::new(PreparedText { text, tokenized, altered });
        self.0.insert(place, Arc::clone(&prepared));
        Ok(prepared)
    }
}
