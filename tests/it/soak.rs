//! Memory under checks of ever new words. The program runs as its own process, so that only the server is measured.
//! `PALIMPSEST_SOAK_SECONDS` sets the length.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use palimpsest::proto::corpus_service_client::CorpusServiceClient;
use palimpsest::proto::detection_service_client::DetectionServiceClient;

use crate::harness::{add, check, figure, pass};
use crate::process::{Process, palimpsest};
use crate::words::Words;

const CLIENTS: u64 = 4;

/// First letter of each alphabet, and the number of letters from there on.
const SCRIPTS: [(char, u32); 15] = [
    ('a', 26),
    ('а', 32),      // Cyrillic
    ('α', 17),      // Greek
    ('ա', 38),      // Armenian
    ('א', 27),      // Hebrew
    ('ف', 8),       // Arabic
    ('क', 37),      // Devanagari
    ('ক', 19),      // Bengali
    ('ક', 19),      // Gujarati
    ('ਕ', 19),      // Gurmukhi
    ('க', 37),      // Tamil, where places without a letter count as the first
    ('క', 19),      // Telugu
    ('ಕ', 19),      // Kannada
    ('ა', 33),      // Georgian
    ('가', 11_000), // Hangul
];

/// Bytes that the server may take beyond its memory before the first check: 64 MiB of cached stems, four running
/// checks, answers that wait to be read, and memory that the allocator keeps between calls.
const MOST_GROWTH_BYTES: usize = 320 << 20;

/// A word of eight letters that does not occur again.
fn word(script: usize, words: &mut Words) -> String {
    let (first, letters) = SCRIPTS[script];
    let letter = |words: &mut Words| {
        let other = words.below(letters as usize) as u32;
        char::from_u32(first as u32 + other).filter(|c| c.is_alphabetic()).unwrap_or(first)
    };
    (0..8).map(|_| letter(words)).collect()
}

fn text(script: usize, words: &mut Words, count: usize) -> String {
    (0..count).map(|_| word(script, words) + " ").collect()
}

/// The text that all submissions in a script share with the source in that script.
fn shared(script: usize) -> String {
    text(script, &mut Words::new(script as u64), 60)
}

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::print_stdout, reason = "the figures of a long run")]
async fn checks_of_ever_new_words_take_bounded_memory() {
    let seconds = figure("PALIMPSEST_SOAK_SECONDS", 2);
    let mut command = palimpsest();
    command.args(["serve", "--in-memory", "--max-queued", "64"]);
    let server = Process::start_command(command).await;
    let mut corpus = CorpusServiceClient::connect(server.address.clone()).await.unwrap();
    for script in 0..SCRIPTS.len() {
        corpus.add_source(add(&format!("script {script}"), &shared(script))).await.unwrap();
    }
    let before = server.resident_bytes();
    let (ended, checks) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (address, ended, checks) = (server.address.clone(), Arc::clone(&ended), Arc::clone(&checks));
            tokio::spawn(async move {
                let detection = DetectionServiceClient::connect(address).await.unwrap();
                let mut detection = detection.max_decoding_message_size(64 << 20);
                let mut words = Words::new(1000 + client);
                while !ended.load(Ordering::Relaxed) {
                    let script = words.below(SCRIPTS.len());
                    let submission = shared(script) + &text(script, &mut words, 6000);
                    let report = detection.check(check(&submission)).await.unwrap().into_inner().report;
                    assert_eq!(report.unwrap().sources.len(), 1, "script {script}");
                    checks.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut most = before;
    while Instant::now() < end && clients.iter().all(|client| !client.is_finished()) {
        pass(Duration::from_millis(50)).await;
        most = most.max(server.resident_bytes());
    }
    ended.store(true, Ordering::Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    let (checks, mib) = (checks.load(Ordering::Relaxed), |bytes: usize| bytes >> 20);
    println!("{seconds} s, {checks} checks: {} MiB before, {} MiB at most", mib(before), mib(most));
    assert!(checks > 0);
    let grown = most - before;
    assert!(grown <= MOST_GROWTH_BYTES, "{checks} checks took {grown} bytes more, of {MOST_GROWTH_BYTES}");
}
