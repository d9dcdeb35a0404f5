//! Verification of everything that is stored.

use std::collections::{BTreeMap, HashSet};
use std::ops::{Bound, ControlFlow};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::catalogue::Entry;
use super::changes::content_digest;
use super::collection::Collection;
use super::error::Error;
use super::figures::LastVerified;
use super::pins::Pin;
use super::state::Corpus;
use crate::fingerprint::{ContextMatch, Fingerprint};
use crate::index::{Index, ReadLimits};
use crate::model::{CollectionName, Slot, SourceId, SourceKey, SourceName, Stop, StopReason};
use crate::store::{StoreError, StoredCorpus, StoredSource};

/// The number of sources between two reports of progress.
const SOURCES_AT_ONCE: usize = 64;

/// The progress of a verification, with the findings since the last progress.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Sources that were verified so far.
    pub sources: u64,
    /// Sources in all, about.
    pub of_sources: u64,
    /// The findings since the last progress.
    pub findings: Vec<Defect>,
    /// True if everything was verified.
    pub is_complete: bool,
}

/// Some sources that were verified.
#[derive(Debug, Clone)]
pub(crate) struct VerifiedSources {
    /// Their number.
    pub(crate) sources: u64,
    /// The last of them.
    pub(crate) last: SourceName,
    /// Their defects.
    pub(crate) findings: Vec<Defect>,
}

/// A defect of the corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "server", derive(serde::Serialize, serde::Deserialize))]
pub struct Defect {
    /// The collection that it concerns, if it concerns one.
    pub collection: String,
    /// The source that it concerns, if it concerns one.
    pub source_id: String,
    /// The defect, in words.
    pub problem: String,
}

/// The time for which verification waits until a commit is published. Publishing takes microseconds, unless a commit is
/// in doubt.
const PUBLISHED_WITHIN: Duration = Duration::from_secs(2);

impl Corpus {
    /// Verifies every text against its checksum, its source's digests and counts, and the index; then the rows on disk
    /// against the catalogues in memory, both as of one revision; then the files.
    pub(crate) fn verify(
        &self,
        stop: &Stop,
        each: &mut dyn FnMut(Verified) -> ControlFlow<()>,
    ) -> Result<(), Error> {
        let mut verified = Verified { of_sources: self.info().stats.sources, ..Verified::default() };
        let (mut found, mut after) = (0, None);
        while let Some(some) = self.verify_sources(after.as_ref(), stop)? {
            let VerifiedSources { sources, last, findings } = some;
            after = Some(last);
            found += findings.len() as u64;
            verified.sources += sources;
            verified.findings = findings;
            if each(verified.clone()).is_break() {
                return Ok(());
            }
        }
        verified.findings = self.verify_rest(found, stop)?;
        verified.is_complete = true;
        // Nothing is left to be stopped.
        let _ = each(verified);
        Ok(())
    }

    /// Verifies some sources after one, in order of collection and id; `None` if there are no more.
    ///
    /// # Errors
    ///
    /// [`Error::Stopped`].
    pub(crate) fn verify_sources(
        &self,
        after: Option<&SourceName>,
        stop: &Stop,
    ) -> Result<Option<VerifiedSources>, Error> {
        let mut from = after.map_or(Bound::Unbounded, |after| Bound::Included(after.collection.clone()));
        while let Some(collection) = self.first_collection(from) {
            from = Bound::Excluded(collection.name.clone());
            let after = after.filter(|after| after.collection == collection.name);
            let some: Vec<Arc<Entry>> = {
                let catalogue = collection.catalogue.read();
                catalogue.list(after.map(|after| &after.id)).take(SOURCES_AT_ONCE).cloned().collect()
            };
            let Some(last) = some.last() else { continue };
            let last = SourceName { collection: collection.name.clone(), id: last.id.clone() };
            let mut findings = Vec::new();
            for entry in &some {
                findings.extend(self.verify_source(&collection, entry, stop)?);
            }
            return Ok(Some(VerifiedSources { sources: some.len() as u64, last, findings }));
        }
        Ok(None)
    }

    /// The first collection from a name on.
    fn first_collection(&self, from: Bound<CollectionName>) -> Option<Arc<Collection>> {
        let names = self.names.read();
        names.range((from, Bound::Unbounded)).find_map(|name| self.collection(name).ok())
    }

    /// Verifies what is left after the sources, of which so many defects were found.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] if the rows can't be read; [`Error::Stopped`].
    pub(crate) fn verify_rest(&self, found: u64, stop: &Stop) -> Result<Vec<Defect>, Error> {
        let mut findings = self.verify_rows(stop)?;
        findings.extend(self.store.check_files().into_iter().map(|error| Defect::of_a_file(&error)));
        let all = found + findings.len() as u64;
        *self.counters.last_verified.lock() = Some(LastVerified { at: Instant::now(), findings: all });
        Ok(findings)
    }

    fn verify_source(
        &self,
        collection: &Collection,
        entry: &Entry,
        stop: &Stop,
    ) -> Result<Option<Defect>, StopReason> {
        stop.check()?;
        // Retains the source until this is dropped, also if it or its collection goes meanwhile.
        let _pin = collection.pins.pin();
        let is_there = !entry.is_gone() && !collection.catalogue.read().is_closed();
        let problem = if is_there { self.problem_of(collection, entry, stop)? } else { None };
        Ok(problem.map(|problem| Defect::new(collection, entry.id.as_str(), &problem)))
    }

    fn problem_of(
        &self,
        collection: &Collection,
        entry: &Entry,
        stop: &Stop,
    ) -> Result<Option<String>, StopReason> {
        let text = match self.store.read(collection.key(entry.slot)) {
            Ok(text) => text,
            Err(error) => return Ok(Some(error.to_string())),
        };
        stop.check()?;
        let digest = content_digest(&text, entry.details(), self.seed);
        if digest != entry.content_digest || text.len() as u64 != entry.text_bytes {
            return Ok(Some("its text or its metadata are others than those that were added".to_owned()));
        }
        stop.check()?;
        let outline = self.outliner.outline(&collection.fingerprinter, &text);
        if outline.words != entry.words {
            let counted = entry.words;
            return Ok(Some(format!("its text has {} words, but {counted} were counted", outline.words)));
        }
        stop.check()?;
        let missing_kgrams = missing(&collection.kgrams, entry.slot, &outline.kgrams);
        stop.check()?;
        let missing = missing_kgrams + missing(&collection.word_pairs, entry.slot, &outline.word_pairs);
        Ok((missing > 0)
            .then(|| format!("{missing} of its fingerprints are not in the index; restart the server")))
    }

    /// Compares the rows on disk with the catalogues in memory, both as of the ledger's last commit.
    fn verify_rows(&self, stop: &Stop) -> Result<Vec<Defect>, Error> {
        // Sources that go after these pins stay in the catalogues, with the revision at which they went.
        let first_new = self.next_number();
        let pinned: Vec<(Arc<Collection>, Pin)> = self
            .all_collections()
            .into_iter()
            .map(|collection| {
                let pin = collection.pins.pin();
                (collection, pin)
            })
            .collect();
        let mut rows = BTreeMap::new();
        let corpus = self.store.rows(&mut |row: StoredSource| {
            if stop.check().is_ok() {
                rows.insert(row.key, Row { id: row.record.id, changed: row.record.changed });
            }
        })?;
        stop.check()?;
        let Some(StoredCorpus { revision, .. }) = corpus else { return Ok(Vec::new()) };
        self.wait_until_published(revision, stop)?;
        let mut findings = Vec::new();
        for (collection, _) in &pinned {
            stop.check()?;
            findings.extend(compare_rows(collection, &mut rows, revision));
        }
        // Those that are left are of collections that came after the pins, which may be gone again; or of none.
        let of_none = rows.iter().filter(|(key, _)| key.collection < first_new);
        findings.extend(of_none.map(|(key, row)| Defect {
            collection: String::new(),
            source_id: row.id.as_str().to_owned(),
            problem: format!("it is on disk, but its collection (number {}) is not there", key.collection.0),
        }));
        Ok(findings)
    }

    /// Waits until a commit is published, which happens a moment after it is durable.
    fn wait_until_published(&self, revision: u64, stop: &Stop) -> Result<(), Error> {
        let begin = Instant::now();
        while *self.revision.read() < revision {
            stop.check()?;
            if begin.elapsed() > PUBLISHED_WITHIN {
                let path = self.store.path().unwrap_or(Path::new("")).to_owned();
                let cause = "a commit is not known to be kept".to_owned();
                return Err(StoreError::Interrupted { path, cause }.into());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }
}

/// A row on disk.
struct Row {
    id: SourceId,
    changed: u64,
}

/// Compares the rows of a collection, which are removed from `rows`, with its catalogue, both as of `revision`.
fn compare_rows(collection: &Collection, rows: &mut BTreeMap<SourceKey, Row>, revision: u64) -> Vec<Defect> {
    let catalogue = collection.catalogue.read();
    let mut findings = Vec::new();
    if !catalogue.is_closed_at(revision) {
        let all = catalogue.slots().filter_map(|slot| catalogue.entry_at(slot, revision));
        for entry in all.filter(|entry| entry.is_there_at(revision)) {
            let row = rows.remove(&collection.key(entry.slot));
            if row.is_none_or(|row| row.changed != entry.changed) {
                findings.push(Defect::new(collection, entry.id.as_str(), "it is in memory, but not on disk"));
            }
        }
    }
    let rest: Vec<SourceKey> = rows
        .range(collection.key(Slot::FIRST)..)
        .map(|(key, _)| *key)
        .take_while(|key| key.collection == collection.number)
        .collect();
    for row in rest.iter().filter_map(|key| rows.remove(key)) {
        findings.push(Defect::new(collection, row.id.as_str(), "it is on disk, but not in memory"));
    }
    findings
}

impl Defect {
    fn new(collection: &Collection, source_id: &str, problem: &str) -> Self {
        Self {
            collection: collection.name.as_str().to_owned(),
            source_id: source_id.to_owned(),
            problem: problem.to_owned(),
        }
    }

    fn of_a_file(error: &StoreError) -> Self {
        Self { collection: String::new(), source_id: String::new(), problem: error.to_string() }
    }
}

/// The number of a source's fingerprints that the index does not hold under its slot. Fingerprints of too many sources to
/// be read count as present.
fn missing(index: &Index, slot: Slot, fingerprints: &[Fingerprint]) -> usize {
    const LIMITS: ReadLimits = ReadLimits { per_fingerprint: 1 << 12, in_all: 1 << 16 };
    let look_up = index.look_up(fingerprints, ContextMatch::none(), LIMITS);
    let hits = look_up.hits.iter().filter(|hit| hit.slot == slot).map(|hit| hit.fingerprint);
    let unread = look_up.unread.iter().copied();
    let found: HashSet<u32> = hits.chain(unread).collect();
    fingerprints.len() - found.len()
}
