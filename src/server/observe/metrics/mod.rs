//! Metrics for Prometheus. Labels are methods, status codes, reasons and logs of a cluster, of which there are few; never a
//! collection, a source or a key.

mod cluster;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, MetricEncoder, NoLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use self::cluster::cluster;
use super::methods::{CODES, Method, MethodTable};
use crate::documents::contained::Counts;
use crate::engine::{Backend, CacheFigures, CorpusInfo, Distribution, Figures, Progress};
use crate::service::{
    BackendHandle, DocumentFigures, DocumentReaders, Load, Outcome, ProcessInfo, Rejection, Workers,
    resident_memory_bytes, used_memory_bytes,
};
use crate::writing::grammar::{Checkers, contained::Counts as GrammarCounts};

/// The metrics of the server, collected when they are scraped.
pub(in crate::server) struct Metrics {
    registry: Registry,
}

impl Metrics {
    /// Metrics of these parts of the server.
    pub(in crate::server) fn new(
        calls: Arc<MethodTable>,
        backend: BackendHandle,
        workers: Workers,
        documents: DocumentReaders,
        grammar: Checkers,
        process: ProcessInfo,
    ) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(MetricsCollector {
            calls,
            backend,
            workers,
            documents,
            grammar,
            process,
        }));
        Self { registry }
    }

    /// Returns all metrics in the text format of `OpenMetrics`. Sums the bytes of the index over all collections, though not
    /// each time.
    ///
    /// # Errors
    ///
    /// None: writing to a string doesn't fail.
    pub(super) fn encode(&self) -> Result<String, fmt::Error> {
        let mut page = String::new();
        text::encode(&mut page, &self.registry)?;
        Ok(page)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// Returns one counter of a method.
type Counter = fn(&Method) -> &AtomicU64;

/// The sources of the figures.
#[derive(Debug)]
struct MetricsCollector {
    calls: Arc<MethodTable>,
    backend: BackendHandle,
    workers: Workers,
    documents: DocumentReaders,
    grammar: Checkers,
    process: ProcessInfo,
}

impl Collector for MetricsCollector {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut page = Page(encoder);
        self.calls(&mut page)?;
        self.process(&mut page)?;
        documents(&mut page, self.documents.figures())?;
        grammar(&mut page, self.grammar.counts())?;
        if let Some(backend) = self.backend.opened() {
            corpus(&mut page, backend.corpus())?;
            work(&mut page, &*backend)?;
            if let Some(figures) = backend.cluster() {
                cluster(&mut page, &figures)?;
            }
        }
        Ok(())
    }
}

impl MetricsCollector {
    fn calls(&self, page: &mut Page<'_>) -> fmt::Result {
        let counters: [(&str, &str, Counter); 3] = [
            ("grpc_server_started", "Calls that began", |method| &method.started),
            ("grpc_server_msg_received", "Messages received", |method| &method.received),
            ("grpc_server_msg_sent", "Messages sent", |method| &method.sent),
        ];
        for (name, help, count) in counters {
            let mut family = page.family(name, help, MetricType::Counter)?;
            for method in self.calls.all() {
                counted(&mut family, &labels(method), count(method).load(Ordering::Relaxed))?;
            }
        }
        let name = "grpc_server_handled";
        let mut family = page.family(name, "Calls that ended, by their status", MetricType::Counter)?;
        for method in self.calls.all() {
            for (code, count) in CODES.iter().zip(&method.handled) {
                let count = count.load(Ordering::Relaxed);
                // OK is always present, so that alerts can use it; all codes of all methods would be too many series.
                if count > 0 || *code == "OK" {
                    let [kind, service, name] = labels(method);
                    counted(&mut family, &[kind, service, name, ("grpc_code", code)], count)?;
                }
            }
        }
        let name = "grpc_server_handling_seconds";
        let mut family = page.family(name, "How long calls took", MetricType::Histogram)?;
        for method in self.calls.all().filter(|method| method.started.load(Ordering::Relaxed) > 0) {
            spread(&mut family.encode_family(&labels(method))?, &method.microseconds.so_far(), MICROSECONDS)?;
        }
        Ok(())
    }

    fn process(&self, page: &mut Page<'_>) -> fmt::Result {
        let mut build = page.family("palimpsest_build", "What runs", MetricType::Info)?;
        build.encode_info(&[("version", env!("CARGO_PKG_VERSION"))])?;
        let ProcessInfo { started, open_connections } = &self.process;
        page.gauge("palimpsest_uptime_seconds", "Seconds since the start", started.elapsed().as_secs())?;
        if let Some(bytes) = resident_memory_bytes() {
            page.gauge("palimpsest_resident_memory_bytes", "Bytes of memory that the process has", bytes)?;
        }
        if let Some(bytes) = used_memory_bytes() {
            page.gauge("palimpsest_used_memory_bytes", "Bytes of memory in use", bytes)?;
        }
        let connections = open_connections.load(Ordering::Relaxed) as u64;
        page.gauge(
            "palimpsest_open_connections",
            "Connections of gRPC and the web page that are open",
            connections,
        )?;
        let Load { running, queued } = self.workers.load();
        page.gauge("palimpsest_running_work", "Pieces of work that threads are busy with", running as u64)?;
        page.gauge("palimpsest_queue_length", "Pieces of work that wait for a thread", queued as u64)?;
        let help = "Calls and items of streams that were refused, by the reason";
        let mut refused = page.family("palimpsest_refused", help, MetricType::Counter)?;
        for reason in Rejection::ALL {
            counted(&mut refused, &[("reason", reason.label())], reason.count())?;
        }
        let mut pages =
            page.family("palimpsest_web_requests", "Requests of the web page", MetricType::Counter)?;
        for (status, count) in super::pages::counts() {
            counted(&mut pages, &[("status", status.to_string().as_str())], count)?;
        }
        let is_open = u64::from(self.backend.opened().is_some());
        page.gauge("palimpsest_corpus_open", "Whether the corpus is open (1) or being opened (0)", is_open)?;
        let Progress { sources, of_sources } = self.backend.progress();
        page.gauge("palimpsest_opening_sources", "Sources whose index is back since the start", sources)?;
        page.gauge("palimpsest_opening_of_sources", "Sources whose index was to be brought back", of_sources)
    }
}

fn documents(page: &mut Page<'_>, figures: DocumentFigures) -> fmt::Result {
    let DocumentFigures { outcomes, microseconds, processes } = figures;
    let help = "Documents, by their format and by what became of them";
    let mut read = page.family("palimpsest_documents", help, MetricType::Counter)?;
    for (Outcome { format, outcome }, count) in outcomes {
        counted(&mut read, &[("format", format), ("outcome", outcome)], count)?;
    }
    let help = "How long documents took to read, waiting included";
    page.histogram("palimpsest_document_seconds", help, &microseconds, MICROSECONDS)?;
    let Counts { started, killed, crashed, running, waiting } = processes;
    page.counter(
        "palimpsest_document_readers_started",
        "Processes that were started for documents",
        started,
    )?;
    page.counter(
        "palimpsest_document_readers_killed",
        "Those that were killed before they were done",
        killed,
    )?;
    page.counter("palimpsest_document_readers_crashed", "Those that crashed or ran out of memory", crashed)?;
    page.gauge("palimpsest_running_documents", "Documents that are being read", running)?;
    page.gauge("palimpsest_waiting_documents", "Documents that wait for a reader", waiting)
}

fn grammar(page: &mut Page<'_>, counts: GrammarCounts) -> fmt::Result {
    let GrammarCounts { started, timed_out, crashed, panicked, not_checked, running, waiting } = counts;
    for (name, help, count) in [
        ("palimpsest_grammar_checkers_started", "Processes that were started for grammar", started),
        ("palimpsest_grammar_checkers_timed_out", "Those that were killed over a paragraph", timed_out),
        ("palimpsest_grammar_checkers_crashed", "Those that ended by themselves", crashed),
        (
            "palimpsest_grammar_paragraphs_failed",
            "Paragraphs at which a process failed and went on",
            panicked,
        ),
        ("palimpsest_grammar_paragraphs_not_checked", "Paragraphs that were not checked", not_checked),
    ] {
        page.counter(name, help, count)?;
    }
    page.gauge("palimpsest_running_grammar_checks", "English texts that are being checked", running)?;
    page.gauge("palimpsest_waiting_grammar_checks", "English texts that wait for a process", waiting)
}

fn corpus(page: &mut Page<'_>, corpus: CorpusInfo) -> fmt::Result {
    let stats = corpus.stats;
    for (name, help, value) in [
        ("palimpsest_collections", "Collections", corpus.collections),
        ("palimpsest_sources", "Sources", stats.sources),
        ("palimpsest_words", "Words of all sources", stats.words),
        ("palimpsest_postings", "Fingerprints of all sources in the index", stats.fingerprints),
        ("palimpsest_text_bytes", "Bytes of all texts", stats.text_bytes),
        ("palimpsest_index_bytes", "Bytes of memory that the index takes", stats.index_bytes),
        ("palimpsest_revision", "The revision of the corpus", stats.revision),
    ] {
        page.gauge(name, help, value)?;
    }
    Ok(())
}

fn work(page: &mut Page<'_>, backend: &dyn Backend) -> fmt::Result {
    let Figures {
        checks,
        candidates,
        commits,
        commit_changes,
        failed_commits,
        cache,
        stem_bytes,
        snapshot_written,
        last_verified,
    } = backend.figures();
    page.histogram("palimpsest_check_seconds", "How long checks took in the engine", &checks, MICROSECONDS)?;
    page.histogram("palimpsest_candidates_per_check", "Sources compared in a check", &candidates, 1.0)?;
    page.histogram("palimpsest_commit_seconds", "How long commits took", &commits, MICROSECONDS)?;
    page.histogram("palimpsest_changes_per_commit", "Changes that shared a commit", &commit_changes, 1.0)?;
    page.counter("palimpsest_failed_commits", "Commits that failed", failed_commits)?;
    if let Some(CacheFigures { hits, misses, bytes }) = cache {
        page.counter("palimpsest_text_cache_hits", "Texts that were found in memory", hits)?;
        page.counter("palimpsest_text_cache_misses", "Texts that had to be read", misses)?;
        page.gauge("palimpsest_text_cache_bytes", "Bytes of texts that are held in memory", bytes)?;
    }
    page.gauge("palimpsest_remembered_stem_bytes", "Bytes of the stems that are remembered", stem_bytes)?;
    if let Some(written) = snapshot_written {
        let age = written.elapsed().unwrap_or_default().as_secs();
        page.gauge("palimpsest_snapshot_age_seconds", "How old the snapshot of the index is", age)?;
    }
    if let Some(last) = last_verified {
        page.gauge("palimpsest_verify_age_seconds", "How long ago all was verified", last.age().as_secs())?;
        page.gauge("palimpsest_verify_findings", "What was found wrong then", last.findings)?;
    }
    Ok(())
}

/// Factor from microseconds to seconds.
const MICROSECONDS: f64 = 1e-6;

/// The page of metrics being written.
struct Page<'a>(DescriptorEncoder<'a>);

impl Page<'_> {
    fn family<'s>(
        &'s mut self,
        name: &'s str,
        help: &str,
        kind: MetricType,
    ) -> Result<MetricEncoder<'s>, fmt::Error> {
        self.0.encode_descriptor(name, help, None, kind)
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.family(name, help, MetricType::Counter)?.encode_counter::<NoLabelSet, _, u64>(&value, None)
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.family(name, help, MetricType::Gauge)?.encode_gauge(&value)
    }

    fn histogram(&mut self, name: &str, help: &str, values: &Distribution, unit: f64) -> fmt::Result {
        spread(&mut self.family(name, help, MetricType::Histogram)?, values, unit)
    }
}

fn labels(method: &Method) -> [(&'static str, &str); 3] {
    let Method { service, name, kind, .. } = method;
    [("grpc_type", kind), ("grpc_service", service), ("grpc_method", name)]
}

fn counted(family: &mut MetricEncoder<'_>, labels: &impl EncodeLabelSet, count: u64) -> fmt::Result {
    family.encode_family(labels)?.encode_counter::<NoLabelSet, _, u64>(&count, None)
}

#[expect(clippy::cast_precision_loss, reason = "what a double can't hold exactly takes centuries to count")]
fn spread(encoder: &mut MetricEncoder<'_>, values: &Distribution, unit: f64) -> fmt::Result {
    let bounds = values.bounds.iter().map(|bound| *bound as f64 * unit).chain([f64::INFINITY]);
    let buckets: Vec<(f64, u64)> = bounds.zip(values.counts.iter().copied()).collect();
    encoder.encode_histogram::<NoLabelSet>(values.sum as f64 * unit, values.count(), &buckets, None)
}
