//! Measurement of a system over the workload.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::score::Score;
use crate::systems::{Name, System};
use crate::workload::Workload;
use crate::{ALLOCATOR, Failure};

/// Number of checks of every submission, of which the best counts: other load of the machine only increases a
/// time.
const ROUNDS: usize = 5;

/// Measurements of a system.
#[derive(Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) name: Name,
    pub(crate) text_bytes: usize,
    /// CPU time of all threads from the first text until all are searchable.
    pub(crate) indexing: Duration,
    /// Bytes allocated meanwhile and not freed.
    pub(crate) allocated_bytes: usize,
    /// Size of the index alone, if the system reports it.
    pub(crate) own_bytes: Option<usize>,
    /// The best time of each submission, ascending.
    pub(crate) checks: Vec<Duration>,
    pub(crate) score: Score,
}

impl Figures {
    pub(crate) fn check_at(&self, percent: usize) -> Duration {
        self.checks.get(self.checks.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
    }

    #[expect(clippy::cast_precision_loss, reason = "a figure to print")]
    pub(crate) fn megabytes_a_second(&self) -> f64 {
        self.text_bytes as f64 / 1e6 / self.indexing.as_secs_f64()
    }

    #[expect(clippy::cast_precision_loss, reason = "a figure to print")]
    pub(crate) fn for_each_byte(&self, bytes: usize) -> f64 {
        bytes as f64 / self.text_bytes as f64
    }
}

pub(crate) fn measure(name: Name, workload: &Workload) -> Result<Figures, Failure> {
    let allocated_before = ALLOCATOR.current_usage();
    let mut system = name.new_system()?;
    let begun = processor_time()?;
    for (number, text) in (0..).zip(&workload.sources) {
        system.add(number, text)?;
    }
    system.finish()?;
    let indexing = processor_time()?.saturating_sub(begun);
    let allocated_bytes = ALLOCATOR.current_usage().saturating_sub(allocated_before);
    assert_sane(name, system.as_ref(), workload)?;
    let score = scored(system.as_ref(), workload)?;
    Ok(Figures {
        name,
        text_bytes: workload.source_bytes(),
        indexing,
        allocated_bytes,
        own_bytes: system.own_bytes(),
        checks: timed(system.as_ref(), workload)?,
        score,
    })
}

/// Asserts that sources find themselves, completely if there are spans, and that invented words find nothing.
fn assert_sane(name: Name, system: &dyn System, workload: &Workload) -> Result<(), Failure> {
    let step = (workload.sources.len() / 20).max(1);
    for (number, text) in (0..).zip(&workload.sources).step_by(step) {
        let found = system.check(text)?;
        let itself = found.iter().find(|found| found.source == number);
        let itself = itself.ok_or_else(|| format!("{} does not find source {number}", name.title()))?;
        // The text before the first word and after the last is in no span.
        let covered: usize = itself.spans.iter().map(ExactSizeIterator::len).sum();
        if system.gives_spans() && covered * 100 < text.len() * 95 {
            return Err(format!("{} finds {covered} bytes of all of source {number}", name.title()).into());
        }
    }
    let nonsense: Vec<String> = (0..1_000).map(|word| format!("zq{word}xj")).collect();
    match system.check(&nonsense.join(" "))?.len() {
        0 => Ok(()),
        found => Err(format!("{} finds nonsense in {found} sources", name.title()).into()),
    }
}

fn scored(system: &dyn System, workload: &Workload) -> Result<Score, Failure> {
    let mut score = Score::default();
    for submission in &workload.submissions {
        score.add(submission, &system.check(&submission.text)?, system.gives_spans());
    }
    Ok(score)
}

fn timed(system: &dyn System, workload: &Workload) -> Result<Vec<Duration>, Failure> {
    let mut best = vec![Duration::MAX; workload.submissions.len()];
    for _ in 0..ROUNDS {
        for (submission, best) in workload.submissions.iter().zip(&mut best) {
            let begun = Instant::now();
            let found = system.check(&submission.text)?;
            *best = begun.elapsed().min(*best);
            drop(found);
        }
    }
    best.sort_unstable();
    Ok(best)
}

/// CPU time of all threads of this process, so that a second core is no advantage.
fn processor_time() -> Result<Duration, Failure> {
    Ok(Duration::try_from(clock_gettime(ClockId::ProcessCPUTime))?)
}
