//! Palimpsest: the whole engine, and the index alone.

use palimpsest::fingerprint::{ContextMatch, FingerprintSettings, Fingerprinter};
use palimpsest::index::{Index, ReadLimits, Slot};
use palimpsest::text::Tokenizer;
use palimpsest::{
    CollectionName, DetectionMode, DetectionOptions, Engine, IfExists, Limits, NewSource, Scope, SourceId,
    Stop,
};

use super::{Found, System};
use crate::Failure;
use crate::grams::SEED;

/// The engine as a caller uses it: stored texts, both indexes, aligned passages, a report with percentages.
pub(super) struct Whole {
    engine: Engine,
    options: DetectionOptions,
}

impl Whole {
    pub(super) fn new(mode: DetectionMode) -> Self {
        Self {
            engine: Engine::with_seed(Limits::default(), SEED),
            options: DetectionOptions { mode, ..DetectionOptions::default() },
        }
    }
}

impl System for Whole {
    fn add(&mut self, number: u32, text: &str) -> Result<(), Failure> {
        let source = NewSource { id: Some(SourceId::new(&number.to_string())?), ..NewSource::new(text) };
        self.engine.add_source(&CollectionName::default(), source, IfExists::Reject)?;
        Ok(())
    }

    fn check(&self, text: &str) -> Result<Vec<Found>, Failure> {
        let report = self.engine.check(text, &Scope::default(), &self.options, &Stop::never())?;
        let found = report.sources.iter().map(|source| {
            let spans = source.passages.iter().map(|passage| passage.submission);
            let spans = spans.map(|span| span.start as usize..span.end as usize).collect();
            Ok(Found { source: source.source_id.parse()?, spans })
        });
        found.collect()
    }

    fn gives_spans(&self) -> bool {
        true
    }

    fn own_bytes(&self) -> Option<usize> {
        let collection = self.engine.get_collection(&CollectionName::default()).ok()?;
        usize::try_from(collection.stats.index_bytes).ok()
    }
}

/// Tokens, fingerprints of k-grams, postings; a source is found if it shares a k-gram in context.
pub(super) struct IndexRoom {
    tokenizer: Tokenizer,
    fingerprinter: Fingerprinter,
    index: Index,
}

impl IndexRoom {
    pub(super) fn new() -> Self {
        Self {
            tokenizer: Tokenizer::new(SEED),
            fingerprinter: Fingerprinter::new(SEED, FingerprintSettings::default()),
            index: Index::default(),
        }
    }
}

impl System for IndexRoom {
    fn add(&mut self, number: u32, text: &str) -> Result<(), Failure> {
        let slot = Slot::new(number).ok_or("more sources than the index has slots")?;
        let tokens = self.tokenizer.tokenize(text);
        let added = self.index.insert(slot, &self.fingerprinter.fingerprints(tokens.tokens()));
        added.map(drop).ok_or_else(|| "the index is full".into())
    }

    fn check(&self, text: &str) -> Result<Vec<Found>, Failure> {
        let tokens = self.tokenizer.tokenize(text);
        let fingerprints = self.fingerprinter.fingerprints(tokens.tokens());
        let rule = ContextMatch::new(self.fingerprinter.settings().window);
        let limits = ReadLimits { per_fingerprint: u32::MAX, in_all: Limits::default().max_common_postings };
        let hits = self.index.look_up(&fingerprints, rule, limits).hits;
        Ok(Found::all(hits.iter().filter(|hit| hit.in_context).map(|hit| hit.slot.number())))
    }

    fn gives_spans(&self) -> bool {
        false
    }

    fn own_bytes(&self) -> Option<usize> {
        Some(self.index.bytes())
    }
}
