//! Everything that is kept, held against itself.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use super::catalogue::Entry;
use super::collection::Collection;
use super::corpus::Engine;
use super::error::Error;
use super::figures::LastVerified;
use super::visibility::Visibility;
use super::writing::content_digest;
use crate::fingerprint::{ContextMatch, Fingerprint};
use crate::index::{Index, ReadLimits, Slot};
use crate::matching::{Stop, StopReason};
use crate::store::{SourceKey, StoredSource};

/// Sources that are looked at before the next word of progress.
const SOURCES_AT_ONCE: usize = 64;

/// How far verifying has come, and what it found since it last said so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Sources that were looked at so far.
    pub sources: u64,
    /// Sources in all, about.
    pub of_sources: u64,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Whether all is done.
    pub is_complete: bool,
}

/// Something that is wrong with the corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The collection that it concerns.
    pub collection: String,
    /// The source that it concerns, if it concerns one.
    pub source_id: String,
    /// What is wrong.
    pub problem: String,
}

impl Engine {
    /// Reads every text and holds it against its checksum, its source's digests and counts, and the
    /// index; then the rows on disk against what is in memory. Writes may go on meanwhile. `each` is told
    /// how far it has come, and may end it; so may `stop`, in the midst of a source.
    ///
    /// Linear in all texts.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if the rows can't be read; [`Error::Stopped`]. What is wrong with a source is a finding.
    pub fn verify(
        &self,
        stop: &Stop,
        each: &mut dyn FnMut(Verified) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let mut verified = Verified { of_sources: self.corpus().stats.sources, ..Verified::default() };
        let mut found = 0;
        for info in self.list_collections(&Visibility::all(), None, usize::MAX) {
            // One that was deleted meanwhile has nothing to be held against anything.
            let Ok(collection) = self.collection(&info.name) else { continue };
            let mut after = None;
            loop {
                let some = self.list_sources(&info.name, after.as_ref(), SOURCES_AT_ONCE).unwrap_or_default();
                let Some(last) = some.last() else { break };
                after = Some(last.id.clone());
                for entry in &some {
                    verified.findings.extend(self.verify_source(&collection, entry, stop)?);
                }
                verified.sources += some.len() as u64;
                found += verified.findings.len() as u64;
                if each(verified.clone()).is_break() {
                    return Ok(());
                }
                verified.findings.clear();
            }
        }
        verified.findings = self.verify_rows(stop)?;
        verified.is_complete = true;
        let findings = found + verified.findings.len() as u64;
        *self.shared.counters.last_verified.lock() = Some(LastVerified { at: Instant::now(), findings });
        let _last = each(verified);
        Ok(())
    }

    fn verify_source(
        &self,
        collection: &Collection,
        entry: &Entry,
        stop: &Stop,
    ) -> Result<Option<Finding>, StopReason> {
        stop.check()?;
        let problem = {
            // Kept from being purged while it is looked at.
            let _in_use = collection.in_use.read();
            if entry.is_gone() { None } else { self.problem_of(collection, entry, stop)? }
        };
        Ok(problem.map(|problem| Finding {
            collection: collection.name.as_str().to_owned(),
            source_id: entry.id.as_str().to_owned(),
            problem,
        }))
    }

    fn problem_of(
        &self,
        collection: &Collection,
        entry: &Entry,
        stop: &Stop,
    ) -> Result<Option<String>, StopReason> {
        let text = match self.shared.store.read(collection.key(entry.slot)) {
            Ok(text) => text,
            Err(error) => return Ok(Some(error.to_string())),
        };
        stop.check()?;
        let digest = content_digest(&text, (&entry.title, &entry.group, &entry.labels), self.seed());
        if digest != entry.content_digest || text.len() as u64 != entry.text_bytes {
            return Ok(Some("its text is another than the one that was added".to_owned()));
        }
        stop.check()?;
        let (mut tokens, mut stems) = (Vec::new(), Vec::new());
        self.shared.tokenizer.tokenize_with_stems_into(&text, &mut tokens, &mut stems);
        if tokens.len() as u64 != entry.words {
            let counted = entry.words;
            return Ok(Some(format!("its text has {} words, but {counted} were counted", tokens.len())));
        }
        stop.check()?;
        let kgrams = collection.fingerprinter.fingerprints(&tokens);
        let pairs = self.shared.order_free.of_source(&stems);
        stop.check()?;
        let missing_kgrams = missing(&collection.kgrams, entry.slot, &kgrams);
        stop.check()?;
        let missing = missing_kgrams + missing(&collection.pairs, entry.slot, &pairs);
        Ok((missing > 0)
            .then(|| format!("{missing} of its fingerprints are not in the index; restart the server")))
    }

    /// Holds the rows on disk against the catalogues in memory, as far as nothing has changed since.
    fn verify_rows(&self, stop: &Stop) -> Result<Vec<Finding>, Error> {
        let collections: Vec<_> = self.shared.collections.iter().map(|one| Arc::clone(&one)).collect();
        let of_number = |key: SourceKey| collections.iter().find(|one| one.number == key.collection);
        let (mut findings, mut rows) = (Vec::new(), HashSet::new());
        let corpus = self.shared.store.rows(&mut |row: StoredSource| {
            if stop.check().is_err() {
                return;
            }
            rows.insert(row.key);
            if let Some(collection) = of_number(row.key) {
                findings.extend(unknown_row(collection, &row));
            }
        })?;
        stop.check()?;
        let Some(corpus) = corpus else { return Ok(Vec::new()) };
        for collection in &collections {
            let catalogue = collection.catalogue.read();
            let kept = catalogue.list(None).filter(|entry| entry.added <= corpus.revision);
            let lost = kept.filter(|entry| !rows.contains(&collection.key(entry.slot)));
            findings.extend(lost.map(|entry| finding(collection, entry, "it is in memory, but not on disk")));
        }
        // A row that was written since it was read is no finding.
        findings.retain(|(at, _)| *at <= corpus.revision);
        Ok(findings.into_iter().map(|(_, finding)| finding).collect())
    }
}

/// What is wrong with a row that memory doesn't know, with the revision at which its collection changed
/// last: if that is later than the row, there may be nothing wrong.
fn unknown_row(collection: &Arc<Collection>, row: &StoredSource) -> Option<(u64, Finding)> {
    let catalogue = collection.catalogue.read();
    let is_known = catalogue.entry(row.key.slot).is_some_and(|entry| entry.added == row.added);
    let problem = "it is on disk, but not in memory".to_owned();
    let (collection, source_id) = (collection.name.as_str().to_owned(), row.id.clone());
    (!is_known).then(|| (catalogue.revision(), Finding { collection, source_id, problem }))
}

fn finding(collection: &Collection, entry: &Entry, problem: &str) -> (u64, Finding) {
    let (name, source_id) = (collection.name.as_str().to_owned(), entry.id.as_str().to_owned());
    (entry.added, Finding { collection: name, source_id, problem: problem.to_owned() })
}

/// How many of a source's fingerprints the index does not hold under its slot. Those that too many sources
/// share to be read all are taken for there.
fn missing(index: &Index, slot: Slot, fingerprints: &[Fingerprint]) -> usize {
    const LIMITS: ReadLimits = ReadLimits { per_fingerprint: 1 << 12, in_all: 1 << 16 };
    let look_up = index.look_up(fingerprints, ContextMatch::none(), LIMITS);
    let hits = look_up.hits.iter().filter(|hit| hit.slot == slot).map(|hit| hit.fingerprint);
    let unread = look_up.unread.iter().map(|unread| unread.fingerprint);
    let found: HashSet<u32> = hits.chain(unread).collect();
    fingerprints.len() - found.len()
}
