//! Time of each step of adding a source and of a check, on generated prose.
//!
//! Every bench asserts its result before it is timed. `cargo bench --bench rooms -- index` runs the benches of one module.

#[expect(dead_code, reason = "the fit is checked by the scale bench")]
#[path = "../generator/mod.rs"]
mod generator;

mod engine;
mod fingerprint;
mod index;
mod matching;
mod report;
mod text;

use std::sync::LazyLock;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use generator::Prose;
use generator::random::Random;
use palimpsest::text::CorpusSeed;

const SEED: CorpusSeed = CorpusSeed::new(1);

static PROSE: LazyLock<Prose> = LazyLock::new(|| Prose::new(1));

/// A text of `words` words, a different one for each number.
fn prose(number: u64, words: usize) -> String {
    PROSE.text(&mut Random::new(7, number), words)
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1)).sample_size(10);
    targets = text::benches, fingerprint::benches, index::benches, matching::benches, report::benches, engine::benches
}
criterion_main!(benches);
