//! Insertions into an index, and look-ups.

use criterion::{BatchSize, Criterion, Throughput};
use palimpsest::fingerprint::{ContextMatch, Fingerprint, FingerprintSettings, Fingerprinter};
use palimpsest::index::{Index, ReadLimits, Slot};
use palimpsest::text::Tokenizer;

use crate::{PROSE, SEED, prose};

/// Sources in the index: some 1,200,000 postings.
const SOURCES: u64 = 5_000;
/// Submissions, of some 330 fingerprints each.
const SUBMISSIONS: u32 = 500;
/// Number of sources that are added to an empty index together.
const ADDED: usize = 500;

pub(crate) fn benches(criterion: &mut Criterion) {
    let (tokenizer, fingerprinter) =
        (Tokenizer::new(SEED), Fingerprinter::new(SEED, FingerprintSettings::default()));
    let fingerprints = |text: &str| fingerprinter.fingerprints(tokenizer.tokenize(text).tokens());
    let sources: Vec<Vec<Fingerprint>> =
        (0..SOURCES).map(|number| fingerprints(&PROSE.source(number))).collect();
    let index = Index::default();
    let postings = insert(&index, &sources);
    assert!(postings > 1_000_000, "{postings} postings");
    let submissions: Vec<Vec<Fingerprint>> = (0..SUBMISSIONS)
        .map(|number| fingerprints(&(PROSE.source(u64::from(number)) + &prose(u64::from(number), 250))))
        .collect();
    look_up(criterion, &index, &submissions);

    let few = sources.get(..ADDED).unwrap_or_default();
    let mut group = criterion.benchmark_group("index");
    group.throughput(Throughput::Elements(insert(&Index::default(), few)));
    group.bench_function("insert, empty at first", |bench| {
        bench.iter_batched_ref(Index::default, |index| insert(index, few), BatchSize::LargeInput);
    });
    group.finish();
}

fn insert(index: &Index, sources: &[Vec<Fingerprint>]) -> u64 {
    let slots = (0..).filter_map(Slot::new);
    slots.zip(sources).filter_map(|(slot, source)| index.insert(slot, source)).map(|added| added as u64).sum()
}

/// Consecutive look-ups are of different submissions, so that the postings are not in the caches.
fn look_up(criterion: &mut Criterion, index: &Index, submissions: &[Vec<Fingerprint>]) {
    let rule = ContextMatch::new(FingerprintSettings::default().window);
    let look_up = |submission: &Vec<Fingerprint>| index.look_up(submission, rule, ReadLimits::NONE);
    for (submission, number) in submissions.iter().zip(0..) {
        let of_source = look_up(submission).hits.iter().filter(|hit| hit.slot.number() == number).count();
        assert!(of_source > 100, "the source that submission {number} begins with is hit {of_source} times");
    }
    let mut next = submissions.iter().cycle();
    let mut group = criterion.benchmark_group("index");
    let fingerprints: usize = submissions.iter().map(Vec::len).sum();
    group.throughput(Throughput::Elements((fingerprints / submissions.len()) as u64));
    group.bench_function("look-up of a submission", |bench| {
        bench.iter_batched(|| next.next(), |submission| submission.map(look_up), BatchSize::SmallInput);
    });
    group.finish();
}
