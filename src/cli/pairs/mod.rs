//! `palimpsest pairs`: who shares passages with whom, in one collection.

mod csv;
mod progress;

use std::io::Write;

use clap::Args;
use tokio::time::timeout;
use tokio_stream::StreamExt as _;

use self::progress::Progress;
use super::client::{Client, ServerArgs};
use super::error::CliError;
use super::options::{CorpusArgs, ExclusionArgs, boilerplate_sizes, exclusions_to_proto, percentage};
use super::render::{self, Look};
use super::{Outcome, json};
use crate::proto;
use crate::proto::compare_all_response::Event;

/// Pairs, and clusters, that a table for a person shows.
const SHOWN: u32 = 20;

/// Which collection, and how.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "A pair is covered by what its two sources share: each share is of the words of one source, and \
    the larger one counts. Clusters are sources that hang together by such pairs. --timeout says how long to \
    wait for a sign of progress. `palimpsest sources get ID --text-only | palimpsest check -` shows the passages \
    of one source."
)]
#[expect(clippy::struct_excessive_bools, reason = "flags are bools")]
pub(super) struct PairsArgs {
    /// The collection
    #[arg(value_name = "COLLECTION", default_value = "default")]
    collection: String,
    /// Least coverage of a pair, on the side where it is larger, from 0 to 100 [default: 10]
    #[arg(long, value_name = "PERCENT", value_parser = coverage)]
    min_coverage: Option<f64>,
    /// Fewest words in a passage [default: the guaranteed run]
    #[arg(long, value_name = "WORDS", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    min_passage_words: Option<u32>,
    /// Look for runs of the same words only: a replaced word ends a passage
    #[arg(long)]
    verbatim_only: bool,
    #[command(flatten)]
    exclusions: ExclusionArgs,
    /// Leave out runs that stand in more than this many sources [default: no cap but the server's]
    #[arg(long, value_name = "SOURCES", value_parser = clap::value_parser!(u32).range(1..))]
    commonness_cap: Option<u32>,
    /// Leave out runs that stand in more than this percentage of the sources; with both, the lower one holds
    #[arg(long, value_name = "PERCENT", value_parser = percentage)]
    commonness_percent: Option<f64>,
    /// Leave out pairs of two sources of the same group
    #[arg(long)]
    leave_out_same_group: bool,
    /// Leave out the sources of this group; may be given several times
    #[arg(long = "exclude-group", value_name = "GROUP")]
    exclude_groups: Vec<String>,
    /// Most pairs to show [default: 20, with --csv and --json 1000]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(0..=100_000))]
    top: Option<u32>,
    /// Print the pairs as CSV (RFC 4180), with a header
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Print all as JSON: an object of `pairs`, `clusters` and `summary`, each as the protobuf JSON of its
    /// message, fields with default values included
    #[arg(long)]
    json: bool,
}

/// What the server answered.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) pairs: Vec<proto::SourcePair>,
    pub(super) clusters: Vec<proto::SourceCluster>,
    pub(super) summary: proto::PairsSummary,
}

/// A percentage of 0 to 100.
fn coverage(given: &str) -> Result<f64, String> {
    let percent = given.parse().ok().filter(|percent: &f64| (0.0..=100.0).contains(percent));
    percent.ok_or_else(|| "it must be a number from 0 to 100".to_owned())
}

/// Compares, and writes the pairs and the clusters.
pub(super) async fn run(
    args: PairsArgs,
    server: &ServerArgs,
    out: &mut dyn Write,
) -> Result<Outcome, CliError> {
    let request = args.request()?;
    let client = Client::connect(server).await?;
    let texts = request.options.iter().flat_map(|options| boilerplate_sizes(options.exclusions.as_ref()));
    client.ensure_taken(&texts.collect::<Vec<usize>>()).await?;
    let progress = Progress::new();
    let found = ask(&client, request, &progress).await;
    progress.finish();
    let found = found?;
    if args.json {
        json::pairs(out, &found)?;
    } else if args.csv {
        csv::write(out, &found.pairs)?;
    } else {
        render::pairs(out, &found, Look::of_stdout(false))?;
    }
    Ok(Outcome::Done)
}

/// What the server finds. It is waited for as long as it goes on: no longer than the time limit for each sign
/// of it.
async fn ask(
    client: &Client,
    request: proto::CompareAllRequest,
    progress: &Progress,
) -> Result<Found, CliError> {
    let mut events = client.answer(client.detection().compare_all(request).await)?;
    let mut found = Found::default();
    loop {
        let next = timeout(client.timeout(), events.next()).await.map_err(|_| client.timed_out())?;
        match next.transpose().map_err(|status| client.failure(&status))? {
            Some(proto::CompareAllResponse { event: Some(event) }) => match event {
                Event::Progress(now) => progress.show(&now),
                Event::Pair(pair) => found.pairs.push(pair),
                Event::Cluster(cluster) => found.clusters.push(cluster),
                Event::Summary(summary) => return Ok(Found { summary, ..found }),
            },
            Some(proto::CompareAllResponse { event: None }) => {}
            None => return Err(client.lost("it ended the stream before the summary")),
        }
    }
}

impl PairsArgs {
    /// The request; the files of boilerplate are read.
    fn request(&self) -> Result<proto::CompareAllRequest, CliError> {
        let shown = (!self.json && !self.csv).then_some(SHOWN);
        let mode = if self.verbatim_only {
            proto::DetectionMode::VerbatimOnly
        } else {
            proto::DetectionMode::AlteredToo
        };
        let exclusions = self.exclusions.to_engine(&CorpusArgs::default())?;
        let options = proto::PairOptions {
            min_passage_words: self.min_passage_words,
            mode: mode.into(),
            min_coverage_percent: self.min_coverage,
            commonness_cap: self.commonness_cap,
            commonness_percent: self.commonness_percent,
            exclusions: Some(exclusions_to_proto(exclusions)),
            leave_out_same_group: self.leave_out_same_group,
            exclude_groups: self.exclude_groups.clone(),
            max_pairs: self.top.or(shown),
            max_clusters: shown,
        };
        Ok(proto::CompareAllRequest { collection: self.collection.clone(), options: Some(options) })
    }
}
