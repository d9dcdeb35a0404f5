//! Hostile clients: their attacks, the cost to the server, and the effect on a good client.
//!
//! The table of docs/operations.md comes from
//! `cargo test --release --test it hostile -- --nocapture --test-threads 1`.

mod attacks;
mod wire;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use palimpsest::proto;
use palimpsest::proto::detection_service_client::DetectionServiceClient;
use tonic::transport::{Channel, Endpoint};

use crate::process::{Process, palimpsest};
use crate::words::Words;

/// Most memory that one hostile peer may cost, as the docs promise, and the tolerance of the tests for a machine with
/// other work.
const MOST_BYTES: u64 = 50 << 20;
const ROOM_BYTES: u64 = 30 << 20;

/// Factor by which the slowest hundredth of a good client's checks may get slower. The docs promise 1.5, for the
/// optimised program on an otherwise idle machine.
const SLOWER: f64 = if cfg!(debug_assertions) { 20.0 } else { 6.0 };
const SLOWEST: Duration = Duration::from_millis(if cfg!(debug_assertions) { 5000 } else { 60 });

/// Number of sources in the corpus.
const SOURCES: u64 = if cfg!(debug_assertions) { 100 } else { 300 };

/// Time for which a good client's checks are measured at least.
const LOOKS: Duration = Duration::from_millis(if cfg!(debug_assertions) { 250 } else { 3000 });

/// A real server in its own process, with a corpus, and a good client of it.
struct Scene {
    process: Process,
    good: DetectionServiceClient<Channel>,
    text: String,
}

/// The cost of an attack.
struct Cost {
    before: u64,
    peak: u64,
    after: u64,
    quiet: Duration,
    meanwhile: Duration,
    failed: usize,
}

impl Scene {
    async fn new(arguments: &[&str]) -> Self {
        let mut command = palimpsest();
        command.args(["serve", "--in-memory"]).args(arguments);
        let process = Process::start_command(command).await;
        let endpoint = Endpoint::from_shared(process.address.clone()).unwrap();
        let channel = endpoint.connect().await.unwrap();
        let mut corpus = proto::corpus_service_client::CorpusServiceClient::new(channel.clone());
        for seed in 0..SOURCES {
            let source = crate::harness::add(&format!("s{seed}"), &Words::new(seed).text(500));
            corpus.add_source(source).await.unwrap();
        }
        let parts: Vec<String> = (0..5).map(|seed| Words::new(seed * 17).text(60)).collect();
        Self { process, good: DetectionServiceClient::new(channel), text: parts.join(" ") }
    }

    fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
    }

    /// Measures checks of the good client for `at_least`, and until `goes_on` is false. Returns the time of the
    /// slowest hundredth, and the number of failures.
    async fn measure_checks(&self, at_least: Duration, goes_on: impl Fn() -> bool) -> (Duration, usize) {
        let (begun, mut times, mut failed) = (Instant::now(), Vec::new(), 0);
        while begun.elapsed() < at_least || goes_on() {
            let request = crate::harness::check(&self.text);
            let sent = Instant::now();
            failed += usize::from(self.good.clone().check(request).await.is_err());
            times.push(sent.elapsed());
        }
        times.sort();
        (times[times.len() * 99 / 100], failed)
    }

    /// Runs `attack`, and measures its cost.
    async fn measure_attack(&self, attack: impl Future<Output = ()> + Send + 'static) -> Cost {
        let (quiet, _) = self.measure_checks(LOOKS, || false).await;
        let before = self.resident();
        let (peak, is_over) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let watching = {
            let (peak, is_over, id) = (Arc::clone(&peak), Arc::clone(&is_over), self.process.id());
            std::thread::spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
                    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
                    let kib =
                        resident.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
                    peak.fetch_max(kib.unwrap_or(0) << 10, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(5));
                }
            })
        };
        let attacking = tokio::spawn(attack);
        let (meanwhile, failed) = self.measure_checks(LOOKS, || !attacking.is_finished()).await;
        attacking.await.unwrap();
        is_over.store(true, Ordering::Relaxed);
        watching.join().unwrap();
        let peak = peak.load(Ordering::Relaxed);
        Cost { before, peak, after: self.resident(), quiet, meanwhile, failed }
    }
}

impl Cost {
    /// Prints a row of the table, and asserts that the cost is within its bounds.
    #[expect(clippy::print_stdout, reason = "whoever asks for the figures reads them there")]
    fn print_and_check(&self, what: &str, peers: u64) {
        let mib = |bytes: u64| f64::from(u32::try_from(bytes >> 10).unwrap()) / 1024.0;
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        let more = self.peak.saturating_sub(self.before);
        println!(
            "| {what} | {:.0} | +{:.0} | {:+.0} | {:.1} | {:.1} | {:.2} |",
            mib(self.before),
            mib(more),
            mib(self.after) - mib(self.before),
            ms(self.quiet),
            ms(self.meanwhile),
            self.meanwhile.as_secs_f64() / self.quiet.as_secs_f64(),
        );
        assert_eq!(self.failed, 0, "{what}: a good client's checks failed");
        assert!(more < peers * MOST_BYTES + ROOM_BYTES, "{what}: {more} bytes more");
        let bound = SLOWEST.max(self.quiet.mul_f64(SLOWER));
        assert!(self.meanwhile < bound, "{what}: a good client waited for {:?}", self.meanwhile);
    }
}
