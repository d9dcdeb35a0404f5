//! `CompareAll`: work that takes long, and what it finds as a stream.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

use super::call::Call;
use super::caller::Caller;
use super::ordered::Responses;
use super::revisions::Revisions;
use super::{Context, convert};
use crate::engine::{CollectionName, PairOptions, Pairs, PairsProgress};
use crate::proto;
use crate::proto::compare_all_response::Event;

/// The least time between two tellings of progress.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

impl Context {
    /// Progress while the work goes on, then what it found. Messages are made one by one, as they are taken;
    /// when the stream is dropped, the work is called off.
    pub(super) fn compare_all(
        self,
        call: Call,
        caller: Caller,
        (collection, options): (CollectionName, PairOptions),
    ) -> Responses<proto::CompareAllResponse> {
        Box::pin(async_stream::stream! {
            let (sender, mut progress) = watch::channel(PairsProgress::default());
            let engine = self.engine.get();
            let mut work = Box::pin(self.workers.run_long(&call, move |stop| {
                let engine = engine?;
                caller.sees(&collection)?;
                caller.sees_all(&options.exclusions.boilerplate_collections)?;
                let mut tell = |progress| {
                    sender.send_replace(progress);
                };
                let found = engine.compare_all(&collection, &options, &mut tell, stop)?;
                Ok((found, Revisions::for_caller(&caller, &engine)))
            }));
            let mut ticks = tokio::time::interval_at(Instant::now() + PROGRESS_EVERY, PROGRESS_EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let found = loop {
                tokio::select! {
                    biased;
                    found = &mut work => break found,
                    _ = ticks.tick() => if progress.has_changed().unwrap_or(false) {
                        let now = *progress.borrow_and_update();
                        yield Ok(response(Event::Progress(convert::pairs_progress(now))));
                    },
                }
            };
            match found {
                Ok((found, revisions)) => for event in events(found, &revisions) {
                    yield Ok(response(event));
                },
                Err(problem) => yield Err(problem.into()),
            }
        })
    }
}

fn response(event: Event) -> proto::CompareAllResponse {
    proto::CompareAllResponse { event: Some(event) }
}

/// The pairs, the clusters, the summary.
fn events(found: Pairs, revisions: &Revisions) -> impl Iterator<Item = Event> {
    let summary = convert::pairs_summary(&found, revisions);
    let Pairs { pairs, clusters, .. } = found;
    let pairs = pairs.into_iter().map(|pair| Event::Pair(convert::pair(&pair)));
    let clusters = clusters.into_iter().zip(1..);
    let clusters = clusters.map(|(cluster, number)| Event::Cluster(convert::cluster(&cluster, number)));
    pairs.chain(clusters).chain([Event::Summary(summary)])
}
