//! Tantivy, a full-text engine, with winnowed 8-grams as terms.

use tantivy::collector::DocSetCollector;
use tantivy::directory::RamDirectory;
use tantivy::query::{BooleanQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, NumericOptions, Schema};
use tantivy::{Index, ReloadPolicy, Searcher, SingleSegmentIndexWriter, TantivyDocument, Term};

use super::{Found, System};
use crate::Failure;
use crate::grams::Grams;

/// Number of fingerprints that a source must share to be found. One of 32 bits may be shared by chance.
const MIN_SHARED: usize = 2;
/// Initial memory budget of the writer; it grows if necessary.
const WRITER_BYTES: usize = 256 << 20;

/// Written by one thread into one segment in memory: no positions, no frequencies, nothing stored.
pub(super) struct Winnowed {
    fingerprint: Field,
    directory: RamDirectory,
    writer: Option<SingleSegmentIndexWriter>,
    searcher: Option<Searcher>,
}

impl Winnowed {
    pub(super) fn new() -> Result<Self, Failure> {
        let mut schema = Schema::builder();
        let fingerprint = schema.add_u64_field("fingerprint", NumericOptions::default().set_indexed());
        let directory = RamDirectory::create();
        let writer = Index::builder()
            .schema(schema.build())
            .single_segment_index_writer(directory.clone(), WRITER_BYTES)?;
        Ok(Self { fingerprint, directory, writer: Some(writer), searcher: None })
    }

    fn query(&self, text: &str) -> BooleanQuery {
        let terms = Grams::of(text).winnowed().into_iter().map(|hash| -> Box<dyn Query> {
            let term = Term::from_field_u64(self.fingerprint, term_value(hash));
            Box::new(TermQuery::new(term, IndexRecordOption::Basic))
        });
        BooleanQuery::union_with_minimum_required_clauses(terms.collect(), MIN_SHARED)
    }
}

impl System for Winnowed {
    fn add(&mut self, _number: u32, text: &str) -> Result<(), Failure> {
        let mut document = TantivyDocument::new();
        for hash in Grams::of(text).winnowed() {
            document.add_u64(self.fingerprint, term_value(hash));
        }
        let writer = self.writer.as_mut().ok_or("a source was added too late")?;
        Ok(writer.add_document(document)?)
    }

    fn finish(&mut self) -> Result<(), Failure> {
        let index = self.writer.take().ok_or("the writer has finished already")?.finalize()?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        self.searcher = Some(reader.searcher());
        Ok(())
    }

    fn check(&self, text: &str) -> Result<Vec<Found>, Failure> {
        let searcher = self.searcher.as_ref().ok_or("the writer has not finished")?;
        let found = searcher.search(&self.query(text), &DocSetCollector)?;
        // In a single segment, documents are numbered in the order of insertion.
        Ok(Found::all(found.into_iter().map(|address| address.doc_id)))
    }

    fn gives_spans(&self) -> bool {
        false
    }

    fn own_bytes(&self) -> Option<usize> {
        Some(self.directory.total_mem_usage())
    }
}

/// 32 bits of a fingerprint: with all 64, the dictionary of terms takes twice the memory.
fn term_value(hash: u64) -> u64 {
    hash >> 32
}
