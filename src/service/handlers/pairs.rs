//! `CompareAll`: long work, whose results are streamed.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

use crate::engine::{Pairs, PairsProgress};
use crate::proto;
use crate::proto::compare_all_response::Event;
use crate::service::backpressure::ordered_stream::Responses;
use crate::service::call::CallContext;
use crate::service::caller::Caller;
use crate::service::context::ServiceContext;
use crate::service::convert;
use crate::service::parse::pairs::AllPairs;
use crate::service::parse::places::Places;
use crate::service::revisions::RevisionMask;

/// Minimum time between two progress messages.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

impl ServiceContext {
    /// Streams progress while the work runs, then the pairs, the clusters and the summary. Messages are built one by one, as
    /// they are taken. Dropping the stream stops the work.
    pub(super) fn compare_all(
        self,
        call: CallContext,
        caller: Caller,
        AllPairs { collection, options, places }: AllPairs,
    ) -> Responses<proto::CompareAllResponse> {
        Box::pin(async_stream::stream! {
            let (sender, mut progress) = watch::channel(PairsProgress::default());
            let backend = self.backend.get();
            let mut work = Box::pin(self.workers.run_long(&call, move |stop| {
                let backend = backend?;
                caller.sees(&collection)?;
                caller.sees_all(&options.exclusions.boilerplate_collections)?;
                let mut report = |progress| {
                    sender.send_replace(progress);
                };
                let found = backend.compare_all(&collection, &options, &mut report, stop)?;
                Ok((found, RevisionMask::for_caller(&caller, &*backend)))
            }));
            let mut ticks = tokio::time::interval_at(Instant::now() + PROGRESS_INTERVAL, PROGRESS_INTERVAL);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let found = loop {
                tokio::select! {
                    biased;
                    found = &mut work => break found,
                    _ = ticks.tick() => if progress.has_changed().unwrap_or(false) {
                        let now = *progress.borrow_and_update();
                        yield Ok(response(Event::Progress(convert::pairs::pairs_progress(now))));
                    },
                }
            };
            match found {
                Ok((found, revisions)) => for event in events(found, &places, &revisions) {
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

/// The pairs, then the clusters, then the summary.
fn events(found: Pairs, places: &Places, revisions: &RevisionMask) -> impl Iterator<Item = Event> + use<> {
    let summary = convert::pairs::pairs_summary(&found, places, revisions);
    let Pairs { pairs, clusters, .. } = found;
    let pairs = pairs.into_iter().map(|pair| Event::Pair(convert::pairs::pair(&pair)));
    let clusters = clusters.into_iter().zip(1..);
    let clusters =
        clusters.map(|(cluster, number)| Event::Cluster(convert::pairs::cluster(&cluster, number)));
    pairs.chain(clusters).chain([Event::Summary(summary)])
}
